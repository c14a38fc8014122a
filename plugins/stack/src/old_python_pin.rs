//! Interpreters that are named and too old.

use plimsoll_sdk::prelude::*;
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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// [tool.ruff]
    /// target-version = "py312"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```text fixed .python-version
    /// 3.12
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/setup-python@v5
    ///         with:
    ///           python-version: "3.12"
    /// ```
    ///
    /// No fix where the project itself supports what is named: its floor is what is too low.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.10"
    /// [tool.ruff]
    /// target-version = "py310"  # error: Python 3.10 is older than 3.12
    /// ```
    /// ```python bad src/app/__init__.py
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
        check: Check::Repository(old_python_pin),
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

/// How many further places are shown.
const MOST_PLACES: usize = 9;

fn old_python_pin(report: &mut Report) {
    let mut projects = project::projects();
    projects.retain(|project| project.has_source && !is_aside(&project.root));
    for project in &projects {
        settings(report, project);
    }
    pins_of_ci(report, &projects);
}

/// The versions that a project's own files name.
fn settings(report: &mut Report, project: &Project) {
    for (file, keys) in CHECKERS {
        let path = project.path(file);
        let value = documents::read(&path, keys).unwrap_or_default();
        if let Some(item) = Item::root(&value) {
            check(report, project, &item.place(&path), item.text(), &[]);
        }
    }
    let path = project.path(".python-version");
    let text = repository::read(&path).unwrap_or_default();
    if let Some(line) = text.lines().next().map(str::trim) {
        let place = Place { path, span: Span { start: 0, end: line.len() as u32 } };
        check(report, project, &place, line, &[]);
    }
}

/// The versions that CI names, for whichever of the projects.
fn pins_of_ci(report: &mut Report, projects: &[Project]) {
    // A pin that one project supports may be its.
    let is_fine = |project: &&Project, text: &str| judge(project, text).is_none_or(|(_, is_refused)| !is_refused);
    let owner_of = |text: &str| projects.iter().find(|project| is_fine(project, text)).or(projects.first());
    let mut seen = Seen::default();
    let mut pins: Vec<(Place, String)> = Vec::new();
    for action in automation::actions(&["actions/setup-python", "astral-sh/setup-uv"]) {
        let path = &action.place.path;
        let Some(version) = Item::root(&action.inputs).and_then(|inputs| inputs.get("python-version")) else {
            continue;
        };
        let place = version.place(path);
        let owner = owner_of(version.text());
        if seen.is_new(&place) && owner.is_some_and(|owner| judge(owner, version.text()).is_some()) {
            pins.push((place, version.text().to_owned()));
        }
    }
    // One finding for all of CI: such pins are copied from workflow to workflow.
    if let Some(((place, text), others)) = pins.split_first()
        && let Some(owner) = owner_of(text)
    {
        check(report, owner, place, text, others);
    }
}

/// The version that a pin names when it is too old, and whether the project refuses it.
fn judge(project: &Project, text: &str) -> Option<(String, bool)> {
    let text = text.trim().trim_start_matches("cpython-").trim_start_matches("cpython@");
    // `py310` of Ruff.
    let shown = text.strip_prefix("py3").map_or_else(|| text.to_owned(), |minor| format!("3.{minor}"));
    let (version, oldest) = (Version::parse(&shown)?, Version::parse("3.12")?);
    let is_refused = project.requires_python.as_deref().is_some_and(|requires| !admits(requires, version));
    (version < oldest && (is_refused || !project.has_profile("library"))).then_some((shown, is_refused))
}

fn check(report: &mut Report, project: &Project, place: &Place, text: &str, others: &[(Place, String)]) {
    let Some((shown, is_refused)) = judge(project, text) else { return };
    let finding = report
        .finding(place, format!("Python {shown} is older than 3.12"))
        .help("name 3.12 or newer, or leave it out: tools read `requires-python` and `.python-version`");
    // Where the project itself supports it, the floor is what is too low.
    let is_supported = project.requires_python.is_some() && !is_refused;
    let pins = std::iter::once((place, text)).chain(others.iter().map(|(place, text)| (place, text.as_str())));
    let edits: Option<Vec<Edit>> = pins.map(|(place, text)| raised(project, place, text)).collect();
    let finding = finding.unsafe_fix(edits.filter(|_| !is_supported).into_iter().flatten());
    let others = others.iter().take(MOST_PLACES);
    let finding = others.fold(finding, |finding, (place, text)| finding.related(place, format!("Python {text}")));
    if is_supported {
        finding.low()
    } else {
        finding.medium()
    };
}

/// Puts the oldest version from 3.12 on that the project admits in place of one, in the manner of its writing.
fn raised(project: &Project, place: &Place, text: &str) -> Option<Edit> {
    let requires = project.requires_python.as_deref().unwrap_or_default();
    let is_admitted = |minor: &u32| {
        Version::parse(&format!("3.{minor}")).is_some_and(|version| requires.is_empty() || admits(requires, version))
    };
    let minor = (12..20).find(is_admitted)?;
    let text = text.trim();
    let raised = match text.split_once("3.") {
        Some((before, _)) => format!("{before}3.{minor}"),
        None => format!("py3{minor}"),
    };
    edit::replace_words(place, text, &raised)
}
