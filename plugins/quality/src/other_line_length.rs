//! Lines that are not formatted to 88 characters.

use plimsoll_sdk::prelude::*;

use crate::formatter;
use plimsoll_sdk::ruff::{self, Seen};

rule! {
    /// Code is formatted to a line length other than 88.
    ///
    /// Code that moves between projects is then reformatted, and reviews show lines that nobody changed. Delete the
    /// setting: 88 is Ruff's default.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff]
    /// line-length = 120  # error: lines are formatted to 120 characters
    ///
    /// [tool.ruff.format]
    /// docstring-code-format = true
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff]
    ///
    /// [tool.ruff.format]
    /// docstring-code-format = true
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    ///
    /// Another formatter is not Ruff's business:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.black]
    /// line-length = 100
    ///
    /// [tool.ruff]
    /// line-length = 100
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// A linter that lets lines be longer than the formatter makes them checks only part of them:
    /// ```toml bad ruff.toml
    /// [lint.pycodestyle]
    /// max-line-length = 100  # error: lines of 100 characters pass the linter
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed ruff.toml
    /// [lint.pycodestyle]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    pub(crate) static OTHER_LINE_LENGTH = {
        id: "other-line-length",
        requirements: ["6.2.1"],
        check: Check::Repository(other_line_length),
    }
}

fn other_line_length(report: &mut Report) {
    let formatted = formatter::formatted(report, "6.2.1");
    let mut seen = Seen::default();
    for formatted in &formatted {
        let settings = &formatted.configuration.settings;
        let length = settings.setting(&["line-length"]);
        if let Some(length) = length
            .filter(|length| length.value.integer().is_some_and(|length| length != 88) && seen.is_new(&length.place))
        {
            let message = format!("lines are formatted to {} characters", length.value.text());
            formatted.unwanted(report, length, message, Confidence::High);
        } else if let Some(limit) = settings.lint(&["pycodestyle", "max-line-length"])
            && limit.value.integer().is_some_and(|limit| limit > 88)
        {
            let message = format!("lines of {} characters pass the linter", limit.value.text());
            report
                .finding(&limit.place, message)
                .help("delete the setting")
                .unsafe_fix([formatter::without(limit)])
                .low();
        }
    }
    if formatted.is_empty() {
        return;
    }
    for (words, place) in ruff::invocations() {
        let formats = words.get(1).is_some_and(|word| word == "format");
        if let Some(length) = ruff::option_value(&words, "--line-length").filter(|&length| formats && length != "88") {
            let written = ["=", " "].map(|sign| format!(" --line-length{sign}{length}"));
            let edit = written.iter().find_map(|option| edit::replace_words(&place, option, ""));
            report
                .finding(&place, format!("lines are formatted to {length} characters"))
                .help("leave out `--line-length`")
                .unsafe_fix(edit);
        }
    }
}
