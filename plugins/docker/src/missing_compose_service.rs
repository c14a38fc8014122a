//! Backing services that the code needs and the local stack lacks.

use plimsoll_sdk::prelude::*;

/// Dependencies, and how the images that serve them are named.
const BACKENDS: &[(&str, &[&str], &[&str])] = &[
    (
        "PostgreSQL",
        &["psycopg", "psycopg2", "psycopg2-binary", "asyncpg"],
        &["postgres", "postgis", "timescale", "pgvector"],
    ),
    ("MySQL", &["mysqlclient", "pymysql", "aiomysql", "asyncmy"], &["mysql", "mariadb"]),
    ("MongoDB", &["pymongo", "motor", "beanie"], &["mongo"]),
    ("Redis", &["redis", "arq"], &["redis", "valkey", "keydb", "dragonfly"]),
    ("RabbitMQ", &["pika", "aio-pika"], &["rabbitmq"]),
    ("Kafka", &["aiokafka", "confluent-kafka", "kafka-python"], &["kafka", "redpanda"]),
];

rule! {
    /// The local stack lacks a service that the code needs.
    ///
    /// Whoever starts the stack then has to find out what else to install. Add the service to the compose file.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["asyncpg", "redis"]
    /// ```
    /// ```yaml bad compose.yaml
    /// services:  # error: no service for Redis
    ///   db:
    ///     image: postgres:17
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["asyncpg", "redis"]
    /// ```
    /// ```yaml good compose.yaml
    /// services:
    ///   db:
    ///     image: postgis/postgis
    /// ```
    /// ```yaml good compose.override.yaml
    /// services:
    ///   cache:
    ///     image: valkey/valkey:8
    /// ```
    pub(crate) static MISSING_COMPOSE_SERVICE = {
        id: "missing-compose-service",
        requirements: ["13.6.3"],
        check: Check::Repository(missing_compose_service),
        confidence: Low,
    }
}

fn missing_compose_service(report: &mut Report) {
    let files = containers::compose_files();
    let Some(base) = files.iter().find(|file| file.purpose == "base") else {
        return report.not_applicable("13.6.3", "no compose file of the local stack");
    };
    let Some(services) = Item::root(&base.value).and_then(|root| root.get("services")) else { return };
    let all = files.iter().filter_map(|file| Item::root(&file.value)?.get("services")).flat_map(Item::children);
    let named: Vec<&str> =
        all.flat_map(|service| [service.key(), service.get("image").map(Item::text)]).flatten().collect();
    let lacks = |images: &[&str]| !named.iter().any(|name| images.iter().any(|image| name.contains(image)));
    for (name, packages, images) in BACKENDS {
        let is_needed = project::dependencies(packages).iter().any(|dependency| dependency.kind == "runtime");
        if is_needed && lacks(images) && services.children().all(|service| service.get("extra_hosts").is_none()) {
            report
                .finding(&services.key_place(&base.path), format!("no service for {name}"))
                .help("add it, with health check and volume");
        }
    }
}
