//! The command that scans a project's dependencies, by how they are declared.

use plimsoll_sdk::paths::{join, nearest};
use plimsoll_sdk::prelude::*;

/// A scan of the dependencies of one project.
pub(crate) struct Audit {
    pub(crate) command: &'static str,
    /// The project's folder.
    pub(crate) folder: String,
}

/// The scan of the project at the root, or of the only one; none when several would have to be scanned.
pub(crate) fn audit() -> Option<Audit> {
    let projects: Vec<Project> = project::projects().into_iter().filter(|project| project.has_source).collect();
    let root = projects.iter().find(|project| project.root.is_empty());
    let project = root.or(projects.first().filter(|_| projects.len() == 1))?;
    let exists = |name: &str| repository::exists(&join(&project.root, name));
    let is_installed = !project::dependencies(&["pip-audit"]).is_empty();
    let command = match () {
        () if nearest(&project.root, &["uv.lock"]).is_some() && is_installed => "uv run --locked pip-audit",
        () if nearest(&project.root, &["uv.lock"]).is_some() => "uv run --locked --with pip-audit pip-audit",
        () if exists("requirements.txt") => "uvx pip-audit -r requirements.txt",
        () if documents::read(&join(&project.root, "pyproject.toml"), &["project"]).is_ok() => "uvx pip-audit .",
        () => return None,
    };
    Some(Audit { command, folder: project.root.clone() })
}
