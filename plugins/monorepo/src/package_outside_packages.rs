//! Members of the workspace that lie all over the repository.

use plimsoll_sdk::paths::{is_below, join};
use plimsoll_sdk::prelude::*;

use crate::workspace::workspace;

rule! {
    /// The members of the workspace do not lie in `packages/`.
    ///
    /// Readers look for packages there, and one glob lists them all. Move them; `libs/`, `services/` and `apps/` may
    /// stand beside it.
    ///
    /// ```toml bad pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["core", "api"]  # error: none of the 2 members is in `packages/`
    /// ```
    /// ```toml bad core/pyproject.toml
    /// [project]
    /// name = "core"
    /// ```
    /// ```toml bad api/pyproject.toml
    /// [project]
    /// name = "api"
    /// ```
    /// ```toml bad pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["core", "api", "examples"]  # error: none of the 3 members is in `packages/`
    /// ```
    /// ```toml bad core/pyproject.toml
    /// [project]
    /// name = "core"
    /// ```
    /// ```toml bad api/pyproject.toml
    /// [project]
    /// name = "api"
    /// ```
    /// ```toml bad examples/pyproject.toml
    /// [project]
    /// name = "examples"
    /// ```
    /// ```toml good pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*", "services/*"]
    /// ```
    /// ```toml good packages/core/pyproject.toml
    /// [project]
    /// name = "core"
    /// ```
    /// ```toml good services/api/pyproject.toml
    /// [project]
    /// name = "api"
    /// ```
    /// ```toml good services/web/pyproject.toml
    /// [project]
    /// name = "web"
    /// ```
    pub(crate) static PACKAGE_OUTSIDE_PACKAGES = {
        id: "package-outside-packages",
        requirements: ["26.2.3", "26.3.1"],
        check: Check::Repository(package_outside_packages),
        confidence: Low,
    }
}

/// Folders that may stand beside `packages/`.
const BESIDE: &[&str] = &["libs", "services", "apps", "components"];

fn package_outside_packages(report: &mut Report) {
    let Some(workspace) = workspace().filter(|workspace| workspace.members.len() > 1) else {
        for requirement in PACKAGE_OUTSIDE_PACKAGES.requirements {
            report.not_applicable(requirement, "no uv workspace with several members");
        }
        return;
    };
    let is_in = |root: &str, name: &str| is_below(root, &join(&workspace.root, name));
    let count = |name: &str| workspace.members.iter().filter(|member| is_in(&member.root, name)).count();
    let all = workspace.members.len();
    let inside = count("packages");
    let beside: usize = if inside > 0 { BESIDE.iter().map(|name| count(name)).sum() } else { 0 };
    if (inside + beside) * 2 < all {
        // Examples need not lie there, and are members all the same.
        let all = workspace.folders.len();
        let message = match inside {
            0 => format!("none of the {all} members is in `packages/`"),
            _ => format!("{inside} of the {all} members are in `packages/`"),
        };
        report.finding(&workspace.place, message).help("move them to `packages/`, and list `packages/*`");
    }
}
