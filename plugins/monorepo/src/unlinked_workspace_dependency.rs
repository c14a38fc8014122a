//! Dependencies between members that uv does not take from the workspace.

use plimsoll_sdk::paths::{join, parent};
use plimsoll_sdk::prelude::*;

use crate::workspace::{Workspace, normalized, workspace};

rule! {
    /// A member depends on another one without saying that it comes from the workspace.
    ///
    /// Without an entry in `tool.uv.sources` uv refuses to lock, or takes a package of that name from an index; with a
    /// path, the package is built once more outside of the workspace. Write `name = { workspace = true }`.
    ///
    /// ```toml bad pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// ```
    /// ```toml bad packages/core/pyproject.toml
    /// [project]
    /// name = "acme-core"
    /// ```
    /// ```toml bad packages/api/pyproject.toml
    /// [project]
    /// name = "acme-api"
    /// dependencies = [
    ///   "acme_core",  # error: `acme-core` is not taken from the workspace
    /// ]
    /// ```
    /// ```toml bad packages/web/pyproject.toml
    /// [project]
    /// name = "acme-web"
    /// dependencies = ["acme-core"]
    /// [tool.uv.sources]
    /// acme-core = { path = "../core" }  # error: `acme-core` is taken from a path
    /// ```
    /// ```toml fixed pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// ```
    /// ```toml fixed packages/core/pyproject.toml
    /// [project]
    /// name = "acme-core"
    /// ```
    /// ```toml fixed packages/api/pyproject.toml
    /// [project]
    /// name = "acme-api"
    /// dependencies = [
    ///   "acme_core",
    /// ]
    ///
    /// [tool.uv.sources]
    /// acme-core = { workspace = true }
    /// ```
    /// ```toml fixed packages/web/pyproject.toml
    /// [project]
    /// name = "acme-web"
    /// dependencies = ["acme-core"]
    /// [tool.uv.sources]
    /// acme-core = { workspace = true }
    /// ```
    /// ```toml good pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// [tool.uv.sources]
    /// acme-base = { workspace = true }
    /// ```
    /// ```toml good packages/base/pyproject.toml
    /// [project]
    /// name = "acme-base"
    /// optional-dependencies = { all = ["acme-base[fast]"] }
    /// ```
    /// ```toml good packages/core/pyproject.toml
    /// [project]
    /// name = "acme-core"
    /// dependencies = ["acme-base"]
    /// ```
    /// ```toml good packages/api/pyproject.toml
    /// [project]
    /// name = "acme-api"
    /// dependencies = ["acme-core"]
    /// [tool.uv.sources]
    /// acme-core = { workspace = true }
    /// ```
    pub(crate) static UNLINKED_WORKSPACE_DEPENDENCY = {
        id: "unlinked-workspace-dependency",
        requirements: ["26.2.8"],
        check: Check::Repository(unlinked_workspace_dependency),
    }
}

fn unlinked_workspace_dependency(report: &mut Report) {
    let Some(workspace) = workspace().filter(|workspace| workspace.members.len() > 1) else {
        return report.not_applicable("26.2.8", "no uv workspace with several members");
    };
    let names: Vec<String> =
        workspace.members.iter().filter_map(|member| member.name.as_deref()).map(normalized).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let root_sources = sources(&workspace.path);
    let mut said: Vec<(String, String)> = Vec::new();
    for dependency in project::dependencies(&names) {
        let Some(member) = holder(&workspace, &dependency) else { continue };
        let is_itself = member.name.as_deref().map(normalized).as_deref() == Some(dependency.name.as_str());
        let key = (member.root.clone(), dependency.name.clone());
        if is_itself || said.contains(&key) {
            continue;
        }
        let path = join(&member.root, "pyproject.toml");
        let own = sources(&path);
        let entry = entry(&own, &dependency.name)
            .map(|item| (item, path.as_str()))
            .or_else(|| entry(&root_sources, &dependency.name).map(|item| (item, workspace.path.as_str())));
        match entry {
            Some((item, _)) if is_from_workspace(item) => continue,
            Some((item, path)) => {
                let how = ["path", "git", "url", "index"].into_iter().find(|key| item.get(key).is_some());
                let how = how.map_or("somewhere else".to_owned(), |how| format!("a {how}"));
                report
                    .finding(&item.key_place(path), format!("`{}` is taken from {how}", dependency.name))
                    .help(format!("write `{} = {{ workspace = true }}`", dependency.name))
                    .unsafe_fix(
                        item.key().map(|key| edit::set(path, &["tool", "uv", "sources", key], "{ workspace = true }")),
                    )
                    .medium();
            }
            None => {
                report
                    .finding(&dependency.place, format!("`{}` is not taken from the workspace", dependency.name))
                    .help(format!("add `{} = {{ workspace = true }}` to `tool.uv.sources`", dependency.name))
                    .safe_fix([edit::set(&path, &["tool", "uv", "sources", &dependency.name], "{ workspace = true }")])
                    .medium();
            }
        }
        said.push(key);
    }
}

/// The member in whose `pyproject.toml` a dependency stands.
fn holder<'a>(workspace: &'a Workspace, dependency: &Dependency) -> Option<&'a Project> {
    let is_its = |member: &&Project| {
        dependency.place.path.ends_with("pyproject.toml") && parent(&dependency.place.path) == member.root
    };
    workspace.members.iter().find(is_its)
}

fn sources(path: &str) -> documents::Nodes {
    documents::read(path, &["tool", "uv", "sources"]).unwrap_or_default()
}

fn entry<'a>(sources: &'a [Node], name: &str) -> Option<Item<'a>> {
    Item::root(sources)?.children().find(|item| item.key().map(normalized).as_deref() == Some(name))
}

/// Whether a source, or one of several for different markers, is the workspace.
fn is_from_workspace(item: Item<'_>) -> bool {
    let says = |item: Item<'_>| item.get("workspace").and_then(Item::boolean) == Some(true);
    says(item) || item.children().any(says)
}
