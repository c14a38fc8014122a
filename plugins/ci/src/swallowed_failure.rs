//! Checks whose failure changes nothing.

use plimsoll_sdk::gates::{FORMATTERS, Gate, Run};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::Seen;

use crate::gates::{LINTERS, TYPE_CHECKERS, is_on_code};

rule! {
    /// The failure of a linter or type checker is ignored.
    ///
    /// A check that can't fail is read by nobody and finds more every week. Let it fail; turn off single rules, or begin
    /// with a baseline, where there is too much to mend.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   check:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check --exit-zero  # error: the failure of `ruff` is ignored
    ///       - run: uv run mypy src || true  # error: the failure of `mypy` is ignored
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   check:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check --exit-zero --output-format sarif -o report.sarif
    ///       - run: uvx ruff check
    ///       - run: uv run mypy src
    /// ```
    pub(crate) static SWALLOWED_FAILURE = {
        id: "swallowed-failure",
        requirements: ["12.2.3", "12.3.2"],
        check: Check::Repository(swallowed_failure),
    }
}

fn swallowed_failure(report: &mut Report) {
    let mut seen = Seen::default();
    check(report, &mut seen, &[LINTERS, FORMATTERS], "12.2.3");
    check(report, &mut seen, &[TYPE_CHECKERS], "12.3.2");
}

fn check(report: &mut Report, seen: &mut Seen, gates: &[Gate], requirement: &str) {
    let runs: Vec<Run> = gates.iter().flat_map(|gate| gate.runs_in_ci()).filter(is_on_code).collect();
    if runs.is_empty() {
        return report.not_applicable(requirement, "CI runs no such check");
    }
    let is_ignored = |run: &Run| run.tolerated || run.words.iter().any(|word| word == "--exit-zero");
    for run in runs.iter().filter(|run| is_ignored(run)) {
        // A report that is kept is one use, a strict run beside it the other.
        let is_strict = runs.iter().any(|other| other.name == run.name && !is_ignored(other));
        let is_mended =
            matches!(run.name.as_str(), "ruff" | "black" | "isort") && run.words.iter().any(|word| word == "--fix");
        if is_strict || run.is_kept || is_mended || !seen.is_new(&run.place) {
            continue;
        }
        report
            .finding(&run.place, format!("the failure of `{}` is ignored", run.name))
            .help("let the step fail; turn off single rules where there is too much to mend")
            .requirement(requirement)
            .medium();
    }
}
