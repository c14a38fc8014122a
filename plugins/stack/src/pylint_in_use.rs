//! Pylint in place of Ruff.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

use crate::legacy::{NONE, Tool, report_traces};

rule! {
    /// Pylint checks the code.
    ///
    /// Ruff has most of its checks as `PL` and others, and runs in a fraction of the time. Pylint that is limited to what
    /// Ruff lacks, `duplicate-code` and `cyclic-import` or plug-ins of the project, is left alone; beside Ruff it is a
    /// guess that it does the same work twice.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.pylint.main]  # error: Pylint is in use
    /// jobs = 0
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```make bad Makefile
    /// lint:
    /// 	pylint src
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.pylint."messages control"]
    /// disable = "all"
    /// enable = ["duplicate-code", "cyclic-import"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```make good Makefile
    /// lint:
    /// 	pylint src
    /// ```
    pub(crate) static PYLINT_IN_USE = {
        id: "pylint-in-use",
        requirements: ["2.1.3.10", "2.2.13"],
        check: Check::Repository(pylint_in_use),
        wants: [Want::Search(DISABLED, CONFIGURATIONS)],
    }
}

const TOOL: Tool = Tool {
    name: "Pylint",
    package: "pylint",
    files: &[".pylintrc", "pylintrc", "pylint.toml"],
    tables: &["pylint"],
    hooks: &["pylint"],
    programs: &["pylint"],
    packages: &["pylint", "pylint-*"],
    help: "select `PL` in Ruff, and delete Pylint or limit it to what Ruff lacks",
    ..NONE
};
/// Everything is off but what is listed, or plug-ins of the project do the work.
const DISABLED: &[&str] = &[r#"(?m)^\s*disable\s*=\s*\[?\s*["']?all\b|^\s*load-plugins\s*="#];
const CONFIGURATIONS: &[&str] = &[".pylintrc", "pylintrc", "pylint.toml", "pyproject.toml", "setup.cfg"];

fn pylint_in_use(report: &mut Report) {
    if main_project().is_none() || !repository::search(DISABLED, CONFIGURATIONS).is_empty() {
        for requirement in PYLINT_IN_USE.requirements {
            report.not_applicable(requirement, "Pylint is not in use, or only for what Ruff lacks");
        }
        return;
    }
    let mut traces = TOOL.traces();
    let has_ruff = !automation::commands(&["ruff"]).is_empty() || !automation::hooks(&["ruff*"]).is_empty();
    if has_ruff {
        traces.iter_mut().for_each(|trace| trace.is_run = false);
    }
    drop(report_traces(report, "Pylint is in use", TOOL.help, &traces));
}
