//! Repositories whose dependencies nobody updates.

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
    pub(crate) static MISSING_UPDATE_BOT = {
        id: "missing-update-bot",
        requirements: ["4.5.6", "9.5.1", "12.6.4"],
        check: Check::Repository(missing_update_bot),
    }
}

/// Files that configure an update bot.
pub(crate) const CONFIGURATIONS: &[&str] = &[
    ".github/dependabot.yml",
    ".github/dependabot.yaml",
    "renovate.json",
    "renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".renovaterc.json5",
    ".github/renovate.json",
    ".github/renovate.json5",
    ".gitlab/renovate.json",
    ".gitlab/renovate.json5",
    ".gitlab/dependabot.yml",
    ".pyup.yml",
    "pyup.yml",
];

fn missing_update_bot(report: &mut Report) {
    let has_bot = CONFIGURATIONS.iter().any(|path| repository::exists(path))
        || documents::read("package.json", &["renovate"]).is_ok()
        || automation::commands(&["uv"]).iter().any(|command| {
            command.has_word(&["lock"])
                && command.has_word(&["--upgrade", "-U"])
                && command.triggers.iter().any(|trigger| trigger == "schedule")
        });
    let projects = project::projects();
    let Some(project) = projects.first() else { return };
    if has_bot || project::dependencies(&["*"]).is_empty() {
        return;
    }
    let place = Place { path: project.place.path.clone(), span: Span { start: 0, end: 0 } };
    report
        .finding(&place, "neither Dependabot nor Renovate is configured")
        .help("add `.github/dependabot.yml` with the ecosystems `uv` and `github-actions`, weekly");
}
