//! `.env` files that nobody can write without reading the code.

use plimsoll_sdk::paths::{join, parent, start};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::listed;

use crate::env_example::variables_of;
use crate::examples::{EXAMPLES, examples, variables};
use crate::settings::{self, KINDS, NAMES, is_application};

rule! {
    /// The project reads a `.env` file and has no example of one.
    ///
    /// Whoever sets the project up has to find out by errors which variables it needs. Track a `.env.example` that
    /// names all of them, with harmless values, and keep it complete.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python bad src/app/settings.py
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings, SettingsConfigDict
    ///
    /// class Settings(BaseSettings):
    ///     model_config = SettingsConfigDict(env_file=".env")  # error: there is no `.env.example`
    ///     database_url: str
    ///     page_size: int = 50
    ///     region: str = "europe-west1"  # the nearest
    ///     origins: list[str] = ["a", "b"]
    ///     secret_key: str = "dev"
    ///
    /// class MailSettings(BaseSettings):
    ///     model_config = SettingsConfigDict(env_prefix="MAIL_")
    ///     host: str
    ///     token: str | None = None
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
    /// from pydantic_settings import BaseSettings, SettingsConfigDict
    ///
    /// class Settings(BaseSettings):
    ///     model_config = SettingsConfigDict(env_file=".env")
    ///     database_url: str
    ///     page_size: int = 50
    ///     region: str = "europe-west1"  # the nearest
    ///     origins: list[str] = ["a", "b"]
    ///     secret_key: str = "dev"
    ///
    /// class MailSettings(BaseSettings):
    ///     model_config = SettingsConfigDict(env_prefix="MAIL_")
    ///     host: str
    ///     token: str | None = None
    ///
    /// app = FastAPI()
    /// ```
    /// ```text fixed .env.example
    /// # Copy this file to `.env` and set what has no value.
    /// DATABASE_URL=
    /// # PAGE_SIZE=50
    /// # REGION=europe-west1
    /// # ORIGINS=
    /// # SECRET_KEY=
    /// MAIL_HOST=
    /// # MAIL_TOKEN=
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python bad src/app/settings.py
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings, SettingsConfigDict
    ///
    /// class Settings(BaseSettings):
    ///     model_config = SettingsConfigDict(env_file=".env")
    ///     database_url: str
    ///     region: str
    ///
    /// app = FastAPI()
    /// ```
    /// ```text bad .env.example
    /// DATABASE_URL=postgresql://localhost/app
    /// ```
    /// ```text expect
    /// .env.example:1: `REGION` is missing
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python fixed src/app/settings.py
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings, SettingsConfigDict
    ///
    /// class Settings(BaseSettings):
    ///     model_config = SettingsConfigDict(env_file=".env")
    ///     database_url: str
    ///     region: str
    ///
    /// app = FastAPI()
    /// ```
    /// ```text fixed .env.example
    /// DATABASE_URL=postgresql://localhost/app
    /// REGION=
    /// ```
    ///
    /// A project below the root has its example there:
    ///
    /// ```toml good backend/pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "python-dotenv"]
    /// ```
    /// ```python good backend/src/app/main.py
    /// from dotenv import load_dotenv
    /// from fastapi import FastAPI
    ///
    /// load_dotenv()
    /// app = FastAPI()
    /// ```
    /// ```text good .env.example
    /// DATABASE_URL=
    /// ```
    ///
    /// A front end beside the project does not make the example its own, and a file of another name needs none:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "python-dotenv"]
    /// ```
    /// ```python good src/app/main.py
    /// from dotenv import load_dotenv
    /// from fastapi import FastAPI
    ///
    /// load_dotenv()
    /// app = FastAPI()
    /// ```
    /// ```json good package.json
    /// {}
    /// ```
    /// ```text good .env.example
    /// # POLICY="self"
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "python-dotenv"]
    /// ```
    /// ```python good src/app/main.py
    /// from dotenv import load_dotenv
    /// from fastapi import FastAPI
    ///
    /// load_dotenv("/etc/app.conf")
    /// app = FastAPI()
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "python-dotenv"]
    /// ```
    /// ```python good src/app/main.py
    /// from dotenv import load_dotenv
    /// from fastapi import FastAPI
    ///
    /// load_dotenv()
    /// app = FastAPI()
    /// ```
    /// ```text good .env.example
    /// DATABASE_URL=
    /// ```
    pub(crate) static MISSING_ENV_EXAMPLE = {
        id: "missing-env-example",
        requirements: ["14.4.1"],
        check: Check::Project(missing_env_example),
        roles: [Role::Source],
        wants: [Want::Calls(LOADERS), Want::Definitions(KINDS, &[NAMES]), Want::Lineages],
    }
}

const LOADERS: &[&str] = &["pydantic_settings.SettingsConfigDict", "dotenv.load_dotenv", "dotenv.dotenv_values"];

