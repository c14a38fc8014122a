//! Gates: tools that CI, hooks or people run to keep something out, by whatever way they run them.

mod tools;

pub use tools::*;

use crate::automation::{self, Action, Command, Hook, Workflow};
use crate::bindings::plimsoll::plugin::types::Place;
use crate::paths::file_name;
use crate::value::Item;
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
    /// GitHub actions that are the gate with some values of an input.
    pub with_inputs: &'static [WithInput],
    /// Hooks of pre-commit, by id.
    pub hooks: &'static [&'static str],
}

/// An action that is a gate with some values of an input.
pub struct WithInput {
    /// The action.
    pub action: &'static str,
    /// The name of the input.
    pub input: &'static str,
    /// What the action takes when the input is not given.
    pub default: &'static str,
    /// The values that make it the gate, or words of which the value has one.
    pub values: &'static [&'static str],
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
    /// Whether it writes a report that is kept.
    pub is_kept: bool,
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
            name: program(&command).0.to_owned(),
            is_kept: command.words.iter().any(|word| word.contains("sarif") || word.contains("output")),
            words: command.words,
            tolerated: command.tolerated,
            place: command.place,
            triggers: command.triggers,
        }
    }
}

impl From<Action> for Run {
    fn from(action: Action) -> Self {
        let inputs = Item::root(&action.inputs);
        let is_kept = inputs.is_some_and(|it| it.get("output").or_else(|| it.get("sarif_file")).is_some());
        Self {
            is_kept,
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
        Self {
            place: hook.place,
            name: hook.id,
            words: hook.words,
            triggers: hook.triggers,
            tolerated: false,
            is_kept: false,
        }
    }
}

impl Gate {
    /// The commands that are this gate, those included that CI does not reach.
    pub fn commands(&self) -> Vec<Command> {
        let mut programs = self.programs.to_vec();
        programs.extend(self.with_words.iter().map(|(program, _)| *program));
        if IMAGES.iter().any(|(_, program)| programs.contains(program)) {
            programs.extend(CONTAINER_ENGINES);
        }
        if programs.is_empty() {
            return Vec::new();
        }
        automation::commands(&programs).into_iter().filter(|command| self.is_run_by(command)).collect()
    }

    /// All runs, those included that CI does not reach.
    pub fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = self.commands().into_iter().map(Run::from).collect();
        let actions: Vec<&str> =
            self.actions.iter().copied().chain(self.with_inputs.iter().map(|wanted| wanted.action)).collect();
        if !actions.is_empty() {
            let actions = automation::actions(&actions).into_iter().filter(|action| self.is_used_by(action));
            runs.extend(actions.map(Run::from));
        }
        if !self.hooks.is_empty() {
            runs.extend(automation::hooks(self.hooks).into_iter().map(Run::from));
        }
        runs
    }

    /// The runs that CI reaches.
    pub fn runs_in_ci(&self) -> Vec<Run> {
        self.runs().into_iter().filter(Run::is_in_ci).collect()
    }

    /// The runs that stop a proposed change.
    pub fn runs_on_changes(&self) -> Vec<Run> {
        self.runs().into_iter().filter(|run| run.is_on_changes() && !run.tolerated).collect()
    }

    fn is_run_by(&self, command: &Command) -> bool {
        let (program, words) = program(command);
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        self.programs.contains(&program) || self.with_words.iter().any(|(name, wanted)| *name == program && has(wanted))
    }

    fn is_used_by(&self, action: &Action) -> bool {
        let Some(wanted) = self.with_inputs.iter().find(|wanted| wanted.action == action.name) else { return true };
        let value = Item::root(&action.inputs).and_then(|inputs| inputs.get(wanted.input));
        let value = value.map_or(wanted.default, Item::text);
        wanted.values.contains(&value) || value.split_whitespace().any(|word| wanted.values.contains(&word))
    }
}

const CONTAINER_ENGINES: [&str; 2] = ["docker", "podman"];

/// Images that hold a tool and start it.
const IMAGES: &[(&str, &str)] = &[
    ("aquasec/trivy", "trivy"),
    ("aquasecurity/trivy", "trivy"),
    ("gitleaks/gitleaks", "gitleaks"),
    ("zricethezav/gitleaks", "gitleaks"),
    ("trufflesecurity/trufflehog", "trufflehog"),
    ("anchore/grype", "grype"),
    ("google/osv-scanner", "osv-scanner"),
    ("hadolint/hadolint", "hadolint"),
];

/// The program of a command and its arguments; those of the image for `docker run`.
fn program(command: &Command) -> (&str, &[String]) {
    let name = command.program();
    let arguments = command.words.get(1..).unwrap_or_default();
    if !CONTAINER_ENGINES.contains(&name) || !command.has_word(&["run"]) {
        return (name, arguments);
    }
    let image = command.words.iter().enumerate().find_map(|(index, word)| {
        let (_, program) = IMAGES.iter().find(|(image, _)| word.contains(image) && !word.starts_with('-'))?;
        Some((*program, command.words.get(index + 1..).unwrap_or_default()))
    });
    image.unwrap_or((name, arguments))
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
        // What prepares the machine of an assistant checks nothing.
        let is_preparation = file_name(&workflow.place.path).starts_with("copilot-");
        let is_its = |command: &&Command| command.place.path == workflow.place.path;
        let count = checks.iter().chain(&tasks).filter(is_its).count();
        (is_preparation, event, purpose, std::cmp::Reverse(count))
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
