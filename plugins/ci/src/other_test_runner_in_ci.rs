//! CI that runs the tests with something other than pytest.

use plimsoll_sdk::gates::Run;
use plimsoll_sdk::prelude::*;

use crate::gates::{TESTS, is_on_code};

rule! {
    /// CI runs the tests with another runner, though the project uses pytest.
    ///
    /// Fixtures, markers and plug-ins that developers rely on do not work there; tests written for pytest are not even
    /// found. Run `pytest`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pytest>=8"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: python -m unittest  # error: CI runs the tests with `unittest`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pytest>=8"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: coverage run -m pytest
    /// ```
    pub(crate) static OTHER_TEST_RUNNER_IN_CI = {
        id: "other-test-runner-in-ci",
        requirements: ["12.4.1"],
        check: Check::Repository(other_test_runner_in_ci),
    }
}

fn other_test_runner_in_ci(report: &mut Report) {
    let runs: Vec<Run> = TESTS.runs_in_ci().into_iter().filter(is_on_code).collect();
    let uses_pytest = !project::dependencies(&["pytest"]).is_empty() || !repository::find(&["conftest.py"]).is_empty();
    let is_pytest = |run: &Run| {
        let is_it = |word: &str| matches!(word, "pytest" | "py.test" | "slipcover") || word.ends_with("/pytest");
        is_it(&run.name)
            || run.name.contains("pytest")
            || run.words.iter().any(|word| is_it(word))
            || run.name == "hatch"
    };
    if runs.is_empty() || !uses_pytest {
        return report.not_applicable("12.4.1", "CI runs no tests, or the project does not use pytest");
    }
    // A script of the project may start anything.
    let is_known = |run: &Run| !run.name.ends_with(".py") || run.name == "manage.py";
    if let Some(run) = runs.first().filter(|_| !runs.iter().any(is_pytest) && runs.iter().all(is_known)) {
        report.finding(&run.place, format!("CI runs the tests with `{}`", run.name)).help("run `pytest`").medium();
    }
}
