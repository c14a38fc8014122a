//! CI that runs no type checker.

use plimsoll_sdk::prelude::*;

use crate::gates::{self, TYPE_CHECKERS, report_missing};
use crate::new_jobs::{NewJobs, added};

rule! {
    /// CI runs no type checker.
    ///
    /// Annotations that nothing verifies go wrong and mislead. Run `pyright` on every change; mypy, ty and others count,
    /// as hooks of pre-commit too.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: CI runs no type checker
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
    ///   typecheck:
    ///     runs-on: ubuntu-latest
    ///     permissions:
    ///       contents: read
    ///     steps:
    ///       - uses: actions/checkout@v4
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uv sync
    ///       - run: uv run --with pyright pyright
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
    ///       - run: just check
    /// ```
    /// ```just good justfile
    /// check: types
    ///     uv run pytest
    /// types:
    ///     uv run ty check
    /// ```
    pub(crate) static MISSING_TYPE_CHECK_JOB = {
        id: "missing-type-check-job",
        requirements: ["12.1.5"],
        check: Check::Repository(missing_type_check_job),
    }
}

fn missing_type_check_job(report: &mut Report) {
    let check = gates::Check {
        requirement: "12.1.5",
        gates: &[TYPE_CHECKERS],
        message: "CI runs no type checker",
        help: "run `pyright` in a job of pull requests",
        hints: &["mypy", "typing", "types", "typecheck", "type-check", "type_check", "pyright"],
        fix: |workflow| added(workflow, NewJobs::types),
    };
    report_missing(report, &check);
}
