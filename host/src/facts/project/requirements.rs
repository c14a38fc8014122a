//! Requirements files, with the files that they refer to.

use std::collections::BTreeSet;

use super::dependencies::{Found, requirement};
use crate::facts::Facts;
use crate::plugin::wit::{Place, Span};
use crate::repository::{file_name, join, parent};

/// More files than this are not followed.
const MOST_FILES: usize = 50;

/// The requirements of a file and of the files that it includes.
pub(super) fn requirements(facts: &Facts, path: &str, seen: &mut BTreeSet<String>) -> Vec<Found> {
    let kind = kind(path);
    let mut found = Vec::new();
    read(facts, path, kind, seen, &mut found);
    found
}

/// What the dependencies of a file are for, by its name.
fn kind(path: &str) -> &'static str {
    let name = path.to_lowercase();
    let name = name.strip_prefix("requirements/").unwrap_or(&name);
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["constraint"]) {
        "constraint"
    } else if has(&[
        "dev", "test", "lint", "doc", "ci", "typing", "mypy", "style", "format", "bench", "local", "release", "build",
        "tool", "optional",
    ]) {
        "development"
    } else {
        "runtime"
    }
}

fn read(facts: &Facts, path: &str, kind: &'static str, seen: &mut BTreeSet<String>, found: &mut Vec<Found>) {
    if seen.len() >= MOST_FILES || !seen.insert(path.to_owned()) {
        return;
    }
    let Ok(text) = facts.repository().read(path) else { return };
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let content = line.trim_end();
        let body = content.trim_start();
        let indent = content.len() - body.len();
        let body = body.split(" #").next().unwrap_or(body).trim_end();
        let body = body.trim_end_matches('\\').trim_end();
        let included = ["-r ", "--requirement ", "--requirement=", "-c ", "--constraint ", "--constraint=", "-r", "-c"]
            .into_iter()
            .find_map(|option| Some((option, body.strip_prefix(option)?)));
        if let Some((option, other)) = included {
            if let Some(other) = join(parent(path), other.trim()) {
                let kind = if option.starts_with("-c") || option.starts_with("--c") { "constraint" } else { kind };
                read(facts, &other, kind, seen, found);
            }
            continue;
        }
        if body.is_empty() || body.starts_with('#') || body.starts_with('-') {
            continue;
        }
        let body = body.split(" --hash").next().unwrap_or(body).trim_end().trim_end_matches('\\').trim_end();
        let begin = (start + indent) as u32;
        let place = Place { path: path.to_owned(), span: Span { start: begin, end: begin + body.len() as u32 } };
        found.extend(requirement(body, kind, Some(file_name(path)), place));
    }
}
