//! Services that others wait for, without health check.

use plimsoll_sdk::paths::parent;
use plimsoll_sdk::prelude::*;

use crate::compose;

rule! {
    /// A service that others depend on has no health check.
    ///
    /// Compose then knows only that the container runs, not that the database in it answers, and the application
    /// fails now and then at the start. Add the check that suits the image.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     depends_on: [db, cache, queue]
    ///   db:  # error: `db` has no health check
    ///     image: postgres:17
    ///   cache:
    ///     image: redis:8
    ///     healthcheck:  # error: the health check of `cache` is switched off
    ///       disable: true
    ///   queue: {image: rabbitmq}  # error: `queue` has no health check
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml fixed compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     depends_on: [db, cache, queue]
    ///   db:
    ///     image: postgres:17
    ///     healthcheck:
    ///       test: [CMD-SHELL, "pg_isready --username $${POSTGRES_USER:-postgres}"]
    ///       interval: 5s
    ///       timeout: 5s
    ///       retries: 10
    ///   cache:
    ///     image: redis:8
    ///     healthcheck:
    ///       test: [CMD, redis-cli, ping]
    ///       interval: 5s
    ///       timeout: 5s
    ///       retries: 10
    ///   queue: {image: rabbitmq, healthcheck: {test: [CMD, rabbitmq-diagnostics, -q, ping], interval: 5s, timeout: 5s, retries: 10}}
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml good compose.yaml
    /// x-check: &check
    ///   healthcheck:
    ///     test: [CMD, pg_isready]
    /// services:
    ///   app:
    ///     build: .
    ///     depends_on:
    ///       db:
    ///         condition: service_healthy
    ///   db:
    ///     <<: *check
    ///     image: postgres:17
    ///   mail:
    ///     image: axllent/mailpit
    /// ```
    pub(crate) static SERVICE_WITHOUT_HEALTHCHECK = {
        id: "service-without-healthcheck",
        requirements: ["13.6.4"],
        check: Check::ComposeFiles(service_without_healthcheck),
    }
}

fn service_without_healthcheck(report: &mut Report, file: &ComposeFile) {
    let Some(services) = compose::services(file) else { return };
    for service in services.children().filter(|service| compose::is_lasting(services, *service)) {
        let (Some(name), Some(store)) = (service.key(), compose::store(service)) else { continue };
        let is_needed = services.children().flat_map(compose::dependencies).any(|(dependency, ..)| dependency == name);
        if !is_needed || compose::has_healthcheck(service) || is_checked_elsewhere(file, name) {
            continue;
        }
        let help = format!("add one, with `{}` for instance", store.check);
        let edit = (!store.test.is_empty()).then(|| {
            // Compose asks for the first time after one interval: by default it would hold up every start for 30 s.
            let check = format!("test: {}\ninterval: 5s\ntimeout: 5s\nretries: 10", store.test);
            edit::set(&file.path, &["services", name, "healthcheck"], compose::table(file, service, &check))
        });
        match service.get("healthcheck") {
            Some(check) => {
                let message = format!("the health check of `{name}` is switched off");
                report.finding(&check.key_place(&file.path), message).help(help).unsafe_fix(edit)
            }
            None => report
                .finding(&service.key_place(&file.path), format!("`{name}` has no health check"))
                .help(help)
                .safe_fix(edit),
        };
    }
}

/// Whether another file of the same folder gives the service its health check.
fn is_checked_elsewhere(file: &ComposeFile, name: &str) -> bool {
    containers::compose_files().iter().filter(|other| parent(&other.path) == parent(&file.path)).any(|other| {
        let service = Item::root(&other.value).and_then(|root| root.at(&["services", name]));
        matches!(other.purpose.as_str(), "base" | "override") && service.is_some_and(compose::has_healthcheck)
    })
}
