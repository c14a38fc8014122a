//! What kind of project it is, with the evidence.

use super::{Place, Profile, Project, Projects, Role, document, inside};
use crate::facts::value::View;
use crate::facts::{Facts, Target};

/// Calls that make an application object, and the profile that each is evidence of.
const APPLICATIONS: &[(&str, &str)] = &[
    ("fastapi.FastAPI", "api"),
    ("starlette.applications.Starlette", "api"),
    ("litestar.Litestar", "api"),
    ("flask.Flask", "api"),
    ("quart.Quart", "api"),
    ("sanic.Sanic", "api"),
    ("aiohttp.web.Application", "api"),
    ("falcon.App", "api"),
    ("falcon.asgi.App", "api"),
    ("typer.Typer", "cli"),
    ("celery.Celery", "worker"),
];

/// The calls that tell what kind of project it is; Python facts keep them whatever rules want.
pub(crate) fn telling_calls() -> impl Iterator<Item = &'static str> {
    APPLICATIONS.iter().map(|(name, _)| *name)
}

/// Dependencies, and the profile that each is evidence of.
const DEPENDENCIES: &[(&str, &[&str])] = &[
    (
        "database",
        &[
            "sqlalchemy",
            "sqlmodel",
            "asyncpg",
            "psycopg",
            "psycopg2",
            "psycopg2-binary",
            "django",
            "tortoise-orm",
            "pymongo",
            "motor",
            "aiosqlite",
            "peewee",
            "databases",
            "pymysql",
            "mysqlclient",
        ],
    ),
    (
        "auth",
        &[
            "pyjwt",
            "python-jose",
            "authlib",
            "joserfc",
            "passlib",
            "libpass",
            "argon2-cffi",
            "pwdlib",
            "bcrypt",
            "fastapi-users",
            "jwcrypto",
            "django-allauth",
            "djangorestframework-simplejwt",
            "flask-login",
        ],
    ),
    ("django", &["django"]),
    ("worker", &["celery", "arq", "dramatiq", "rq", "faststream", "taskiq", "huey"]),
    ("cli", &["typer", "click"]),
];

/// The profiles of a project, sorted by id.
pub(super) fn profiles(facts: &Facts, projects: &Projects, project: &Project) -> Vec<Profile> {
    let target = Target::Project(project.root.clone());
    let mut profiles: Vec<Profile> = Vec::new();
    let mut add = |id: &str, evidence: String, place: Option<Place>| {
        if !profiles.iter().any(|profile| profile.id == id) {
            profiles.push(Profile { id: id.to_owned(), evidence, place });
        }
    };

    let names: Vec<String> = telling_calls().map(str::to_owned).collect();
    let mut has_application = false;
    for call in facts.python().calls(facts, &target, &names) {
        if call.site.role == Role::Source
            && let Some((name, id)) = APPLICATIONS.iter().find(|(name, _)| *name == call.name)
        {
            has_application |= *id != "cli";
            add(id, format!("`{name}` is called"), Some(call.site.place));
        }
    }
    for dependency in projects.dependencies.get(&project.root).into_iter().flatten() {
        if dependency.kind != "runtime" {
            continue;
        }
        for (id, names) in DEPENDENCIES {
            if names.contains(&dependency.name.as_str()) {
                add(id, format!("depends on {}", dependency.name), Some(dependency.place.clone()));
            }
        }
    }
    let images = facts.containers().dockerfiles(facts, &target);
    let image = images.iter().find(|image| image.python && image.purpose == "image");
    if let Some(image) = image {
        add(
            "containerized",
            format!("{} makes an image that runs Python", image.path),
            Some(super::start_of(&image.path)),
        );
    }
    let deployed = ["Procfile", "app.yaml", "serverless.yml", "fly.toml", "render.yaml"]
        .iter()
        .map(|name| inside(&project.root, name))
        .find(|path| facts.repository().exists(path));
    let manage = inside(&project.root, "manage.py");
    if let Some(path) = &deployed {
        add("application", format!("{path} deploys it"), Some(super::start_of(path)));
    } else if let Some(image) = image {
        add(
            "application",
            format!("{} makes an image that runs Python", image.path),
            Some(super::start_of(&image.path)),
        );
    } else if has_application {
        add("application", "it makes an application object".to_owned(), None);
    } else if facts.repository().exists(&manage) {
        add("application", format!("{manage} starts it"), Some(super::start_of(&manage)));
    }
    let is_application = has_application || image.is_some() || deployed.is_some();

    let path = inside(&project.root, "pyproject.toml");
    let nodes = document(facts, &path);
    if let Some(root) = nodes.as_ref().and_then(|nodes| View::root(nodes)) {
        for keys in [&["project", "scripts"][..], &["tool", "poetry", "scripts"]] {
            if let Some(scripts) = root.at(keys) {
                add("cli", "it installs commands".to_owned(), Some(scripts.place(&path)));
            }
        }
        let classifiers =
            [&["project", "classifiers"][..], &["tool", "poetry", "classifiers"]].iter().find_map(|keys| root.at(keys));
        if let Some(classifiers) = classifiers.filter(|_| project.backend.is_some() && !is_application) {
            add("library", "it has a build system and classifiers".to_owned(), Some(classifiers.place(&path)));
        }
    } else if project.backend.is_some() && !is_application {
        add("library", "setup.py builds it".to_owned(), Some(project.place.clone()));
    }
    if facts.repository().exists(&inside(&project.root, "docs")) {
        add("has-docs", "it has docs/".to_owned(), None);
    }
    if facts.repository().exists(".github") {
        add("github", "it has .github/".to_owned(), None);
    }
    if projects.all.len() > 1 {
        add("monorepo", format!("the repository has {} projects", projects.all.len()), None);
    }
    profiles.sort_by(|left, right| left.id.cmp(&right.id));
    profiles
}
