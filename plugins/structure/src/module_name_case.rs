//! Names of modules and packages.

use crate::layout;
use crate::ruff::Naming;
use plimsoll_sdk::prelude::*;

rule! {
    /// A module or package is not named in snake_case.
    ///
    /// Names in other cases collide on file systems that ignore case, and names with hyphens can't be imported at all.
    /// Rename it.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad src/app/HttpClient.py
    /// timeout = 3  # error: module `HttpClient` is not in snake_case
    /// ```
    /// ```python bad src/app/dataModels/__init__.py
    /// width = 3  # error: package `dataModels` is not in snake_case
    /// ```
    /// ```python bad src/app/dataModels/tables.py
    /// ```
    ///
    /// Programs that nobody imports may have any name:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good src/app/http_client.py
    /// ```
    /// ```python good src/app/__main__.py
    /// ```
    /// ```python good src/app/_Old.py
    /// # ruff: noqa: N999
    /// ```
    /// ```python good gunicorn-prod.conf.py
    /// workers = 2
    /// ```
    /// ```python good src/app/run-server.py
    /// #!/usr/bin/env python3
    /// ```
    /// ```python good installer/hook-app.py
    /// # PyInstaller finds it by this name.
    /// datas = []
    /// ```
    /// ```python good installer/__init__.py
    /// ```
    /// ```python good src/app/gunicorn.docker.conf.py
    /// workers = 2
    /// ```
    pub(crate) static MODULE_NAME_CASE = {
        id: "module-name-case",
        requirements: ["4.6.1"],
        check: Check::Files(&["*.py"], module_name_case),
        accepts: ["N999"],
    }
}

fn module_name_case(report: &mut Report, file: &File) {
    let stem = layout::file_name(&file.path).trim_end_matches(".py");
    let folder = layout::parent(&file.path);
    let is_package = stem == "__init__";
    let name = if is_package { layout::file_name(folder) } else { stem };
    let own_modules = || repository::find(&[&format!("/{folder}/*.py")]).len() > 1;
    if is_package && !is_snake_case(name) && !own_modules() {
        return;
    }
    let importable = is_package || repository::exists(&layout::join(folder, "__init__.py"));
    if file.role != Role::Source || name.is_empty() || is_snake_case(name) || !importable || is_prescribed(name) {
        return;
    }
    let text = repository::read(&file.path).unwrap_or_default();
    if file.executable
        || text.starts_with("#!")
        || text.contains("noqa: N999")
        || Naming::default().allows(&file.path, "N999", name)
    {
        return;
    }
    let kind = if is_package { "package" } else { "module" };
    let finding = report
        .finding(&layout::start(&file.path), format!("{kind} `{name}` is not in snake_case"))
        .help("rename it with words in lower case and underscores between them");
    let projects = project::projects();
    if is_package && projects.iter().any(|project| project.packages.iter().any(|package| package.path == folder)) {
        drop(finding.low());
    }
}

/// Whether others prescribe the name: packages of stubs, hooks for PyInstaller, settings of Gunicorn, which no module is
/// called like.
fn is_prescribed(name: &str) -> bool {
    name.ends_with("-stubs") || name.starts_with("hook-") || name.ends_with(".conf")
}

fn is_snake_case(name: &str) -> bool {
    let core = name.strip_prefix('_').map_or(name, |rest| rest.strip_prefix('_').unwrap_or(rest));
    core.starts_with(|first: char| first.is_ascii_lowercase())
        && core
            .chars()
            .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_')
}
