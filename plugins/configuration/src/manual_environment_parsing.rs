//! Values of environment variables that the code converts by hand.

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
    /// WORKERS = int(os.environ.get("WORKERS", "4"))  # error: `WORKERS` is converted by hand
    /// DEBUG = bool(os.getenv("DEBUG"))  # error: `bool` of `DEBUG` is true for every text but the empty one
    /// HOSTS = os.environ["HOSTS"].split(",")  # error: `HOSTS` is converted by hand
    /// TLS = os.getenv("TLS", "true").lower() == "true"  # error: `TLS` is converted by hand
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
    /// ```
    pub(crate) static MANUAL_ENVIRONMENT_PARSING = {
        id: "manual-environment-parsing",
        requirements: ["14.1.3"],
        check: Check::Project(manual_environment_parsing),
        wants: [Want::Search(CONVERSIONS, PYTHON)],
    }
}

const CONVERSIONS: &[&str] = &[
    r#"(?-u:\b)bool\(\s*(?:os\.)?(?:getenv\(|environ\.get\(|environ\[)\s*["'](\w+)["']"#,
    r#"(?-u:\b)(?:int|float|json\.loads|literal_eval|strtobool)\(\s*(?:os\.)?(?:getenv\(|environ\.get\(|environ\[)\s*["'](\w+)["']"#,
    r#"(?-u:\b)(?:getenv\(|environ\.get\(|environ\[)\s*["'](\w+)["'][^()\[\]\n]*[)\]]\s*(?:\.lower\(\)|\.upper\(\)|\.split\(|==\s*["'](?i:true|1|yes)["'])"#,
];

fn manual_environment_parsing(report: &mut Report, project: &Project) {
    if !is_application(report, project, MANUAL_ENVIRONMENT_PARSING.requirements) {
        return;
    }
    for found in repository::search(CONVERSIONS, PYTHON) {
        let is_comment = found.line.trim_start().starts_with('#');
        if found.role != Role::Source || is_comment || is_of_platform(&found.text) {
            continue;
        }
        let name = &found.text;
        if found.pattern == 0 {
            report
                .finding(&found.place, format!("`bool` of `{name}` is true for every text but the empty one"))
                .help("declare it as `bool` in a settings class");
        } else {
            report
                .finding(&found.place, format!("`{name}` is converted by hand"))
                .help("declare it with its type in a settings class")
                .medium();
        }
    }
}
