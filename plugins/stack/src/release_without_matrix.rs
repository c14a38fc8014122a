//! Releases that wait for no tests.

use plimsoll_sdk::prelude::*;

use crate::matrix::has_matrix;

rule! {
    /// A library is published without tests on the supported Pythons in the same run.
    ///
    /// A tag on a commit whose tests were red is published all the same. Let the publishing job need a job that tests
    /// the matrix. Where a rule of the hosting service protects tags, this can't be seen: the finding is a guess.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "lib"
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/release.yml
    /// on:
    ///   push:
    ///     tags: ["v*"]
    /// jobs:
    ///   publish:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: pypa/gh-action-pypi-publish@v1  # error: the release waits for no tests
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    /// ```yaml good .github/workflows/release.yml
    /// on:
    ///   push:
    ///     tags: ["v*"]
    /// jobs:
    ///   test:
    ///     strategy:
    ///       matrix:
    ///         python: ["3.12", "3.13"]
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    ///   publish:
    ///     needs: test
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: pypa/gh-action-pypi-publish@v1
    /// ```
    pub(crate) static RELEASE_WITHOUT_MATRIX = {
        id: "release-without-matrix",
        requirements: ["2.1.9.3"],
        check: Check::Repository(release_without_matrix),
        confidence: Low,
    }
}

fn release_without_matrix(report: &mut Report) {
    let action = automation::actions(&["pypa/gh-action-pypi-publish"]).into_iter().map(|action| action.place);
    let publishes = |command: &Command| command.has_word(&["publish", "upload"]) && !command.triggers.is_empty();
    let commands = automation::commands(&["uv", "twine", "hatch", "poetry", "flit", "pdm"]).into_iter();
    let mut places = action.chain(commands.filter(publishes).map(|command| command.place));
    let Some(place) = places.find(|place| place.path.starts_with(".github/workflows/")) else {
        return report.not_applicable("2.1.9.3", "no workflow publishes a library");
    };
    let value = documents::read(&place.path, &[]).unwrap_or_default();
    let Some(root) = Item::root(&value) else { return };
    let jobs: Vec<Item<'_>> = root.get("jobs").into_iter().flat_map(Item::children).collect();
    let calls_others = jobs.iter().any(|job| job.get("uses").is_some());
    let follows = root.at(&["on", "workflow_run"]).is_some();
    let runs_tests =
        automation::commands(&["pytest", "nox", "tox", "hatch"]).iter().any(|it| it.place.path == place.path);
    let tests_wheels = automation::actions(&["pypa/cibuildwheel"]).iter().any(|action| action.place.path == place.path);
    // Release bots publish what the protected branch let through.
    let bots = ["googleapis/release-please-action", "python-semantic-release/*", "cycjimmy/semantic-release-action"];
    let is_by_bot = automation::actions(&bots).iter().any(|action| action.place.path == place.path);
    if !calls_others && !follows && !runs_tests && !tests_wheels && !is_by_bot && !has_matrix(&place.path) {
        report
            .finding(&place, "the release waits for no tests")
            .help("let the job need one that runs the tests on all supported Pythons");
    }
}
