//! Services that start before what they need is ready.

use plimsoll_sdk::prelude::*;

use crate::{compose, image};

rule! {
    /// A service starts before the service that it needs is ready.
    ///
    /// The short form of `depends_on` waits for the container, not for the database in it, so the first start fails
    /// on a slow machine. Name every service that is needed, with `condition: service_healthy`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     depends_on:
    ///       - db  # error: `app` does not wait for the health of `db`
    ///   worker:  # error: `worker` uses `db` and does not depend on it
    ///     build: .
    ///     environment:
    ///       DATABASE_URL: postgresql://app:app@db:5432/app
    ///   db:
    ///     image: postgres:17
    ///     healthcheck:
    ///       test: [CMD, pg_isready]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml fixed compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     depends_on:
    ///       db:
    ///         condition: service_healthy
    ///   worker:
    ///     build: .
    ///     environment:
    ///       DATABASE_URL: postgresql://app:app@db:5432/app
    ///     depends_on:
    ///       db:
    ///         condition: service_healthy
    ///   db:
    ///     image: postgres:17
    ///     healthcheck:
    ///       test: [CMD, pg_isready]
    /// ```
    ///
    /// What else is needed is waited for as before:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     depends_on:
    ///     - mail  # for the welcome
    ///     - db  # error: `app` does not wait for the health of `db`
    ///     - cache  # error: `app` does not wait for the health of `cache`
    ///     tty: true
    ///   worker:
    ///     build: .
    ///     depends_on:
    ///       cache:  # error: `worker` does not wait for the health of `cache`
    ///         condition: service_started
    ///       mail:
    ///         condition: service_started
    ///   mail:
    ///     image: axllent/mailpit
    ///   db:
    ///     image: postgres:17
    ///     healthcheck:
    ///       test: [CMD, pg_isready]
    ///   cache:
    ///     image: redis:8
    ///     healthcheck:
    ///       test: [CMD, redis-cli, ping]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml fixed compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     depends_on:
    ///       mail:  # for the welcome
    ///         condition: service_started
    ///       db:
    ///         condition: service_healthy
    ///       cache:
    ///         condition: service_healthy
    ///     tty: true
    ///   worker:
    ///     build: .
    ///     depends_on:
    ///       cache:
    ///         condition: service_healthy
    ///       mail:
    ///         condition: service_started
    ///   mail:
    ///     image: axllent/mailpit
    ///   db:
    ///     image: postgres:17
    ///     healthcheck:
    ///       test: [CMD, pg_isready]
    ///   cache:
    ///     image: redis:8
    ///     healthcheck:
    ///       test: [CMD, redis-cli, ping]
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     depends_on: [cache]  # error: `app` does not wait for the health of `cache`
    ///   cache:
    ///     image: redis:8
    ///     healthcheck:
    ///       test: [CMD, redis-cli, ping]
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["/app/entrypoint.sh"]
    /// ```
    /// ```sh bad entrypoint.sh
    /// until redis-cli -h cache ping; do echo "Waiting for the cache"; sleep 1; done
    /// exec python -m app
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml good compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     environment:
    ///       - REDIS_HOST=cache
    ///     depends_on:
    ///       cache:
    ///         condition: service_healthy
    ///   cache:
    ///     image: redis:8
    ///     healthcheck:
    ///       test: [CMD, redis-cli, ping]
    ///   adminer:
    ///     image: docker.io/adminer
    ///     depends_on: [cache]
    /// ```
    pub(crate) static STARTUP_WITHOUT_WAITING = {
        id: "startup-without-waiting",
        requirements: ["13.6.5"],
        check: Check::ComposeFiles(startup_without_waiting),
    }
}

fn startup_without_waiting(report: &mut Report, file: &ComposeFile) {
    let Some(services) = compose::services(file) else { return };
    let image_waits = is_awaited_by_image();
    let judged = services.children().filter(|service| service.get("profiles").is_none() && !compose::is_tool(*service));
    for service in judged {
        let Some(name) = service.key() else { continue };
        let dependencies = compose::dependencies(service);
        for (dependency, item, condition) in &dependencies {
            let target = services.get(dependency);
            let is_checked =
                target.is_some_and(|target| compose::store(target).is_some() && compose::has_healthcheck(target));
            if is_checked && matches!(condition, None | Some("service_started")) && !waits_itself(service) {
                let place = if item.key().is_some() { item.key_place(&file.path) } else { item.place(&file.path) };
                let finding = report
                    .finding(&place, format!("`{name}` does not wait for the health of `{dependency}`"))
                    .help("use the long form with `condition: service_healthy`");
                let keys = ["services", name, "depends_on", dependency, "condition"];
                let finding = match (condition, item.key()) {
                    (Some(_), _) => finding.unsafe_fix([edit::set(&file.path, &keys, HEALTHY)]),
                    (None, Some(_)) => finding.safe_fix([edit::set(&file.path, &keys, HEALTHY)]),
                    (None, None) => finding.safe_fix(long_form(file, services, service, &[])),
                };
                if image_waits {
                    // The script that the image starts waits, for this one or for another.
                    drop(finding.low());
                }
            }
        }
        if service.get("build").is_none()
            || service.get("network_mode").is_some()
            || waits_itself(service)
            || image_waits
        {
            continue;
        }
        let stores = services.children().filter(|other| compose::store(*other).is_some());
        let missing: Vec<&str> = stores
            .filter_map(Item::key)
            .filter(|host| dependencies.iter().all(|(dependency, ..)| dependency != host))
            .filter(|host| !reaches(services, service, host, 4) && uses(service, host))
            .collect();
        for host in &missing {
            report
                .finding(&service.key_place(&file.path), format!("`{name}` uses `{host}` and does not depend on it"))
                .help("add it to `depends_on` with `condition: service_healthy`")
                .unsafe_fix(long_form(file, services, service, &missing));
        }
    }
}

