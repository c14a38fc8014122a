//! Update bots that leave Python dependencies alone.

use plimsoll_sdk::prelude::*;

use crate::dependabot::{check_ecosystem, entries};

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
    pub(crate) static PYTHON_UPDATES_MISSING = {
        id: "python-updates-missing",
        requirements: ["9.5.2"],
        check: Check::Documents(&[".github/dependabot.yml", ".github/dependabot.yaml"], python_updates_missing),
    }
}

fn python_updates_missing(report: &mut Report, document: &Document) {
    if project::dependencies(&["*"]).is_empty() {
        return;
    }
    check_ecosystem(report, document, &["uv", "pip"], "Python dependencies");
    let has_uv = !repository::exists("uv.lock") || !entries(document, &["uv"]).is_empty();
    let pip = entries(document, &["pip"]).first().and_then(|entry| entry.get("package-ecosystem"));
    if let Some(name) = pip.filter(|_| !has_uv) {
        report.finding(&name.place(document.path()), "`pip` leaves `uv.lock` alone").help("use the ecosystem `uv`");
    }
}
