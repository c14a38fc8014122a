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
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `requires-python`
    /// name = "app"
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
    const HELP: &str = "declare `requires-python = \">=3.12\"`";
    let Some(requires) = &project.requires_python else {
        let path = project.path("pyproject.toml");
        let dynamic = documents::read(&path, &["project", "dynamic"]).unwrap_or_default();
        let is_dynamic = Item::root(&dynamic).is_some_and(|list| list.strings().contains(&"requires-python"));
        if documents::read(&path, &["project"]).is_ok() && !is_dynamic {
            report.finding(&project.place, "no `requires-python`").help(HELP);
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
    let finding = report.finding(place, "Pythons older than 3.12 are supported").help(HELP);
    match (project.has_profile("library"), admitted.as_slice()) {
        // The standard counts 3.11 among the versions that a library may have to support.
        (true, ["3.11"]) => drop(finding.low()),
        (true, _) => drop(finding.medium()),
        _ => {}
    }
}
