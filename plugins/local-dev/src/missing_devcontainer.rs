//! A repository of VS Code users without a dev container.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product;

rule! {
    /// The repository has settings of VS Code, and no dev container.
    ///
    /// The editor is set up alike for everyone, the environment that it runs in is not. Add
    /// `.devcontainer/devcontainer.json` with the Python version and the tools of the project.
    ///
    /// ```json bad .vscode/settings.json
    /// {"python.testing.pytestEnabled": true} // error: settings of VS Code, but no dev container
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// ```json good .vscode/settings.json
    /// {"python.testing.pytestEnabled": true}
    /// ```
    /// ```json good .devcontainer/devcontainer.json
    /// {"image": "mcr.microsoft.com/devcontainers/python:3.13", "postCreateCommand": "uv sync"}
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static MISSING_DEVCONTAINER = {
        id: "missing-devcontainer",
        requirements: ["4.3.1", "24.1.1"],
        check: Check::Repository(missing_devcontainer),
    }
}

const SETTINGS: &[&str] = &["settings.json", "launch.json", "tasks.json", "extensions.json"];

fn missing_devcontainer(report: &mut Report) {
    if product::main_project().is_none() || !repository::find(&["devcontainer.json", ".devcontainer.json"]).is_empty() {
        return;
    }
    let Some(name) = SETTINGS.iter().find(|name| repository::exists(&format!(".vscode/{name}"))) else { return };
    let place = Place { path: format!(".vscode/{name}"), span: Span { start: 0, end: 0 } };
    report
        .finding(&place, "settings of VS Code, but no dev container")
        .help("add `.devcontainer/devcontainer.json` with the Python version and the tools of the project")
        .medium();
}
