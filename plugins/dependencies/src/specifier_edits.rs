//! Edits of the version specifiers in requirements.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::requirements;

/// Makes an exact version the minimum: `==1.2.3` becomes `>=1.2.3`.
pub(crate) fn with_minimum(dependency: &Dependency) -> Option<Edit> {
    let is_single = dependency.specifier.starts_with("==") && !dependency.specifier.contains([',', '*']);
    if !is_single || dependency.specifier.starts_with("===") || dependency.specifier.contains('+') {
        return None;
    }
    rewritten(dependency, &dependency.specifier.replacen("==", ">=", 1))
}

/// Raises the upper bound of a range to the next major version: `~=1.2.3` becomes `>=1.2.3,<2`.
pub(crate) fn with_next_major(dependency: &Dependency) -> Option<Edit> {
    let mut clauses: Vec<String> = Vec::new();
    for clause in dependency.specifier.split(',').map(str::trim) {
        let version = clause.trim_start_matches(['=', '~', '>', '<', ' ']);
        let next = version.split('.').next()?.parse::<u32>().ok()?.checked_add(1)?;
        match clause {
            _ if clause.starts_with("~=") => clauses.extend([format!(">={version}"), format!("<{next}")]),
            _ if clause.starts_with("==") && clause.ends_with(".*") => {
                clauses.extend([format!(">={}", version.trim_end_matches(".*")), format!("<{next}")]);
            }
            _ if clause.starts_with('<') => clauses.push(format!("<{next}")),
            _ if clause.starts_with('>') => clauses.push(clause.to_owned()),
            _ => return None,
        }
    }
    let uppers = clauses.iter().filter(|clause| clause.starts_with('<')).count();
    if uppers == 1 { rewritten(dependency, &clauses.join(",")) } else { None }
}

/// Puts a specifier in place of the one that is written.
fn rewritten(dependency: &Dependency, specifier: &str) -> Option<Edit> {
    let literal = requirements::find(dependency)?.literal;
    // A marker has comparisons, too.
    let requirement = literal.split(';').next()?;
    let written = dependency.specifier.as_str();
    let is_certain = requirement.matches(written).count() == 1;
    if is_certain { edit::replace_words(&dependency.place, written, specifier) } else { None }
}

/// Adds the version of the lock file as the minimum.
pub(crate) fn with_locked_version(dependency: &Dependency) -> Option<(Edit, String)> {
    let locked = project::locked(&dependency.name)?;
    let locked =
        locked.split('+').next().filter(|version| version.starts_with(|first: char| first.is_ascii_digit()))?;
    let literal = requirements::find(dependency)?.literal;
    let quotes = literal.len() - literal.trim_start_matches(['"', '\'']).len();
    if quotes != 1 {
        return None;
    }
    let rest = literal.get(1..)?;
    let name = rest.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter));
    let extras = match name.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1,
        None => name,
    };
    let start = dependency.place.span.start + (literal.len() - extras.len()) as u32;
    let is_plain = extras.trim_start().starts_with(['"', '\'', ';', '<', '!']);
    let comma = if dependency.specifier.is_empty() { "" } else { "," };
    let place = Place { path: dependency.place.path.clone(), span: Span { start, end: start } };
    let specifier = format!(">={locked}{comma}{}", dependency.specifier);
    is_plain.then(|| (edit::replace(&place, format!(">={locked}{comma}")), specifier))
}
