//! Projects with several backing services and no compose file.

use crate::layout;
use plimsoll_sdk::prelude::*;
use std::collections::BTreeSet;

rule! {
    /// Several backing services and no `compose.yaml`.
    ///
    /// Everyone installs databases and brokers by hand, each in another version. Describe them in `compose.yaml`, so
    /// that `docker compose up` gives the same environment to all.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["psycopg", "redis"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// import psycopg
    /// import redis
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.13-slim  # error: no compose file for PostgreSQL, Redis
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["psycopg", "redis"]
    /// ```
    /// ```python good src/app/__init__.py
    /// import psycopg
    /// import redis
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.13-slim
    /// ```
    /// ```yaml good compose.yaml
    /// services:
    ///   database: {image: "postgres:17"}
    ///   cache: {image: "redis:8"}
    /// ```
    pub(crate) static MISSING_COMPOSE_FILE = {
        id: "missing-compose-file",
        requirements: ["4.5.9"],
        check: Check::Repository(missing_compose_file),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Imports(IMPORTS)],
    }
}

const IMPORTS: &[&str] = &[
    r"/^(psycopg|psycopg2|asyncpg|MySQLdb|pymysql|aiomysql|redis|pymongo|motor|pika|aio_pika|aiokafka|kafka|confluent_kafka|elasticsearch|opensearchpy)(\.|$)/",
];
/// A distribution, the module that it brings and the service that it speaks to.
const SERVICES: &[(&str, &str, &str)] = &[
    ("psycopg", "psycopg", "PostgreSQL"),
    ("psycopg2", "psycopg2", "PostgreSQL"),
    ("psycopg2-binary", "psycopg2", "PostgreSQL"),
    ("asyncpg", "asyncpg", "PostgreSQL"),
    ("mysqlclient", "MySQLdb", "MySQL"),
    ("pymysql", "pymysql", "MySQL"),
    ("aiomysql", "aiomysql", "MySQL"),
    ("redis", "redis", "Redis"),
    ("pymongo", "pymongo", "MongoDB"),
    ("motor", "motor", "MongoDB"),
    ("pika", "pika", "RabbitMQ"),
    ("aio-pika", "aio_pika", "RabbitMQ"),
    ("aiokafka", "aiokafka", "Kafka"),
    ("kafka-python", "kafka", "Kafka"),
    ("confluent-kafka", "confluent_kafka", "Kafka"),
    ("elasticsearch", "elasticsearch", "Elasticsearch"),
    ("opensearch-py", "opensearchpy", "OpenSearch"),
];
const ORCHESTRATION: &[&str] = &[
    "compose*.yaml",
    "compose*.yml",
    "docker-compose*.yaml",
    "docker-compose*.yml",
    "Tiltfile",
    "skaffold.yaml",
    "Procfile.dev",
    "devcontainer.json",
];

fn missing_compose_file(report: &mut Report) {
    let tested = project::dependencies(&["testcontainers"]);
    if !repository::find(ORCHESTRATION).is_empty() || !tested.is_empty() || layout::main_project().is_none() {
        return;
    }
    let dockerfiles = repository::find(&["Dockerfile", "Dockerfile.*", "*.Dockerfile", "Containerfile"]);
    let Some(image) = dockerfiles.iter().find(|file| file.role == Role::Source) else { return };
    let imports = python::imports(IMPORTS);
    let is_imported = |module: &str| imports.iter().any(|import| import.name.split('.').next() == Some(module));
    let dependencies = project::dependencies(&["*"]);
    let is_declared = |name: &str| dependencies.iter().any(|one| one.name == name && one.kind == "runtime");
    let used = SERVICES.iter().filter(|(name, module, _)| is_declared(name) && is_imported(module));
    let services: BTreeSet<&str> = used.map(|(_, _, service)| *service).collect();
    if services.len() > 1 {
        let names = services.into_iter().collect::<Vec<_>>().join(", ");
        report
            .finding(&layout::start(&image.path), format!("no compose file for {names}"))
            .help("describe the services in `compose.yaml`");
    }
}
