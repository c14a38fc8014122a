//! Flake8 in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::Tool;
use crate::retirement::Successor;

rule! {
    /// Flake8 checks the code.
    ///
    /// Ruff has its rules and those of its plug-ins, finds the same in a fraction of the time, and mends much of it. Select the
    /// prefixes of the plug-ins in Ruff, and drop Flake8.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// optional-dependencies = { dev = ["flake8-bugbear"] }  # error: Flake8 is in use
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// optional-dependencies = { dev = ["ruff>=0.14"] }
    ///
    /// [tool.ruff.lint]
    /// extend-select = ["E", "F"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["B", "E", "F"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```ini bad setup.cfg
    /// [flake8]  # error: Flake8 is in use
    /// extend-ignore = E203
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/PyCQA/flake8
    ///     rev: 7.3.0
    ///     hooks:
    ///       - id: flake8
    ///         additional_dependencies: [flake8-bugbear]
    ///
    ///   - repo: meta
    ///     hooks:
    ///       - id: check-hooks-apply
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["B", "E", "F"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks:
    ///       - id: ruff-check
    ///
    ///   - repo: meta
    ///     hooks:
    ///       - id: check-hooks-apply
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint.isort]
    /// force-single-line = true
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static FLAKE8_IN_USE = {
        id: "flake8-in-use",
        requirements: ["2.1.3.3", "2.2.8"],
        check: Check::Repository(flake8_in_use),
    }
}

const TOOL: Tool = Tool {
    name: "Flake8",
    package: "flake8",
    files: &[".flake8"],
    tables: &["flake8"],
    sections: &[("setup.cfg", "flake8"), ("tox.ini", "flake8")],
    hooks: &["flake8"],
    programs: &["flake8", "pflake8"],
    packages: &["flake8", "flake8-*", "wemake-python-styleguide", "pyproject-flake8"],
    actions: &["/(?i)flake8/"],
    modules: &[],
    successor: Successor::Linter(&["E", "F"]),
    help: "select the same rules in Ruff and delete Flake8 with its configuration",
};

fn flake8_in_use(report: &mut Report) {
    TOOL.report(report, FLAKE8_IN_USE.requirements);
}
