//! Modules without a docstring.

use std::collections::BTreeSet;

use plimsoll_sdk::paths::{file_name, start};
use plimsoll_sdk::prelude::*;

use crate::ruff_rules::{is_declined, is_judged, is_measurement, is_on, modules};

rule! {
    /// Modules have no docstring.
    ///
    /// A reader has to read the code to find out whether it is the code that they look for. Begin each module with one
    /// line that says what it is for. Empty packages, private modules and generated ones are left alone; where Ruff's
    /// `D100` is on or turned off by name, it decides.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad src/app/report.py
    /// # Reports
    /// import os
    ///
    /// def report():
    ///     return os.getcwd()
    /// ```
    /// ```text expect
    /// src/app/report.py:1: 1 of 1 modules has no docstring
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// from app.report import report
    /// ```
    /// ```python good src/app/report.py
    /// #!/usr/bin/env python
    /// """Reports."""
    ///
    /// def report():
    ///     return 1
    /// ```
    /// ```python good performance/speed.py
    /// from app.report import report
    /// ```
    pub(crate) static UNDOCUMENTED_MODULE = {
        id: "undocumented-module",
        requirements: ["10.2.1"],
        check: Check::Project(undocumented_module),
        wants: [Want::Search(DOCSTRINGS, PYTHON)],
    }
}

/// A file that begins with a string, after comments.
const DOCSTRINGS: &[&str] = &[r#"\A(?:[ \t]*(?:#[^\n]*)?\r?\n)*([rRuUbB]?["'])"#];
const PYTHON: &[&str] = &["*.py"];
/// How many further modules are shown.
const MOST_PLACES: usize = 9;

fn undocumented_module(report: &mut Report, project: &Project) {
    if !is_judged(report, project, &["10.2.1"]) {
        return;
    }
    if is_on(project, "D100") || is_declined(project, "D100") {
        return report.not_applicable("10.2.1", "Ruff's `D100` decides");
    }
    let documented: BTreeSet<String> =
        repository::search(DOCSTRINGS, PYTHON).into_iter().map(|found| found.place.path).collect();
    let is_public = |path: &str| {
        let name = file_name(path);
        name != "__init__.py"
            && !name.starts_with('_')
            && !name.contains("version")
            && name != "conftest.py"
            && name != "setup.py"
    };
    let modules: Vec<String> = modules()
        .into_iter()
        .map(|file| file.path)
        .filter(|path| is_public(path) && !is_measurement(project, path))
        .collect();
    let missing: Vec<&String> = modules.iter().filter(|path| !documented.contains(*path)).collect();
    let Some((first, others)) = missing.split_first() else { return };
    let verb = if missing.len() == 1 { "has" } else { "have" };
    let finding = report
        .finding(&start(first), format!("{} of {} modules {verb} no docstring", missing.len(), modules.len()))
        .help("begin each with one line that says what it is for; Ruff's `D100` keeps it so");
    others
        .iter()
        .take(MOST_PLACES)
        .fold(finding, |finding, path| finding.related(&start(path), "no docstring"))
        .medium();
}
