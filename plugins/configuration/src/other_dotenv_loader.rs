//! Other ways to read `.env` files than python-dotenv.

use plimsoll_sdk::prelude::*;

use crate::settings::is_application;

rule! {
    /// A `.env` file is read with something other than python-dotenv.
    ///
    /// Each reader has rules of its own for quotes, comments and substitution, and several of them are no longer
    /// maintained. Name the file as `env_file` of the settings class, which uses python-dotenv.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = [
    ///   "fastapi",
    ///   "django-dotenv",  # error: `django-dotenv` reads `.env` files
    /// ]
    /// ```
    /// ```python bad src/app/main.py
    /// import os
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// with open(".env") as file:  # error: `.env` is parsed by hand
    ///     for line in file:
    ///         name, value = line.split("=", 1)
    ///         os.environ[name] = value
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "python-dotenv"]
    /// ```
    /// ```python good src/app/main.py
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    pub(crate) static OTHER_DOTENV_LOADER = {
        id: "other-dotenv-loader",
        requirements: ["3.12.2"],
        check: Check::Project(other_dotenv_loader),
        roles: [Role::Source],
        wants: [Want::Search(OPENED, &["*.py"])],
    }
}

const LOADERS: &[&str] =
    &["dotenv", "django-dotenv", "envdir", "python-dotenv-run", "dotenv-python", "django-read-dot-env"];
const OPENED: &[&str] = &[r#"(?-u:\b)(open\(\s*["'](?:[\w./]*/)?\.env["'])"#];

fn other_dotenv_loader(report: &mut Report, project: &Project) {
    if !is_application(report, project, OTHER_DOTENV_LOADER.requirements) {
        return;
    }
    for dependency in project::dependencies(LOADERS).iter().filter(|it| it.kind == "runtime") {
        report
            .finding(&dependency.place, format!("`{}` reads `.env` files", dependency.name))
            .help("use `env_file` of pydantic-settings, or python-dotenv")
            .medium();
    }
    for found in repository::search(OPENED, &["*.py"]) {
        let text = repository::read(&found.place.path).unwrap_or_default();
        let after = text.get(found.place.span.end as usize..).unwrap_or_default();
        let body: Vec<&str> = after.lines().take(15).collect();
        let is_parsed = body.iter().any(|line| line.contains("split(") || line.contains("partition("))
            && body.iter().any(|line| line.contains("environ"));
        if is_parsed {
            report
                .finding(&found.place, "`.env` is parsed by hand")
                .help("use `env_file` of pydantic-settings, or python-dotenv")
                .medium();
        }
    }
}
