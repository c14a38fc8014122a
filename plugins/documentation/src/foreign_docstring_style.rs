//! Docstrings in other styles than Google's.

use plimsoll_sdk::prelude::*;

use crate::ruff_rules::is_judged;

rule! {
    /// Docstrings are not written in Google style.
    ///
    /// One style is read by everyone and by every tool; fields of reStructuredText and underlined sections of NumPy need
    /// another configuration of each. Set `convention = "google"` for Ruff's `pydocstyle`, and convert what is there.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint.pydocstyle]
    /// convention = "numpy"  # error: the convention of docstrings is `numpy`
    /// ```
    /// ```python bad src/app/__init__.py
    /// """The app."""
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint.pydocstyle]
    /// convention = "google"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// """The app."""
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// def area(width):
    ///     """Compute the area.
    ///
    ///     :param width: in metres  # error: 1 module has docstrings in another style than Google's
    ///     """
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint.pydocstyle]
    /// convention = "google"
    /// ```
    /// ```python good src/app/__init__.py
    /// def area(width):
    ///     """Compute the area.
    ///
    ///     Args:
    ///         width: In metres.
    ///     """
    /// ```
    pub(crate) static FOREIGN_DOCSTRING_STYLE = {
        id: "foreign-docstring-style",
        requirements: ["10.1.1"],
        check: Check::Project(foreign_docstring_style),
        roles: [Role::Source],
        wants: [Want::Search(STYLES, PYTHON)],
    }
}

/// A field of reStructuredText, and an underlined section of NumPy.
const STYLES: &[&str] = &[
    r"(?m)^[ \t]+(:(?:param|type|returns?|rtype|raises?|ivar)\b[^\n:]*:)",
    r"(?m)^[ \t]+((?:Parameters|Returns|Raises|Attributes|Yields)[ \t]*)\r?\n[ \t]+-{4,}[ \t]*\r?$",
];
const PYTHON: &[&str] = &["*.py"];
/// How many further modules are shown.
const MOST_PLACES: usize = 5;

fn foreign_docstring_style(report: &mut Report, project: &Project) {
    if !is_judged(report, project, &["10.1.1"]) {
        return;
    }
    for (file, keys) in [
        ("pyproject.toml", ["tool", "ruff", "lint", "pydocstyle", "convention"].as_slice()),
        ("pyproject.toml", &["tool", "ruff", "pydocstyle", "convention"]),
        ("ruff.toml", &["lint", "pydocstyle", "convention"]),
        (".ruff.toml", &["lint", "pydocstyle", "convention"]),
        ("pyproject.toml", &["tool", "pydocstyle", "convention"]),
        ("pyproject.toml", &["tool", "pydoclint", "style"]),
    ] {
        let path = project.path(file);
        let value = documents::read(&path, keys).unwrap_or_default();
        if let Some(convention) = Item::root(&value).filter(|item| matches!(item.text(), "numpy" | "sphinx")) {
            report
                .finding(&convention.place(&path), format!("the convention of docstrings is `{}`", convention.text()))
                .help("set it to `google`, and convert the docstrings")
                .safe_fix([edit::replace(&convention.place(&path), "\"google\"")])
                .medium();
            return;
        }
    }
    let mut places: Vec<Place> = Vec::new();
    for found in repository::search(STYLES, PYTHON) {
        if places.last().is_none_or(|last| last.path != found.place.path) {
            places.push(found.place);
        }
    }
    let Some((first, others)) = places.split_first() else { return };
    let what = if places.len() == 1 { "1 module has".to_owned() } else { format!("{} modules have", places.len()) };
    let finding = report
        .finding(first, format!("{what} docstrings in another style than Google's"))
        .help("write sections such as `Args:` and `Returns:`, and set `convention = \"google\"` for Ruff");
    others.iter().take(MOST_PLACES).fold(finding, |finding, place| finding.related(place, "here too")).medium();
}
