//! Pipenv in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};

rule! {
    /// Pipenv manages the dependencies.
    ///
    /// uv locks and installs in a fraction of the time and keeps the dependencies in `pyproject.toml`. Convert the project, for
    /// instance with `uvx migrate-to-uv`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad Pipfile
    /// [packages]
    /// ```
    /// ```make bad Makefile
    /// install:
    /// 	pipenv sync
    /// ```
    /// ```text expect
    /// Pipfile:1: Pipenv is in use
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good uv.lock
    /// version = 1
    /// ```
    pub(crate) static PIPENV_IN_USE = {
        id: "pipenv-in-use",
        requirements: ["2.1.2.4", "2.2.5"],
        check: Check::Repository(pipenv_in_use),
    }
}

const TOOL: Tool = Tool {
    name: "Pipenv",
    package: "pipenv",
    files: &["Pipfile", "Pipfile.lock"],
    programs: &["pipenv"],
    help: "convert the project to uv: `uvx migrate-to-uv`",
    ..NONE
};

fn pipenv_in_use(report: &mut Report) {
    TOOL.report(report, PIPENV_IN_USE.requirements);
}
