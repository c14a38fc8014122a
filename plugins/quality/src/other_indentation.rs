//! Code that is not indented with four spaces.

use plimsoll_sdk::prelude::*;

use crate::formatter;
use plimsoll_sdk::ruff::Seen;

rule! {
    /// Code is indented with something other than four spaces.
    ///
    /// Python's own style guide, editors and nearly all other code use four spaces; anything else breaks pasted code.
    /// Delete the setting: four spaces are Ruff's default.
    ///
    /// ```toml bad ruff.toml
    /// indent-width = 2  # error: code is indented by 2 columns
    ///
    /// [format]
    /// indent-style = "tab"  # error: code is indented with tabs
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed ruff.toml
    ///
    /// [format]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml good ruff.toml
    /// indent-width = 4
    ///
    /// [format]
    /// indent-style = "space"
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static OTHER_INDENTATION = {
        id: "other-indentation",
        requirements: ["6.2.3"],
        check: Check::Repository(other_indentation),
    }
}

fn other_indentation(report: &mut Report) {
    let mut seen = Seen::default();
    for formatted in formatter::formatted(report, "6.2.3") {
        let settings = &formatted.configuration.settings;
        let width = settings.setting(&["indent-width"]);
        if let Some(width) =
            width.filter(|width| width.value.integer().is_some_and(|width| width != 4) && seen.is_new(&width.place))
        {
            let message = format!("code is indented by {} columns", width.value.text());
            formatted.unwanted(report, width, message, Confidence::High);
        }
        let style = settings.setting(&["format", "indent-style"]);
        if let Some(style) = style.filter(|style| style.value.string() == Some("tab") && seen.is_new(&style.place)) {
            formatted.unwanted(report, style, "code is indented with tabs".to_owned(), Confidence::High);
        }
    }
}
