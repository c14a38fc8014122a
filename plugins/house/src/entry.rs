//! What an entry of the manifest says, and findings in its words.

use std::collections::BTreeSet;

use plimsoll_sdk::Finding;
use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

/// The strings of an option.
pub(crate) fn texts(report: &Report, name: &str) -> Vec<String> {
    report.option(name).map_or_else(Vec::new, Item::strings).into_iter().map(str::to_owned).collect()
}

/// The same as slices.
pub(crate) fn slices(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

/// The string of an option; empty without one.
pub(crate) fn text(report: &Report, name: &str) -> String {
    report.option(name).and_then(Item::string).unwrap_or_default().to_owned()
}

/// Which files an entry is about.
pub(crate) struct Paths(Option<BTreeSet<String>>);

impl Paths {
    pub(crate) fn of(report: &Report) -> Self {
        let globs = texts(report, "paths");
        let files = || repository::find(&slices(&globs)).into_iter().map(|file| file.path).collect();
        Self((!globs.is_empty()).then(files))
    }

    pub(crate) fn has(&self, place: &Place) -> bool {
        self.0.as_ref().is_none_or(|paths| paths.contains(&place.path))
    }
}

/// A finding in the entry's words: its message, or what is wrong; its reason as help.
pub(crate) fn find(report: &mut Report, place: &Place, wrong: String) -> Finding {
    let message = text(report, "message");
    let reason = text(report, "reason");
    report.finding(place, if message.is_empty() { wrong } else { message }).help(reason)
}

/// Where something is reported that the repository lacks: at its main project, else at its first file.
pub(crate) fn place_of_absence() -> Option<Place> {
    let first = || repository::find(&["*"]).into_iter().next().map(|file| start(&file.path));
    main_project().map(|project| project.place).or_else(first)
}
