//! Packages and lists of a workspace that do not fit each other.

use plimsoll_sdk::paths::{is_below, join, parent};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_beside;

use crate::workspace::{Workspace, folders, packages, workspace};

rule! {
    /// The workspace lists what is not there, or leaves out a package.
    ///
    /// A package that is not listed is locked and tested by nobody; a glob without a match hides a folder that was
    /// renamed. List every package, or name it in `exclude`.
    ///
    /// ```toml bad pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/core", "libs/*"]  # error: `libs/*` names no package
    /// ```
    /// ```toml bad packages/core/pyproject.toml
    /// [project]
    /// name = "core"
    /// ```
    /// ```python bad packages/core/src/core/__init__.py
    /// ```
    /// ```toml bad packages/api/pyproject.toml
    /// [project]  # error: the workspace does not list `packages/api`
    /// name = "api"
    /// ```
    /// ```python bad packages/api/src/api/__init__.py
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [tool.uv.workspace]
    /// members = [
    ///     "packages/core", # first
    /// ]
    /// ```
    /// ```toml bad packages/core/pyproject.toml
    /// [project]
    /// name = "core"
    /// ```
    /// ```python bad packages/core/src/core/__init__.py
    /// ```
    /// ```toml bad packages/api/pyproject.toml
    /// [project]  # error: the workspace does not list `packages/api`
    /// name = "api"
    /// ```
    /// ```python bad packages/api/src/api/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [tool.uv.workspace]
    /// members = [
    ///     "packages/core", # first
    ///     "packages/api",
    /// ]
    /// ```
    /// ```toml fixed packages/core/pyproject.toml
    /// [project]
    /// name = "core"
    /// ```
    /// ```python fixed packages/core/src/core/__init__.py
    /// ```
    /// ```toml fixed packages/api/pyproject.toml
    /// [project]
    /// name = "api"
    /// ```
    /// ```python fixed packages/api/src/api/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// exclude = ["packages/old"]
    /// ```
    /// ```toml good packages/core/pyproject.toml
    /// [project]
    /// name = "core"
    /// ```
    /// ```python good packages/core/src/core/__init__.py
    /// ```
    /// ```toml good packages/old/pyproject.toml
    /// [project]
    /// name = "old"
    /// ```
    /// ```python good packages/old/src/old/__init__.py
    /// ```
    pub(crate) static UNLISTED_MEMBER = {
        id: "unlisted-member",
        requirements: ["26.2.7"],
        check: Check::Repository(unlisted_member),
    }
}

fn unlisted_member(report: &mut Report) {
    let Some(workspace) = workspace() else {
        return report.not_applicable("26.2.7", "no uv workspace");
    };
    for (glob, place) in &workspace.globs {
        let is_plain = !glob.contains(['{', '[', '$']);
        if is_plain && glob != "." && folders(&workspace.root, glob).is_empty() {
            report.finding(place, format!("`{glob}` names no package")).help("delete it, or correct the path").medium();
        }
    }
    let left_out: Vec<String> = workspace.excluded.iter().flat_map(|glob| folders(&workspace.root, glob)).collect();
    let roots: Vec<&str> = workspace.members.iter().map(|member| member.root.as_str()).collect();
    for package in packages() {
        let root = package.root.as_str();
        let is_listed = root == workspace.root || roots.contains(&root) || left_out.iter().any(|it| is_below(root, it));
        // Only a package that lies beside members is taken for a forgotten one.
        let has_siblings = roots.iter().any(|member| parent(member) == parent(root));
        let is_own = documents::read(&join(root, "pyproject.toml"), &["tool", "uv", "workspace"]).is_ok();
        if !is_listed && has_siblings && !is_own && !is_beside(root) {
            report
                .finding(&package.place, format!("the workspace does not list `{root}`"))
                .help("add it to `members` and run `uv lock`, or to `exclude` if it is to stay alone")
                .unsafe_fix(listed(&workspace, root))
                .related(&workspace.place, "the members")
                .medium();
        }
    }
}

/// Lists a package with the path from the workspace to it.
fn listed(workspace: &Workspace, root: &str) -> Option<Edit> {
    let path = match workspace.root.as_str() {
        "" => root,
        folder => root.strip_prefix(folder)?.strip_prefix('/')?,
    };
    let value = format!("\"{path}\"");
    (!path.contains(['"', '\\'])).then(|| edit::append(&workspace.path, &["tool", "uv", "workspace", "members"], value))
}
