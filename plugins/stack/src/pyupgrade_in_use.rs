//! pyupgrade in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};

rule! {
    /// pyupgrade modernises the code.
    ///
    /// Ruff's `UP` rules do the same, know the project's oldest Python, and run with all the others. Select `UP`, and drop
    /// pyupgrade.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/asottile/pyupgrade
    ///     rev: v3.20.0
    ///     hooks:
    ///       - id: pyupgrade  # error: pyupgrade is in use
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint.isort]
    /// force-single-line = true
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static PYUPGRADE_IN_USE = {
        id: "pyupgrade-in-use",
        requirements: ["2.1.3.8"],
        check: Check::Repository(pyupgrade_in_use),
        wants: [Want::Imports(MODULES)],
    }
}

const MODULES: &[&str] = &["pyupgrade", "pyupgrade.*"];
const TOOL: Tool = Tool {
    name: "pyupgrade",
    package: "pyupgrade",
    hooks: &["pyupgrade"],
    programs: &["pyupgrade"],
    packages: &["pyupgrade"],
    modules: MODULES,
    help: "select `UP` in Ruff and delete pyupgrade",
    ..NONE
};

fn pyupgrade_in_use(report: &mut Report) {
    TOOL.report(report, PYUPGRADE_IN_USE.requirements);
}
