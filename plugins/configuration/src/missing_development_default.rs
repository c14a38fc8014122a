//! Settings that every developer has to look up before the first start.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::listed;

use crate::examples::known_variables;
use crate::settings::{self, KINDS, NAMES, is_application};

rule! {
    /// Harmless settings have no default for development.
    ///
    /// Levels, ports, limits and switches have values that suit every machine of a developer. Give the fields these
    /// defaults, or put them into `.env.example`; secrets and addresses stay without.
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
    /// class Settings(BaseSettings):  # error: no default for `log_level`, `page_size` and `tracing`
    ///     database_url: str
    ///     log_level: str
    ///     page_size: int
    ///     tracing: bool
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
    ///     database_url: str
    ///     log_level: str
    ///     page_size: int
    ///     tracing: bool
    ///
    /// app = FastAPI()
    /// ```
    /// ```text good .env.example
    /// LOG_LEVEL=DEBUG
    /// ```
    pub(crate) static MISSING_DEVELOPMENT_DEFAULT = {
        id: "missing-development-default",
        requirements: ["14.2.4"],
        check: Check::Project(missing_development_default),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Definitions(KINDS, &[NAMES]), Want::Lineages],
    }
}

/// So many such fields are set quickly.
const FEW: usize = 2;

fn missing_development_default(report: &mut Report, project: &Project) {
    if !is_application(report, project, MISSING_DEVELOPMENT_DEFAULT.requirements) {
        return;
    }
    let known = known_variables();
    for class in &settings::classes() {
        let is_given = |name: &str| {
            known.iter().any(|variable| variable.to_ascii_lowercase().ends_with(&name.to_ascii_lowercase()))
        };
        let missing: Vec<&str> = settings::fields(class)
            .filter(|(field, annotation)| !field.optional && is_harmless(&field.name, annotation))
            .map(|(field, _)| field.name.as_str())
            .filter(|name| !is_given(name))
            .collect();
        if missing.len() > FEW {
            report
                .finding(&class.site.place, format!("no default for {}", listed(&missing)))
                .help("give the fields defaults for development, or name them in `.env.example`");
        }
    }
}

fn is_harmless(name: &str, annotation: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_own =
        ["id", "url", "uri", "dsn", "key", "secret", "token", "password"].iter().any(|end| name.ends_with(end));
    let is_plain = matches!(annotation.rsplit('.').next().unwrap_or(annotation), "bool" | "int" | "float")
        || annotation.contains("Literal[");
    let is_named = ["_level", "_port", "_timeout"].iter().any(|end| name.ends_with(end)) || name == "host";
    !is_own && (is_plain || is_named)
}
