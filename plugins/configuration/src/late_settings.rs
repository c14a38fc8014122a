//! Settings that are checked later than at start.

use plimsoll_sdk::prelude::*;

use crate::settings::{self, KINDS, NAMES, is_application};

rule! {
    /// The configuration is checked too late, or its errors are swallowed.
    ///
    /// A wrong value must stop the start, when a deployment is still watched. A settings class that is made in a
    /// request handler fails with the first request, and is read anew with each; a swallowed `ValidationError` fails
    /// later and elsewhere. Make the settings once: at import, in the lifespan, or in a provider under
    /// `functools.cache`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python bad src/app/main.py
    /// from fastapi import FastAPI
    /// from pydantic import ValidationError
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     region: str
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/region")
    /// def region():
    ///     return Settings().region  # error: `Settings` is made anew for each request
    ///
    /// def load():
    ///     try:
    ///         return Settings()
    ///     except ValidationError:  # error: an invalid configuration is ignored
    ///         pass
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python good src/app/main.py
    /// import functools
    /// from fastapi import FastAPI
    /// from pydantic import ValidationError
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     region: str
    ///
    /// app = FastAPI()
    ///
    /// @functools.cache
    /// def settings():
    ///     try:
    ///         return Settings()
    ///     except ValidationError as error:
    ///         print(error)
    ///         raise
    ///
    /// @app.get("/region")
    /// def region():
    ///     return settings().region
    /// ```
    ///
    /// Where the class is also made at import, a wrong value stops the start.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python good src/app/settings.py
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     region: str = "eu"
    ///
    /// settings = Settings()
    /// ```
    /// ```python good src/app/main.py
    /// from fastapi import FastAPI
    /// from app.settings import Settings
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/defaults")
    /// def defaults():
    ///     return Settings().region
    /// ```
    pub(crate) static LATE_SETTINGS = {
        id: "late-settings",
        requirements: ["14.2.2"],
        check: Check::Project(late_settings),
        roles: [Role::Source],
        wants: [
            Want::Definitions(KINDS, &[NAMES]),
            Want::Lineages,
            Want::Calls(CALLS),
            Want::Handlers(ERRORS),
        ],
    }
}

const CALLS: &[&str] = &["*Settings", "*Config", "*Configuration"];
const ERRORS: &[&str] = &["pydantic.ValidationError", "pydantic_core.ValidationError"];
/// The last parts of decorators that make a function answer requests or run jobs.
const ROUTES: &[&str] = &["get", "post", "put", "patch", "delete", "head", "route", "api_route", "websocket", "task"];

fn late_settings(report: &mut Report, project: &Project) {
    if !is_application(report, project, LATE_SETTINGS.requirements) {
        return;
    }
    let classes = settings::classes();
    if classes.is_empty() {
        return report.not_applicable("14.2.2", "no settings class");
    }
    let calls = python::calls(CALLS);
    let makes = |call: &&Call| classes.iter().any(|class| call.name.rsplit('.').next() == Some(class.name.as_str()));
    let made: Vec<&Call> = calls.iter().filter(makes).collect();
    let last = |call: &Call| call.name.rsplit('.').next().unwrap_or(&call.name).to_owned();
    let is_made_at_import = |class: &str| made.iter().any(|call| last(call) == class && call.site.function.is_none());
    for call in &made {
        let is_route = |name: &String| name.contains('.') && ROUTES.contains(&name.rsplit('.').next().unwrap_or(name));
        if call.site.decorators.iter().any(is_route) && !call.site.surroundings.contains(Surroundings::DECORATOR) {
            let class = last(call);
            if is_made_at_import(&class) {
                continue;
            }
            report
                .finding(&call.site.place, format!("`{class}` is made anew for each request"))
                .help("make it once: at import, in the lifespan, or in a provider under `functools.cache`")
                .medium();
        }
    }
    for handler in &python::handlers(ERRORS) {
        let goes_on = !handler.actions.iter().any(|action| matches!(action.as_str(), "raise" | "call" | "other"));
        let is_around = made.iter().any(|call| {
            call.site.place.path == handler.site.place.path
                && call.site.function == handler.site.function
                && call.site.surroundings.contains(Surroundings::TRY)
                && call.site.place.span.start < handler.site.place.span.start
        });
        if goes_on && is_around {
            report
                .finding(&handler.site.place, "an invalid configuration is ignored")
                .help("print the error and exit")
                .medium();
        }
    }
}
