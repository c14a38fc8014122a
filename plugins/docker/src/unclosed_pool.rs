//! Connection pools that nothing closes when the application stops.

use plimsoll_sdk::prelude::*;

use crate::assigned;

rule! {
    /// A connection pool is not closed when the application stops.
    ///
    /// What an application opens for its whole life, it has to close: else the database keeps dead connections until
    /// a timeout, transactions end with a reset instead of a rollback, and Python warns of unclosed resources. Close
    /// engines, pools and clients after the `yield` of the lifespan, or manage them with `async with`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "sqlalchemy", "asyncpg", "httpx"]
    /// ```
    /// ```python bad src/app/main.py
    /// from contextlib import asynccontextmanager
    /// import asyncpg
    /// import httpx
    /// from fastapi import FastAPI
    /// from sqlalchemy.ext.asyncio import create_async_engine
    ///
    /// engine = create_async_engine("postgresql+asyncpg://db/app")  # error: nothing disposes of the engine `engine`
    /// client = httpx.AsyncClient()  # error: nothing closes the HTTP client `client`
    ///
    /// @asynccontextmanager
    /// async def lifespan(app):
    ///     app.state.pool = await asyncpg.create_pool("postgresql://db/app")  # error: nothing closes the pool `pool`
    ///     yield
    ///
    /// app = FastAPI(lifespan=lifespan)
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "sqlalchemy", "asyncpg", "httpx"]
    /// ```
    /// ```python good src/app/db.py
    /// from sqlalchemy import create_engine
    /// from sqlalchemy.ext.asyncio import create_async_engine
    ///
    /// engine = create_async_engine("postgresql+asyncpg://db/app")
    /// old = create_engine("postgresql://db/app")
    /// ```
    /// ```python good src/app/main.py
    /// from contextlib import AsyncExitStack, asynccontextmanager
    /// import asyncpg
    /// import httpx
    /// import redis.asyncio as redis
    /// from fastapi import FastAPI
    /// from app.db import engine
    ///
    /// cache = redis.from_url("redis://cache")
    ///
    /// @asynccontextmanager
    /// async def lifespan(app):
    ///     async with asyncpg.create_pool("postgresql://db/app") as pool, AsyncExitStack() as stack:
    ///         app.state.client = await stack.enter_async_context(httpx.AsyncClient())
    ///         stack.push_async_callback(engine.dispose)
    ///         app.state.pool = pool
    ///         yield
    ///     await cache.aclose()
    ///
    /// app = FastAPI(lifespan=lifespan)
    ///
    /// async def fetch():
    ///     async with httpx.AsyncClient() as client:
    ///         return await client.get("https://example.org")
    /// ```
    pub(crate) static UNCLOSED_POOL = {
        id: "unclosed-pool",
        requirements: ["13.8.4"],
        check: Check::Project(unclosed_pool),
        roles: [Role::Source],
        wants: [Want::Calls(MAKERS), Want::Search(ENDS, &["*.py"])],
    }
}

/// What holds connections: what it is called, the calls that make it, and words of which one is in the name on which
/// its end is called where that is another name in the same module. An engine may be anywhere.
struct Kind {
    noun: &'static str,
    makers: &'static [&'static str],
    names: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        noun: "engine",
        makers: &["sqlalchemy.ext.asyncio.create_async_engine", "sqlmodel.ext.asyncio.create_async_engine"],
        names: &["engine"],
    },
    Kind {
        noun: "pool",
        makers: &[
            "asyncpg.create_pool",
            "psycopg_pool.AsyncConnectionPool",
            "aiomysql.create_pool",
            "aiopg.create_pool",
        ],
        names: &["pool", "db", "database", "conn"],
    },
    Kind {
        noun: "Redis client",
        makers: &[
            "redis.asyncio.from_url",
            "redis.asyncio.Redis.from_url",
            "redis.asyncio.Redis",
            "redis.asyncio.ConnectionPool",
        ],
        names: &["redis", "cache", "pool", "client"],
    },
    Kind {
        noun: "MongoDB client",
        makers: &["motor.motor_asyncio.AsyncIOMotorClient", "pymongo.AsyncMongoClient"],
        names: &["mongo", "motor", "client", "db"],
    },
    Kind { noun: "HTTP client", makers: &["httpx.AsyncClient"], names: &["client", "http", "session"] },
    Kind { noun: "HTTP session", makers: &["aiohttp.ClientSession"], names: &["session", "client", "http"] },
];

/// All makers; a pattern of a want has to be a constant.
const MAKERS: &[&str] = &[
    "sqlalchemy.ext.asyncio.create_async_engine",
    "sqlmodel.ext.asyncio.create_async_engine",
    "asyncpg.create_pool",
    "psycopg_pool.AsyncConnectionPool",
    "aiomysql.create_pool",
    "aiopg.create_pool",
    "redis.asyncio.from_url",
    "redis.asyncio.Redis.from_url",
    "redis.asyncio.Redis",
    "redis.asyncio.ConnectionPool",
    "motor.motor_asyncio.AsyncIOMotorClient",
    "pymongo.AsyncMongoClient",
    "httpx.AsyncClient",
    "aiohttp.ClientSession",
];

/// What ends something, by the name that it is called on; the calls need not be resolved, because they often go through
/// `app.state` or a list of callbacks.
const ENDS: &[&str] = &[
    r"(\w+)(?:\(\))?\.(?:dispose|close|aclose|disconnect|terminate|wait_closed)\b",
    r"async with\s+(?:\w+\.)*(\w+)\s*(?::|,|as\b)",
    r"enter_async_context\(\s*(?:\w+\.)*(\w+)\s*\)",
    r"(?:close|aclosing|shutdown|disconnect|dispose)\w*\((?:\w+\.)*(\w+)\)",
];

fn unclosed_pool(report: &mut Report, project: &Project) {
    if !project.has_profile("api") || !project.has_profile("database") {
        return report.not_applicable("13.8.4", "no application with a database");
    }
    let found = repository::search(ENDS, &["*.py"]);
    let ended: Vec<&Match> = found.iter().filter(|one| one.role == Role::Source).collect();
    let calls = python::calls(MAKERS);
    for kind in KINDS {
        let is_ended = |call: &Call, target: &str| {
            ended.iter().any(|end| {
                let name = end.text.to_ascii_lowercase();
                let is_near = end.place.path == call.site.place.path || kind.noun == "engine";
                name == target.to_ascii_lowercase() || is_near && kind.names.iter().any(|word| name.contains(word))
            })
        };
        let makers = calls.iter().filter(|call| kind.makers.contains(&call.name.as_str()) && is_for_life(call));
        // One finding for a kind: the end of all of them belongs to one place.
        let unended = makers.filter_map(|call| assigned::target(call).map(|target| (call, target)));
        if let Some((call, target)) = unended.into_iter().find(|(call, target)| !is_ended(call, target)) {
            let verb = if kind.noun == "engine" { "disposes of" } else { "closes" };
            report
                .finding(&call.site.place, format!("nothing {verb} the {} `{target}`", kind.noun))
                .help("end it after the `yield` of the lifespan")
                .medium();
        }
    }
}

/// Whether a call makes something that lives as long as the application.
fn is_for_life(call: &Call) -> bool {
    let is_early = call.site.class.is_none() && (call.site.function.is_none() || assigned::is_at_startup(&call.site));
    is_early && !call.site.surroundings.contains(Surroundings::MANAGED)
}
