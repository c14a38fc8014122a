//! One requirement, taken apart into what is written: name, extras, version, marker.
//!
//! Versions and markers are kept as they stand, valid or not, so that nothing that someone declared is lost. They are
//! not evaluated, which is why no parser of PEP 508 is asked: it would give their normal form, refuse the rest, and
//! build decision diagrams of markers that a hostile file makes exponentially large.

use std::collections::BTreeSet;

use super::{Place, normalised};
use crate::plugin::wit::project::Dependency;

/// Names longer than this are no names.
const LONGEST_NAME: usize = 200;

/// Reads one requirement. A bare path or an address that names no distribution gives none.
pub(super) fn requirement(text: &str, kind: &str, group: Option<&str>, place: Place) -> Option<Dependency> {
    let text = text.trim();
    let (text, marker) = match split_marker(text) {
        Some((text, marker)) => (text.trim_end(), Some(marker.trim().to_owned()).filter(|marker| !marker.is_empty())),
        None => (text, None),
    };
    let dependency = |name: &str, extras: BTreeSet<String>, specifier: &str| {
        let is_name = name.len() <= LONGEST_NAME && name.starts_with(|first: char| first.is_ascii_alphanumeric());
        is_name.then(|| Dependency {
            name: normalised(name),
            extras: extras.into_iter().collect(),
            specifier: specifier.to_owned(),
            marker,
            kind: kind.to_owned(),
            group: group.map(str::to_owned),
            place,
        })
    };
    let end =
        text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter))).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let (extras, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((extras, rest)) => (extras, rest.trim_start()),
        None => ("", rest),
    };
    let extras = extras.split(',').map(normalised).filter(|extra| !extra.is_empty()).collect();
    match rest.chars().next() {
        Some('@') => dependency(name, extras, rest),
        // An address or a path: `git+https://host/x.git#egg=name`, `./wheels/x.whl`.
        Some(':' | '/' | '\\' | '+' | '%' | '#') => {
            let (_, egg) = text.split_once("egg=")?;
            let egg = egg.split(['&', '[', ' ']).next().unwrap_or(egg);
            dependency(egg, BTreeSet::new(), &format!("@ {text}"))
        }
        None if is_archive(name) => None,
        // Prose is no requirement; versions begin with an operator, sometimes in brackets, or leave it out.
        Some(first) if first.is_alphabetic() || first == '{' || first == '"' || first == '\'' => None,
        _ => {
            let specifier = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(rest);
            dependency(name, extras, specifier.trim())
        }
    }
}

/// Splits a requirement from its marker. The semicolon of an address only counts after a space.
fn split_marker(text: &str) -> Option<(&str, &str)> {
    if text.contains("://") { text.split_once(" ;") } else { text.split_once(';') }
}

fn is_archive(name: &str) -> bool {
    name.starts_with('.') || [".whl", ".zip", ".tar.gz", ".txt", ".in"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shown: &str) {
        let place = super::super::start_of("x");
        let found = requirement(text, "runtime", None, place).map_or_else(String::new, |one| {
            format!("{}|{}|{}|{}", one.name, one.extras.join(","), one.specifier, one.marker.unwrap_or_default())
        });
        assert_eq!(found, shown, "{text}");
    }

    #[test]
    fn parts_are_kept_as_written() {
        check(
            "Zope.Interface[ Test, b_c ] >=1.0, <2 ; python_version < '3.9'",
            "zope-interface|b-c,test|>=1.0, <2|python_version < '3.9'",
        );
        check("a (>=1)", "a||>=1|");
        check("a==1.*;os_name=='nt'", "a||==1.*|os_name=='nt'");
        check("a @ https://host/a;b.zip ; extra == 'x'", "a||@ https://host/a;b.zip|extra == 'x'");
        check("a^1.0", "a||^1.0|");
        check("a 1.0", "a||1.0|");
        check(
            "git+https://host/x.git@main#egg=My_Name&subdirectory=y",
            "my-name||@ git+https://host/x.git@main#egg=My_Name&subdirectory=y|",
        );
    }

    #[test]
    fn paths_and_prose_are_no_requirements() {
        for text in [
            "",
            "./lib",
            "wheels/a.whl",
            "a-1.0-py3-none-any.whl",
            "https://host/a.zip",
            "this is text",
            "{{ name }}",
            "[x",
            "é",
        ] {
            check(text, "");
        }
        check(&format!("{}==1", "a".repeat(1_000_000)), "");
        check(&format!("a; {}", "(".repeat(1_000_000)), &format!("a|||{}", "(".repeat(1_000_000)));
    }
}
