//! YAPF in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};
use crate::retirement::Successor;

rule! {
    /// YAPF formats the code.
    ///
    /// Its style is configured by each project and known in none. Run `ruff format`, and drop YAPF.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// optional-dependencies = { dev = ["yapf"] }  # error: YAPF is in use
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// optional-dependencies = { dev = ["ruff>=0.14"] }
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint.isort]
    /// force-single-line = true
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static YAPF_IN_USE = {
        id: "yapf-in-use",
        requirements: ["2.1.3.7", "2.2.12"],
        check: Check::Repository(yapf_in_use),
    }
}

const TOOL: Tool = Tool {
    name: "YAPF",
    package: "yapf",
    files: &[".style.yapf", ".yapfignore"],
    tables: &["yapf"],
    sections: &[("setup.cfg", "yapf")],
    hooks: &["yapf"],
    programs: &["yapf"],
    packages: &["yapf"],
    successor: Successor::Formatter,
    help: "run `ruff format` and delete YAPF with its configuration",
    ..NONE
};

fn yapf_in_use(report: &mut Report) {
    TOOL.report(report, YAPF_IN_USE.requirements);
}
