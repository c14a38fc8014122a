//! Settings classes that explain nothing.

use plimsoll_sdk::prelude::*;

use crate::settings::{self, KINDS, NAMES, is_application};

rule! {
    /// A large settings class explains none of its fields.
    ///
    /// The class is the one place where whoever operates the application learns what can be set. Names and types document
    /// a small class by themselves, as the standard has it; among many fields some need a word more. Say in a comment, a
    /// docstring or `Field(description=…)` what the less obvious ones do. Which these are can't be seen, so the finding is
    /// a guess.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python bad src/app/settings.py
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):  # error: 11 fields, and nothing but names and types to explain them
    ///     a: int
    ///     b: int
    ///     c: int
    ///     d: int
    ///     e: int
    ///     f: int
    ///     g: int
    ///     h: int
    ///     i: int
    ///     j: int
    ///     k: int
    ///
    /// app = FastAPI()
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python good src/app/settings.py
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     a: int
    ///     b: int
    ///     c: int
    ///     # Seconds
    ///     d: int
    ///     e: int
    ///     f: int
    ///     g: int
    ///     h: int
    ///     i: int
    ///     j: int
    ///     k: int
    ///
    /// app = FastAPI()
    /// ```
    pub(crate) static UNDOCUMENTED_SETTINGS = {
        id: "undocumented-settings",
        requirements: ["14.1.6"],
        check: Check::Project(undocumented_settings),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Definitions(KINDS, &[NAMES]), Want::Lineages],
    }
}

/// Up to so many fields the names say enough.
const FEW: usize = 10;

fn undocumented_settings(report: &mut Report, project: &Project) {
    if !is_application(report, project, UNDOCUMENTED_SETTINGS.requirements) {
        return;
    }
    for class in &settings::classes() {
        let fields = settings::fields(class).count();
        let text = repository::read(&class.site.place.path).unwrap_or_default();
        let body = text.get(class.extent.start as usize..class.extent.end as usize).unwrap_or_default();
        // What the line of the class says is a comment on the whole class.
        let rest = body.split_once('\n').map_or("", |(_, rest)| rest);
        let is_explained =
            class.docstring.is_some() || ["#", "\"\"\"", "'''", "description="].iter().any(|mark| rest.contains(mark));
        let has_example = || {
            let examples = repository::find(&[".env.example", ".env.sample", ".env.template", ".env.dist"]);
            examples.iter().any(|file| repository::read(&file.path).unwrap_or_default().contains('#'))
        };
        if fields > FEW && !is_explained && !has_example() {
            report
                .finding(&class.site.place, format!("{fields} fields, and nothing but names and types to explain them"))
                .help("explain in comments or `Field(description=…)` what the less obvious fields do");
        }
    }
}
