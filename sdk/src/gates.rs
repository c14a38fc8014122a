//! Gates: tools that CI, hooks or people run to keep something out, by whatever way they run them.

use crate::automation::{self, Action, Command, Hook, Workflow};
use crate::bindings::plimsoll::plugin::types::Place;
use crate::{Report, project};

/// Events of proposed changes.
pub const CHANGES: &[&str] = &["pull_request", "pull_request_target", "merge_group"];

/// A gate, by the ways that repositories run it.
pub struct Gate {
    /// Programs that are the gate whatever their arguments.
    pub programs: &'static [&'static str],
    /// Programs that are the gate with one of these words.
    pub with_words: &'static [(&'static str, &'static [&'static str])],
    /// GitHub actions.
    pub actions: &'static [&'static str],
    /// Hooks of pre-commit, by id.
    pub hooks: &'static [&'static str],
}

/// One run of a gate.
pub struct Run {
    /// Where it is written.
    pub place: Place,
    /// The program, action or hook.
    pub name: String,
    /// The command's words, as far as they are known.
    pub words: Vec<String>,
    /// Events of the CI runs that reach it; empty when no CI run does.
    pub triggers: Vec<String>,
    /// Whether its failure is ignored.
    pub tolerated: bool,
}

impl Run {
    /// Whether one of these events reaches it.
    pub fn is_on(&self, triggers: &[&str]) -> bool {
        self.triggers.iter().any(|trigger| triggers.contains(&trigger.as_str()))
    }

    /// Whether CI runs it on proposed changes.
    pub fn is_on_changes(&self) -> bool {
        self.is_on(CHANGES)
    }

    /// Whether CI runs it at all.
    pub fn is_in_ci(&self) -> bool {
        !self.triggers.is_empty()
    }
}

impl From<Command> for Run {
    fn from(command: Command) -> Self {
        Self {
            name: command.program().to_owned(),
            words: command.words,
            tolerated: command.tolerated,
            place: command.place,
            triggers: command.triggers,
        }
    }
}

impl From<Action> for Run {
    fn from(action: Action) -> Self {
        Self {
            place: action.place,
            name: action.name,
            words: Vec::new(),
            triggers: action.triggers,
            tolerated: action.tolerated,
        }
    }
}

impl From<Hook> for Run {
    fn from(hook: Hook) -> Self {
        Self { place: hook.place, name: hook.id, words: hook.words, triggers: hook.triggers, tolerated: false }
    }
}

impl Gate {
    /// All runs, those included that CI does not reach.
    pub fn runs(&self) -> Vec<Run> {
        let mut programs = self.programs.to_vec();
        programs.extend(self.with_words.iter().map(|(program, _)| *program));
        let mut runs: Vec<Run> = Vec::new();
        if !programs.is_empty() {
            let commands = automation::commands(&programs).into_iter().filter(|command| self.is_run_by(command));
            runs.extend(commands.map(Run::from));
        }
        if !self.actions.is_empty() {
            runs.extend(automation::actions(self.actions).into_iter().map(Run::from));
        }
        if !self.hooks.is_empty() {
            runs.extend(automation::hooks(self.hooks).into_iter().map(Run::from));
        }
        runs
    }

    /// The runs that stop a proposed change.
    pub fn runs_on_changes(&self) -> Vec<Run> {
        self.runs().into_iter().filter(|run| run.is_on_changes() && !run.tolerated).collect()
    }

    fn is_run_by(&self, command: &Command) -> bool {
        let program = command.program();
        let has = |wanted: &[&str]| command.words.iter().skip(1).any(|word| wanted.contains(&word.as_str()));
        self.programs.contains(&program) || self.with_words.iter().any(|(name, wanted)| *name == program && has(wanted))
    }
}

/// Where the absence of a gate is reported: a pipeline that checks the code of pull requests if there is one, else the
/// nearest to that. None when there is no CI, no product, or CI can't be looked into, each said for the requirements.
pub fn place_of_absence(report: &mut Report, requirements: &[&str]) -> Option<Place> {
    let workflows = automation::workflows();
    let reason = if !project::projects().iter().any(|project| project.has_source) {
        Some("no Python code of its own")
    } else if workflows.is_empty() {
        Some("no CI in the repository")
    } else {
        None
    };
    if let Some(reason) = reason {
        requirements.iter().for_each(|requirement| report.not_applicable(requirement, reason));
        return None;
    }
    if is_opaque(report, requirements) {
        return None;
    }
    const CHECKS: &[&str] =
        &["ruff", "flake8", "mypy", "pyright", "pre-commit", "prek", "tox", "nox", "pytest", "coverage"];
    let (checks, tasks) = (automation::commands(CHECKS), automation::commands(&["just", "make", "task", "invoke"]));
    let rank = |workflow: &Workflow| {
        let runs = |commands: &[Command]| {
            commands.iter().any(|command| command.place.path == workflow.place.path && command.is_in_ci())
        };
        let is_on = |event: &str| workflow.triggers.iter().any(|trigger| trigger == event);
        let event = [is_on("pull_request"), is_on("push")].iter().position(|is_on| *is_on).unwrap_or(2);
        let purpose = [runs(&checks), runs(&tasks)].iter().position(|runs| *runs).unwrap_or(2);
        (event, purpose)
    };
    workflows.iter().min_by_key(|workflow| rank(workflow)).map(|workflow| workflow.place.clone())
}

/// Says for each requirement that it can't be decided, if CI runs something on changes that can't be looked into.
pub fn is_opaque(report: &mut Report, requirements: &[&str]) -> bool {
    let opaque = automation::opaque_steps()
        .into_iter()
        .find(|opaque| opaque.triggers.iter().any(|trigger| trigger == "push" || CHANGES.contains(&trigger.as_str())));
    if let Some(opaque) = &opaque {
        for requirement in requirements {
            report.unknown(requirement, Some(&opaque.place), &opaque.reason);
        }
    }
    opaque.is_some()
}
