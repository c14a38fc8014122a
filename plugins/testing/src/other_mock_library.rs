//! Mock libraries beside pytest-mock and `unittest.mock`.

use plimsoll_sdk::prelude::*;

use crate::suite::is_for_tests;

rule! {
    /// Tests mock with a library that is neither pytest-mock nor `unittest.mock`.
    ///
    /// Two ways of mocking in one suite have to be learned twice, and the back-port `mock` is the standard library's
    /// module of years ago. Use the fixture `mocker` of pytest-mock, or `unittest.mock`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "pytest",
    ///   "mock>=5",  # error: tests mock with `mock`
    /// ]
    /// ```
    /// ```python bad tests/test_app.py
    /// from mock import patch
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest", "pytest-mock"]
    /// ```
    /// ```python good tests/test_app.py
    /// from unittest.mock import MagicMock, patch
    /// ```
    ///
    /// A library that production code uses may be what the tests test.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["mock"]
    /// ```
    /// ```python good tests/test_app.py
    /// import mock
    /// ```
    pub(crate) static OTHER_MOCK_LIBRARY = {
        id: "other-mock-library",
        requirements: ["3.2.4", "8.7.1", "8.7.2"],
        check: Check::Dependencies(
            &["mock", "flexmock", "mockito", "doublex", "pretend", "fudge", "mox3", "dingus"],
            other_mock_library,
        ),
        roles: [Role::Test],
        wants: [Want::Imports(IMPORTED)],
    }
}

const IMPORTED: &[&str] = &[
    "mock",
    "mock.*",
    "flexmock",
    "flexmock.*",
    "mockito",
    "mockito.*",
    "doublex",
    "doublex.*",
    "pretend",
    "pretend.*",
    "fudge",
    "fudge.*",
    "mox3",
    "mox3.*",
    "dingus",
    "dingus.*",
];

fn other_mock_library(report: &mut Report, dependency: &Dependency) {
    let is_its = |import: &Import| import.name.split('.').next() == Some(dependency.name.as_str());
    if !is_for_tests(dependency) || !python::imports(IMPORTED).iter().any(is_its) {
        return;
    }
    let finding = report
        .finding(&dependency.place, format!("tests mock with `{}`", dependency.name))
        .help("use `mocker` of pytest-mock, or `unittest.mock`")
        .requirement("3.2.4")
        .requirement("8.7.1");
    if dependency.name != "mock" {
        finding.medium();
    }
}
