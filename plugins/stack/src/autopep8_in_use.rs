//! autopep8 in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};
use crate::retirement::Successor;

rule! {
    /// autopep8 formats the code.
    ///
    /// It mends some lines and leaves the style to everyone. Run `ruff format`, which leaves nothing to discuss, and drop autopep8.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```make bad Makefile
    /// format:
    /// 	autopep8 -ir src  # error: autopep8 is in use
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["autopep8>=2"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```make bad Makefile
    /// format:
    /// 	autopep8 -ir src  # error: autopep8 is in use
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["ruff>=0.14"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```make fixed Makefile
    /// format:
    /// 	ruff format src
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint.isort]
    /// force-single-line = true
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static AUTOPEP8_IN_USE = {
        id: "autopep8-in-use",
        requirements: ["2.1.3.6", "2.2.11"],
        check: Check::Repository(autopep8_in_use),
    }
}

const TOOL: Tool = Tool {
    name: "autopep8",
    package: "autopep8",
    tables: &["autopep8"],
    sections: &[("setup.cfg", "autopep8")],
    hooks: &["autopep8"],
    programs: &["autopep8"],
    packages: &["autopep8"],
    successor: Successor::Formatter,
    help: "run `ruff format` and delete autopep8",
    ..NONE
};

fn autopep8_in_use(report: &mut Report) {
    TOOL.report(report, AUTOPEP8_IN_USE.requirements);
}
