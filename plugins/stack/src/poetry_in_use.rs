//! Poetry in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};

rule! {
    /// Poetry manages the dependencies.
    ///
    /// uv does what Poetry does in a fraction of the time, keeps the metadata in the standard `[project]` table, and also manages
    /// the interpreters. Convert the project, for instance with `uvx migrate-to-uv`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad poetry.lock
    /// package = []
    /// ```
    /// ```make bad Makefile
    /// install:
    /// 	poetry install
    /// ```
    /// ```text expect
    /// poetry.lock:1: Poetry is in use
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [build-system]
    /// requires = ["poetry-core"]
    /// build-backend = "poetry.core.masonry.api"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good uv.lock
    /// version = 1
    /// ```
    pub(crate) static POETRY_IN_USE = {
        id: "poetry-in-use",
        requirements: ["2.1.2.3", "2.2.4"],
        check: Check::Repository(poetry_in_use),
    }
}

const TOOL: Tool = Tool {
    name: "Poetry",
    package: "poetry",
    files: &["poetry.lock", "poetry.toml"],
    programs: &["poetry"],
    actions: &["snok/install-poetry", "abatilo/actions-poetry"],
    hooks: &["poetry-check", "poetry-lock", "poetry-export", "poetry-install"],
    help: "convert the project to uv: `uvx migrate-to-uv`",
    ..NONE
};

fn poetry_in_use(report: &mut Report) {
    TOOL.report(report, POETRY_IN_USE.requirements);
}
