//! Application configuration that comes from files.

use plimsoll_sdk::prelude::*;

use crate::settings::is_application;

rule! {
    /// The application reads its configuration from files in the repository.
    ///
    /// A file that is part of the release can't differ between environments, and each further way to configure makes
    /// it harder to say which value counts. Read values from environment variables through one settings class.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = [
    ///   "fastapi",
    ///   "dynaconf>=3",  # error: `dynaconf` reads the configuration from files
    /// ]
    /// ```
    /// ```python bad src/app/main.py
    /// import configparser
    /// import dynaconf
    /// import yaml
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings, SettingsConfigDict
    ///
    /// class Settings(BaseSettings):
    ///     model_config = SettingsConfigDict(yaml_file="config.yaml")  # error: settings are read from `config.yaml`
    ///
    /// parser = configparser.ConfigParser()
    /// parser.read("config.ini")  # error: configuration is read from `config.ini`
    /// app = FastAPI()
    /// ```
    /// ```text bad config.ini
    /// [app]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python good src/app/main.py
    /// import configparser
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings, SettingsConfigDict
    ///
    /// class Settings(BaseSettings):
    ///     model_config = SettingsConfigDict(env_file=".env")
    ///
    /// parser = configparser.ConfigParser()
    /// parser.read("logging.ini")
    /// parser.read("config.ini")
    /// app = FastAPI()
    /// ```
    pub(crate) static CONFIGURATION_FROM_FILE = {
        id: "configuration-from-file",
        requirements: ["14.1.1"],
        check: Check::Project(configuration_from_file),
        roles: [Role::Source],
        wants: [Want::Imports(MODULES), Want::Calls(CALLS), Want::Search(OPENED, PYTHON)],
    }
}

/// Distributions and what they are imported as.
const LIBRARIES: &[(&str, &str)] = &[
    ("dynaconf", "dynaconf"),
    ("hydra-core", "hydra"),
    ("omegaconf", "omegaconf"),
    ("confuse", "confuse"),
    ("configobj", "configobj"),
    ("anyconfig", "anyconfig"),
];
const MODULES: &[&str] = &[
    "dynaconf",
    "dynaconf.*",
    "hydra",
    "hydra.*",
    "omegaconf",
    "omegaconf.*",
    "confuse",
    "confuse.*",
    "configobj",
    "configobj.*",
    "anyconfig",
    "anyconfig.*",
];
const CALLS: &[&str] = &["pydantic_settings.SettingsConfigDict", "*ConfigParser().read"];
const FILE_KEYS: &[&str] = &["toml_file", "yaml_file", "json_file"];
/// A loader of a format on the same line as the constant name of a file of configuration.
const OPENED: &[&str] = &[
    r#"(?:safe_load|yaml\.load|tomllib\.load|toml\.load|json\.load)s?\(\s*(?:open\(|Path\()\s*["']((?:[\w.-]+/)*(?:config|settings|application)(?:[.-](?:dev|prod|production|staging|local))?\.(?:toml|ya?ml|json))["']"#,
];
const PYTHON: &[&str] = &["*.py"];

fn configuration_from_file(report: &mut Report, project: &Project) {
    if !is_application(report, project, CONFIGURATION_FROM_FILE.requirements) {
        return;
    }
    const HELP: &str = "read the values from environment variables through a settings class";
    let imports = python::imports(MODULES);
    for (distribution, module) in LIBRARIES {
        let declared = project::dependencies(&[distribution]).into_iter().find(|it| it.kind == "runtime");
        let is_used = imports.iter().any(|import| import.name.split('.').next() == Some(module));
        if let Some(dependency) = declared.filter(|_| is_used) {
            report
                .finding(&dependency.place, format!("`{distribution}` reads the configuration from files"))
                .help(HELP)
                .medium();
        }
    }
    for call in &python::calls(CALLS) {
        let Some(root) = Item::root(&call.value) else { continue };
        let path = &call.site.place.path;
        if let Some(key) = FILE_KEYS.iter().find_map(|key| root.get(key)) {
            let file = key.string().map_or_else(|| "a file".to_owned(), |file| format!("`{file}`"));
            report.finding(&key.key_place(path), format!("settings are read from {file}")).help(HELP).medium();
        } else if call.name.ends_with(".read")
            && let Some(file) = root.positional().next().and_then(Item::string)
            && is_configuration(file)
        {
            report.finding(&call.site.place, format!("configuration is read from `{file}`")).help(HELP).medium();
        }
    }
    for found in repository::search(OPENED, PYTHON) {
        if is_tracked(&found.text) {
            report.finding(&found.place, format!("configuration is read from `{}`", found.text)).help(HELP).medium();
        }
    }
}

/// Whether a constant path is a file of configuration that the repository holds.
fn is_configuration(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_named =
        ["config", "settings", "conf", "application"].iter().any(|word| stem.split(['.', '-']).next() == Some(word));
    is_named && matches!(extension, "ini" | "cfg" | "conf") && is_tracked(path)
}

fn is_tracked(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    repository::find(&[name]).iter().any(|file| file.role == Role::Source)
}
