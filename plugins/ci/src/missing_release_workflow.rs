//! Releases that someone makes by hand.

use plimsoll_sdk::gates::is_opaque;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

use crate::github::GithubWorkflow;
use crate::new_workflows;
use crate::releases::{publishes, releases};
use crate::workflow_edits::add_event;

rule! {
    /// No workflow releases the product, or it releases in a way that can't be relied on.
    ///
    /// What is built on someone's machine holds what lies around there, and nobody can say from which commit. Let a
    /// workflow that a tag `v*` starts build the artifact and publish it.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "lib"
    /// version = "1.2.0"
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:  # error: no workflow releases the product
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "lib"
    /// version = "1.2.0"
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python fixed src/lib/__init__.py
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```yaml fixed .github/workflows/release.yml
    /// name: Release
    ///
    /// on:
    ///   push:
    ///     tags: ["v*"]
    ///
    /// permissions:
    ///   contents: read
    ///
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@v4
    ///         with:
    ///           persist-credentials: false
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uv build
    ///       - uses: actions/upload-artifact@v4
    ///         with:
    ///           name: dist
    ///           path: dist/
    ///
    ///   publish:
    ///     needs: build
    ///     runs-on: ubuntu-latest
    ///     environment: pypi
    ///     permissions:
    ///       id-token: write
    ///     steps:
    ///       - uses: actions/download-artifact@v4
    ///         with:
    ///           name: dist
    ///           path: dist/
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uv publish --trusted-publishing always
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "lib"
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/release.yml
    /// on: workflow_dispatch  # error: no tag starts the release
    /// jobs:  # error: the release does not build what it publishes
    ///   publish:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv publish
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "lib"
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/release.yml
    /// on:
    ///   push:
    ///     tags: ["v*"]
    /// jobs:  # error: the release builds and publishes nothing
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv build
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    /// ```yaml good .github/workflows/release.yml
    /// on:
    ///   push:
    ///     tags: ["v*"]
    /// jobs:
    ///   publish:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv build
    ///       - run: uv publish
    /// ```
    ///
    /// A push without filters is one of tags too.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// [build-system]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    /// ```yaml good .github/workflows/build.yml
    /// on: [push, pull_request]
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: pytest
    ///   release:
    ///     if: startsWith(github.ref, 'refs/tags/')
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: hatch build
    ///       - run: hatch publish
    /// ```
    pub(crate) static MISSING_RELEASE_WORKFLOW = {
        id: "missing-release-workflow",
        requirements: ["12.1.8", "12.1.9", "12.1.10", "12.1.11"],
        check: Check::Repository(missing_release_workflow),
    }
}

fn missing_release_workflow(report: &mut Report) {
    let requirements = MISSING_RELEASE_WORKFLOW.requirements;
    let not = |report: &mut Report, reason: &str| {
        requirements.iter().for_each(|requirement| report.not_applicable(requirement, reason));
    };
    let Some(project) = main_project() else { return not(report, "no Python code of its own") };
    let is_releasable = project.backend.is_some() || project.has_profile("containerized");
    let releases = releases();
    if releases.is_empty() {
        if let Some(workflow) = only_builds() {
            report
                .finding(&workflow, "the release builds and publishes nothing")
                .help("add a step that publishes what was built")
                .requirement("12.1.11")
                .medium();
            return;
        }
        let workflows = automation::workflows();
        let checks =
            workflows.iter().find(|workflow| workflow.triggers.iter().any(|it| it == "push" || it == "pull_request"));
        let Some(workflow) = checks.filter(|_| is_releasable) else {
            return not(report, "nothing to release, or no CI");
        };
        if !publishes() && !is_opaque(report, requirements) {
            let finding = report
                .finding(&workflow.place, "no workflow releases the product")
                .help("add a workflow that a tag `v*` starts, which builds and publishes")
                .requirement("12.1.8")
                .unsafe_fix(new_workflows::release(&project));
            // What was never released may not need it yet, and a service may be deployed from elsewhere.
            if git::tags().is_empty() || !project.has_profile("library") {
                finding.low()
            } else {
                finding.medium()
            };
        }
        return;
    }
    let is_started = |name: &str| releases.iter().any(|release| release.workflow.is_on(name));
    let by_tag = releases.iter().any(|release| {
        release.workflow.event("push").is_some_and(|push| {
            push.get("tags").is_some_and(|tags| tags.strings().iter().any(|tag| matches_version(tag)))
                // A push without filters is one of tags too.
                || release.is_for_tags && push.get("branches").is_none()
        })
    });
    let makes_tags = automation::actions(&[
        "googleapis/release-please-action",
        "google-github-actions/release-please-action",
        "python-semantic-release/*",
        "cycjimmy/semantic-release-action",
    ]);
    let creates = !makes_tags.is_empty()
        || automation::commands(&["git", "gh", "semantic-release", "bump-my-version", "cz", "towncrier"])
            .iter()
            .any(|it| it.is_in_ci() && it.has_word(&["tag", "release", "version", "bump"]));
    let is_chained = ["release", "workflow_run", "workflow_call", "create"].iter().any(|event| is_started(event));
    let Some(first) = releases.first() else { return };
    if !by_tag && !is_chained && !creates {
        let finding = report
            .finding(&first.workflow.on_place(), "no tag starts the release")
            .help("start it on `push` of tags `v*`, or on published releases")
            .requirement("12.1.9")
            .unsafe_fix(started_by_tags(&first.workflow));
        if project.has_profile("library") {
            finding.medium()
        } else {
            finding.low()
        };
    }
    let of_packages = releases.iter().find(|release| release.is_of_packages);
    if of_packages.is_some()
        && !releases.iter().any(|release| release.builds)
        && !releases.iter().any(|release| calls_others(&release.workflow))
    {
        report
            .finding(&first.workflow.facts.place, "the release does not build what it publishes")
            .help("add `uv build` before it publishes")
            .requirement("12.1.10")
            .related(&first.place, "it publishes here")
            .medium();
    }
}

/// Whether a pattern of tags lets `v1.2.3` through, or some other version.
fn matches_version(pattern: &str) -> bool {
    let pattern = pattern.trim_start_matches("**/");
    !pattern.starts_with('!') && (pattern.contains('v') || pattern.contains('*') || pattern.contains('['))
}

/// Adds tags to what is started by hand only, and asks for nothing then.
fn started_by_tags(workflow: &GithubWorkflow) -> Option<Edit> {
    let text = repository::read(workflow.path()).ok()?;
    let by_hand = workflow.event("workflow_dispatch")?;
    let is_alone = workflow.on()?.strings().len() < 2 && workflow.on()?.children().count() < 2;
    let asks = by_hand.get("inputs").is_some() || text.contains("inputs.");
    (is_alone && !asks).then(|| add_event(workflow, "push", &["tags: [\"v*\"]".to_owned()]))?
}

fn calls_others(workflow: &GithubWorkflow) -> bool {
    workflow.jobs().iter().any(|job| job.get("uses").is_some())
}

/// A workflow for tags that builds a package and does nothing with it.
fn only_builds() -> Option<Place> {
    let builds = automation::commands(&["uv", "build", "hatch", "poetry", "flit"]);
    crate::github::workflows().into_iter().find_map(|workflow| {
        let is_for_tags = workflow.event("push").is_some_and(|push| push.get("tags").is_some());
        let builds = builds
            .iter()
            .any(|it| it.place.path == workflow.path() && (it.program() == "build" || it.has_word(&["build"])));
        (is_for_tags && builds && !calls_others(&workflow)).then(|| workflow.facts.place.clone())
    })
}
