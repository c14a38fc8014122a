//! pyupgrade in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};
use crate::retirement::Successor;

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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// extend-select = ["UP"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks:
    ///       - id: ruff-check
    /// ```
    ///
    /// With Ruff's own hooks there, the repository goes, with the comments in it:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint]
    /// select = [
    ///   "F", # faults
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/pre-commit/pre-commit-hooks
    ///     rev: v6.0.0
    ///     hooks:
    ///       - id: check-yaml
    ///
    ///   - repo: https://github.com/asottile/pyupgrade
    ///     rev: v3.20.0
    ///     hooks:
    ///       - id: pyupgrade  # error: pyupgrade is in use
    ///         # stages: [push]
    ///
    ///   # lints
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.9.0
    ///     hooks:
    ///       - id: ruff-format
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint]
    /// select = [
    ///   "F", # faults
    ///   "UP",
    /// ]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/pre-commit/pre-commit-hooks
    ///     rev: v6.0.0
    ///     hooks:
    ///       - id: check-yaml
    ///
    ///   # lints
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.9.0
    ///     hooks:
    ///       - id: ruff-format
    ///       - id: ruff
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
    successor: Successor::Linter(&["UP"]),
    help: "select `UP` in Ruff and delete pyupgrade",
    ..NONE
};

fn pyupgrade_in_use(report: &mut Report) {
    TOOL.report(report, PYUPGRADE_IN_USE.requirements);
}
