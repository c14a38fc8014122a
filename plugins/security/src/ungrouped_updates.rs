//! Update bots that open one pull request for each development tool.

use plimsoll_sdk::prelude::*;

use crate::dependabot::{ALL_BOTS, entries, is_dependabot, seldom};
use crate::renovate::{is_opaque, presets};

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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["ruff"]
    /// ```
    /// ```yaml fixed .github/dependabot.yml
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
    ///
    /// The same for Renovate; what presets of other repositories say can't be seen.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["ruff"]
    /// ```
    /// ```json bad renovate.json
    /// {
    ///   "extends": ["config:recommended"] // error: updates of development dependencies are not grouped
    /// }
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["ruff"]
    /// ```
    /// ```json fixed renovate.json
    /// {
    ///   "extends": ["config:recommended"],
    ///   "packageRules": [{"matchDepTypes": ["dependency-groups", "tool.uv.dev-dependencies"], "groupName": "development"}]
    /// }
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["ruff"]
    /// ```
    /// ```json good renovate.json
    /// {"extends": ["github>acme/renovate"]}
    /// ```
    pub(crate) static UNGROUPED_UPDATES = {
        id: "ungrouped-updates",
        requirements: ["9.5.5"],
        check: Check::Documents(ALL_BOTS, ungrouped_updates),
    }
}

fn ungrouped_updates(report: &mut Report, document: &Document) {
    if !project::dependencies(&["*"]).iter().any(|dependency| dependency.kind == "development") {
        return report.not_applicable("9.5.5", "no development dependencies");
    }
    if !is_dependabot(document) {
        return check_renovate(report, document);
    }
    let all: Vec<Item<'_>> = document.at(&["updates"]).into_iter().flat_map(Item::children).collect();
    for entry in entries(document, &["uv", "pip"]).into_iter().filter(|entry| seldom(*entry).is_none()) {
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
            let is_free = entry.at(&["groups", "development"]).is_none();
            let index = all.iter().position(|other| other.span() == entry.span()).filter(|_| is_free);
            let group = index.map(|index| {
                let keys = ["updates", &index.to_string(), "groups", "development", "dependency-type"];
                edit::set(document.path(), &keys, "development")
            });
            report
                .finding(&name.place(document.path()), "updates of development dependencies are not grouped")
                .help("add a group with `dependency-type: development`")
                .safe_fix(group);
        }
    }
}

fn check_renovate(report: &mut Report, document: &Document) {
    let is_grouped = presets(document).iter().any(|preset| preset.starts_with("group:") || *preset == ":semverStable")
        || document
            .at(&["packageRules"])
            .is_some_and(|rules| rules.children().any(|rule| rule.get("groupName").is_some()));
    if !is_grouped && !is_opaque(document) {
        let place = document.at(&["extends"]).map_or_else(|| document.start(), |item| item.key_place(document.path()));
        let groups = project::dependencies(&["*"]).iter().any(|it| it.kind == "development" && is_of_a_group(it));
        report
            .finding(&place, "updates of development dependencies are not grouped")
            .help("add a package rule with `groupName`, or a `group:` preset")
            .safe_fix(groups.then(|| edit::append(document.path(), &["packageRules"], RULE)))
            .medium();
    }
}

/// What Renovate calls the groups of `[dependency-groups]`, and the older table of uv.
const RULE: &str =
    r#"{"matchDepTypes": ["dependency-groups", "tool.uv.dev-dependencies"], "groupName": "development"}"#;

fn is_of_a_group(dependency: &Dependency) -> bool {
    dependency.place.path.ends_with("pyproject.toml") && dependency.group.is_some()
}
