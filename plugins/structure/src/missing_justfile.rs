//! A repository with Python code and no justfile.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// The repository has no justfile.
    ///
    /// Without one place for the commands of development, everyone remembers other flags, and CI runs something else
    /// than people do. Add a `Justfile` with a recipe for each task and let CI call the same recipes.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no justfile
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// Another task runner is named:
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no justfile, but tasks in `[tool.poe]`
    /// name = "app"
    /// [tool.poe.tasks]
    /// test = "pytest"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```just good justfile
    /// test:
    ///     uv run pytest
    /// ```
    pub(crate) static MISSING_JUSTFILE = {
        id: "missing-justfile",
        requirements: ["4.4.8", "2.1.6.1"],
        check: Check::Repository(missing_justfile),
    }
}

const FILES: &[&str] = &["Taskfile.yml", "Taskfile.yaml", "Taskfile.dist.yml", "mise.toml", ".mise.toml"];
const TABLES: &[&str] = &["poe", "taskipy"];

fn missing_justfile(report: &mut Report) {
    let Some(project) = layout::main_project() else { return };
    let justfiles = repository::find(automation::JUSTFILES);
    let makefiles = ["Makefile", "makefile", "GNUmakefile"];
    if justfiles.iter().any(|file| !matches!(file.role, Role::Template | Role::Vendored | Role::Example))
        || layout::nearest(&project.root, &makefiles).is_some()
    {
        return;
    }
    let message = match other_runner(&project) {
        Some(runner) => format!("no justfile, but tasks in `{runner}`"),
        None => "no justfile".to_owned(),
    };
    report.finding(&project.place, message).help("add a `Justfile` with the project's commands as recipes");
}

fn other_runner(project: &Project) -> Option<String> {
    if let Some(path) = layout::nearest(&project.root, FILES) {
        return Some(path);
    }
    let pyproject = project.path("pyproject.toml");
    let has = |keys: &[&str]| documents::read(&pyproject, keys).is_ok();
    if let Some(table) = TABLES.iter().find(|table| has(&["tool", table])) {
        return Some(format!("[tool.{table}]"));
    }
    if has(&["tool", "pdm", "scripts"]) {
        return Some("[tool.pdm.scripts]".to_owned());
    }
    let environments = documents::read(&pyproject, &["tool", "hatch", "envs"]).ok()?;
    let scripts = Item::root(&environments)?.children().any(|environment| environment.get("scripts").is_some());
    scripts.then(|| "[tool.hatch.envs]".to_owned())
}
