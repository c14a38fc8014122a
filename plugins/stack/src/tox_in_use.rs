//! tox in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};

rule! {
    /// tox runs the tests.
    ///
    /// nox does the same in Python instead of an INI file, reuses environments of uv, and is what other projects of the standard
    /// use. Write a `noxfile.py`, and drop tox. An application that tests one Python needs neither.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```ini bad tox.ini
    /// [tox]  # error: tox is in use
    /// envlist = py312
    /// [testenv]
    /// commands = pytest
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: tox
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```ini good tox.ini
    /// [pytest]
    /// addopts = -q
    /// ```
    pub(crate) static TOX_IN_USE = {
        id: "tox-in-use",
        requirements: ["2.1.9.5", "2.2.17"],
        check: Check::Repository(tox_in_use),
    }
}

const TOOL: Tool = Tool {
    name: "tox",
    package: "tox",
    files: &["tox.toml"],
    tables: &["tox"],
    sections: &[("tox.ini", "tox"), ("tox.ini", "testenv"), ("setup.cfg", "tox:tox")],
    programs: &["tox"],
    packages: &["tox", "tox-uv", "tox-gh", "tox-gh-actions"],
    help: "move the environments to sessions of a `noxfile.py`, and delete tox",
    ..NONE
};

fn tox_in_use(report: &mut Report) {
    TOOL.report(report, TOX_IN_USE.requirements);
}