const HEALTHY: &str = "service_healthy";

/// Writes what a service depends on, and some services more, in the long form; none where that loses a comment or waits
/// in a circle.
fn long_form(file: &ComposeFile, services: Item<'_>, service: Item<'_>, more: &[&str]) -> Option<Edit> {
    let name = service.key()?;
    // In braces there is no room for lines.
    if compose::table(file, service, "").starts_with('{') {
        return None;
    }
    let is_circle = |host: &&str| services.get(host).is_some_and(|host| reaches(services, host, name, 4));
    if more.iter().any(is_circle) {
        return None;
    }
    let text = repository::read(&file.path).ok()?;
    let list = service.get("depends_on").map(|list| Span { start: list.key_span().end, end: list.span().end });
    let written = list.and_then(|span| text.get(span.start as usize..span.end as usize)).unwrap_or_default();
    // A comment behind an item goes with it; the last one stays where it is.
    let comment = |item: Item<'_>| {
        let end = list.map_or(0, |span| span.end).max(item.span().end) as usize;
        let rest =
            text.get(item.span().end as usize..end).unwrap_or_default().lines().next().unwrap_or_default().trim();
        if rest.starts_with('#') { format!("  {rest}") } else { String::new() }
    };
    let dependencies = compose::dependencies(service);
    let comments = dependencies.iter().filter(|(_, item, _)| !comment(*item).is_empty()).count();
    if written.contains(['&', '*']) || written.matches('#').count() != comments {
        return None;
    }
    let added = more.iter().map(|host| (*host, None));
    let known = dependencies.iter().map(|(host, item, condition)| (*host, Some((*item, *condition))));
    let mut entries = Vec::new();
    for (host, known) in known.chain(added) {
        let condition = match known {
            Some((item, Some(condition))) if item.children().count() == 1 => condition,
            // In the long form with more settings.
            Some((item, _)) if item.key().is_some() => return None,
            _ if services.get(host).is_some_and(|it| compose::store(it).is_some() && compose::has_healthcheck(it)) => {
                HEALTHY
            }
            _ => "service_started",
        };
        let comment = known.map(|(item, _)| comment(item)).unwrap_or_default();
        entries.push(format!("{host}:{comment}\n  condition: {condition}"));
    }
    Some(edit::set(&file.path, &["services", name, "depends_on"], entries.join("\n")))
}

/// Whether a service depends on another one through others.
fn reaches(services: Item<'_>, service: Item<'_>, host: &str, depth: u32) -> bool {
    depth > 0
        && compose::dependencies(service).iter().any(|(name, ..)| {
            *name == host || services.get(name).is_some_and(|next| reaches(services, next, host, depth - 1))
        })
}

/// Whether a variable of a service names another service as host.
fn uses(service: Item<'_>, host: &str) -> bool {
    let Some(environment) = service.get("environment") else { return false };
    environment
        .children()
        .filter_map(|item| {
            let text = item.string()?;
            Some(match item.key() {
                Some(key) => (key, text),
                None => text.split_once('=')?,
            })
        })
        .any(|(key, value)| {
            let is_url = [format!("@{host}:"), format!("@{host}/"), format!("://{host}:"), format!("://{host}/")]
                .iter()
                .any(|part| value.contains(part));
            is_url || (value == host && key.to_ascii_uppercase().ends_with("HOST"))
        })
}

const WAITERS: &[&str] = &["wait-for", "wait_for", "dockerize", "wait4x", "pg_isready", "prestart"];

/// Whether the image that is built here starts with a script that waits for the others.
fn is_awaited_by_image() -> bool {
    let dockerfiles = containers::dockerfiles();
    dockerfiles.iter().flat_map(image::scripts).any(|(_, text)| {
        let text = text.to_ascii_lowercase();
        text.contains("waiting") || WAITERS.iter().any(|waiter| text.contains(waiter))
    })
}

/// Whether what a service runs waits for others.
fn waits_itself(service: Item<'_>) -> bool {
    ["command", "entrypoint"]
        .iter()
        .filter_map(|key| service.get(key))
        .any(|item| item.descendants().any(|part| WAITERS.iter().any(|waiter| part.text().contains(waiter))))
}
