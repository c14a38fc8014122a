//! Runs rules on facts: every active rule of every plugin, once for the repository or once for each project.
//!
//! The result is what the rules said, in a fixed order whatever thread was quicker. What it means for the repository,
//! levels and suppressions, is [`crate::verdict`]'s.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::facts::{Facts, Interest, Target};
use crate::outcomes::Earlier;
use crate::parallel;
use crate::plugin::description::{Description, Rule, TargetKind};
use crate::plugin::load::Loaded;
use crate::plugin::run::{Answer, Counting, Session};
use crate::plugin::wit::{Node, Role};
use crate::repository::join;

/// Stack of a thread that runs rules; facts are built on these threads too, and some walk deep trees.
pub(crate) const STACK: usize = parallel::LARGEST_STACK;

/// What one rule said of one target.
pub(crate) struct Outcome {
    /// Index of the plugin.
    pub(crate) plugin: usize,
    /// Index of the rule in the plugin.
    pub(crate) rule: usize,
    pub(crate) target: Target,
    pub(crate) result: RuleResult,
    pub(crate) time: Duration,
}

/// How a rule ended.
pub(crate) enum RuleResult {
    /// It was called.
    Called(Box<Answer>),
    /// There is nothing for it to look at, and what is missing.
    NoEvidence(String),
}

impl RuleResult {
    /// What it said, if it was called.
    pub(crate) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Called(answer) => Some(answer),
            Self::NoEvidence(_) => None,
        }
    }
}

/// The options of rules by their full id, as the manifest sets them and the rule defaults them.
pub(crate) type Options = BTreeMap<String, Vec<Node>>;

/// What the active rules of some plugins want, together.
pub(crate) fn interest<'a>(
    descriptions: impl Iterator<Item = &'a Description>,
    is_active: &dyn Fn(&str) -> bool,
) -> Interest {
    let mut interest = Interest::default();
    for description in descriptions {
        for rule in &description.rules {
            if is_active(&full_id(description, rule)) {
                rule.add_interest(&mut interest);
            }
        }
    }
    interest
}

/// `section/rule`.
pub(crate) fn full_id(description: &Description, rule: &Rule) -> String {
    format!("{}/{}", description.name, rule.id)
}

/// The order in which the rules of a plugin are called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Declared,
    /// From the last to the first, for those who want to know whether it matters.
    Reversed,
}

/// Runs the active rules of all plugins and returns what they said, by plugin, target and rule. What they would say again
/// is taken from an earlier run.
pub(crate) fn run(
    facts: &Arc<Facts>,
    plugins: &[Loaded],
    is_active: &(dyn Fn(&str) -> bool + Sync),
    options: &Options,
    ignored_projects: &[String],
    order: Order,
    earlier: Option<&Earlier>,
) -> Vec<Outcome> {
    let targets = targets(facts, ignored_projects);
    let mut jobs: Vec<(usize, &Target)> =
        (0..plugins.len()).flat_map(|plugin| targets.iter().map(move |target| (plugin, target))).collect();
    // The longest first, so that none is left to one thread at the end. The whole repository is the largest target.
    jobs.sort_by_cached_key(|(plugin, target)| {
        (**target != Target::Repository, Reverse(cost(facts, &plugins[*plugin].description, target)))
    });

    let run = |_: &mut (), (plugin, target): &(usize, &Target)| {
        let session = Session::new(&plugins[*plugin], facts, (*target).clone(), Counting::Off);
        run_plugin(session, *plugin, is_active, options, order, earlier)
    };
    // Threads that wait for facts are woken on the processor of the one that built them, and share it for some
    // milliseconds; threads that start find a processor that is free.
    if earlier.is_none() {
        parallel::with_stack(STACK, || build(facts));
    }
    let outcomes = parallel::map(&jobs, STACK, || (), run);
    let mut outcomes: Vec<Outcome> = outcomes.into_iter().flatten().collect();
    outcomes
        .sort_by(|left, right| (left.plugin, &left.target, left.rule).cmp(&(right.plugin, &right.target, right.rule)));
    outcomes
}

/// Runs all rules of one plugin one after the other, so that none waits for another's processor.
pub(crate) fn run_in_turn(
    facts: &Arc<Facts>,
    plugin: &Loaded,
    options: &Options,
    ignored_projects: &[String],
    counting: Counting,
) -> Vec<Outcome> {
    let run = |_: &mut (), (): &()| -> Vec<Outcome> {
        let targets = targets(facts, ignored_projects).into_iter();
        let sessions = targets.map(|target| Session::new(plugin, facts, target, counting));
        sessions.flat_map(|session| run_plugin(session, 0, &|_| true, options, Order::Declared, None)).collect()
    };
    parallel::map(&[()], STACK, || (), run).into_iter().flatten().collect()
}

/// What rules are run for.
fn targets(facts: &Facts, ignored_projects: &[String]) -> Vec<Target> {
    let mut targets = vec![Target::Repository];
    let roots = facts.projects().all().iter().map(|project| project.root.clone());
    targets.extend(roots.filter(|root| !ignored_projects.contains(root)).map(Target::Project));
    // What lies in no project, CI and hooks above a `backend/` for instance, is judged by itself.
    let rest = Target::Project(String::new());
    if !targets.contains(&rest) {
        targets.push(rest);
    }
    targets
}

