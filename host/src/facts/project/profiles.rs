//! What kind of project it is, with the evidence.
//!
//! A dependency alone shows what a project works with (a database), not what it is: an application is something that
//! makes an application object, is put into an image or is deployed.

use super::manifest::Manifest;
use super::{Place, Profile, Project, Projects, Role, inside, nearest, start_of, workloads};
use crate::facts::python::Scope;
use crate::facts::role_set::RoleSet;
use crate::facts::value::View;
use crate::facts::{Facts, Target};
use crate::plugin::wit::containers::Dockerfile;
use crate::repository::file_name;

/// Calls that make an application object or a command, and the profile that each is evidence of.
const CALLS: &[(&str, &str)] = &[
    ("aiohttp.web.Application", "api"),
    ("falcon.API", "api"),
    ("falcon.App", "api"),
    ("falcon.asgi.App", "api"),
    ("fastapi.FastAPI", "api"),
    ("fastapi.applications.FastAPI", "api"),
    ("flask.Flask", "api"),
    ("flask.app.Flask", "api"),
    ("litestar.Litestar", "api"),
    ("quart.Quart", "api"),
    ("sanic.Sanic", "api"),
    ("starlette.applications.Starlette", "api"),
    ("django.core.asgi.get_asgi_application", "django"),
    ("django.core.wsgi.get_wsgi_application", "django"),
    ("celery.Celery", "worker"),
    ("click.command", "cli"),
    ("click.group", "cli"),
    ("typer.Typer", "cli"),
    ("typer.run", "cli"),
];

/// Runtime dependencies, and the profile that each is evidence of.
const DEPENDENCIES: &[(&str, &[&str])] = &[
    (
        "auth",
        &[
            "argon2-cffi",
            "authlib",
            "bcrypt",
            "django-allauth",
            "django-guardian",
            "django-oauth-toolkit",
            "djangorestframework-simplejwt",
            "fastapi-users",
            "flask-jwt-extended",
            "flask-login",
            "flask-security",
            "joserfc",
            "jwcrypto",
            "libpass",
            "passlib",
            "pwdlib",
            "pyjwt",
            "python-jose",
        ],
    ),
    (
        "database",
        &[
            "aiomysql",
            "aiopg",
            "aiosqlite",
            "asyncmy",
            "asyncpg",
            "beanie",
            "databases",
            "django",
            "mongoengine",
            "motor",
            "mysqlclient",
            "peewee",
            "piccolo",
            "pony",
            "psycopg",
            "psycopg-binary",
            "psycopg2",
            "psycopg2-binary",
            "pymongo",
            "pymysql",
            "sqlalchemy",
            "sqlmodel",
            "tortoise-orm",
        ],
    ),
    ("django", &["django"]),
    ("worker", &["arq", "celery", "dramatiq", "faststream", "huey", "rq", "taskiq"]),
];

/// What makes an API of a Django project.
const DJANGO_APIS: &[&str] = &["django-ninja", "django-ninja-extra", "djangorestframework"];

/// Files that deploy what lies beside them.
const DEPLOY_FILES: &[&str] = &[
    "Procfile",
    "app.yaml",
    "app.yml",
    "serverless.yml",
    "serverless.yaml",
    "fly.toml",
    "railway.toml",
    "railway.json",
    "render.yaml",
    "vercel.json",
    "zappa_settings.json",
];

/// The calls that tell what kind of project it is.
pub(crate) fn telling_calls() -> impl Iterator<Item = &'static str> {
    CALLS.iter().map(|(name, _)| *name)
}

/// The profiles found so far.
#[derive(Default)]
pub(super) struct Profiles(Vec<Profile>);

impl Profiles {
    /// Adds a profile; the first evidence stays.
    pub(super) fn add(&mut self, id: &str, evidence: impl Into<String>, place: Option<Place>) {
        if !self.has(id) {
            self.0.push(Profile { id: id.to_owned(), evidence: evidence.into(), place });
        }
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|profile| profile.id == id)
    }

    fn place_of(&self, id: &str) -> Option<Place> {
        self.0.iter().find(|profile| profile.id == id).and_then(|profile| profile.place.clone())
    }
}

