//! Section 6 of the standard: what Ruff checks and how it formats.

mod formatter;
mod freedom;
mod ignored_trailing_commas;
mod implicit_ruff_rules;
mod missing_ruff_rules;
mod other_indentation;
mod other_line_length;
mod other_quote_style;
mod strict_ruff_in_scripts;
mod strict_ruff_in_tests;
mod type_checkers;

plimsoll_sdk::plugin! {
    name: "quality",
    title: "Code quality with Ruff",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &ignored_trailing_commas::IGNORED_TRAILING_COMMAS,
        &implicit_ruff_rules::IMPLICIT_RUFF_RULES,
        &missing_ruff_rules::MISSING_RUFF_RULES,
        &other_indentation::OTHER_INDENTATION,
        &other_line_length::OTHER_LINE_LENGTH,
        &other_quote_style::OTHER_QUOTE_STYLE,
        &strict_ruff_in_scripts::STRICT_RUFF_IN_SCRIPTS,
        &strict_ruff_in_tests::STRICT_RUFF_IN_TESTS,
    ],
}
