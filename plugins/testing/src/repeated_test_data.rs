//! Constants of test data that several modules repeat.

use std::collections::BTreeMap;

use plimsoll_sdk::prelude::*;

use crate::suite::is_data;

rule! {
    /// Test modules repeat the same data.
    ///
    /// Copies drift apart, and no one knows which one is right. Keep the data in one place: a fixture in `conftest.py`,
    /// or a file under `tests/data` that a fixture reads.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad tests/test_a.py
    /// MASSES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    /// ```
    /// ```python bad tests/test_b.py
    /// WEIGHTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]  # error: the data of `WEIGHTS` is that of `MASSES` in `tests/test_a.py`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good tests/conftest.py
    /// import pytest
    ///
    /// @pytest.fixture
    /// def masses():
    ///     return [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    /// ```
    /// ```python good tests/test_b.py
    /// SHORT = [1, 2, 3]
    /// ```
    /// ```python good tests/test_c.py
    /// SHORT = [1, 2, 3]
    /// ```
    pub(crate) static REPEATED_TEST_DATA = {
        id: "repeated-test-data",
        requirements: ["8.6.3"],
        check: Check::Repository(repeated_test_data),
        roles: [Role::Test],
        wants: [Want::Assignments(CONSTANTS)],
    }
}

/// Names of constants; others are seldom shared.
const CONSTANTS: &[&str] = &["module:/^_?[A-Z][A-Z0-9_]*$/"];
/// How many literals make data.
const LEAST: usize = 15;
/// More would not be read.
const MOST: usize = 5;

fn repeated_test_data(report: &mut Report) {
    let mut first: BTreeMap<String, Assignment> = BTreeMap::new();
    let mut count = 0;
    for assignment in python::assignments(CONSTANTS) {
        let path = &assignment.site.place.path;
        let is_kept_apart = is_data(path) || path.split(['/', '_']).any(|part| part.starts_with("snapshot"));
        let Some(data) = assignment.value.as_deref().and_then(Item::root).filter(|_| !is_kept_apart).and_then(data)
        else {
            continue;
        };
        match first.get(&data) {
            None => {
                first.insert(data, assignment);
            }
            Some(earlier) if earlier.site.place.path == *path || count == MOST => {}
            Some(earlier) => {
                count += 1;
                let (own, other) = (&assignment.target, &earlier.target);
                let message = format!("the data of `{own}` is that of `{other}` in `{}`", earlier.site.place.path);
                report
                    .finding(&assignment.site.place, message)
                    .help("keep it in a fixture or in a file under `tests/data`")
                    .related(&earlier.site.place, "the same data")
                    .low();
            }
        }
    }
}

/// What a list or dict of enough literals holds, in one text.
fn data(value: Item<'_>) -> Option<String> {
    if !matches!(value.kind(), NodeKind::List | NodeKind::Table | NodeKind::Set | NodeKind::Tuple) {
        return None;
    }
    let mut text = String::new();
    let mut literals = 0;
    for item in value.descendants() {
        match item.kind() {
            NodeKind::List | NodeKind::Table | NodeKind::Set | NodeKind::Tuple => {}
            NodeKind::Text | NodeKind::Integer | NodeKind::Float | NodeKind::Boolean | NodeKind::Null => literals += 1,
            _ => return None,
        }
        // Braces show where the parts of a structure begin.
        let depth = if item.parent().span() == value.span() { '|' } else { ',' };
        text.extend([depth, if item.kind() == NodeKind::Text { '"' } else { ' ' }]);
        text.push_str(item.key().unwrap_or_default());
        text.push(':');
        text.push_str(item.text());
    }
    (literals >= LEAST).then_some(text)
}
