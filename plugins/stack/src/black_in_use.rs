//! Black in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};

rule! {
    /// Black formats the code.
    ///
    /// Ruff formats the same way, and one tool with one configuration both formats and lints. Run `ruff format`, and drop Black.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.black]  # error: Black is in use
    /// line-length = 100
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/psf/black-pre-commit-mirror
    ///     rev: 25.1.0
    ///     hooks:
    ///       - id: black
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
    /// A script that writes code may use Black as a library:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["black>=24", "ruff>=0.14"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good scripts/generate.py
    /// import black
    ///
    /// print(black.format_str("x=1", mode=black.Mode()))
    /// ```
    ///
    /// A project that was copied from elsewhere keeps its tools:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [project.urls]
    /// Repository = "https://github.com/acme/app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good crates/parser/pyproject.toml
    /// [project]
    /// name = "parser"
    /// [project.urls]
    /// Repository = "https://github.com/jane/parser"
    /// Donate = "https://github.com/sponsors/jane"
    /// ```
    /// ```make good crates/parser/Makefile
    /// format:
    /// 	black src
    /// ```
    pub(crate) static BLACK_IN_USE = {
        id: "black-in-use",
        requirements: ["2.1.3.4", "2.2.9"],
        check: Check::Repository(black_in_use),
        wants: [Want::Imports(MODULES)],
    }
}

const MODULES: &[&str] = &["black", "black.*"];
const TOOL: Tool = Tool {
    name: "Black",
    package: "black",
    tables: &["black"],
    hooks: &["black", "black-jupyter"],
    programs: &["black"],
    actions: &["psf/black"],
    packages: &["black"],
    modules: MODULES,
    help: "run `ruff format` and delete Black with its configuration",
    ..NONE
};

fn black_in_use(report: &mut Report) {
    TOOL.report(report, BLACK_IN_USE.requirements);
}
