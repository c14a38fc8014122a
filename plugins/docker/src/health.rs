//! Health endpoints: which paths are taken for which kind, and the functions that answer them.

use plimsoll_sdk::prelude::*;

/// What an endpoint is asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Whether the process is to be restarted.
    Liveness,
    /// Whether it may get requests.
    Readiness,
    /// Whether it has started.
    Startup,
    /// One endpoint for everything.
    Any,
}

/// A function that answers a health endpoint.
pub(crate) struct Endpoint<'a> {
    pub(crate) handler: &'a Definition,
    pub(crate) kind: Kind,
}

/// Names of functions that may answer one.
pub(crate) const HANDLERS: &str = "/(?i)health|live|alive|ready|readi|ping|beat|start|probe|check|status/";

const LIVENESS: &[&str] = &["live", "livez", "liveness", "alive", "ping", "lbheartbeat"];
const READINESS: &[&str] = &["ready", "readyz", "readiness"];
const STARTUP: &[&str] = &["startup", "startupz", "started"];
const ANY: &[&str] = &["health", "healthz", "healthy", "healthcheck", "heartbeat", "hc"];

/// The kind of a health endpoint by the end of its path; none for other paths.
pub(crate) fn kind(path: &str) -> Option<Kind> {
    let last = path.trim_end_matches(['/', '$']).rsplit('/').next()?.to_ascii_lowercase();
    let word = last.trim_matches(['_', '^', '-']).replace(['-', '_'], "");
    let word = word.strip_suffix("check").filter(|word| !word.is_empty()).unwrap_or(&word);
    let is_in = |words: &[&str]| words.contains(&word);
    [(LIVENESS, Kind::Liveness), (READINESS, Kind::Readiness), (STARTUP, Kind::Startup), (ANY, Kind::Any)]
        .into_iter()
        .find_map(|(words, kind)| is_in(words).then_some(kind))
}

/// The endpoints among some functions, by the routes in their decorators.
pub(crate) fn endpoints(functions: &[Definition]) -> Vec<Endpoint<'_>> {
    let of = |handler| routes(handler).find_map(|path| Some(Endpoint { handler, kind: kind(path)? }));
    functions.iter().filter_map(of).collect()
}

fn routes(handler: &Definition) -> impl Iterator<Item = &str> {
    const METHODS: &[&str] = &["get", "head", "route", "api_route", "any"];
    handler.decorators.iter().filter_map(|decorator| Item::root(decorator)).filter_map(|decorator| {
        let is_route = METHODS.contains(&decorator.text().rsplit('.').next()?);
        let path = decorator.positional().next().or_else(|| decorator.get("path"))?.string()?;
        is_route.then_some(path)
    })
}

/// The text of a function.
pub(crate) fn text(function: &Definition) -> String {
    let text = repository::read(&function.site.place.path).unwrap_or_default();
    text.get(function.extent.start as usize..function.extent.end as usize).unwrap_or_default().to_owned()
}

/// Whether a project is a web application that runs in a container.
pub(crate) fn is_judged(project: &Project) -> bool {
    (project.has_profile("api") || project.has_profile("django")) && project.has_profile("containerized")
}

/// What an application may need to answer requests.
pub(crate) const BACKING: &[&str] = &[
    "sqlalchemy",
    "sqlmodel",
    "asyncpg",
    "psycopg",
    "psycopg2",
    "psycopg2-binary",
    "django",
    "redis",
    "motor",
    "pymongo",
    "tortoise-orm",
    "aio-pika",
    "aiokafka",
    "confluent-kafka",
];

/// Whether a project runs with a database, cache or queue.
pub(crate) fn has_backing_service() -> bool {
    project::dependencies(BACKING).iter().any(|dependency| dependency.kind == "runtime")
}
