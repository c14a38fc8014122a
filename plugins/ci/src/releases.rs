//! Releases: which workflows publish something, and how.

use plimsoll_sdk::prelude::*;

use crate::github::{GithubWorkflow, workflows};

/// Actions that publish packages, images or releases.
const ACTIONS: &[&str] = &[
    "pypa/gh-action-pypi-publish",
    "softprops/action-gh-release",
    "ncipollo/release-action",
    "googleapis/release-please-action",
    "google-github-actions/release-please-action",
    "python-semantic-release/*",
    "cycjimmy/semantic-release-action",
    "goreleaser/goreleaser-action",
    "google-github-actions/deploy-cloudrun",
    "docker/build-push-action",
    "docker/bake-action",
    "depot/build-push-action",
    "actions/create-release",
    "release-drafter/release-drafter",
];
/// Programs that publish with one of these words.
const COMMANDS: &[(&str, &[&str])] = &[
    ("uv", &["publish"]),
    ("twine", &["upload"]),
    ("hatch", &["publish"]),
    ("poetry", &["publish"]),
    ("flit", &["publish"]),
    ("pdm", &["publish"]),
    ("maturin", &["publish", "upload"]),
    ("setup.py", &["upload"]),
    ("docker", &["push", "--push"]),
    ("gh", &["release"]),
    ("semantic-release", &["publish", "version"]),
    ("gcloud", &["deploy"]),
    ("helm", &["push", "upgrade"]),
    ("kubectl", &["apply", "set"]),
];
/// Actions and programs that make what is published.
const BUILD_ACTIONS: &[&str] = &[
    "hynek/build-and-inspect-python-package",
    "pypa/cibuildwheel",
    "docker/build-push-action",
    "docker/bake-action",
    "depot/build-push-action",
    "PyO3/maturin-action",
    "goreleaser/goreleaser-action",
    "python-semantic-release/*",
    "actions/download-artifact",
];
const BUILD_COMMANDS: &[(&str, &[&str])] = &[
    ("uv", &["build"]),
    ("build", &[]),
    ("pyproject-build", &[]),
    ("hatch", &["build"]),
    ("poetry", &["build", "--build"]),
    ("flit", &["build", "publish"]),
    ("pdm", &["build", "publish"]),
    ("maturin", &[]),
    ("setup.py", &["sdist", "bdist_wheel"]),
    ("docker", &["build", "buildx"]),
    ("gcloud", &["submit", "--source"]),
    ("cibuildwheel", &[]),
    ("pip", &["wheel"]),
    // Tasks may build.
    ("tox", &[]),
    ("nox", &[]),
    ("make", &[]),
    ("just", &[]),
];

/// A workflow that publishes.
pub(crate) struct Release {
    pub(crate) workflow: GithubWorkflow,
    /// Where it publishes.
    pub(crate) place: Place,
    /// Whether it does so for tags only, by its condition.
    pub(crate) is_for_tags: bool,
    /// Whether it builds what it publishes.
    pub(crate) builds: bool,
    /// Whether it publishes packages, and not only images or notes.
    pub(crate) is_of_packages: bool,
}

fn places(actions: &[&str], commands: &[(&str, &[&str])]) -> Vec<(Place, Option<String>)> {
    let programs: Vec<&str> = commands.iter().map(|(program, _)| *program).collect();
    let is_it = |command: &Command| {
        let words = commands.iter().find(|(program, _)| *program == command.program()).map(|(_, words)| *words);
        command.is_in_ci() && words.is_some_and(|words| words.is_empty() || command.has_word(words))
    };
    let pushes = |action: &Action| {
        let is_image = action.name.contains("build-push") || action.name.contains("bake");
        let push = Item::root(&action.inputs).and_then(|inputs| inputs.get("push").or_else(|| inputs.get("outputs")));
        !is_image || actions.len() == BUILD_ACTIONS.len() || push.is_some_and(|push| push.text() != "false")
    };
    let used = automation::actions(actions).into_iter().filter(pushes).map(|action| (action.place, action.condition));
    used.chain(automation::commands(&programs).into_iter().filter(is_it).map(|it| (it.place, it.condition))).collect()
}

/// The workflows that publish something.
pub(crate) fn releases() -> Vec<Release> {
    let (published, built) = (places(ACTIONS, COMMANDS), places(BUILD_ACTIONS, BUILD_COMMANDS));
    let packages = places(&ACTIONS[..1], &COMMANDS[..6]);
    let of = |workflow: GithubWorkflow| {
        let is_here = |(place, _): &&(Place, Option<String>)| place.path == workflow.path();
        let (place, _) = published.iter().find(is_here)?.clone();
        let is_for_tags = published.iter().filter(is_here).any(|(_, condition)| {
            condition.as_ref().is_some_and(|it| it.contains("refs/tags") || it.contains("github.ref_type"))
        });
        let builds = built.iter().any(|it| is_here(&it));
        let is_of_packages = packages.iter().any(|it| is_here(&it));
        Some(Release { workflow, place, is_for_tags, builds, is_of_packages })
    };
    workflows().into_iter().filter_map(of).collect()
}

/// Whether anything in CI publishes, in recipes and scripts too.
pub(crate) fn publishes() -> bool {
    !places(ACTIONS, COMMANDS).is_empty()
}
