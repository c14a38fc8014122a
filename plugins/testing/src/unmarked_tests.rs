//! Tests that no marker assigns to a kind.

use std::collections::BTreeSet;

use plimsoll_sdk::paths::join;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::quoted;

use crate::marker_edits::{meaning, registered};
use crate::suite::{MODULES, TESTS, matches_in_tests, number_of_tests, test_modules, uses_pytest};

rule! {
    /// Tests carry no marker that says which kind they are.
    ///
    /// Markers let a developer run `pytest -m unit` and CI the rest. Mark every test `unit`, `integration` or `e2e`: with
    /// a decorator, with `pytestmark` for a module, or with one hook in `conftest.py` that marks by folder.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    /// ```
    /// ```python bad tests/test_app.py
    /// def test_a(): ...  # error: 10 tests of 1 module carry no marker of their kind
    /// def test_b(): ...
    /// def test_c(): ...
    /// def test_d(): ...
    /// def test_e(): ...
    /// def test_f(): ...
    /// def test_g(): ...
    /// def test_h(): ...
    /// def test_i(): ...
    /// def test_j(): ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    /// ```
    /// ```python good tests/unit/test_app.py
    /// import pytest
    ///
    /// pytestmark = pytest.mark.unit
    ///
    /// def test_a(): ...
    /// def test_b(): ...
    /// def test_c(): ...
    /// def test_d(): ...
    /// def test_e(): ...
    /// def test_f(): ...
    /// def test_g(): ...
    /// def test_h(): ...
    /// def test_i(): ...
    /// def test_j(): ...
    /// ```
    pub(crate) static UNMARKED_TESTS = {
        id: "unmarked-tests",
        requirements: ["8.3.1", "8.3.2", "8.3.3", "8.3.4"],
        check: Check::Repository(unmarked_tests),
        confidence: Low,
        wants: [Want::Search(TESTS, MODULES), Want::Search(MARKS, MODULES), Want::Search(HOOKS, CONFTESTS)],
    }
}

const LEAST: usize = 10;
const KINDS: &[(&str, &str)] = &[("unit", "8.3.2"), ("integration", "8.3.3"), ("e2e", "8.3.4")];
const MARKS: &[&str] =
    &[r"(?-u:\b)mark\.(unit|unittest|unit_test|integration|integration_test|e2e|end_to_end|functional)(?-u:\b)"];
const HOOKS: &[&str] = &[r"(?:add_marker|applymarker)"];
const CONFTESTS: &[&str] = &["conftest.py", "*plugin*.py"];

fn unmarked_tests(report: &mut Report) {
    let modules = if uses_pytest() { test_modules() } else { Vec::new() };
    if number_of_tests(&modules) < LEAST {
        return report.not_applicable("8.3.1", "no pytest, or few tests");
    }
    if !repository::search(HOOKS, CONFTESTS).is_empty() {
        return report.unknown("8.3.1", None, "a hook adds markers");
    }
    let marks = matches_in_tests(MARKS);
    let marked: BTreeSet<&str> = marks.iter().map(|mark| mark.place.path.as_str()).collect();
    let unmarked: Vec<&Tally> = modules.iter().filter(|module| !marked.contains(path(module))).collect();
    let count = number_of_tests(unmarked.iter().copied());
    let Some(first) = unmarked.first().map(|module| &module.first) else { return };
    let names: Vec<&str> = unmarked.iter().take(5).map(|module| path(module)).collect();
    let modules = if unmarked.len() == 1 { "1 module".to_owned() } else { format!("{} modules", unmarked.len()) };
    let mut finding = report
        .finding(&first.place, format!("{count} tests of {modules} carry no marker of their kind"))
        .help(format!("mark them `unit`, `integration` or `e2e`; the first modules are {}", quoted(&names)));
    finding = finding.requirement("8.3.1").unsafe_fix(marked_by_folder(&unmarked).into_iter().flatten());
    // A folder says which marker its tests lack.
    let has_folder = |folder: &str| unmarked.iter().any(|module| path(module).split('/').any(|part| part == folder));
    let present: Vec<_> = KINDS.iter().filter(|(folder, _)| has_folder(folder)).collect();
    for (_, requirement) in &present {
        finding = finding.requirement(requirement);
    }
    // Folders, names and hooks tell the kinds in many projects; that no marker does is not yet a fault.
    drop(finding);
    for requirement in present.iter().map(|(_, requirement)| *requirement).chain(["8.3.1"]) {
        report.unknown(requirement, Some(&first.place), "no marker tells the kinds of the tests");
    }
}

/// The hook, for the folder of all tests.
const HOOK: &str = r#"def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the folder that it is in."""
    for item in items:
        folders = item.nodeid.partition("::")[0].split("/")
        for kind in (KINDS):
            if kind in folders:
                item.add_marker(kind)
"#;

/// Marks tests by their folders with a hook; none where some folder does not tell the kind.
fn marked_by_folder(modules: &[&Tally]) -> Option<Vec<Edit>> {
    let mut roots = BTreeSet::new();
    let mut found = BTreeSet::new();
    for module in modules {
        let parts: Vec<&str> = path(module).split('/').collect();
        let (folders, _) = parts.split_at(parts.len() - 1);
        let at = folders.iter().position(|folder| KINDS.iter().any(|(kind, _)| kind == folder))?;
        roots.insert(folders.get(..at)?.join("/"));
        found.insert(*folders.get(at)?);
    }
    let root = roots.pop_first().filter(|_| roots.is_empty())?;
    let kinds: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).filter(|kind| found.contains(kind)).collect();
    let listed: Vec<String> = kinds.iter().map(|kind| format!("\"{kind}\"")).collect();
    let comma = if listed.len() == 1 { "," } else { "" };
    let hook = HOOK.replace("KINDS", &format!("{}{comma}", listed.join(", ")));
    let conftest = join(&root, "conftest.py");
    let edit = match repository::read(&conftest) {
        Ok(text) => {
            let has_pytest = text.lines().any(|line| line.trim_end() == "import pytest");
            let is_free = !text.contains("pytest_collection_modifyitems") && !text.contains("pytest_itemcollected");
            let lines = format!("\n\n{}", hook.trim_end());
            (has_pytest && is_free).then(|| edit::append_lines(&conftest, &[&lines])).flatten()?
        }
        Err(_) if !repository::exists(&conftest) => {
            let text = format!("\"\"\"What all tests share.\"\"\"\n\nimport pytest\n\n\n{hook}");
            edit::create(&conftest, text)
        }
        Err(_) => return None,
    };
    let markers: Vec<(&str, &str)> = kinds.iter().map(|&kind| (kind, meaning(kind))).collect();
    let mut edits = registered(&conftest, &markers)?;
    edits.push(edit);
    Some(edits)
}

fn path(module: &Tally) -> &str {
    &module.first.place.path
}
