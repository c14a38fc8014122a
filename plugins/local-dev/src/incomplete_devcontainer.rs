//! A dev container that leaves a part of the environment to each developer.

use plimsoll_sdk::prelude::*;

rule! {
    /// The dev container leaves a part of the environment open.
    ///
    /// What the container does not bring, everyone installs by hand and differently. Name an image with a version,
    /// install the tools when the container is made, and give the editor its extensions and settings.
    ///
    /// ```json bad .devcontainer/devcontainer.json
    /// { // error: no image, `build` or `dockerComposeFile`
    ///   "postCreateCommand": "uv sync",
    ///   "customizations": {"vscode": {"extensions": ["charliermarsh.ruff"], "settings": {"editor.formatOnSave": true}}}
    /// }
    /// ```
    ///
    /// ```json bad .devcontainer/devcontainer.json
    /// { // error: installs no tools
    ///   "image": "mcr.microsoft.com/devcontainers/python:3.13",
    ///   "customizations": {"vscode": {"extensions": ["charliermarsh.ruff"], "settings": {"editor.formatOnSave": true}}}
    /// }
    /// ```
    ///
    /// ```json bad .devcontainer/devcontainer.json
    /// { // error: recommends no extensions
    ///   "image": "mcr.microsoft.com/devcontainers/python:3.13",
    ///   "postCreateCommand": "uv sync",
    ///   "customizations": {"vscode": {"settings": {"editor.formatOnSave": true}}}
    /// }
    /// ```
    /// ```json fixed .devcontainer/devcontainer.json
    /// {
    ///   "image": "mcr.microsoft.com/devcontainers/python:3.13",
    ///   "postCreateCommand": "uv sync",
    ///   "customizations": {"vscode": {"settings": {"editor.formatOnSave": true}, "extensions": ["ms-python.python", "charliermarsh.ruff"]}}
    /// }
    /// ```
    ///
    /// ```json bad .devcontainer/devcontainer.json
    /// { // error: recommends no extensions
    ///   "image": "mcr.microsoft.com/devcontainers/python:3.13",
    ///   "postCreateCommand": "uv sync",
    ///   "customizations": {
    ///     "vscode": {
    ///       "settings": {"editor.formatOnSave": true}, // on save
    ///     },
    ///   },
    /// }
    /// ```
    /// ```json fixed .devcontainer/devcontainer.json
    /// {
    ///   "image": "mcr.microsoft.com/devcontainers/python:3.13",
    ///   "postCreateCommand": "uv sync",
    ///   "customizations": {
    ///     "vscode": {
    ///       "settings": {"editor.formatOnSave": true}, // on save
    ///       "extensions": ["ms-python.python", "charliermarsh.ruff"],
    ///     },
    ///   },
    /// }
    /// ```
    ///
    /// ```json bad .devcontainer/devcontainer.json
    /// { // error: gives the editor no settings
    ///   "image": "mcr.microsoft.com/devcontainers/python:3.13",
    ///   "postCreateCommand": "uv sync",
    ///   "customizations": {"vscode": {"extensions": ["charliermarsh.ruff"]}}
    /// }
    /// ```
    ///
    /// ```json bad .devcontainer/devcontainer.json
    /// {
    ///   "image": "mcr.microsoft.com/devcontainers/python", // error: the image `mcr.microsoft.com/devcontainers/python` has no version
    ///   "postCreateCommand": "uv sync",
    ///   "customizations": {
    ///     "vscode": {"extensions": ["charliermarsh.ruff"], "settings": {"editor.formatOnSave": true}}
    ///   }
    /// }
    /// ```
    ///
    /// ```json good .devcontainer/devcontainer.json
    /// {
    ///   "image": "mcr.microsoft.com/devcontainers/python:3.13",
    ///   "postCreateCommand": "uv sync",
    ///   "customizations": {
    ///     "vscode": {"extensions": ["charliermarsh.ruff"], "settings": {"editor.formatOnSave": true}}
    ///   }
    /// }
    /// ```
    ///
    /// A container in a folder without a Python project is not looked at:
    ///
    /// ```json good crates/parser/.devcontainer/devcontainer.json
    /// {"image": "mcr.microsoft.com/devcontainers/rust:1-1-bullseye"}
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static INCOMPLETE_DEVCONTAINER = {
        id: "incomplete-devcontainer",
        requirements: ["24.1.2", "24.1.3", "24.1.4", "24.1.5"],
        check: Check::Documents(&["devcontainer.json", ".devcontainer.json"], incomplete_devcontainer),
    }
}

fn incomplete_devcontainer(report: &mut Report, document: &Document) {
    if document.file.role != Role::Source && !document.path().starts_with(".devcontainer") {
        return;
    }
    // One further down is a project's, or came with code of another language.
    let folder = document.path().split(".devcontainer").next().unwrap_or_default().trim_end_matches('/');
    if !folder.is_empty() && !project::projects().iter().any(|project| project.root == folder) {
        return;
    }
    let has = |paths: &[&[&str]]| {
        paths.iter().any(|keys| {
            document
                .at(keys)
                .is_some_and(|item| item.string().map_or(item.children().next().is_some(), |text| !text.is_empty()))
        })
    };
    let is_built = has(&[&["build"], &["dockerFile"], &["dockerComposeFile"]]);
    let place = document.start();
    if !is_built && !has(&[&["image"]]) {
        report
            .finding(&place, "no image, `build` or `dockerComposeFile`")
            .requirement("24.1.2")
            .help("name an image with its version");
    }
    if let Some(image) = document.at(&["image"]).filter(|image| image.string().is_some_and(is_floating)) {
        report
            .finding(&image.place(document.path()), format!("the image `{}` has no version", image.text()))
            .requirement("24.1.2")
            .help("name a tag with the Python version");
    }
    let commands: &[&[&str]] = &[
        &["features"],
        &["onCreateCommand"],
        &["updateContentCommand"],
        &["postCreateCommand"],
        &["postStartCommand"],
    ];
    if !is_built && !has(commands) {
        report
            .finding(&place, "installs no tools")
            .requirement("24.1.3")
            .help("add a `postCreateCommand` such as `uv sync`");
    }
    let extensions: &[&[&str]] = &[&["customizations", "vscode", "extensions"], &["extensions"]];
    if !has(extensions) && !repository::exists(".vscode/extensions.json") {
        report
            .finding(&place, "recommends no extensions")
            .requirement("24.1.4")
            .medium()
            .help("list them in `customizations.vscode.extensions`")
            .unsafe_fix([edit::set(
                document.path(),
                &["customizations", "vscode", "extensions"],
                "[\"ms-python.python\", \"charliermarsh.ruff\"]",
            )]);
    }
    let settings: &[&[&str]] = &[&["customizations", "vscode", "settings"], &["settings"]];
    if !has(settings) && !repository::exists(".vscode/settings.json") {
        report
            .finding(&place, "gives the editor no settings")
            .requirement("24.1.5")
            .medium()
            .help("add `customizations.vscode.settings`");
    }
}

/// Whether an image stands for another one from day to day: no tag, or `latest`.
fn is_floating(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    !image.contains(['$', '@']) && name.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}
