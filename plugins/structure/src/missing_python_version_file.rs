//! Projects that don't pin the Python of development, or pin one that they don't support.

use crate::layout;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::version::{self, Version};
use std::collections::BTreeSet;

rule! {
    /// The project's Python version is not pinned in `.python-version`.
    ///
    /// Each machine then takes another Python, and a fault shows on one of them only. Commit a `.python-version` with
    /// a version that `requires-python` admits.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"  # error: no `.python-version`
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12,<4"
    /// ```
    /// ```text bad .python-version
    /// 3.11
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text expect
    /// .python-version:1: Python `3.11` does not satisfy `>=3.12,<4`
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.11,<3.14"
    /// ```
    /// ```text good .python-version
    /// 3.13
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// One file serves all members of a workspace:
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `.python-version`
    /// name = "all"
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// ```
    /// ```toml bad packages/one/pyproject.toml
    /// [project]
    /// name = "one"
    /// ```
    /// ```python bad packages/one/src/one/__init__.py
    /// ```
    /// ```toml bad packages/two/pyproject.toml
    /// [project]
    /// name = "two"
    /// ```
    /// ```python bad packages/two/src/two/__init__.py
    /// ```
    pub(crate) static MISSING_PYTHON_VERSION_FILE = {
        id: "missing-python-version-file",
        requirements: ["4.4.3"],
        check: Check::Repository(missing_python_version_file),
    }
}

const NAMES: &[&str] = &[".python-version", ".python-versions"];

fn missing_python_version_file(report: &mut Report) {
    let projects = project::projects();
    let products: Vec<&Project> = projects.iter().filter(|project| layout::is_product(project)).collect();
    let (mut owners, mut pins) = (BTreeSet::new(), BTreeSet::new());
    for project in products {
        if let Some(path) = layout::nearest(&project.root, NAMES) {
            if pins.insert(path.clone()) {
                unsatisfied(report, project, &path);
            }
        } else {
            let owner = projects.iter().find(|other| is_workspace_of(other, project)).unwrap_or(project);
            if owners.insert(owner.root.clone()) && !unpinned(report, owner) {
                return;
            }
        }
    }
}

/// Whether a project is the root of a workspace around another.
fn is_workspace_of(root: &Project, project: &Project) -> bool {
    let around = layout::upwards(&project.root).contains(&root.root.as_str());
    around && documents::read(&root.path("pyproject.toml"), &["tool", "uv", "workspace"]).is_ok()
}

/// Reports a missing file; whether other projects may still lack theirs.
fn unpinned(report: &mut Report, project: &Project) -> bool {
    let help = "pin a version with `uv python pin` and commit `.python-version`";
    if repository::ignored(&[&project.path(".python-version")]).contains(&true)
        && let Some(place) = ignoring_line()
    {
        report.finding(&place, "`.python-version` is ignored").help(help);
        return false;
    }
    let place = project.requires_python_place.as_ref().unwrap_or(&project.place);
    let finding = report.finding(place, "no `.python-version`");
    let others = [".tool-versions", "mise.toml", ".mise.toml"];
    let other = layout::nearest(&project.root, &others);
    let pins = |path: &String| repository::read(path).is_ok_and(|text| text.contains("python"));
    drop(match other.filter(pins) {
        Some(path) => finding.help(format!("`{path}` pins it for its own users only; {help}")).low(),
        None => finding.help(help),
    });
    true
}

fn unsatisfied(report: &mut Report, project: &Project, path: &str) {
    let Some(requires) = &project.requires_python else { return };
    let Ok(text) = repository::read(path) else { return };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let request = line.trim();
        let place = Place { path: path.to_owned(), span: Span { start, end: start + request.len() as u32 } };
        start += line.len() as u32;
        if Version::parse(request).is_some_and(|version| !version::admits(requires, version)) {
            report
                .finding(&place, format!("Python `{request}` does not satisfy `{requires}`"))
                .help("pin a version that `requires-python` admits");
            return;
        }
    }
}

fn ignoring_line() -> Option<Place> {
    let text = repository::read(".gitignore").ok()?;
    let start = text.lines().find(|line| line.trim().trim_start_matches('/') == ".python-version")?;
    let start = (start.as_ptr() as usize - text.as_ptr() as usize) as u32;
    let end = start + ".python-version".len() as u32;
    Some(Place { path: ".gitignore".to_owned(), span: Span { start, end } })
}
