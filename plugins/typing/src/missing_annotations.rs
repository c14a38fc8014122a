//! Public functions without annotations, where no tool demands them.

use std::collections::BTreeMap;

use plimsoll_sdk::prelude::*;

use plimsoll_sdk::paths::is_below;
use plimsoll_sdk::ruff;
use plimsoll_sdk::text::{plural, quoted};

use crate::checkers::{self, Checker};

rule! {
    /// Public functions have no annotations, and no tool asks for them.
    ///
    /// A function without annotations is not checked, and neither is what its callers make of the result. Annotate
    /// parameters and result, and let the type checker (strict mode) or Ruff (`ANN`) demand it from then on. Judged are
    /// the functions of modules that stand by themselves, without a decorator.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// """The harbour."""
    ///
    /// def load(path):  # error: 2 public functions have no annotation of their result
    ///     return path
    ///
    /// def store(path, size=3):
    ///     return path
    ///
    /// def weigh(path: str) -> int:
    ///     return len(path)
    ///
    /// def _own(path):
    ///     return path
    /// ```
    ///
    /// Where a tool demands annotations, it has the say:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.mypy]
    /// disallow_untyped_defs = true
    /// ```
    /// ```python good src/app/__init__.py
    /// """The harbour."""
    ///
    /// def load(path):
    ///     return path
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["ANN"]
    /// ```
    /// ```python good src/app/__init__.py
    /// """The harbour."""
    ///
    /// def load(path):
    ///     return path
    /// ```
    ///
    /// Private modules have no public functions:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/_files.py
    /// """Files."""
    ///
    /// def load(path):
    ///     return path
    /// ```
    ///
    /// Stubs beside the module are as good:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/files.py
    /// """Files."""
    ///
    /// def load(path):
    ///     return path
    /// ```
    /// ```python good src/app/files.pyi
    /// def load(path: str) -> str: ...
    /// ```
    pub(crate) static MISSING_ANNOTATIONS = {
        id: "missing-annotations",
        requirements: ["7.1.2"],
        check: Check::Repository(missing_annotations),
        roles: [Role::Source],
        wants: [Want::Search(FUNCTIONS, PYTHON)],
    }
}

/// Functions of a module below an empty line: without and with an annotation of the result.
const FUNCTIONS: &[&str] = &[
    r"\n\r?\n(?:async )?def ([a-z][a-z0-9_]*)\([^()]*\)[ \t]*:",
    r"\n\r?\n(?:async )?def ([a-z][a-z0-9_]*)\([^()]*\)[ \t]*->",
];
const PYTHON: &[&str] = &["*.py"];
/// Names that frameworks call without annotations.
const HOOKS: &[&str] = &["setup", "upgrade", "downgrade", "main"];

fn missing_annotations(report: &mut Report) {
    let open: Vec<Project> = checkers::projects()
        .into_iter()
        .filter(|(project, own)| !is_demanded(project, own))
        .map(|(project, _)| project)
        .collect();
    if open.is_empty() {
        return;
    }
    let mut gaps: BTreeMap<usize, (Vec<Match>, usize)> = BTreeMap::new();
    for found in repository::search(FUNCTIONS, PYTHON) {
        // The innermost project that holds the file.
        let owners = open.iter().enumerate().filter(|(_, project)| is_below(&found.place.path, &project.root));
        let Some((owner, _)) = owners.max_by_key(|(_, project)| project.root.len()) else { continue };
        let (missing, annotated) = gaps.entry(owner).or_default();
        let is_silenced = found.line.contains("noqa") || HOOKS.contains(&found.text.as_str());
        match found.pattern {
            0 if !is_silenced => missing.push(found),
            1 => *annotated += 1,
            _ => {}
        }
    }
    for (mut missing, annotated) in gaps.into_values() {
        missing.retain(|found| !repository::exists(&format!("{}i", found.place.path)));
        missing.retain(|found| !is_private(&found.place.path));
        let Some(first) = missing.first() else { continue };
        let count = missing.len();
        let verb = if count == 1 { "has" } else { "have" };
        let names: Vec<&str> = missing.iter().take(5).map(|found| found.text.as_str()).collect();
        report
            .finding(
                &first.place,
                format!("{count} public {} {verb} no annotation of their result", plural(count, "function")),
            )
            .help(format!(
                "annotate {}{}, and let the type checker demand it ({annotated} are annotated)",
                quoted(&names),
                if count > 5 { " and the others" } else { "" }
            ))
            .medium();
    }
}

/// Whether a module, or a package that holds it, is private by its name.
fn is_private(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('_') && !part.starts_with("__"))
}

/// Whether the type checker or Ruff demands annotations of public functions.
fn is_demanded(project: &Project, checkers: &[Checker]) -> bool {
    let rules = || ruff::Settings::of(&project.root).rules();
    checkers.iter().any(Checker::demands_annotations) || rules().is_on("ANN201")
}
