//! Services without limits of CPU and memory.

use plimsoll_sdk::prelude::*;

use crate::compose;

rule! {
    /// Services may take all CPU and memory of the machine.
    ///
    /// One leak then stops the developer's machine, and nobody sees what the service needs in production. Set
    /// `deploy.resources.limits` with `cpus` and `memory`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad compose.yaml
    /// services:  # error: no limit of CPU and memory for `app`, `cache`
    ///   app:
    ///     build: .
    ///   cache:
    ///     image: redis:8
    ///     mem_limit: 256m
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml fixed compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     deploy:
    ///       resources:
    ///         limits:
    ///           cpus: "1"
    ///           memory: 1G
    ///   cache:
    ///     image: redis:8
    ///     mem_limit: 256m
    ///     cpus: "1"
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml good compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     deploy:
    ///       resources:
    ///         limits:
    ///           cpus: "1"
    ///           memory: 512M
    ///   migrate:
    ///     build: .
    ///   admin:
    ///     image: dpage/pgadmin4
    ///     profiles: [tools]
    /// ```
    pub(crate) static UNLIMITED_SERVICE = {
        id: "unlimited-service",
        requirements: ["13.6.7"],
        check: Check::ComposeFiles(unlimited_service),
        confidence: Low,
    }
}

fn unlimited_service(report: &mut Report, file: &ComposeFile) {
    let Some(services) = compose::services(file).filter(|_| file.purpose == "base") else { return };
    let has = |service: Item<'_>, key: &str, old: &str| {
        service.at(&["deploy", "resources", "limits", key]).or(service.get(old)).is_some()
    };
    let unlimited: Vec<Item<'_>> = services
        .children()
        .filter(|service| compose::is_lasting(services, *service))
        .filter(|service| !has(*service, "cpus", "cpus") || !has(*service, "memory", "mem_limit"))
        .collect();
    if !unlimited.is_empty() {
        let names: Vec<String> = unlimited.iter().filter_map(|service| Some(format!("`{}`", service.key()?))).collect();
        report
            .finding(&services.key_place(&file.path), format!("no limit of CPU and memory for {}", names.join(", ")))
            .help("set `cpus` and `memory` under `deploy.resources.limits`")
            .unsafe_fix(unlimited.iter().flat_map(|service| limits(file, *service)));
    }
}

/// Sets the limits that a service lacks, where it has the other one or in the table of the Compose Specification.
fn limits(file: &ComposeFile, service: Item<'_>) -> Vec<Edit> {
    let Some(name) = service.key() else { return Vec::new() };
    let cpus = "\"1\"";
    let memory = if compose::needs_much_memory(service) { "4G" } else { "1G" };
    let table = ["services", name, "deploy", "resources", "limits"];
    let path = file.path.as_str();
    let set = |key: &str, value: &str| edit::set(path, &[&table[..], &[key]].concat(), value);
    let old = |key: &str, value: &str| edit::set(path, &["services", name, key], value);
    let limits = service.at(&table[2..]);
    let (has_cpus, has_memory) = (service.get("cpus").is_some(), service.get("mem_limit").is_some());
    let has = |key: &str| limits.is_some_and(|limits| limits.get(key).is_some());
    match limits {
        None if has_memory => vec![old("cpus", cpus)],
        None if has_cpus => vec![old("mem_limit", &memory.to_lowercase())],
        None => {
            vec![edit::set(path, &table, compose::table(file, service, &format!("cpus: {cpus}\nmemory: {memory}")))]
        }
        Some(_) if has("memory") || has_memory => vec![set("cpus", cpus)],
        Some(_) if has("cpus") || has_cpus => vec![set("memory", memory)],
        Some(_) => vec![set("cpus", cpus), set("memory", memory)],
    }
}
