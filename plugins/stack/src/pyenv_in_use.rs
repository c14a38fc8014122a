//! pyenv in place of what replaces it.

use plimsoll_sdk::prelude::*;

use crate::legacy::{NONE, Tool};

rule! {
    /// pyenv installs the interpreters.
    ///
    /// `uv python install` fetches a built interpreter in seconds, by the same `.python-version`. Drop pyenv.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```sh bad scripts/setup.sh
    /// pyenv install 3.12  # error: pyenv is in use
    /// ```
    /// ```make bad Makefile
    /// setup:
    /// 	sh scripts/setup.sh
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good .python-version
    /// 3.12
    /// ```
    pub(crate) static PYENV_IN_USE = {
        id: "pyenv-in-use",
        requirements: ["2.1.2.6", "2.2.7"],
        check: Check::Repository(pyenv_in_use),
    }
}

const TOOL: Tool = Tool {
    name: "pyenv",
    package: "pyenv",
    programs: &["pyenv"],
    actions: &["gabrielfalcao/pyenv-action"],
    help: "run `uv python install`, which reads `.python-version` too",
    ..NONE
};

fn pyenv_in_use(report: &mut Report) {
    TOOL.report(report, PYENV_IN_USE.requirements);
}
