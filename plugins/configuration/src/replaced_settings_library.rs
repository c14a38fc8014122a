//! Libraries in place of pydantic-settings.

use plimsoll_sdk::prelude::*;

use crate::settings::is_application;

rule! {
    /// Configuration is read with another library than pydantic-settings.
    ///
    /// pydantic-settings gives every value a type, checks all of them at start, and is what readers of the code know
    /// from its models. Declare a class derived from `BaseSettings` and drop the other library.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = [
    ///   "fastapi",
    ///   "python-decouple",  # error: `python-decouple` reads the configuration
    /// ]
    /// ```
    /// ```python bad src/app/main.py
    /// from decouple import config
    /// from fastapi import FastAPI
    /// app = FastAPI(debug=config("DEBUG", default=False))
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic<2"]
    /// ```
    /// ```python bad src/app/main.py
    /// from fastapi import FastAPI
    /// from pydantic import BaseSettings  # error: `BaseSettings` of pydantic 1
    /// app = FastAPI()
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python good src/app/main.py
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    /// app = FastAPI()
    /// ```
    pub(crate) static REPLACED_SETTINGS_LIBRARY = {
        id: "replaced-settings-library",
        requirements: ["2.1.8.3", "3.12.1", "14.1.2", "27.1.4"],
        check: Check::Project(replaced_settings_library),
        roles: [Role::Source],
        wants: [Want::Imports(MODULES)],
    }
}

/// Distributions and what they are imported as.
const LIBRARIES: &[(&str, &str)] = &[
    ("python-decouple", "decouple"),
    ("environs", "environs"),
    ("django-environ", "environ"),
    ("prettyconf", "prettyconf"),
    ("envparse", "envparse"),
    ("environ-config", "environ"),
];
const MODULES: &[&str] = &[
    "decouple",
    "decouple.*",
    "environs",
    "environs.*",
    "environ",
    "environ.*",
    "prettyconf",
    "prettyconf.*",
    "envparse",
    "envparse.*",
    "starlette.config.Config",
    "pydantic.BaseSettings",
    "pydantic.v1.BaseSettings",
];

fn replaced_settings_library(report: &mut Report, project: &Project) {
    if !is_application(report, project, REPLACED_SETTINGS_LIBRARY.requirements) {
        return;
    }
    const HELP: &str = "declare the values in a class derived from `pydantic_settings.BaseSettings`";
    let imports = python::imports(MODULES);
    for (distribution, module) in LIBRARIES {
        let is_its = |import: &&Import| import.name.split('.').next() == Some(module);
        let (declared, used) = (project::dependencies(&[distribution]), imports.iter().find(is_its));
        let declared = declared.into_iter().find(|dependency| dependency.kind == "runtime");
        if let (Some(dependency), Some(used)) = (declared, used) {
            report
                .finding(&dependency.place, format!("`{distribution}` reads the configuration"))
                .help(HELP)
                .related(&used.site.place, "it is used here")
                .medium();
        }
    }
    if let Some(import) = imports.iter().find(|import| import.name == "starlette.config.Config") {
        report.finding(&import.site.place, "`starlette.config` reads the configuration").help(HELP).medium();
    }
    if let Some(import) = imports.iter().find(|import| import.name.starts_with("pydantic.")) {
        report.finding(&import.site.place, "`BaseSettings` of pydantic 1").help(HELP).medium();
    }
}
