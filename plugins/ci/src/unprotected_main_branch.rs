//! Protection of branches that is kept as code and demands no green CI.

use plimsoll_sdk::prelude::*;

rule! {
    /// The protection of the main branch demands no checks.
    ///
    /// A pull request with red CI can be merged, and sooner or later is. Name the checks of CI as required. Only
    /// protection that the repository holds as code is looked at; settings of the server can't be seen.
    ///
    /// ```yaml bad .github/settings.yml
    /// branches:
    ///   - name: main
    ///     protection:  # error: no checks are required
    ///       required_pull_request_reviews:
    ///         required_approving_review_count: 1
    /// ```
    /// ```json bad .github/rulesets/main.json
    /// {"target": "branch", "rules": [{"type": "deletion"}]}
    /// ```
    /// ```text expect
    /// .github/rulesets/main.json:1: no checks are required
    /// ```
    /// ```yaml good .github/settings.yml
    /// branches:
    ///   - name: main
    ///     protection:
    ///       required_status_checks:
    ///         strict: true
    ///         contexts: [test]
    /// ```
    pub(crate) static UNPROTECTED_MAIN_BRANCH = {
        id: "unprotected-main-branch",
        requirements: ["12.6.5"],
        check: Check::Repository(unprotected_main_branch),
    }
}

fn unprotected_main_branch(report: &mut Report) {
    let mut is_there = false;
    for path in [".github/settings.yml", ".github/settings.yaml"] {
        let value = documents::read(path, &["branches"]).unwrap_or_default();
        let branches = Item::root(&value).into_iter().flat_map(Item::children);
        let is_main =
            |branch: &Item<'_>| branch.get("name").is_some_and(|name| matches!(name.text(), "main" | "master"));
        for protection in branches.into_iter().filter(is_main).filter_map(|branch| branch.get("protection")) {
            is_there = true;
            let checks = protection.get("required_status_checks");
            let is_demanding = checks.is_some_and(|checks| {
                ["contexts", "checks"]
                    .iter()
                    .filter_map(|key| checks.get(key))
                    .any(|list| list.children().next().is_some())
            });
            if !is_demanding {
                say(report, &protection.key_place(path));
            }
        }
    }
    for file in repository::find(&["/.github/rulesets/*.json"]) {
        let value = documents::read(&file.path, &[]).unwrap_or_default();
        let Some(root) = Item::root(&value) else { continue };
        if root.get("target").is_some_and(|target| target.text() != "branch") {
            continue;
        }
        is_there = true;
        let rules = root.get("rules").into_iter().flat_map(Item::children);
        let is_demanding = rules.into_iter().any(|rule| {
            rule.get("type").is_some_and(|kind| matches!(kind.text(), "required_status_checks" | "workflows"))
        });
        if !is_demanding {
            say(report, &root.place(&file.path));
        }
    }
    if !is_there {
        report.unknown("12.6.5", None, "the protection of branches is a setting of the server");
    }
}

fn say(report: &mut Report, place: &Place) {
    report.finding(place, "no checks are required").help("name the checks of CI in `required_status_checks`").medium();
}
