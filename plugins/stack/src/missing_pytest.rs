//! Tests that pytest does not run.

use plimsoll_sdk::gates::{Run, TESTS};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::{self, main_project};
use plimsoll_sdk::settings::{PYTEST, Settings};

rule! {
    /// The tests are run by something other than pytest.
    ///
    /// pytest has fixtures, parameters and readable failures, and its plug-ins measure coverage and run in parallel. It
    /// runs the test cases of `unittest` as they are; for Django there is pytest-django.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// import unittest
    ///
    /// class TestApp(unittest.TestCase): ...
    /// ```
    /// ```make bad Makefile
    /// test:
    /// 	python -m unittest  # error: the tests are run by `unittest`
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// from django.test import TestCase
    ///
    /// class AppTest(TestCase): ...
    /// ```
    /// ```make bad Makefile
    /// test:
    /// 	coverage run --source app manage.py test  # error: the tests are run by `manage.py`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.pytest.ini_options]
    /// addopts = "-ra"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// import unittest
    ///
    /// class TestApp(unittest.TestCase): ...
    /// ```
    ///
    /// A file that is only called like a test needs no runner.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good test-configuration/test_config.py
    /// DEBUG = True
    /// ```
    /// ```make good Makefile
    /// test:
    /// 	docker compose run web /opt/upstream/manage.py test
    /// ```
    ///
    /// Hatch's own command runs pytest.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// def test_app(): ...
    /// ```
    /// ```yaml good .github/workflows/test.yml
    /// on: [pull_request]
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: cd packages/app; hatch test
    /// ```
    pub(crate) static MISSING_PYTEST = {
        id: "missing-pytest",
        requirements: ["2.1.5.1"],
        check: Check::Repository(missing_pytest),
    }
}

fn missing_pytest(report: &mut Report) {
    let (Some(first), Some(_)) = (product::first_test(), main_project()) else {
        return report.not_applicable("2.1.5.1", "no tests");
    };
    let is_configured = || project::projects().iter().any(|project| Settings::of(&PYTEST, &project.root).exists());
    let runs = TESTS.runs();
    let is_named = |name: &str| matches!(name, "pytest" | "py.test" | "slipcover");
    // Of Hatch, `hatch test` alone runs tests by itself.
    let is_pytest =
        |run: &Run| run.name == "hatch" || is_named(&run.name) || run.words.iter().any(|word| is_named(word));
    let is_used =
        !project::dependencies(&["pytest", "pytest-*"]).is_empty() || is_configured() || runs.iter().any(is_pytest);
    if is_used || !repository::find(&["conftest.py"]).is_empty() {
        return;
    }
    match runs.first() {
        Some(run) => report
            .finding(&run.place, format!("the tests are run by `{}`", runner(run)))
            .help("add `pytest` to the `dev` group and run it; it runs test cases of `unittest` too")
            .medium(),
        None => report
            .finding(&plimsoll_sdk::paths::start(&first.path), "nothing shows that pytest runs the tests")
            .help("add `pytest` to the `dev` group")
            .low(),
    };
}

/// What runs the tests: coverage only watches another program.
fn runner(run: &Run) -> &str {
    match run.name.as_str() {
        "coverage" if run.words.iter().any(|word| word.ends_with("manage.py")) => "manage.py",
        "coverage" if run.words.iter().any(|word| word == "unittest") => "unittest",
        name => name,
    }
}
