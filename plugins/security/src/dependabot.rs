//! Reads Dependabot's configuration.

use plimsoll_sdk::prelude::*;

use crate::update_entries::{Ecosystem, directory};
use crate::{lines, renovate};

/// Files that configure Dependabot.
pub(crate) const FILES: &[&str] = &["/.github/dependabot.yml", "/.github/dependabot.yaml"];

/// Files that configure Dependabot or Renovate.
pub(crate) const ALL_BOTS: &[&str] = &all_bots();

const fn all_bots() -> [&'static str; FILES.len() + renovate::FILES.len()] {
    let mut all = [""; FILES.len() + renovate::FILES.len()];
    let mut next = 0;
    while next < all.len() {
        all[next] = if next < FILES.len() { FILES[next] } else { renovate::FILES[next - FILES.len()] };
        next += 1;
    }
    all
}

/// Whether this is Dependabot's file, and not Renovate's.
pub(crate) fn is_dependabot(document: &Document) -> bool {
    FILES.iter().any(|path| path.trim_start_matches('/') == document.path())
}

/// The entries for some ecosystems.
pub(crate) fn entries<'a>(document: &'a Document, ecosystems: &[&str]) -> Vec<Item<'a>> {
    let updates = document.at(&["updates"]);
    let is_wanted =
        |entry: &Item<'_>| entry.get("package-ecosystem").is_some_and(|name| ecosystems.contains(&name.text()));
    updates.into_iter().flat_map(Item::children).filter(is_wanted).collect()
}

/// How seldom an entry runs, when that is less than weekly, and where that is said.
pub(crate) fn seldom<'a>(entry: Item<'a>) -> Option<(Item<'a>, &'static str)> {
    let interval = entry.at(&["schedule", "interval"])?;
    let period = match interval.text() {
        "monthly" => "monthly",
        "quarterly" => "quarterly",
        "semiannually" => "semiannually",
        "yearly" => "yearly",
        "cron" => {
            let cron = entry.at(&["schedule", "cronjob"])?;
            let day = cron.text().split_whitespace().nth(2)?;
            return day.parse::<u8>().is_ok().then_some((cron, "monthly"));
        }
        _ => return None,
    };
    Some((interval, period))
}

/// Reports entries that run less than weekly, or that there is none; then one for the wanted ecosystem is added.
pub(crate) fn check_ecosystem(
    report: &mut Report,
    document: &Document,
    ecosystems: &[&str],
    what: &str,
    wanted: impl FnOnce() -> Option<Ecosystem>,
) {
    let entries = entries(document, ecosystems);
    // A file without entries is no bot at all.
    let Some(updates) = document.at(&["updates"]).filter(|updates| updates.children().next().is_some()) else {
        return;
    };
    if entries.is_empty() {
        report
            .finding(&updates.key_place(document.path()), format!("Dependabot does not update {what}"))
            .help(format!("add an entry with the ecosystem `{}`, weekly", ecosystems[0]))
            .safe_fix(wanted().map(|wanted| edit::append(document.path(), &["updates"], wanted.entry())));
    }
    for (item, period) in entries.iter().filter_map(|entry| seldom(*entry)) {
        let place = item.place(document.path());
        let weekly = if item.key() == Some("cronjob") { weekly_cron(item.text()) } else { Some("weekly".to_owned()) };
        report
            .finding(&place, format!("{what} are updated {period} only"))
            .help("set the interval to `weekly`")
            .safe_fix(weekly.and_then(|weekly| edit::replace_words(&place, item.text(), &weekly)));
    }
}

/// The same hour on Mondays.
fn weekly_cron(cron: &str) -> Option<String> {
    let mut words = cron.split_whitespace();
    Some(format!("{} {} * * 1", words.next()?, words.next()?))
}

/// Reports the first of some folders that no entry for an ecosystem covers.
pub(crate) fn check_folders(report: &mut Report, document: &Document, ecosystem: &str, folders: &[&str], what: &str) {
    let entries = entries(document, &[ecosystem]);
    let Some(owner) = entries.first().and_then(|entry| entry.get("directory").or_else(|| entry.get("directories")))
    else {
        return;
    };
    let missing: Vec<&str> = folders.iter().copied().filter(|folder| !is_covered(&entries, folder)).collect();
    if let Some(folder) = missing.first() {
        // As Dependabot names the root.
        let shown = if folder.is_empty() { "/" } else { folder };
        report
            .finding(&owner.key_place(document.path()), format!("{what} in `{shown}` are not updated"))
            .help("list every folder in `directories`")
            .safe_fix(add_folders(document, owner, &missing));
    }
}

/// Whether the directories of one of some entries take a folder in.
pub(crate) fn is_covered(entries: &[Item<'_>], folder: &str) -> bool {
    let patterns = entries.iter().flat_map(|entry| ["directory", "directories"].map(|key| entry.get(key)));
    patterns.flatten().flat_map(Item::strings).any(|pattern| covers(pattern, folder))
}

/// Adds folders to the directories of an entry; a single one becomes the first of a list.
fn add_folders(document: &Document, owner: Item<'_>, folders: &[&str]) -> Vec<Edit> {
    let path = document.path();
    if owner.kind() == NodeKind::List {
        let updates = document.at(&["updates"]).into_iter().flat_map(Item::children);
        let holder = owner.parent().span();
        let Some(index) = updates.map(Item::span).position(|span| span == holder) else { return Vec::new() };
        let keys = ["updates", &index.to_string(), "directories"];
        return folders.iter().map(|folder| edit::append(path, &keys, directory(folder))).collect();
    }
    let (key, value) = (owner.key_place(path), owner.place(path));
    let Some(written) = lines::text_at(&value) else { return Vec::new() };
    let quote = written.chars().next().filter(|first| matches!(first, '"' | '\'')).map_or(String::new(), String::from);
    let indent = " ".repeat(lines::column(&key).unwrap_or_default() + 2);
    let added = folders.iter().map(|folder| format!("\n{indent}- {quote}{}{quote}", directory(folder)));
    let all: String = std::iter::once(format!("\n{indent}- {written}")).chain(added).collect();
    let between = Place { path: path.to_owned(), span: Span { start: key.span.end, end: value.span.start } };
    // Behind the colon stands nothing but the value.
    if lines::text_at(&between).is_none_or(|between| between.trim_end() != ":") {
        return Vec::new();
    }
    let value = Place { path: path.to_owned(), span: Span { start: key.span.end, end: value.span.end } };
    vec![edit::replace(&key, "directories"), edit::replace(&value, format!(":{all}"))]
}

/// Whether one of Dependabot's directories, `*` and `**` allowed, is a folder of the repository.
fn covers(pattern: &str, folder: &str) -> bool {
    let parts = |text: &'_ str| -> Vec<String> {
        text.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
    };
    matches(&parts(pattern), &parts(folder))
}

fn matches(pattern: &[String], folder: &[String]) -> bool {
    match (pattern.split_first(), folder.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "**" => {
            matches(rest, folder) || folder.split_first().is_some_and(|(_, below)| matches(pattern, below))
        }
        (Some((first, rest)), Some((name, below))) => {
            let is_same = match first.split_once('*') {
                Some((start, end)) => name.starts_with(start) && name.ends_with(end),
                None => first == name,
            };
            is_same && matches(rest, below)
        }
        _ => false,
    }
}
