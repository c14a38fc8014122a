//! Files that tools write and that are tracked all the same.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// Files that tools write are tracked.
    ///
    /// Caches, bytecode and builds change with every run: they make noise in every diff, conflict in every merge and
    /// may hold stale code. Remove them with `git rm --cached` and ignore them.
    ///
    /// ```text bad src/app.egg-info/SOURCES.txt
    /// src/app/__init__.py
    /// ```
    /// ```text bad src/app.egg-info/top_level.txt
    /// app
    /// ```
    /// ```text expect
    /// src/app.egg-info/SOURCES.txt:1: 2 tracked files that tools write
    /// ```
    ///
    /// Fixtures may look like build output:
    ///
    /// ```text good tests/data/app.egg-info/top_level.txt
    /// app
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static TRACKED_BUILD_OUTPUT = {
        id: "tracked-build-output",
        requirements: ["4.4.5"],
        check: Check::Repository(tracked_build_output),
    }
}

const OUTPUT: &[&str] = &[
    "**/__pycache__/**",
    "*.pyc",
    "**/.venv/**",
    "**/*.egg-info/**",
    ".coverage",
    "**/htmlcov/**",
    ".DS_Store",
    "**/.ruff_cache/**",
    "**/.mypy_cache/**",
    "**/.pytest_cache/**",
    "**/dist/*.whl",
];
const DATA: &[&str] = &["tests", "test", "fixtures", "testdata", "data", "examples"];

fn tracked_build_output(report: &mut Report) {
    let files = repository::find(OUTPUT);
    let is_own = |file: &&File| {
        let role = !matches!(file.role, Role::Test | Role::Example | Role::Template | Role::Vendored);
        role && !file.path.split('/').any(|part| DATA.contains(&part))
    };
    let files: Vec<&File> = files.iter().filter(is_own).collect();
    if let Some(first) = files.first() {
        let message = match files.len() {
            1 => "a tracked file that tools write".to_owned(),
            count => format!("{count} tracked files that tools write"),
        };
        report
            .finding(&layout::start(&first.path), message)
            .help("remove them with `git rm -r --cached` and add them to `.gitignore`")
            .medium();
    }
}
