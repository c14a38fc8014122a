//! Test suites whose coverage no one measures.

use plimsoll_sdk::prelude::*;

use crate::coverage_edits::measured;
use crate::dependency_edits;
use crate::suite::{
    CONFIGURATION, MODULES, TESTS, is_for_tests, is_named, place_of_tools, project_of, test_modules, uses_pytest,
};

rule! {
    /// The coverage of the tests is not measured through pytest-cov.
    ///
    /// Without a number no one sees which code the tests never reach. Add pytest-cov to the development dependencies
    /// and run the tests with `--cov`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "pytest",  # error: nothing measures the coverage of the tests
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "pytest",
    ///   "pytest-cov",
    /// ]
    ///
    /// [tool.pytest.ini_options]
    /// addopts = "--cov"
    ///
    /// [tool.coverage.run]
    /// source = ["src"]
    /// branch = true
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```python fixed tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "pytest",
    ///   "pytest-cov",  # error: `pytest-cov` is installed, and nothing measures with it
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "pytest",
    ///   "pytest-cov",
    /// ]
    ///
    /// [tool.pytest.ini_options]
    /// addopts = "--cov"
    ///
    /// [tool.coverage.run]
    /// source = ["src"]
    /// branch = true
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```python fixed tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest", "pytest-cov"]
    ///
    /// [tool.pytest.ini_options]
    /// addopts = "--cov=app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    pub(crate) static UNMEASURED_COVERAGE = {
        id: "unmeasured-coverage",
        requirements: ["3.2.1"],
        check: Check::Repository(unmeasured_coverage),
        wants: [
            Want::Search(TESTS, MODULES),
            Want::Search(TOOLS, CONFIGURATION),
            Want::Search(USES, CONFIGURATION),
            Want::Search(DOCUMENTED, PAGES),
        ],
    }
}

const TOOLS: &[&str] = &[r"(?:pytest[-_]cov|--cov(?-u:\b)|covdefaults|slipcover|coverage|codecov|coveralls)"];
const USES: &[&str] =
    &[r"(?:--cov(?-u:\b)|coverage (?:run|report|xml|html)|tool\.coverage|^\[run\]|codecov|coveralls)"];
const DOCUMENTED: &[&str] = &[r"--cov(?-u:\b)"];
const PAGES: &[&str] = &["*.md", "*.rst"];

fn unmeasured_coverage(report: &mut Report) {
    let modules = if uses_pytest() { test_modules() } else { Vec::new() };
    let Some(place) = modules.first().and_then(|module| place_of_tools(&module.first.place.path)) else {
        return report.not_applicable("3.2.1", "no tests that pytest runs");
    };
    if !is_named(TOOLS) {
        const HELP: &str = "add `pytest-cov` to the development dependencies and run pytest with `--cov`";
        let finding = report.finding(&place, "nothing measures the coverage of the tests");
        let edits = added(&place);
        match dependency_edits::locking(&place.path).filter(|_| edits.is_some()) {
            Some(command) => finding.help(format!("{HELP}; then run `{command}`")),
            None => finding.help(HELP),
        }
        .unsafe_fix(edits.into_iter().flatten());
        return;
    }
    if is_named(USES) || !repository::search(DOCUMENTED, PAGES).is_empty() {
        return;
    }
    if let Some(dependency) = project::dependencies(&["pytest-cov"]).iter().find(|each| is_for_tests(each)) {
        report
            .finding(&dependency.place, "`pytest-cov` is installed, and nothing measures with it")
            .help("run pytest with `--cov`, in `addopts` or in CI")
            .unsafe_fix(owner(&dependency.place).and_then(|project| measured(&project)).into_iter().flatten())
            .low();
    }
}

/// Declares pytest-cov beside pytest and lets pytest measure.
fn added(place: &Place) -> Option<Vec<Edit>> {
    let is_there = |dependency: &&Dependency| dependency.place == *place && is_for_tests(dependency);
    let declared = project::dependencies(&["pytest"]);
    let mut edits = measured(&owner(place)?)?;
    edits.push(dependency_edits::beside(declared.iter().find(is_there)?, "pytest-cov")?);
    Some(edits)
}

fn owner(place: &Place) -> Option<Project> {
    let projects = project::projects();
    let root = project_of(&projects, &place.path);
    projects.into_iter().find(|project| project.root == root)
}
