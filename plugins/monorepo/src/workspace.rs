//! The uv workspace of a repository: its root, what it lists, and its members.

use plimsoll_sdk::paths::{join, parent};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;

/// A workspace.
pub(crate) struct Workspace {
    /// Path of the `pyproject.toml` that declares it.
    pub(crate) path: String,
    /// Its folder.
    pub(crate) root: String,
    /// Where `members` stands, or the table without it.
    pub(crate) place: Place,
    /// The globs of `members`, each with its place.
    pub(crate) globs: Vec<(String, Place)>,
    /// The globs of `exclude`.
    pub(crate) excluded: Vec<String>,
    /// The folders of all its members, the root left out: of examples too.
    pub(crate) folders: Vec<String>,
    /// The projects that it has as members, the root left out, sorted by folder.
    pub(crate) members: Vec<Project>,
}

/// The workspace of the repository, if there is one with members.
pub(crate) fn workspace() -> Option<Workspace> {
    let files = repository::find(&["pyproject.toml"]);
    files.into_iter().filter(|file| matches!(file.role, Role::Source | Role::Script)).find_map(|file| of(&file.path))
}

fn of(path: &str) -> Option<Workspace> {
    let value = documents::read(path, &["tool", "uv", "workspace"]).ok()?;
    let table = Item::root(&value)?;
    let root = parent(path).to_owned();
    let members = table.get("members");
    let place = members.map_or_else(|| table.place(path), |members| members.key_place(path));
    let items = members.into_iter().flat_map(Item::children);
    let globs: Vec<(String, Place)> =
        items.filter_map(|item| Some((clean(item.string()?), item.place(path)))).collect();
    let excluded: Vec<String> =
        table.get("exclude").map(|list| list.strings()).unwrap_or_default().into_iter().map(clean).collect();
    let listed: Vec<String> = globs.iter().flat_map(|(glob, _)| folders(&root, glob)).collect();
    let left_out: Vec<String> = excluded.iter().flat_map(|glob| folders(&root, glob)).collect();
    let mut folders: Vec<String> =
        listed.into_iter().filter(|folder| *folder != root && !left_out.contains(folder)).collect();
    folders.sort();
    folders.dedup();
    let members = project::projects().into_iter().filter(|project| folders.contains(&project.root)).collect();
    Some(Workspace { path: path.to_owned(), root, place, globs, excluded, folders, members })
}

fn clean(glob: &str) -> String {
    glob.trim_start_matches("./").trim_end_matches('/').to_owned()
}

/// The folders with a `pyproject.toml` that a glob of a workspace names.
pub(crate) fn folders(root: &str, glob: &str) -> Vec<String> {
    let pattern = format!("/{}", join(&join(root, glob), "pyproject.toml"));
    repository::find(&[&pattern]).into_iter().map(|file| parent(&file.path).to_owned()).collect()
}

/// The projects of the product that have a `pyproject.toml` of their own, with a name.
pub(crate) fn packages() -> Vec<Project> {
    const GENERATORS: &[&str] = &["scripts", "tools", "docs", "vendor", "third_party", "integrations", ".github"];
    let is_beside = |root: &str| root.split('/').any(|part| GENERATORS.contains(&part) || part.contains("{{"));
    let mut projects = project::projects();
    projects.retain(|project| {
        is_product(project)
            && project.name.is_some()
            && project.place.path.ends_with("pyproject.toml")
            && !is_beside(&project.root)
    });
    projects
}

/// Whether the repository holds several packages, in a workspace or beside each other.
pub(crate) fn is_monorepo() -> bool {
    workspace().is_some_and(|workspace| workspace.members.len() > 1) || packages().len() > 1
}

/// The name of a project as uv compares it.
pub(crate) fn normalized(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}
