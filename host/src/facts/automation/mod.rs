//! What automation runs: CI, hooks, task runners, container builds and the scripts they call.
//!
//! Each reader below adds what its files say to a [`graph::Collector`]: units (a job, a recipe, a hook) with shell text
//! or words. The text becomes commands ([`shell`], [`words`]), launchers are taken off ([`launchers`]), calls between
//! units are found ([`calls`]), and the events of the pipelines flow along them, so that a command in a recipe knows
//! which events run it and how.
//!
//! Nothing is run or expanded that needs the machine: variables of the environment stay `$NAME`, expressions of CI
//! systems stay as written, conditions only restrict events where they compare the event's name.

mod calls;
mod commands;
mod containers;
mod events;
mod github;
mod gitlab;
mod graph;
mod just;
mod launchers;
mod make;
mod nox;
mod options;
mod pipelines;
mod platforms;
mod positions;
mod precommit;
mod programs;
mod script_tables;
mod scripts;
mod shell;
mod text;
mod tox;
mod values;
mod words;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Facts, Target};
use crate::plugin::wit::Role;
use crate::plugin::wit::automation::{Action, Command, Hook, Opaque, Task, Workflow};
use crate::repository::parent;
use graph::Collector;

/// Everything that automation does, sorted by place.
#[derive(Serialize, Deserialize)]
pub(crate) struct Automation {
    commands: Vec<Command>,
    /// Indexes of the commands of each program.
    programs: HashMap<String, Vec<usize>>,
    actions: Vec<Action>,
    hooks: Vec<Hook>,
    workflows: Vec<Workflow>,
    opaque: Vec<Opaque>,
    tasks: Vec<Task>,
}

impl Automation {
    pub(crate) fn build(facts: &Facts) -> Self {
        let mut collector = Collector::new(facts);
        // Hooks, tasks and builds come before the pipelines, whose actions call them.
        precommit::collect(&mut collector);
        just::collect(&mut collector);
        make::collect(&mut collector);
        nox::collect(&mut collector);
        tox::collect(&mut collector);
        script_tables::collect(&mut collector);
        platforms::collect(&mut collector);
        containers::collect(&mut collector);
        github::collect(&mut collector);
        gitlab::collect(&mut collector);
        pipelines::collect(&mut collector);
        collector.link();
        scripts::uncalled(&mut collector);
        collector.link();
        collector.flow();
        // A reusable workflow that nothing here calls is there for others.
        let uncalled: Vec<usize> = collector
            .workflows
            .iter()
            .filter(|workflow| workflow.is_callable && collector.events_of(workflow.unit) == 0)
            .map(|workflow| workflow.unit)
            .collect();
        if !uncalled.is_empty() {
            let event = collector.events.bit("workflow_call");
            for unit in uncalled {
                collector.reach(unit, event, None);
            }
            collector.flow();
        }
        Self::finished(collector)
    }

