//! What ruff's settings of naming allow.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::paths::{parent, upwards};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::lint;
use plimsoll_sdk::settings::{RUFF, Settings};

/// The settings of the files that were asked about, each configuration read once.
#[derive(Default)]
pub(crate) struct Naming {
    /// Folders with files that may hold settings.
    configured: Option<BTreeSet<String>>,
    by_folder: BTreeMap<String, Allowed>,
}

/// What one configuration allows.
struct Allowed {
    base: String,
    /// Prefixes of codes that are ignored everywhere.
    codes: Vec<String>,
    /// Globs of names that are ignored everywhere.
    names: Vec<String>,
    /// Globs of files, with prefixes of codes that are ignored there.
    per_file: Vec<(String, Vec<String>)>,
}

impl Naming {
    /// Whether the settings that hold for a file ignore a code of pep8-naming, for all names or for this one.
    pub(crate) fn allows(&mut self, path: &str, code: &str, name: &str) -> bool {
        let configured = self.configured.get_or_insert_with(|| {
            let files = repository::find(&["pyproject.toml", "ruff.toml", ".ruff.toml"]);
            files.iter().map(|file| parent(&file.path).to_owned()).collect()
        });
        let folder = upwards(parent(path)).into_iter().find(|folder| configured.contains(*folder)).unwrap_or("");
        if !self.by_folder.contains_key(folder) {
            self.by_folder.insert(folder.to_owned(), Allowed::of(&Settings::of(&RUFF, folder)));
        }
        self.by_folder.get(folder).is_some_and(|allowed| allowed.allows(path, code, name))
    }
}

impl Allowed {
    fn of(settings: &Settings) -> Self {
        let all = |keys: &[&[&str]]| {
            let settings = keys.iter().flat_map(|keys| settings.layers.iter().filter_map(|layer| lint(layer, keys)));
            settings.collect::<Vec<_>>()
        };
        let strings = |keys: &[&[&str]]| -> Vec<String> {
            all(keys).iter().flat_map(|setting| setting.value.strings()).map(str::to_owned).collect()
        };
        let tables = all(&[&["per-file-ignores"], &["extend-per-file-ignores"]]);
        let entries = tables.iter().flat_map(|table| table.value.children());
        let of_entry = |entry: Item<'_>| {
            let codes = entry.strings().into_iter().map(str::to_owned).collect();
            (entry.key().unwrap_or_default().to_owned(), codes)
        };
        Self {
            base: settings.base().to_owned(),
            codes: strings(&[&["ignore"], &["extend-ignore"]]),
            names: strings(&[&["pep8-naming", "ignore-names"], &["pep8-naming", "extend-ignore-names"]]),
            per_file: entries.map(of_entry).collect(),
        }
    }

    fn allows(&self, path: &str, code: &str, name: &str) -> bool {
        let is_ignored = |codes: &[String]| codes.iter().any(|prefix| covers(prefix, code));
        is_ignored(&self.codes)
            || self.names.iter().any(|glob| matches(glob, name))
            || self.per_file.iter().any(|(glob, codes)| {
                is_ignored(codes) && repository::covered(&self.base, glob, &[path.to_owned()]).contains(&true)
            })
    }
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
