//! Docstrings of classes that name none of their attributes, and long private functions without a word.

use plimsoll_sdk::prelude::*;

use crate::ruff_rules::is_judged;

rule! {
    /// A class with fields describes none of them, or long private functions say nothing.
    ///
    /// Which unit a number has, and what may be missing, is in nobody's code. Describe the main attributes in a section
    /// `Attributes:` or beside the fields, and give private functions a line. What counts as main is a judgement: these
    /// are guesses.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/shapes.py
    /// from typing import NamedTuple
    ///
    /// class Box(NamedTuple):  # error: the docstring describes none of the fields
    ///     """A box for shipping."""
    ///     width: int
    ///     height: int
    ///     weight: int
    ///
    /// def _pack(box):  # error: 1 of 1 private functions has no docstring
    ///     box.weight += 1
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/shapes.py
    /// class Box:
    ///     """A box for shipping.
    ///
    ///     Attributes:
    ///         width: In millimetres.
    ///     """
    ///     width: int
    ///     height: int
    ///     weight: int
    ///
    /// class Crate:
    ///     """A crate."""
    ///     width: int  # in millimetres
    ///     height: int
    ///     weight: int
    ///
    /// def _pack(box):
    ///     """Pack a box."""
    /// ```
    pub(crate) static UNDESCRIBED_ATTRIBUTES = {
        id: "undescribed-attributes",
        requirements: ["10.2.3", "10.2.8"],
        check: Check::Project(undescribed_attributes),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Search(CLASSES, PYTHON), Want::Outlines(FUNCTIONS, PRIVATE)],
    }
}

/// A class whose docstring of one line is followed by three plain fields.
/// A class is never the first line of such a module. Beginning with fixed text makes the expression quick.
const CLASSES: &[&str] = &[
    r#"\nclass ([A-Z]\w*)[^\n]*:[ \t]*\r?\n[ \t]+"""[^"\n]*"""[ \t]*\r?\n(?:[ \t]*\r?\n)?(?:[ \t]+[a-z]\w*:[ \t]*[^#\n"]+\r?\n){3,}"#,
];
const PYTHON: &[&str] = &["*.py"];
const FUNCTIONS: &[&str] = &["function", "method"];
const PRIVATE: &[&str] = &["/^_[a-z]/"];
/// How many further places are shown.
const MOST_PLACES: usize = 5;

fn undescribed_attributes(report: &mut Report, project: &Project) {
    if !is_judged(report, project, UNDESCRIBED_ATTRIBUTES.requirements) {
        return;
    }
    let found = repository::search(CLASSES, PYTHON);
    let is_told = |line: &str| {
        ["Enum", "Protocol", "Error", "Exception", "Settings", "TypedDict"].iter().any(|it| line.contains(it))
    };
    let classes: Vec<&Match> = found.iter().filter(|one| !is_told(&one.line)).collect();
    if let Some((first, others)) = classes.split_first() {
        let finding = report
            .finding(&first.place, "the docstring describes none of the fields")
            .help("describe the main ones in a section `Attributes:`, or beside them")
            .requirement("10.2.3");
        others.iter().take(MOST_PLACES).fold(finding, |finding, one| finding.related(&one.place, "here too"));
    }
    let functions = python::outlines(FUNCTIONS, PRIVATE);
    let all = functions.iter().filter(|one| one.opening != Opening::Nothing).count();
    let missing: Vec<&Outline> = functions.iter().filter(|one| one.opening == Opening::Code).collect();
    if let Some(first) = missing.first().filter(|_| missing.len() * 10 > all * 9) {
        let verb = if missing.len() == 1 { "has" } else { "have" };
        report
            .finding(&first.site.place, format!("{} of {all} private functions {verb} no docstring", missing.len()))
            .help("give the longer ones a line that says what they are for")
            .requirement("10.2.8");
    }
}
