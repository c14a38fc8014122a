//! Dependencies that are scanned only when someone changes something.

use plimsoll_sdk::prelude::*;

use crate::gates::DEPENDENCIES;

rule! {
    /// Dependencies are scanned only when someone pushes.
    ///
    /// New vulnerabilities are published while nobody works on the code. Add a `schedule` to the workflow that scans.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request  # error: the dependencies are never scanned on a schedule
    /// jobs:
    ///   audit:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pip-audit
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
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
    let triggers = DEPENDENCIES.triggers();
    if triggers.is_empty() {
        return report.not_applicable("9.2.1", "nothing in CI scans the dependencies");
    }
    if triggers.iter().any(|trigger| trigger == "schedule") {
        return;
    }
    // Schedules of other systems are settings of their servers.
    let workflow = automation::workflows().into_iter().find(|workflow| workflow.system == "github");
    match workflow.and_then(|workflow| workflow.on) {
        Some(on) => {
            report
                .finding(&on, "the dependencies are never scanned on a schedule")
                .help("add a weekly `schedule` to the workflow that scans");
        }
        None => report.unknown("9.2.1", None, "schedules are settings of the CI server"),
    }
}
