//! Update bots that open one pull request for each development tool.

use plimsoll_sdk::prelude::*;

use crate::dependabot::entries;

rule! {
    /// Updates of development dependencies are not grouped.
    ///
    /// A pull request for each linter's release teaches everyone to ignore the bot.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["ruff"]
    /// ```
    /// ```yaml bad .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: uv  # error: updates of development dependencies are not grouped
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["ruff"]
    /// ```
    /// ```yaml good .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: uv
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    ///     groups:
    ///       development:
    ///         dependency-type: development
    /// ```
    pub(crate) static UNGROUPED_UPDATES = {
        id: "ungrouped-updates",
        requirements: ["9.5.5"],
        check: Check::Documents(&[".github/dependabot.yml", ".github/dependabot.yaml"], ungrouped_updates),
    }
}

fn ungrouped_updates(report: &mut Report, document: &Document) {
    if !project::dependencies(&["*"]).iter().any(|dependency| dependency.kind == "development") {
        return report.not_applicable("9.5.5", "no development dependencies");
    }
    for entry in entries(document, &["uv", "pip"]) {
        let is_grouped = entry.get("multi-ecosystem-group").is_some()
            || entry.get("groups").is_some_and(|groups| {
                groups.children().any(|group| match group.get("dependency-type") {
                    Some(kind) => kind.text() == "development",
                    None => group
                        .get("patterns")
                        .is_none_or(|patterns| patterns.strings().contains(&"*") || patterns.children().count() >= 3),
                })
            });
        if let Some(name) = entry.get("package-ecosystem").filter(|_| !is_grouped) {
            report
                .finding(&name.place(document.path()), "updates of development dependencies are not grouped")
                .help("add a group with `dependency-type: development`");
        }
    }
}
