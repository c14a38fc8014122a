//! Lock files that were edited by hand, or merged wrongly.

use plimsoll_sdk::prelude::*;

rule! {
    /// `uv.lock` shows the damage of an edit by hand.
    ///
    /// Nobody can edit the file consistently: versions, hashes and the graph belong together. Take one side of the merge
    /// and run `uv lock`, which keeps all versions that still fit.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad uv.lock
    /// version = 1
    /// <<<<<<< HEAD
    /// ```
    /// ```text expect
    /// uv.lock:2: an unresolved merge conflict
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    ///
    /// [[package]]
    /// name = "app"
    /// version = "0.1.0"
    /// source = { virtual = "." }
    /// dependencies = [
    ///   { name = "requests" },  # error: `requests` is no package of the lock file
    /// ]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good uv.lock
    /// version = 1
    ///
    /// [[package]]
    /// name = "app"
    /// version = "0.1.0"
    /// source = { virtual = "." }
    /// dependencies = [
    ///   { name = "requests" },
    /// ]
    ///
    /// [[package]]
    /// name = "requests"
    /// version = "2.32.0"
    /// source = { registry = "r" }
    /// sdist = { url = "r" }
    /// ```
    pub(crate) static BROKEN_LOCK_FILE = {
        id: "broken-lock-file",
        requirements: ["5.4.1"],
        check: Check::Files(&["uv.lock"], broken_lock_file),
        wants: [Want::Search(CONFLICTS, &["uv.lock"])],
    }
}

const CONFLICTS: &[&str] = &[r"(?m)^(<<<<<<<|>>>>>>>) .*$"];

fn broken_lock_file(report: &mut Report, file: &File) {
    const HELP: &str = "run `uv lock`, which keeps the versions that still fit";
    if file.role != Role::Source {
        return;
    }
    let conflicts = repository::search(CONFLICTS, &["uv.lock"]);
    if let Some(conflict) = conflicts.iter().find(|found| found.place.path == file.path) {
        report.finding(&conflict.place, "an unresolved merge conflict").help(HELP);
        return;
    }
    let Ok(value) = documents::read(&file.path, &["package"]) else { return };
    let packages: Vec<Item<'_>> = Item::root(&value).into_iter().flat_map(Item::children).collect();
    let names: Vec<&str> = {
        let mut names: Vec<&str> = packages.iter().filter_map(|package| package.get("name")).map(Item::text).collect();
        names.sort_unstable();
        names
    };
    for package in &packages {
        let lists =
            ["dependencies", "optional-dependencies", "dev-dependencies"].iter().filter_map(|key| package.get(key));
        let entries = lists.flat_map(Item::descendants).filter(|item| item.key() == Some("name"));
        let strangers = entries.filter(|name| names.binary_search(&name.text()).is_err());
        if let Some(stranger) = strangers.into_iter().next() {
            report
                .finding(&stranger.place(&file.path), format!("`{}` is no package of the lock file", stranger.text()))
                .help(HELP)
                .medium();
            return;
        }
    }
}
