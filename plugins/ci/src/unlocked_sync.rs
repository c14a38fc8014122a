//! Installations of CI that may change the lock file.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::Seen;

use crate::gates::is_on_code;

rule! {
    /// CI installs without insisting on the lock file.
    ///
    /// `uv sync` resolves anew when `uv.lock` is out of date: CI tests other versions than the ones that are locked, and
    /// nobody notices. Add `--locked`, which fails then, or `--frozen`, which installs what is locked unseen. The
    /// standard writes `--frozen` and wants what `--locked` does; both are accepted.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv sync  # error: `uv sync` may change the lock file
    ///       - run: uv run pytest
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml fixed uv.lock
    /// version = 1
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv sync --locked
    ///       - run: uv run pytest
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good uv.lock
    /// version = 1
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv sync --locked
    ///       - run: uv run pytest
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     env:
    ///       UV_FROZEN: 1
    ///     steps:
    ///       - run: uv sync
    /// ```
    pub(crate) static UNLOCKED_SYNC = {
        id: "unlocked-sync",
        requirements: ["5.4.4", "12.6.1"],
        check: Check::Repository(unlocked_sync),
        wants: [Want::Search(VARIABLES, PIPELINES)],
    }
}

const VARIABLES: &[&str] = &[r"UV_(?:FROZEN|LOCKED|RESOLUTION)\b|uv lock --check|uv lock --locked|id: uv-lock\b"];
const PIPELINES: &[&str] = &[
    "/.github/**/*.yml",
    "/.github/**/*.yaml",
    "/.gitlab-ci.yml",
    "justfile",
    "Makefile",
    ".pre-commit-config.yaml",
    "noxfile.py",
];
/// Options with which the lock file is not used, or is meant to change.
const OTHERS: &[&str] = &[
    "--frozen",
    "--locked",
    "--upgrade",
    "-U",
    "--upgrade-package",
    "-P",
    "--resolution",
    "--no-project",
    "--script",
    "--isolated",
    "--check",
];

fn unlocked_sync(report: &mut Report) {
    if repository::find(&["uv.lock"]).is_empty() {
        return UNLOCKED_SYNC.requirements.iter().for_each(|requirement| {
            report.not_applicable(requirement, "no `uv.lock`");
        });
    }
    let set = repository::search(VARIABLES, PIPELINES);
    let is_set = |path: &str| set.iter().any(|found| found.place.path == path);
    let checks_by_hook = is_set(".pre-commit-config.yaml");
    let mut seen = Seen::default();
    let mut wrong: Vec<Command> = Vec::new();
    for command in automation::commands(&["uv"]) {
        let is_sync = command.words.get(1).is_some_and(|word| word == "sync");
        let is_strict = command
            .words
            .iter()
            .any(|word| OTHERS.iter().any(|option| word == option || word.starts_with(&format!("{option}="))));
        let is_on_code = command
            .triggers
            .iter()
            .any(|it| matches!(it.as_str(), "push" | "pull_request" | "pull_request_target" | "merge_group"));
        let is_in_pipeline = matches!(command.source.as_str(), "github" | "gitlab");
        if is_sync
            && is_in_pipeline
            && is_on_code
            && !is_strict
            && !is_set(&command.place.path)
            && seen.is_new(&command.place)
        {
            wrong.push(command);
        }
    }
    let Some((first, others)) = wrong.split_first() else { return };
    let finding = report
        .finding(&first.place, "`uv sync` may change the lock file")
        .help("add `--locked`, or set `UV_LOCKED: 1` for the workflow");
    let is_checked = automation::commands(&["uv"]).iter().any(|command| {
        command.has_word(&["lock"]) && command.has_word(&["--check", "--locked"]) && is_on_code(&command.clone().into())
    });
    let finding = others.iter().take(9).fold(finding, |finding, other| finding.related(&other.place, "here too"));
    let is_of_ci = wrong.iter().all(|command| command.place.path.starts_with('.'));
    let edits: Option<Vec<Edit>> =
        wrong.iter().map(|command| edit::insert_after(&command.place, "uv sync", " --locked")).collect();
    let finding = finding.safe_fix(edits.filter(|_| is_of_ci).into_iter().flatten());
    // Where another job fails for an outdated lock file, this one only may test other versions than it says.
    if checks_by_hook || is_checked {
        finding.low()
    } else {
        finding.medium()
    };
}
