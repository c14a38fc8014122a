//! Edits of the lists that declare the tools of the tests.

use plimsoll_sdk::paths::{file_name, nearest, parent};
use plimsoll_sdk::prelude::*;

/// Takes a dependency out: of a list or a table in `pyproject.toml`, or the line of a requirements file.
pub(crate) fn without(dependency: &Dependency) -> Option<Edit> {
    let place = &dependency.place;
    if file_name(&place.path) == "pyproject.toml" {
        let nodes = documents::read(&place.path, &[]).ok()?;
        return Some(removed(&place.path, declaration(&nodes, place)?));
    }
    let text = repository::read(&place.path).ok()?;
    is_alone(&text, place).then(|| edit::delete_lines(place)).flatten()
}

/// Declares another tool beside one that is there, in the same manner and with the same indentation.
pub(crate) fn beside(dependency: &Dependency, name: &str) -> Option<Edit> {
    let place = &dependency.place;
    if file_name(&place.path) == "pyproject.toml" {
        let nodes = documents::read(&place.path, &[]).ok()?;
        let mut keys = declaration(&nodes, place)?;
        let last = keys.pop()?;
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let is_list = last.parse::<usize>().is_ok();
        return Some(if is_list {
            edit::append(&place.path, &keys, format!("\"{name}\""))
        } else {
            edit::set(&place.path, &[&keys[..], &[name]].concat(), "\"*\"")
        });
    }
    let text = repository::read(&place.path).ok()?;
    is_alone(&text, place).then(|| edit::lines_after(place, name)).flatten()
}

/// The command that is due after an edit of `pyproject.toml`: where a lock file knows what it declares.
pub(crate) fn locking(path: &str) -> Option<&'static str> {
    const COMMANDS: &[(&str, &str)] =
        &[("uv.lock", "uv lock"), ("poetry.lock", "poetry lock"), ("pdm.lock", "pdm lock")];
    let names: Vec<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
    let lock = nearest(parent(path), &names).filter(|_| file_name(path) == "pyproject.toml")?;
    COMMANDS.iter().find(|(name, _)| *name == file_name(&lock)).map(|(_, command)| *command)
}

fn removed(path: &str, keys: Vec<String>) -> Edit {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    edit::remove(path, &keys)
}

/// The key path of the item or key that stands at a place.
fn declaration(nodes: &[Node], place: &Place) -> Option<Vec<String>> {
    let root = Item::root(nodes)?;
    let stands = |item: &Item<'_>| item.span().start == place.span.start || item.key_span().start == place.span.start;
    let mut item = root.descendants().filter(stands).last()?;
    let mut keys = Vec::new();
    while item.span() != root.span() {
        let parent = item.parent();
        let index = || parent.children().position(|child| child.span() == item.span());
        keys.push(match item.key() {
            Some(key) => key.to_owned(),
            None => index()?.to_string(),
        });
        if keys.len() > 20 {
            return None;
        }
        item = parent;
    }
    keys.reverse();
    Some(keys)
}

/// Whether a requirement stands alone on the line of a requirements file, without hashes on further lines.
fn is_alone(text: &str, place: &Place) -> bool {
    let is_requirements = place.path.ends_with(".txt") || place.path.ends_with(".in");
    let before = text.get(..place.span.start as usize).unwrap_or_default();
    let rest = text.get(place.span.start as usize..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default().trim_end();
    is_requirements && (before.is_empty() || before.ends_with('\n')) && !line.ends_with('\\') && !line.is_empty()
}
