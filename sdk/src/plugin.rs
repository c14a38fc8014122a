//! The contents page of a plugin and the calls that the host makes.

use crate::bindings::plimsoll::plugin::types::Node;
use crate::bindings::plimsoll::plugin::{self as host, log};
use crate::facts::{Document, documents};
use crate::report::Report;
use crate::rule::{Check, Rule};
use crate::value::Item;

/// A plugin's contents page. Made by [`plugin!`](crate::plugin).
pub struct Section {
    /// What stands before the slash in a rule's id.
    pub name: &'static str,
    /// The crate's version.
    pub version: &'static str,
    /// What the section is about, in a few words.
    pub title: &'static str,
    /// The requirements as TOML.
    pub requirements: &'static str,
    /// The rules, in the order in which they run.
    pub rules: &'static [&'static Rule],
}

/// Declares the plugin: its name, title, requirements and rules.
#[macro_export]
macro_rules! plugin {
    (name: $name:literal, title: $title:literal, requirements: $requirements:expr, rules: [$($rule:expr),* $(,)?] $(,)?) => {
        static SECTION: $crate::Section = $crate::Section {
            name: $name,
            version: env!("CARGO_PKG_VERSION"),
            title: $title,
            requirements: $requirements,
            rules: &[$($rule),*],
        };

        #[used]
        #[cfg_attr(target_arch = "wasm32", unsafe(link_section = "plimsoll:description"))]
        static DESCRIPTION: [u8; $crate::description_length(&SECTION)] = $crate::write_description(&SECTION);

        const _: () = {
            struct Plugin;

            impl $crate::bindings::exports::plimsoll::plugin::rules::Guest for Plugin {
                fn describe() -> String {
                    $crate::describe(&SECTION)
                }

                fn docs(rule: String) -> String {
                    $crate::docs(&SECTION, &rule)
                }

                fn check(
                    rule: String,
                    options: Vec<$crate::bindings::plimsoll::plugin::types::Node>,
                ) -> Result<(), String> {
                    $crate::check(&SECTION, &rule, options)
                }
            }

            $crate::bindings::export!(Plugin with_types_in $crate::bindings);
        };
    };
}

/// The section's description.
#[doc(hidden)]
pub fn describe(section: &Section) -> String {
    crate::description::describe(section)
}

/// The documentation of a rule; empty for an unknown one.
#[doc(hidden)]
pub fn docs(section: &Section, rule: &str) -> String {
    section.rules.iter().find(|candidate| candidate.id == rule).map_or(String::new(), |rule| {
        rule.docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    })
}

/// Sends the text of a panic to the host, which can't see it otherwise.
#[doc(hidden)]
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| log::panic(&panic.to_string())));
}

/// Runs one rule on the current target.
///
/// # Errors
/// When the section has no such rule.
#[doc(hidden)]
pub fn check(section: &Section, rule: &str, options: Vec<Node>) -> Result<(), String> {
    report_panics();
    let Some(rule) = section.rules.iter().find(|candidate| candidate.id == rule) else {
        return Err(format!("`{}` has no rule `{rule}`", section.name));
    };
    let mut report = Report::new(options);
    run(rule, &mut report);
    Ok(())
}

fn run(rule: &Rule, report: &mut Report) {
    let report = &mut *report;
    match rule.check {
        Check::Calls(names, check) => each(report, host::python::calls(&owned(names)), check),
        Check::Imports(names, check) => each(report, host::python::imports(&owned(names)), check),
        Check::Definitions(kinds, names, check) => {
            each(report, host::python::definitions(&owned(kinds), &owned(names)), check);
        }
        Check::Handlers(names, check) => each(report, host::python::handlers(&owned(names)), check),
        Check::Assignments(names, check) => each(report, host::python::assignments(&owned(names)), check),
        Check::Statements(kinds, check) => each(report, host::python::statements(&owned(kinds)), check),
        Check::Matches(patterns, globs, check) => {
            each(report, host::repository::search(&owned(patterns), &owned(globs)), check);
        }
        Check::Files(globs, check) => each(report, host::repository::find(&owned(globs)), check),
        Check::Documents(globs, check) => {
            for file in host::repository::find(&owned(globs)) {
                if let Ok(value) = documents::read(&file.path, &[]) {
                    check(report, &Document { file, value });
                }
            }
        }
        Check::Dependencies(names, check) => each(report, host::project::dependencies(&owned(names)), check),
        Check::Commands(names, check) => each(report, host::automation::commands(&owned(names)), check),
        Check::Actions(names, check) => each(report, host::automation::actions(&owned(names)), check),
        Check::Dockerfiles(check) => each(report, host::containers::dockerfiles(), check),
        Check::ComposeFiles(check) => each(report, host::containers::compose_files(), check),
        Check::Project(check) => each(report, host::project::projects(), check),
        Check::Repository(check) => check(report),
    }
}

fn each<Fact>(report: &mut Report, facts: Vec<Fact>, check: fn(&mut Report, &Fact)) {
    for fact in &facts {
        check(report, fact);
    }
}

pub(crate) fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// The options as a value to read.
pub(crate) fn option<'a>(options: &'a [Node], name: &str) -> Option<Item<'a>> {
    Item::root(options)?.get(name)
}
