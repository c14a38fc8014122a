//! Defaults that stand where a setting is used.

use plimsoll_sdk::prelude::*;

use crate::settings::{self, KINDS, NAMES, PYTHON, is_application};

rule! {
    /// A setting gets its default where it is used.
    ///
    /// The next use has another default or none, and nobody finds out which one counts. Give the field of the settings
    /// class its default.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python bad src/app/main.py
    /// import os
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     timeout: int = 10
    ///     region: str = "eu"
    ///
    /// app = FastAPI()
    /// settings = Settings()
    /// timeout = getattr(settings, "timeout", 5)  # error: `timeout` gets another default here
    /// region = os.getenv("REGION", "us")  # error: `REGION` gets another default here
    /// ```
    /// ```python bad src/app/paths.py
    /// import os
    /// from pydantic_settings import BaseSettings
    ///
    /// folder = os.getenv("FOLDER", "/data")  # error: `FOLDER` gets its default here, and its field has none
    ///
    /// class PathSettings(BaseSettings):
    ///     folder: str
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python good src/app/main.py
    /// import os
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     timeout: int = 10
    ///
    /// app = FastAPI()
    /// settings = Settings()
    /// timeout = settings.timeout
    /// other = getattr(settings, "other", None)
    /// host = os.getenv("HOST", "localhost")
    /// ```
    pub(crate) static DEFAULT_AT_USE = {
        id: "default-at-use",
        requirements: ["14.1.5"],
        check: Check::Project(default_at_use),
        roles: [Role::Source],
        wants: [Want::Definitions(KINDS, &[NAMES]), Want::Lineages, Want::Search(USES, PYTHON)],
    }
}

const USES: &[&str] = &[
    r#"(?-u:\b)getattr\(\s*(?:\w+\.)?settings\s*,\s*["'](\w+)["']\s*,"#,
    r#"(?-u:\b)(?:getenv|environ\.get)\(\s*["'](\w+)["']\s*,"#,
];

fn default_at_use(report: &mut Report, project: &Project) {
    if !is_application(report, project, DEFAULT_AT_USE.requirements) {
        return;
    }
    let classes = settings::classes();
    if classes.is_empty() {
        return report.not_applicable("14.1.5", "no settings class");
    }
    for found in repository::search(USES, PYTHON) {
        let name = found.text.to_ascii_lowercase();
        let field = classes.iter().find_map(|class| {
            let field = settings::fields(class).find(|(field, _)| field.name.to_ascii_lowercase() == name)?;
            Some((settings::place(class, field.0), field.0.optional))
        });
        let Some((field, has_default)) = field else { continue };
        let is_comment = found.line.trim_start().starts_with('#');
        // A read in the class's own module builds the default.
        let is_own =
            field.path == found.place.path && found.pattern == 1 && found.place.span.start < field.span.end + 200;
        let is_declaration = is_own && found.line.contains(':');
        if !is_comment && !is_declaration {
            let message = match has_default {
                true => format!("`{}` gets another default here", found.text),
                false => format!("`{}` gets its default here, and its field has none", found.text),
            };
            report
                .finding(&found.place, message)
                .help("use the field of the settings class, and give it the default")
                .related(&field, "the field")
                .medium();
        }
    }
}
