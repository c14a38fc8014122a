//! Web applications without health endpoints.

use plimsoll_sdk::paths::{is_below, parent};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_beside;

use crate::health::{self, Kind};

rule! {
    /// A web application in a container has no endpoints that tell its health.
    ///
    /// Without them a hanging process is never restarted, and requests go to one that has no database yet. Add
    /// `/health/live`, which answers as long as the process can, and `/health/ready`, which asks the database and what
    /// else each request needs; with a startup probe also what that asks. Other common names (`/healthz`, `/livez`,
    /// `/readyz`, `/ping`) and libraries that add such endpoints do as well.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "sqlalchemy"]
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY src src
    /// CMD ["uvicorn", "app.main:app"]
    /// ```
    /// ```python bad src/app/main.py
    /// from fastapi import FastAPI
    ///
    /// app = FastAPI()  # error: the application has no health endpoints
    ///
    /// @app.get("/items")
    /// def items(): ...
    /// ```
    ///
    /// What asks nothing else can be added as it is:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY src src
    /// CMD ["uvicorn", "app.main:app"]
    /// ```
    /// ```python bad src/app/main.py
    /// from fastapi import FastAPI
    ///
    /// app = FastAPI(  # error: the application has no health endpoints
    ///     title="App",
    /// )
    /// app.add_middleware(Timing)
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY src src
    /// CMD ["uvicorn", "app.main:app"]
    /// ```
    /// ```python fixed src/app/main.py
    /// from fastapi import FastAPI
    ///
    /// app = FastAPI(
    ///     title="App",
    /// )
    ///
    ///
    /// @app.get("/health/live")
    /// async def health_live() -> dict[str, str]:
    ///     """Answer as long as the process can."""
    ///     return {"status": "alive"}
    ///
    ///
    /// app.add_middleware(Timing)
    /// ```
    ///
    /// One endpoint for everything restarts processes when the database is away; it is a guess that it is used so:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "sqlalchemy"]
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY src src
    /// CMD ["uvicorn", "app.main:app"]
    /// ```
    /// ```python bad src/app/main.py
    /// from fastapi import FastAPI
    ///
    /// app = FastAPI()  # error: no endpoint tells whether the application is ready
    ///
    /// @app.get("/health")
    /// def health(): ...
    /// ```
    ///
    /// Of Django's two applications the one that a server runs is named:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["django"]
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY . .
    /// CMD ["gunicorn", "app.wsgi:application"]
    /// ```
    /// ```python bad app/asgi.py
    /// from django.core.asgi import get_asgi_application
    ///
    /// application = get_asgi_application()
    /// ```
    /// ```python bad app/wsgi.py
    /// from django.core.wsgi import get_wsgi_application
    ///
    /// application = get_wsgi_application()  # error: the application has no health endpoints
    /// ```
    ///
    /// A probe of Kubernetes asks for a path that no code has:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY src src
    /// CMD ["uvicorn", "app.main:app"]
    /// ```
    /// ```python bad src/app/main.py
    /// from fastapi import FastAPI
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/health/live")
    /// def live(): ...
    /// ```
    /// ```yaml bad k8s/deployment.yaml
    /// kind: Deployment
    /// spec:
    ///   startupProbe:  # error: no endpoint `/health/startup` in the code
    ///     httpGet:
    ///       path: /health/startup
    ///   livenessProbe:
    ///     httpGet:
    ///       path: /health/live
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "sqlalchemy"]
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY src src
    /// CMD ["uvicorn", "app.main:app"]
    /// ```
    /// ```python good src/app/main.py
    /// from fastapi import APIRouter, FastAPI
    ///
    /// router = APIRouter(prefix="/health")
    ///
    /// @router.get("/live")
    /// def live(): ...
    ///
    /// @router.get("/ready")
    /// def ready(session): session.execute("SELECT 1")
    ///
    /// app = FastAPI()
    /// app.include_router(router)
    /// ```
    ///
    /// A library's server for the developer's own machine is asked by no one else.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "graph"
    /// dependencies = ["starlette"]
    /// classifiers = ["Topic :: Software Development :: Libraries"]
    ///
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY src src
    /// CMD ["graph", "dev"]
    /// ```
    /// ```python good src/graph/dev_server.py
    /// from starlette.applications import Starlette
    ///
    /// app = Starlette(debug=True)
    /// ```
    pub(crate) static MISSING_HEALTH_ENDPOINTS = {
        id: "missing-health-endpoints",
        requirements: ["13.5.5", "13.5.6", "13.5.7"],
        check: Check::Repository(missing_health_endpoints),
        roles: [Role::Source],
        wants: [Want::Calls(APPLICATIONS), Want::Search(PATHS, PYTHON), Want::Search(PROBES, MANIFESTS)],
    }
}

