//! Reads Dependabot's configuration.

use plimsoll_sdk::prelude::*;

/// The entries for some ecosystems.
pub(crate) fn entries<'a>(document: &'a Document, ecosystems: &[&str]) -> Vec<Item<'a>> {
    let updates = document.at(&["updates"]);
    let is_wanted =
        |entry: &Item<'_>| entry.get("package-ecosystem").is_some_and(|name| ecosystems.contains(&name.text()));
    updates.into_iter().flat_map(Item::children).filter(is_wanted).collect()
}

/// Reports entries that run less than weekly, or that there is none.
pub(crate) fn check_ecosystem(report: &mut Report, document: &Document, ecosystems: &[&str], what: &str) {
    let entries = entries(document, ecosystems);
    let Some(updates) = document.at(&["updates"]) else { return };
    if entries.is_empty() {
        report
            .finding(&updates.key_place(document.path()), format!("Dependabot does not update {what}"))
            .help(format!("add an entry with the ecosystem `{}`, weekly", ecosystems[0]));
    }
    for interval in entries.iter().filter_map(|entry| entry.at(&["schedule", "interval"])) {
        if matches!(interval.text(), "monthly" | "quarterly" | "semiannually" | "yearly") {
            report
                .finding(&interval.place(document.path()), format!("{what} are updated {} only", interval.text()))
                .help("set the interval to `weekly`");
        }
    }
}
