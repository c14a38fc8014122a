//! Tests of CI whose coverage nobody sees.

use plimsoll_sdk::gates::{Run, is_opaque};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product;
use plimsoll_sdk::settings::{PYTEST, Settings};

use crate::gates::{TESTS, is_on_code};
use crate::github::workflows;
use crate::workflow_edits::{reference, step_after, step_at};

rule! {
    /// CI measures no coverage, or sends it nowhere.
    ///
    /// What a change leaves untested shows in the report of the change, and nowhere else. Run `pytest --cov` in CI and
    /// send the result to Codecov, Coveralls or another service, or keep it as an artifact.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pytest>=8"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// def test_app(): ...
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest  # error: CI measures no coverage
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// def test_app(): ...
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest --cov  # error: the coverage is sent nowhere
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.pytest.ini_options]
    /// addopts = "--cov=app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// def test_app(): ...
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    ///       - uses: codecov/codecov-action@v5
    /// ```
    ///
    /// Where `pytest-cov` is declared, it is switched on; the result goes to Codecov:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pytest>=8", "pytest-cov>=6"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// def test_app(): ...
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv sync --locked
    ///
    ///       - run: uv run pytest tests  # error: CI measures no coverage
    ///
    ///       - run: uv run mkdocs build
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pytest>=8", "pytest-cov>=6"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```python fixed tests/test_app.py
    /// def test_app(): ...
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv sync --locked
    ///
    ///       - run: uv run pytest --cov --cov-report=xml tests
    ///
    ///       - uses: codecov/codecov-action@v5
    ///         with:
    ///           token: ${{ secrets.CODECOV_TOKEN }}
    ///
    ///       - run: uv run mkdocs build
    /// ```
    pub(crate) static MISSING_COVERAGE_REPORT = {
        id: "missing-coverage-report",
        requirements: ["12.4.2", "12.4.3"],
        check: Check::Repository(missing_coverage_report),
        wants: [Want::Search(SIGNS, PIPELINES)],
    }
}

/// Signs in pipelines and task files: coverage is measured; it is sent or kept.
const SIGNS: &[&str] = &[
    r"--cov\b|coverage run|coverage combine|slipcover|covdefaults|pytest-cov|\bcov\b",
    r"(?i)codecov|coveralls|codacy|sonar|qlty|codeclimate|deepsource|smokeshow|coverage-comment|CodeCoverageSummary|orgoro/coverage|coverage_report|PublishCodeCoverage|STEP_SUMMARY|htmlcov|coverage\.xml|coverage-data|\.coverage|covreport|coverage-badge",
];
const PIPELINES: &[&str] = &[
    "/.github/**/*.yml",
    "/.github/**/*.yaml",
    "/.gitlab-ci.yml",
    "/azure-pipelines.yml",
    "justfile",
    "Makefile",
    "noxfile.py",
    "tox.ini",
    "pyproject.toml",
    "setup.cfg",
    "*.sh",
    "codecov.yml",
    ".codecov.yml",
    "/scripts/*",
];
const UPLOADS: &[&str] = &["codecov", "coveralls", "codacy-coverage-reporter", "sonar-scanner"];

fn missing_coverage_report(report: &mut Report) {
    if product::first_test().is_none() {
        return MISSING_COVERAGE_REPORT.requirements.iter().for_each(|requirement| {
            report.not_applicable(requirement, "no tests");
        });
    }
    let runs: Vec<Run> = TESTS.runs_in_ci().into_iter().filter(is_on_code).collect();
    let Some(first) = runs.first() else {
        return MISSING_COVERAGE_REPORT.requirements.iter().for_each(|requirement| {
            report.not_applicable(requirement, "CI runs no tests");
        });
    };
    let is_counted = |run: &Run| {
        run.words.iter().any(|word| word.starts_with("--cov") || word == "cov")
            || matches!(run.name.as_str(), "coverage" | "slipcover")
    };
    let counted = runs.iter().find(|run| is_counted(run));
    let has_addopts = project::projects().iter().any(|project| {
        Settings::of(&PYTEST, &project.root)
            .setting(&["addopts"])
            .is_some_and(|addopts| addopts.value.strings().iter().any(|text| text.contains("--cov")))
    });
    let signs = repository::search(SIGNS, PIPELINES);
    let has_sign =
        |pattern: u32| signs.iter().any(|found| found.pattern == pattern && !found.line.trim_start().starts_with('#'));
    if counted.is_none() && !has_addopts {
        if !is_opaque(report, &["12.4.2"]) {
            let finding = report
                .finding(&first.place, "CI measures no coverage")
                .help("run `pytest --cov`, and send the result to a service")
                .requirement("12.4.2")
                .safe_fix(measured(first));
            // A session or script may measure it in a way that its words do not show.
            if has_sign(0) {
                finding.low()
            } else {
                finding.medium()
            };
        }
        return;
    }
    let is_sent = has_sign(1) || automation::commands(UPLOADS).iter().any(Command::is_in_ci);
    if !is_sent && !is_opaque(report, &["12.4.3"]) {
        let place = counted.map_or(&first.place, |run| &run.place);
        report
            .finding(place, "the coverage is sent nowhere")
            .help("send it to Codecov or another service, or keep it as an artifact")
            .requirement("12.4.3")
            .unsafe_fix(counted.and_then(sent).into_iter().flatten())
            .medium();
    }
}

/// Lets pytest measure the coverage, where its plug-in is declared and the command is one of CI alone.
fn measured(run: &Run) -> Option<Edit> {
    let is_declared = !project::dependencies(&["pytest-cov"]).is_empty() && !product::is_monorepo();
    (is_declared && is_pytest_of_ci(run)).then(|| after_pytest(run, " --cov --cov-report=xml"))?
}

/// Sends the coverage to Codecov in a step behind the tests, and has it written as Codecov reads it.
fn sent(run: &Run) -> Option<Vec<Edit>> {
    let workflow = workflows().into_iter().find(|workflow| workflow.path() == run.place.path)?;
    let (job, step, _) = step_at(&workflow, &run.place).filter(|_| is_pytest_of_ci(run))?;
    let report = run.words.iter().any(|word| word.starts_with("--cov-report"));
    let report = if report { None } else { Some(after_pytest(run, " --cov-report=xml")?) };
    let action = reference(workflow.path(), "codecov/codecov-action", "v5");
    let lines = format!("- uses: {action}\n  with:\n    token: ${{{{ secrets.CODECOV_TOKEN }}}}");
    Some(report.into_iter().chain([step_after(&workflow, job, step, &lines)?]).collect())
}

fn is_pytest_of_ci(run: &Run) -> bool {
    run.place.path.starts_with('.') && run.name == "pytest" && !run.words.iter().any(|word| word == "--no-cov")
}

/// Puts options behind the word `pytest` of a command.
fn after_pytest(run: &Run, options: &str) -> Option<Edit> {
    let Span { start, end } = run.place.span;
    let text = repository::read(&run.place.path).ok()?;
    let command = text.get(start as usize..end as usize)?;
    let is_word = |index: usize| {
        let (before, after) = (command.get(..index), command.get(index + "pytest".len()..));
        before.is_some_and(|before| before.is_empty() || before.ends_with(' '))
            && after.is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace))
    };
    let mut found = command.match_indices("pytest").map(|(index, _)| index).filter(|index| is_word(*index));
    // Of two, one may be the value of an option.
    let (index, None) = (found.next()?, found.next()) else { return None };
    let end = start + (index + "pytest".len()) as u32;
    Some(edit::replace(&Place { path: run.place.path.clone(), span: Span { start: end, end } }, options))
}
