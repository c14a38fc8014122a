//! Docstrings that describe only a part of a function.

use plimsoll_sdk::prelude::*;

use crate::docstrings::{Function, functions, section};
use crate::ruff_rules::{is_judged, is_on};

rule! {
    /// A docstring has sections, and leaves out a parameter, the result or an exception.
    ///
    /// Half a description misleads more than none: what is not listed seems not to exist. List all parameters under
    /// `Args:`, the result under `Returns:`, and what is raised under `Raises:`. Docstrings of one paragraph are complete
    /// as they are.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/shapes.py
    /// """Shapes."""
    ///
    /// def area(width, height):  # error: the docstring leaves out `height`
    ///     """Compute an area.
    ///
    ///     Args:
    ///         width: In metres.
    ///
    ///     Returns:
    ///         Square metres.
    ///     """
    ///     return width * height
    ///
    /// def scale(factor):  # error: the docstring leaves out the result
    ///     """Scale a shape.
    ///
    ///     Args:
    ///         factor: How much.
    ///     """
    ///     return factor * 2
    ///
    /// def check(width):  # error: the docstring leaves out `ValueError`
    ///     """Check a width.
    ///
    ///     Args:
    ///         width: In metres.
    ///     """
    ///     if width < 0:
    ///         raise ValueError("negative")
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/shapes.py
    /// """Shapes."""
    ///
    /// def area(width: int, height: int = 1, *rest, _unit=None, **options) -> int:
    ///     """Compute an area.
    ///
    ///     Args:
    ///         width: In metres.
    ///         height (int): In metres.
    ///
    ///     Returns:
    ///         Square metres.
    ///
    ///     Raises:
    ///         ValueError: If one is negative.
    ///     """
    ///     if width < 0:
    ///         raise ValueError("negative")
    ///     return width * height
    ///
    /// def half(width):
    ///     """Return half of a width."""
    ///     return width / 2
    /// ```
    pub(crate) static INCOMPLETE_DOCSTRING = {
        id: "incomplete-docstring",
        requirements: ["10.2.5", "10.2.6", "10.2.7"],
        check: Check::Project(incomplete_docstring),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Search(SECTIONS, PYTHON)],
    }
}

/// Sections of Google style.
const SECTIONS: &[&str] = &[r"(?m)^[ \t]+(Args|Arguments|Returns|Raises|Yields):[ \t]*\r?$"];
const PYTHON: &[&str] = &["*.py"];
/// So many of a module are reported; more say nothing new.
const MOST_FINDINGS: usize = 5;
/// So many modules are read.
const MOST_MODULES: usize = 400;

fn incomplete_docstring(report: &mut Report, project: &Project) {
    if !is_judged(report, project, INCOMPLETE_DOCSTRING.requirements) {
        return;
    }
    let mut paths: Vec<String> =
        repository::search(SECTIONS, PYTHON).into_iter().map(|found| found.place.path).collect();
    paths.dedup();
    let ruff_checks_arguments = is_on(project, "D417");
    for path in paths.iter().take(MOST_MODULES) {
        let text = repository::read(path).unwrap_or_default();
        let mut said = 0;
        for function in functions(&text) {
            let fault = if ruff_checks_arguments { None } else { arguments(&function) };
            let fault = fault.or_else(|| result(&function)).or_else(|| exception(&function));
            let Some((what, requirement)) = fault.filter(|_| said < MOST_FINDINGS) else { continue };
            let start = function.start as u32;
            let span = Span { start, end: start + function.name.len() as u32 };
            report
                .finding(&Place { path: path.clone(), span }, format!("the docstring leaves out {what}"))
                .help("complete the sections, or leave only the description")
                .requirement(requirement);
            said += 1;
        }
    }
}

fn arguments(function: &Function<'_>) -> Option<(String, &'static str)> {
    let lines = section(function.docstring, "Args").or_else(|| section(function.docstring, "Arguments"))?;
    let is_listed = |name: &str| {
        lines.iter().any(|line| {
            let line = line.trim_start().trim_start_matches(['*', '`', '-', ' ']);
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', ' ', '(', '`', ',']) || rest.is_empty())
                || line.split(':').next().is_some_and(|names| names.split([',', '/', ' ', '`']).any(|one| one == name))
        })
    };
    let missing = function.parameters.iter().find(|name| !name.starts_with('_') && !is_listed(name))?;
    Some((format!("`{missing}`"), "10.2.5"))
}

fn result(function: &Function<'_>) -> Option<(String, &'static str)> {
    let has_other = ["Args", "Arguments", "Raises"].iter().any(|name| section(function.docstring, name).is_some());
    let tells = ["Returns", "Yields", "Return", "Yield"].iter().any(|word| function.docstring.contains(word))
        || function.docstring.to_ascii_lowercase().contains("return");
    let inner = function.indent + 1;
    let returns = function.body.lines().any(|line| {
        let depth = line.len() - line.trim_start().len();
        let value = line.trim_start().strip_prefix("return ").map(str::trim).unwrap_or_default();
        depth >= inner && !value.is_empty() && !matches!(value, "None" | "NotImplemented" | "self")
    });
    // A function within has results of its own.
    let has_inner = function.body.contains("def ") || function.body.contains("yield");
    (has_other && !tells && returns && !has_inner).then(|| ("the result".to_owned(), "10.2.6"))
}

fn exception(function: &Function<'_>) -> Option<(String, &'static str)> {
    const COMMON: &[&str] = &[
        "NotImplementedError",
        "AssertionError",
        "StopIteration",
        "HTTPException",
        "SystemExit",
        "Exit",
        "Abort",
        "KeyboardInterrupt",
    ];
    if function.body.contains("def ") || function.body.contains("except") {
        return None;
    }
    function.body.lines().find_map(|line| {
        let name = line.trim_start().strip_prefix("raise ")?.split(['(', ' ']).next()?.rsplit('.').next()?;
        let is_class = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().any(|it| it.is_ascii_lowercase());
        let is_told = function.docstring.contains(name) || COMMON.contains(&name);
        (is_class && !is_told && !name.trim().is_empty()).then(|| (format!("`{}`", name.trim()), "10.2.7"))
    })
}
