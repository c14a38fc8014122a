//! Addresses of services that have a default in the code.

use plimsoll_sdk::prelude::*;

use crate::settings::{self, KINDS, NAMES, is_application, is_field_of};

rule! {
    /// The address of a database or broker has a default in the code.
    ///
    /// A deployment that forgets the variable starts all the same, with the wrong database. Leave the field without a
    /// default, so that the start fails, and put the value for development into `.env.example` or `compose.yaml`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python bad src/app/settings.py
    /// from fastapi import FastAPI
    /// from pydantic import Field
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     database_url: str = "postgresql://db.acme.io/app"  # error: `database_url` has a default
    ///     redis_url: str = Field(default="redis://localhost")  # error: `redis_url` has a default
    ///     broker_url: str = Field("amqp://rabbit#1", description="Jobs")  # error: `broker_url` has a default
    ///     mongo_url: str = Field(  # error: `mongo_url` has a default
    ///         description="Documents",
    ///         default="mongodb://mongo",
    ///     )
    ///
    /// app = FastAPI()
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python fixed src/app/settings.py
    /// from fastapi import FastAPI
    /// from pydantic import Field
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     database_url: str
    ///     redis_url: str
    ///     broker_url: str = Field(description="Jobs")
    ///     mongo_url: str = Field(
    ///         description="Documents",
    ///     )
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
    ///     broker_url: str | None = None
    ///
    /// class Defaults:
    ///     redis_url = "redis://redis.acme.io"
    ///
    /// app = FastAPI()
    /// ```
    pub(crate) static REQUIRED_VALUE_WITH_DEFAULT = {
        id: "required-value-with-default",
        requirements: ["14.3.1"],
        check: Check::Project(required_value_with_default),
        roles: [Role::Source],
        wants: [Want::Definitions(KINDS, &[NAMES]), Want::Lineages, Want::Assignments(&[FIELDS])],
    }
}

const FIELDS: &str = "class:/(?i)(database_url|db_url|database_dsn|database_uri|postgres_host|postgres_server|db_host|broker_url|redis_url|mongo_url|mongodb_url|mongodb_uri)$/";

fn required_value_with_default(report: &mut Report, project: &Project) {
    if !is_application(report, project, REQUIRED_VALUE_WITH_DEFAULT.requirements) {
        return;
    }
    let classes = settings::classes();
    for field in python::assignments(&[FIELDS]).iter().filter(|field| is_field_of(field, &classes)) {
        let Some(text) = settings::default(field).and_then(Item::string).filter(|text| !text.is_empty()) else {
            continue;
        };
        let finding = report
            .finding(&field.site.place, format!("`{}` has a default", field.target))
            .help("leave it without one; give the value for development in `.env.example`")
            .unsafe_fix(settings::without_default(field));
        // A default for development is what others ask for.
        if is_remote(text) {
            finding.medium()
        } else {
            finding.low()
        };
    }
}

/// Whether an address names a host on the net or a password.
fn is_remote(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (user, host) = rest.split_once('@').unwrap_or(("", rest));
    let host = host.split(['/', ':', '?']).next().unwrap_or_default();
    let is_ip = host.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    let is_local = host.starts_with("127.") || host == "0.0.0.0" || host.ends_with(".internal");
    let has_password = user.split_once(':').is_some_and(|(name, password)| {
        !password.is_empty() && password != name && !matches!(password, "postgres" | "password" | "guest" | "root")
    });
    has_password || host.contains('.') && !is_local && (is_ip || !host.contains("example."))
}
