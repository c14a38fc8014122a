//! Dependencies that the organisation does not want.

use plimsoll_sdk::prelude::*;

use crate::entry::{Paths, find, texts};
use crate::versions::{Found, Wanted};

rule! {
    /// A banned package is declared as a dependency.
    ///
    /// `[[ban]] dependencies = ["celery", "requests<2.32"]`. With versions the locked one counts, else the lowest that is
    /// allowed; what is neither locked nor bounded below is a likely finding.
    pub(crate) static BANNED_DEPENDENCY = {
        id: "banned-dependency",
        requirements: ["house"],
        check: Check::Project(banned_dependency),
    }
}

fn banned_dependency(report: &mut Report, _: &Project) {
    let paths = Paths::of(report);
    for wanted in texts(report, "dependencies").iter().filter_map(|text| Wanted::parse(text)) {
        for dependency in project::dependencies(&[&wanted.name]) {
            if !paths.has(&dependency.place) {
                continue;
            }
            let name = &dependency.name;
            match wanted.has(&dependency) {
                Found::Yes(None) => drop(find(report, &dependency.place, format!("`{name}` is a dependency"))),
                Found::Yes(Some(version)) => {
                    drop(find(
                        report,
                        &dependency.place,
                        format!("`{name}` is {version}, one of `{}`", wanted.written),
                    ));
                }
                Found::Unknown => {
                    let message = format!("`{name}` may be one of `{}`", wanted.written);
                    drop(find(report, &dependency.place, message).medium());
                }
                Found::No(_) => {}
            }
        }
    }
}
