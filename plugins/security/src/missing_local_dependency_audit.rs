//! Task runners without a way to scan dependencies.

use plimsoll_sdk::prelude::*;

use crate::gates::{DEPENDENCIES, has_runtime_dependencies};

rule! {
    /// No task scans the dependencies on a developer's machine.
    ///
    /// Before a release one wants the answer now, not from CI. Add a recipe that runs the scan.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```text bad Justfile
    /// test:
    ///     uv run pytest
    /// ```
    /// ```text expect
    /// Justfile:1: no recipe scans the dependencies
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```text good Justfile
    /// security:
    ///     uv run pip-audit
    /// ```
    pub(crate) static MISSING_LOCAL_DEPENDENCY_AUDIT = {
        id: "missing-local-dependency-audit",
        requirements: ["9.2.3"],
        check: Check::Repository(missing_local_dependency_audit),
    }
}

fn missing_local_dependency_audit(report: &mut Report) {
    // The scripts of a front end are another language's.
    let tasks: Vec<Task> =
        automation::tasks().into_iter().filter(|task| !task.place.path.ends_with("package.json")).collect();
    let Some(first) = tasks.first().filter(|_| has_runtime_dependencies()) else {
        return report.not_applicable("9.2.3", "no task runner, or no dependencies");
    };
    let is_local = |command: &Command| !matches!(command.source.as_str(), "github" | "gitlab" | "dockerfile");
    let is_hooked = !automation::hooks(DEPENDENCIES.hooks).is_empty();
    if DEPENDENCIES.commands().iter().any(is_local) || is_hooked {
        return;
    }
    let place = Place { path: first.place.path.clone(), span: Span { start: 0, end: 0 } };
    report.finding(&place, "no recipe scans the dependencies").help("add a recipe `security` that runs `pip-audit`");
}
