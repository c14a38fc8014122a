//! Projects that uv does not manage.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

rule! {
    /// Nothing shows that uv manages the project.
    ///
    /// uv locks the dependencies, makes the environment and fetches the interpreter, each in seconds and the same way
    /// everywhere. Run `uv lock` and commit the lock file. Where Poetry, Pipenv, pip-tools or pip are in use, the rules
    /// about these speak.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: uv does not manage the project
    /// name = "app"
    /// dependencies = ["requests"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uv sync --frozen
    /// ```
    pub(crate) static MISSING_UV = {
        id: "missing-uv",
        requirements: ["2.1.2.1"],
        check: Check::Repository(missing_uv),
    }
}

fn missing_uv(report: &mut Report) {
    let Some(project) = main_project() else {
        return report.not_applicable("2.1.2.1", "no Python code of its own");
    };
    let projects = project::projects();
    let managed = |names: &[&str]| {
        projects.iter().flat_map(|project| &project.managers).find(|manager| names.contains(&manager.as_str())).cloned()
    };
    let is_run = || {
        !automation::commands(&["uv", "uvx"]).is_empty()
            || !automation::actions(&["astral-sh/setup-uv"]).is_empty()
            || !automation::hooks(&["uv-*", "pip-compile"]).is_empty()
            || automation::commands(&["*"])
                .iter()
                .any(|command| command.launchers.iter().any(|it| it.starts_with("uv")))
    };
    if managed(&["uv"]).is_some() || is_run() {
        return;
    }
    if let Some(other) = managed(&["poetry", "pipenv", "pip-tools"]) {
        return report.not_applicable("2.1.2.1", &format!("{other} is in use: its own rule speaks"));
    }
    let installs = automation::commands(&["pip", "pip3"]).iter().any(|command| command.has_word(&["install"]));
    if installs {
        return report.not_applicable("2.1.2.1", "pip is in use: its own rule speaks");
    }
    if project::dependencies(&["*"]).is_empty() {
        return report.not_applicable("2.1.2.1", "no dependencies");
    }
    let finding =
        report.finding(&project.place, "uv does not manage the project").help("run `uv lock`, and commit `uv.lock`");
    match managed(&["pdm", "conda", "pixi", "rye", "hatch"]) {
        // Packages of conda may be none of Python.
        Some(manager) if matches!(manager.as_str(), "conda" | "pixi") => finding.low(),
        _ => finding.medium(),
    };
}
