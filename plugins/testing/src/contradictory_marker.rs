//! Markers of a kind in the folder of another kind.

use std::collections::BTreeSet;

use plimsoll_sdk::prelude::*;

use crate::suite::{MODULES, matches_in_tests};

rule! {
    /// A test carries the marker of one kind and lies in the folder of another.
    ///
    /// `pytest -m unit` and `pytest tests/unit` then run different tests, and one of the two is wrong. Move the test or
    /// correct its marker.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad tests/unit/test_app.py
    /// import pytest
    ///
    /// @pytest.mark.integration  # error: the marker `integration` in the folder `unit`
    /// def test_app(): ...
    /// ```
    /// ```python bad tests/e2e/test_app.py
    /// import pytest
    ///
    /// pytestmark = pytest.mark.unit  # error: the marker `unit` in the folder `e2e`
    ///
    /// def test_app(): ...
    /// ```
    /// ```python bad tests/integration/test_app.py
    /// import pytest
    ///
    /// pytestmark = [pytest.mark.e2e]  # error: the marker `e2e` in the folder `integration`
    ///
    /// def test_app(): ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good tests/unit/test_app.py
    /// import pytest
    ///
    /// @pytest.mark.unit
    /// def test_app(): ...
    /// ```
    /// ```python good tests/integration/unit/test_app.py
    /// import pytest
    ///
    /// @pytest.mark.integration
    /// def test_app(): ...
    /// ```
    pub(crate) static CONTRADICTORY_MARKER = {
        id: "contradictory-marker",
        requirements: ["8.3.2", "8.3.3", "8.3.4"],
        check: Check::Repository(contradictory_marker),
        confidence: Low,
        wants: [Want::Search(MARKS, MODULES)],
    }
}

const MARKS: &[&str] = &[r"pytest\.mark\.(unit|integration|e2e)(?-u:\b)"];
const KINDS: &[(&str, &str)] = &[("unit", "8.3.2"), ("integration", "8.3.3"), ("e2e", "8.3.4")];

fn contradictory_marker(report: &mut Report) {
    let mut reported = BTreeSet::new();
    for mark in matches_in_tests(MARKS) {
        let path = &mark.place.path;
        let folders: Vec<&str> = path.split('/').collect();
        let kinds: Vec<_> = KINDS.iter().filter(|(kind, _)| folders.contains(kind)).collect();
        // Two kinds in one path leave open which one is meant.
        let [(folder, requirement)] = kinds.as_slice() else { continue };
        if *folder == mark.text || !reported.insert(path.clone()) {
            continue;
        }
        report
            .finding(&mark.place, format!("the marker `{}` in the folder `{folder}`", mark.text))
            .help("move the test, or correct its marker")
            .requirement(requirement);
    }
}
