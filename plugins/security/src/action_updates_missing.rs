//! Update bots that leave GitHub actions alone.

use plimsoll_sdk::prelude::*;

use crate::dependabot::{ALL_BOTS, check_ecosystem, is_dependabot};
use crate::renovate::check_managers;
use crate::update_entries;

rule! {
    /// The update bot does not update GitHub actions every week.
    ///
    /// Actions run with the repository's secrets; old ones have known holes.
    ///
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@v4
    /// ```
    /// ```yaml bad .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: github-actions
    ///     directory: /
    ///     schedule:
    ///       interval: monthly  # error: GitHub actions are updated monthly only
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@v4
    /// ```
    /// ```yaml fixed .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: github-actions
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    /// ```
    /// ```yaml good .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: uv
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    /// ```
    ///
    /// Renovate updates them unless its managers are listed without `github-actions`.
    ///
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@v4
    /// ```
    /// ```json bad renovate.json
    /// {
    ///   "enabledManagers": ["poetry"] // error: Renovate does not update GitHub actions
    /// }
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@v4
    /// ```
    /// ```json fixed renovate.json
    /// {
    ///   "enabledManagers": ["poetry", "github-actions"]
    /// }
    /// ```
    pub(crate) static ACTION_UPDATES_MISSING = {
        id: "action-updates-missing",
        requirements: ["9.5.3"],
        check: Check::Documents(ALL_BOTS, action_updates_missing),
    }
}

fn action_updates_missing(report: &mut Report, document: &Document) {
    if automation::actions(&["*"]).is_empty() {
        return report.not_applicable("9.5.3", "no workflow uses an action");
    }
    if is_dependabot(document) {
        check_ecosystem(report, document, &["github-actions"], "GitHub actions", update_entries::actions);
    } else {
        check_managers(report, document, &["github-actions"], "GitHub actions");
    }
}
