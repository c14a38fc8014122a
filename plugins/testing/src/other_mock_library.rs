//! Mock libraries beside pytest-mock and `unittest.mock`.

use std::collections::BTreeSet;

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::texts::Texts;

use crate::dependency_edits;
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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "pytest",
    /// ]
    /// ```
    /// ```python fixed tests/test_app.py
    /// from unittest.mock import patch
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

/// What `unittest.mock` has in all versions of Python that are supported.
const SHARED: &[&str] = &[
    "ANY",
    "AsyncMock",
    "DEFAULT",
    "MagicMock",
    "Mock",
    "NonCallableMagicMock",
    "NonCallableMock",
    "PropertyMock",
    "call",
    "create_autospec",
    "mock_open",
    "patch",
    "seal",
    "sentinel",
];

/// Where a statement is one of several ways to the same.
const DEPENDENT: Surroundings = Surroundings::CONDITIONAL.union(Surroundings::TRY).union(Surroundings::HANDLER);

fn other_mock_library(report: &mut Report, dependency: &Dependency) {
    let imports = python::imports(IMPORTED);
    let is_its = |import: &&Import| import.name.split('.').next() == Some(dependency.name.as_str());
    let is_used = |import: &Import| import.site.role == Role::Test && is_its(&import);
    if !is_for_tests(dependency) || !imports.iter().any(is_used) {
        return;
    }
    let finding = report
        .finding(&dependency.place, format!("tests mock with `{}`", dependency.name))
        .requirement("3.2.4")
        .requirement("8.7.1");
    if dependency.name != "mock" {
        finding.help("use `mocker` of pytest-mock, or `unittest.mock`").medium();
        return;
    }
    let edits = replaced(&imports.iter().filter(is_its).collect::<Vec<_>>()).unwrap_or_default();
    const HELP: &str = "use `mocker` of pytest-mock, or `unittest.mock`";
    match dependency_edits::locking(&dependency.place.path) {
        Some(command) => finding.help(format!("{HELP}; without `mock`, run `{command}`")).unsafe_fix(edits),
        None => finding.help(HELP).safe_fix(edits),
    };
}

/// The module of the standard library in all imports, and all declarations for tests taken out; none where one of them
/// is written in another way.
fn replaced(imports: &[&Import]) -> Option<Vec<Edit>> {
    let mut texts = Texts::default();
    let mut statements: BTreeSet<(&str, usize)> = BTreeSet::new();
    let mut edits = Vec::new();
    for import in imports {
        let Place { path, span } = &import.site.place;
        let text = texts.of(path);
        let before = text.get(..span.start as usize)?;
        let (head, new) = match import.name.split_once('.') {
            None => ("import ", "from unittest import "),
            Some((_, name)) if SHARED.contains(&name) => ("from mock import ", "from unittest.mock import "),
            Some(_) => return None,
        };
        let start = before.rfind(head)?;
        let line = text.get(start..)?.lines().next().unwrap_or_default();
        let is_first = before.get(..start)?.rsplit('\n').next().is_some_and(|indent| indent.trim().is_empty());
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        // `import mock` alone binds the module; `mock.x` may be what only the library has.
        let is_module = matches!(words[..], ["import", "mock"] | ["import", "mock", "as", _]);
        if !is_first || head == "import " && !(is_module && has_shared_attributes(text, &import.bound)) {
            return None;
        }
        let is_quoted = ["\"mock.", "'mock."].iter().any(|target| text.contains(target));
        // A statement that is tried may have the module of the standard library beside it.
        if is_quoted || import.site.surroundings.intersects(DEPENDENT) || text.contains("import unittest.mock") {
            return None;
        }
        if statements.insert((path, start)) {
            let span = Span { start: start as u32, end: (start + head.len()) as u32 };
            edits.push(edit::replace(&Place { path: path.clone(), span }, new));
        }
    }
    let declared = project::dependencies(&["mock"]);
    for dependency in declared.iter().filter(|dependency| dependency.kind != "constraint") {
        edits.push(dependency_edits::without(dependency).filter(|_| is_for_tests(dependency))?);
    }
    Some(edits)
}

/// Whether a module uses nothing of `mock` that the standard library may lack.
fn has_shared_attributes(text: &str, bound: &str) -> bool {
    let prefix = format!("{bound}.");
    text.match_indices(&prefix).all(|(at, _)| {
        let rest = text.get(at + prefix.len()..).unwrap_or_default();
        let name = rest.split(|next: char| !next.is_alphanumeric() && next != '_').next().unwrap_or_default();
        let is_part = text
            .get(..at)
            .is_some_and(|before| before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '.')));
        is_part || SHARED.contains(&name)
    })
}
