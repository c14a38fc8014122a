//! Projects without any linter.

use plimsoll_sdk::gates::{FORMATTERS, LINTERS};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;
use plimsoll_sdk::requirements;

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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = [
    ///     "A", "ANN", "ASYNC", "B", "C4", "D", "DTZ", "E", "F", "I", "N", "PERF", "PL", "PT", "PTH", "RET", "RUF", "S", "SIM",
    ///     "T20", "TRY", "UP", "W",
    /// ]
    ///
    /// [tool.ruff.lint.per-file-ignores]
    /// "tests/**/*.py" = ["ANN", "D", "S101"]
    /// "scripts/**/*.py" = ["T20"]
    ///
    /// [tool.ruff.lint.pydocstyle]
    /// convention = "google"
    ///
    /// [dependency-groups]
    /// dev = ["ruff>=0.14"]
    /// ```
    /// ```python fixed src/app/__init__.py
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
            .help("add `ruff` to the `dev` group and a table `[tool.ruff]`, run `uv lock`, and run it in CI")
            .unsafe_fix(set_up(&project).into_iter().flatten())
            .medium();
    }
}

/// The categories of section 6.1.
const SELECTED: &str = "[
    \"A\", \"ANN\", \"ASYNC\", \"B\", \"C4\", \"D\", \"DTZ\", \"E\", \"F\", \"I\", \"N\", \"PERF\", \"PL\", \"PT\", \"PTH\", \"RET\", \"RUF\", \"S\", \"SIM\",
    \"T20\", \"TRY\", \"UP\", \"W\",
]";

/// Configures Ruff as sections 6.1 and 6.3 say, and declares it.
fn set_up(project: &Project) -> Option<Vec<Edit>> {
    let path = project.path("pyproject.toml");
    let set = |keys: &[&str], value: &str| edit::set(&path, &[&["tool", "ruff", "lint"], keys].concat(), value);
    let mut edits = vec![
        set(&["select"], SELECTED),
        set(&["per-file-ignores", "tests/**/*.py"], "[\"ANN\", \"D\", \"S101\"]"),
        set(&["per-file-ignores", "scripts/**/*.py"], "[\"T20\"]"),
        set(&["pydocstyle", "convention"], "\"google\""),
    ];
    edits.extend(requirements::add_for_development(project, &["\"ruff>=0.14\"".to_owned()])?);
    Some(edits)
}
