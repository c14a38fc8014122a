//! Trailing commas that the formatter takes no notice of.

use plimsoll_sdk::prelude::*;

use crate::formatter;
use plimsoll_sdk::ruff::Seen;

rule! {
    /// The formatter takes no notice of trailing commas.
    ///
    /// A trailing comma keeps a list at one item a line, so that a new item changes one line. Without it, lists fold
    /// and unfold as they grow. Delete the setting: Ruff heeds the commas by default.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.format]
    /// skip-magic-trailing-comma = true  # error: the formatter ignores trailing commas
    ///
    /// [tool.ruff.lint.isort]
    /// split-on-trailing-comma = false  # error: import sorting ignores trailing commas
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.format]
    ///
    /// [tool.ruff.lint.isort]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.format]
    /// skip-magic-trailing-comma = false
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static IGNORED_TRAILING_COMMAS = {
        id: "ignored-trailing-commas",
        requirements: ["6.2.4"],
        check: Check::Repository(ignored_trailing_commas),
    }
}

fn ignored_trailing_commas(report: &mut Report) {
    let mut seen = Seen::default();
    for formatted in formatter::formatted(report, "6.2.4") {
        let settings = &formatted.configuration.settings;
        let skip = settings.setting(&["format", "skip-magic-trailing-comma"]);
        if let Some(skip) = skip.filter(|skip| skip.value.boolean() == Some(true) && seen.is_new(&skip.place)) {
            formatted.unwanted(report, skip, "the formatter ignores trailing commas".to_owned(), Confidence::High);
        }
        let split = settings.lint(&["isort", "split-on-trailing-comma"]);
        if let Some(split) = split.filter(|split| split.value.boolean() == Some(false) && seen.is_new(&split.place)) {
            formatted.unwanted(report, split, "import sorting ignores trailing commas".to_owned(), Confidence::High);
        }
    }
}
