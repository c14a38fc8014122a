//! Public classes and functions without a docstring.

use plimsoll_sdk::paths::{file_name, parent};
use plimsoll_sdk::prelude::*;

use crate::ruff_rules::{is_declined, is_judged, is_measurement, is_on};

rule! {
    /// Public classes and functions have no docstring.
    ///
    /// Whoever calls them reads their code, or guesses. Say in one line what each is for. Only those at the top of a
    /// module are counted; where Ruff's `D101` and `D103` are on or turned off by name, they decide.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/report.py
    /// """Reports."""
    ///
    /// class Report:  # error: 1 of 2 public classes has no docstring
    ///     title = ""
    ///
    /// class Empty:
    ///     """A report without rows."""
    ///
    /// def render(report):  # error: 2 of 3 public functions have no docstring
    ///     return report.title
    ///
    /// async def send(report):
    ///     return report
    ///
    /// def save(report):
    ///     """Save the report."""
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/report.py
    /// """Reports."""
    ///
    /// class Report:
    ///     """A report."""
    ///
    /// class Failure(Exception): ...
    ///
    /// class _Row:
    ///     title = ""
    ///
    /// def render(report):
    ///     r"""Render the report."""
    ///     return report.title
    /// ```
    /// ```python good src/app/backend.py
    /// """A build backend."""
    ///
    /// def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    ///     return "app-1.0-py3-none-any.whl"
    /// ```
    /// ```python good src/app/_compat/text.py
    /// """What is nobody's business."""
    ///
    /// def shorten(text):
    ///     return text[:9]
    /// ```
    ///
    /// Programs that measure are not counted:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// """An application."""
    /// ```
    /// ```python good performance/speed.py
    /// def measure():
    ///     return 1
    /// ```
    pub(crate) static UNDOCUMENTED_DEFINITION = {
        id: "undocumented-definition",
        requirements: ["10.2.2", "10.2.4"],
        check: Check::Project(undocumented_definition),
        roles: [Role::Source],
        wants: [Want::Outlines(KINDS, PUBLIC)],
    }
}

const KINDS: &[&str] = &["class", "function"];
const PUBLIC: &[&str] = &["/^[A-Za-z]/"];
/// What a build backend defines (PEP 517, PEP 660): the documents that demand these say what they are for.
const BUILD_HOOKS: &[&str] = &[
    "build_wheel",
    "build_sdist",
    "build_editable",
    "get_requires_for_build_wheel",
    "get_requires_for_build_sdist",
    "get_requires_for_build_editable",
    "prepare_metadata_for_build_wheel",
    "prepare_metadata_for_build_editable",
];
/// How many further places are shown.
const MOST_PLACES: usize = 9;

fn undocumented_definition(report: &mut Report, project: &Project) {
    if !is_judged(report, project, UNDOCUMENTED_DEFINITION.requirements) {
        return;
    }
    let definitions = python::outlines(KINDS, PUBLIC);
    let ours: Vec<&Outline> = definitions
        .iter()
        .filter(|one| is_judged_definition(one) && !is_measurement(project, &one.site.place.path))
        .collect();
    for (kind, plural, code, requirement) in
        [("class", "classes", "D101", "10.2.2"), ("function", "functions", "D103", "10.2.4")]
    {
        if is_on(project, code) || is_declined(project, code) {
            report.not_applicable(requirement, &format!("Ruff's `{code}` decides"));
            continue;
        }
        let all: Vec<&&Outline> = ours.iter().filter(|one| one.kind == kind).collect();
        let missing: Vec<&&&Outline> = all.iter().filter(|one| one.opening == Opening::Code).collect();
        let Some((first, others)) = missing.split_first() else { continue };
        let verb = if missing.len() == 1 { "has" } else { "have" };
        let finding = report
            .finding(
                &first.site.place,
                format!("{} of {} public {plural} {verb} no docstring", missing.len(), all.len()),
            )
            .help(format!("say in one line what each is for; Ruff's `{code}` keeps it so"))
            .requirement(requirement);
        others
            .iter()
            .take(MOST_PLACES)
            .fold(finding, |finding, one| finding.related(&one.site.place, "no docstring"))
            .medium();
    }
}

/// Whether a definition at the top of a public module has something to say. Commands, routes and fixtures are documented
/// where they are declared.
fn is_judged_definition(one: &Outline) -> bool {
    let site = &one.site;
    // A module or package whose name begins with an underscore is private, and what it holds with it.
    let is_private_folder = |part: &str| part.starts_with('_') && !part.starts_with("__");
    let is_public = is_public_name(file_name(&site.place.path))
        && !parent(&site.place.path).split('/').any(is_private_folder)
        && !site.place.path.ends_with(".pyi");
    let is_at_top = site.class.is_none() && site.function.is_none() && site.surroundings.is_empty();
    let counts = match one.opening {
        Opening::Docstring => true,
        Opening::Code => one.decorators.is_empty(),
        Opening::Nothing => false,
    };
    is_public && is_at_top && counts && !BUILD_HOOKS.contains(&one.name.as_str())
}

fn is_public_name(file: &str) -> bool {
    !file.starts_with('_') || file == "__init__.py"
}
