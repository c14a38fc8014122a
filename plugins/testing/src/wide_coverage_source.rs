//! Coverage that counts more than the product.

use plimsoll_sdk::prelude::*;

use crate::coverage::{Coverage, Flag, coverage, names_tests};
use crate::coverage_edits::{narrowed, product_folders, replaced_word};

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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.run]
    /// source = ["src"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```python fixed tests/test_app.py
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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pytest.ini_options]
    /// addopts = "--cov=src --cov-branch"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```python fixed tests/test_app.py
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
            // `include` takes patterns, the others take folders or packages.
            let mut folders = product_folders(&coverage.project);
            if key == "include" {
                folders.iter_mut().for_each(|folder| folder.push_str("/*"));
            }
            let edits = narrowed(&setting, &is_wide, &folders).filter(|_| key != "source_pkgs");
            report.finding(&setting.place, message(wide)).help(HELP).unsafe_fix(edits.into_iter().flatten()).medium();
        }
        return;
    }
    let flags: Vec<_> = coverage.flags("--cov").collect();
    let named = flags.iter().filter_map(|flag| Some((flag.value.as_deref()?, flag)));
    if let Some((wide, flag)) = named.clone().find(|(value, _)| is_wide(value)) {
        let edit = ["=", " "].iter().find_map(|sign| narrowed_flag(&coverage, flag, &format!("--cov{sign}{wide}")));
        report.finding(&flag.place, message(wide)).help(HELP).unsafe_fix(edit).medium();
        return;
    }
    let is_named = named.clone().next().is_some();
    if let Some(flag) = flags.iter().find(|flag| flag.value.is_none()).filter(|_| !is_named) {
        report
            .finding(&flag.place, "coverage counts whatever runs, the tests too")
            .help(HELP)
            .unsafe_fix(narrowed_flag(&coverage, flag, "--cov"))
            .low();
    }
}

/// The option with the product's one folder as its value. Commands may run in another folder than a project's.
fn narrowed_flag(coverage: &Coverage, flag: &Flag, written: &str) -> Option<Edit> {
    let root = &coverage.project.root;
    let sources = product_folders(&coverage.project);
    let [source] = &sources[..] else { return None };
    let is_there = root.is_empty() || flag.place.path.ends_with("pyproject.toml");
    is_there.then(|| replaced_word(&flag.place, root, written, &format!("--cov={source}"))).flatten()
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
