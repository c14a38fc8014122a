//! Unit tests that need something outside of the process.

use std::collections::BTreeSet;

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::texts::Texts;

use crate::network::{Answers, REQUESTS, is_public, public_host};

rule! {
    /// A unit test needs a database, a container, the network, or time.
    ///
    /// Unit tests run at every save, so they have to be fast and to work everywhere. Hand in a double, or move the test
    /// to `tests/integration`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad tests/unit/test_database.py
    /// from testcontainers.postgres import PostgresContainer
    ///
    /// def test_ships():
    ///     with PostgresContainer("postgres:17"):  # error: a unit test starts a container
    ///         pass
    /// ```
    /// ```python bad tests/unit/test_client.py
    /// import httpx
    ///
    /// def test_ships():
    ///     httpx.get("https://api.ships.com/v1")  # error: a unit test sends a request to `api.ships.com`
    /// ```
    /// ```python bad tests/unit/test_wait.py
    /// import time
    ///
    /// def test_wait():
    ///     time.sleep(3)  # error: a unit test sleeps for 3 s
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good tests/unit/test_client.py
    /// import httpx
    ///
    /// def test_ships(respx_mock):
    ///     httpx.get("https://api.ships.com/v1")
    /// ```
    /// ```python good tests/unit/test_file.py
    /// def test_file(tmp_path):
    ///     (tmp_path / "a.txt").write_text("a")
    /// ```
    /// ```python good tests/integration/test_database.py
    /// from testcontainers.postgres import PostgresContainer
    ///
    /// def test_ships():
    ///     with PostgresContainer("postgres:17"):
    ///         pass
    /// ```
    pub(crate) static UNIT_TEST_WITH_IO = {
        id: "unit-test-with-io",
        requirements: ["8.1.2"],
        check: Check::Repository(unit_test_with_io),
        roles: [Role::Test],
        wants: [Want::Calls(REQUESTS), Want::Calls(CONTAINERS), Want::Calls(CONNECTIONS), Want::Calls(SLEEPS)],
    }
}

const CONTAINERS: &[&str] = &["/^testcontainers\\.[a-z_.]*\\w*Container$/", "docker.from_env", "docker.DockerClient"];
const CONNECTIONS: &[&str] = &[
    "psycopg.connect",
    "psycopg2.connect",
    "asyncpg.connect",
    "asyncpg.create_pool",
    "pymysql.connect",
    "aiomysql.connect",
    "pymongo.MongoClient",
    "pymongo.mongo_client.MongoClient",
    "pika.BlockingConnection",
    "sqlalchemy.create_engine",
    "sqlalchemy.ext.asyncio.create_async_engine",
    "socket.create_connection",
];
const FOLDERS: &[&str] = &["**/unit/**/*.py", "**/unit_tests/**/*.py", "**/unittests/**/*.py", "**/unit_test/**/*.py"];
const SLEEPS: &[&str] = &["time.sleep"];

fn unit_test_with_io(report: &mut Report) {
    if !repository::find(FOLDERS).iter().any(|file| file.role == Role::Test) {
        return report.not_applicable("8.1.2", "no folder for unit tests");
    }
    let mut answers = Answers::default();
    let mut texts = Texts::default();
    let mut reported = BTreeSet::new();
    for call in [CONTAINERS, CONNECTIONS, REQUESTS, SLEEPS].into_iter().flat_map(python::calls) {
        let path = &call.site.place.path;
        let is_unit = path.split('/').any(|part| matches!(part, "unit" | "unit_tests" | "unittests" | "unit_test"));
        if !is_unit || call.site.function.is_none() || reported.contains(path) {
            continue;
        }
        let Some((what, is_sure)) = outside(&call) else { continue };
        // A double of the library or of the clock stands somewhere in the module.
        if answers.of(path) || ["freeze", "Thread", "subprocess"].iter().any(|it| texts.of(path).contains(it)) {
            continue;
        }
        reported.insert(path.clone());
        let finding = report
            .finding(&call.site.place, format!("a unit test {what}"))
            .help("hand in a double, or move the test to `tests/integration`");
        if is_sure {
            finding.medium();
        } else {
            finding.low();
        }
    }
}

/// What a call needs from outside, and whether that is beyond doubt.
fn outside(call: &Call) -> Option<(String, bool)> {
    let arguments = Item::root(&call.value)?;
    let name = call.name.as_str();
    if name.starts_with("testcontainers.") || name.starts_with("docker.") {
        return Some(("starts a container".to_owned(), true));
    }
    if SLEEPS.contains(&name) {
        let seconds = arguments.argument(0, "secs").and_then(Item::number)?;
        return (seconds >= 1.0).then(|| (format!("sleeps for {seconds} s"), false));
    }
    if let Some(host) = public_host(call) {
        return Some((format!("sends a request to `{host}`"), false));
    }
    if name == "socket.create_connection" {
        let host = arguments.positional().next()?.children().next()?.string()?;
        return is_public(host).then(|| (format!("connects to `{host}`"), false));
    }
    if name.starts_with("sqlalchemy.") {
        let address = arguments.positional().next()?.resolved().string()?;
        let is_server = ["postgres", "mysql", "mariadb", "oracle", "mssql"].iter().any(|it| address.starts_with(it));
        return is_server.then(|| ("uses a database server".to_owned(), false));
    }
    CONNECTIONS.contains(&name).then(|| ("connects to a database".to_owned(), false))
}
