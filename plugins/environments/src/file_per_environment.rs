//! Files of configuration that the name of the environment chooses.

use plimsoll_sdk::prelude::*;

rule! {
    /// The name of the environment chooses a file of configuration.
    ///
    /// The files drift apart, nobody sees all values of an environment in one place, and a new environment needs a
    /// release. Vary environment variables, and nothing else.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python bad src/app/main.py
    /// import os
    /// import yaml
    /// from fastapi import FastAPI
    /// env = os.environ["APP_ENV"]
    /// config = yaml.safe_load(open(f"config/{env}.yaml"))  # error: the environment chooses `config/{env}.yaml`
    /// app = FastAPI()
    /// ```
    /// ```yaml bad config/staging.yaml
    /// replicas: 1
    /// ```
    /// ```yaml bad config/production.yaml
    /// replicas: 2
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python good src/app/main.py
    /// import os
    /// from fastapi import FastAPI
    /// name = os.environ["REPORT"]
    /// text = open(f"reports/{name}.yaml").read()
    /// app = FastAPI()
    /// ```
    pub(crate) static FILE_PER_ENVIRONMENT = {
        id: "file-per-environment",
        requirements: ["25.2.2"],
        check: Check::Project(file_per_environment),
        roles: [Role::Source],
        wants: [Want::Search(PATHS, &["*.py"])],
    }
}

/// A path in an f-string or a format in which the name of the environment stands.
const PATHS: &[&str] = &[
    r#"(?i)f["']((?:[\w./{}-]*/)?(?:[\w-]*[._-])?\{(?:\w+\.)*(?:app_|deploy_)?(?:env|environment|env_name|stage)(?:\.\w+)?\}[\w.-]*\.(?:ya?ml|toml|json|ini|cfg|conf))["']"#,
];
const STAGES: &[&str] = &["dev", "development", "local", "staging", "stage", "prod", "production"];

fn file_per_environment(report: &mut Report, project: &Project) {
    if !project.has_profile("application") || project.has_profile("library") {
        return report.not_applicable("25.2.2", "no application");
    }
    for found in repository::search(PATHS, &["*.py"]) {
        if found.line.trim_start().starts_with('#') || found.text.contains("log") {
            continue;
        }
        let (before, rest) = found.text.split_once('{').unwrap_or((&found.text, ""));
        let after = rest.rsplit('}').next().unwrap_or_default();
        let before = before.rsplit('/').next().unwrap_or_default();
        let names: Vec<String> = STAGES.iter().map(|stage| format!("{before}{stage}{after}")).collect();
        let tracked = repository::find(&names.iter().map(String::as_str).collect::<Vec<_>>());
        if tracked.len() >= 2 {
            report
                .finding(&found.place, format!("the environment chooses `{}`", found.text))
                .help("read the values from environment variables through one settings class")
                .medium();
        }
    }
}
