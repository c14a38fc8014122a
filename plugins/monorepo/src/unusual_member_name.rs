//! Members of the workspace whose folders do not say what they are.

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;

use crate::workspace::{Workspace, normalized, workspace};

rule! {
    /// The folder of a member does not say what the member is.
    ///
    /// In every repository `packages/api`, `packages/worker`, `packages/cli` and `packages/core` (or `shared`) mean the
    /// same thing, and rules for CI and owners can be copied. With several members of a kind, names of the domain are
    /// right, and this rule is silent.
    ///
    /// ```toml bad pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]  # error: the web service is `packages/backend`
    /// ```
    /// ```toml bad packages/backend/pyproject.toml
    /// [project]
    /// name = "acme-backend"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python bad packages/backend/src/acme_backend/main.py
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    /// ```toml bad packages/other/pyproject.toml
    /// [project]
    /// name = "other"
    /// ```
    /// ```toml bad pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]  # error: the code that others share is `packages/base`
    /// ```
    /// ```toml bad packages/base/pyproject.toml
    /// [project]
    /// name = "acme-base"
    /// ```
    /// ```python bad packages/base/src/acme_base/__init__.py
    /// ```
    /// ```toml bad packages/one/pyproject.toml
    /// [project]
    /// name = "one"
    /// dependencies = ["acme-base"]
    /// ```
    /// ```toml bad packages/two/pyproject.toml
    /// [project]
    /// name = "two"
    /// dependencies = ["acme-base"]
    /// ```
    /// ```toml bad pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]  # error: the worker is `packages/jobs`
    /// ```
    /// ```toml bad packages/jobs/pyproject.toml
    /// [project]
    /// name = "acme-jobs"
    /// dependencies = ["celery"]
    /// ```
    /// ```python bad packages/jobs/src/acme_jobs/main.py
    /// from celery import Celery
    /// app = Celery("jobs")
    /// ```
    /// ```toml bad packages/other/pyproject.toml
    /// [project]
    /// name = "other"
    /// ```
    /// ```toml bad pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]  # error: the command-line tool is `packages/tool`
    /// ```
    /// ```toml bad packages/tool/pyproject.toml
    /// [project]
    /// name = "acme-tool"
    /// dependencies = ["typer"]
    /// scripts = { acme = "acme_tool:app" }
    /// ```
    /// ```python bad packages/tool/src/acme_tool/__init__.py
    /// import typer
    /// app = typer.Typer()
    /// ```
    /// ```toml bad packages/other/pyproject.toml
    /// [project]
    /// name = "other"
    /// ```
    /// ```toml good pyproject.toml
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// ```
    /// ```toml good packages/api/pyproject.toml
    /// [project]
    /// name = "acme-api"
    /// dependencies = ["fastapi", "acme-core"]
    /// ```
    /// ```python good packages/api/src/acme_api/main.py
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    /// ```toml good packages/worker/pyproject.toml
    /// [project]
    /// name = "acme-worker"
    /// dependencies = ["celery", "acme-core"]
    /// ```
    /// ```python good packages/worker/src/acme_worker/main.py
    /// from celery import Celery
    /// app = Celery("worker")
    /// ```
    /// ```toml good packages/core/pyproject.toml
    /// [project]
    /// name = "acme-core"
    /// ```
    /// ```python good packages/core/src/acme_core/__init__.py
    /// ```
    pub(crate) static UNUSUAL_MEMBER_NAME = {
        id: "unusual-member-name",
        requirements: ["26.2.4", "26.2.5", "26.2.6", "26.3.2", "26.3.3", "26.3.4", "26.3.5"],
        check: Check::Repository(unusual_member_name),
        confidence: Low,
    }
}

/// A thing that a member can be.
struct Kind {
    what: &'static str,
    /// Names of its folder, the one of the standard first.
    names: &'static [&'static str],
    requirement: &'static str,
}

const API: Kind = Kind { what: "the web service", names: &["api"], requirement: "26.3.3" };
const WORKER: Kind = Kind { what: "the worker", names: &["worker", "workers"], requirement: "26.3.4" };
const CLI: Kind = Kind { what: "the command-line tool", names: &["cli"], requirement: "26.3.5" };
const SHARED: Kind =
    Kind { what: "the code that others share", names: &["shared", "core", "common"], requirement: "26.3.2" };

fn unusual_member_name(report: &mut Report) {
    let Some(workspace) = workspace().filter(|workspace| workspace.members.len() > 1) else {
        for requirement in UNUSUAL_MEMBER_NAME.requirements {
            report.not_applicable(requirement, "no uv workspace with several members");
        }
        return;
    };
    let kinds: Vec<(&Project, &Kind)> =
        workspace.members.iter().filter_map(|member| Some((member, kind(member, &workspace)?))).collect();
    for (member, kind) in &kinds {
        let others = kinds.iter().filter(|(_, other)| other.what == kind.what).count();
        let folder = normalized(file_name(&member.root));
        let is_named = kind.names.iter().any(|name| folder.split('-').any(|word| word == *name));
        // A folder of the name of what is published says it too.
        let is_published = member.has_profile("library") && member.name.as_deref().map(normalized) == Some(folder);
        if others == 1 && !is_named && !is_published {
            let name = kind.names[0];
            report
                .finding(&workspace.place, format!("{} is `{}`", kind.what, member.root))
                .help(format!("call the folder `{name}`"))
                .requirement(kind.requirement);
        }
    }
}

fn kind(member: &Project, workspace: &Workspace) -> Option<&'static Kind> {
    if member.has_profile("api") {
        return Some(&API);
    }
    if member.has_profile("worker") {
        return Some(&WORKER);
    }
    if member.has_profile("cli") {
        return Some(&CLI);
    }
    let name = normalized(member.name.as_deref()?);
    let users = project::dependencies(&[&name]);
    let is_other = |root: &str| root != member.root && workspace.members.iter().any(|other| other.root == root);
    let mut roots: Vec<&str> =
        users.iter().map(|user| plimsoll_sdk::paths::parent(&user.place.path)).filter(|root| is_other(root)).collect();
    roots.dedup();
    (roots.len() > 1).then_some(&SHARED)
}
