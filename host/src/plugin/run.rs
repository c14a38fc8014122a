//! Calls the rules of plugins, each call with its own limits.
//!
//! A trap ends the rule that caused it, never the run: what the rule had reported before stays, and the next rule gets
//! a fresh instance, because a component that trapped can't be entered again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::{Store, Trap};

use super::crossing::Crossed;
use super::description::Rule;
use super::host::Host;
use super::limits::{LARGEST_ANSWER, MEMORY_LIMIT, MOST_PARTS, Memory, fuel};
use super::load::Loaded;
use super::outside::Outside;
use super::said::Said;
use super::wit::{Node, Plugin, PluginPre};
use crate::facts::{Facts, Target};

/// Why a call of a rule was stopped by the host.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    #[error("it asked for {kind} that it had not declared: {}", names.join(", "))]
    Undeclared { kind: String, names: Vec<String> },
    #[error("it reported on `{0}`, which is none of its requirements")]
    Requirement(String),
    #[error("it reported more than {0} findings")]
    TooManyFindings(usize),
}

/// Why a rule did not finish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuleError {
    /// `fuel`, `memory`, `stack`, `panic`, `output`, `undeclared`, `trap`, `error`.
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

/// What stands behind a new instance.
pub(super) fn host(facts: &Arc<Facts>, target: Target, rule: Arc<Rule>) -> Host {
    Host {
        facts: Arc::clone(facts),
        target,
        rule,
        said: Said::default(),
        panic: None,
        memory: Memory::new(MEMORY_LIMIT),
        outside: Outside::default(),
        crossed: None,
    }
}

/// The facts of a repository without files.
pub(super) fn no_facts() -> Arc<Facts> {
    let empty = crate::repository::Repository::from_files(std::collections::BTreeMap::new());
    Arc::new(Facts::new(empty, crate::facts::git::Git::default(), crate::facts::Interest::default()))
}

/// Makes an instance with limits of its own.
pub(super) fn instantiate(pre: &PluginPre<Host>, host: Host, fuel: u64) -> Result<(Store<Host>, Plugin), RuleError> {
    let mut store = Store::new(pre.engine(), host);
    store.limiter(|host| &mut host.memory);
    store.set_hostcall_fuel(LARGEST_ANSWER);
    let instance = store.set_fuel(fuel).and_then(|()| pre.instantiate(&mut store));
    let instance = instance.map_err(|error| classify(&error, store.data()))?;
    Ok((store, instance))
}

/// What a call of a rule gave.
pub(crate) struct Answer {
    pub(crate) said: Said,
    pub(crate) error: Option<RuleError>,
    /// Time in the plugin itself, with instantiation and the crossing of values, without the host's answers.
    pub(crate) guest: Duration,
    pub(crate) usage: Usage,
}

/// What a call of a rule took.
#[derive(Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Of the call alone, without instantiation.
    pub(crate) fuel: u64,
    /// Time to make an instance; nothing when there was one.
    pub(crate) instantiation: Duration,
    /// Time in the host's answers.
    pub(crate) host: Duration,
    /// Calls of the host.
    pub(crate) calls: u64,
    /// What crossed, in a session that counts it.
    pub(crate) crossed: Option<Crossed>,
}

/// Whether a session counts the bytes that cross, which takes time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counting {
    Off,
    On,
}

/// An instance of a plugin for one target; calls rules one after the other.
pub(crate) struct Session<'a> {
    pub(crate) plugin: &'a Loaded,
    pub(crate) facts: Arc<Facts>,
    pub(crate) target: Target,
    fuel: u64,
    instance: Option<(Store<Host>, Plugin)>,
    counting: Counting,
    /// Time in the host as of the last call of this instance.
    outside: Duration,
    /// Calls of the host likewise.
    calls: u64,
}

impl<'a> Session<'a> {
    pub(crate) fn new(plugin: &'a Loaded, facts: &Arc<Facts>, target: Target, counting: Counting) -> Self {
        let (fuel, facts, outside) = (fuel(facts), Arc::clone(facts), Duration::ZERO);
        Self { plugin, facts, target, fuel, instance: None, counting, outside, calls: 0 }
    }

    fn enter(&mut self, rule: &Arc<Rule>) -> Result<(Store<Host>, Plugin), RuleError> {
        let rule = Arc::clone(rule);
        if let Some((mut store, instance)) = self.instance.take() {
            store.data_mut().rule = rule;
            store.data_mut().memory.refused = false;
            return Ok((store, instance));
        }
        let host = host(&self.facts, self.target.clone(), rule);
        (self.outside, self.calls) = (Duration::ZERO, 0);
        let Some(pre) = &self.plugin.pre else {
            return Err(RuleError { kind: "error", message: "its plugin was not made ready".to_owned() });
        };
        instantiate(pre, host, self.fuel)
    }

