//! Addresses of environments in the code.

use plimsoll_sdk::prelude::*;

use crate::settings::{KINDS, PYTHON, is_application};

rule! {
    /// The code holds the addresses of each environment.
    ///
    /// A new environment, or a host that moves, needs a new release, and a build for one environment carries the
    /// addresses of all. Let the environment say them; the code has one settings class without branches.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python bad src/app/config.py
    /// from fastapi import FastAPI
    ///
    /// class ProductionConfig:  # error: `ProductionConfig` holds an address of its environment
    ///     API = "https://api.acme.io"
    ///
    /// URLS = {
    ///     "staging": "https://staging.acme.io",
    ///     "production": "https://acme.io",  # error: an address for each environment in the code
    /// }
    /// app = FastAPI()
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python good src/app/config.py
    /// from fastapi import FastAPI
    ///
    /// class ProductionConfig:
    ///     DEBUG = False
    ///     API = "http://localhost:8000"
    ///
    /// LEVELS = {"staging": "DEBUG", "production": "INFO"}
    /// app = FastAPI()
    /// ```
    pub(crate) static ENVIRONMENT_SWITCHED_VALUES = {
        id: "environment-switched-values",
        requirements: ["14.2.1"],
        check: Check::Project(environment_switched_values),
        roles: [Role::Source],
        wants: [Want::Definitions(KINDS, &[FAMILY]), Want::Search(TABLES, PYTHON)],
    }
}

/// Names of classes for one environment.
const FAMILY: &str = "/^(Prod|Production|Staging|Stage)(Config|Configuration|Settings)$/";
const TABLES: &[&str] = &[
    r#"["'](prod|production)["']\s*:\s*(?:\{[^{}]{0,400}?)?["'](?:https?|postgres\w*|mysql|redis|amqp)://(?:[\w-]+\.)+[a-z]{2,}"#,
];

fn environment_switched_values(report: &mut Report, project: &Project) {
    if !is_application(report, project, ENVIRONMENT_SWITCHED_VALUES.requirements) {
        return;
    }
    const HELP: &str = "read the address from an environment variable through the settings class";
    for class in &python::definitions(KINDS, &[FAMILY]) {
        let text = repository::read(&class.site.place.path).unwrap_or_default();
        let body = text.get(class.extent.start as usize..class.extent.end as usize).unwrap_or_default();
        if body.lines().any(has_address) {
            report
                .finding(&class.site.place, format!("`{}` holds an address of its environment", class.name))
                .help(HELP)
                .medium();
        }
    }
    for found in repository::search(TABLES, PYTHON) {
        if !found.line.trim_start().starts_with('#') {
            report.finding(&found.place, "an address for each environment in the code").help(HELP).medium();
        }
    }
}

/// Whether a line assigns the address of a host on the net, which no variable stands before.
fn has_address(line: &str) -> bool {
    let is_read = ["environ", "getenv", "config("].iter().any(|word| line.contains(word));
    let hosts = line.split("://").skip(1).map(|rest| rest.split(['/', '"', '\'', ':', '?']).next().unwrap_or_default());
    let is_remote = |host: &str| {
        let host = host.rsplit('@').next().unwrap_or(host);
        let is_local = ["localhost", "127.0.0.1", "0.0.0.0", "{", "%", "$"].iter().any(|local| host.contains(local));
        host.contains('.') && !is_local && !host.contains("example.")
    };
    !line.trim_start().starts_with('#') && line.contains('=') && !is_read && hosts.into_iter().any(is_remote)
}
