//! Paths of a repository: relative to its root, with `/`; the root itself is empty.

use crate::bindings::plimsoll::plugin::types::{Place, Role, Span};
use crate::repository;

/// A path below a folder.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// A path relative to a folder, as a setting writes it, without `.` and `..`; none when it leaves the repository.
pub fn resolve(folder: &str, relative: &str) -> Option<String> {
    if relative.starts_with(['/', '~', '$']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder that holds a path.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether a path is a folder or lies below it.
pub fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A folder and its ancestors, the root last.
pub fn upwards(folder: &str) -> Vec<&str> {
    let mut folders = vec![folder];
    while let Some(folder) = folders.last().copied().filter(|folder| !folder.is_empty()) {
        folders.push(parent(folder));
    }
    folders
}

/// The first of these names that lies in the folder or in one of its ancestors.
pub fn nearest(folder: &str, names: &[&str]) -> Option<String> {
    let mut paths = upwards(folder).into_iter().flat_map(|folder| names.iter().map(move |name| join(folder, name)));
    paths.find(|path| repository::exists(path))
}

/// What a file is there for; none when it is not part of the target.
pub fn role(path: &str) -> Option<Role> {
    repository::find(&[&format!("/{path}")]).into_iter().find(|file| file.path == path).map(|file| file.role)
}

/// The first byte of a file: where something is missing that has no nearer owner.
pub fn start(path: &str) -> Place {
    Place { path: path.to_owned(), span: Span { start: 0, end: 0 } }
}
