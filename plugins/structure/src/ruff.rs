//! What ruff's settings of naming allow.

use std::collections::BTreeMap;

use plimsoll_sdk::paths::parent;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::lint;
use plimsoll_sdk::settings::{RUFF, Setting, Settings};

/// The settings of all folders that were asked about, each read once.
#[derive(Default)]
pub(crate) struct Naming(BTreeMap<String, Settings>);

impl Naming {
    /// Whether the settings that hold for a file ignore a code of pep8-naming, for all names or for this one.
    pub(crate) fn allows(&mut self, path: &str, code: &str, name: &str) -> bool {
        let folder = parent(path);
        if !self.0.contains_key(folder) {
            self.0.insert(folder.to_owned(), Settings::of(&RUFF, folder));
        }
        self.0.get(folder).is_some_and(|settings| allows(settings, path, code, name))
    }
}

fn allows(settings: &Settings, path: &str, code: &str, name: &str) -> bool {
    let all = |keys: &[&str]| -> Vec<Setting<'_>> {
        let of_layer = |layer| lint(layer, keys);
        settings.layers.iter().filter_map(of_layer).collect()
    };
    let has = |keys: &[&str], is_it: &dyn Fn(&str) -> bool| {
        all(keys).iter().flat_map(|setting| setting.value.strings()).any(is_it)
    };
    let is_code = |prefix: &str| covers(prefix, code);
    let is_name = |glob: &str| matches(glob, name);
    if has(&["ignore"], &is_code)
        || has(&["extend-ignore"], &is_code)
        || has(&["pep8-naming", "ignore-names"], &is_name)
        || has(&["pep8-naming", "extend-ignore-names"], &is_name)
    {
        return true;
    }
    let tables = [all(&["per-file-ignores"]), all(&["extend-per-file-ignores"])].concat();
    tables.iter().flat_map(|table| table.value.children()).any(|entry| {
        entry.strings().into_iter().any(is_code)
            && repository::covered(settings.base(), entry.key().unwrap_or_default(), &[path.to_owned()]).contains(&true)
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
