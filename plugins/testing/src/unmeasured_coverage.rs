//! Test suites whose coverage no one measures.

use plimsoll_sdk::prelude::*;

use crate::suite::{CONFIGURATION, MODULES, TESTS, is_for_tests, is_named, place_of_tools, test_modules, uses_pytest};

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
        report
            .finding(&place, "nothing measures the coverage of the tests")
            .help("add `pytest-cov` to the development dependencies and run pytest with `--cov`");
        return;
    }
    if is_named(USES) || !repository::search(DOCUMENTED, PAGES).is_empty() {
        return;
    }
    if let Some(dependency) = project::dependencies(&["pytest-cov"]).iter().find(|each| is_for_tests(each)) {
        report
            .finding(&dependency.place, "`pytest-cov` is installed, and nothing measures with it")
            .help("run pytest with `--cov`, in `addopts` or in CI")
            .low();
    }
}
