//! Secrets that have a default in the code.

use plimsoll_sdk::prelude::*;

use crate::settings::{self, KINDS, NAMES, is_application, is_field_of};

rule! {
    /// A secret of the settings class has a default.
    ///
    /// A deployment that forgets the variable runs with a secret that everyone can read in the repository. Leave the
    /// field without a default; the start fails then, as it should. A default that a validator refuses outside of
    /// development is left alone.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python bad src/app/settings.py
    /// import secrets
    /// from fastapi import FastAPI
    /// from pydantic import SecretStr
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     secret_key: str = "dev"  # error: the secret `secret_key` has a default
    ///     smtp_password: SecretStr = SecretStr("mail")  # error: the secret `smtp_password` has a default
    ///     signing_key: str = secrets.token_urlsafe(32)  # error: each process makes its own `signing_key`
    ///
    /// app = FastAPI()
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python fixed src/app/settings.py
    /// import secrets
    /// from fastapi import FastAPI
    /// from pydantic import SecretStr
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     secret_key: str
    ///     smtp_password: SecretStr
    ///     signing_key: str
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
    /// from pydantic import SecretStr
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     secret_key: SecretStr
    ///     api_token: str = ""
    ///     public_key: str = "pk"
    ///     token_url: str = "/token"
    ///     smtp_password: str | None = None
    ///
    /// class CheckedSettings(BaseSettings):
    ///     secret_key: str = "changethis"
    ///
    ///     def check_secrets(self):
    ///         if self.secret_key == "changethis":
    ///             raise ValueError("set a secret")
    ///
    /// app = FastAPI()
    /// ```
    pub(crate) static SECRET_WITH_DEFAULT = {
        id: "secret-with-default",
        requirements: ["14.3.3"],
        check: Check::Project(secret_with_default),
        roles: [Role::Source],
        wants: [Want::Definitions(KINDS, &[NAMES]), Want::Lineages, Want::Assignments(&[FIELDS])],
        accepts: ["S105", "B105"],
    }
}

const FIELDS: &str = "class:/(?i)(password|passwd|secret|token|api_?key|private_?key|secret_?key|signing_?key)$/";

fn secret_with_default(report: &mut Report, project: &Project) {
    if !is_application(report, project, SECRET_WITH_DEFAULT.requirements) {
        return;
    }
    let classes = settings::classes();
    for field in python::assignments(&[FIELDS]).iter().filter(|field| is_field_of(field, &classes)) {
        let name = field.target.to_ascii_lowercase();
        let class = field.site.class.as_deref().unwrap_or_default().to_ascii_lowercase();
        let is_for_tests = ["test", "dev", "local"].iter().any(|word| class.contains(word));
        if is_for_tests || name.starts_with('_') || ["public", "path", "file"].iter().any(|word| name.contains(word)) {
            continue;
        }
        let Some(value) = settings::default(field) else { continue };
        if value.kind() == NodeKind::Call && value.text().starts_with("secrets.") {
            report
                .finding(&field.site.place, format!("each process makes its own `{}`", field.target))
                .help("read it from the environment: sessions end with each restart, and workers differ")
                .unsafe_fix(settings::without_default(field))
                .low();
            continue;
        }
        let is_dummy = |text: &str| text.to_ascii_lowercase().contains("dummy");
        let Some(text) = value.string().filter(|text| !text.is_empty() && !is_dummy(text)) else { continue };
        if !is_refused(&field.site.place.path, text) {
            report
                .finding(&field.site.place, format!("the secret `{}` has a default", field.target))
                .help("leave it without one; give the value for development in `.env.example`")
                .unsafe_fix(settings::without_default(field))
                .medium();
        }
    }
}

/// Whether the module looks for this very text somewhere else: a validator that refuses it.
fn is_refused(path: &str, text: &str) -> bool {
    let module = repository::read(path).unwrap_or_default();
    let written = ["\"", "'"].map(|quote| format!("{quote}{text}{quote}"));
    let compares = |line: &str| {
        written.iter().any(|text| line.contains(text.as_str()))
            && ["==", "!=", " in ", " is "].iter().any(|word| line.contains(word))
    };
    module.lines().any(compares)
}
