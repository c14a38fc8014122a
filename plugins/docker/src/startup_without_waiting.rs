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
        for store in services.children().filter(|other| compose::store(*other).is_some()) {
            let Some(host) = store.key() else { continue };
            let is_declared = dependencies.iter().any(|(dependency, ..)| *dependency == host);
            if !is_declared && !reaches(services, service, host, 4) && uses(service, host) {
                report
                    .finding(
                        &service.key_place(&file.path),
                        format!("`{name}` uses `{host}` and does not depend on it"),
                    )
                    .help("add it to `depends_on` with `condition: service_healthy`");
            }
        }
    }
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
