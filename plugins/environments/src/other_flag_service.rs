//! Services of feature flags that the standard does not name.

use plimsoll_sdk::prelude::*;

rule! {
    /// Feature flags come from a service that the standard does not name.
    ///
    /// LaunchDarkly, Unleash, OpenFeature with one of these, a table of the database and environment variables are
    /// known to operations. Any other service is one more account, one more outage and one more way to switch.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = [
    ///   "fastapi",
    ///   "flagsmith",  # error: feature flags come from `flagsmith`
    /// ]
    /// ```
    /// ```python bad src/app/main.py
    /// import flagsmith
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "launchdarkly-server-sdk", "UnleashClient", "django-waffle"]
    /// ```
    /// ```python good src/app/main.py
    /// import ldclient
    /// import UnleashClient
    /// import waffle
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    pub(crate) static OTHER_FLAG_SERVICE = {
        id: "other-flag-service",
        requirements: ["3.15.1", "3.15.2", "25.3.2", "25.3.3", "25.3.4"],
        check: Check::Project(other_flag_service),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Imports(MODULES)],
    }
}

/// Distributions and what they are imported as.
const SERVICES: &[(&str, &str)] = &[
    ("flagsmith", "flagsmith"),
    ("growthbook", "growthbook"),
    ("statsig", "statsig"),
    ("configcat-client", "configcatclient"),
    ("splitio-client", "splitio"),
    ("optimizely-sdk", "optimizely"),
    ("devcycle-python-server-sdk", "devcycle_python_sdk"),
];
const MODULES: &[&str] = &[
    "flagsmith",
    "flagsmith.*",
    "growthbook",
    "growthbook.*",
    "statsig",
    "statsig.*",
    "configcatclient",
    "configcatclient.*",
    "splitio",
    "splitio.*",
    "optimizely",
    "optimizely.*",
    "devcycle_python_sdk",
    "devcycle_python_sdk.*",
];

fn other_flag_service(report: &mut Report, project: &Project) {
    if !project.has_profile("application") {
        for requirement in OTHER_FLAG_SERVICE.requirements {
            report.not_applicable(requirement, "no application");
        }
        return;
    }
    let imports = python::imports(MODULES);
    for (distribution, module) in SERVICES {
        let declared = project::dependencies(&[distribution]).into_iter().find(|one| one.kind == "runtime");
        let used = imports.iter().find(|import| import.name.split('.').next() == Some(module));
        if let (Some(dependency), Some(used)) = (declared, used) {
            report
                .finding(&dependency.place, format!("feature flags come from `{distribution}`"))
                .help("use LaunchDarkly, Unleash, a table of flags or environment variables")
                .related(&used.site.place, "it is used here");
        }
    }
}
