//! Health endpoints that answer from a cache.

use plimsoll_sdk::prelude::*;

use crate::health::{self, HANDLERS};

rule! {
    /// A health endpoint answers from a cache.
    ///
    /// The platform then acts on a state that has passed: it keeps a dead process, or stops one that is in order again.
    /// Take the cache off the endpoint, and send no `Cache-Control` that lets others keep the answer.
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
    /// from fastapi_cache.decorator import cache
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/health")
    /// @cache(expire=60)
    /// async def health():  # error: the health endpoint is cached by `cache`
    ///     return {"status": "ok"}
    ///
    /// @app.get("/health/ready")
    /// async def ready(response):  # error: the answer of the health endpoint may be kept
    ///     response.headers["Cache-Control"] = "max-age=30"
    ///     return {"status": "ok"}
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY src src
    /// CMD ["uvicorn", "app.main:app"]
    /// ```
    /// ```python good src/app/main.py
    /// from functools import lru_cache
    /// from fastapi import FastAPI
    ///
    /// app = FastAPI()
    ///
    /// @lru_cache
    /// def check_settings(): ...
    ///
    /// @app.get("/health")
    /// async def health(response):
    ///     response.headers["Cache-Control"] = "no-store, max-age=0"
    ///     return {"status": "ok"}
    /// ```
    pub(crate) static CACHED_HEALTH_CHECK = {
        id: "cached-health-check",
        requirements: ["13.5.11"],
        check: Check::Project(cached_health_check),
        roles: [Role::Source],
        wants: [Want::Definitions(&["function"], &[HANDLERS])],
    }
}

/// Last parts of decorators that keep answers.
const CACHES: &[&str] = &["lru_cache", "cache", "cached", "alru_cache", "cache_page", "memoize", "ttl_cache"];

fn cached_health_check(report: &mut Report, project: &Project) {
    if !health::is_judged(project) {
        return report.not_applicable("13.5.11", "no web application that runs in a container");
    }
    let functions = python::definitions(&["function"], &[HANDLERS]);
    for endpoint in health::endpoints(&functions) {
        let handler = endpoint.handler;
        let decorators = handler.decorators.iter().filter_map(|decorator| Item::root(decorator));
        let cache =
            decorators.filter_map(|decorator| decorator.text().rsplit('.').next()).find(|name| CACHES.contains(name));
        if let Some(cache) = cache {
            report
                .finding(&handler.site.place, format!("the health endpoint is cached by `{cache}`"))
                .help("take the cache off");
        } else if has_max_age(&health::text(handler)) {
            report
                .finding(&handler.site.place, "the answer of the health endpoint may be kept")
                .help("send `Cache-Control: no-store`");
        }
    }
}

/// Whether a text has a `max-age` above zero.
fn has_max_age(text: &str) -> bool {
    text.split("max-age=").skip(1).any(|rest| rest.starts_with(|first: char| ('1'..='9').contains(&first)))
}
