//! Loads plugins and calls their rules, each call with its own limits.
//!
//! A trap ends the rule that caused it, never the run: what the rule had reported before stays, and the next rule gets
//! a fresh instance, because a component that trapped can't be entered again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Engine, Store, Trap};

use super::compiled::{Cached, CompiledCache};
use super::component::{self, ComponentError, INTERFACE_VERSION, Inspected, check_interfaces, inspect};
use super::crossing::Crossed;
use super::description::{Description, Rule};
use super::embedded;
use super::engine::compatibility;
use super::host::{Host, MOST_PARTS, Memory, Outside, Said};
use super::wit::{Node, Plugin, PluginPre};
use crate::facts::{Facts, Target};
use crate::parallel;

/// Bytes that one plugin instance may hold in all its memories.
const MEMORY_LIMIT: usize = 256 << 20;
/// Bytes that a plugin may hand over in one call.
const LARGEST_ANSWER: usize = 4 << 20;
/// Fuel of a call: about a second, more in a large repository.
const BASE_FUEL: u64 = 1_000_000_000;
const FUEL_PER_BYTE: u64 = 60;

/// Why a plugin can't be used at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Component(#[from] ComponentError),
    #[error("it can't be compiled: {0}")]
    Compile(String),
    #[error("it can't be linked: {0}; it was built for another plimsoll")]
    Link(String),
    #[error("the runtime can't start: {0}")]
    Engine(String),
}

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

/// A plugin that was read and checked; not compiled yet.
pub(crate) struct Source {
    pub(crate) description: Arc<Description>,
    /// SHA-256 of the component in hexadecimal.
    pub(crate) digest: String,
    pub(crate) wasm: std::borrow::Cow<'static, [u8]>,
    /// Its compiled form, where this program carries it; else nothing.
    pub(crate) code: &'static [u8],
    /// Whether it was built and tested together with this host.
    pub(crate) is_built_in: bool,
    /// The version of the interface that it was built for.
    pub(crate) interface: semver::Version,
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Source {
    /// Reads a component.
    ///
    /// # Errors
    /// When it is no plugin for this host.
    pub(crate) fn new(wasm: std::borrow::Cow<'static, [u8]>) -> Result<Self, ComponentError> {
        let Inspected { description, interface, .. } = inspect(&wasm)?;
        description.check_patterns().map_err(ComponentError::Description)?;
        Ok(Self {
            description: Arc::new(description),
            digest: sha256(&wasm),
            wasm,
            code: &[],
            is_built_in: false,
            interface,
        })
    }

    /// Takes a component that was built and tested together with this host, its compiled form, its description and its
    /// digest.
    ///
    /// # Errors
    /// When the description can't be read, which a build with matching sources can't be.
    pub(crate) fn built_in(
        wasm: &'static [u8],
        code: &'static [u8],
        description: &[u8],
        digest: &str,
    ) -> Result<Self, ComponentError> {
        let description = Arc::new(Description::parse(description)?);
        Ok(Self {
            description,
            digest: digest.to_owned(),
            wasm: wasm.into(),
            code,
            is_built_in: true,
            interface: INTERFACE_VERSION,
        })
    }
}

/// A plugin that is ready to be called.
pub(crate) struct Loaded {
    pub(crate) description: Arc<Description>,
    pub(crate) digest: String,
    /// None of one that nobody calls.
    pre: Option<PluginPre<Host>>,
}

impl Loaded {
    /// A plugin that nobody calls: what it says is known.
    pub(crate) fn uncalled(source: &Source) -> Self {
        Self { description: Arc::clone(&source.description), digest: source.digest.clone(), pre: None }
    }
}

/// What runs plugins, once for the process.
struct Runtime {
    engine: Engine,
    linker: Linker<Host>,
    /// Plugins whose code stands in this program, by its address; none of code that does not fit.
    embedded: Mutex<BTreeMap<usize, Arc<Embedded>>>,
}

/// A plugin whose code stands in this program, once it was asked for.
type Embedded = OnceLock<Option<PluginPre<Host>>>;

impl Runtime {
    /// The one of this process.
    fn get() -> Result<&'static Self, LoadError> {
        static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
        let start = || Self::start().map_err(|error| error.to_string());
        RUNTIME.get_or_init(start).as_ref().map_err(|error| LoadError::Engine(error.clone()))
    }

    fn start() -> wasmtime::Result<Self> {
        let engine = super::engine::engine()?;
        let mut linker = Linker::new(&engine);
        Plugin::add_to_linker::<_, HasSelf<_>>(&mut linker, |host: &mut Host| host)?;
        Ok(Self { engine, linker, embedded: Mutex::default() })
    }

    /// The plugin of some code of this program.
    fn embedded(&self, code: &'static [u8]) -> Option<PluginPre<Host>> {
        let mut embedded = self.embedded.lock().unwrap_or_else(PoisonError::into_inner);
        let plugin = Arc::clone(embedded.entry(code.as_ptr().addr()).or_default());
        drop(embedded);
        plugin.get_or_init(|| self.link(&embedded::load(&self.engine, code)?).ok()).clone()
    }

    fn link(&self, component: &Component) -> Result<PluginPre<Host>, LoadError> {
        let pre = self.linker.instantiate_pre(component).and_then(PluginPre::new);
        pre.map_err(|error| LoadError::Link(format!("{error:#}")))
    }
}

/// Makes plugins ready whose code stands in this program, for a command that will soon want them.
pub(crate) fn prepare(codes: impl Iterator<Item = &'static [u8]> + Send + 'static) {
    let prepare = || {
        if let Ok(runtime) = Runtime::get() {
            codes.for_each(|code| drop(runtime.embedded(code)));
        }
    };
    parallel::ahead(prepare);
}

