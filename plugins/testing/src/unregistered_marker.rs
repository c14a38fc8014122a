//! Markers that tests use and pytest does not know.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::settings::{PYTEST, Settings};

use crate::suite::{MODULES, matches_in_tests, place_of_tools, uses_pytest};

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
    let folder = uses.first().map_or("", |each| each.place.path.split_once("/tests/").map_or("", |(folder, _)| folder));
    let settings = Settings::of(&PYTEST, folder);
    let registered = settings.setting(&["markers"]);
    let listed: Vec<String> = registered.as_ref().map_or(Vec::new(), |setting| {
        let lines = setting.value.strings().into_iter().flat_map(str::lines);
        lines.map(|line| line.split([':', '(']).next().unwrap_or(line).trim().to_owned()).collect()
    });
    let missing: Vec<_> = used.into_iter().filter(|(_, name)| !listed.iter().any(|own| own == name)).collect();
    let Some(place) =
        registered.map(|setting| setting.place).or_else(|| settings.place()).or_else(|| place_of_tools(folder))
    else {
        return;
    };
    if missing.is_empty() {
        return;
    }
    let names = missing.iter().map(|(_, name)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let message = if missing.len() == 1 {
        format!("the marker {names} is not registered")
    } else {
        format!("the markers {names} are not registered")
    };
    let mut finding = report.finding(&place, message).help("list it in `markers` with a description");
    for (id, _) in missing {
        finding = finding.requirement(id);
    }
    if let Some(first) = uses.first() {
        finding = finding.related(&first.place, "used here");
    }
    let is_strict = settings.setting(&["addopts"]).is_some_and(|it| it.value.strings().join(" ").contains("--strict"));
    if !is_strict {
        finding.medium();
    }
}
