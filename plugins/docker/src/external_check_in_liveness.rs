//! Liveness endpoints that ask other services.

use plimsoll_sdk::prelude::*;

use crate::health::{self, HANDLERS, Kind};

rule! {
    /// A liveness endpoint asks a database or another service.
    ///
    /// When that service is away, the platform restarts every process that is in order, and makes the outage worse. Let
    /// the endpoint answer at once, and ask the services in the readiness endpoint.
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
    /// from fastapi import Depends, FastAPI
    /// from sqlalchemy import text
    /// from sqlalchemy.ext.asyncio import AsyncSession
    /// from app.db import get_session
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/health/live")
    /// async def live(session: AsyncSession = Depends(get_session)):  # error: the liveness endpoint calls `execute`
    ///     await session.execute(text("SELECT 1"))
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
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/health/live")
    /// async def live():
    ///     return {"status": "ok"}
    ///
    /// @app.get("/health/ready")
    /// async def ready(session):
    ///     await session.execute("SELECT 1")
    /// ```
    pub(crate) static EXTERNAL_CHECK_IN_LIVENESS = {
        id: "external-check-in-liveness",
        requirements: ["13.5.8"],
        check: Check::Project(external_check_in_liveness),
        roles: [Role::Source],
        wants: [Want::Definitions(&["function"], &[HANDLERS])],
    }
}

/// Methods that ask a database.
const QUERIES: &[&str] = &["execute", "exec", "scalar", "scalars", "fetch", "fetchval", "fetchrow", "fetch_one"];
/// Libraries whose calls leave the process.
const CLIENTS: &[&str] = &[
    "requests.",
    "httpx.",
    "aiohttp.",
    "redis.",
    "boto3.",
    "google.cloud.",
    "pymongo.",
    "motor.",
    "asyncpg.",
    "psycopg",
];

fn external_check_in_liveness(report: &mut Report, project: &Project) {
    if !health::is_judged(project) {
        return report.not_applicable("13.5.8", "no web application that runs in a container");
    }
    let functions = python::definitions(&["function"], &[HANDLERS]);
    for endpoint in health::endpoints(&functions).iter().filter(|endpoint| endpoint.kind == Kind::Liveness) {
        let handler = endpoint.handler;
        let asks = handler.calls.iter().find(|call| {
            let last = call.rsplit('.').next().unwrap_or(call);
            QUERIES.contains(&last) && call.contains('.') || CLIENTS.iter().any(|client| call.starts_with(client))
        });
        if let Some(call) = asks {
            let last = call.rsplit('.').next().unwrap_or(call);
            report
                .finding(&handler.site.place, format!("the liveness endpoint calls `{last}`"))
                .help("ask other services in the readiness endpoint")
                .medium();
        }
    }
}
