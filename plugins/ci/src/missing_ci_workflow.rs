//! Repositories that no CI checks.

use plimsoll_sdk::gates::{is_opaque, place_of_absence};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::{first_test, main_project};

use crate::gates::{checks, is_hinted};
use crate::new_workflows;

rule! {
    /// No CI checks the code.
    ///
    /// What no machine checks on every change breaks unseen. Add `.github/workflows/ci.yml`, which runs the linter, the
    /// type checker and the tests on pull requests and on the main branch. The name is free, and another CI system that
    /// runs them counts; `--pedantic` tells of it on GitHub.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no CI checks the code
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// name: CI
    ///
    /// on:
    ///   push:
    ///     branches: [main]
    ///   pull_request:
    ///
    /// permissions:
    ///   contents: read
    ///
    /// concurrency:
    ///   group: ${{ github.workflow }}-${{ github.ref }}
    ///   cancel-in-progress: true
    ///
    /// jobs:
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@v4
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uvx ruff check --output-format=github
    ///       - run: uvx ruff format --check
    ///
    ///   typecheck:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@v4
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uv sync
    ///       - run: uv run --with pyright pyright
    ///
    ///   security:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@v4
    ///         with:
    ///           fetch-depth: 0
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uvx bandit --recursive src
    ///       - uses: gitleaks/gitleaks-action@v2
    ///         env:
    ///           GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}
    /// ```
    ///
    /// A workflow that runs no check is none.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/stale.yml
    /// on:
    ///   schedule:
    ///     - cron: "0 0 * * *"
    /// jobs:  # error: no workflow lints, type-checks or tests the Python code on changes
    ///   stale:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/stale@v9
    /// ```
    ///
    /// A target of make, its prerequisites and the entry point of a container are followed.
    ///
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
    ///       - run: make all
    /// ```
    /// ```makefile good Makefile
    /// all: build test
    ///
    /// build:
    /// 	docker compose build
    ///
    /// test: build
    /// 	docker compose run --rm --entrypoint=pytest api /tests
    /// ```
    ///
    /// Another system on GitHub.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```markdown bad .github/pull_request_template.md
    /// What and why?
    /// ```
    /// ```yaml bad .travis.yml
    /// language: python  # error: CI runs on travis, not in GitHub's workflows
    /// script: pytest
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/python.yml
    /// on: [push, pull_request]
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx nox
    /// ```
    /// ```python good noxfile.py
    /// import nox
    ///
    /// @nox.session
    /// def tests(session):
    ///     session.run("pytest")
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .gitlab-ci.yml
    /// test:
    ///   script: [pytest]
    /// ```
    pub(crate) static MISSING_CI_WORKFLOW = {
        id: "missing-ci-workflow",
        requirements: ["4.2.3", "12.1.1"],
        check: Check::Repository(missing_ci_workflow),
    }
}

/// Pipelines that the host can't read.
const OTHERS: &[&str] =
    &["Jenkinsfile", ".jenkins", ".zuul.yaml", ".zuul.d", "zuul.d", ".kokoro", ".prow.yaml", ".tekton", ".builds"];

fn missing_ci_workflow(report: &mut Report) {
    let requirements = ["4.2.3", "12.1.1"];
    let workflows = automation::workflows();
    let is_like_github = |system: &str| matches!(system, "github" | "forgejo" | "gitea");
    let checks = checks();
    if !checks.is_empty() {
        // Checks of hooks and recipes are held by no pipeline; they count for all.
        let other = workflows.iter().find(|workflow| !is_like_github(&workflow.system));
        let has_own = workflows.iter().any(|workflow| is_like_github(&workflow.system));
        if let Some(other) = other.filter(|_| !has_own && repository::exists(".github")) {
            report
                .finding(&other.place, format!("CI runs on {}, not in GitHub's workflows", other.system))
                .help("keep the pipelines in `.github/workflows`")
                .low();
        }
        return;
    }
    let Some(project) = main_project() else {
        return requirements
            .iter()
            .for_each(|requirement| report.not_applicable(requirement, "no Python code of its own"));
    };
    if let Some(other) = OTHERS.iter().find(|other| repository::exists(other)) {
        let reason = format!("what `{other}` runs can't be read");
        return requirements.iter().for_each(|requirement| report.unknown(requirement, None, &reason));
    }
    if workflows.is_empty() {
        if !is_opaque(report, &requirements) {
            report
                .finding(&project.place, "no CI checks the code")
                .help("add `.github/workflows/ci.yml`, which runs the linter, the type checker and the tests")
                .unsafe_fix(new_workflows::ci(first_test().is_some()));
        }
        return;
    }
    let Some(place) = place_of_absence(report, &requirements) else { return };
    let finding = report
        .finding(&place, "no workflow lints, type-checks or tests the Python code on changes")
        .help("add a workflow that runs them on pull requests and on the main branch")
        .unsafe_fix(new_workflows::ci(first_test().is_some()));
    if is_hinted(&["test", "lint", "check", "tox", "nox"]) {
        finding.low();
    }
}
