//! Tests whose folder does not say which kind they are.

use std::collections::BTreeSet;

use plimsoll_sdk::paths::{join, start};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product;
use plimsoll_sdk::text::listed;

use crate::suite::{MODULES, is_data};

rule! {
    /// The tests are not sorted into `tests/unit`, `tests/integration` and `tests/e2e`.
    ///
    /// Whoever wants a quick answer has to know which tests are quick. Put the fast tests without input and output into
    /// `tests/unit`, those with a database or another service into `tests/integration`, and those of the whole system
    /// into `tests/e2e`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_a.py
    /// from testcontainers.postgres import PostgresContainer
    /// ```
    /// ```python bad tests/test_b.py
    /// from playwright.sync_api import Page
    /// ```
    /// ```python bad tests/test_c.py
    /// ```
    /// ```python bad tests/test_d.py
    /// ```
    /// ```python bad tests/test_e.py
    /// ```
    /// ```python bad tests/test_f.py
    /// ```
    /// ```python bad tests/test_g.py
    /// ```
    /// ```python bad tests/test_h.py
    /// ```
    /// ```python bad tests/test_i.py
    /// ```
    /// ```python bad tests/test_j.py
    /// ```
    /// ```text expect
    /// tests/test_a.py:1: 10 test modules, none of them in `tests/unit`, `tests/integration` and `tests/e2e`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/unit/test_a.py
    /// ```
    /// ```python good tests/test_b.py
    /// from playwright.sync_api import Page
    /// ```
    pub(crate) static UNSORTED_TESTS = {
        id: "unsorted-tests",
        requirements: ["8.1.1", "8.1.3", "8.1.5"],
        check: Check::Repository(unsorted_tests),
        confidence: Low,
        roles: [Role::Test],
        wants: [Want::Imports(SERVICES), Want::Imports(BROWSERS)],
    }
}

/// Fewer modules need no folders.
const LEAST: usize = 10;
const SERVICES: &[&str] =
    &["testcontainers", "testcontainers.*", "docker", "docker.*", "psycopg", "psycopg.*", "asyncpg"];
const BROWSERS: &[&str] = &["playwright", "playwright.*", "selenium", "selenium.*", "splinter", "splinter.*"];
/// The names of the standard, with others for the same.
const KINDS: &[(&str, &str, &[&str])] = &[
    ("8.1.1", "unit", &["unit", "unit_tests", "unittests", "units", "unittest", "unit_test"]),
    ("8.1.3", "integration", &["integration", "integration_tests", "functional", "integrations", "integ", "system"]),
    ("8.1.5", "e2e", &["e2e", "end_to_end", "acceptance", "ui", "browser", "e2e_tests", "endtoend"]),
];

fn unsorted_tests(report: &mut Report) {
    let Some(project) = product::main_project().filter(|_| !product::is_monorepo()) else {
        return not_applicable(report, "no project, or several with tests of their own");
    };
    let root =
        [join(&project.root, "tests"), join(&project.root, "test")].into_iter().find(|it| repository::exists(it));
    let Some(root) = root else {
        return not_applicable(report, "no folder for tests");
    };
    let mut modules = repository::find(MODULES);
    let folder = format!("{root}/");
    modules.retain(|file| file.role == Role::Test && file.path.starts_with(&folder) && !is_data(&file.path));
    let Some(first) =
        modules.iter().min_by_key(|file| file.path.matches('/').count()).filter(|_| modules.len() >= LEAST)
    else {
        return not_applicable(report, "few test modules");
    };
    let used: BTreeSet<&str> = modules
        .iter()
        .filter_map(|file| file.path.strip_prefix(&folder)?.split_once('/'))
        .map(|(first, _)| first)
        .collect();
    let is_sorted = KINDS.iter().any(|(_, name, _)| used.contains(name));
    if is_sorted {
        return;
    }
    // Only the kinds that evidently exist are asked for; most tests of most suites are unit tests.
    let exists = |name: &str| match name {
        "integration" => !python::imports(SERVICES).is_empty(),
        "e2e" => !python::imports(BROWSERS).is_empty(),
        _ => true,
    };
    let other =
        KINDS.iter().filter_map(|(id, name, others)| Some((*id, *name, *others.iter().find(|it| used.contains(*it))?)));
    let other: Vec<_> = other.collect();
    if !other.is_empty() {
        for (id, _, _) in &other {
            report.unknown(id, None, "a folder of another name may hold the tests of this kind");
        }
        for (id, name, found) in other {
            let place =
                modules.iter().find(|file| file.path.starts_with(&format!("{folder}{found}/"))).unwrap_or(first);
            let message = format!("tests of the kind `{name}` lie in `{folder}{found}`");
            report.finding(&start(&place.path), message).help(format!("rename it to `{folder}{name}`")).requirement(id);
        }
        return;
    }
    let asked: Vec<_> = KINDS.iter().filter(|(_, name, _)| exists(name)).collect();
    let names: Vec<String> = asked.iter().map(|(_, name, _)| format!("{folder}{name}")).collect();
    let message = format!("{} test modules, none of them in {}", modules.len(), listed(&names));
    let mut finding = report.finding(&start(&first.path), message).help("sort the tests by kind");
    for (id, _, _) in &asked {
        finding = finding.requirement(id);
    }
    drop(finding);
    for (id, _, _) in asked {
        report.unknown(id, None, "the tests are sorted by another plan, or all of one kind");
    }
}

fn not_applicable(report: &mut Report, reason: &str) {
    for requirement in UNSORTED_TESTS.requirements {
        report.not_applicable(requirement, reason);
    }
}