    fn finished(mut collector: Collector<'_>) -> Self {
        let entries = std::mem::take(&mut collector.entries);
        let mut commands: Vec<Command> = entries
            .into_iter()
            .map(|entry| {
                let triggers = collector.triggers(&entry.context);
                let via = if triggers.is_empty() { Vec::new() } else { collector.way(entry.context.unit) };
                let tolerated = entry.command.tolerated || collector.is_tolerated(entry.context.unit);
                Command { triggers, via, tolerated, ..entry.command }
            })
            .collect();
        commands.sort_by(|left, right| {
            let key = |command: &Command| (command.place.span.start, command.place.span.end);
            (&left.place.path, key(left), &left.unit, &left.folder, &left.words).cmp(&(
                &right.place.path,
                key(right),
                &right.unit,
                &right.folder,
                &right.words,
            ))
        });
        commands.dedup_by(|later, kept| {
            let is_same = later.place == kept.place
                && later.words == kept.words
                && later.unit == kept.unit
                && later.folder == kept.folder;
            if is_same {
                kept.tolerated = is_both(kept, later, |it| (&it.triggers, it.tolerated));
                if kept.triggers.is_empty() {
                    kept.via = std::mem::take(&mut later.via);
                }
                join_triggers(&mut kept.triggers, &mut later.triggers);
            }
            is_same
        });
        let mut programs: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, command) in commands.iter().enumerate() {
            programs.entry(command.words[0].clone()).or_default().push(index);
        }
        let mut actions: Vec<Action> = std::mem::take(&mut collector.actions)
            .into_iter()
            .map(|(action, context)| Action {
                triggers: collector.triggers(&context),
                tolerated: action.tolerated || collector.is_tolerated(context.unit),
                ..action
            })
            .collect();
        actions.sort_by(|left, right| {
            (&left.place.path, left.place.span.start).cmp(&(&right.place.path, right.place.span.start))
        });
        actions.dedup_by(|later, kept| {
            let is_same = later.place == kept.place && later.job == kept.job;
            if is_same {
                kept.tolerated = is_both(kept, later, |it| (&it.triggers, it.tolerated));
                join_triggers(&mut kept.triggers, &mut later.triggers);
            }
            is_same
        });
        let hooks = std::mem::take(&mut collector.hooks)
            .into_iter()
            .map(|unit| Hook { triggers: collector.events.names(collector.events_of(unit.unit)), ..unit.hook })
            .collect();
        let mut opaque: Vec<Opaque> = std::mem::take(&mut collector.opaque)
            .into_iter()
            .map(|(opaque, context)| Opaque { triggers: collector.triggers(&context), ..opaque })
            .filter(|opaque| !opaque.triggers.is_empty())
            .collect();
        opaque.sort_by(|left, right| {
            (&left.place.path, left.place.span.start, &left.reason).cmp(&(
                &right.place.path,
                right.place.span.start,
                &right.reason,
            ))
        });
        opaque.dedup_by(|later, kept| {
            let is_same = later.place == kept.place && later.reason == kept.reason;
            if is_same {
                join_triggers(&mut kept.triggers, &mut later.triggers);
            }
            is_same
        });
        let mut workflows: Vec<Workflow> =
            std::mem::take(&mut collector.workflows).into_iter().map(|unit| unit.workflow).collect();
        workflows.sort_by(|left, right| left.place.path.cmp(&right.place.path));
        let mut tasks = std::mem::take(&mut collector.tasks);
        tasks.sort_by(|left, right| {
            (&left.place.path, left.place.span.start, &left.name).cmp(&(
                &right.place.path,
                right.place.span.start,
                &right.name,
            ))
        });
        Self { commands, programs, actions, hooks, workflows, opaque, tasks }
    }

    /// In the form to be kept.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        postcard::to_allocvec(self).ok()
    }

    /// Of what [`Automation::encode`] gave; none where it is damaged.
    pub(crate) fn decode(encoded: &[u8]) -> Option<Self> {
        postcard::from_bytes(encoded).ok()
    }

    /// Commands of a target whose program matches one of the patterns.
    pub(crate) fn commands(&self, facts: &Facts, target: &Target, programs: &[String]) -> Vec<Command> {
        let patterns = facts.patterns().set(programs.iter().map(String::as_str));
        let mut indexes: Vec<usize> = self
            .programs
            .iter()
            .filter(|(program, _)| patterns.is_match(program))
            .flat_map(|(_, indexes)| indexes.iter().copied())
            .collect();
        indexes.sort_unstable();
        let mut scope = Scope::new(facts, target);
        indexes
            .into_iter()
            .map(|index| &self.commands[index])
            .filter(|command| scope.sees(&command.folder))
            .cloned()
            .collect()
    }

    /// Uses of actions whose name matches one of the patterns.
    pub(crate) fn actions(&self, facts: &Facts, target: &Target, names: &[String]) -> Vec<Action> {
        let patterns = facts.patterns().set(names.iter().map(String::as_str));
        let mut scope = Scope::new(facts, target);
        let actions = self.actions.iter().filter(|action| patterns.is_match(&action.name));
        actions.filter(|action| scope.sees(holder(&action.place.path))).cloned().collect()
    }

    /// Hooks whose id matches one of the patterns.
    pub(crate) fn hooks(&self, facts: &Facts, target: &Target, ids: &[String]) -> Vec<Hook> {
        let patterns = facts.patterns().set(ids.iter().map(String::as_str));
        let mut scope = Scope::new(facts, target);
        let hooks = self.hooks.iter().filter(|hook| patterns.is_match(&hook.id));
        hooks.filter(|hook| scope.sees(holder(&hook.place.path))).cloned().collect()
    }

    /// The CI pipelines, sorted by path.
    pub(crate) fn workflows(&self, facts: &Facts, target: &Target) -> Vec<Workflow> {
        let mut scope = Scope::new(facts, target);
        self.workflows.iter().filter(|workflow| scope.sees(holder(&workflow.place.path))).cloned().collect()
    }

    /// What CI runs and no one can look into.
    pub(crate) fn opaque_steps(&self, facts: &Facts, target: &Target) -> Vec<Opaque> {
        let mut scope = Scope::new(facts, target);
        self.opaque.iter().filter(|opaque| scope.sees(holder(&opaque.place.path))).cloned().collect()
    }

    /// The tasks of all task runners.
    pub(crate) fn tasks(&self, facts: &Facts, target: &Target) -> Vec<Task> {
        let mut scope = Scope::new(facts, target);
        self.tasks.iter().filter(|task| scope.sees(holder(&task.place.path))).cloned().collect()
    }
}

