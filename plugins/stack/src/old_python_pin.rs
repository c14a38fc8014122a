//! Interpreters that are named and too old.

use plimsoll_sdk::paths::{file_name, parent};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;
use plimsoll_sdk::ruff::Seen;
use plimsoll_sdk::version::{Version, admits};

use crate::legacy::is_aside;

rule! {
    /// A file names an interpreter older than 3.12, or one that the project refuses.
    ///
    /// The checks run with another Python than the product, and what they find or miss is that Python's. Name 3.12 or
    /// newer everywhere, best in `.python-version` alone.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// [tool.ruff]
    /// target-version = "py310"  # error: Python 3.10 is older than 3.12
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .python-version
    /// 3.11
    /// ```
    /// ```text expect
    /// .python-version:1: Python 3.11 is older than 3.12
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/setup-python@v5
    ///         with:
    ///           python-version: "3.9"  # error: Python 3.9 is older than 3.12
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// requires-python = ">=3.10"
    /// classifiers = ["Topic :: Utilities"]
    /// [tool.mypy]
    /// python_version = "3.10"
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     strategy:
    ///       matrix:
    ///         python: ["3.10", "3.13"]
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/setup-python@v5
    ///         with:
    ///           python-version: ${{ matrix.python }}
    /// ```
    pub(crate) static OLD_PYTHON_PIN = {
        id: "old-python-pin",
        requirements: ["2.1.1.2"],
        check: Check::Project(old_python_pin),
    }
}

/// Settings of checkers that name a version: file, keys.
const CHECKERS: &[(&str, &[&str])] = &[
    ("pyproject.toml", &["tool", "ruff", "target-version"]),
    ("pyproject.toml", &["tool", "pyright", "pythonVersion"]),
    ("pyproject.toml", &["tool", "mypy", "python_version"]),
    ("ruff.toml", &["target-version"]),
    (".ruff.toml", &["target-version"]),
    ("pyrightconfig.json", &["pythonVersion"]),
    ("mypy.ini", &["mypy", "python_version"]),
];

fn old_python_pin(report: &mut Report, project: &Project) {
    if !project.has_source || is_aside(&project.root) {
        return;
    }
    for (file, keys) in CHECKERS {
        let path = project.path(file);
        let value = documents::read(&path, keys).unwrap_or_default();
        if let Some(item) = Item::root(&value) {
            check(report, project, &item.place(&path), item.text());
        }
    }
    let path = project.path(".python-version");
    let text = repository::read(&path).unwrap_or_default();
    if let Some(line) = text.lines().next().map(str::trim) {
        let place = Place { path, span: Span { start: 0, end: line.len() as u32 } };
        check(report, project, &place, line);
    }
    // Workflows serve the whole repository; its main project answers for them.
    let is_main = main_project().is_some_and(|main| main.root == project.root);
    let actions = automation::actions(&["actions/setup-python", "astral-sh/setup-uv"]);
    // A composite action is there once for each workflow that uses it.
    let mut seen = Seen::default();
    for action in actions.iter().filter(|_| is_main) {
        let path = &action.place.path;
        let version = Item::root(&action.inputs).and_then(|inputs| inputs.get("python-version"));
        // A job that only builds the documentation or releases is no check of the code.
        let mut is_check = |place: &Place| file_name(parent(path)) == "workflows" && seen.is_new(place);
        if let Some(version) = version.filter(|version| is_check(&version.place(path))) {
            check(report, project, &version.place(path), version.text());
        }
    }
}

fn check(report: &mut Report, project: &Project, place: &Place, text: &str) {
    let text = text.trim().trim_start_matches("cpython-").trim_start_matches("cpython@");
    // `py310` of Ruff.
    let spelt = text.strip_prefix("py3").map(|minor| format!("3.{minor}"));
    let Some(version) = Version::parse(spelt.as_deref().unwrap_or(text)) else { return };
    let Some(oldest) = Version::parse("3.12") else { return };
    let shown = spelt.as_deref().unwrap_or(text);
    let is_refused = project.requires_python.as_deref().is_some_and(|requires| !admits(requires, version));
    let is_floor = project.requires_python.is_some() && !is_refused;
    if version >= oldest || project.has_profile("library") && !is_refused {
        return;
    }
    let finding = report
        .finding(place, format!("Python {shown} is older than 3.12"))
        .help("name 3.12 or newer, or leave it out: tools read `requires-python` and `.python-version`");
    // Where the project itself supports it, the floor is what is too low.
    if is_floor {
        finding.low()
    } else {
        finding.medium()
    };
}
