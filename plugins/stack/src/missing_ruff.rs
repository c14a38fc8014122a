//! Projects without any linter.

use plimsoll_sdk::gates::{FORMATTERS, LINTERS};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

rule! {
    /// No linter and no formatter is in use.
    ///
    /// Style is discussed in reviews, and faults that a machine finds in a second are found by users. Add Ruff: it lints
    /// and formats. Where another tool is in use, the rule about that tool speaks.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: nothing sets up Ruff or another linter
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff]
    /// line-length = 100
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static MISSING_RUFF = {
        id: "missing-ruff",
        requirements: ["2.1.3.1", "2.1.3.2"],
        check: Check::Repository(missing_ruff),
    }
}

const PACKAGES: &[&str] = &[
    "ruff",
    "flake8",
    "flake8-*",
    "pylint",
    "black",
    "isort",
    "autopep8",
    "yapf",
    "pycodestyle",
    "pyflakes",
    "wemake-python-styleguide",
];
const FILES: &[&str] = &["ruff.toml", ".ruff.toml", ".flake8", ".pylintrc", "pylintrc", ".style.yapf", ".isort.cfg"];

fn missing_ruff(report: &mut Report) {
    let Some(project) = main_project() else {
        return MISSING_RUFF.requirements.iter().for_each(|requirement| {
            report.not_applicable(requirement, "no Python code of its own");
        });
    };
    let has_table = || {
        repository::find(&["pyproject.toml"]).iter().any(|file| {
            ["ruff", "black", "isort", "pylint", "flake8", "yapf"]
                .iter()
                .any(|table| documents::read(&file.path, &["tool", table]).is_ok())
        })
    };
    let has_section = || ["setup.cfg", "tox.ini"].iter().any(|file| documents::read(file, &["flake8"]).is_ok());
    let is_used = !repository::find(FILES).is_empty()
        || has_table()
        || has_section()
        || !project::dependencies(PACKAGES).is_empty()
        || !automation::commands(&["ruff"]).is_empty()
        || !automation::hooks(&["ruff*"]).is_empty()
        || !LINTERS.runs().is_empty()
        || !FORMATTERS.runs().is_empty();
    if !is_used {
        report
            .finding(&project.place, "nothing sets up Ruff or another linter")
            .help("add `ruff` to the `dev` group and a table `[tool.ruff]`, and run it in CI")
            .medium();
    }
}
