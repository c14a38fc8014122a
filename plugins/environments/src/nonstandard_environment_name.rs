//! Names of environments that only this code uses.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::listed;

rule! {
    /// The code has its own names for the environments.
    ///
    /// Dashboards, alerts and scripts of all projects filter by `development`, `staging` and `production`; `dev`,
    /// `stg` and `live` fall through. Use these names; `test`, `ci` or `preview` may stand beside them. Code that knows
    /// development and production, and no staging, has no place to try a release. Another stage that CI deploys before
    /// production is that place, under another name.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python bad src/app/settings.py
    /// from enum import StrEnum
    /// from typing import Literal
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Environment(StrEnum):  # error: `dev` and `prod` are no names of environments
    ///     DEV = "dev"
    ///     STAGING = "staging"
    ///     PROD = "prod"
    ///
    /// class Settings(BaseSettings):
    ///     environment: Literal["development", "production"] = "development"  # error: no `staging`
    ///
    /// app = FastAPI()
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python good src/app/settings.py
    /// from enum import Enum
    /// from typing import Literal
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Environment(Enum):
    ///     DEVELOPMENT = "development"
    ///     STAGING = "staging"
    ///     PRODUCTION = "production"
    ///     TEST = "test"
    ///
    /// class Settings(BaseSettings):
    ///     env: str = "development"
    ///     stripe_env: Literal["test", "live"] = "test"
    ///
    /// app = FastAPI()
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python bad src/app/settings.py
    /// from enum import StrEnum
    /// from fastapi import FastAPI
    ///
    /// class Environment(StrEnum):  # error: `sandbox` is no name of an environment
    ///     DEVELOPMENT = "development"
    ///     SANDBOX = "sandbox"
    ///     PRODUCTION = "production"
    ///
    /// app = FastAPI()
    /// ```
    /// ```yaml bad .github/workflows/deploy.yml
    /// on: push
    /// jobs:
    ///   deploy-sandbox:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: ./deploy sandbox
    ///   deploy-production:
    ///     needs: deploy-sandbox
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: ./deploy production
    /// ```
    pub(crate) static NONSTANDARD_ENVIRONMENT_NAME = {
        id: "nonstandard-environment-name",
        requirements: ["25.1.1", "25.1.2"],
        check: Check::Project(nonstandard_environment_name),
        roles: [Role::Source],
        wants: [Want::Definitions(&["class"], &[ENUMS]), Want::Search(FIELDS, PYTHON)],
    }
}

const ENUMS: &str = "/^(App|Deploy|Deployment|Runtime)?_?(Env|Environment)(Type|Name|Option|Enum|Mode)?s?$/";
const FIELDS: &[&str] = &[
    r"(?im)^[ \t]*(?:app_|deploy_|deployment_|runtime_)?(?:env|environment)(?:_name|_type)?[ \t]*:[ \t]*(?:typing\.)?(Literal\[[^\]]*\])",
];
const PYTHON: &[&str] = &["*.py"];
/// Other names and the one that the standard has.
const VARIANTS: &[(&str, &str)] = &[
    ("local", "development"),
    ("dev", "development"),
    ("devel", "development"),
    ("develop", "development"),
    ("stage", "staging"),
    ("stg", "staging"),
    ("uat", "staging"),
    ("qa", "staging"),
    ("preprod", "staging"),
    ("prod", "production"),
    ("live", "production"),
];

fn nonstandard_environment_name(report: &mut Report, project: &Project) {
    if !project.has_profile("application") || project.has_profile("library") {
        for requirement in NONSTANDARD_ENVIRONMENT_NAME.requirements {
            report.not_applicable(requirement, "no application");
        }
        return;
    }
    for class in &python::definitions(&["class"], &[ENUMS]) {
        let is_enum = class.bases.iter().filter_map(|base| Item::root(base)).any(|base| base.text().ends_with("Enum"));
        let text = repository::read(&class.site.place.path).unwrap_or_default();
        let body = text.get(class.extent.start as usize..class.extent.end as usize).unwrap_or_default();
        let members = body.lines().filter_map(|line| line.split_once('=')).flat_map(|(_, value)| quoted_texts(value));
        if is_enum {
            check(report, &class.site.place, &members.collect::<Vec<_>>());
        }
    }
    for found in repository::search(FIELDS, PYTHON) {
        check(report, &found.place, &quoted_texts(&found.text));
    }
}

/// The texts in quotes, in lower case.
fn quoted_texts(code: &str) -> Vec<String> {
    code.split(['"', '\'']).skip(1).step_by(2).map(str::to_lowercase).collect()
}

fn check(report: &mut Report, place: &Place, names: &[String]) {
    let has = |name: &str| names.iter().any(|one| one == name);
    let odd: Vec<(&str, &str)> =
        VARIANTS.iter().copied().filter(|(variant, standard)| has(variant) && !has(standard)).collect();
    // A pair such as `test` and `live` belongs to some service.
    let is_environment = ["production", "prod", "development", "dev", "local", "staging"].iter().any(|name| has(name));
    if !is_environment || names.len() < 2 {
        return;
    }
    if let Some((_, standard)) = odd.first() {
        let variants: Vec<&str> = odd.iter().map(|(variant, _)| *variant).collect();
        let (verb, noun) =
            if odd.len() == 1 { ("is", "name of an environment") } else { ("are", "names of environments") };
        report
            .finding(place, format!("{} {verb} no {noun}", listed(&variants)))
            .help(format!("`{standard}` is what `{}` is called everywhere", variants[0]))
            .requirement("25.1.1")
            .medium();
    }
    let is_known = |standard: &str| has(standard) || odd.iter().any(|(_, one)| *one == standard);
    if !is_known("production") || !is_known("development") || is_known("staging") {
        return;
    }
    if let Some(stage) = names.iter().find(|name| is_deployed_before_production(name)) {
        report
            .finding(place, format!("`{stage}` is no name of an environment"))
            .help(format!("CI deploys it before production: `staging` is what `{stage}` is called everywhere"))
            .requirement("25.1.1")
            .low();
    } else {
        report
            .finding(place, "no `staging`")
            .help("add the environment in which a release is tried")
            .requirement("25.1.2")
            .low();
    }
}

/// Whether a pipeline has a job for a stage, and after it one for production.
fn is_deployed_before_production(stage: &str) -> bool {
    const OTHERS: &[&str] = &["development", "dev", "local", "test", "tests", "testing", "ci", "production", "prod"];
    let names = |job: &str, words: &[&str]| job.split(['-', '_', ' ']).any(|word| words.contains(&word));
    let is_deployment = |job: &str| job.to_lowercase().contains("deploy") || job.to_lowercase().contains("release");
    !OTHERS.contains(&stage)
        && automation::workflows().iter().any(|workflow| {
            let jobs = || workflow.jobs.iter().enumerate().filter(|(_, job)| is_deployment(job));
            let first = jobs().find(|(_, job)| names(job, &[stage])).map(|(index, _)| index);
            let last = jobs().filter(|(_, job)| names(job, &["production", "prod"])).map(|(index, _)| index).max();
            first.zip(last).is_some_and(|(first, last)| first < last)
        })
}
