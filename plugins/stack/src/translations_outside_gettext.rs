//! Translations in other forms than catalogues of gettext.

use plimsoll_sdk::paths::{file_name, join, parent, start, upwards};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

use crate::legacy::is_aside;

rule! {
    /// Translations are kept in a form of their own, or only compiled.
    ///
    /// Tables in JSON or YAML have no plurals, no comments for translators and no tools that find missing texts;
    /// compiled catalogues without their sources can't be changed at all. Keep `.po` files, which Babel extracts,
    /// updates and compiles.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// PATH = "locales/de.json"
    /// ```
    /// ```json bad src/app/locales/de.json
    /// {"hello": "hallo"}
    /// ```
    /// ```json bad src/app/locales/en.json
    /// {"hello": "hello"}
    /// ```
    /// ```text expect
    /// src/app/locales/de.json:1: translations are tables of JSON
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good src/app/locale/de/LC_MESSAGES/app.po
    /// msgid "hello"
    /// ```
    /// ```json good frontend/package.json
    /// {}
    /// ```
    /// ```json good frontend/locales/de.json
    /// {}
    /// ```
    /// ```json good frontend/locales/en.json
    /// {}
    /// ```
    pub(crate) static TRANSLATIONS_OUTSIDE_GETTEXT = {
        id: "translations-outside-gettext",
        requirements: ["3.16.2"],
        check: Check::Repository(translations_outside_gettext),
        wants: [Want::Search(NAMED, &["*.py"])],
    }
}

/// Files named after a language.
const TABLES: &[&str] = &[
    "**/locales/??.json",
    "**/locales/??.yaml",
    "**/locales/??.yml",
    "**/locales/??.toml",
    "**/translations/??.json",
    "**/translations/??.yaml",
];
/// Code that names their folder.
const NAMED: &[&str] = &[r#"["'/](locales|translations)["'/]"#];

fn translations_outside_gettext(report: &mut Report) {
    if main_project().is_none() {
        return report.not_applicable("3.16.2", "no Python code of its own");
    }
    let catalogues = repository::find(&["*.po"]);
    if let Some(compiled) = repository::find(&["*.mo"]).first().filter(|_| catalogues.is_empty()) {
        if !is_aside(&compiled.path) && compiled.role == Role::Source {
            report
                .finding(&start(&compiled.path), "a compiled catalogue without its source")
                .help("track the `.po` file, and compile it where the product is built")
                .medium();
        }
        return;
    }
    let is_front_end =
        |path: &str| upwards(parent(path)).iter().any(|folder| repository::exists(&join(folder, "package.json")));
    let mut tables = repository::find(TABLES);
    tables.retain(|file| file.role == Role::Source && !is_aside(&file.path) && !is_front_end(&file.path));
    let is_read = || repository::search(NAMED, &["*.py"]).iter().any(|found| found.role == Role::Source);
    let is_table = tables.len() > 1 && catalogues.is_empty() && is_read();
    if let Some(first) = tables.first().filter(|_| is_table) {
        let form = file_name(&first.path).rsplit('.').next().unwrap_or_default().to_ascii_uppercase();
        report
            .finding(&start(&first.path), format!("translations are tables of {form}"))
            .help("keep them in `.po` files, which Babel extracts and compiles")
            .low();
    }
}
