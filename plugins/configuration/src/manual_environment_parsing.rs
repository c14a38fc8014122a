//! Values of environment variables that the code converts by hand.

use std::collections::BTreeMap;

use plimsoll_sdk::prelude::*;

use crate::settings::{PYTHON, is_application, is_of_platform};

rule! {
    /// The value of an environment variable is converted by hand.
    ///
    /// Each conversion has its own idea of what is true, and a wrong value ends in a traceback without the variable's
    /// name. `bool(os.getenv("X"))` is true for `"false"` and `"0"`. Declare the value with its type in a settings
    /// class.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python bad src/app/main.py
    /// import os
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// WORKERS = int(os.environ.get("WORKERS", "4"))  # error: 3 environment variables are converted by hand
    /// DEBUG = bool(os.getenv("DEBUG"))  # error: `bool` of `DEBUG` is true for every text but the empty one
    /// HOSTS = os.environ["HOSTS"].split(",")
    /// TLS = os.getenv("TLS", "true").lower() == "true"
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python good src/app/main.py
    /// import os
    /// from pathlib import Path
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// PORT = int(os.environ["PORT"])
    /// ROOT = Path(os.environ["ROOT"])
    /// # WORKERS = int(os.environ["WORKERS"])
    /// HAS_GATEWAY = bool(os.environ.get("GATEWAY_URL"))
    /// ```
    pub(crate) static MANUAL_ENVIRONMENT_PARSING = {
        id: "manual-environment-parsing",
        requirements: ["14.1.3"],
        check: Check::Project(manual_environment_parsing),
        roles: [Role::Source],
        wants: [Want::Search(CONVERSIONS, PYTHON)],
    }
}

const CONVERSIONS: &[&str] = &[
    r#"(?-u:\b)bool\(\s*(?:os\.)?(?:getenv\(|environ\.get\(|environ\[)\s*["'](\w+)["']"#,
    r#"(?-u:\b)(?:int|float|json\.loads|literal_eval|strtobool)\(\s*(?:os\.)?(?:getenv\(|environ\.get\(|environ\[)\s*["'](\w+)["']"#,
    r#"(?-u:\b)(?:getenv\(|environ\.get\(|environ\[)\s*["'](\w+)["'][^()\[\]\n]*[)\]]\s*(?:\.lower\(\)|\.upper\(\)|\.split\(|==\s*["'](?i:true|1|yes)["'])"#,
];

/// How many further places are shown.
const MOST_PLACES: usize = 10;

/// How names of variables end that hold something, where `bool` asks whether they do.
const PRESENT: &[&str] = &[
    "ADDRESS",
    "ARN",
    "CREDENTIALS",
    "DIR",
    "DSN",
    "ENDPOINT",
    "FILE",
    "HOST",
    "ID",
    "KEY",
    "NAME",
    "PASSWORD",
    "PATH",
    "SECRET",
    "SOCKET",
    "TOKEN",
    "URI",
    "URL",
];

fn manual_environment_parsing(report: &mut Report, project: &Project) {
    if !is_application(report, project, MANUAL_ENVIRONMENT_PARSING.requirements) {
        return;
    }
    let mut by_file: BTreeMap<String, Vec<Match>> = BTreeMap::new();
    for found in repository::search(CONVERSIONS, PYTHON) {
        let is_comment = found.line.trim_start().starts_with('#');
        if is_comment || is_of_platform(&found.text) {
            continue;
        }
        if found.pattern == 0 {
            // Whether an address is set at all is what `bool` can tell.
            if found.text.rsplit('_').next().is_some_and(|last| PRESENT.contains(&last)) {
                continue;
            }
            report
                .finding(&found.place, format!("`bool` of `{}` is true for every text but the empty one", found.text))
                .help("declare it as `bool` in a settings class")
                .medium();
        } else {
            by_file.entry(found.place.path.clone()).or_default().push(found);
        }
    }
    for conversions in by_file.values() {
        let (count, first) = (conversions.len(), &conversions[0]);
        let what = if count == 1 {
            format!("`{}` is converted by hand", first.text)
        } else {
            format!("{count} environment variables are converted by hand")
        };
        let finding = report.finding(&first.place, what).help("declare them with their types in a settings class");
        let others = conversions.iter().skip(1).take(MOST_PLACES);
        others.fold(finding, |finding, other| finding.related(&other.place, format!("`{}`", other.text))).medium();
    }
}
