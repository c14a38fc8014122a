//! CI that runs no tests.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product;

use crate::gates::{self, TESTS, report_missing};
use crate::new_jobs::{Coverage, added};

rule! {
    /// The repository has tests and CI does not run them.
    ///
    /// Tests that only some people run rot. Run them on every change.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: CI does not run the tests
    ///   style:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```python fixed tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   style:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check
    ///
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     permissions:
    ///       contents: read
    ///     steps:
    ///       - uses: actions/checkout@v4
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uv sync
    ///       - run: uv run --with pytest --with pytest-cov pytest --cov --cov-report=xml
    ///       - uses: codecov/codecov-action@v5
    ///         with:
    ///           token: ${{ secrets.CODECOV_TOKEN }}
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   style:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: tox run -e py313
    /// ```
    /// ```ini good tox.ini
    /// [testenv]
    /// commands = pytest {posargs}
    /// ```
    ///
    /// A module called `test_*.py` without a test needs no job.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good test-configuration/test_config.py
    /// DEBUG = True
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   style:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check
    /// ```
    ///
    /// A script in a running container is the one of its name in the repository.
    ///
    /// ```toml good backend/pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good backend/app/__init__.py
    /// ```
    /// ```python good backend/tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    /// ```bash good backend/tests-start.sh
    /// bash ./scripts/test.sh "$@"
    /// ```
    /// ```bash good backend/scripts/test.sh
    /// coverage run -m pytest
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: docker compose up -d
    ///       - run: docker compose exec -T backend bash /app/tests-start.sh "Coverage"
    /// ```
    pub(crate) static MISSING_TEST_JOB = {
        id: "missing-test-job",
        requirements: ["12.1.6"],
        check: Check::Repository(missing_test_job),
    }
}

fn missing_test_job(report: &mut Report) {
    if product::first_test().is_none() {
        return report.not_applicable("12.1.6", "no tests");
    }
    let check = gates::Check {
        requirement: "12.1.6",
        gates: &[TESTS],
        message: "CI does not run the tests",
        help: "run `pytest` in a job of pull requests",
        hints: &["test", "tox", "nox"],
        fix: |workflow| added(workflow, |jobs| jobs.test(Coverage::Sent)),
    };
    report_missing(report, &check);
}
