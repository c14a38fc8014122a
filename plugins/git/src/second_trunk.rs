//! Workflows that know a second trunk, or another name than `main`.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

rule! {
    /// The workflows serve a second trunk, or a main branch that is not called `main`.
    ///
    /// With `develop` beside `main`, changes wait for a merge of branches that nobody reviews, and fixes are made twice.
    /// Integrate in `main` alone, by short branches. Branches themselves are not looked at: which of them a clone holds
    /// depends on the clone; the branches that workflows name are part of the tree.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on:
    ///   push:
    ///     branches: [main, develop]  # error: `develop` is a second trunk beside `main`
    /// jobs: {}
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on:
    ///   push:
    ///     branches: [master]  # error: the main branch is called `master`
    /// jobs: {}
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on:
    ///   push:
    ///     branches: [main, "2.x", "release/1.0", gh-pages]
    /// jobs: {}
    /// ```
    pub(crate) static SECOND_TRUNK = {
        id: "second-trunk",
        requirements: ["11.3.1", "11.3.2"],
        check: Check::Repository(second_trunk),
    }
}

const TRUNKS: &[&str] = &["develop", "development", "dev", "staging", "stage", "production", "prod", "release"];

fn second_trunk(report: &mut Report) {
    let mut named: Vec<(String, Place)> = Vec::new();
    for file in repository::find(&["/.github/workflows/*.yml", "/.github/workflows/*.yaml"]) {
        let value = documents::read(&file.path, &[]).unwrap_or_default();
        let Some(on) = Item::root(&value).and_then(|root| root.get("on").or_else(|| root.get("true"))) else {
            continue;
        };
        for event in ["push", "pull_request"] {
            let branches = on.get(event).and_then(|event| event.get("branches"));
            let items = branches.into_iter().flat_map(|list| list.children().chain(list.string().map(|_| list)));
            named.extend(items.filter_map(|item| Some((item.string()?.to_owned(), item.place(&file.path)))));
        }
    }
    if main_project().is_none() {
        return SECOND_TRUNK
            .requirements
            .iter()
            .for_each(|requirement| report.not_applicable(requirement, "no Python code of its own"));
    }
    if named.is_empty() {
        return SECOND_TRUNK.requirements.iter().for_each(|requirement| {
            report.unknown(requirement, None, "no workflow names branches, and those of a clone depend on the clone");
        });
    }
    let find = |name: &str| named.iter().find(|(branch, _)| branch == name);
    let main = ["main", "master"].into_iter().find(|name| find(name).is_some());
    if let Some((trunk, place)) = TRUNKS.iter().find_map(|trunk| find(trunk)).filter(|_| main.is_some()) {
        let main = main.unwrap_or("main");
        let finding = report
            .finding(place, format!("`{trunk}` is a second trunk beside `{main}`"))
            .help("integrate in `main` alone, by short branches and pull requests")
            .requirement("11.3.1");
        // A branch per environment is what some deployments are started by.
        if matches!(trunk.as_str(), "develop" | "development" | "dev") {
            finding.medium()
        } else {
            finding.low()
        };
    }
    if let (Some((_, place)), None) = (find("master"), find("main")) {
        report
            .finding(place, "the main branch is called `master`")
            .help("rename it to `main`, here and on the server")
            .requirement("11.3.2")
            .medium();
    }
}