/// What the rules are called for that are called for a target.
fn kind(target: &Target) -> TargetKind {
    match target {
        Target::Repository => TargetKind::Repository,
        Target::Project(_) => TargetKind::Project,
    }
}

/// How much a plugin's rules look at, to compare it with that of others: of the repository, what they want of Python code;
/// of a project, the bytes of the files that they name.
fn cost(facts: &Facts, description: &Description, target: &Target) -> u64 {
    let wanted = kind(target);
    let rules = description.rules.iter().filter(|rule| rule.target == wanted);
    let cost = |rule: &Arc<Rule>| match target {
        Target::Repository => {
            u64::from(rule.wants.iter().any(|want| matches!(want.kind.as_str(), "definitions" | "assignments")))
        }
        Target::Project(root) => {
            let files = rule.trigger.globs.iter().filter_map(|name| join(root, name));
            let files = files.filter_map(|path| facts.repository().file(&path));
            files.map(|file| file.size).sum()
        }
    };
    rules.map(cost).sum()
}

/// Starts to read texts and code, if no one did yet, while the plugins are loaded.
pub(crate) fn prepare(facts: &Arc<Facts>) {
    if is_wanted(facts) {
        let facts = Arc::clone(facts);
        parallel::ahead(move || facts.read_ahead());
    }
}

/// Whether texts and code are looked at.
fn is_wanted(facts: &Facts) -> bool {
    *facts.interest() != Interest::default()
}

/// Builds the facts that most rules share.
fn build(facts: &Facts) {
    // It needs no code, which another thread may be reading meanwhile.
    facts.automation();
    if is_wanted(facts) {
        facts.python();
    }
    // Every report tells the profiles.
    facts.projects().projects(facts, &Target::Repository);
}

/// Calls the rules of a plugin, which is told its index, for the session's target.
fn run_plugin(
    mut session: Session<'_>,
    plugin: usize,
    is_active: &dyn Fn(&str) -> bool,
    options: &Options,
    order: Order,
    earlier: Option<&Earlier>,
) -> Vec<Outcome> {
    let description = &session.plugin.description;
    let (facts, target) = (Arc::clone(&session.facts), session.target.clone());
    let wanted = kind(&target);
    let mut evidence = Evidence::new(&facts, &target);
    let mut outcomes = Vec::new();
    let empty = Vec::new();
    for position in 0..description.rules.len() {
        let index = if order == Order::Declared { position } else { description.rules.len() - 1 - position };
        let rule = &description.rules[index];
        let id = full_id(description, rule);
        if rule.target != wanted || !is_active(&id) {
            continue;
        }
        let start = Instant::now();
        let result = match earlier.and_then(|earlier| earlier.take(plugin, index, &target)) {
            Some(result) => result,
            None => match evidence.missing(rule) {
                Some(reason) => RuleResult::NoEvidence(reason),
                None => RuleResult::Called(Box::new(session.check(rule, options.get(&id).unwrap_or(&empty)))),
            },
        };
        outcomes.push(Outcome { plugin, rule: index, target: target.clone(), result, time: start.elapsed() });
    }
    outcomes
}

/// Knows what a target has nothing of, so that rules about it are not called and say so.
struct Evidence<'a> {
    facts: &'a Facts,
    target: &'a Target,
    has_python: Option<bool>,
    has_dockerfile: Option<bool>,
    has_compose_file: Option<bool>,
}

impl<'a> Evidence<'a> {
    fn new(facts: &'a Facts, target: &'a Target) -> Self {
        Self { facts, target, has_python: None, has_dockerfile: None, has_compose_file: None }
    }

    /// What is missing for a rule to have anything to look at.
    fn missing(&mut self, rule: &Rule) -> Option<String> {
        let (facts, target) = (self.facts, self.target);
        match rule.trigger.kind.as_str() {
            "calls" | "imports" | "definitions" | "outlines" | "handlers" | "assignments" | "statements" => {
                let has_python = *self.has_python.get_or_insert_with(|| {
                    let projects = facts.projects();
                    facts.repository().files().iter().any(|file| {
                        (file.path.ends_with(".py") || file.path.ends_with(".pyi"))
                            && projects.role_of(&file.path) != Role::Vendored
                            && target.contains(facts, &file.path)
                    })
                });
                (!has_python).then(|| "no Python code".to_owned())
            }
            "dockerfiles" => {
                let has = *self.has_dockerfile.get_or_insert_with(|| facts.containers().has_dockerfile(target));
                (!has).then(|| "no Dockerfile".to_owned())
            }
            "compose-files" => {
                let has =
                    *self.has_compose_file.get_or_insert_with(|| facts.containers().has_compose_file(facts, target));
                (!has).then(|| "no compose file".to_owned())
            }
            "files" | "documents" => {
                let files = facts.repository().files();
                let named = facts.named(&rule.trigger.globs);
                let has = named.iter().any(|index| target.contains(facts, &files[*index].path));
                (!has).then(|| format!("no file matches {}", rule.trigger.globs.join(", ")))
            }
            _ => None,
        }
    }
}
