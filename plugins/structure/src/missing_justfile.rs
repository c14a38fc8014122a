//! A repository with Python code and no justfile.

use crate::justfile_template::justfile;
use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// The repository has no justfile.
    ///
    /// Without one place for the commands of development, everyone remembers other flags, and CI runs something else
    /// than people do. Add a `Justfile` with a recipe for each task and let CI call the same recipes.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no justfile
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// Another task runner is named:
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no justfile, but tasks in `[tool.poe]`
    /// name = "app"
    /// [tool.poe.tasks]
    /// test = "pytest"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// Where uv manages the project, the fix writes recipes for its tools:
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no justfile
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["mypy>=1.19", "pytest>=9", "pytest-cov>=7"]
    /// lint = ["ruff>=0.14"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY src src
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   app:
    ///     build: .
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["mypy>=1.19", "pytest>=9", "pytest-cov>=7"]
    /// lint = ["ruff>=0.14"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml fixed uv.lock
    /// version = 1
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY src src
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml fixed compose.yaml
    /// services:
    ///   app:
    ///     build: .
    /// ```
    /// ```just fixed Justfile
    /// # Lists the recipes
    /// default:
    ///     @just --list
    ///
    /// # Sets everything up
    /// install:
    ///     uv sync --all-extras
    ///
    /// # Lints
    /// lint:
    ///     uv run --group lint ruff check
    ///     uv run --group lint ruff format --check
    ///
    /// # Mends what the linter can, and formats
    /// fix:
    ///     uv run --group lint ruff check --fix
    ///     uv run --group lint ruff format
    ///
    /// # Checks the types
    /// typecheck:
    ///     uv run mypy src
    ///
    /// # Runs the tests
    /// test:
    ///     uv run pytest
    ///
    /// # Runs the tests with coverage
    /// test-cov:
    ///     uv run pytest --cov=src --cov-branch --cov-fail-under=80
    ///
    /// # Looks for vulnerabilities
    /// security:
    ///     uvx bandit -r src
    ///     uv run --with pip-audit pip-audit
    ///
    /// # Runs all checks
    /// check: lint typecheck test
    ///
    /// # Builds the image
    /// build:
    ///     docker build -t app .
    ///
    /// # Starts all services
    /// up:
    ///     docker compose up -d
    ///
    /// # Stops all services
    /// down:
    ///     docker compose down
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```just good justfile
    /// test:
    ///     uv run pytest
    /// ```
    pub(crate) static MISSING_JUSTFILE = {
        id: "missing-justfile",
        requirements: ["4.4.8", "2.1.6.1"],
        check: Check::Repository(missing_justfile),
    }
}

const FILES: &[&str] = &["Taskfile.yml", "Taskfile.yaml", "Taskfile.dist.yml", "mise.toml", ".mise.toml"];
const TABLES: &[&str] = &["poe", "taskipy"];

fn missing_justfile(report: &mut Report) {
    let Some(project) = layout::main_project() else { return };
    let justfiles = repository::find(automation::JUSTFILES);
    let makefiles = ["Makefile", "makefile", "GNUmakefile"];
    if justfiles.iter().any(|file| !matches!(file.role, Role::Template | Role::Vendored | Role::Example))
        || layout::nearest(&project.root, &makefiles).is_some()
    {
        return;
    }
    let runner = other_runner(&project);
    let message = match &runner {
        Some(runner) => format!("no justfile, but tasks in `{runner}`"),
        None => "no justfile".to_owned(),
    };
    // Tasks that exist are better than those of a template.
    let text = if runner.is_none() { justfile(&project) } else { None };
    report
        .finding(&project.place, message)
        .help("add a `Justfile` with the project's commands as recipes")
        .unsafe_fix(text.map(|text| edit::create("Justfile", text)));
}

fn other_runner(project: &Project) -> Option<String> {
    if let Some(path) = layout::nearest(&project.root, FILES) {
        return Some(path);
    }
    let pyproject = project.path("pyproject.toml");
    let has = |keys: &[&str]| documents::read(&pyproject, keys).is_ok();
    if let Some(table) = TABLES.iter().find(|table| has(&["tool", table])) {
        return Some(format!("[tool.{table}]"));
    }
    if has(&["tool", "pdm", "scripts"]) {
        return Some("[tool.pdm.scripts]".to_owned());
    }
    let environments = documents::read(&pyproject, &["tool", "hatch", "envs"]).ok()?;
    let scripts = Item::root(&environments)?.children().any(|environment| environment.get("scripts").is_some());
    scripts.then(|| "[tool.hatch.envs]".to_owned())
}
