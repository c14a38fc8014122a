//! How what a rule wants to be handed is asked of the host: one runner for each [`Check`], named as it is.

use crate::bindings::plimsoll::plugin::{automation, containers, project, python, repository};
use crate::facts::project::projects;
use crate::facts::{Document, documents};
use crate::plugin::owned;
use crate::report::Report;
use crate::rule::{Check, Rule};

/// Declares runners: the name of the check, what it holds besides the function, and the query.
macro_rules! runners {
    ($($name:ident($($argument:ident),*) => $query:expr;)+) => {
        $(
            #[doc(hidden)]
            #[derive(Debug)]
            pub struct $name;

            impl $name {
                #[doc(hidden)]
                pub fn run(rule: &Rule, report: &mut Report) {
                    if let Check::$name($($argument,)* check) = rule.check {
                        for fact in &$query {
                            check(report, fact);
                        }
                    }
                }
            }
        )+
    };
}

runners! {
    Calls(names) => python::calls(&owned(names));
    Imports(names) => python::imports(&owned(names));
    Definitions(kinds, names) => python::definitions(&owned(kinds), &owned(names));
    Outlines(kinds, names) => python::outlines(&owned(kinds), &owned(names));
    Handlers(names) => python::handlers(&owned(names));
    Assignments(names) => python::assignments(&owned(names));
    Statements(kinds) => python::statements(&owned(kinds));
    Matches(patterns, globs) => repository::search(&owned(patterns), &owned(globs));
    Files(globs) => repository::find(&owned(globs));
    Dependencies(names) => project::dependencies(&owned(names));
    Commands(names) => automation::commands(&owned(names));
    Actions(names) => automation::actions(&owned(names));
    Dockerfiles() => containers::dockerfiles();
    ComposeFiles() => containers::compose_files();
    Project() => projects();
}

#[doc(hidden)]
#[derive(Debug)]
pub struct Repository;

impl Repository {
    #[doc(hidden)]
    pub fn run(rule: &Rule, report: &mut Report) {
        if let Check::Repository(check) = rule.check {
            check(report);
        }
    }
}

#[doc(hidden)]
#[derive(Debug)]
pub struct Documents;

impl Documents {
    #[doc(hidden)]
    pub fn run(rule: &Rule, report: &mut Report) {
        let Check::Documents(globs, check) = rule.check else { return };
        for file in repository::find(&owned(globs)) {
            if let Ok(value) = documents::read(&file.path, &[]) {
                check(report, &Document { file, value });
            }
        }
    }
}
