//! Settings of tools outside `pyproject.toml`.

use crate::layout;
use crate::moved_settings::moved;
use plimsoll_sdk::prelude::*;

rule! {
    /// A tool is configured outside `pyproject.toml`.
    ///
    /// Settings in many files are looked for in vain, and where both exist the table in `pyproject.toml` is ignored
    /// without a word. Move them into the tool's table.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```ini bad pytest.ini
    /// [pytest]  # error: settings outside `pyproject.toml`: `pytest.ini`, `setup.cfg`
    /// testpaths = tests
    /// ```
    /// ```ini bad setup.cfg
    /// [coverage:run]
    /// branch = true
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pytest.ini_options]
    /// testpaths = 'tests'
    ///
    /// [tool.coverage.run]
    /// branch = true
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff]  # error: `[tool.ruff]` is ignored because of `ruff.toml`
    /// line-length = 100
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad ruff.toml
    /// line-length = 88
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff]
    /// line-length = 88
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    ///
    /// Comments go with the settings, lists become lists, and commands that name the file name the other:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```ini bad .coveragerc
    /// [run]  # error: settings outside `pyproject.toml`: `.coveragerc`, `ruff.toml`, `setup.cfg`
    /// branch = True
    /// omit =
    ///     # generated
    ///     src/app/version.py
    ///
    /// [report]
    /// fail_under = 90
    /// exclude_lines = pragma: no cover
    /// ```
    /// ```toml bad ruff.toml
    /// # as long as a line may be
    /// line-length = 100
    ///
    /// [lint]
    /// select = ["E"]
    /// ```
    /// ```ini bad setup.cfg
    /// [metadata]
    /// name = app
    ///
    /// # tests
    /// [tool:pytest]
    /// addopts = -ra "--strict-markers"
    /// markers =
    ///     slow: takes long
    /// ```
    /// ```make bad Makefile
    /// test:
    /// 	uv run pytest --cov-config=.coveragerc tests
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.run]
    /// branch = true
    /// omit = [
    ///     # generated
    ///     'src/app/version.py',
    /// ]
    ///
    /// [tool.coverage.report]
    /// fail_under = 90
    /// exclude_lines = ['pragma: no cover']
    ///
    /// [tool.ruff]
    /// # as long as a line may be
    /// line-length = 100
    ///
    /// [tool.ruff.lint]
    /// select = ["E"]
    ///
    /// [tool.pytest.ini_options]
    /// addopts = '-ra "--strict-markers"'
    /// markers = [
    ///     'slow: takes long',
    /// ]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```ini fixed setup.cfg
    /// [metadata]
    /// name = app
    /// ```
    /// ```make fixed Makefile
    /// test:
    /// 	uv run pytest --cov-config=pyproject.toml tests
    /// ```
    ///
    /// No fix where a file is named in another way, or has what can't be moved:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```ini bad mypy.ini
    /// [mypy]  # error: settings outside `pyproject.toml`: `mypy.ini`
    /// strict = true
    /// [mypy-requests.*]
    /// ignore_missing_imports = true
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```ini bad pytest.ini
    /// [pytest]  # error: settings outside `pyproject.toml`: `pytest.ini`
    /// testpaths = tests
    /// ```
    /// ```make bad Makefile
    /// test:
    /// 	uv run pytest -c pytest.ini
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```ini bad .coveragerc
    /// [run]  # error: settings outside `pyproject.toml`: `.coveragerc`
    /// branch = true
    /// ```
    /// ```shell bad tests/pytest.sh
    /// pytest --cov-config=.coveragerc tests
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff]
    /// line-length = 100
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good tests/ruff.toml
    /// line-length = 120
    /// ```
    /// ```ini good tox.ini
    /// [flake8]
    /// max-line-length = 100
    /// ```
    pub(crate) static SCATTERED_TOOL_CONFIG = {
        id: "scattered-tool-config",
        requirements: ["4.4.9"],
        check: Check::Project(scattered_tool_config),
    }
}

/// A file and the table that it hides.
const FILES: &[(&str, &[&str])] = &[
    ("pytest.ini", &["tool", "pytest"]),
    (".pytest.ini", &["tool", "pytest"]),
    ("pytest.toml", &["tool", "pytest"]),
    (".coveragerc", &["tool", "coverage"]),
    (".coveragerc.toml", &["tool", "coverage"]),
    ("ruff.toml", &["tool", "ruff"]),
    (".ruff.toml", &["tool", "ruff"]),
    ("pyrightconfig.json", &["tool", "pyright"]),
    ("mypy.ini", &["tool", "mypy"]),
    (".mypy.ini", &["tool", "mypy"]),
    (".bandit", &[]),
    ("bandit.yaml", &[]),
    (".isort.cfg", &["tool", "isort"]),
    (".codespellrc", &[]),
];
/// Without flake8's, which can't read `pyproject.toml`.
const SECTIONS: &[&str] = &["tool:pytest", "pytest", "mypy"];

fn scattered_tool_config(report: &mut Report, project: &Project) {
    if !layout::is_product(project) {
        return;
    }
    let pyproject = project.path("pyproject.toml");
    let mut scattered = Vec::new();
    for (name, keys) in FILES.iter().filter(|(name, _)| repository::exists(&project.path(name))) {
        let table = documents::read(&pyproject, keys).ok().filter(|_| !keys.is_empty());
        match table.as_deref().and_then(Item::root) {
            Some(table) => {
                let message = format!("`[{}]` is ignored because of `{name}`", keys.join("."));
                report
                    .finding(&table.key_place(&pyproject), message)
                    .help(format!("move what `{name}` says there"))
                    // What is ignored goes; then the file can take its place.
                    .unsafe_fix(keys.get(1).and_then(|tool| edit::remove_tool(&pyproject, tool)))
                    .medium();
            }
            None if *name == "pyrightconfig.json" && is_for_editors(&project.path(name)) => {}
            None => scattered.push(*name),
        }
    }
    scattered.extend(["setup.cfg", "tox.ini"].into_iter().filter(|name| has_tools(&project.path(name))));
    if let Some(first) = scattered.first() {
        let message = format!("settings outside `pyproject.toml`: {}", layout::quoted(&scattered));
        report
            .finding(&layout::start(&project.path(first)), message)
            .help("move them into the tools' tables of `pyproject.toml`")
            .unsafe_fix(moved(project, &scattered).into_iter().flatten())
            .low();
    }
}

fn has_tools(path: &str) -> bool {
    let Ok(sections) = documents::read(path, &[]) else { return false };
    let names = Item::root(&sections).into_iter().flat_map(Item::children).filter_map(Item::key);
    names.into_iter().any(|name| SECTIONS.contains(&name) || name.starts_with("coverage:") || name.starts_with("mypy-"))
}

fn is_for_editors(path: &str) -> bool {
    let Ok(settings) = documents::read(path, &[]) else { return false };
    let mut keys = Item::root(&settings).into_iter().flat_map(Item::children).filter_map(Item::key);
    keys.all(|key| matches!(key, "executionEnvironments" | "venv" | "venvPath" | "extraPaths"))
}
