//! Where things lie: folders, their ancestors and the project that speaks for the repository.

use plimsoll_sdk::prelude::*;

/// The project at which something is reported that the whole repository lacks: the one nearest to the root. None where
/// no project of the product holds Python code.
pub(crate) fn main_project() -> Option<Project> {
    let mut projects = project::projects();
    if !projects.iter().any(is_product) {
        return None;
    }
    projects.retain(|project| project.root.is_empty() || is_product(project));
    projects.into_iter().next()
}

/// Folders whose projects are no code of the product.
const BESIDE: &[&str] = &["example", "template", "fixture", "sample", "testdata", "benchmark", "tutorial"];

/// Whether a project is code of the product: not an example, a fixture or a template.
pub(crate) fn is_product(project: &Project) -> bool {
    let manifest = &project.place.path;
    project.has_source
        && !is_beside(&project.root)
        && parent(manifest) == project.root
        && role(manifest).is_none_or(|role| matches!(role, Role::Source | Role::Script))
}

/// Whether a folder on the path holds examples, fixtures or templates.
pub(crate) fn is_beside(path: &str) -> bool {
    path.split('/').any(|part| BESIDE.iter().any(|word| part.contains(word)) || part == "tests")
}

/// Whether the repository holds several projects of the product.
pub(crate) fn is_monorepo() -> bool {
    project::projects().iter().filter(|project| is_product(project)).count() > 1
}

/// The role of a file that is part of the target.
pub(crate) fn role(path: &str) -> Option<Role> {
    repository::find(&[path]).into_iter().find(|file| file.path == path).map(|file| file.role)
}

/// A folder and its ancestors, the root last.
pub(crate) fn upwards(folder: &str) -> Vec<&str> {
    let mut folders = vec![folder];
    while let Some(folder) = folders.last().copied().filter(|folder| !folder.is_empty()) {
        folders.push(parent(folder));
    }
    folders
}

/// The first of these names that lies in the folder or in one of its ancestors.
pub(crate) fn nearest(folder: &str, names: &[&str]) -> Option<String> {
    let paths = upwards(folder).into_iter().flat_map(|folder| names.iter().map(move |name| join(folder, name)));
    paths.into_iter().find(|path| repository::exists(path))
}

/// A path below a folder.
pub(crate) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The folder that holds a path; empty for the root.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The first byte of a file.
pub(crate) fn start(path: &str) -> Place {
    Place { path: path.to_owned(), span: Span { start: 0, end: 0 } }
}

/// Names in backticks, with commas between them.
pub(crate) fn quoted<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// Whether a name is in mixedCase: one of its words begins in lower case and has a capital later.
pub(crate) fn is_mixed_case(name: &str) -> bool {
    let words = name.split('_').filter(|word| word.starts_with(|first: char| first.is_ascii_lowercase()));
    let has_hump = |word: &str| {
        word.as_bytes().windows(2).any(|pair| !pair[0].is_ascii_uppercase() && pair[1].is_ascii_uppercase())
    };
    words.into_iter().any(has_hump)
}
