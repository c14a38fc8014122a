//! Files that the organisation wants.

use plimsoll_sdk::prelude::*;

use crate::entry::{find, place_of_absence, texts};

rule! {
    /// The repository lacks a file.
    ///
    /// `[[require]] files = ["SECURITY.md"]`: globs as `.gitignore` has them, of each at least one file.
    pub(crate) static MISSING_FILE = {
        id: "missing-file",
        requirements: ["house"],
        check: Check::Repository(missing_file),
    }
}

fn missing_file(report: &mut Report) {
    for glob in texts(report, "files") {
        if repository::find(&[&glob]).is_empty()
            && let Some(place) = place_of_absence()
        {
            drop(find(report, &place, format!("there is no `{glob}`")));
        }
    }
}