/// Whether failure is ignored on both of two ways; one that no event takes says nothing.
fn is_both<T>(left: &T, right: &T, state: impl Fn(&T) -> (&Vec<String>, bool)) -> bool {
    match (state(left), state(right)) {
        ((left, _), (right, tolerated)) if left.is_empty() && !right.is_empty() => tolerated,
        ((_, tolerated), (right, _)) if right.is_empty() => tolerated,
        ((_, left), (_, right)) => left && right,
    }
}

fn join_triggers(kept: &mut Vec<String>, other: &mut Vec<String>) {
    kept.append(other);
    kept.sort();
    kept.dedup();
}

/// The folder that a file of automation is about: the one that holds `.github` for what is below it.
fn holder(path: &str) -> &str {
    let hidden = path.split('/').scan(0, |start, part| {
        let found = (*start, part);
        *start += part.len() + 1;
        Some(found)
    });
    let hidden =
        hidden.filter(|(start, part)| part.starts_with('.') && start + part.len() < path.len()).map(|(start, _)| start);
    match hidden.min() {
        Some(start) => path[..start].trim_end_matches('/'),
        None => parent(path),
    }
}

/// Which folders a target sees: its own, and those above it, since what runs there runs for all below.
struct Scope<'a> {
    facts: &'a Facts,
    target: &'a Target,
    known: HashMap<String, bool>,
}

impl<'a> Scope<'a> {
    fn new(facts: &'a Facts, target: &'a Target) -> Self {
        Self { facts, target, known: HashMap::new() }
    }

    fn sees(&mut self, folder: &str) -> bool {
        let Target::Project(root) = self.target else { return true };
        if let Some(known) = self.known.get(folder) {
            return *known;
        }
        let is_above =
            folder.is_empty() || folder == root || root.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        // A project belongs to itself however it is asked for: with a name below it.
        let sees = is_above || self.facts.projects().root_of(&format!("{folder}/x")) == root;
        self.known.insert(folder.to_owned(), sees);
        sees
    }
}

/// Whether files of a role are the project's own automation.
fn is_own(role: Role) -> bool {
    !matches!(role, Role::Vendored | Role::Template | Role::Generated | Role::Test)
}

/// The repository's own files whose path is wanted, sorted; no modules but those of task runners.
fn own_files(collector: &Collector<'_>, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    collector
        .paths
        .iter()
        .copied()
        .filter(|path| is_wanted(path))
        .filter(|path| !path.contains('/') || is_own(collector.facts.projects().role_of(path)))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests;
