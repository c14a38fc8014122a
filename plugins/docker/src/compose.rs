//! What the rules about compose files share: which files and services are judged, and what a service keeps.

use plimsoll_sdk::prelude::*;

/// A kind of service that other services wait for.
pub(crate) struct Store {
    /// How the image's name ends or begins.
    images: &'static [&'static str],
    /// Where the image keeps its data; empty for a cache.
    pub(crate) data: &'static [&'static str],
    /// The usual health check.
    pub(crate) check: &'static str,
    /// The check as a compose file writes it, where it works whatever the version and the settings of the image; else
    /// empty.
    pub(crate) test: &'static str,
}

const STORES: &[Store] = &[
    Store {
        images: &["postgres", "postgis", "timescaledb", "pgvector", "postgresql"],
        data: &["/var/lib/postgresql", "/bitnami/postgresql"],
        check: "pg_isready",
        test: "[CMD-SHELL, \"pg_isready --username $${POSTGRES_USER:-postgres}\"]",
    },
    Store {
        images: &["mysql", "percona"],
        data: &["/var/lib/mysql", "/bitnami/m"],
        check: "mysqladmin ping",
        test: "[CMD, mysqladmin, ping, --host, localhost]",
    },
    Store {
        images: &["mariadb"],
        data: &["/var/lib/mysql", "/bitnami/m"],
        check: "healthcheck.sh --connect --innodb_initialized",
        test: "[CMD, healthcheck.sh, --connect, --innodb_initialized]",
    },
    Store {
        images: &["mongo", "mongodb"],
        data: &["/data", "/bitnami/mongodb"],
        check: "mongosh --eval \"db.adminCommand('ping')\"",
        test: "",
    },
    Store {
        images: &["redis", "valkey", "redis-stack", "redis-stack-server"],
        data: &[],
        check: "redis-cli ping",
        test: "[CMD, redis-cli, ping]",
    },
    Store { images: &["keydb"], data: &[], check: "keydb-cli ping", test: "" },
    Store {
        images: &["rabbitmq"],
        data: &["/var/lib/rabbitmq"],
        check: "rabbitmq-diagnostics -q ping",
        test: "[CMD, rabbitmq-diagnostics, -q, ping]",
    },
    Store {
        images: &["elasticsearch", "opensearch"],
        data: &["/usr/share/"],
        check: "curl --fail localhost:9200/_cluster/health",
        test: "",
    },
    Store {
        images: &["clickhouse-server"],
        data: &["/var/lib/clickhouse"],
        check: "clickhouse-client --query 'SELECT 1'",
        test: "",
    },
    Store { images: &["minio"], data: &["/"], check: "mc ready local", test: "" },
    Store {
        images: &["kafka", "cp-kafka"],
        data: &[],
        check: "kafka-topics --list --bootstrap-server localhost:9092",
        test: "",
    },
];

/// The services of a compose file that describes where the product is developed.
pub(crate) fn services(file: &ComposeFile) -> Option<Item<'_>> {
    let is_local = matches!(file.purpose.as_str(), "base" | "development");
    // Folders with a dot, `.devcontainer` and its like, are for editors and tools.
    let is_other = file.path.starts_with('.') || file.path.contains("/.") || file.path.contains("/compose/");
    Item::root(&file.value)?.get("services").filter(|_| is_local && !is_other)
}

/// What a service keeps, judged from the name of its image.
pub(crate) fn store(service: Item<'_>) -> Option<&'static Store> {
    let name = image_name(service.get("image")?.string()?)?;
    STORES.iter().find(|store| store.images.contains(&name))
}

/// The name of an image without registry, owner and tag.
fn image_name(image: &str) -> Option<&str> {
    image.split(['@', '$']).next()?.rsplit('/').next()?.split(':').next()
}

/// Whether a service is a tool to look at others: it shows an error until they are there, and tries again.
pub(crate) fn is_tool(service: Item<'_>) -> bool {
    const TOOLS: &[&str] = &[
        "adminer",
        "pgadmin4",
        "pgadmin",
        "phpmyadmin",
        "pgweb",
        "cloudbeaver",
        "mongo-express",
        "redis-commander",
        "redisinsight",
        "rediscommander",
        "kafka-ui",
        "kafdrop",
        "flower",
        "mailhog",
        "mailpit",
        "maildev",
        "mailcatcher",
        "mailslurper",
        "dozzle",
        "portainer",
        "portainer-ce",
        "traefik",
        "whoami",
    ];
    service.get("image").and_then(Item::string).and_then(image_name).is_some_and(|name| TOOLS.contains(&name))
}

/// A table of one level as the service writes its own: in lines, or in braces.
pub(crate) fn table(file: &ComposeFile, service: Item<'_>, lines: &str) -> String {
    let text = repository::read(&file.path).unwrap_or_default();
    let is_in_braces = text.get(service.span().start as usize..).is_some_and(|rest| rest.starts_with('{'));
    if is_in_braces { format!("{{{}}}", lines.replace('\n', ", ")) } else { lines.to_owned() }
}

/// Whether a service is a server on the Java machine or a column store, which do not start in a gigabyte.
pub(crate) fn needs_much_memory(service: Item<'_>) -> bool {
    const LARGE: &[&str] = &["elasticsearch", "opensearch", "kafka", "cp-kafka", "clickhouse-server"];
    store(service).is_some_and(|store| LARGE.iter().any(|image| store.images.contains(image)))
}

/// Whether a service runs next to the others for as long as they do: no tool, no task that ends.
pub(crate) fn is_lasting(services: Item<'_>, service: Item<'_>) -> bool {
    const TASKS: &[&str] =
        &["migrate", "migration", "migrations", "init", "prestart", "setup", "test", "tests", "seed"];
    let name = service.key().unwrap_or_default();
    let is_task = name.split(['-', '_']).any(|word| TASKS.contains(&word));
    let ends = services.children().filter_map(|other| other.at(&["depends_on", name, "condition"]));
    let is_awaited = ends.filter_map(Item::string).any(|condition| condition == "service_completed_successfully");
    service.get("profiles").is_none() && !is_task && !is_awaited && !name.starts_with('.')
}

/// The names of the services that a service depends on, each with its place and, in the long form, the condition.
pub(crate) fn dependencies<'a>(service: Item<'a>) -> Vec<(&'a str, Item<'a>, Option<&'a str>)> {
    let Some(list) = service.get("depends_on") else { return Vec::new() };
    list.children()
        .filter_map(|item| match item.key() {
            Some(key) => Some((key, item, item.get("condition").and_then(Item::string))),
            None => Some((item.string()?, item, None)),
        })
        .collect()
}

/// Whether a service has a health check that is not switched off.
pub(crate) fn has_healthcheck(service: Item<'_>) -> bool {
    service.get("healthcheck").is_some_and(|check| check.get("disable").and_then(Item::boolean) != Some(true))
}
