//! Coverage that may sink below 80 %.

use plimsoll_sdk::prelude::*;

use crate::coverage::{Coverage, coverage};

rule! {
    /// No threshold of at least 80 % guards the coverage.
    ///
    /// A number that no one has to keep goes down with every change. Set `fail_under = 80` or more in
    /// `[tool.coverage.report]`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.report]  # error: no threshold for the coverage
    /// show_missing = true
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.report]
    /// show_missing = true
    /// fail_under = 80
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.report]
    /// fail_under = 60  # error: the coverage may sink to 60 %
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.report]
    /// fail_under = 85
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// Coverage.py reads one file only: what stands in another one is not used.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.report]
    /// fail_under = 90  # error: coverage reads `.coveragerc` and not this threshold
    /// ```
    /// ```ini bad .coveragerc
    /// [run]
    /// branch = true
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// Codecov can guard it too:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.run]
    /// branch = true
    /// ```
    /// ```yaml good codecov.yml
    /// coverage:
    ///   status:
    ///     project:
    ///       default:
    ///         target: 90%
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// And so can a script of one's own:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.run]
    /// branch = true
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// env:
    ///   COVERAGE_TOTAL: 50  # error: the coverage may sink to 50 %
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: coverage run -m pytest
    ///       - run: test "$(coverage report --format=total)" -ge "$COVERAGE_TOTAL"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    pub(crate) static LOW_COVERAGE_THRESHOLD = {
        id: "low-coverage-threshold",
        requirements: ["8.4.1"],
        check: Check::Repository(low_coverage_threshold),
        wants: [Want::Search(SCRIPTED, SCRIPTS)],
        options: [("percent", "80", "the least coverage that a threshold has to demand", 0..=100)],
    }
}

const CODECOV: &[&str] = &["codecov.yml", ".codecov.yml", "codecov.yaml", ".codecov.yaml", ".github/codecov.yml"];
/// A variable or an input that says how much coverage a script or an action demands.
const SCRIPTED: &[&str] = &[concat!(
    r"(?im)^[ \t]*(?:export[ \t]+)?(?:[a-z]+[_-])*(?:cov(?:erage)?(?:[_-][a-z]+)*[_-](?:min(?:imum)?|total|threshold|limit|required)",
    r"|(?:min(?:imum)?|required|total)[_-]cov(?:erage)?|minimum_green)[ \t]*(?:[:=]|[:?]=)[ \t]*['\x22]?([1-9][0-9](?:\.[0-9]+)?|100)\b",
)];
const SCRIPTS: &[&str] = &["/.github/**", "/.gitlab-ci.yml", "Makefile", "*.sh"];
const HELP: &str = "set `fail_under` in the section `report` of coverage's settings";

fn low_coverage_threshold(report: &mut Report) {
    let Some(coverage) = coverage() else {
        return report.not_applicable("8.4.1", "nothing measures coverage");
    };
    let least = report.option("percent").and_then(Item::number).unwrap_or(80.0);
    let thresholds = thresholds(&coverage);
    let highest = thresholds.iter().max_by(|left, right| left.0.total_cmp(&right.0));
    match highest {
        _ if coverage.has_strict_defaults() => {}
        Some((percent, _)) if *percent >= least => {}
        Some((percent, place)) => {
            let help = format!("raise it to {least} %");
            let finding = report.finding(place, format!("the coverage may sink to {percent} %")).help(help);
            // What a variable is for is told by its name only.
            let is_it = |found: &Match| found.place.path == place.path && found.place.span.start == place.span.start;
            if repository::search(SCRIPTED, SCRIPTS).iter().any(is_it) {
                drop(finding.medium());
            }
        }
        None if shadowed(&coverage).is_some() => {
            let Some((place, reader)) = shadowed(&coverage) else { return };
            let message = format!("coverage reads `{reader}` and not this threshold");
            report.finding(&place, message).help(format!("move the threshold to `{reader}`")).medium();
        }
        None if is_checked_elsewhere() => {
            report.unknown("8.4.1", None, "a service compares the coverage with a number of its own");
        }
        None => {
            let layer = coverage.settings.layers.first().filter(|layer| layer.path.ends_with("pyproject.toml"));
            let keys = ["tool", "coverage", "report", "fail_under"];
            report
                .finding(&coverage.place("report"), "no threshold for the coverage")
                .help(HELP)
                .safe_fix(layer.map(|layer| edit::set(&layer.path, &keys, least.to_string())))
                .medium();
        }
    }
}

/// A threshold in `pyproject.toml` that another file hides, and that file.
fn shadowed(coverage: &Coverage) -> Option<(Place, String)> {
    let reader = coverage.settings.layers.first()?.path.clone();
    let path = coverage.project.path("pyproject.toml");
    let own = documents::read(&path, &["tool", "coverage", "report", "fail_under"]).ok()?;
    let place = Item::root(&own)?.key_place(&path);
    (reader != path).then_some((place, reader))
}

/// The percentages below which something fails, and where they stand.
fn thresholds(coverage: &Coverage) -> Vec<(f64, Place)> {
    let mut found = Vec::new();
    if let Some(setting) = coverage.settings.setting(&["report", "fail_under"]) {
        let number = setting.value.number().or_else(|| percent(setting.value.text()));
        found.extend(number.map(|number| (number, setting.place)));
    }
    for name in ["--cov-fail-under", "--fail-under"] {
        for flag in coverage.flags(name) {
            found.extend(flag.value.as_deref().and_then(percent).map(|number| (number, flag.place.clone())));
        }
    }
    for path in CODECOV {
        let Ok(target) = documents::read(path, &["coverage", "status", "project", "default", "target"]) else {
            continue;
        };
        let Some(item) = Item::root(&target) else { continue };
        found.extend(item.number().or_else(|| percent(item.text())).map(|number| (number, item.place(path))));
    }
    for scripted in repository::search(SCRIPTED, SCRIPTS) {
        found.extend(percent(&scripted.text).map(|number| (number, scripted.place)));
    }
    found
}

fn percent(text: &str) -> Option<f64> {
    text.trim().trim_end_matches('%').trim().parse().ok()
}

/// Whether a service may hold a threshold that the repository does not show.
fn is_checked_elsewhere() -> bool {
    CODECOV.iter().any(|path| repository::exists(path))
        || repository::exists("sonar-project.properties")
        || !automation::actions(&["/codecov|coveralls|sonar|coverage|codacy|codeclimate|smokeshow/"]).is_empty()
        || !automation::commands(&["coveralls", "codecov", "codecovcli", "smokeshow", "diff-cover"]).is_empty()
}
