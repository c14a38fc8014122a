//! Reads Renovate's configuration.

use plimsoll_sdk::prelude::*;

/// Files that configure Renovate; what it finds first counts.
pub(crate) const FILES: &[&str] = &[
    "/renovate.json",
    "/renovate.jsonc",
    "/renovate.json5",
    "/.github/renovate.json",
    "/.github/renovate.jsonc",
    "/.github/renovate.json5",
    "/.gitlab/renovate.json",
    "/.gitlab/renovate.json5",
    "/.renovaterc",
    "/.renovaterc.json",
    "/.renovaterc.json5",
];

/// Whether the configuration builds on a preset of some other repository, which may say anything.
pub(crate) fn is_opaque(document: &Document) -> bool {
    presets(document).iter().any(|preset| preset.contains('>'))
}

/// The presets that the configuration extends.
pub(crate) fn presets(document: &Document) -> Vec<&str> {
    document.at(&["extends"]).map_or_else(Vec::new, Item::strings)
}

/// Reports managers that are left out, all of them when none of those named is enabled; the first is the one to add.
pub(crate) fn check_managers(report: &mut Report, document: &Document, managers: &[&str], what: &str) {
    let Some(enabled) = document.at(&["enabledManagers"]).filter(|_| !is_opaque(document)) else { return };
    let names = enabled.strings();
    if !names.is_empty() && !managers.iter().any(|manager| names.contains(manager)) {
        let wanted = if managers.contains(&"poetry") && is_of_poetry() { "poetry" } else { managers[0] };
        report
            .finding(&enabled.key_place(document.path()), format!("Renovate does not update {what}"))
            .help(format!("add `{wanted}` to `enabledManagers`"))
            .safe_fix([edit::append(document.path(), &["enabledManagers"], format!("\"{wanted}\""))]);
    }
}

fn is_of_poetry() -> bool {
    let projects = project::projects();
    let has = |manager: &str| projects.iter().any(|project| project.managers.iter().any(|own| own == manager));
    has("poetry") && !has("uv")
}

/// Reports a schedule for everything that is slower than weekly.
pub(crate) fn check_schedule(report: &mut Report, document: &Document, what: &str) {
    const PRESETS: &[(&str, &str)] =
        &[("schedule:monthly", "monthly"), ("schedule:quarterly", "quarterly"), ("schedule:yearly", "yearly")];
    let presets = document.at(&["extends"]).into_iter().flat_map(Item::children).filter_map(|item| {
        let preset = PRESETS.iter().find(|(name, _)| item.text() == *name)?;
        Some((item, preset.1))
    });
    let days = document
        .at(&["schedule"])
        .into_iter()
        .flat_map(Item::children)
        .filter_map(|item| item.text().contains("first day of the month").then_some((item, "monthly")));
    for (item, period) in presets.chain(days) {
        let place = item.place(document.path());
        let weekly = match item.text().starts_with("schedule:") {
            true => edit::replace_words(&place, item.text(), "schedule:weekly"),
            false => edit::replace_words(&place, "the first day of the month", "Monday"),
        };
        report
            .finding(&place, format!("{what} are updated {period} only"))
            .help("update every week: `schedule:weekly`")
            .safe_fix(weekly);
    }
}

/// Whether Renovate opens pull requests for known vulnerabilities, whenever they are published.
pub(crate) fn is_watched_by_renovate() -> bool {
    FILES.iter().any(|path| {
        let path = path.trim_start_matches('/');
        let is_on = |key: &str| {
            documents::read(path, &[key])
                .is_ok_and(|value| Item::root(&value).is_some_and(|item| item.boolean() != Some(false)))
        };
        is_on("osvVulnerabilityAlerts") || is_on("vulnerabilityAlerts")
    })
}
