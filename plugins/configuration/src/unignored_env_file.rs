//! `.env` files that the next commit may take along.

use plimsoll_sdk::paths::{join, parent, start};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

rule! {
    /// `.env` is not ignored.
    ///
    /// The file with everyone's own secrets is one `git add .` away from the history. List `.env` in `.gitignore`, and
    /// let the example through.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "python-dotenv"]
    /// ```
    /// ```python bad src/app/main.py
    /// from dotenv import load_dotenv
    /// load_dotenv()
    /// ```
    /// ```text bad .gitignore
    /// .venv/
    /// ```
    /// ```text expect
    /// .gitignore:1: `.env` is not ignored
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "python-dotenv"]
    /// ```
    /// ```python fixed src/app/main.py
    /// from dotenv import load_dotenv
    /// load_dotenv()
    /// ```
    /// ```text fixed .gitignore
    /// .venv/
    /// .env
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .gitignore
    /// .env*
    /// ```
    /// ```text bad .env.example
    /// ```
    /// ```text expect
    /// .gitignore:1: `.env.example` is ignored too
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["python-dotenv"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good .gitignore
    /// .env*
    /// !.env.example
    /// ```
    /// ```text good .env.example
    /// ```
    pub(crate) static UNIGNORED_ENV_FILE = {
        id: "unignored-env-file",
        requirements: ["14.4.3"],
        check: Check::Repository(unignored_env_file),
        roles: [Role::Source],
        wants: [Want::Calls(LOADERS)],
    }
}

const LOADERS: &[&str] = &["pydantic_settings.SettingsConfigDict", "dotenv.load_dotenv", "dotenv.dotenv_values"];

fn unignored_env_file(report: &mut Report) {
    let Some(project) = main_project() else {
        return report.not_applicable("14.4.3", "no Python code of its own");
    };
    let file =
        [join(&project.root, ".gitignore"), ".gitignore".to_owned()].into_iter().find(|path| repository::exists(path));
    let Some(file) = file else {
        return report.not_applicable("14.4.3", "no `.gitignore`");
    };
    let probe = join(parent(&file), ".env");
    let is_ignored = |path: &str| repository::ignored(&[path]).contains(&true);
    if !is_ignored(&probe) {
        let is_used = project.has_profile("application") || !python::calls(LOADERS).is_empty() || has_example();
        let finding = report.finding(&start(&file), "`.env` is not ignored").help("add `.env` to `.gitignore`");
        let finding = finding.safe_fix(edit::append_lines(&file, &[".env"]));
        // A library may never have such a file.
        if is_used {
            finding.medium()
        } else {
            finding.low()
        };
        return;
    }
    for name in [".env.example", ".env.sample", ".env.template"] {
        let path = join(parent(&file), name);
        if repository::exists(&path) && is_ignored(&path) {
            report
                .finding(&start(&file), format!("`{path}` is ignored too"))
                .help(format!("add `!{name}` after the pattern"))
                .safe_fix(edit::append_lines(&file, &[&format!("!{name}")]))
                .low();
        }
    }
}

fn has_example() -> bool {
    !repository::find(crate::examples::EXAMPLES).is_empty()
}
