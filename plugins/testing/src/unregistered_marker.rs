//! Markers that tests use and pytest does not know.

use std::collections::BTreeMap;

use plimsoll_sdk::paths::parent;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::settings::{PYTEST, Settings};

use crate::marker_edits::meaning;
use crate::suite::{MODULES, matches_in_tests, place_of_tools, project_of, uses_pytest};

rule! {
    /// Tests use a marker that pytest's configuration does not register.
    ///
    /// pytest warns about each use, and with `--strict-markers` it stops. A registered marker has a description that
    /// `pytest --markers` shows. List `unit`, `integration` and `e2e` in `markers`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    ///
    /// [tool.pytest.ini_options]
    /// markers = ["slow: takes more than a second"]  # error: the marker `unit` is not registered
    /// ```
    /// ```python bad tests/test_app.py
    /// import pytest
    ///
    /// @pytest.mark.unit
    /// def test_a(): ...
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    ///
    /// [tool.pytest.ini_options]
    /// markers = ["slow: takes more than a second", "unit: fast, without input and output"]
    /// ```
    /// ```python fixed tests/test_app.py
    /// import pytest
    ///
    /// @pytest.mark.unit
    /// def test_a(): ...
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    ///
    /// [tool.pytest.ini_options]  # error: the markers `integration`, `e2e` are not registered
    /// addopts = "--strict-markers"
    /// ```
    /// ```python bad tests/test_app.py
    /// import pytest
    ///
    /// @pytest.mark.integration
    /// def test_a(): ...
    ///
    /// @pytest.mark.e2e
    /// def test_b(): ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    ///
    /// [tool.pytest.ini_options]
    /// markers = ["unit: fast, without input and output"]
    /// ```
    /// ```python good tests/test_app.py
    /// import pytest
    ///
    /// @pytest.mark.unit
    /// def test_a(): ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    /// ```
    /// ```python good tests/conftest.py
    /// def pytest_configure(config):
    ///     config.addinivalue_line("markers", "e2e: the whole system")
    /// ```
    /// ```python good tests/test_app.py
    /// import pytest
    ///
    /// @pytest.mark.e2e
    /// def test_a(): ...
    /// ```
    pub(crate) static UNREGISTERED_MARKER = {
        id: "unregistered-marker",
        requirements: ["8.3.2", "8.3.3", "8.3.4"],
        check: Check::Repository(unregistered_marker),
        wants: [
            Want::Search(USES, MODULES),
            Want::Search(HOOKS, &["*.py"]),
        ],
    }
}

const MARKERS: &[(&str, &str)] = &[("8.3.2", "unit"), ("8.3.3", "integration"), ("8.3.4", "e2e")];
const USES: &[&str] = &[r"pytest\.mark\.(unit|integration|e2e)(?-u:\b)"];
const HOOKS: &[&str] = &[r"addinivalue_line\("];

fn unregistered_marker(report: &mut Report) {
    let uses = matches_in_tests(USES);
    let used: Vec<_> = MARKERS.iter().filter(|(_, name)| uses.iter().any(|each| each.text == *name)).collect();
    for (id, _) in MARKERS.iter().filter(|marker| !used.contains(marker)) {
        report.not_applicable(id, "no test uses the marker");
    }
    if used.is_empty() || !uses_pytest() {
        return;
    }
    // Markers from code: the names may be put together.
    if !repository::search(HOOKS, &["*.py"]).is_empty() {
        return;
    }
    let projects = project::projects();
    let mut by_project: BTreeMap<String, Vec<&Match>> = BTreeMap::new();
    for each in &uses {
        by_project.entry(project_of(&projects, &each.place.path)).or_default().push(each);
    }
    for uses in by_project.values() {
        judge(report, uses);
    }
}

/// Compares the markers that one project uses with those that its settings list.
fn judge(report: &mut Report, uses: &[&Match]) {
    let Some(first) = uses.first() else { return };
    let settings = Settings::of(&PYTEST, parent(&first.place.path));
    let registered = settings.setting(&["markers"]);
    let listed: Vec<String> = registered.as_ref().map_or(Vec::new(), |setting| {
        let lines = setting.value.strings().into_iter().flat_map(str::lines);
        lines.map(|line| line.split([':', '(']).next().unwrap_or(line).trim().to_owned()).collect()
    });
    let is_missing = |name: &str| uses.iter().any(|each| each.text == name) && !listed.iter().any(|own| own == name);
    let missing: Vec<_> = MARKERS.iter().filter(|(_, name)| is_missing(name)).collect();
    let place = registered.map(|setting| setting.place).or_else(|| settings.place());
    let Some(place) = place.or_else(|| place_of_tools(&first.place.path)).filter(|_| !missing.is_empty()) else {
        return;
    };
    let names = missing.iter().map(|(_, name)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let message = if missing.len() == 1 {
        format!("the marker {names} is not registered")
    } else {
        format!("the markers {names} are not registered")
    };
    let layer = settings.layers.first().filter(|layer| layer.path.ends_with("pyproject.toml"));
    let is_text = settings.setting(&["markers"]).is_some_and(|markers| markers.value.kind() != NodeKind::List);
    let edits = layer.filter(|_| !is_text).into_iter().flat_map(|layer| {
        let keys = ["tool", "pytest", "ini_options", "markers"];
        let item =
            |(_, name): &&(&str, &str)| edit::append(&layer.path, &keys, format!("\"{name}: {}\"", meaning(name)));
        missing.iter().map(item).collect::<Vec<_>>()
    });
    let mut finding = report.finding(&place, message).help("list it in `markers` with a description").safe_fix(edits);
    for (id, name) in missing {
        finding = finding.requirement(id);
        if let Some(used) = uses.iter().find(|each| each.text == *name) {
            finding = finding.related(&used.place, "used here");
        }
    }
    let options = settings.setting(&["addopts"]).map_or(String::new(), |it| it.value.strings().join(" "));
    let is_strict = options.split_whitespace().any(|word| matches!(word, "--strict-markers" | "--strict"));
    if !is_strict {
        finding.medium();
    }
}