const APPLICATIONS: &[&str] = &[
    "fastapi.FastAPI",
    "starlette.applications.Starlette",
    "flask.Flask",
    "litestar.Litestar",
    "quart.Quart",
    "sanic.Sanic",
    "aiohttp.web.Application",
    "django.core.wsgi.get_wsgi_application",
    "django.core.asgi.get_asgi_application",
];
/// Where servers are started: images, their scripts, services of s6.
const STARTS: &[&str] =
    &["Dockerfile*", "*.Dockerfile", "*.sh", "run", "compose*.y*ml", "docker-compose*.y*ml", "Procfile"];
/// Strings that end like the path of a health endpoint.
const PATHS: &[&str] = &[
    r#"(?i)/(_*(?:health|live|ready|readi|ping\b|alive|startup|started|heart|lbheart|hc\b)[\w-]*)/?\$?["']"#,
    r#"(?i)["'^](_*(?:health|live|ready|readi|ping\b|alive|heart)[\w-]*)/\$?["']"#,
    r"(?i)(?:health|liveness|readiness)_?(?:path|url|route|endpoint|check|router|view)",
];
const PYTHON: &[&str] = &["*.py"];
const PROBES: &[&str] = &["startupProbe:"];
const MANIFESTS: &[&str] = &["*.yaml", "*.yml"];
/// Libraries that add such endpoints.
const LIBRARIES: &[&str] = &[
    "fastapi-health*",
    "fastapi-healthcheck*",
    "django-health-check",
    "django-healthchecks",
    "py-healthcheck",
    "healthcheck",
    "flask-healthz",
    "starlette-healthcheck",
    "starlette-health",
    "microservice-*",
    "dockerflow",
];

fn missing_health_endpoints(report: &mut Report) {
    let projects: Vec<Project> = project::projects().into_iter().filter(health::is_judged).collect();
    if projects.is_empty() {
        for requirement in MISSING_HEALTH_ENDPOINTS.requirements {
            report.not_applicable(requirement, "no web application that runs in a container");
        }
        return;
    }
    let found = repository::search(PATHS, PYTHON);
    let mut applications = python::calls(APPLICATIONS);
    // Django has two modules, of which a server runs one.
    if applications.len() > 1 {
        let starts = repository::find(STARTS);
        let starts: Vec<String> = starts.iter().filter_map(|file| repository::read(&file.path).ok()).collect();
        let is_served = |call: &Call| {
            let names = [":application", ":app"].map(|name| format!("{}{name}", call.site.module));
            starts.iter().any(|text| names.iter().any(|name| text.contains(name)))
        };
        applications.sort_by_key(|call| (!is_served(call), call.name.ends_with("get_asgi_application")));
    }
    let has_library = !project::dependencies(LIBRARIES).is_empty();
    let has_backing_service = health::has_backing_service();
    // Code that several applications share may lie beside them.
    let files = found.iter().filter(|one| one.role == Role::Source);
    let kinds: Vec<Option<Kind>> = files.map(|one| health::kind(&one.text)).collect();
    for project in &projects {
        // What a library starts on the developer's machine is asked by no one else.
        let is_for_developers = |call: &Call| project.has_profile("library") && is_debugged(call);
        let is_its = |call: &&Call| {
            let place = &call.site.place;
            !is_beside(parent(&place.path)) && is_of(place, project, &projects) && !is_for_developers(call)
        };
        let application = applications.iter().find(is_its);
        let Some(application) = application.filter(|_| !has_library) else { continue };
        if kinds.is_empty() {
            let finding = report
                .finding(&application.site.place, "the application has no health endpoints")
                .help("add `/health/live`, and `/health/ready` that asks the database")
                .requirement("13.5.5")
                .unsafe_fix(liveness(application))
                .medium();
            if has_backing_service {
                drop(finding.requirement("13.5.6"));
            }
        } else if has_backing_service && kinds.iter().all(|kind| matches!(kind, Some(Kind::Any | Kind::Liveness))) {
            report
                .finding(&application.site.place, "no endpoint tells whether the application is ready")
                .help("add `/health/ready` that asks the database; keep `/health/live` free of that")
                .requirement("13.5.6")
                .low();
        }
    }
    startup_probes(report, &found);
}

