//! Runs of CI that nobody waits for any more.

use plimsoll_sdk::prelude::*;

use crate::gates::checks;
use crate::github::workflows;

rule! {
    /// Runs of a pull request go on after it was pushed to again.
    ///
    /// The newest run waits behind those whose result nobody reads. Give the workflow a `concurrency` group of its branch
    /// with `cancel-in-progress`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request  # error: superseded runs are not cancelled
    /// jobs:
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
    /// concurrency:
    ///   group: ${{ github.workflow }}-${{ github.ref }}
    ///   cancel-in-progress: true
    ///
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// concurrency:
    ///   group: ${{ github.workflow }}-${{ github.ref }}
    ///   cancel-in-progress: true
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    pub(crate) static UNCANCELLED_RUNS = {
        id: "uncancelled-runs",
        requirements: ["12.6.3"],
        check: Check::Repository(uncancelled_runs),
    }
}

const CONCURRENCY: &str =
    "concurrency:\n  group: ${{ github.workflow }}-${{ github.ref }}\n  cancel-in-progress: true\n";

fn uncancelled_runs(report: &mut Report) {
    let checks = checks();
    let workflows = workflows();
    let is_checking = |path: &str| checks.iter().any(|run| run.place.path == path);
    let mut wrong: Vec<(Place, &str)> = Vec::new();
    let mut edits: Vec<Option<Edit>> = Vec::new();
    let mut is_there = false;
    for workflow in workflows.iter().filter(|it| it.is_on("pull_request") && is_checking(it.path())) {
        // Who calls a reusable workflow decides.
        if workflow.is_on("workflow_call") {
            continue;
        }
        is_there = true;
        let own = workflow.root().and_then(|root| root.get("concurrency"));
        let jobs = workflow.jobs();
        let of_jobs: Vec<Item<'_>> = jobs.iter().filter_map(|job| job.get("concurrency")).collect();
        let cancels = |concurrency: &Item<'_>| {
            concurrency.get("cancel-in-progress").is_some_and(|cancel| cancel.text() != "false")
        };
        if own.as_ref().is_some_and(cancels) || of_jobs.iter().any(cancels) {
            continue;
        }
        match own {
            Some(concurrency) => {
                wrong.push((concurrency.key_place(workflow.path()), "the group cancels nothing"));
                let is_table = concurrency.kind() == NodeKind::Table;
                let keys = ["concurrency", "cancel-in-progress"];
                edits.push(is_table.then(|| edit::set(workflow.path(), &keys, "true")));
            }
            None => {
                wrong.push((workflow.on_place(), "superseded runs are not cancelled"));
                let jobs = workflow.root().and_then(|root| root.get("jobs"));
                let place = jobs.map(|jobs| jobs.key_place(workflow.path()));
                edits.push(place.and_then(|place| edit::lines_before(&place, CONCURRENCY)));
            }
        }
    }
    if !is_there {
        return report.not_applicable("12.6.3", "no workflow of pull requests runs the checks");
    }
    if let Some(((place, message), others)) = wrong.split_first() {
        let finding = report
            .finding(place, *message)
            .help("add `concurrency` with a group of `github.ref` and `cancel-in-progress: true`")
            .safe_fix(edits.into_iter().collect::<Option<Vec<_>>>().into_iter().flatten());
        others.iter().take(9).fold(finding, |finding, (place, message)| finding.related(place, *message)).medium();
    }
}
