//! Imports that the organisation does not want.

use plimsoll_sdk::prelude::*;

use crate::entry::{Paths, find, slices, texts};

rule! {
    /// A banned module is imported.
    ///
    /// `[[ban]] imports = ["boto3", "botocore.*"]`: dotted names as they are resolved; a module stands for what is in it.
    pub(crate) static BANNED_IMPORT = {
        id: "banned-import",
        requirements: ["house"],
        check: Check::Repository(banned_import),
    }
}

fn banned_import(report: &mut Report) {
    let paths = Paths::of(report);
    let names = texts(report, "imports");
    let mut last: Option<Place> = None;
    for import in python::imports(&slices(&names)) {
        let place = &import.site.place;
        // One statement may bring several names of the same module.
        if !paths.has(place) || last.as_ref().is_some_and(|last| last.path == place.path && last.span == place.span) {
            continue;
        }
        drop(find(report, place, format!("`{}` is imported", import.name)));
        last = Some(place.clone());
    }
}