/// Loads plugins.
pub(crate) struct Loader {
    runtime: &'static Runtime,
    compatibility: String,
    /// Opened when this program does not carry what is asked for; else why there is none.
    cache: OnceLock<Result<CompiledCache, String>>,
}

impl Loader {
    /// Starts the runtime.
    ///
    /// # Errors
    /// When this machine can't run it.
    pub(crate) fn new() -> Result<Self, LoadError> {
        let runtime = Runtime::get()?;
        Ok(Self { compatibility: compatibility(&runtime.engine), runtime, cache: OnceLock::new() })
    }

    fn cache(&self) -> Option<&CompiledCache> {
        self.cache.get_or_init(CompiledCache::open).as_ref().ok()
    }

    /// What is to be said of the cache after some plugins were loaded.
    pub(crate) fn warning(&self) -> Option<String> {
        let reason = self.cache.get()?.as_ref().err()?;
        Some(format!("compiled plugins are not kept: {reason}"))
    }

    /// Makes a plugin ready: from this program, from the cache, or by compiling it. Also returns a warning about a cache
    /// entry that was not used. What is in the buffer does not matter; handing it on to the next call saves memory and
    /// time.
    ///
    /// # Errors
    /// When it can't be compiled or linked.
    pub(crate) fn load(&self, source: &Source, buffer: &mut Vec<u8>) -> Result<(Loaded, Option<String>), LoadError> {
        let mut warning = None;
        let pre = match self.runtime.embedded(source.code) {
            Some(pre) => pre,
            None => self.runtime.link(&self.cached(source, buffer, &mut warning)?)?,
        };
        let loaded =
            Loaded { description: Arc::clone(&source.description), digest: source.digest.clone(), pre: Some(pre) };
        Ok((loaded, warning))
    }

    fn cached(
        &self,
        source: &Source,
        buffer: &mut Vec<u8>,
        warning: &mut Option<String>,
    ) -> Result<Component, LoadError> {
        let cached = match self.cache() {
            Some(cache) => cache.load(&self.runtime.engine, &source.digest, &self.compatibility, buffer),
            None => Cached::Miss,
        };
        match cached {
            Cached::Hit(component) => Ok(component),
            Cached::Miss => self.compile(source, warning),
            Cached::Refused(reason) => {
                *warning = Some(format!("compiled anew: {reason}"));
                self.compile(source, &mut None)
            }
        }
    }

    /// Gives a component that carries no description what it says of itself when it is asked, and makes a plugin of it.
    /// The code is compiled once: it is kept for the finished plugin.
    ///
    /// # Errors
    /// When it is no component for this host, fails to answer, or gives a description that can't be read.
    pub(crate) fn describe(&self, mut wasm: Vec<u8>) -> anyhow::Result<Source> {
        check_interfaces(&wasm)?;
        let component = self.translate(&wasm)?;
        let pre = self.runtime.link(&component)?;
        let host = host(&no_facts(), Target::Repository, Arc::new(Rule::without_interest()));
        let (mut store, instance) = instantiate(&pre, host, BASE_FUEL)
            .map_err(|error| anyhow::anyhow!("it does not start: {}", error.message))?;
        let description = instance.plimsoll_plugin_rules().call_describe(&mut store).map_err(|error| {
            anyhow::anyhow!("it does not describe itself: {}", classify(&error, store.data()).message)
        })?;
        component::describe(&mut wasm, &description);
        let source = Source::new(wasm.into())?;
        self.keep(&source, &component, &mut None);
        Ok(source)
    }

    fn compile(&self, source: &Source, warning: &mut Option<String>) -> Result<Component, LoadError> {
        let component = self.translate(&source.wasm)?;
        self.keep(source, &component, warning);
        Ok(component)
    }

    /// Compiles a component.
    fn translate(&self, wasm: &[u8]) -> Result<Component, LoadError> {
        let compile = || Component::new(&self.runtime.engine, wasm);
        // A malformed component must not end the process, whatever the compiler thinks of it.
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(compile))
            .map_err(|_| LoadError::Compile("the compiler failed".to_owned()))?
            .map_err(|error| LoadError::Compile(format!("{error:#}")))
    }

    /// How long it takes to compile a plugin, whatever the cache has.
    ///
    /// # Errors
    /// When it can't be compiled.
    pub(crate) fn compile_time(&self, source: &Source) -> Result<Duration, LoadError> {
        let start = Instant::now();
        self.translate(&source.wasm)?;
        Ok(start.elapsed())
    }

    /// Puts compiled code into the cache.
    fn keep(&self, source: &Source, component: &Component, warning: &mut Option<String>) {
        if let (Some(cache), Ok(code)) = (self.cache(), component.serialize())
            && let Err(reason) = cache.store(&source.digest, &self.compatibility, &code)
        {
            *warning = Some(format!("compiled code is not kept: {reason}"));
        }
    }
}

/// What stands behind a new instance.
fn host(facts: &Arc<Facts>, target: Target, rule: Arc<Rule>) -> Host {
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
fn no_facts() -> Arc<Facts> {
    let empty = crate::repository::Repository::from_files(std::collections::BTreeMap::new());
    Arc::new(Facts::new(empty, crate::facts::git::Git::default(), crate::facts::Interest::default()))
}

/// Makes an instance with limits of its own.
fn instantiate(pre: &PluginPre<Host>, host: Host, fuel: u64) -> Result<(Store<Host>, Plugin), RuleError> {
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

/// The fuel of a call in a repository.
pub(crate) fn fuel(facts: &Facts) -> u64 {
    BASE_FUEL.saturating_add(facts.repository().bytes().saturating_mul(FUEL_PER_BYTE))
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
fn classify(error: &wasmtime::Error, host: &Host) -> RuleError {
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
