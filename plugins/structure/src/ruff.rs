//! What ruff's settings of naming allow.

use crate::layout;
use plimsoll_sdk::prelude::*;

/// Whether the settings that hold for a file ignore a code of pep8-naming, for all names or for this one.
pub(crate) fn allows(path: &str, code: &str, name: &str) -> bool {
    let Some((folder, settings)) = settings(path) else { return false };
    let Some(settings) = Item::root(&settings) else { return false };
    let lint = settings.get("lint").unwrap_or(settings);
    let names = |keys: &[&str]| lint.at(keys).map(Item::strings).unwrap_or_default();
    let ignored = [names(&["ignore"]), names(&["extend-ignore"])].concat();
    let exempt = [names(&["pep8-naming", "ignore-names"]), names(&["pep8-naming", "extend-ignore-names"])].concat();
    if ignored.iter().any(|prefix| covers(prefix, code)) || exempt.iter().any(|glob| matches(glob, name)) {
        return true;
    }
    let tables = ["per-file-ignores", "extend-per-file-ignores"].into_iter().filter_map(|key| lint.get(key));
    tables.flat_map(Item::children).any(|entry| {
        let codes = entry.strings();
        let glob = entry.key().unwrap_or_default();
        codes.iter().any(|prefix| covers(prefix, code))
            && repository::covered(&folder, glob, &[path.to_owned()]).contains(&true)
    })
}

/// The settings of ruff nearest to a file, and the folder that they lie in.
fn settings(path: &str) -> Option<(String, Vec<plimsoll_sdk::bindings::plimsoll::plugin::types::Node>)> {
    layout::upwards(layout::parent(path)).into_iter().find_map(|folder| {
        let own = ["ruff.toml", ".ruff.toml"]
            .into_iter()
            .find_map(|name| documents::read(&layout::join(folder, name), &[]).ok());
        let table = || documents::read(&layout::join(folder, "pyproject.toml"), &["tool", "ruff"]).ok();
        Some((folder.to_owned(), own.or_else(table)?))
    })
}

fn covers(prefix: &str, code: &str) -> bool {
    code.starts_with(prefix) && !prefix.is_empty() || prefix == "ALL"
}

/// A glob of names with `*` at its ends.
fn matches(glob: &str, name: &str) -> bool {
    match (glob.strip_prefix('*'), glob.strip_suffix('*')) {
        (Some(_), Some(_)) => name.contains(glob.trim_matches('*')),
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => name == glob,
    }
}
