//! Vulnerabilities that become known between two changes.

use plimsoll_sdk::gates::{Run, is_opaque};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

use crate::gates::{CODE_SCANS, DEPENDENCY_AUDITS, SECRET_SCANS, checks};
use crate::github::{GithubWorkflow, workflows};
use crate::new_jobs::{NewJobs, added};
use crate::new_workflows;
use crate::workflow_edits::add_event;

rule! {
    /// No workflow scans for vulnerabilities every week.
    ///
    /// Vulnerabilities are published every day, also for code that nobody changes. Let a workflow with a weekly
    /// `schedule` audit the dependencies or the image; static analysis alone does not see them.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests>=2"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push  # error: no workflow scans on a schedule
    /// jobs:
    ///   audit:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx pip-audit
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests>=2"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on:
    ///   schedule:
    ///     - cron: "0 4 * * 1"
    ///   push:
    /// jobs:
    ///   audit:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx pip-audit
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests>=2"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/security.yml
    /// on:
    ///   schedule:
    ///     - cron: "0 4 1 * *"  # error: the scan runs less than once a week
    /// jobs:  # error: the scheduled scan looks for no known vulnerabilities
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx bandit -r src
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests>=2"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .github/workflows/security.yml
    /// on:
    ///   schedule:
    ///     - cron: "0 4 * * 1"
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx bandit -r src
    ///
    ///   audit:
    ///     runs-on: ubuntu-latest
    ///     permissions:
    ///       contents: read
    ///     steps:
    ///       - uses: actions/checkout@v4
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uvx pip-audit .
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests>=2"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/security.yml
    /// on:
    ///   schedule:
    ///     - cron: "0 4 * * 1"
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx pip-audit
    /// ```
    pub(crate) static MISSING_SECURITY_SCHEDULE = {
        id: "missing-security-schedule",
        requirements: ["12.1.12", "12.1.13", "12.1.14"],
        check: Check::Repository(missing_security_schedule),
    }
}

const WEEKLY: &str = "0 4 * * 1";

fn missing_security_schedule(report: &mut Report) {
    let not = |report: &mut Report, reason: &str| {
        MISSING_SECURITY_SCHEDULE
            .requirements
            .iter()
            .for_each(|requirement| report.not_applicable(requirement, reason));
    };
    let workflows = workflows();
    let has_runtime = project::dependencies(&["*"]).iter().any(|dependency| dependency.kind == "runtime");
    if main_project().is_none() || workflows.is_empty() || !has_runtime {
        return not(report, "no workflows of GitHub, or no dependencies");
    }
    let audits = DEPENDENCY_AUDITS.runs_in_ci();
    let others: Vec<_> = [CODE_SCANS, SECRET_SCANS].iter().flat_map(|gate| gate.runs_in_ci()).collect();
    let scheduled = |paths: &[&str]| {
        workflows.iter().find(|workflow| workflow.is_on("schedule") && paths.contains(&workflow.path()))
    };
    let of = |runs: &[Run]| -> Vec<String> {
        runs.iter().filter(|run| run.is_on(&["schedule"])).map(|run| run.place.path.clone()).collect()
    };
    let (audited, scanned) = (of(&audits), of(&others));
    let all: Vec<&str> = audited.iter().chain(&scanned).map(String::as_str).collect();
    if all.is_empty() {
        if is_opaque(report, &["12.1.12"]) {
            return;
        }
        let run = audits.first().or(others.first());
        let holder = run.and_then(|run| workflows.iter().find(|workflow| workflow.path() == run.place.path));
        let checks = workflows.iter().find(|workflow| workflow.is_on("pull_request") || workflow.is_on("push"));
        if let Some(workflow) = holder.or(checks).or(workflows.first()) {
            let audited = audits.first().and_then(|audit| audits_only(&workflows, audit));
            let scheduled =
                audited.and_then(|workflow| add_event(workflow, "schedule", &[format!("- cron: \"{WEEKLY}\"")]));
            report
                .finding(&workflow.on_place(), "no workflow scans on a schedule")
                .help("add a workflow with a weekly `schedule` that runs `pip-audit`")
                .requirement("12.1.12")
                .requirement("12.1.13")
                .unsafe_fix(scheduled.or_else(new_workflows::security))
                .medium();
        }
        return;
    }
    let Some(workflow) = scheduled(&all) else { return };
    let crons: Vec<Item<'_>> =
        workflow.event("schedule").into_iter().flat_map(Item::children).filter_map(|entry| entry.get("cron")).collect();
    if let Some(cron) = crons.first().filter(|_| !crons.iter().any(|cron| is_weekly(cron.text()))) {
        report
            .finding(&cron.place(workflow.path()), "the scan runs less than once a week")
            .help("run it weekly: `0 4 * * 1`")
            .requirement("12.1.13")
            .safe_fix(
                weekly(cron.text())
                    .and_then(|new| edit::replace_words(&cron.place(workflow.path()), cron.text(), &new)),
            )
            .medium();
    }
    if audited.is_empty() {
        report
            .finding(&workflow.facts.place, "the scheduled scan looks for no known vulnerabilities")
            .help("run `pip-audit` on a schedule too")
            .requirement("12.1.14")
            .unsafe_fix(added(workflow, NewJobs::audit))
            .medium();
    }
}

/// The workflow of an audit, if it runs none of the checks of every change and the audit needs no pull request.
fn audits_only<'a>(workflows: &'a [GithubWorkflow], audit: &Run) -> Option<&'a GithubWorkflow> {
    let workflow = workflows.iter().find(|workflow| workflow.path() == audit.place.path)?;
    let is_checking = checks().iter().any(|run| run.place.path == workflow.path());
    (!is_checking && audit.name != "actions/dependency-review-action").then_some(workflow)
}

/// The expression for every Monday at the same time.
fn weekly(cron: &str) -> Option<String> {
    let [minute, hour, _, _, _] = cron.split_whitespace().collect::<Vec<_>>()[..] else { return None };
    Some(format!("{minute} {hour} * * 1"))
}

/// Whether a cron expression fires at least once a week.
fn is_weekly(cron: &str) -> bool {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [_, _, day, month, weekday] = fields[..] else { return true };
    let is_often = |field: &str| {
        field == "*" || field.strip_prefix("*/").and_then(|step| step.parse::<u32>().ok()).is_some_and(|step| step <= 7)
    };
    let days = day.split(',').count();
    (is_often(day) || days >= 4 || weekday != "*") && month == "*"
}
