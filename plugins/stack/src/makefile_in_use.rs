//! Makefiles that run commands.

use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::text::listed;

rule! {
    /// A Makefile runs the project's commands.
    ///
    /// Make decides by the ages of files, and commands have none: every target needs `.PHONY`, arguments are awkward,
    /// and tabs count. A `justfile` has the same recipes without these traps. A Makefile that compiles something is at
    /// its right place.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```make bad Makefile
    /// test:
    /// 	uv run pytest
    /// ```
    /// ```text expect
    /// Makefile:1: a Makefile runs `test`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```make good docs/Makefile
    /// html:
    /// 	sphinx-build . _build
    /// ```
    /// ```make good Makefile
    /// app: app.o
    /// 	$(CC) -o app app.o
    /// ```
    pub(crate) static MAKEFILE_IN_USE = {
        id: "makefile-in-use",
        requirements: ["2.1.6.2", "2.2.15"],
        check: Check::Project(makefile_in_use),
    }
}

/// Programs of development.
const PROGRAMS: &[&str] = &[
    "uv",
    "pip",
    "pip3",
    "poetry",
    "pipenv",
    "pytest",
    "ruff",
    "black",
    "isort",
    "flake8",
    "mypy",
    "pyright",
    "docker",
    "alembic",
    "manage.py",
    "python",
    "python3",
    "npm",
    "pre-commit",
    "tox",
    "nox",
    "coverage",
    "hatch",
    "pdm",
];
/// How many recipes are named.
const MOST_NAMES: usize = 5;

fn makefile_in_use(report: &mut Report, project: &Project) {
    if !is_product(project) {
        return;
    }
    let names = ["Makefile", "makefile", "GNUmakefile"].map(|name| project.path(name));
    let Some(path) = names.iter().find(|path| repository::exists(path)) else { return };
    let text = repository::read(path).unwrap_or_default();
    let compiles = ["$(CC)", "$(CXX)", "${CC}", "go build", "%.o", "%.c", "%.so", "cython ", ".SUFFIXES"]
        .iter()
        .any(|sign| text.contains(sign));
    let commands = automation::commands(PROGRAMS);
    let mut units: Vec<&str> =
        commands.iter().filter(|command| command.place.path == *path).map(|command| command.unit.as_str()).collect();
    // A target with a folder or an extension is a file that is made.
    units.retain(|unit| !unit.contains(['/', '.']));
    units.dedup();
    if compiles || units.is_empty() {
        return;
    }
    units.truncate(MOST_NAMES);
    report
        .finding(&start(path), format!("a Makefile runs {}", listed(&units)))
        .help("move the recipes to a `justfile`");
}
