//! Fixtures that several test modules define alike.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::paths::parent;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::texts::Texts;

use crate::suite::{is_data, project_of};

rule! {
    /// Test modules define the same fixture again.
    ///
    /// A change has to be made in every copy, and the copy that was forgotten tests yesterday's set-up. Move the fixture
    /// into the `conftest.py` of the folder that holds all of them.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad tests/test_a.py
    /// import pytest
    ///
    /// @pytest.fixture
    /// def ship():
    ///     ship = {"name": "Vasa", "mass": 1210}
    ///     return ship
    /// ```
    /// ```python bad tests/test_b.py
    /// import pytest
    ///
    /// @pytest.fixture
    /// def ship():  # error: the fixture `ship` is the one of `tests/test_a.py`
    ///     ship = {"name": "Vasa", "mass": 1210}
    ///     return ship
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good tests/conftest.py
    /// import pytest
    ///
    /// @pytest.fixture
    /// def ship():
    ///     ship = {"name": "Vasa", "mass": 1210}
    ///     return ship
    /// ```
    /// ```python good tests/test_b.py
    /// import pytest
    ///
    /// @pytest.fixture
    /// def ship():
    ///     ship = {"name": "Mary Rose", "mass": 500}
    ///     return ship
    /// ```
    ///
    /// The same words may mean different things, and a fixture for all tests of a module is none for the others:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good tests/test_a.py
    /// import pytest
    ///
    /// app = make_app("a")
    ///
    /// @pytest.fixture
    /// def client(make_client):
    ///     with make_client(app, raise_errors=False) as client:
    ///         yield client
    ///
    /// @pytest.fixture(autouse=True)
    /// def quiet(monkeypatch):
    ///     monkeypatch.setenv("VERBOSE", "0")
    ///     monkeypatch.setenv("COLOUR", "0")
    /// ```
    /// ```python good tests/test_b.py
    /// import pytest
    ///
    /// app = make_app("b")
    ///
    /// @pytest.fixture
    /// def client(make_client):
    ///     with make_client(app, raise_errors=False) as client:
    ///         yield client
    ///
    /// @pytest.fixture(autouse=True)
    /// def quiet(monkeypatch):
    ///     monkeypatch.setenv("VERBOSE", "0")
    ///     monkeypatch.setenv("COLOUR", "0")
    /// ```
    pub(crate) static REPEATED_FIXTURE = {
        id: "repeated-fixture",
        requirements: ["8.2.1"],
        check: Check::Repository(repeated_fixture),
        confidence: Low,
        roles: [Role::Test],
        wants: [Want::Search(FIXTURES, FILES)],
    }
}

const FIXTURES: &[&str] = &[r"(?m)^@(?:pytest\.)?fixture(?-u:\b)"];
const FILES: &[&str] = &["test_*.py", "*_test.py", "conftest.py"];
/// Shorter bodies are no loss to repeat.
const LEAST: usize = 60;
/// More would not be read.
const MOST: usize = 5;

fn repeated_fixture(report: &mut Report) {
    let mut texts = Texts::default();
    let mut first: BTreeMap<(String, String), Place> = BTreeMap::new();
    let mut count = 0;
    let projects = project::projects();
    for found in repository::search(FIXTURES, FILES) {
        let path = found.place.path.clone();
        if is_data(&path) {
            continue;
        }
        let Some(fixture) = Fixture::parse(texts.of(&path), found.place.span.start as usize) else {
            continue;
        };
        // One line is soon repeated, and a fixture for all tests of a module would serve all others too.
        let is_short = fixture.body.trim().len() < LEAST || fixture.body.trim().lines().count() < 3;
        if is_short || ["params", "autouse"].iter().any(|word| fixture.head.contains(word)) {
            continue;
        }
        let place = Place { path: path.clone(), span: fixture.span(found.place.span.start) };
        let key = (fixture.name.clone(), format!("{}{}", fixture.head, fixture.body.trim_end()));
        let Some(earlier) = first.get(&key) else {
            first.insert(key, place);
            continue;
        };
        let is_other = project_of(&projects, &earlier.path) != project_of(&projects, &path);
        if earlier.path == path || is_other || count == MOST {
            continue;
        }
        if [&earlier.path, &path].into_iter().any(|path| fixture.depends_on(texts.of(path))) {
            continue;
        }
        count += 1;
        let folder = common(parent(&earlier.path), parent(&path));
        report
            .finding(&place, format!("the fixture `{}` is the one of `{}`", fixture.name, earlier.path))
            .help(format!("move it to `{folder}/conftest.py`"))
            .related(earlier, "the same fixture");
    }
}

/// A fixture's text: from its decorator to the next line that is not indented.
struct Fixture {
    head: String,
    name: String,
    body: String,
    start: usize,
}

impl Fixture {
    fn parse(module: &str, offset: usize) -> Option<Self> {
        let text = module.get(offset..)?;
        let start = text.find("def ")?.checked_add(4)?;
        let rest = text.get(start..)?;
        let name = rest.get(..rest.find('(')?)?;
        let head = text.get(..start)?;
        let is_near = head.lines().count() <= 6 && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
        let after = rest.find('\n')?;
        let mut end = after;
        for line in rest.get(after..)?.split_inclusive('\n') {
            let is_inside = line.trim().is_empty() || line.starts_with([' ', '\t', ')']);
            if !is_inside {
                break;
            }
            end += line.len();
        }
        let body = rest.get(name.len()..end)?.to_owned();
        is_near.then(|| Self { head: head.to_owned(), name: name.to_owned(), body, start })
    }

    /// Whether it uses something that its module defines: the same word may mean another thing in another module.
    fn depends_on(&self, module: &str) -> bool {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let words = self.body.split(|letter| !is_part(letter)).filter(|word| !word.is_empty() && *word != self.name);
        let words: BTreeSet<&str> = words.collect();
        let defined = module.lines().filter_map(|line| {
            let line = line.strip_prefix("async ").unwrap_or(line);
            let line = line.strip_prefix("def ").or_else(|| line.strip_prefix("class ")).unwrap_or(line);
            line.get(..line.find(|letter| !is_part(letter))?)
        });
        if words.contains("__file__") {
            return true;
        }
        let imports = ["from", "import", "if", "for", "with", "try", "except", "return"];
        defined.filter(|word| !word.is_empty() && !imports.contains(word)).any(|word| words.contains(word))
    }

    fn span(&self, offset: u32) -> Span {
        let start = offset.saturating_add(u32::try_from(self.start).unwrap_or(0));
        Span { start, end: start.saturating_add(u32::try_from(self.name.len()).unwrap_or(0)) }
    }
}

/// The folder that holds both.
fn common(left: &str, right: &str) -> String {
    let same = left.split('/').zip(right.split('/')).take_while(|(left, right)| left == right);
    same.map(|(part, _)| part).collect::<Vec<_>>().join("/")
}
