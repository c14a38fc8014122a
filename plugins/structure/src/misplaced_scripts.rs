//! Helper programs that lie loose in a project's folder.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// Helper programs lie loose in the project's folder.
    ///
    /// Between configuration and packages nobody sees which program is for whom. Move them to `scripts/`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```sh bad backup.sh
    /// # error: scripts outside `scripts/`: `backup.sh`, `fill.py`, `restore.sh`
    /// pg_dump app
    /// ```
    /// ```sh bad restore.sh
    /// pg_restore app
    /// ```
    /// ```python bad fill.py
    /// if __name__ == "__main__":
    ///     print("filled")
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```sh good scripts/backup.sh
    /// pg_dump app
    /// ```
    /// ```sh good install.sh
    /// pip install app
    /// ```
    pub(crate) static MISPLACED_SCRIPTS = {
        id: "misplaced-scripts",
        requirements: ["4.3.3"],
        check: Check::Repository(misplaced_scripts),
        confidence: Low,
        wants: [Want::Statements(&["main-guard"])],
    }
}

const PLATFORM: &[&str] = &[
    "manage.py",
    "main.py",
    "app.py",
    "wsgi.py",
    "asgi.py",
    "conftest.py",
    "noxfile.py",
    "setup.py",
    "fabfile.py",
    "tasks.py",
    "hatch_build.py",
    "duties.py",
    "dodo.py",
    "build.py",
    "__main__.py",
    "run.py",
    "server.py",
];

fn misplaced_scripts(report: &mut Report) {
    let Some(project) = layout::main_project().filter(|_| !layout::is_monorepo()) else { return };
    let users =
        repository::find(&["Dockerfile*", "*.Dockerfile", "Containerfile", "Procfile*", "pyproject.toml", "setup.py"]);
    let users: Vec<String> = users.iter().filter_map(|file| repository::read(&file.path).ok()).collect();
    let guarded = python::statements(&["main-guard"]);
    let scripts: Vec<String> = repository::find(&["*"])
        .into_iter()
        .filter(|file| layout::parent(&file.path) == project.root && matches!(file.role, Role::Source | Role::Script))
        .filter(|file| {
            let name = layout::file_name(&file.path);
            let guard = guarded.iter().any(|statement| statement.site.place.path == file.path);
            let needed = PLATFORM.contains(&name) || is_launcher(name) || users.iter().any(|text| text.contains(name));
            !needed && (name.ends_with(".sh") || name.ends_with(".py") && guard || is_program(file, name))
        })
        .map(|file| file.path)
        .collect();
    if scripts.len() > 2 {
        let message = format!("scripts outside `scripts/`: {}", layout::quoted(&scripts));
        report.finding(&layout::start(&scripts[0]), message).help("move them to `scripts/`");
    }
}

fn is_launcher(name: &str) -> bool {
    ["install", "entrypoint", "docker-", "gunicorn", "setup", "bootstrap", "start"]
        .iter()
        .any(|start| name.starts_with(start))
}

fn is_program(file: &File, name: &str) -> bool {
    let is_plain = !name.contains('.');
    (file.executable || is_plain) && repository::read(&file.path).is_ok_and(|text| text.starts_with("#!"))
}