    /// Calls a rule.
    pub(crate) fn check(&mut self, rule: &Arc<Rule>, options: &Vec<Node>) -> Answer {
        let failed = |error: RuleError| Answer {
            said: Said::default(),
            error: Some(error),
            guest: Duration::ZERO,
            usage: Usage::default(),
        };
        let is_new = self.instance.is_none();
        let start = Instant::now();
        let (mut store, instance) = match self.enter(rule) {
            Ok(entered) => entered,
            Err(error) => return failed(error),
        };
        if let Err(error) = store.set_fuel(self.fuel) {
            return failed(classify(&error, store.data()));
        }
        let instantiation = if is_new { start.elapsed() } else { Duration::ZERO };
        let name = rule.calls.as_ref().unwrap_or(&rule.id);
        store.data_mut().crossed = (self.counting == Counting::On).then(|| Crossed::of_call(name, options));
        let result = instance.plimsoll_plugin_rules().call_check(&mut store, name, options);
        let outside = store.data().outside.total();
        let host = outside.saturating_sub(self.outside);
        let guest = start.elapsed().saturating_sub(host);
        let calls = store.data().outside.calls();
        if let (Ok(Err(message)), Some(crossed)) = (&result, &mut store.data_mut().crossed) {
            crossed.from_plugin += message.len() as u64;
        }
        let usage = Usage {
            fuel: self.fuel.saturating_sub(store.get_fuel().unwrap_or(0)),
            instantiation,
            host,
            calls: calls.saturating_sub(self.calls),
            crossed: store.data().crossed,
        };
        (self.outside, self.calls) = (outside, calls);
        let said = std::mem::take(&mut store.data_mut().said);
        let error = match result {
            Ok(Ok(())) => {
                self.instance = Some((store, instance));
                None
            }
            // What was thrown in the guest's language: its runtime may be in any state now.
            Ok(Err(_)) if store.data().panic.is_some() => Some(own_words(store.data())),
            Ok(Err(message)) => {
                self.instance = Some((store, instance));
                Some(RuleError { kind: "error", message })
            }
            Err(error) => Some(classify(&error, store.data())),
        };
        Answer { said, error, guest, usage }
    }
}

/// Asks a plugin for the documentation of a rule, without any repository.
///
/// # Errors
/// When the plugin fails to answer.
pub(crate) fn docs(plugin: &Loaded, rule: &Arc<Rule>) -> Result<String, RuleError> {
    if let Some(docs) = &rule.docs {
        return Ok(docs.clone());
    }
    let mut session = Session::new(plugin, &no_facts(), Target::Repository, Counting::Off);
    let (mut store, instance) = session.enter(rule)?;
    let result = instance.plimsoll_plugin_rules().call_docs(&mut store, &rule.id);
    result.map_err(|error| classify(&error, store.data()))
}

/// Says why a call ended, in words for the plugin's user and author.
pub(super) fn classify(error: &wasmtime::Error, host: &Host) -> RuleError {
    if let Some(stop) = error.downcast_ref::<Stop>() {
        let kind = match stop {
            Stop::Undeclared { .. } | Stop::Requirement(_) => "undeclared",
            Stop::TooManyFindings(_) => "output",
        };
        return RuleError { kind, message: stop.to_string() };
    }
    if host.panic.is_some() {
        return own_words(host);
    }
    let error_of = |kind, message: &str| RuleError { kind, message: message.to_owned() };
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => error_of("fuel", "it used up its fuel: it loops, or does far too much"),
        Some(Trap::StackOverflow) => error_of("stack", "its stack overflowed: it recurses without end"),
        _ if host.memory.refused => out_of_memory(),
        Some(Trap::MemoryOutOfBounds) => {
            error_of("trap", "it reached outside its memory, as endless recursion with large frames does")
        }
        Some(Trap::UnreachableCodeReached) => error_of(
            "trap",
            "it stopped itself, as code does that wants a file, the network, the time or anything else that plugins do \
             not have",
        ),
        Some(trap) => RuleError { kind: "trap", message: trap.to_string() },
        None if format!("{error:#}").contains("too much data is being copied") => {
            RuleError { kind: "output", message: format!("it handed over more than {} MiB", LARGEST_ANSWER >> 20) }
        }
        None if format!("{error:#}").contains("resource limit exceeded") => RuleError {
            kind: "memory",
            message: format!("it wanted more than {MOST_PARTS} memories, tables or instances of its modules"),
        },
        None => RuleError { kind: "trap", message: error.root_cause().to_string() },
    }
}

/// Why a call ended, as the plugin says it: the text of a panic or an exception. That memory ran out says the host.
fn own_words(host: &Host) -> RuleError {
    match &host.panic {
        Some(panic) if !host.memory.refused => RuleError { kind: "panic", message: panic.clone() },
        _ => out_of_memory(),
    }
}

fn out_of_memory() -> RuleError {
    RuleError { kind: "memory", message: format!("it wanted more than {} MiB of memory", MEMORY_LIMIT >> 20) }
}