/// The profiles of a project, sorted by id.
pub(super) fn profiles(facts: &Facts, projects: &Projects, project: &Project) -> Vec<Profile> {
    let target = Target::Project(project.root.clone());
    let manifest = Manifest::load(facts, &project.root);
    let mut profiles = Profiles::default();
    from_calls(facts, project, &target, &mut profiles);
    from_dependencies(projects, project, &mut profiles);
    from_django(facts, projects, project, &mut profiles);
    let image = from_containers(facts, &target, &mut profiles);
    is_application(facts, project, image.as_ref(), &mut profiles);
    for (_, place) in manifest.scripts(facts) {
        profiles.add("cli", "it installs commands", Some(place));
    }
    if project.backend.is_some() {
        let is_deployed = profiles.has("api") || image.is_some();
        is_library(facts, &manifest, &target, is_deployed, &mut profiles);
    }
    workloads::add(facts, projects, project, &target, &mut profiles);
    let repository = facts.repository();
    let docs = ["docs", "doc", "mkdocs.yml", "mkdocs.yaml"].map(|name| inside(&project.root, name));
    if let Some(path) = docs.iter().find(|path| repository.exists(path)) {
        profiles.add("has-docs", format!("it has `{path}`"), None);
    }
    if repository.exists(".github") {
        profiles.add("github", "the repository has `.github`", None);
    }
    if projects.all.len() > 1 {
        profiles.add("monorepo", format!("the repository has {} projects", projects.all.len()), None);
    }
    profiles.0.sort_by(|left, right| left.id.cmp(&right.id));
    profiles.0
}

fn from_calls(facts: &Facts, project: &Project, target: &Target, profiles: &mut Profiles) {
    let names: Vec<String> = telling_calls().map(str::to_owned).collect();
    for call in facts.python().calls(Scope { target, roles: RoleSet::only(Role::Source) }, &names) {
        let Some((name, id)) = CALLS.iter().find(|(name, _)| *name == call.name) else { continue };
        // A framework that makes its own objects is not thereby an application.
        let top = name.split('.').next().unwrap_or(name);
        let is_own = project.packages.iter().any(|package| package.name == top);
        if call.site.role == Role::Source && !is_own {
            profiles.add(id, format!("`{name}` is called"), Some(call.site.place));
        }
    }
}

fn from_dependencies(projects: &Projects, project: &Project, profiles: &mut Profiles) {
    for dependency in projects.declared(&project.root).iter().filter(|one| one.kind == "runtime") {
        for (id, names) in DEPENDENCIES {
            if names.contains(&dependency.name.as_str()) {
                profiles.add(id, format!("it depends on {}", dependency.name), Some(dependency.place.clone()));
            }
        }
    }
}

/// A Django project has an entry point of its own; a library for Django has not.
fn from_django(facts: &Facts, projects: &Projects, project: &Project, profiles: &mut Profiles) {
    if !profiles.has("django") {
        return;
    }
    let roots: std::collections::BTreeSet<&str> = projects.all.iter().map(|one| one.root.as_str()).collect();
    let is_its =
        |path: &str| projects.role_of(path) == Role::Source && nearest(&roots, path) == Some(project.root.as_str());
    let sources = || facts.repository().below(&project.root).filter(|file| is_its(&file.path));
    if let Some(entry) = sources().find(|file| file_name(&file.path) == "manage.py") {
        profiles.add("application", format!("`{}` starts it", entry.path), Some(start_of(&entry.path)));
        let api = projects.declared(&project.root).iter().find(|one| DJANGO_APIS.contains(&one.name.as_str()));
        if let Some(api) = api {
            profiles.add("api", format!("a Django project that depends on {}", api.name), Some(api.place.clone()));
        }
    }
    let is_settings = |path: &str| {
        path.ends_with(".py")
            && (file_name(path).contains("settings") || path.contains("/settings/") || path.contains("/conf/"))
    };
    for file in sources().filter(|file| is_settings(&file.path)) {
        let text = facts.repository().read(&file.path).unwrap_or_default();
        let quoted = ["\"django.contrib.auth\"", "'django.contrib.auth'"];
        if let Some((start, found)) = quoted.iter().find_map(|quoted| text.match_indices(quoted).next()) {
            let place = super::place(&file.path, start, found.len());
            profiles.add("auth", "it installs `django.contrib.auth`", Some(place));
        }
    }
}

/// Notes that the project is put into an image, and returns the Dockerfile of the product's image.
fn from_containers(facts: &Facts, target: &Target, profiles: &mut Profiles) -> Option<Dockerfile> {
    let dockerfiles = facts.containers().dockerfiles(facts, target);
    let has_python = dockerfiles.iter().any(|dockerfile| dockerfile.python && dockerfile.purpose != "test");
    let image = dockerfiles.into_iter().find(|dockerfile| dockerfile.python && dockerfile.purpose == "image");
    if let Some(image) = &image {
        let place = start_of(&image.path);
        profiles.add("containerized", format!("`{}` makes an image that runs Python", image.path), Some(place));
    }
    if has_python {
        let is_source = |path: &str| facts.projects().role_of(path) == Role::Source;
        let compose_files = facts.containers().compose_files(facts, target);
        for compose in compose_files.iter().filter(|one| one.purpose != "test" && is_source(&one.path)) {
            let services = View::root(&compose.value).and_then(|root| root.get("services"));
            for service in services.into_iter().flat_map(View::children) {
                if let (Some(name), Some(build)) = (service.key(), service.get("build")) {
                    let place = build.place(&compose.path);
                    profiles.add("containerized", format!("`{}` builds `{name}`", compose.path), Some(place));
                }
            }
        }
    }
    image
}

