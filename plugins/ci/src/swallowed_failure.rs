//! Checks whose failure changes nothing.

use plimsoll_sdk::gates::{FORMATTERS, Gate, Run};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::Seen;

use crate::gates::{LINTERS, TYPE_CHECKERS, is_on_code};
use crate::github::workflows;
use crate::workflow_edits::step_at;

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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   check:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check
    ///       - run: uv run mypy src
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
    ///
    /// A step that may fail without stopping the job is one that nobody reads:
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
    ///       - name: Lint
    ///         continue-on-error: true
    ///         run: |
    ///           # Slow on the first run.
    ///           uvx ruff check  # error: the failure of `ruff` is ignored
    ///       - continue-on-error: true
    ///         run: uv run mypy src  # error: the failure of `mypy` is ignored
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   check:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - name: Lint
    ///         run: |
    ///           # Slow on the first run.
    ///           uvx ruff check
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
            .unsafe_fix(strict(run))
            .medium();
    }
}

/// Takes out what keeps the step from failing; nothing where that is not seen, or of a whole job.
fn strict(run: &Run) -> Option<Edit> {
    let (path, span) = (&run.place.path, run.place.span);
    // What recipes and scripts ignore, people may want ignored on their machines.
    if !path.starts_with('.') {
        return None;
    }
    if run.words.iter().any(|word| word == "--exit-zero") {
        return edit::replace_words(&run.place, " --exit-zero", "").filter(|_| !run.tolerated);
    }
    let text = repository::read(path).ok()?;
    let rest = text.get(span.end as usize..)?.lines().next()?;
    let ignoring = [" || true", " || :"].into_iter().find(|ignoring| rest.trim_end() == *ignoring);
    let step_key = || {
        let workflow = workflows().into_iter().find(|workflow| workflow.path() == path)?;
        let (job, step, index) = step_at(&workflow, &run.place)?;
        let is_true = |item: Item<'_>| item.get("continue-on-error").and_then(Item::boolean) == Some(true);
        let keys = ["jobs", job.key()?, "steps", &index.to_string(), "continue-on-error"].map(str::to_owned);
        (is_true(step) && job.get("continue-on-error").is_none()).then_some(keys)
    };
    match (ignoring, step_key()) {
        (Some(ignoring), None) => {
            let place =
                Place { path: path.clone(), span: Span { start: span.end, end: span.end + ignoring.len() as u32 } };
            Some(edit::replace(&place, ""))
        }
        (None, Some(keys)) => Some(edit::remove(path, &keys.each_ref().map(String::as_str))),
        _ => None,
    }
}
