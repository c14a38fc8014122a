//! Update bots that leave Python dependencies alone.

use plimsoll_sdk::prelude::*;

use crate::dependabot::is_covered;
use crate::dependabot::{ALL_BOTS, check_ecosystem, check_folders, entries, is_dependabot};
use crate::renovate::{check_managers, check_schedule};
use crate::update_entries;

rule! {
    /// The update bot does not update Python dependencies every week.
    ///
    /// The ecosystem `pip` leaves `uv.lock` alone; `uv` updates it.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```yaml bad .github/dependabot.yml
    /// version: 2
    /// updates:  # error: Dependabot does not update Python dependencies
    ///   - package-ecosystem: github-actions
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```yaml fixed .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: github-actions
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    ///   - package-ecosystem: pip
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```yaml good .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: uv
    ///     directory: /
    ///     schedule:
    ///       interval: daily
    /// ```
    ///
    /// Every folder with a lock file has to be covered.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```toml bad services/api/uv.lock
    /// version = 1
    /// ```
    /// ```yaml bad .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: uv
    ///     directory: /  # error: Python dependencies in `services/api/` are not updated
    ///     schedule:
    ///       interval: cron
    ///       cronjob: "0 6 1 * *"  # error: Python dependencies are updated monthly only
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```toml fixed services/api/uv.lock
    /// version = 1
    /// ```
    /// ```yaml fixed .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: uv
    ///     directories:
    ///       - /
    ///       - /services/api
    ///     schedule:
    ///       interval: cron
    ///       cronjob: "0 6 * * 1"
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```toml good services/api/uv.lock
    /// version = 1
    /// ```
    /// ```yaml good .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: uv
    ///     directories: ["/", "/services/*"]
    ///     schedule:
    ///       interval: cron
    ///       cronjob: "0 6 * * 1"
    /// ```
    ///
    /// Renovate updates everything unless it is told otherwise.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```json bad renovate.json
    /// {
    ///   "extends": ["config:recommended", "schedule:monthly"], // error: Python dependencies are updated monthly only
    ///   "enabledManagers": ["npm"] // error: Renovate does not update Python dependencies
    /// }
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```json fixed renovate.json
    /// {
    ///   "extends": ["config:recommended", "schedule:weekly"],
    ///   "enabledManagers": ["npm", "pep621"]
    /// }
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```json good renovate.json
    /// {"extends": ["config:recommended"]}
    /// ```
    pub(crate) static PYTHON_UPDATES_MISSING = {
        id: "python-updates-missing",
        requirements: ["9.5.2"],
        check: Check::Documents(ALL_BOTS, python_updates_missing),
    }
}

fn python_updates_missing(report: &mut Report, document: &Document) {
    if project::dependencies(&["*"]).is_empty() {
        return;
    }
    const WHAT: &str = "Python dependencies";
    if !is_dependabot(document) {
        const MANAGERS: &[&str] = &[
            "pep621",
            "poetry",
            "pip_requirements",
            "pip-compile",
            "pipenv",
            "pip_setup",
            "setup-cfg",
            "custom.regex",
        ];
        check_managers(report, document, MANAGERS, WHAT);
        return check_schedule(report, document, WHAT);
    }
    check_ecosystem(report, document, &["uv", "pip"], WHAT, update_entries::python);
    let locks: Vec<File> =
        repository::find(&["uv.lock"]).into_iter().filter(|file| file.role == Role::Source).collect();
    let folders: Vec<&str> = locks.iter().map(|file| file.path.trim_end_matches("uv.lock")).collect();
    let by_pip = entries(document, &["pip"]);
    let pip = by_pip.first().and_then(|entry| entry.get("package-ecosystem"));
    if let Some(name) = pip.filter(|_| !locks.is_empty() && entries(document, &["uv"]).is_empty()) {
        let place = name.place(document.path());
        let is_only_of_locks = by_pip.len() == 1 && folders.iter().all(|folder| is_covered(&by_pip, folder));
        report
            .finding(&place, "`pip` leaves `uv.lock` alone")
            .help("use the ecosystem `uv`")
            .safe_fix(is_only_of_locks.then(|| edit::replace_words(&place, "pip", "uv")).flatten());
    }
    check_folders(report, document, "uv", &folders, WHAT);
}
