//! isort in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};

rule! {
    /// isort sorts the imports.
    ///
    /// Ruff sorts them the same way with its `I` rules. Select `I`, move the settings to `lint.isort`, and drop isort.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: isort --check .  # error: isort is in use
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint.isort]
    /// force-single-line = true
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static ISORT_IN_USE = {
        id: "isort-in-use",
        requirements: ["2.1.3.5", "2.2.10"],
        check: Check::Repository(isort_in_use),
        wants: [Want::Imports(MODULES)],
    }
}

const MODULES: &[&str] = &["isort", "isort.*"];
const TOOL: Tool = Tool {
    name: "isort",
    package: "isort",
    files: &[".isort.cfg"],
    tables: &["isort"],
    sections: &[("setup.cfg", "isort"), ("tox.ini", "isort")],
    hooks: &["isort"],
    programs: &["isort"],
    packages: &["isort"],
    modules: MODULES,
    help: "select `I` in Ruff and delete isort with its configuration",
    ..NONE
};

fn isort_in_use(report: &mut Report) {
    TOOL.report(report, ISORT_IN_USE.requirements);
}
