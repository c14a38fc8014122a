//! Coverage that counts more than the product.

use plimsoll_sdk::prelude::*;

use crate::coverage::{Coverage, coverage, names_tests};

rule! {
    /// Coverage is measured on more than the product's code.
    ///
    /// Tests cover themselves, so with them in the count the number says little about the product. Measure `src` or the
    /// packages by name, or omit the tests.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.run]
    /// source = ["src", "tests"]  # error: coverage counts `tests`
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pytest.ini_options]
    /// addopts = "--cov --cov-branch"  # error: coverage counts whatever runs, the tests too
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.run]
    /// source = ["."]
    /// omit = ["tests/*"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.run]
    /// source = ["."]
    /// include = ["app/*"]
    /// ```
    /// ```python good app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pytest.ini_options]
    /// addopts = ["--cov=app", "--cov-branch"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// ```
    pub(crate) static WIDE_COVERAGE_SOURCE = {
        id: "wide-coverage-source",
        requirements: ["8.4.3"],
        check: Check::Repository(wide_coverage_source),
    }
}

const HELP: &str = "measure `src`, or the packages by name";

fn wide_coverage_source(report: &mut Report) {
    let Some(coverage) = coverage() else {
        return report.not_applicable("8.4.3", "nothing measures coverage");
    };
    if omits_tests(&coverage) || coverage.has_strict_defaults() {
        return;
    }
    // What is included narrows a wider source.
    let keys =
        [("run", "include"), ("report", "include"), ("run", "source"), ("run", "source_dirs"), ("run", "source_pkgs")];
    let named = keys.iter().map(|(table, key)| ((*table, *key), coverage.list(table, key))).find(|it| !it.1.is_empty());
    if let Some(((table, key), sources)) = named {
        let wide = sources.iter().find(|source| is_wide(source));
        if let (Some(wide), Some(setting)) = (wide, coverage.settings.setting(&[table, key])) {
            report.finding(&setting.place, message(wide)).help(HELP).medium();
        }
        return;
    }
    let flags: Vec<_> = coverage.flags("--cov").collect();
    let named = flags.iter().filter_map(|flag| Some((flag.value.as_deref()?, flag)));
    if let Some((wide, flag)) = named.clone().find(|(value, _)| is_wide(value)) {
        report.finding(&flag.place, message(wide)).help(HELP).medium();
        return;
    }
    let is_named = named.clone().next().is_some();
    if let Some(flag) = flags.iter().find(|flag| flag.value.is_none()).filter(|_| !is_named) {
        report.finding(&flag.place, "coverage counts whatever runs, the tests too").help(HELP).low();
    }
}

fn is_wide(source: &str) -> bool {
    names_tests(source) || matches!(source.trim_end_matches('/'), "." | "./" | "docs" | "examples" | "scripts" | "*")
}

fn message(wide: &str) -> String {
    match wide.trim_end_matches(['/', '*']) {
        "." | "" => "coverage counts all files, the tests too".to_owned(),
        name => format!("coverage counts `{name}`"),
    }
}

/// Whether the tests are left out of a wider source.
fn omits_tests(coverage: &Coverage) -> bool {
    ["run", "report"].iter().flat_map(|table| coverage.list(table, "omit")).any(|glob| glob.contains("test"))
}
