//! A repository of VS Code users without a dev container.

use plimsoll_sdk::paths::{join, nearest};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product;
use plimsoll_sdk::version::{Version, admits};

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
    /// ```json fixed .vscode/settings.json
    /// {"python.testing.pytestEnabled": true}
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```json fixed .devcontainer/devcontainer.json
    /// {
    ///   "name": "app",
    ///   "image": "mcr.microsoft.com/devcontainers/python:3.12",
    ///   "postCreateCommand": "pipx install uv && uv sync",
    ///   "customizations": {
    ///     "vscode": {
    ///       "extensions": ["ms-python.python", "charliermarsh.ruff"],
    ///       "settings": {
    ///         "python.defaultInterpreterPath": "${containerWorkspaceFolder}/.venv/bin/python"
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// ```json bad .vscode/launch.json
    /// {} // error: settings of VS Code, but no dev container
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.10"
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    /// ```
    /// ```text bad .python-version
    /// 3.13.2
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// repos: []
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```json fixed .vscode/launch.json
    /// {}
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.10"
    /// ```
    /// ```toml fixed uv.lock
    /// version = 1
    /// ```
    /// ```text fixed .python-version
    /// 3.13.2
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// repos: []
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```json fixed .devcontainer/devcontainer.json
    /// {
    ///   "name": "app",
    ///   "image": "mcr.microsoft.com/devcontainers/python:3.13",
    ///   "postCreateCommand": "pipx install uv && uv sync && uvx pre-commit install",
    ///   "customizations": {
    ///     "vscode": {
    ///       "extensions": ["ms-python.python", "charliermarsh.ruff"],
    ///       "settings": {
    ///         "python.defaultInterpreterPath": "${containerWorkspaceFolder}/.venv/bin/python"
    ///       }
    ///     }
    ///   }
    /// }
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
    let Some(project) = product::main_project() else { return };
    if !repository::find(&["devcontainer.json", ".devcontainer.json"]).is_empty() {
        return;
    }
    let Some(name) = SETTINGS.iter().find(|name| repository::exists(&format!(".vscode/{name}"))) else { return };
    let place = Place { path: format!(".vscode/{name}"), span: Span { start: 0, end: 0 } };
    report
        .finding(&place, "settings of VS Code, but no dev container")
        .help("add `.devcontainer/devcontainer.json` with the Python version and the tools of the project")
        .unsafe_fix(devcontainer(&project))
        .medium();
}

/// The configuration of a container with the project's Python and what its manager installs; none for a project that no
/// manager of a `pyproject.toml` knows.
fn devcontainer(project: &Project) -> Option<Edit> {
    let folder = if repository::exists("pyproject.toml") { "" } else { &project.root };
    if documents::read(&join(folder, "pyproject.toml"), &[]).is_err() {
        return None;
    }
    let uses = |name: &str| project.managers.iter().any(|manager| manager == name);
    let install = match () {
        () if uses("uv") || !(uses("poetry") || uses("pdm")) => "pipx install uv && uv sync",
        () if uses("poetry") => "pipx install poetry && POETRY_VIRTUALENVS_IN_PROJECT=1 poetry install",
        () => "pipx install pdm && pdm install",
    };
    let hooks = match repository::exists(".pre-commit-config.yaml") {
        true if install.contains("uv") => " && uvx pre-commit install",
        true => " && pipx run pre-commit install",
        false => "",
    };
    let change = if folder.is_empty() { String::new() } else { format!("cd {folder} && ") };
    let name = project.name.as_deref().unwrap_or("app");
    let is_plain = |text: &str| text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./".contains(letter));
    let python = python_version(project)?;
    let text = format!(
        r#"{{
  "name": "{name}",
  "image": "mcr.microsoft.com/devcontainers/python:{python}",
  "postCreateCommand": "{change}{install}{hooks}",
  "customizations": {{
    "vscode": {{
      "extensions": ["ms-python.python", "charliermarsh.ruff"],
      "settings": {{
        "python.defaultInterpreterPath": "${{containerWorkspaceFolder}}/{}"
      }}
    }}
  }}
}}
"#,
        join(folder, ".venv/bin/python")
    );
    (is_plain(name) && is_plain(folder)).then(|| edit::create(".devcontainer/devcontainer.json", text))
}

/// The Python that a project pins, else a current one that it supports.
fn python_version(project: &Project) -> Option<String> {
    const CURRENT: &[&str] = &["3.12", "3.13", "3.14", "3.11", "3.10"];
    let pin = nearest(&project.root, &[".python-version"]).and_then(|path| repository::read(&path).ok());
    let pinned =
        pin.as_deref().and_then(|text| text.lines().next()).map(str::trim).filter(|it| Version::parse(it).is_some());
    if let Some(pinned) = pinned {
        return Some(pinned.split('.').take(2).collect::<Vec<_>>().join("."));
    }
    let supported = project.requires_python.as_deref().unwrap_or_default();
    let is_supported = |version: &&&str| Version::parse(version).is_some_and(|version| admits(supported, version));
    CURRENT.iter().find(is_supported).map(|version| (*version).to_owned())
}
