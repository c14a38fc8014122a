//! Findings of Ruff that stay in the log.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::settings::{RUFF, Settings};

use crate::gates::is_on_changes;

rule! {
    /// Ruff's findings do not become annotations of the pull request.
    ///
    /// Annotations stand at the line of the change; a log has to be opened and searched. Run
    /// `ruff check --output-format=github` in workflows of GitHub.
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
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check  # error: the findings do not become annotations
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
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check --output-format=github
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// env:
    ///   RUFF_OUTPUT_FORMAT: github
    /// jobs:
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check
    /// ```
    ///
    /// pre-commit.ci makes no annotations, whatever Ruff prints there.
    ///
    /// ```yaml good .pre-commit-config.yaml
    /// ci:
    ///   autofix_prs: false
    /// repos:
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks:
    ///       - id: ruff-check
    /// ```
    pub(crate) static UNANNOTATED_RUFF = {
        id: "unannotated-ruff",
        requirements: ["12.2.1"],
        check: Check::Repository(unannotated_ruff),
        wants: [Want::Search(FORMATS, PIPELINES)],
    }
}

/// Signs in a pipeline that findings become annotations.
const FORMATS: &[&str] = &[
    r"RUFF_OUTPUT_FORMAT|::add-matcher::|reviewdog|ruff-action|output-format[= ]+(?:github|sarif|gitlab)|--format[= ]+github",
];
const PIPELINES: &[&str] =
    &["/.github/**/*.yml", "/.github/**/*.yaml", "justfile", "Makefile", "noxfile.py", "tox.ini", "pyproject.toml"];

fn unannotated_ruff(report: &mut Report) {
    let commands = automation::commands(&["ruff"]);
    let checks: Vec<&Command> = commands
        .iter()
        .filter(|it| is_on_changes(&it.triggers) && it.has_word(&["check"]) && it.source != "gitlab")
        // The service that runs hooks shows its own log only.
        .filter(|it| it.via.first().is_none_or(|first| first != "pre-commit.ci"))
        .collect();
    let Some(first) = checks.first() else {
        return report.not_applicable("12.2.1", "no workflow runs `ruff check` itself");
    };
    let is_set =
        Settings::of(&RUFF, "").setting(&["output-format"]).is_some_and(|format| format.value.text() == "github");
    if is_set || !repository::search(FORMATS, PIPELINES).is_empty() {
        return;
    }
    let finding =
        report.finding(&first.place, "the findings do not become annotations").help("add `--output-format=github`");
    let is_of_workflow = first.place.path.starts_with(".github/");
    let option = edit::insert_after(&first.place, "ruff check", " --output-format=github");
    let finding = finding.safe_fix(option.filter(|_| is_of_workflow));
    // A recipe is run by people too, who want the usual output.
    if is_of_workflow {
        finding.medium()
    } else {
        finding.low()
    };
}
