//! Projects with dependencies and no lock file of uv.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// The project has dependencies and no `uv.lock`.
    ///
    /// Without a lock file every install resolves anew, and what runs in production was tested by nobody. Run `uv lock`
    /// and commit the file.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `uv.lock`
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// A workspace has one lock file for all its members, and a project without dependencies needs none:
    ///
    /// ```toml good pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// ```
    /// ```toml good uv.lock
    /// version = 1
    /// ```
    /// ```toml good packages/app/pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python good packages/app/src/app/__init__.py
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static MISSING_UV_LOCK = {
        id: "missing-uv-lock",
        requirements: ["4.4.2"],
        check: Check::Project(missing_uv_lock),
    }
}

fn missing_uv_lock(report: &mut Report, project: &Project) {
    let pyproject = project.path("pyproject.toml");
    let other_manager = project.managers.iter().any(|manager| !matches!(manager.as_str(), "uv" | "pip"));
    if !layout::is_product(project) || project.place.path != pyproject || other_manager {
        return;
    }
    let lock = project.path("uv.lock");
    let managed = documents::read(&pyproject, &["tool", "uv", "managed"]).ok();
    let unmanaged = managed.as_deref().and_then(Item::root).and_then(Item::boolean) == Some(false);
    let declares = |dependency: &Dependency| {
        dependency.place.path == pyproject && matches!(dependency.kind.as_str(), "runtime" | "optional" | "development")
    };
    let ignored = repository::ignored(&[&lock]).contains(&true);
    if unmanaged || ignored || !project::dependencies(&["*"]).iter().any(declares) {
        return;
    }
    if layout::nearest(&project.root, &["uv.lock"]).is_none() {
        report.finding(&project.place, "no `uv.lock`").help("run `uv lock` and commit the file");
    }
}
