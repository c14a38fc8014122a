//! Ruff without a choice of rules.

use plimsoll_sdk::prelude::*;

use plimsoll_sdk::ruff::{self, Configuration};
use plimsoll_sdk::settings::Layer;

use crate::missing_ruff_rules::prefixes;

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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff]
    /// line-length = 88
    ///
    /// [tool.ruff.lint]
    /// select = [
    ///     "F",
    ///     "E",
    ///     "W",
    ///     "I",
    ///     "N",
    ///     "D",
    ///     "UP",
    ///     "B",
    ///     "SIM",
    ///     "C4",
    ///     "DTZ",
    ///     "T20",
    ///     "S",
    ///     "A",
    ///     "ANN",
    ///     "ASYNC",
    ///     "PT",
    ///     "RET",
    ///     "PTH",
    ///     "PL",
    ///     "TRY",
    ///     "PERF",
    ///     "RUF",
    /// ]
    /// ```
    /// ```python fixed src/app/__init__.py
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
    /// line-length = 88
    /// select = [  # error: `select` stands outside of `lint`
    ///     "ALL",
    /// ]
    /// ignore = ["D"]
    ///
    /// [isort]
    /// combine-as-imports = true
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad app/__init__.py
    /// ```
    /// ```toml fixed ruff.toml
    /// line-length = 88
    ///
    /// [isort]
    /// combine-as-imports = true
    ///
    /// [lint]
    /// select = [
    ///     "ALL",
    /// ]
    /// ignore = ["D"]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed app/__init__.py
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
                .help("name the categories in `lint.select`")
                .unsafe_fix(if chosen.is_some() { None } else { selected(&configuration) });
            if let Some((_, place)) = chosen {
                finding.low().related(&place, "a command selects rules that the editor does not know of");
            }
            continue;
        }
        let moved = |layer: &Layer| MOVED.iter().find_map(|&key| Some((key, layer.setting(&[key])?.place)));
        if let Some((layer, (key, place))) = settings.layers().iter().find_map(|layer| Some((layer, moved(layer)?))) {
            report
                .finding(&place, format!("`{key}` stands outside of `lint`"))
                .help("move the settings of the linter to the table `lint`")
                .unsafe_fix(moves(layer).into_iter().flatten())
                .low();
        }
    }
}

/// Selects all categories of the standard where Ruff reads its settings.
fn selected(configuration: &Configuration) -> Option<Edit> {
    let path = match configuration.settings.layers().first() {
        Some(layer) => layer.path.clone(),
        None => configuration.projects.first()?.path("pyproject.toml"),
    };
    let lines: String = prefixes().map(|prefix| format!("    \"{prefix}\",\n")).collect();
    let keys = [table(&path), &["lint", "select"]].concat();
    repository::exists(&path).then(|| edit::set(&path, &keys, format!("[\n{lines}]")))
}

fn table(path: &str) -> &'static [&'static str] {
    if path.ends_with("pyproject.toml") { &["tool", "ruff"] } else { &[] }
}

/// Moves what stands beside `lint` into it; none where the same is in both places, or where it is a table of its own.
fn moves(layer: &Layer) -> Option<Vec<Edit>> {
    let text = repository::read(&layer.path).ok()?;
    let mut edits = Vec::new();
    for &key in MOVED {
        let Some(setting) = layer.setting(&[key]) else { continue };
        let span = setting.value.span();
        let written = text.get(span.start as usize..span.end as usize)?;
        if layer.setting(&["lint", key]).is_some() {
            return None;
        }
        // A table under a header has more to it than its place.
        if setting.value.kind() == NodeKind::Table && !written.starts_with('{') {
            return None;
        }
        // Nor would its comments come along.
        let above = text.get(..span.start as usize)?.rsplit('\n').nth(1).unwrap_or_default();
        let behind = text.get(span.end as usize..)?.lines().next().unwrap_or_default();
        if above.trim_start().starts_with('#') || behind.contains('#') {
            return None;
        }
        let keys = [table(&layer.path), &["lint", key]].concat();
        edits.push(Edit::RemoveKey(setting.key_path));
        edits.push(edit::set(&layer.path, &keys, written));
    }
    Some(edits)
}
