//! isort in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};
use crate::retirement::Successor;

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
    ///
    /// Settings that Ruff has as well are moved:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["isort>=5", "ruff>=0.14"]
    ///
    /// [tool.isort]  # error: isort is in use
    /// profile = "black"
    /// known_first_party = ["app"]
    ///
    /// [tool.ruff.lint]
    /// select = ["E", "F"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```make bad Makefile
    /// format:
    /// 	isort src
    /// lint:
    /// 	isort --check-only --diff src
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["ruff>=0.14"]
    ///
    /// [tool.ruff.lint]
    /// select = ["E", "F", "I"]
    ///
    /// [tool.ruff.lint.isort]
    /// known-first-party = ["app"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```make fixed Makefile
    /// format:
    /// 	ruff check --select I --fix src
    /// lint:
    /// 	ruff check --select I --diff src
    /// ```
    ///
    /// Left-over settings go, with the file if nothing else is in it:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["ruff>=0.14"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```ini bad .isort.cfg
    /// [settings]  # error: isort is in use
    /// profile = black
    /// ```
    /// ```ini bad setup.cfg
    /// [metadata]
    /// name = app
    ///
    /// # imports
    /// [isort]
    /// profile = black
    ///
    /// # later
    /// [options]
    /// zip_safe = false
    /// ```
    /// ```ini bad tox.ini
    /// [isort]
    /// profile = black
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["ruff>=0.14"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```ini fixed setup.cfg
    /// [metadata]
    /// name = app
    ///
    /// # later
    /// [options]
    /// zip_safe = false
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
    successor: Successor::Linter(&["I"]),
    help: "select `I` in Ruff and delete isort with its configuration",
    ..NONE
};

fn isort_in_use(report: &mut Report) {
    TOOL.report(report, ISORT_IN_USE.requirements);
}
