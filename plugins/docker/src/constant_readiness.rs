//! Readiness endpoints that check nothing.

use plimsoll_sdk::prelude::*;

use crate::health::{self, HANDLERS, Kind};

rule! {
    /// A readiness endpoint answers the same whatever happens.
    ///
    /// Requests then go to a process that can't reach its database. Let the endpoint ask the database, the cache and
    /// what else each request needs, and answer 503 when one of them does not.
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
    /// app = FastAPI()
    ///
    /// @app.get("/health/ready")
    /// async def ready():  # error: the readiness endpoint checks nothing
    ///     return {"status": "ok"}
    /// ```
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
    /// from fastapi import FastAPI
    /// from app.db import check_database
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/health/ready")
    /// async def ready():
    ///     await check_database()
    ///     return {"status": "ok"}
    ///
    /// @app.get("/ready")
    /// async def ready_by_state(request):
    ///     return {"status": "ok" if request.app.state.ready else "starting"}
    /// ```
    pub(crate) static CONSTANT_READINESS = {
        id: "constant-readiness",
        requirements: ["13.5.9"],
        check: Check::Project(constant_readiness),
        roles: [Role::Source],
        wants: [Want::Definitions(&["function"], &[HANDLERS])],
    }
}

/// Last parts of calls that only make or log the answer.
const PLAIN: &[&str] =
    &["jsonify", "json", "dict", "str", "text", "info", "debug", "now", "utcnow", "time", "isoformat", "make_response"];

fn constant_readiness(report: &mut Report, project: &Project) {
    if !health::is_judged(project) || !health::has_backing_service() {
        return report.not_applicable("13.5.9", "no web application with a database, cache or queue in a container");
    }
    let functions = python::definitions(&["function"], &[HANDLERS]);
    for endpoint in health::endpoints(&functions).iter().filter(|endpoint| endpoint.kind == Kind::Readiness) {
        let handler = endpoint.handler;
        let checks = handler.calls.iter().any(|call| {
            let last = call.rsplit('.').next().unwrap_or(call);
            let is_class = last.starts_with(|first: char| first.is_ascii_uppercase());
            // The decorator that makes the route is no part of the body.
            let is_route = matches!(last, "get" | "route" | "api_route" | "head");
            !is_class && !is_route && !PLAIN.contains(&last)
        });
        let text = health::text(handler);
        let decides =
            [" if ", "\tif ", "match ", "raise ", "state", "while ", "try:"].iter().any(|word| text.contains(word));
        // What a parameter depends on may check.
        if !checks && !decides && handler.parameters.is_empty() && handler.decorators.len() == 1 {
            report
                .finding(&handler.site.place, "the readiness endpoint checks nothing")
                .help("ask the database and what else each request needs")
                .medium();
        }
    }
}
