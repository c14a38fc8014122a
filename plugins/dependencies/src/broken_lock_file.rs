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
    let read = |key: &str| documents::read(&file.path, &["package", "*", key]);
    let Ok(packages) = read("name") else { return };
    let mut names: Vec<&str> = names_in(&packages).map(Item::text).collect();
    names.sort_unstable();
    let lists = ["dependencies", "optional-dependencies", "dev-dependencies"].map(|key| read(key).unwrap_or_default());
    let entries = lists.iter().flat_map(|packages| names_in(packages));
    let strangers = entries.filter(|name| names.binary_search(&name.text()).is_err());
    if let Some(stranger) = strangers.min_by_key(|name| name.place(&file.path).span.start) {
        report
            .finding(&stranger.place(&file.path), format!("`{}` is no package of the lock file", stranger.text()))
            .help(HELP)
            .medium();
    }
}

/// The names in some tables.
fn names_in(tables: &[Node]) -> impl Iterator<Item = Item<'_>> {
    Item::root(tables).into_iter().flat_map(Item::descendants).filter(|item| item.key() == Some("name"))
}
