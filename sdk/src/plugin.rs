//! The contents page of a plugin and the calls that the host makes.

use crate::bindings::plimsoll::plugin::log;
use crate::bindings::plimsoll::plugin::types::Node;
use crate::report::Report;
use crate::rule::Rule;
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
    /// What repositories that extend the plugin inherit, as TOML: levels and options of rules, plugins with their
    /// versions, registries. Empty for a plugin that is no preset.
    pub preset: &'static str,
    /// The rules, in the order in which they run.
    pub rules: &'static [&'static Rule],
}

/// Declares the plugin: its name, title, requirements, its preset if it has one, and rules.
#[macro_export]
macro_rules! plugin {
    (name: $name:literal, title: $title:literal, requirements: $requirements:expr, rules: $rules:tt $(,)?) => {
        $crate::plugin!(name: $name, title: $title, requirements: $requirements, preset: "", rules: $rules);
    };
    (
        name: $name:literal,
        title: $title:literal,
        requirements: $requirements:expr,
        preset: $preset:expr,
        rules: [$($rule:expr),* $(,)?] $(,)?
    ) => {
        static SECTION: $crate::Section = $crate::Section {
            name: $name,
            version: env!("CARGO_PKG_VERSION"),
            title: $title,
            requirements: $requirements,
            preset: $preset,
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
    (rule.run)(rule, &mut Report::new(options));
    Ok(())
}

pub(crate) fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// The options as a value to read.
pub(crate) fn option<'a>(options: &'a [Node], name: &str) -> Option<Item<'a>> {
    Item::root(options)?.get(name)
}
