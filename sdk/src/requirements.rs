//! Changes of the lists of dependencies in a `pyproject.toml`.

use crate::bindings::plimsoll::plugin::report::Edit;
use crate::edit;
use crate::project::{Dependency, Project};
use crate::value::Item;
use crate::{documents, repository};

/// A requirement of a list, as it is written.
pub struct Requirement {
    /// The keys of the list, and the index in it.
    keys: Vec<String>,
    /// The string with its quotes.
    pub literal: String,
}

/// The requirement that a dependency comes from; none where it stands in no list of the project's `pyproject.toml`.
pub fn find(dependency: &Dependency) -> Option<Requirement> {
    let path = &dependency.place.path;
    let group = dependency.group.as_deref();
    let keys: Vec<&str> = match (dependency.kind.as_str(), group) {
        ("runtime", _) => vec!["project", "dependencies"],
        ("optional", Some(extra)) => vec!["project", "optional-dependencies", extra],
        ("development", Some(group)) if documents::read(path, &["dependency-groups", group]).is_ok() => {
            vec!["dependency-groups", group]
        }
        ("development", _) => vec!["tool", "uv", "dev-dependencies"],
        _ => return None,
    };
    let list = documents::read(path, &keys).ok().filter(|_| path.ends_with("pyproject.toml"))?;
    let is_it = |item: &Item<'_>| item.string().is_some() && item.span() == dependency.place.span;
    let index = Item::root(&list)?.children().position(|item| is_it(&item))?;
    let text = repository::read(path).ok()?;
    let span = dependency.place.span;
    let literal = text.get(span.start as usize..span.end as usize)?.to_owned();
    let keys = keys.into_iter().map(str::to_owned).chain([index.to_string()]).collect();
    Some(Requirement { keys, literal })
}

/// Takes dependencies out of their lists. None where one stands in no list, or beside a comment that would be lost or
/// left behind.
pub fn remove(dependencies: &[&Dependency]) -> Option<Vec<Edit>> {
    let mut dependencies = dependencies.to_vec();
    // The last one first: the indexes of those before it stay what they are.
    dependencies.sort_by_key(|dependency| std::cmp::Reverse(dependency.place.span.start));
    let edits: Vec<Edit> = dependencies.into_iter().map(removal).collect::<Option<_>>()?;
    // Lines go before the changes at key paths are made, and would move the indexes.
    let is_line = |edit: &Edit| matches!(edit, Edit::Replace(_));
    (edits.iter().all(is_line) || !edits.iter().any(is_line)).then_some(edits)
}

fn removal(dependency: &Dependency) -> Option<Edit> {
    let requirement = find(dependency)?;
    let place = &dependency.place;
    let text = repository::read(&place.path).ok()?;
    let (before, after) = (text.get(..place.span.start as usize)?, text.get(place.span.end as usize..)?);
    let line_start = before.rsplit_once('\n').map_or(before, |(_, line)| line);
    let line_end = after.lines().next().unwrap_or_default();
    let above = before.lines().rev().nth(1).unwrap_or_default();
    if line_start.trim().is_empty() {
        let is_alone = matches!(line_end.trim(), "" | ",") && !above.trim_start().starts_with('#');
        return if is_alone { edit::delete_lines(place) } else { None };
    }
    let keys: Vec<&str> = requirement.keys.iter().map(String::as_str).collect();
    (!line_end.contains('#')).then(|| edit::remove(&place.path, &keys))
}

/// Adds requirements to what a project installs for development: to `dev`, wherever that is. None where another manager
/// than uv keeps its own lists.
pub fn add_for_development(project: &Project, requirements: &[String]) -> Option<Vec<Edit>> {
    let path = project.path("pyproject.toml");
    let has = |keys: &[&str]| documents::read(&path, keys).is_ok();
    let is_foreign = has(&["tool", "poetry", "dependencies"]) || has(&["tool", "pdm", "dev-dependencies"]);
    if is_foreign || !has(&["project"]) {
        return None;
    }
    const LISTS: &[&[&str]] = &[
        &["dependency-groups", "dev"],
        &["tool", "uv", "dev-dependencies"],
        &["project", "optional-dependencies", "dev"],
    ];
    let list = LISTS.iter().copied().find(|keys| has(keys)).unwrap_or(&["dependency-groups", "dev"]);
    Some(requirements.iter().map(|requirement| edit::append(&path, list, requirement)).collect())
}
