//! Downloads that CI repeats with every run.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::Seen;

use crate::gates::is_on_changes;
use crate::releases::releases;

rule! {
    /// CI does not keep uv's cache between runs.
    ///
    /// Every run downloads and builds all packages again. `astral-sh/setup-uv` keeps the cache by itself since its fifth
    /// version; leave `enable-cache` alone, or keep uv's folder with `actions/cache`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: astral-sh/setup-uv@v6
    ///         with:
    ///           enable-cache: false  # error: uv's cache is not kept
    ///       - run: uv sync --locked
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
    ///       - uses: astral-sh/setup-uv@v6
    ///         with:
    ///           enable-cache: true
    ///       - run: uv sync --locked
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
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uv sync --locked
    ///   old:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: astral-sh/setup-uv@v3
    ///         with:
    ///           enable-cache: true
    ///       - run: uv sync --locked
    /// ```
    pub(crate) static UNCACHED_UV = {
        id: "uncached-uv",
        requirements: ["12.6.2", "26.4.3"],
        check: Check::Repository(uncached_uv),
        wants: [Want::Search(CACHES, PIPELINES)],
    }
}

/// Other ways to keep the cache.
const CACHES: &[&str] = &[r"\.cache/uv|UV_CACHE_DIR|uv cache"];
const PIPELINES: &[&str] = &["/.github/**/*.yml", "/.github/**/*.yaml"];

fn uncached_uv(report: &mut Report) {
    let actions = automation::actions(&["astral-sh/setup-uv"]);
    if actions.is_empty() {
        return UNCACHED_UV.requirements.iter().for_each(|requirement| {
            report.not_applicable(requirement, "no workflow sets up uv");
        });
    }
    let kept = repository::search(CACHES, PIPELINES);
    let installs = automation::commands(&["uv"]);
    let publishing: Vec<String> = releases()
        .into_iter()
        .filter(|release| release.is_of_packages)
        .map(|release| release.workflow.path().to_owned())
        .collect();
    let mut seen = Seen::default();
    for action in actions.iter().filter(|action| is_on_changes(&action.triggers)) {
        let path = &action.place.path;
        let inputs = Item::root(&action.inputs);
        let setting = inputs.and_then(|inputs| inputs.get("enable-cache"));
        let is_off = setting.is_some_and(|setting| setting.text() == "false");
        let text = repository::read(path).unwrap_or_default();
        // A pin to a commit tells its version in a comment, or not at all.
        let line = text.get(action.place.span.start as usize..).unwrap_or_default().lines().next().unwrap_or_default();
        let named = line.rsplit(['#', '@']).next().unwrap_or_default();
        let major: Option<u32> =
            named.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
        let is_old = major.is_some_and(|major| major < 5) && setting.is_none();
        let has_reason = setting.is_some_and(|setting| {
            text.get(setting.span().start as usize..)
                .unwrap_or_default()
                .lines()
                .next()
                .unwrap_or_default()
                .contains('#')
        });
        let is_installing =
            installs.iter().any(|command| command.place.path == *path && command.has_word(&["sync", "run", "install"]));
        // Where packages are published, an empty cache is the safe one.
        let publishes = publishing.iter().any(|published| published == path);
        let is_kept = kept.iter().any(|found| found.place.path == *path);
        if (is_off || is_old) && !has_reason && !is_kept && !publishes && is_installing && seen.is_new(&action.place) {
            let place = setting.map_or_else(|| action.place.clone(), |setting| setting.key_place(path));
            report
                .finding(&place, "uv's cache is not kept")
                .help("use `astral-sh/setup-uv` 5 or newer without `enable-cache: false`")
                .safe_fix(setting.filter(|_| is_off).map(|setting| edit::replace(&setting.place(path), "true")))
                .medium();
            return;
        }
    }
}
