//! Ruff without a choice of rules.

use plimsoll_sdk::prelude::*;

use plimsoll_sdk::ruff;
use plimsoll_sdk::settings::Layer;

rule! {
    /// Ruff runs without a choice of rules.
    ///
    /// What it then checks depends on its version, so an upgrade changes what fails, and most of its rules are off.
    /// Name the categories in `lint.select`, where the editor and CI both read them.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff]  # error: Ruff's rules are not selected
    /// line-length = 88
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["ALL"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// Without any configuration, the project lacks it:
    /// ```toml bad pyproject.toml
    /// [project]  # error: Ruff's rules are not selected
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["ruff"]
    /// ```
    /// ```python bad app/__init__.py
    /// ```
    ///
    /// Settings of the linter outside of `lint` are deprecated:
    /// ```toml bad ruff.toml
    /// select = ["ALL"]  # error: `select` stands outside of `lint`
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad app/__init__.py
    /// ```
    pub(crate) static IMPLICIT_RUFF_RULES = {
        id: "implicit-ruff-rules",
        requirements: ["6.1.1"],
        check: Check::Repository(implicit_ruff_rules),
    }
}

/// Settings that moved below `lint`.
const MOVED: &[&str] =
    &["select", "extend-select", "ignore", "extend-ignore", "per-file-ignores", "extend-per-file-ignores"];

fn implicit_ruff_rules(report: &mut Report) {
    for configuration in ruff::configurations(report, &["6.1.1"]) {
        let settings = &configuration.settings;
        if settings.selection().is_none() {
            if let Some(extend) = settings.opaque() {
                report.unknown("6.1.1", Some(extend), "the configuration extends a file outside of the repository");
                continue;
            }
            let chosen = ruff::invocations().into_iter().find(|(words, _)| {
                ["--select", "--extend-select"].iter().any(|option| ruff::option_value(words, option).is_some())
            });
            let finding = report
                .finding(&configuration.place(), "Ruff's rules are not selected")
                .help("name the categories in `lint.select`");
            if let Some((_, place)) = chosen {
                finding.low().related(&place, "a command selects rules that the editor does not know of");
            }
            continue;
        }
        let moved = |layer: &Layer| MOVED.iter().find_map(|&key| Some((key, layer.setting(&[key])?.place)));
        if let Some((key, place)) = settings.layers().iter().find_map(moved) {
            report
                .finding(&place, format!("`{key}` stands outside of `lint`"))
                .help("move the settings of the linter to the table `lint`")
                .low();
        }
    }
}
