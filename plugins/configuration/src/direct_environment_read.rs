//! Environment variables that the code reads where it needs them.

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::listed;

use crate::settings::{self, KINDS, NAMES, PYTHON, READS, is_application, is_comment_or_write, is_of_platform};

rule! {
    /// Environment variables are read all over the code.
    ///
    /// Nobody can tell which variables an application needs, a missing one is noticed only when its line runs, and
    /// every value is a string. Declare them in one class derived from `pydantic_settings.BaseSettings`. Variables of
    /// the platform, `PATH` or `PORT` for instance, and one or two reads are left alone.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python bad src/app/main.py
    /// import os
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// TOPIC = os.environ["TOPIC"]
    /// BUCKET = os.getenv("BUCKET")
    /// HOME = os.getenv("HOME")
    /// ```
    /// ```python bad src/app/mail.py
    /// import os
    /// HOST = os.environ.get("MAIL_HOST")  # error: 3 environment variables are read outside of a settings class
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python good src/app/main.py
    /// import os
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     topic: str
    ///
    /// os.environ["A"] = os.environ["B"] = os.environ["C"] = "1"
    /// app = FastAPI()
    /// PORT = os.getenv("PORT")
    /// ```
    pub(crate) static DIRECT_ENVIRONMENT_READ = {
        id: "direct-environment-read",
        requirements: ["2.1.8.3", "3.12.1", "14.1.2", "27.1.4"],
        check: Check::Project(direct_environment_read),
        roles: [Role::Source],
        wants: [Want::Search(READS, PYTHON), Want::Definitions(KINDS, &[NAMES]), Want::Lineages],
    }
}

/// Fewer variables than this need no class.
const FEW: usize = 3;
/// How many places are shown.
const MOST_PLACES: usize = 10;

fn direct_environment_read(report: &mut Report, project: &Project) {
    if !is_application(report, project, DIRECT_ENVIRONMENT_READ.requirements) {
        return;
    }
    let classes = settings::classes();
    let is_in_settings = |path: &str| classes.iter().any(|class| class.site.place.path == path);
    let mut reads: Vec<Match> = repository::search(READS, PYTHON);
    reads.retain(|read| {
        !is_of_platform(&read.text)
            && !is_comment_or_write(read)
            && !is_in_settings(&read.place.path)
            && !is_start_file(project, &read.place.path)
    });
    let mut names: Vec<&str> = Vec::new();
    for read in &reads {
        if !names.contains(&read.text.as_str()) {
            names.push(&read.text);
        }
    }
    let Some(first) = reads.first().filter(|_| names.len() >= FEW) else { return };
    let message = format!("{} environment variables are read outside of a settings class", names.len());
    let help = match classes.first() {
        Some(class) => format!("declare them in `{}`", class.name),
        None => "declare them in a class derived from `pydantic_settings.BaseSettings`".to_owned(),
    };
    let shown = listed(&names[..names.len().min(6)]);
    let mut finding = report.finding(&first.place, message).help(format!("{help}: {shown}"));
    for read in reads.iter().skip(1).take(MOST_PLACES - 1) {
        finding = finding.related(&read.place, format!("`{}`", read.text));
    }
    finding.medium();
}

/// Files that run before or beside the application, and the settings modules of Django, which are one place too.
fn is_start_file(project: &Project, path: &str) -> bool {
    let name = file_name(path);
    let is_django = project.has_profile("django") && (name.contains("settings") || path.contains("/settings/"));
    is_django
        || matches!(name, "manage.py" | "env.py" | "wsgi.py" | "asgi.py" | "setup.py" | "conftest.py" | "noxfile.py")
        || name.starts_with("gunicorn")
        || name.ends_with("_conf.py")
}
