//! Settings that the organisation does not want.

use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;

use crate::entry::{Paths, find, slices, text, texts};
use crate::missing_key::{is_value, shown};

rule! {
    /// A document has a banned key, or a banned value of it.
    ///
    /// `[[ban]] document = "pyproject.toml", key = "tool.black"`; with `value` only that value.
    pub(crate) static BANNED_KEY = {
        id: "banned-key",
        requirements: ["house"],
        check: Check::Repository(banned_key),
    }
}

fn banned_key(report: &mut Report) {
    let (document, keys) = (text(report, "document"), texts(report, "key"));
    let paths = Paths::of(report);
    for file in repository::find(&[&document]).iter().filter(|file| paths.has(&start(&file.path))) {
        let Ok(nodes) = documents::read(&file.path, &slices(&keys)) else { continue };
        let Some(found) = Item::root(&nodes) else { continue };
        let place = Place { path: file.path.clone(), span: found.span() };
        match report.option("value") {
            None => drop(find(report, &place, format!("`{}` is set", keys.join(".")))),
            Some(value) if is_value(found, value) => {
                let message = format!("`{}` is {}", keys.join("."), shown(value));
                drop(find(report, &place, message));
            }
            Some(_) => {}
        }
    }
}
