//! autoflake in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};

rule! {
    /// autoflake removes unused code.
    ///
    /// Ruff's `F401` and `F841` find unused imports and variables and remove them with `--fix`. Drop autoflake.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// optional-dependencies = { dev = ["autoflake"] }  # error: autoflake is in use
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint.isort]
    /// force-single-line = true
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// A script that writes code may use it as a library:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["autoflake"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good docs/samples.py
    /// import autoflake
    ///
    /// print(autoflake.fix_code("import os"))
    /// ```
    pub(crate) static AUTOFLAKE_IN_USE = {
        id: "autoflake-in-use",
        requirements: ["2.1.3.9"],
        check: Check::Repository(autoflake_in_use),
        wants: [Want::Imports(MODULES)],
    }
}

const MODULES: &[&str] = &["autoflake", "autoflake.*"];
const TOOL: Tool = Tool {
    name: "autoflake",
    package: "autoflake",
    tables: &["autoflake"],
    hooks: &["autoflake"],
    programs: &["autoflake"],
    packages: &["autoflake"],
    modules: MODULES,
    help: "run `ruff check --fix` and delete autoflake",
    ..NONE
};

fn autoflake_in_use(report: &mut Report) {
    TOOL.report(report, AUTOFLAKE_IN_USE.requirements);
}
