//! Libraries of translation beside Babel.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;

rule! {
    /// Texts are translated with another library than Babel and gettext.
    ///
    /// Translators and their tools know gettext, and Babel formats numbers and dates as well. Use Babel, or what the
    /// framework builds on gettext. `locale.setlocale` changes the whole process: two requests disturb each other.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "python-i18n"]  # error: `python-i18n` translates the texts
    /// ```
    /// ```python bad src/app/__init__.py
    /// import i18n
    /// import locale
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// locale.setlocale(locale.LC_ALL, "de_DE")  # error: `setlocale` changes the whole process
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "babel"]
    /// ```
    /// ```python good src/app/__init__.py
    /// import babel
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    pub(crate) static OTHER_LOCALISATION_LIBRARY = {
        id: "other-localisation-library",
        requirements: ["3.16.1"],
        check: Check::Project(other_localisation_library),
        roles: [Role::Source],
        wants: [Want::Imports(MODULES), Want::Calls(CALLS)],
    }
}

/// Distributions and what they are imported as.
const LIBRARIES: &[(&str, &str)] = &[
    ("python-i18n", "i18n"),
    ("i18nice", "i18n"),
    ("fluent-runtime", "fluent"),
    ("fluent.runtime", "fluent"),
    ("translate-toolkit", "translate"),
];
const MODULES: &[&str] = &["i18n", "i18n.*", "fluent", "fluent.*", "translate", "translate.*"];
const CALLS: &[&str] = &["locale.setlocale"];

fn other_localisation_library(report: &mut Report, project: &Project) {
    if !is_product(project) {
        return;
    }
    let imports = python::imports(MODULES);
    for (distribution, module) in LIBRARIES {
        let declared = project::dependencies(&[distribution]).into_iter().find(|one| one.kind == "runtime");
        let used = imports.iter().find(|import| import.name.split('.').next() == Some(module));
        if let (Some(dependency), Some(used)) = (declared, used) {
            report
                .finding(&dependency.place, format!("`{distribution}` translates the texts"))
                .help("use Babel with catalogues of gettext")
                .related(&used.site.place, "it is used here")
                .medium();
        }
    }
    if project.has_profile("api") {
        for call in &python::calls(CALLS) {
            report
                .finding(&call.site.place, "`setlocale` changes the whole process")
                .help("format with Babel, which takes the locale as an argument")
                .low();
        }
    }
}
