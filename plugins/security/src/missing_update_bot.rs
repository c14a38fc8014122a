//! Repositories whose dependencies nobody updates.

use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;

rule! {
    /// Nothing updates the dependencies.
    ///
    /// Versions that are pinned and never moved collect vulnerabilities. Configure Dependabot or Renovate.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```text expect
    /// pyproject.toml:1: neither Dependabot nor Renovate is configured
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
        .help("add `.github/dependabot.yml` with the ecosystems `uv` and `github-actions`, weekly");
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
            report.finding(&start, "Dependabot needs `version: 2`").help("put `version: 2` at the top");
        }
        Some(version) if version.text() != "2" => {
            report.finding(&version.place(path), "Dependabot needs `version: 2`").help("rewrite it for version 2");
        }
        Some(_) => {}
    }
    let updates = root.get("updates");
    if updates.is_none_or(|updates| updates.children().next().is_none()) {
        let place = updates.map_or(start, |updates| updates.key_place(path));
        report.finding(&place, "Dependabot has nothing to update").help("add the ecosystems `uv` and `github-actions`");
    }
}
