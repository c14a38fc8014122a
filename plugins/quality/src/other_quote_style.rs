//! Strings that are not formatted with double quotes.

use plimsoll_sdk::prelude::*;

use crate::formatter;
use plimsoll_sdk::ruff::{self, Seen};

rule! {
    /// Strings are not formatted with double quotes.
    ///
    /// Mixed quotes make code harder to search and let diffs show changes that are none. Delete the setting: double
    /// quotes are Ruff's default.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.format]
    /// quote-style = "single"  # error: strings are formatted with quotes of style `single`
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.format]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.format]
    /// quote-style = "double"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// The linter can ask for them too:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["Q"]
    ///
    /// [tool.ruff.lint.flake8-quotes]
    /// inline-quotes = "single"  # error: the linter asks for single quotes
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["Q"]
    ///
    /// [tool.ruff.lint.flake8-quotes]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    pub(crate) static OTHER_QUOTE_STYLE = {
        id: "other-quote-style",
        requirements: ["6.2.2"],
        check: Check::Repository(other_quote_style),
    }
}

fn other_quote_style(report: &mut Report) {
    let mut seen = Seen::default();
    for formatted in formatter::formatted(report, "6.2.2") {
        let settings = &formatted.configuration.settings;
        let style = settings.setting(&["format", "quote-style"]);
        let (name, confidence) = match style.as_ref().and_then(|style| style.value.string()) {
            Some("single") => ("single", Confidence::Medium),
            Some("preserve") => ("preserve", Confidence::Low),
            _ => {
                asked_of_linter(report, settings);
                continue;
            }
        };
        if let Some(style) = style.filter(|style| seen.is_new(&style.place)) {
            let message = format!("strings are formatted with quotes of style `{name}`");
            formatted.unwanted(report, style, message, confidence);
        }
    }
}

fn asked_of_linter(report: &mut Report, settings: &ruff::Settings) {
    let selected = [settings.lint(&["select"]), settings.lint(&["extend-select"])];
    let mut selectors = selected.iter().flatten().flat_map(|setting| setting.value.strings());
    if !selectors.any(|selector| selector == "ALL" || selector.starts_with('Q')) {
        return;
    }
    let quotes = settings.lint(&["flake8-quotes", "inline-quotes"]);
    if let Some(quotes) = quotes.filter(|quotes| quotes.value.string() == Some("single")) {
        report
            .finding(&quotes.place, "the linter asks for single quotes")
            .help("delete the setting")
            .unsafe_fix([formatter::without(quotes)])
            .medium();
    }
}
