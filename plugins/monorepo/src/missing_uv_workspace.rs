//! Packages of one repository that are no workspace.

use plimsoll_sdk::paths::{join, parent};
use plimsoll_sdk::prelude::*;

use crate::workspace::{normalized, packages, workspace};

rule! {
    /// The packages of the repository are no uv workspace.
    ///
    /// Each package has its own lock file, so they disagree about versions, and a change of one is not tested with the
    /// others. List them in `tool.uv.workspace` of a `pyproject.toml` at the root.
    ///
    /// ```toml bad packages/core/pyproject.toml
    /// [project]
    /// name = "core"
    /// ```
    /// ```python bad packages/core/src/core/__init__.py
    /// ```
    /// ```toml bad packages/api/pyproject.toml
    /// [project]  # error: 2 packages and no uv workspace
    /// name = "api"
    /// dependencies = ["core"]
    /// ```
    /// ```python bad packages/api/src/api/__init__.py
    /// ```
    /// ```toml bad packages/api/uv.lock
    /// version = 1
    /// ```
    /// ```toml good pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// ```
    /// ```toml good packages/core/pyproject.toml
    /// [project]
    /// name = "core"
    /// ```
    /// ```python good packages/core/src/core/__init__.py
    /// ```
    /// ```toml good packages/api/pyproject.toml
    /// [project]
    /// name = "api"
    /// ```
    /// ```python good packages/api/src/api/__init__.py
    /// ```
    pub(crate) static MISSING_UV_WORKSPACE = {
        id: "missing-uv-workspace",
        requirements: ["26.2.1"],
        check: Check::Repository(missing_uv_workspace),
    }
}

/// Folders that packages of one product lie in.
const PARENTS: &[&str] = &["packages", "libs", "services", "apps", "components"];

fn missing_uv_workspace(report: &mut Report) {
    let packages = packages();
    let (Some(first), true) = (packages.first(), packages.len() > 1) else {
        return report.not_applicable("26.2.1", "no monorepo");
    };
    if workspace().is_some() {
        return;
    }
    let uses_uv = packages.iter().any(|package| package.managers.iter().any(|manager| manager == "uv"))
        || repository::exists("uv.lock");
    let other_build = ["pants.toml", "BUILD.bazel", "WORKSPACE", "MODULE.bazel"];
    if !uses_uv || other_build.iter().any(|file| repository::exists(file)) {
        return report.not_applicable("26.2.1", "uv does not manage the packages");
    }
    let names: Vec<String> = packages.iter().filter_map(|package| package.name.as_deref()).map(normalized).collect();
    let dependencies = project::dependencies(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let is_own = |dependency: &Dependency| {
        let holder = packages.iter().find(|package| parent(&dependency.place.path) == package.root);
        holder.is_some_and(|package| package.name.as_deref().map(normalized).as_deref() != Some(&*dependency.name))
    };
    let depends = dependencies.iter().any(is_own);
    let folder_of = |package: &Project| parent(&package.root).rsplit('/').next().unwrap_or_default().to_owned();
    let beside = packages.iter().filter(|package| PARENTS.contains(&folder_of(package).as_str())).count();
    if depends || beside > 1 {
        let root = repository::exists("pyproject.toml").then(|| plimsoll_sdk::paths::start("pyproject.toml"));
        let place = root.unwrap_or_else(|| first.place.clone());
        let common = join(parent(&first.root), "*");
        report
            .finding(&place, format!("{} packages and no uv workspace", packages.len()))
            .help(format!("list them in `tool.uv.workspace.members` of the root: `[\"{common}\"]`"))
            .medium();
    }
}
