//! Dependencies that are scanned only when someone changes something.

use plimsoll_sdk::prelude::*;

use crate::gates::{DEPENDENCY_AUDITS, has_runtime_dependencies};
use crate::renovate::is_watched_by_renovate;

rule! {
    /// Dependencies are scanned only when someone pushes.
    ///
    /// New vulnerabilities are published while nobody works on the code. Add a `schedule` to the workflow that scans.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```yaml bad .github/workflows/a.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request  # error: the dependencies are never scanned on a schedule
    /// jobs:
    ///   audit:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pip-audit
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```yaml fixed .github/workflows/a.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on:
    ///   pull_request:
    ///   schedule:
    ///     - cron: "0 6 * * 1"
    /// jobs:
    ///   audit:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pip-audit
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on:
    ///   pull_request:
    ///   schedule:
    ///     - cron: "0 6 * * 1"
    /// jobs:
    ///   audit:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pip-audit
    /// ```
    pub(crate) static UNSCHEDULED_DEPENDENCY_AUDIT = {
        id: "unscheduled-dependency-audit",
        requirements: ["9.2.1"],
        check: Check::Repository(unscheduled_dependency_audit),
    }
}

fn unscheduled_dependency_audit(report: &mut Report) {
    let runs = DEPENDENCY_AUDITS.runs_in_ci();
    if runs.is_empty() || !has_runtime_dependencies() {
        return report.not_applicable("9.2.1", "no dependencies, or nothing in CI scans them");
    }
    if runs.iter().any(|run| run.is_on(&["schedule"])) || is_watched_by_renovate() {
        return;
    }
    // Schedules of other systems are settings of their servers. A run in a script or a composite action is taken for
    // one of a workflow with the same events.
    let workflows: Vec<Workflow> =
        automation::workflows().into_iter().filter(|workflow| workflow.system == "github").collect();
    let holder = |workflow: &&Workflow| runs.iter().any(|run| run.place.path == workflow.place.path);
    let same = |workflow: &&Workflow| runs.iter().any(|run| run.triggers == workflow.triggers);
    let caller =
        |workflow: &&Workflow| workflow.triggers.iter().any(|trigger| runs.iter().any(|run| run.is_on(&[trigger])));
    let is_own = |workflow: &&Workflow| holder(workflow) && workflow.triggers != ["workflow_call"];
    let found = |wanted: &dyn Fn(&&Workflow) -> bool| workflows.iter().find(wanted);
    let workflow = found(&is_own).or_else(|| found(&same)).or_else(|| found(&caller));
    match workflow.and_then(|workflow| Some((workflow, workflow.on.clone()?))) {
        Some((workflow, on)) => {
            let is_certain = is_own(&workflow) || same(&workflow);
            report
                .finding(&on, "the dependencies are never scanned on a schedule")
                .help("add a weekly `schedule` to the workflow that scans")
                .unsafe_fix(is_certain.then(|| scheduled(&workflow.place.path)).flatten());
        }
        None => report.unknown("9.2.1", None, "schedules are settings of the CI server"),
    }
}

/// The events of a workflow with Monday mornings.
fn scheduled(path: &str) -> Option<Edit> {
    const WEEKLY: &str = "- cron: \"0 6 * * 1\"";
    let value = documents::read(path, &[]).ok()?;
    let root = Item::root(&value)?;
    let on = root.get("on")?;
    match on.kind() {
        NodeKind::Table if on.get("schedule").is_none() => Some(edit::set(path, &["on", "schedule"], WEEKLY)),
        NodeKind::List | NodeKind::Text => {
            let events: String = on.strings().iter().map(|event| format!("{event}:\n")).collect();
            Some(edit::set(path, &["on"], format!("{events}schedule:\n  {WEEKLY}")))
        }
        _ => None,
    }
}
