//! Dependencies that the organisation wants.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;

use crate::entry::{Paths, find, texts};
use crate::versions::{Found, Wanted};

rule! {
    /// A project lacks a dependency, or has another version of it.
    ///
    /// `[[require]] dependencies = ["structlog>=24"]`: in each project of the product, whatever group it stands in. The
    /// locked version counts, else the lowest that is allowed.
    pub(crate) static MISSING_DEPENDENCY = {
        id: "missing-dependency",
        requirements: ["house"],
        check: Check::Project(missing_dependency),
    }
}

fn missing_dependency(report: &mut Report, project: &Project) {
    let paths = Paths::of(report);
    if !is_product(project) || !paths.has(&project.place) {
        return;
    }
    for wanted in texts(report, "dependencies").iter().filter_map(|text| Wanted::parse(text)) {
        let found = project::dependencies(&[&wanted.name]);
        let name = &wanted.name;
        let Some(first) = found.first() else {
            drop(find(report, &project.place, format!("`{name}` is no dependency")));
            continue;
        };
        match wanted.has(first) {
            Found::Yes(_) => {}
            Found::No(Some(version)) => {
                drop(find(report, &first.place, format!("`{name}` is {version}, not `{}`", wanted.written)));
            }
            Found::No(None) | Found::Unknown => {
                let message = format!("`{name}` may be another version than `{}`", wanted.written);
                drop(find(report, &first.place, message).medium());
            }
        }
    }
}
