//! Settings that the organisation wants.

use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;

use crate::entry::{Paths, find, place_of_absence, slices, text, texts};

rule! {
    /// A document lacks a key, or has another value of it.
    ///
    /// `[[require]] document = "pyproject.toml", key = "tool.mypy.strict"`; with `value` that value. A list has to hold
    /// the value, or all of them when it is a list itself.
    pub(crate) static MISSING_KEY = {
        id: "missing-key",
        requirements: ["house"],
        check: Check::Repository(missing_key),
    }
}

fn missing_key(report: &mut Report) {
    let (document, keys) = (text(report, "document"), texts(report, "key"));
    let paths = Paths::of(report);
    let mut files = repository::find(&[&document]);
    files.retain(|file| paths.has(&start(&file.path)));
    let name = keys.join(".");
    if files.is_empty()
        && let Some(place) = place_of_absence()
    {
        drop(find(report, &place, format!("there is no `{document}` with `{name}`")));
    }
    for file in files {
        let nodes = match documents::read(&file.path, &slices(&keys)) {
            Ok(nodes) => nodes,
            Err(Absence::Missing) => {
                drop(find(report, &nearest(&file.path, &keys), format!("`{name}` is not set")));
                continue;
            }
            // The host reports what can't be parsed.
            Err(_) => continue,
        };
        let (Some(found), Some(value)) = (Item::root(&nodes), report.option("value")) else { continue };
        if !is_value(found, value) {
            let place = Place { path: file.path.clone(), span: found.span() };
            let message = format!("`{name}` is not {}", shown(value));
            drop(find(report, &place, message));
        }
    }
}

/// The innermost table that is there.
fn nearest(path: &str, keys: &[String]) -> Place {
    for end in (1..keys.len()).rev() {
        if let Ok(nodes) = documents::read(path, &slices(&keys[..end]))
            && let Some(table) = Item::root(&nodes)
        {
            return Place { path: path.to_owned(), span: table.span() };
        }
    }
    start(path)
}

/// Whether a value is another one, or holds it.
pub(crate) fn is_value(found: Item<'_>, wanted: Item<'_>) -> bool {
    match (found.kind(), wanted.kind()) {
        (NodeKind::List, NodeKind::List) => {
            wanted.children().all(|wanted| found.children().any(|found| is_value(found, wanted)))
        }
        (NodeKind::List, _) => found.children().any(|found| is_value(found, wanted)),
        (NodeKind::Table, NodeKind::Table) => wanted
            .children()
            .all(|wanted| wanted.key().and_then(|key| found.get(key)).is_some_and(|found| is_value(found, wanted))),
        (kind, other) => kind == other && found.text() == wanted.text(),
    }
}

/// A value as messages show it.
pub(crate) fn shown(value: Item<'_>) -> String {
    match value.kind() {
        NodeKind::List => {
            let texts: Vec<String> = value.children().map(shown).collect();
            texts.join(", ")
        }
        NodeKind::Table => "the table that is wanted".to_owned(),
        _ => format!("`{}`", value.text()),
    }
}
