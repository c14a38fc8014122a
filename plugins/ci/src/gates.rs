//! What the rules about CI share: which runs of checks code reaches, and how a missing one is reported.

use plimsoll_sdk::gates::{CHANGES, Gate, Run, place_of_absence};
pub(crate) use plimsoll_sdk::gates::{CODE_SCANS, DEPENDENCY_AUDITS, LINTERS, SECRET_SCANS, TESTS, TYPE_CHECKERS};
use plimsoll_sdk::prelude::*;

use crate::github::{GithubWorkflow, workflows};

/// Events of pushes and proposed changes.
const CODE_EVENTS: &[&str] = &["push", "pull_request", "pull_request_target", "merge_group", "workflow_run"];

/// Whether a run is reached when code is pushed or proposed.
pub(crate) fn is_on_code(run: &Run) -> bool {
    run.is_on(CODE_EVENTS)
}

/// The runs of linters, type checkers and tests that CI starts for pushes or pull requests.
pub(crate) fn checks() -> Vec<Run> {
    let gates = [TESTS, LINTERS, TYPE_CHECKERS];
    gates.iter().flat_map(Gate::runs).filter(is_on_code).collect()
}

/// Whether something in CI that can't be read goes by a name with one of these words: a job, a step's script, a task.
pub(crate) fn is_hinted(hints: &[&str]) -> bool {
    let has = |text: &str| {
        let text = text.to_ascii_lowercase();
        hints.iter().any(|hint| text.contains(hint))
    };
    let is_on_code = |triggers: &[String]| triggers.iter().any(|trigger| CODE_EVENTS.contains(&trigger.as_str()));
    automation::workflows()
        .iter()
        .any(|workflow| is_on_code(&workflow.triggers) && workflow.jobs.iter().any(|job| has(job)))
        || automation::commands(&["*"])
            .iter()
            .any(|command| is_on_code(&command.triggers) && command.words.iter().take(4).any(|word| has(word)))
}

/// A check that CI should run.
pub(crate) struct Check<'a> {
    pub(crate) requirement: &'a str,
    /// What counts as it.
    pub(crate) gates: &'a [Gate],
    pub(crate) message: &'a str,
    pub(crate) help: &'a str,
    /// Words in the names of jobs and scripts that may be it.
    pub(crate) hints: &'a [&'a str],
    /// What adds it to a workflow.
    pub(crate) fix: fn(&GithubWorkflow) -> Option<Edit>,
}

/// Reports a check that no push and no pull request starts. CI without any check is another rule's finding.
pub(crate) fn report_missing(report: &mut Report, check: &Check<'_>) {
    let runs: Vec<Run> = check.gates.iter().flat_map(Gate::runs).filter(Run::is_in_ci).collect();
    if runs.iter().any(is_on_code) {
        return;
    }
    let Some(place) = place_of_absence(report, &[check.requirement]) else { return };
    if checks().is_empty() {
        return report.not_applicable(check.requirement, "CI checks nothing at all");
    }
    let workflow = workflows().into_iter().find(|workflow| workflow.path() == place.path);
    let edit = workflow.and_then(|workflow| (check.fix)(&workflow));
    let mut finding = report.finding(&place, check.message).help(check.help).unsafe_fix(edit);
    if let Some(run) = runs.first() {
        finding = finding.related(&run.place, "this is not run for pushes or pull requests");
    }
    // Services run hooks without a word in the repository, and a task in a folder that is computed may be anything.
    let has_hooks = check.gates.iter().any(|gate| !gate.hooks.is_empty() && !automation::hooks(gate.hooks).is_empty());
    if has_hooks || is_hinted(check.hints) || runs_unknown_tasks() {
        finding.low();
    }
}

/// Whether CI runs tasks whose folder or name is computed.
fn runs_unknown_tasks() -> bool {
    const RUNNERS: &[&str] =
        &["make", "just", "task", "nox", "tox", "invoke", "hatch", "poe", "npm", "pnpm", "yarn", "nx", "pants"];
    automation::commands(RUNNERS).iter().any(|command| {
        command.is_in_ci() && (command.folder.contains('$') || command.words.iter().any(|word| word.contains('$')))
    })
}

/// Whether a list of events has one of proposed changes.
pub(crate) fn is_on_changes(triggers: &[String]) -> bool {
    triggers.iter().any(|trigger| CHANGES.contains(&trigger.as_str()))
}
