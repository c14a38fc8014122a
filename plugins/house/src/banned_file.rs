//! Files that the organisation does not want.

use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;

use crate::entry::{Paths, find, slices, texts};

rule! {
    /// A banned file is in the repository.
    ///
    /// `[[ban]] files = ["**/*.ipynb"]`: globs as `.gitignore` has them.
    pub(crate) static BANNED_FILE = {
        id: "banned-file",
        requirements: ["house"],
        check: Check::Repository(banned_file),
    }
}

fn banned_file(report: &mut Report) {
    let paths = Paths::of(report);
    let globs = texts(report, "files");
    for file in repository::find(&slices(&globs)) {
        let place = start(&file.path);
        if paths.has(&place) {
            drop(find(report, &place, format!("`{}` is in the repository", file.path)));
        }
    }
}
