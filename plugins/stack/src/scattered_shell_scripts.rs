//! Shell scripts that people start by hand.

use plimsoll_sdk::paths::{file_name, start};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::listed;

use crate::legacy::is_aside;

rule! {
    /// Shell scripts that people start by hand lie around, though there is a `justfile`.
    ///
    /// `just --list` shows every command with a line of explanation; scripts have to be found and read. Make them
    /// recipes. Scripts that something else calls, and those in `scripts/` or `bin/`, are left alone.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```just bad justfile
    /// test:
    ///     uv run pytest
    /// ```
    /// ```sh bad lint.sh
    /// ruff check
    /// ```
    /// ```sh bad start.sh
    /// uvicorn app:app
    /// ```
    /// ```text expect
    /// lint.sh:1: the scripts `lint.sh` and `start.sh` are no recipes
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```just good justfile
    /// test:
    ///     ./lint.sh
    /// ```
    /// ```sh good lint.sh
    /// ruff check
    /// ```
    /// ```sh good scripts/a.sh
    /// ```
    /// ```sh good scripts/b.sh
    /// ```
    pub(crate) static SCATTERED_SHELL_SCRIPTS = {
        id: "scattered-shell-scripts",
        requirements: ["2.1.6.3"],
        check: Check::Repository(scattered_shell_scripts),
        confidence: Low,
        wants: [Want::Search(NAMED, CALLERS)],
    }
}

/// Names of scripts in the files that may call them.
const NAMED: &[&str] = &[r"([\w.-]+\.sh)\b"];
const CALLERS: &[&str] = &[
    "*.yml",
    "*.yaml",
    "*.json",
    "*.toml",
    "Dockerfile*",
    "*.Dockerfile",
    "justfile",
    "Justfile",
    ".justfile",
    "Makefile",
    "*.tf",
    "*.sh",
    "Procfile",
    "*.cfg",
    "*.py",
];
const FOLDERS: &[&str] = &[
    "scripts",
    "script",
    "bin",
    "infra",
    "deploy",
    "docker",
    "k8s",
    "helm",
    "terraform",
    "tools",
    "ci",
    "dev",
    "hack",
    "build",
    "contrib",
    "packaging",
];
/// How many are named.
const MOST_NAMES: usize = 5;

fn scattered_shell_scripts(report: &mut Report) {
    if !["justfile", "Justfile", ".justfile"].iter().any(|name| repository::exists(name)) {
        return report.not_applicable("2.1.6.3", "no `justfile` to gather them in");
    }
    let called = repository::search(NAMED, CALLERS);
    let is_called = |file: &File| {
        called.iter().any(|found| found.place.path != file.path && file_name(&found.text) == file_name(&file.path))
    };
    let is_for_others = |name: &str| {
        ["install", "upgrade", "entrypoint", "docker-entrypoint"].iter().any(|start| name.starts_with(start))
            || name.ends_with("entrypoint.sh")
    };
    let is_elsewhere = |path: &str| path.split('/').any(|part| part.starts_with('.') || FOLDERS.contains(&part));
    let mut scripts = repository::find(&["*.sh"]);
    scripts.retain(|file| {
        matches!(file.role, Role::Source | Role::Script)
            && !is_aside(&file.path)
            && !is_elsewhere(&file.path)
            && !is_for_others(file_name(&file.path))
            && !is_called(file)
    });
    if let (Some(first), true) = (scripts.first(), scripts.len() > 1) {
        let names: Vec<&str> = scripts.iter().take(MOST_NAMES).map(|file| file.path.as_str()).collect();
        report
            .finding(&start(&first.path), format!("the scripts {} are no recipes", listed(&names)))
            .help("make them recipes of the `justfile`");
    }
}
