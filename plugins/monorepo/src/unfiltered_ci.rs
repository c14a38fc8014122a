//! CI of a monorepo that always runs everything.

use plimsoll_sdk::gates::{TESTS, is_opaque};
use plimsoll_sdk::prelude::*;

use crate::workspace::{packages, workspace};

rule! {
    /// CI of a monorepo runs all checks for every change.
    ///
    /// A change of one package waits for the tests of all. Limit workflows with `paths`, or find out what changed with
    /// `dorny/paths-filter`, `tj-actions/changed-files` (pinned to a commit) or `git diff` against the main branch.
    ///
    /// ```toml bad packages/a/pyproject.toml
    /// [project]
    /// name = "a"
    /// ```
    /// ```python bad packages/a/src/a/__init__.py
    /// ```
    /// ```python bad packages/a/tests/test_a.py
    /// ```
    /// ```toml bad packages/b/pyproject.toml
    /// [project]
    /// name = "b"
    /// ```
    /// ```python bad packages/b/src/b/__init__.py
    /// ```
    /// ```python bad packages/b/tests/test_b.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request  # error: CI runs everything for every change
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```toml good packages/a/pyproject.toml
    /// [project]
    /// name = "a"
    /// ```
    /// ```python good packages/a/src/a/__init__.py
    /// ```
    /// ```python good packages/a/tests/test_a.py
    /// ```
    /// ```toml good packages/b/pyproject.toml
    /// [project]
    /// name = "b"
    /// ```
    /// ```python good packages/b/src/b/__init__.py
    /// ```
    /// ```python good packages/b/tests/test_b.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   changes:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: dorny/paths-filter@v3
    ///       - uses: tj-actions/changed-files@ed68ef82c095e0d48ec87eccea555d944a631a4c
    ///       - run: git diff --name-only origin/main
    ///   test:
    ///     needs: changes
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    pub(crate) static UNFILTERED_CI = {
        id: "unfiltered-ci",
        requirements: ["26.3.8", "26.4.1", "26.4.2", "26.4.4", "26.4.5", "26.4.6", "26.4.7"],
        check: Check::Repository(unfiltered_ci),
        wants: [Want::Search(FILTERS, PIPELINES)],
    }
}

const DEMANDED: &[&str] = &["26.3.8", "26.4.1", "26.4.2", "26.4.4"];
/// Ways to select that the text of a pipeline shows.
const FILTERS: &[&str] = &[
    r"(?m)^[ \t]*(?:paths|paths-ignore|changes):",
    r"dorny/paths-filter|tj-actions/changed-files|step-security/changed-files|changed-files@|--name-only|merge-base",
    r"\b(?:nx affected|turbo run|pants --changed|--changed-since|bazel|dagger call|pytest-testmon|--testmon|pytest-affected)\b",
];
const PIPELINES: &[&str] = &[
    "/.github/workflows/*.yml",
    "/.github/workflows/*.yaml",
    "/.github/actions/**/*.yml",
    "/.github/**/*.sh",
    "/.github/**/*.py",
    "/.gitlab-ci.yml",
    "/scripts/*",
    "Makefile",
    "justfile",
];
/// A hijacked tag is why these must be pinned.
const HIJACKED: &str = "tj-actions/changed-files";

fn unfiltered_ci(report: &mut Report) {
    for action in automation::actions(&[HIJACKED]) {
        let is_pinned = action.reference.len() == 40 && action.reference.chars().all(|it| it.is_ascii_hexdigit());
        if !is_pinned {
            report
                .finding(&action.place, format!("`{HIJACKED}` is not pinned to a commit"))
                .help("write the full id of a commit: its tags were once moved to hostile code")
                .requirement("26.4.1")
                .low();
        }
    }
    let members = workspace().map_or_else(packages, |workspace| workspace.members);
    let tests = repository::find(&["test_*.py", "*_test.py"]);
    let tested = members.iter().filter(|member| tests.iter().any(|test| test.project == member.root)).count();
    if tested < 2 {
        return DEMANDED.iter().for_each(|requirement| {
            report.not_applicable(requirement, "no monorepo with several tested packages");
        });
    }
    if !repository::search(FILTERS, PIPELINES).is_empty() {
        return;
    }
    let runs = TESTS.runs_on_changes();
    let workflows = automation::workflows();
    let of_tests = workflows.iter().find(|workflow| runs.iter().any(|run| run.place.path == workflow.place.path));
    let Some(workflow) = of_tests else {
        return DEMANDED.iter().for_each(|requirement| report.not_applicable(requirement, "CI runs no tests"));
    };
    if is_opaque(report, DEMANDED) {
        return;
    }
    let place = workflow.on.as_ref().unwrap_or(&workflow.place);
    let finding = report
        .finding(place, "CI runs everything for every change")
        .help("limit the workflows with `paths`, or ask `dorny/paths-filter` what changed");
    DEMANDED.iter().fold(finding, |finding, requirement| finding.requirement(requirement)).medium();
}
