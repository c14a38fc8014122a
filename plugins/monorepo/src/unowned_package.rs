//! Packages of a monorepo that CODEOWNERS gives to nobody.

use plimsoll_sdk::paths::{join, start};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::listed;

use crate::workspace::{packages, workspace};

rule! {
    /// A package, the infrastructure or the lock file has no owner.
    ///
    /// A change that nobody owns is reviewed by whoever has time. Give each package, `infra/` and `uv.lock` a line in
    /// `CODEOWNERS`; an owner of `*` owns all of them.
    ///
    /// ```toml bad packages/a/pyproject.toml
    /// [project]
    /// name = "a"
    /// ```
    /// ```python bad packages/a/src/a/__init__.py
    /// ```
    /// ```toml bad packages/core/pyproject.toml
    /// [project]
    /// name = "core"
    /// ```
    /// ```python bad packages/core/src/core/__init__.py
    /// ```
    /// ```text bad infra/main.tf
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    /// ```
    /// ```text bad .github/CODEOWNERS
    /// /docs/ @acme/writers
    /// ```
    /// ```text expect
    /// .github/CODEOWNERS:1: no owner for `packages/a`
    /// .github/CODEOWNERS:1: no owner for `packages/core`
    /// .github/CODEOWNERS:1: no owner for `infra`
    /// .github/CODEOWNERS:1: no owner for `uv.lock`
    /// ```
    /// ```toml good packages/a/pyproject.toml
    /// [project]
    /// name = "a"
    /// ```
    /// ```python good packages/a/src/a/__init__.py
    /// ```
    /// ```toml good packages/core/pyproject.toml
    /// [project]
    /// name = "core"
    /// ```
    /// ```python good packages/core/src/core/__init__.py
    /// ```
    /// ```toml good uv.lock
    /// version = 1
    /// ```
    /// ```text good .github/CODEOWNERS
    /// /packages/ @acme/backend
    /// *.lock @acme/core
    /// ```
    pub(crate) static UNOWNED_PACKAGE = {
        id: "unowned-package",
        requirements: ["26.5.1", "26.5.2", "26.5.3", "26.5.4"],
        check: Check::Repository(unowned_package),
        confidence: Low,
    }
}

const FILES: &[&str] = &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
/// Names of packages that others share.
const SHARED: &[&str] = &["core", "shared", "common"];

fn unowned_package(report: &mut Report) {
    let members = workspace().map_or_else(packages, |workspace| workspace.members);
    let file = FILES.iter().find(|path| repository::exists(path));
    let (Some(file), true) = (file, members.len() > 1) else {
        let reason = if members.len() > 1 { "no `CODEOWNERS`" } else { "no monorepo" };
        for requirement in UNOWNED_PACKAGE.requirements {
            report.not_applicable(requirement, reason);
        }
        return;
    };
    let text = repository::read(file).unwrap_or_default();
    let mut of_packages = Vec::new();
    let mut of_shared = Vec::new();
    for member in &members {
        let name = member.root.rsplit('/').next().unwrap_or_default();
        let is_shared = name.split(['-', '_']).any(|word| SHARED.contains(&word));
        if !is_owned(&text, &join(&member.root, "pyproject.toml")) {
            if is_shared { &mut of_shared } else { &mut of_packages }.push(member.root.as_str());
        }
    }
    let infrastructure: Vec<&str> =
        ["infra"].into_iter().filter(|it| repository::exists(it) && !is_owned(&text, &join(it, "main.tf"))).collect();
    let lock: Vec<&str> = ["uv.lock"].into_iter().filter(|it| repository::exists(it) && !is_owned(&text, it)).collect();
    for (requirement, unowned) in
        [("26.5.1", of_packages), ("26.5.2", of_shared), ("26.5.3", infrastructure), ("26.5.4", lock)]
    {
        if !unowned.is_empty() {
            report
                .finding(&start(file), format!("no owner for {}", listed(&unowned)))
                .help("add a line with the path and its team")
                .requirement(requirement);
        }
    }
}

/// Whether the last line of CODEOWNERS that matches a path names an owner.
fn is_owned(text: &str, path: &str) -> bool {
    let paths = [path.to_owned()];
    let owner_of = |line: &str| {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let pattern = words.next().filter(|word| !word.starts_with(['[', '^', '!']))?;
        let glob = pattern.trim_start_matches('/').trim_end_matches('/');
        let is_match = glob == "*" || glob == "**" || repository::covered("", glob, &paths).contains(&true);
        is_match.then(|| words.next().is_some())
    };
    text.lines().filter_map(owner_of).next_back().unwrap_or(false)
}
