//! Lock files that the workspace does not use.

use plimsoll_sdk::paths::{file_name, is_below, join, start};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_beside;

use crate::workspace::{folders, workspace};

rule! {
    /// A member of the workspace has a lock file of its own.
    ///
    /// uv reads the one at the workspace's root only. The other is out of date from the first day, and whoever reads it
    /// sees versions that nobody installs. Delete it.
    ///
    /// ```toml bad pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    /// ```
    /// ```toml bad packages/api/pyproject.toml
    /// [project]
    /// name = "api"
    /// ```
    /// ```python bad packages/api/src/api/__init__.py
    /// ```
    /// ```toml bad packages/api/uv.lock
    /// version = 1
    /// ```
    /// ```text expect
    /// packages/api/uv.lock:1: the workspace does not use this lock file
    /// ```
    /// ```toml fixed pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// ```
    /// ```toml fixed uv.lock
    /// version = 1
    /// ```
    /// ```toml fixed packages/api/pyproject.toml
    /// [project]
    /// name = "api"
    /// ```
    /// ```python fixed packages/api/src/api/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// exclude = ["packages/old"]
    /// ```
    /// ```toml good uv.lock
    /// version = 1
    /// ```
    /// ```toml good packages/api/pyproject.toml
    /// [project]
    /// name = "api"
    /// ```
    /// ```toml good packages/old/pyproject.toml
    /// [project]
    /// name = "old"
    /// ```
    /// ```toml good packages/old/uv.lock
    /// version = 1
    /// ```
    pub(crate) static STRAY_MEMBER_LOCK = {
        id: "stray-member-lock",
        requirements: ["26.2.2"],
        check: Check::Repository(stray_member_lock),
    }
}

const LOCKS: &[&str] = &["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"];

fn stray_member_lock(report: &mut Report) {
    let Some(workspace) = workspace() else {
        return report.not_applicable("26.2.2", "no uv workspace");
    };
    let left_out: Vec<String> = workspace.excluded.iter().flat_map(|glob| folders(&workspace.root, glob)).collect();
    for file in repository::find(LOCKS) {
        let folder = plimsoll_sdk::paths::parent(&file.path);
        let is_member = workspace.members.iter().any(|member| is_below(folder, &member.root));
        let is_left_out = left_out.iter().any(|root| is_below(folder, root)) || is_beside(folder);
        if is_member && !is_left_out {
            let main = join(&workspace.root, "uv.lock");
            report
                .finding(&start(&file.path), "the workspace does not use this lock file")
                .help(format!("delete it: `{main}` holds the versions of all members"))
                // Before the workspace has its own, no other lock file holds the versions.
                .unsafe_fix(repository::exists(&main).then(|| Edit::DeleteFile(file.path.clone())));
        }
    }
    let own = LOCKS.iter().skip(1).map(|lock| join(&workspace.root, lock)).find(|path| repository::exists(path));
    if let Some(path) = own {
        report
            .finding(&start(&path), format!("`{}` beside a uv workspace", file_name(&path)))
            .help("delete it: `uv.lock` holds the versions of all members")
            .unsafe_fix(repository::exists(&join(&workspace.root, "uv.lock")).then(|| Edit::DeleteFile(path.clone())))
            .medium();
    }
}
