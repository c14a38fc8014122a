//! CI that runs no linter.

use plimsoll_sdk::gates::FORMATTERS;
use plimsoll_sdk::prelude::*;

use crate::gates::{self, LINTERS, is_on_code, report_missing};
use crate::new_jobs::added;

rule! {
    /// CI runs no linter.
    ///
    /// A linter that only some people run lets through what the others write. Run `ruff check` on every change; a hook
    /// that CI or pre-commit.ci runs counts, and so does any other linter of Python.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: CI runs no linter
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
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
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    ///
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     permissions:
    ///       contents: read
    ///     steps:
    ///       - uses: actions/checkout@v4
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uvx ruff check --output-format=github
    ///       - run: uvx ruff format --check
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
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    ///       - uses: pre-commit/action@v3.0.1
    /// ```
    /// ```yaml good .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.12.0
    ///     hooks:
    ///       - id: ruff-check
    /// ```
    pub(crate) static MISSING_LINT_JOB = {
        id: "missing-lint-job",
        requirements: ["12.1.4"],
        check: Check::Repository(missing_lint_job),
    }
}

fn missing_lint_job(report: &mut Report) {
    let check = gates::Check {
        requirement: "12.1.4",
        gates: &[LINTERS],
        message: "CI runs no linter",
        help: "run `ruff check` in a job of pull requests",
        hints: &["lint", "style", "ruff", "quality", "pre-commit", "prek"],
        fix: |workflow| added(workflow, |jobs| jobs.lint(FORMATTERS.runs().iter().any(is_on_code))),
    };
    report_missing(report, &check);
}
