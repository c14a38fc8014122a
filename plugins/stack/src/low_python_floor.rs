//! Support of Pythons that are too old.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::version::{Version, admits};

rule! {
    /// The project supports, or says nothing about, Pythons older than 3.12.
    ///
    /// New syntax stays unused, dependencies drop old versions one by one, and security fixes end. Declare
    /// `requires-python = ">=3.12"`. A library may stay at 3.11, which is a guess only.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.9"  # error: Pythons older than 3.12 are supported
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `requires-python`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    ///
    /// An upper bound stays, and so do other ways to write the lower one:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = "<4, > 3.9.2"  # error: Pythons older than 3.12 are supported
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = "<4, >=3.12"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml bad pyproject.toml
    /// [tool.poetry]
    /// name = "app"
    /// version = "0.1.0"
    /// [tool.poetry.dependencies]
    /// python = "^3.9"  # error: Pythons older than 3.12 are supported
    /// ```
    /// ```python bad app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [tool.poetry]
    /// name = "app"
    /// version = "0.1.0"
    /// [tool.poetry.dependencies]
    /// python = "^3.12"
    /// ```
    /// ```python fixed app/__init__.py
    /// ```
    ///
    /// No fix where the upper bound keeps 3.12 out:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.9,<3.12"  # error: Pythons older than 3.12 are supported
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = "~=3.12"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dynamic = ["requires-python"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static LOW_PYTHON_FLOOR = {
        id: "low-python-floor",
        requirements: ["2.1.1.1"],
        check: Check::Project(low_python_floor),
    }
}

/// Minor versions that are too old.
const OLD: &[&str] = &["2.7", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11"];

fn low_python_floor(report: &mut Report, project: &Project) {
    let is_tool = |part: &str| matches!(part, "scripts" | "tools" | "tooling" | ".github");
    if !is_product(project) || project.root.split('/').any(is_tool) {
        return report.not_applicable("2.1.1.1", "no code of the product");
    }
    const HELP: &str = "declare `requires-python = \">=3.12\"`, and run `uv lock`";
    let Some(requires) = &project.requires_python else {
        let path = project.path("pyproject.toml");
        let dynamic = documents::read(&path, &["project", "dynamic"]).unwrap_or_default();
        let is_dynamic = Item::root(&dynamic).is_some_and(|list| list.strings().contains(&"requires-python"));
        if documents::read(&path, &["project"]).is_ok() && !is_dynamic {
            let edit = edit::set(&path, &["project", "requires-python"], "\">=3.12\"");
            report.finding(&project.place, "no `requires-python`").help(HELP).unsafe_fix([edit]);
        }
        return;
    };
    let admitted: Vec<&str> = OLD
        .iter()
        .copied()
        .filter(|version| Version::parse(version).is_some_and(|version| admits(requires, version)))
        .collect();
    if admitted.is_empty() {
        return;
    }
    let place = project.requires_python_place.as_ref().unwrap_or(&project.place);
    let finding =
        report.finding(place, "Pythons older than 3.12 are supported").help(HELP).unsafe_fix(raised(place, requires));
    match (project.has_profile("library"), admitted.as_slice()) {
        // The standard counts 3.11 among the versions that a library may have to support.
        (true, ["3.11"]) => drop(finding.low()),
        (true, _) => drop(finding.medium()),
        _ => {}
    }
}

/// Puts 3.12 in place of the lower bound. None where that would admit no Python, or where the bound is written otherwise.
fn raised(place: &Place, requires: &str) -> Option<Edit> {
    let is_lower = |clause: &&str| clause.starts_with(['>', '^']) || clause.starts_with("~=");
    let mut clauses = requires.split(',').map(str::trim).filter(is_lower);
    let (Some(lower), None) = (clauses.next(), clauses.next()) else { return None };
    let raised = match lower.trim_start_matches(['>', '=', '^', '~']).trim().matches('.').count() {
        _ if lower.starts_with('>') => ">=3.12",
        0 | 1 if lower.starts_with('^') => "^3.12",
        0 | 1 => "~=3.12",
        _ => return None,
    };
    let result = requires.replacen(lower, raised, 1);
    let is_admitted = |text: &str| Version::parse(text).is_some_and(|version| admits(&result, version));
    if !is_admitted("3.12") || OLD.iter().any(|old| is_admitted(old)) {
        return None;
    }
    edit::replace_words(place, lower, raised)
}
