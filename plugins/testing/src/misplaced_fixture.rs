//! Fixtures for all tests that one folder needs.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::paths::join;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product;
use plimsoll_sdk::text::{plural, quoted};

use crate::suite::MODULES;

rule! {
    /// A fixture in `tests/conftest.py` serves the tests of one folder only.
    ///
    /// Every reader of the common file has to find out who needs it. Move the fixture into the `conftest.py` of that
    /// folder.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad tests/conftest.py
    /// import pytest
    ///
    /// @pytest.fixture
    /// def vasa():  # error: only tests in `tests/ships` use the fixture `vasa`
    ///     return "Vasa"
    /// ```
    /// ```python bad tests/ships/test_a.py
    /// def test_name(vasa): ...
    /// ```
    /// ```python bad tests/ports/test_b.py
    /// def test_port(): ...
    /// ```
    /// ```python bad tests/crews/test_c.py
    /// def test_crew(): ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good tests/conftest.py
    /// import pytest
    ///
    /// @pytest.fixture
    /// def vasa():
    ///     return "Vasa"
    /// ```
    /// ```python good tests/ships/test_a.py
    /// def test_name(vasa): ...
    /// ```
    /// ```python good tests/ports/test_b.py
    /// def test_port(vasa): ...
    /// ```
    /// ```python good tests/crews/test_c.py
    /// def test_crew(): ...
    /// ```
    pub(crate) static MISPLACED_FIXTURE = {
        id: "misplaced-fixture",
        requirements: ["8.2.2"],
        check: Check::Repository(misplaced_fixture),
        confidence: Low,
        wants: [Want::Search(FIXTURES, CONFTESTS)],
    }
}

/// Plain fixtures: those with a scope or for all tests are set up once for many.
const FIXTURES: &[&str] = &[r"(?m)^@pytest\.fixture(?:\(\))?[ \t]*\n(?:async[ \t]+)?def[ \t]+([a-zA-Z]\w+)"];
const CONFTESTS: &[&str] = &["conftest.py"];
/// What stands before the names of fixtures in brackets: names of functions, and calls with a fixture's name.
const BEFORE: &[&str] = &["def ", "usefixtures(", "getfixturevalue(", "lazy_fixture(", "fixture_ref(", "lf("];
const USERS: &[&str] = &["**/tests/**/*.py"];
/// Names that plug-ins know.
const KNOWN: &[&str] =
    &["event_loop", "anyio_backend", "settings", "pytestconfig", "app", "client", "event_loop_policy"];
/// Folders that make a suite worth dividing.
const LEAST: usize = 3;
const MOST: usize = 10;

fn misplaced_fixture(report: &mut Report) {
    let root = join(&product::main_project().map_or(String::new(), |project| project.root), "tests");
    let conftest = join(&root, "conftest.py");
    let fixtures: Vec<Match> =
        repository::search(FIXTURES, CONFTESTS).into_iter().filter(|it| it.place.path == conftest).collect();
    let modules = repository::find(MODULES);
    let folders: BTreeSet<&str> = modules.iter().filter_map(|file| folder_of(&file.path, &root)).collect();
    if fixtures.is_empty() || folders.len() < LEAST {
        return report.not_applicable("8.2.2", "no fixtures for all tests, or no folders of tests");
    }
    let mut users: BTreeMap<&str, BTreeSet<String>> =
        fixtures.iter().map(|fixture| (fixture.text.as_str(), BTreeSet::new())).collect();
    for file in repository::find(USERS) {
        // Other fixtures, helpers and tests beside the folders count as users of their own.
        let folder = folder_of(&file.path, &root).unwrap_or("");
        for word in words(&repository::read(&file.path).unwrap_or_default()) {
            if let Some(folders) = users.get_mut(word) {
                folders.insert(folder.to_owned());
            }
        }
    }
    let only_folder = |fixture: &Match| {
        let folders = users.get(fixture.text.as_str()).filter(|folders| folders.len() == 1)?;
        folders
            .first()
            .map(String::as_str)
            .filter(|folder| !folder.is_empty() && !KNOWN.contains(&fixture.text.as_str()))
    };
    let misplaced: Vec<(&Match, &str)> = fixtures.iter().filter_map(|it| Some((it, only_folder(it)?))).collect();
    let Some((fixture, folder)) = misplaced.first() else { return };
    let others = misplaced.iter().skip(1).filter(|(_, other)| other == folder).take(MOST);
    let others: Vec<&String> = others.map(|(fixture, _)| &fixture.text).collect();
    let folder = join(&root, folder);
    let mut help = format!("move it to `{folder}/conftest.py`");
    if !others.is_empty() {
        help.push_str(&format!("; the same holds for the {} {}", plural(others.len(), "fixture"), quoted(&others)));
    }
    report.finding(&fixture.place, format!("only tests in `{folder}` use the fixture `{}`", fixture.text)).help(help);
}

/// The words in the brackets of definitions and of calls that name fixtures.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let brackets = BEFORE.iter().flat_map(move |before| {
        let starts = text.match_indices(before).map(|(start, _)| start);
        starts.filter_map(|start| Some(text[start..].split_once('(')?.1.split_once(')')?.0))
    });
    brackets.flat_map(|inside| inside.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
}

/// The first folder below the root of the tests.
fn folder_of<'a>(path: &'a str, root: &str) -> Option<&'a str> {
    let below = path.strip_prefix(root)?.strip_prefix('/')?;
    Some(below.split_once('/')?.0)
}
