//! Large test suites that run on one core.

use plimsoll_sdk::paths::parent;
use plimsoll_sdk::prelude::*;

use crate::suite::{
    CONFIGURATION, MODULES, TESTS, is_named, number_of_tests, place_of_tools, test_modules, uses_pytest,
};

rule! {
    /// A large test suite runs one test after the other.
    ///
    /// People stop running a suite that is slow. Add pytest-xdist and run the tests with `-n auto`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "pytest",
    ///   "pytest-xdist",  # error: `pytest-xdist` is installed, and nothing runs the tests with `-n`
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
    /// dev = ["pytest", "pytest-xdist"]
    ///
    /// [tool.pytest.ini_options]
    /// addopts = "-n auto"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    ///
    /// The packaging of a distribution runs tests as well:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest", "pytest-xdist"]
    /// ```
    /// ```text good .config/app.spec
    /// %check
    /// %pytest --numprocesses=auto
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    pub(crate) static SERIAL_TEST_SUITE = {
        id: "serial-test-suite",
        requirements: ["3.2.3"],
        check: Check::Repository(serial_test_suite),
        confidence: Low,
        wants: [Want::Search(TESTS, MODULES), Want::Search(PARALLEL, CONFIGURATION), Want::Search(USES, CONFIGURATION), Want::Search(DOCUMENTED, PAGES)],
        options: [("tests", "1000", "from how many test functions on a suite counts as large")],
    }
}

const PARALLEL: &[&str] = &[concat!(
    r"(?:xdist|pytest-parallel|pytest-split|pytest-shard|pytest-test-groups|pytest-rerunfailures-parallel|karellen",
    r"|--splits|--shard|--num-shards|--test-group|--parallel|--numprocesses|-n[ =]?(?:auto|logical|[0-9$]))"
)];
const DOCUMENTED: &[&str] = &[r"pytest[^\n]* -n[ =]?[a-z0-9]"];
const PAGES: &[&str] = &["*.md", "*.rst"];
const USES: &[&str] = &[r#"(?:-n[ =]?(?:auto|logical|[0-9$])|--numprocesses|--dist[ =]|-n['"])"#];

fn serial_test_suite(report: &mut Report) {
    let least = report.option("tests").and_then(Item::integer).and_then(|count| usize::try_from(count).ok());
    let modules = if uses_pytest() { test_modules() } else { Vec::new() };
    let count = number_of_tests(&modules);
    let Some(place) = modules.first().and_then(|module| place_of_tools(&module.first.place.path)) else {
        return report.not_applicable("3.2.3", "no tests that pytest runs");
    };
    if !is_named(PARALLEL) {
        if count < least.unwrap_or(1000) {
            return report.not_applicable("3.2.3", "the test suite is small");
        }
        report
            .finding(&place, format!("{count} tests run one after the other"))
            .help("add `pytest-xdist` and run pytest with `-n auto`");
        report.unknown("3.2.3", Some(&place), "the tests may need to run one after the other");
        return;
    }
    if is_named(USES) || !repository::search(DOCUMENTED, PAGES).is_empty() {
        return;
    }
    let xdist = project::dependencies(&["pytest-xdist"]).into_iter().find(|each| parent(&each.place.path).is_empty());
    if let Some(xdist) = xdist {
        report
            .finding(&xdist.place, "`pytest-xdist` is installed, and nothing runs the tests with `-n`")
            .help("run pytest with `-n auto`, in `addopts` or in CI");
    }
}