fn missing_env_example(report: &mut Report, project: &Project) {
    if !is_application(report, project, MISSING_ENV_EXAMPLE.requirements) {
        return;
    }
    let loaders = python::calls(LOADERS);
    let place = loaders.iter().find_map(|call| {
        if call.name.starts_with("dotenv.") {
            return reads_env(call).then(|| call.site.place.clone());
        }
        let file = Item::root(&call.value).and_then(|root| root.get("env_file"))?;
        file.strings().iter().any(|file| file.ends_with(".env")).then(|| file.key_place(&call.site.place.path))
    });
    let Some(place) = place.or_else(compose) else {
        return report.not_applicable("14.4.1", "nothing reads a `.env` file");
    };
    // An example may lie at the root for all projects.
    let at_root = || {
        let names = EXAMPLES.iter().map(|name| name.trim_matches('*'));
        names.into_iter().any(|name| !name.contains('*') && repository::exists(name))
    };
    let found = examples();
    // The example of a front end is for its own variables.
    let is_ours = |file: &&File| {
        let folder = parent(&file.path);
        folder == project.root || !repository::exists(&join(folder, "package.json"))
    };
    let Some(example) = found.iter().find(is_ours) else {
        if !at_root() {
            report
                .finding(&place, "there is no `.env.example`")
                .help("track one that names every variable, with harmless values")
                .safe_fix(new_example(project, &place))
                .medium();
        }
        return;
    };
    incomplete(report, example);
}

/// Writes an example for what the settings classes read: what has to be set, and the rest with its default in comments.
fn new_example(project: &Project, place: &Place) -> Option<Edit> {
    let text = repository::read(&place.path).ok()?;
    let line = text.get(place.span.start as usize..)?.lines().next()?;
    let folder = if line.contains("../.env") { parent(&project.root) } else { &project.root };
    let path = join(folder, ".env.example");
    // Where a `.env` is tracked, it shows what the example has to hold.
    if repository::exists(&path)
        || repository::exists(&join(folder, ".env"))
        || !(folder.is_empty() || folder == project.root)
    {
        return None;
    }
    let mut lines: Vec<String> = Vec::new();
    for class in &settings::classes() {
        for variable in variables_of(class)? {
            if !lines.contains(&variable.line) {
                lines.push(variable.line);
            }
        }
    }
    let text = format!("# Copy this file to `.env` and set what has no value.\n{}\n", lines.join("\n"));
    (!lines.is_empty()).then(|| edit::create(path, text))
}

/// Whether a call of dotenv reads `.env`, and not a file of another name.
fn reads_env(call: &Call) -> bool {
    let path = Item::root(&call.value).and_then(|root| root.argument(0, "dotenv_path"));
    path.is_none_or(|path| {
        path.resolved().descendants().any(|item| item.text().ends_with(".env") || item.text().ends_with("find_dotenv"))
    })
}

/// A compose file that reads `.env`.
fn compose() -> Option<Place> {
    containers::compose_files().iter().filter(|file| matches!(file.purpose.as_str(), "base" | "override")).find_map(
        |file| {
            let services = Item::root(&file.value)?.get("services")?;
            let files = services.children().filter_map(|service| service.get("env_file"));
            let found = files
                .into_iter()
                .find(|files| files.strings().iter().any(|file| file.trim_start_matches("./") == ".env"))?;
            Some(found.key_place(&file.path))
        },
    )
}

/// Fields that must be set and that the example does not name. Prefixes and aliases are looked for as parts of names.
fn incomplete(report: &mut Report, example: &File) {
    let Ok(text) = repository::read(&example.path) else { return };
    let known: Vec<String> = variables(&text).into_iter().map(|(name, _)| name.to_ascii_uppercase()).collect();
    let classes = settings::classes();
    let mut missing: Vec<String> = Vec::new();
    for class in &classes {
        for (field, _) in settings::fields(class).filter(|(field, _)| !field.optional) {
            let name = field.name.to_ascii_uppercase();
            if !known.iter().any(|known| known.ends_with(&name)) && !missing.contains(&name) {
                missing.push(name);
            }
        }
    }
    if !missing.is_empty() && !known.is_empty() {
        let verb = if missing.len() == 1 { "is" } else { "are" };
        let start = start(&example.path);
        report
            .finding(&start, format!("{} {verb} missing", listed(&missing)))
            .help("name each variable that has no default; secrets without a value")
            .safe_fix(completed(&classes, &missing, &example.path))
            .low();
    }
}

/// Names the variables of some fields at the end of an example.
fn completed(classes: &[Definition], fields: &[String], path: &str) -> Option<Edit> {
    let mut lines: Vec<String> = Vec::new();
    for class in classes {
        let missing = variables_of(class)?.into_iter().filter(|it| it.required && fields.contains(&it.field));
        lines.extend(missing.map(|variable| variable.line));
    }
    lines.dedup();
    edit::append_lines(path, &lines.iter().map(String::as_str).collect::<Vec<_>>())
}
