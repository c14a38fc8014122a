//! Rules for production code that are on for tests.

use std::collections::BTreeMap;

use plimsoll_sdk::prelude::*;

use crate::freedom::freedom;
use crate::type_checkers;
use plimsoll_sdk::paths::parent;
use plimsoll_sdk::ruff::{self, Settings};
use plimsoll_sdk::text::listed;

rule! {
    /// Tests are held to rules that are meant for production code.
    ///
    /// A test asserts, its name is its documentation, and its parameters are fixtures. Rules against that make people
    /// write noise or suppressions. Free the tests from them in `lint.per-file-ignores`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["ALL"]
    ///
    /// [tool.ruff.lint.per-file-ignores]  # error: tests may not do without docstrings and annotations
    /// "tests/**" = ["S101"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["ALL"]
    ///
    /// [tool.ruff.lint.per-file-ignores]
    /// "tests/**" = ["S101"]
    /// "tests/**/*.py" = ["D", "ANN"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```python fixed tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["F", "S"]  # error: tests may not use `assert`
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
    /// [tool.ruff.lint]
    /// select = ["ALL"]
    ///
    /// [tool.ruff.lint.per-file-ignores]
    /// "test_*.py" = ["S", "D10", "ANN"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/unit/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    ///
    /// Where all tests are annotated anyway, nothing is in the way:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["ANN"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// def test_app() -> None:
    ///     assert True
    /// ```
    ///
    /// A configuration in the folder of the tests can do it too:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["ALL"]
    /// ```
    /// ```toml good tests/ruff.toml
    /// extend = "../pyproject.toml"
    ///
    /// [lint]
    /// ignore = ["S101", "D", "ANN"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    ///
    /// Pyright need not be strict with tests either:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["F"]
    ///
    /// [tool.pyright]
    /// typeCheckingMode = "strict"  # error: Pyright is strict with tests
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// def test_app():
    ///     assert True
    /// ```
    pub(crate) static STRICT_RUFF_IN_TESTS = {
        id: "strict-ruff-in-tests",
        requirements: ["6.3.1", "6.3.2", "6.3.3"],
        check: Check::Repository(strict_ruff_in_tests),
        confidence: Low,
    }
}

/// What tests are freed from: the requirement, the rules that stand in the way, the selector to ignore.
const FREEDOMS: &[(&str, &[&str], &str)] = &[
    ("6.3.1", &["S101"], "S101"),
    ("6.3.2", &["D100", "D101", "D102", "D103"], "D"),
    ("6.3.3", &["ANN001", "ANN201"], "ANN"),
];

/// Modules of tests that are looked into.
const MOST_MODULES: usize = 60;

fn strict_ruff_in_tests(report: &mut Report) {
    let configurations = ruff::configurations(report, STRICT_RUFF_IN_TESTS.requirements);
    if !configurations.is_empty() && configurations.iter().all(|each| each.python_files(Role::Test).is_empty()) {
        for requirement in STRICT_RUFF_IN_TESTS.requirements {
            report.not_applicable(requirement, "there are no tests");
        }
    }
    for configuration in configurations {
        let tests = configuration.python_files(Role::Test);
        if tests.is_empty() {
            continue;
        }
        for project in &configuration.projects {
            strict_pyright(report, &project.root, &tests);
        }
        let settings = &configuration.settings;
        let Some(place) = settings.lint(&["per-file-ignores"]).or_else(|| settings.selection()) else { continue };
        let named: Vec<String> = tests.iter().filter(|path| is_test_module(path)).cloned().collect();
        let mut held = held(&named);
        held.retain(|(requirement, _)| *requirement != "6.3.3" || !are_annotated(&named));
        if held.is_empty() || lints_no_tests(&tests) {
            continue;
        }
        let requirements: Vec<&str> = held.iter().map(|(requirement, _)| *requirement).collect();
        let are_together = configuration
            .projects
            .iter()
            .all(|project| tests.iter().all(|test| test.starts_with(&project.path("tests/"))));
        let selectors: Vec<&str> = held.iter().map(|(_, selector)| *selector).collect();
        let mut finding = report
            .finding(&place.place, message(&requirements))
            .help(format!("let `lint.per-file-ignores` ignore {} for the tests", listed(&selectors)))
            .safe_fix(if are_together { freedom(&configuration, "tests", &selectors) } else { Vec::new() });
        for requirement in requirements {
            finding = finding.requirement(requirement);
        }
        drop(finding);
    }
}

/// Whether a file holds tests, rather than what they share.
fn is_test_module(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("test_") || name.ends_with("_test.py") || matches!(name, "tests.py" | "conftest.py")
}