fn is_application(facts: &Facts, project: &Project, image: Option<&Dockerfile>, profiles: &mut Profiles) {
    if profiles.has("api") {
        profiles.add("application", "it makes an application object", profiles.place_of("api"));
    }
    if let Some(image) = image {
        let place = start_of(&image.path);
        profiles.add("application", format!("`{}` makes an image that runs Python", image.path), Some(place));
    }
    let mut paths = DEPLOY_FILES.iter().map(|name| inside(&project.root, name));
    if let Some(path) = paths.find(|path| project.has_source && facts.repository().file(path).is_some()) {
        profiles.add("application", format!("`{path}` deploys it"), Some(start_of(&path)));
    }
}

/// A library is built and published, or says in its classifiers that it means to be; only these make one of what is
/// deployed too.
fn is_library(facts: &Facts, manifest: &Manifest, target: &Target, is_deployed: bool, profiles: &mut Profiles) {
    if let Some((classifiers, place)) = manifest.classifiers() {
        let is_private = classifiers.iter().any(|classifier| classifier.starts_with("Private ::"));
        if !is_private && (!is_deployed || !classifiers.is_empty()) {
            profiles.add("library", "it has a build system and classifiers", Some(place));
        }
        return;
    }
    if is_deployed {
        return;
    }
    let owned = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    let automation = facts.automation();
    if let Some(action) = automation.actions(facts, target, &owned(&["pypa/gh-action-pypi-publish"])).into_iter().next()
    {
        profiles.add("library", format!("`{}` publishes it", action.name), Some(action.place));
        return;
    }
    let programs = owned(&["twine", "uv", "poetry", "flit", "hatch", "pdm", "maturin"]);
    let commands = automation.commands(facts, target, &programs);
    let publishes = |words: &[String]| words.get(1).is_some_and(|word| word == "publish" || word == "upload");
    if let Some(command) = commands.into_iter().find(|command| publishes(&command.words)) {
        profiles.add("library", format!("`{}` publishes it", command.words.join(" ")), Some(command.place));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use crate::facts::Target;

    fn check(files: &[(&str, &str)], shown: &[&str]) {
        let facts = sample(files);
        let projects = facts.projects().projects(&facts, &Target::Repository);
        let profiles = projects.iter().flat_map(|project| &project.profiles);
        let found: Vec<String> = profiles.map(|profile| format!("{}: {}", profile.id, profile.evidence)).collect();
        assert_eq!(found, shown);
    }

    #[test]
    fn what_a_project_does_tells_what_it_is() {
        check(
            &[
                (
                    "pyproject.toml",
                    "[project]\nname = 'x'\nclassifiers = []\ndependencies = ['asyncpg', 'pyjwt']\n[build-system]\n",
                ),
                ("x/__init__.py", ""),
                ("x/main.py", "from fastapi import FastAPI\napp = FastAPI()\n"),
                ("Dockerfile", "FROM python:3.14\nCOPY . .\nCMD [\"uvicorn\", \"x.main:app\"]\n"),
                ("docs/index.md", ""),
            ],
            &[
                "api: `fastapi.FastAPI` is called",
                "application: it makes an application object",
                "auth: it depends on pyjwt",
                "containerized: `Dockerfile` makes an image that runs Python",
                "database: it depends on asyncpg",
                "has-docs: it has `docs`",
            ],
        );
    }

    #[test]
    fn a_framework_and_examples_make_no_application() {
        check(
            &[
                (
                    "pyproject.toml",
                    "[project]\nname = 'flask'\nclassifiers = ['A']\nscripts = {flask = 'flask.cli:main'}\n[build-system]\n",
                ),
                ("src/flask/__init__.py", "from .app import Flask\n"),
                (
                    "src/flask/cli.py",
                    "import click\nfrom flask import Flask\nFlask('x')\n@click.group()\ndef main(): ...\n",
                ),
                ("examples/a.py", "import fastapi\napp = fastapi.FastAPI()\n"),
            ],
            &["cli: `click.group` is called", "library: it has a build system and classifiers"],
        );
    }

    #[test]
    fn django_projects_and_their_libraries() {
        let settings = "INSTALLED_APPS = ['django.contrib.auth']\n";
        check(
            &[("requirements.txt", "django\ndjangorestframework\n"), ("manage.py", ""), ("site/settings.py", settings)],
            &[
                "api: a Django project that depends on djangorestframework",
                "application: `manage.py` starts it",
                "auth: it installs `django.contrib.auth`",
                "database: it depends on django",
                "django: it depends on django",
            ],
        );
        check(
            &[("setup.py", "setup(name='x', install_requires=['django'], classifiers=['B'])"), ("x/__init__.py", "")],
            &[
                "database: it depends on django",
                "django: it depends on django",
                "library: it has a build system and classifiers",
            ],
        );
    }
}