/// Adds an endpoint for liveness behind an application that is made at the top of a module. What readiness has to ask,
/// only people know.
fn liveness(application: &Call) -> Option<Edit> {
    let function = match application.name.as_str() {
        "fastapi.FastAPI" => "async def",
        "flask.Flask" => "def",
        _ => return None,
    };
    let place = &application.site.place;
    let text = repository::read(&place.path).ok()?;
    let line = text.get(..place.span.start as usize)?.rsplit('\n').next()?;
    let name = line.trim_end().strip_suffix('=')?.split(':').next()?.trim_end();
    let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let rest = text.get(place.span.end as usize..)?;
    let end = rest.lines().next().unwrap_or_default().trim();
    if !is_name || text.contains("def health_live") || !(end.is_empty() || end.starts_with('#')) {
        return None;
    }
    // Two free lines follow a function.
    let free = rest.lines().skip(1).take_while(|line| line.trim().is_empty()).count();
    let gap = if rest.trim().is_empty() { "" } else { "\n\n".get(free.min(2)..)? };
    let lines = [
        format!("\n\n@{name}.get(\"/health/live\")"),
        format!("{function} health_live() -> dict[str, str]:"),
        "    \"\"\"Answer as long as the process can.\"\"\"".to_owned(),
        format!("    return {{\"status\": \"alive\"}}{gap}"),
    ];
    edit::lines_after(place, &lines.join("\n"))
}

fn is_debugged(call: &Call) -> bool {
    let debug = Item::root(&call.value).and_then(|call| call.get("debug"));
    debug.and_then(Item::boolean) == Some(true)
}

fn is_of(place: &Place, project: &Project, projects: &[Project]) -> bool {
    let nearest = projects.iter().filter(|one| is_below(&place.path, &one.root)).max_by_key(|one| one.root.len());
    nearest.is_some_and(|nearest| nearest.root == project.root)
}

/// Startup probes that ask for what no code has.
fn startup_probes(report: &mut Report, served: &[Match]) {
    let mut is_there = false;
    for probe in repository::search(PROBES, MANIFESTS) {
        let text = repository::read(&probe.place.path).unwrap_or_default();
        let Some(path) = asked_path(text.get(probe.place.span.end as usize..).unwrap_or_default()) else { continue };
        is_there = true;
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        // A path that is no health endpoint by its name may be any route.
        if health::kind(path).is_some() && !served.iter().any(|one| one.text.trim_matches('/') == last) {
            report
                .finding(&probe.place, format!("no endpoint `{path}` in the code"))
                .help("add the endpoint, or ask for one that is there")
                .requirement("13.5.7")
                .medium();
        }
    }
    if !is_there {
        report.not_applicable("13.5.7", "no startup probe that asks for a path");
    }
}

/// The path that a probe asks for, in the lines after its key.
fn asked_path(rest: &str) -> Option<&str> {
    let lines = rest.lines().skip(1).take(6).map(str::trim);
    let path = lines.take_while(|line| !line.contains("Probe:")).find_map(|line| line.strip_prefix("path:"))?;
    let path = path.trim().trim_matches(['"', '\'']);
    (path.starts_with('/') && !path.contains("{{")).then_some(path)
}
