//! CI that leaves out pushes to the main branch, or pull requests.

use plimsoll_sdk::Finding;
use plimsoll_sdk::prelude::*;

use crate::gates::checks;
use crate::github::{GithubWorkflow, workflows};
use crate::workflow_edits::{add_event, is_free_of_events};

rule! {
    /// The checks do not run on pushes to the main branch, or not on pull requests.
    ///
    /// Without pull requests, faults are found after the merge; without the main branch, two good changes that break
    /// each other are found by the next one. Start the workflow on both.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request  # error: the checks do not run on the main branch
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
    /// on:
    ///   push:
    ///     branches: [main]
    ///   pull_request:
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on:  # error: the checks do not run on pull requests
    ///   push:
    ///     branches: [main]
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
    /// on:
    ///   pull_request:
    ///   push:
    ///     branches: [main]
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
    /// on:
    ///   push:
    ///     branches: [main]
    ///   pull_request:
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    ///
    /// It is said where the events stand, not in a workflow that is called or started by hand:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/a-tests.yml
    /// on:
    ///   workflow_call:
    ///   workflow_dispatch:
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```yaml bad .github/workflows/main.yml
    /// on: pull_request  # error: the checks do not run on the main branch
    /// jobs:
    ///   test:
    ///     uses: ./.github/workflows/a-tests.yml
    /// ```
    pub(crate) static UNCHECKED_MAIN_BRANCH = {
        id: "unchecked-main-branch",
        requirements: ["12.1.2", "12.1.3"],
        check: Check::Repository(unchecked_main_branch),
    }
}

/// Names of main branches.
const MAIN: &[&str] = &["main", "master", "develop", "dev", "trunk", "next", "devel"];

fn unchecked_main_branch(report: &mut Report) {
    let checks = checks();
    let workflows = workflows();
    let reached: Vec<&GithubWorkflow> =
        workflows.iter().filter(|workflow| checks.iter().any(|run| run.place.path == workflow.path())).collect();
    // The triggers of a workflow that others call are theirs.
    let is_started = |it: &&&GithubWorkflow| {
        ["push", "pull_request", "pull_request_target", "merge_group"].iter().any(|event| it.is_on(event))
    };
    let callers = || workflows.iter().filter(|it| it.is_on("push") || it.is_on("pull_request")).find(|it| calls(it));
    let Some(first) = reached.iter().find(is_started).copied().or_else(callers).or(reached.first().copied()) else {
        return UNCHECKED_MAIN_BRANCH.requirements.iter().for_each(|requirement| {
            report.not_applicable(requirement, "no workflow holds the checks itself");
        });
    };
    let is_on = |event: &str| checks.iter().any(|run| run.is_on(&[event]));
    let takes_main = |event: &str| reached.iter().filter_map(|workflow| workflow.event(event)).any(lets_main_through);
    // Checks of other files, recipes for instance, are known by their events only.
    let is_elsewhere = |event: &str| is_on(event) && !reached.iter().any(|workflow| workflow.is_on(event));
    let on_push =
        takes_main("push") || is_elsewhere("push") || ["merge_group", "workflow_run"].iter().any(|it| is_on(it));
    let on_changes =
        ["pull_request", "pull_request_target"].iter().any(|event| takes_main(event) || is_elsewhere(event))
            || is_on("merge_group");
    if !on_push {
        let finding = report
            .finding(&first.on_place(), "the checks do not run on the main branch")
            .help("add `push` with the main branch")
            .requirement("12.1.2");
        mended(finding, first, "push", &[format!("branches: [{}]", main_branches(first, &workflows))]).medium();
    }
    if !on_changes {
        let finding = report
            .finding(&first.on_place(), "the checks do not run on pull requests")
            .help("add `pull_request`")
            .requirement("12.1.3");
        let finding = mended(finding, first, "pull_request", &[]);
        // A push of any branch covers pull requests of the repository itself, not those of forks.
        let covers_branches = reached
            .iter()
            .filter_map(|workflow| workflow.event("push"))
            .any(|push| push.get("branches").is_none() && push.get("tags").is_none());
        if covers_branches {
            finding.low()
        } else {
            finding.medium()
        };
    }
}

/// Adds the event, where a person starts the workflow neither through another one nor by hand only.
fn mended(finding: Finding, workflow: &GithubWorkflow, event: &str, filters: &[String]) -> Finding {
    let is_started = ["push", "pull_request"].iter().any(|event| workflow.is_on(event));
    let added = is_started.then(|| add_event(workflow, event, filters)).flatten();
    if is_free_of_events(workflow) { finding.safe_fix(added) } else { finding.unsafe_fix(added) }
}

/// The main branches, as the workflow or another one names them.
fn main_branches(first: &GithubWorkflow, workflows: &[GithubWorkflow]) -> String {
    let named = |workflow: &GithubWorkflow| {
        let branches = ["pull_request", "push"].iter().find_map(|event| workflow.event(event)?.get("branches"))?;
        let branches: Vec<&str> = branches.strings().into_iter().filter(|branch| MAIN.contains(branch)).collect();
        (!branches.is_empty()).then(|| branches.join(", "))
    };
    named(first).or_else(|| workflows.iter().find_map(named)).unwrap_or_else(|| "main".to_owned())
}

/// Whether a job of a workflow is another workflow of the repository.
fn calls(workflow: &GithubWorkflow) -> bool {
    workflow.jobs().iter().any(|job| job.get("uses").is_some_and(|uses| uses.text().starts_with("./")))
}

/// Whether an event has no filter of branches, or one that a main branch passes.
fn lets_main_through(event: Item<'_>) -> bool {
    let is_main = |pattern: &str| {
        MAIN.contains(&pattern)
            || pattern.contains('*')
            || pattern.contains("${")
            || pattern.starts_with("release")
            || pattern.chars().any(|it| it.is_ascii_digit())
    };
    match (event.get("branches"), event.get("branches-ignore")) {
        (Some(branches), _) => branches.strings().iter().any(|pattern| is_main(pattern)),
        (None, Some(ignored)) => !ignored.strings().iter().any(|pattern| MAIN.contains(pattern) || *pattern == "**"),
        (None, None) => event.get("tags").is_none() || event.get("paths").is_some(),
    }
}
