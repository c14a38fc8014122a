//! Debugging that is on unless someone turns it off.

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;

use crate::settings::{self, KINDS, NAMES, is_application, is_field_of};

rule! {
    /// Debugging is on unless something turns it off.
    ///
    /// Debug pages show the code, the variables and the settings to whoever provokes an error. The default is off, and
    /// developers turn it on in their environment.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python bad src/app/main.py
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     debug: bool = True  # error: `debug` is on by default
    ///
    /// app = FastAPI(debug=True)  # error: the application runs with `debug=True`
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python fixed src/app/main.py
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     debug: bool = False
    ///
    /// app = FastAPI(debug=False)
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "site"
    /// dependencies = ["django"]
    /// ```
    /// ```python bad manage.py
    /// import django.core.management
    /// ```
    /// ```python bad site/settings.py
    /// DEBUG = True  # error: `DEBUG` is on
    /// ROOT_URLCONF = "site.urls"
    /// ```
    /// ```python bad site/wsgi.py
    /// from django.core.wsgi import get_wsgi_application
    /// application = get_wsgi_application()
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python good src/app/main.py
    /// import uvicorn
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     debug: bool = False
    ///
    /// settings = Settings()
    /// app = FastAPI(debug=settings.debug)
    ///
    /// if __name__ == "__main__":
    ///     uvicorn.run("app.main:app", reload=True)
    /// ```
    pub(crate) static DEBUG_ON_BY_DEFAULT = {
        id: "debug-on-by-default",
        requirements: ["14.3.2"],
        check: Check::Project(debug_on_by_default),
        roles: [Role::Source],
        wants: [
            Want::Definitions(KINDS, &[NAMES]),
            Want::Lineages,
            Want::Assignments(&[FIELDS, DJANGO]),
            Want::Calls(APPLICATIONS),
        ],
        accepts: ["S201", "B201"],
    }
}

const FIELDS: &str = "class:/(?i)^([a-z]+_)?(debug|reload)$/";
const DJANGO: &str = "module:DEBUG";
const APPLICATIONS: &[&str] =
    &["fastapi.FastAPI", "starlette.applications.Starlette", "litestar.Litestar", "flask.Flask.run", "uvicorn.run"];

fn debug_on_by_default(report: &mut Report, project: &Project) {
    if !is_application(report, project, DEBUG_ON_BY_DEFAULT.requirements) {
        return;
    }
    const HELP: &str = "make `False` the default, and turn it on in the environment of developers";
    let classes = settings::classes();
    for field in python::assignments(&[FIELDS]).iter().filter(|field| is_field_of(field, &classes)) {
        let is_development = field.site.class.as_deref().is_some_and(is_for_development);
        if settings::default(field).and_then(Item::boolean) == Some(true) && !is_development {
            report
                .finding(&field.site.place, format!("`{}` is on by default", field.target))
                .help(HELP)
                .safe_fix(off(settings::default(field), &field.site.place.path))
                .medium();
        }
    }
    for call in &python::calls(APPLICATIONS) {
        let key = if call.name == "uvicorn.run" { "reload" } else { "debug" };
        let argument = Item::root(&call.value).and_then(|root| root.get(key));
        // What is started by hand is development, as far as the file shows.
        let is_by_hand = call.site.surroundings.contains(Surroundings::MAIN_GUARD) || call.site.function.is_some();
        let is_on = argument.is_some_and(|argument| argument.boolean() == Some(true));
        let is_exempt = is_by_hand && call.name != "flask.Flask.run" || is_for_development(&call.site.place.path);
        if let Some(argument) = argument.filter(|_| is_on && !is_exempt) {
            report
                .finding(&argument.key_place(&call.site.place.path), format!("the application runs with `{key}=True`"))
                .help("read it from a setting whose default is `False`")
                .safe_fix(off(Some(argument), &call.site.place.path))
                .medium();
        }
    }
    if project.has_profile("django") {
        for assignment in &python::assignments(&[DJANGO]) {
            let path = &assignment.site.place.path;
            let is_settings = file_name(path).contains("settings") || path.contains("/settings/");
            let is_on = settings::default(assignment).and_then(Item::boolean) == Some(true);
            let is_plain = !assignment.site.surroundings.contains(Surroundings::CONDITIONAL) && assignment.bindings < 2;
            if is_settings && is_on && is_plain && !is_for_development(path) {
                report
                    .finding(&assignment.site.place, "`DEBUG` is on")
                    .help(HELP)
                    .safe_fix(off(settings::default(assignment), path))
                    .medium();
            }
        }
    }
}

/// Turns a literal off that is written in a file; what a name stands for is used elsewhere too.
fn off(value: Option<Item<'_>>, path: &str) -> Option<Edit> {
    let place = value?.place(path);
    edit::replace_words(&place, "True", "False").filter(|_| place.span.end - place.span.start == 4)
}

/// Whether a name says that something is for development or tests.
fn is_for_development(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["dev", "local", "test", "debug", "demo", "example", "sandbox"].iter().any(|word| lower.contains(word))
}
