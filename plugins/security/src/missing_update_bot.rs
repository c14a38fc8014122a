//! Repositories whose dependencies nobody updates.

use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;

use crate::update_entries;

rule! {
    /// Nothing updates the dependencies.
    ///
    /// Versions that are pinned and never moved collect vulnerabilities. Configure Dependabot or Renovate.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    ///
    /// [dependency-groups]
    /// dev = ["ruff"]
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@v4
    /// ```
    /// ```text expect
    /// pyproject.toml:1: neither Dependabot nor Renovate is configured
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    ///
    /// [dependency-groups]
    /// dev = ["ruff"]
    /// ```
    /// ```toml fixed uv.lock
    /// version = 1
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@v4
    /// ```
    /// ```yaml fixed .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: uv
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    ///     groups:
    ///       development:
    ///         dependency-type: development
    ///   - package-ecosystem: github-actions
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```json good renovate.json
    /// {}
    /// ```
    ///
    /// A configuration without entries updates nothing.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```yaml bad .github/dependabot.yml
    /// version: 1  # error: Dependabot needs `version: 2`
    /// updates: []  # error: Dependabot has nothing to update
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```yaml fixed .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: pip
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    /// ```
    pub(crate) static MISSING_UPDATE_BOT = {
        id: "missing-update-bot",
        requirements: ["4.5.6", "9.5.1", "12.6.4"],
        check: Check::Repository(missing_update_bot),
    }
}

/// Files that configure an update bot other than Dependabot.
const CONFIGURATIONS: &[&str] = &[
    "renovate.json",
    "renovate.jsonc",
    "renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".renovaterc.json5",
    ".github/renovate.json",
    ".github/renovate.json5",
    ".github/renovate.jsonc",
    ".gitlab/renovate.json",
    ".gitlab/renovate.json5",
    ".gitlab/dependabot.yml",
    ".pyup.yml",
    "pyup.yml",
];

fn missing_update_bot(report: &mut Report) {
    for path in ["", "a"].map(|more| format!(".github/dependabot.y{more}ml")) {
        if let Ok(value) = documents::read(&path, &[]) {
            if let Some(root) = Item::root(&value) {
                check_dependabot(report, &path, root);
            }
            return;
        }
    }
    let has_bot = CONFIGURATIONS.iter().any(|path| repository::exists(path))
        || documents::read("package.json", &["renovate"]).is_ok()
        || updates_on_schedule();
    let projects = project::projects();
    let Some(project) = projects.iter().find(|project| project.has_source).or(projects.first()) else { return };
    if has_bot || project::dependencies(&["*"]).is_empty() {
        return;
    }
    report
        .finding(&start(&project.place.path), "neither Dependabot nor Renovate is configured")
        .help("add `.github/dependabot.yml` with the ecosystems `uv` and `github-actions`, weekly")
        .unsafe_fix(new_configuration());
}

/// A configuration of Dependabot, which is a service of GitHub alone.
fn new_configuration() -> Option<Edit> {
    let is_elsewhere = automation::workflows().iter().any(|workflow| workflow.system != "github");
    let entries = update_entries::all().filter(|_| !is_elsewhere)?;
    let text = format!("version: 2\nupdates:\n  {}\n", entries.replace('\n', "\n  "));
    Some(edit::create(".github/dependabot.yml", text))
}

/// Whether a scheduled pipeline upgrades the lock file by itself.
fn updates_on_schedule() -> bool {
    automation::commands(&["uv", "pip-compile", "poetry", "pdm"]).iter().any(|command| {
        let is_upgrade = command.has_word(&["--upgrade", "-U", "update"]);
        is_upgrade && command.triggers.iter().any(|trigger| trigger == "schedule")
    })
}

/// Dependabot does nothing without a version and entries.
fn check_dependabot(report: &mut Report, path: &str, root: Item<'_>) {
    let start = start(path);
    match root.get("version") {
        None => {
            report
                .finding(&start, "Dependabot needs `version: 2`")
                .help("put `version: 2` at the top")
                .safe_fix(edit::lines_before(&start, "version: 2"));
        }
        Some(version) if version.text() != "2" => {
            // The first version had other keys.
            let place = version.place(path);
            let is_newer = root.get("updates").is_some();
            report
                .finding(&place, "Dependabot needs `version: 2`")
                .help("rewrite it for version 2")
                .safe_fix(is_newer.then(|| edit::replace_words(&place, version.text(), "2")).flatten());
        }
        Some(_) => {}
    }
    let updates = root.get("updates");
    if updates.is_none_or(|updates| updates.children().next().is_none()) {
        let place = updates.map_or(start, |updates| updates.key_place(path));
        report
            .finding(&place, "Dependabot has nothing to update")
            .help("add the ecosystems `uv` and `github-actions`")
            .unsafe_fix(update_entries::all().map(|entries| edit::set(path, &["updates"], entries)));
    }
}
