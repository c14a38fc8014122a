//! Scripts in the root of a monorepo.

use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::listed;

use crate::workspace::is_monorepo;

rule! {
    /// Scripts for development lie in the root of a monorepo.
    ///
    /// Among packages and settings nobody sees which scripts there are. Move them to `scripts/`.
    ///
    /// ```toml bad packages/a/pyproject.toml
    /// [project]
    /// name = "a"
    /// ```
    /// ```python bad packages/a/src/a/__init__.py
    /// ```
    /// ```toml bad packages/b/pyproject.toml
    /// [project]
    /// name = "b"
    /// ```
    /// ```python bad packages/b/src/b/__init__.py
    /// ```
    /// ```sh bad lint.sh
    /// ruff check
    /// ```
    /// ```sh bad release.sh
    /// uv publish
    /// ```
    /// ```text expect
    /// lint.sh:1: the scripts `lint.sh` and `release.sh` are in the root
    /// ```
    /// ```toml good packages/a/pyproject.toml
    /// [project]
    /// name = "a"
    /// ```
    /// ```python good packages/a/src/a/__init__.py
    /// ```
    /// ```toml good packages/b/pyproject.toml
    /// [project]
    /// name = "b"
    /// ```
    /// ```python good packages/b/src/b/__init__.py
    /// ```
    /// ```sh good scripts/lint.sh
    /// ruff check
    /// ```
    /// ```sh good install.sh
    /// uv tool install acme
    /// ```
    pub(crate) static SCATTERED_SCRIPTS = {
        id: "scattered-scripts",
        requirements: ["26.3.7"],
        check: Check::Repository(scattered_scripts),
        confidence: Low,
    }
}

/// How many are named.
const MOST_NAMES: usize = 5;

fn scattered_scripts(report: &mut Report) {
    if !is_monorepo() {
        return report.not_applicable("26.3.7", "no monorepo");
    }
    if ["scripts", "bin", "tools", "dev"].iter().any(|folder| repository::exists(folder)) {
        return;
    }
    let is_for_others = |name: &str| {
        ["install", "upgrade", "entrypoint", "docker-entrypoint"].iter().any(|start| name.starts_with(start))
    };
    let mut scripts = repository::find(&["/*.sh"]);
    scripts.retain(|file| !is_for_others(&file.path));
    if let (Some(first), true) = (scripts.first(), scripts.len() > 1) {
        let names: Vec<&str> = scripts.iter().take(MOST_NAMES).map(|file| file.path.as_str()).collect();
        report
            .finding(&start(&first.path), format!("the scripts {} are in the root", listed(&names)))
            .help("move them to `scripts/`, and correct what calls them");
    }
}
