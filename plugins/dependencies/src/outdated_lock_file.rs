//! Lock files that do not fit the declared dependencies.

use std::collections::BTreeSet;

use plimsoll_sdk::paths::{join, parent};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::listed;

use crate::groups::{is_in_pyproject, is_locked, sources};

rule! {
    /// `uv.lock` does not fit the dependencies that are declared.
    ///
    /// `uv sync --frozen` installs what the lock file says: a dependency that was only declared is missing in CI and in
    /// production. Run `uv lock` with every change of `pyproject.toml` and commit both.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = [
    ///   "requests>=2",
    ///   "httpx>=0.27",  # error: the lock file lacks `httpx`
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    ///
    /// [[package]]
    /// name = "app"
    /// version = "0.1.0"
    /// source = { virtual = "." }
    ///
    /// [package.metadata]
    /// requires-dist = [{ name = "requests", specifier = ">=2" }]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["Requests>=2"]
    /// [dependency-groups]
    /// dev = ["pytest"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good uv.lock
    /// version = 1
    ///
    /// [[package]]
    /// name = "app"
    /// version = "0.1.0"
    /// source = { virtual = "." }
    ///
    /// [package.metadata]
    /// requires-dist = [{ name = "requests", specifier = ">=2" }]
    ///
    /// [package.metadata.requires-dev]
    /// dev = [{ name = "pytest" }]
    /// ```
    ///
    /// A member of a workspace has the lock file of the root; what lies beside it is left over:
    ///
    /// ```toml good pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["core"]
    /// ```
    /// ```toml good uv.lock
    /// version = 1
    ///
    /// [[package]]
    /// name = "core"
    /// version = "0.1.0"
    /// source = { editable = "core" }
    ///
    /// [package.metadata]
    /// requires-dist = [{ name = "httpx", specifier = ">=0.27" }]
    /// ```
    /// ```toml good core/pyproject.toml
    /// [project]
    /// name = "core"
    /// dependencies = ["httpx>=0.27"]
    /// ```
    /// ```python good core/src/core/__init__.py
    /// ```
    /// ```toml good core/uv.lock
    /// version = 1
    ///
    /// [[package]]
    /// name = "core"
    /// version = "0.1.0"
    /// source = { editable = "." }
    ///
    /// [package.metadata]
    /// requires-dist = []
    /// ```
    pub(crate) static OUTDATED_LOCK_FILE = {
        id: "outdated-lock-file",
        requirements: ["5.4.3"],
        check: Check::Project(outdated_lock_file),
    }
}

fn outdated_lock_file(report: &mut Report, project: &Project) {
    let path = project.path("pyproject.toml");
    let lock = project.path("uv.lock");
    let (true, Some(name)) = (repository::exists(&lock), &project.name) else {
        return report.not_applicable("5.4.3", "no `uv.lock` beside the project");
    };
    let normalized = |name: &str| name.to_ascii_lowercase().replace(['_', '.'], "-");
    let is_here = |package: &Item<'_>| {
        ["virtual", "editable", "directory"].iter().any(|kind| {
            package.at(&["source", kind]).is_some_and(|path| join("", path.text()).trim_end_matches('/') == ".")
        })
    };
    let is_own = |package: &[Node]| {
        let name_of = |package: Item<'_>| package.get("name").map(|own| normalized(own.text()));
        Item::root(package).and_then(name_of) == Some(normalized(name))
    };
    // The packages from elsewhere are many, and have long lists of files.
    let Ok(origins) = documents::read(&lock, &["package", "*", "source"]) else { return };
    let packages = Item::root(&origins).into_iter().flat_map(Item::children).enumerate();
    let here = packages.filter(|(_, package)| is_here(package)).map(|(index, _)| index.to_string());
    let mut here = here.filter_map(|index| documents::read(&lock, &["package", &index]).ok());
    let Some(own) = here.find(|package| is_own(package)) else { return };
    let Some(own) = Item::root(&own) else { return };
    let dynamic = documents::read(&path, &["project", "dynamic"]).unwrap_or_default();
    let is_dynamic = Item::root(&dynamic)
        .is_some_and(|list| list.strings().iter().any(|key| matches!(*key, "dependencies" | "optional-dependencies")));
    let Some(metadata) = own.get("metadata").filter(|_| !is_dynamic) else { return };
    let names_of = |item: Option<Item<'_>>| -> BTreeSet<String> {
        let items = item.into_iter().flat_map(Item::descendants).filter(|item| item.key() == Some("name"));
        items.map(|name| normalized(name.text())).collect()
    };
    let locked: BTreeSet<String> =
        names_of(metadata.get("requires-dist")).into_iter().chain(names_of(metadata.get("requires-dev"))).collect();
    let from_elsewhere = sources(project);
    let declared: Vec<Dependency> = project::dependencies(&["*"])
        .into_iter()
        .filter(|one| {
            is_in_pyproject(one)
                && is_locked(project, one)
                && one.place.path == path
                && !matches!(one.kind.as_str(), "build" | "constraint")
        })
        .collect();
    let lacking: Vec<&Dependency> =
        declared.iter().filter(|one| !locked.contains(&one.name) && !from_elsewhere.contains(&one.name)).collect();
    if let Some(first) = lacking.first().filter(|_| !is_member(project)) {
        let mut names: Vec<&str> = lacking.iter().map(|one| one.name.as_str()).collect();
        names.dedup();
        report
            .finding(&first.place, format!("the lock file lacks {}", listed(&names)))
            .help("run `uv lock`, and commit `uv.lock`")
            .medium();
    }
}

/// Whether the project belongs to a workspace above it: uv reads the lock file of the workspace's root then, and one
/// beside the project is of no use.
fn is_member(project: &Project) -> bool {
    let root = project.root.trim_end_matches('/');
    let mut folder = root;
    while !folder.is_empty() {
        folder = parent(folder);
        let workspace = documents::read(&join(folder, "pyproject.toml"), &["tool", "uv", "workspace"]);
        let covers = |nodes: &[Node], key: &str| {
            let list = Item::root(nodes).and_then(|table| table.get(key));
            let globs = list.map(|list| list.strings()).unwrap_or_default();
            globs.iter().any(|glob| repository::covered(folder, glob, &[root.to_owned()]).contains(&true))
        };
        if workspace.is_ok_and(|nodes| covers(&nodes, "members") && !covers(&nodes, "exclude")) {
            return repository::exists(&join(folder, "uv.lock"));
        }
    }
    false
}