/// The requirements, with what to ignore, whose rules are on for more than a tenth of the tests.
fn held(tests: &[String]) -> Vec<(&'static str, &'static str)> {
    let configured = repository::find(&[".ruff.toml", "ruff.toml", "pyproject.toml"]);
    let mut folders: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for test in tests {
        let holds = |folder: &&str| test.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let nearest = configured.iter().map(|file| parent(&file.path)).filter(holds).max_by_key(|folder| folder.len());
        folders.entry(nearest.unwrap_or_default()).or_default().push(test.clone());
    }
    let mut counts = [0; FREEDOMS.len()];
    for (folder, tests) in folders {
        let settings = Settings::of(folder);
        let rules = settings.rules();
        let excluded = settings.excluded(&tests);
        for (count, (_, codes, _)) in counts.iter_mut().zip(FREEDOMS) {
            let mut is_held = vec![false; tests.len()];
            for code in codes.iter().filter(|code| rules.is_on(code)) {
                let freed = settings.file_ignored(code, &tests);
                is_held.iter_mut().zip(freed).for_each(|(is_held, is_freed)| *is_held |= !is_freed);
            }
            *count += is_held.iter().zip(&excluded).filter(|&(&is_held, &is_excluded)| is_held && !is_excluded).count();
        }
    }
    let counted = FREEDOMS.iter().zip(counts).filter(|(_, count)| count * 10 > tests.len());
    counted.map(|((requirement, _, selector), _)| (*requirement, *selector)).collect()
}

/// Whether all but one in a hundred test functions are annotated anyway, so that nothing is in their way.
fn are_annotated(tests: &[String]) -> bool {
    let (mut annotated, mut others) = (0, 0);
    for path in tests.iter().take(MOST_MODULES) {
        let text = repository::read(path).unwrap_or_default();
        for test in text.split("def test_").skip(1) {
            let after = test.split_once(')').map_or("", |(_, after)| after.trim_start());
            if after.starts_with("->") {
                annotated += 1;
            } else if after.starts_with(':') {
                others += 1;
            }
        }
    }
    annotated > 0 && others * 100 <= annotated
}

fn message(requirements: &[&str]) -> String {
    let lacks = match (requirements.contains(&"6.3.2"), requirements.contains(&"6.3.3")) {
        (true, true) => Some("docstrings and annotations"),
        (true, false) => Some("docstrings"),
        (false, true) => Some("annotations"),
        (false, false) => None,
    };
    match (requirements.contains(&"6.3.1"), lacks) {
        (true, None) => "tests may not use `assert`".to_owned(),
        (true, Some(lacks)) => format!("tests may not use `assert` or do without {lacks}"),
        (false, lacks) => format!("tests may not do without {}", lacks.unwrap_or_default()),
    }
}

/// Whether all that runs the linter names paths, and none of them holds a test.
fn lints_no_tests(tests: &[String]) -> bool {
    let checks = automation::commands(&["ruff"]).into_iter().filter(|command| command.has_word(&["check"]));
    let mut checks = checks.peekable();
    checks.peek().is_some()
        && checks.all(|command| {
            let paths: Vec<&String> = command.words.iter().skip(2).filter(|word| !word.starts_with('-')).collect();
            let holds_tests = |path: &&String| {
                let path = path.trim_start_matches("./").trim_end_matches('/');
                path.is_empty()
                    || path == "."
                    || path.contains(['*', '$'])
                    || tests.iter().any(|test| test.contains(path))
            };
            !paths.is_empty() && !paths.iter().any(holds_tests)
        })
}

fn strict_pyright(report: &mut Report, root: &str, tests: &[String]) {
    let Some(table) = type_checkers::pyright(root) else { return };
    let Some(mode) = table.at(&["typeCheckingMode"]).filter(|mode| mode.string() == Some("strict")) else { return };
    let names_tests = |key: &str| {
        let globs = table.at(&[key]).map(Item::strings)?;
        Some(globs.iter().any(|glob| repository::covered(root, glob, tests).contains(&true)))
    };
    let is_left_out = ["exclude", "ignore"].into_iter().any(|key| names_tests(key) == Some(true));
    let is_included = names_tests("include").unwrap_or(true);
    if is_included && !is_left_out && table.at(&["executionEnvironments"]).is_none() {
        report
            .finding(&mode.key_place(table.path()), "Pyright is strict with tests")
            .help("give the tests an execution environment of their own, or include the production code only")
            .requirement("6.3.3");
    }
}
