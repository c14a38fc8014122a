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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```text fixed .python-version
    /// 3.12
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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12,<4"
    /// ```
    /// ```text fixed .python-version
    /// 3.12
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    ///
    /// Where it is ignored, the line goes, with a comment that is about nothing else:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.9"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .gitignore
    /// .venv/
    ///
    /// # pyenv
    /// .python-version
    ///
    /// dist/
    /// ```
    /// ```text expect
    /// .gitignore:4: `.python-version` is ignored
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.9"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```text fixed .gitignore
    /// .venv/
    ///
    /// dist/
    /// ```
    /// ```text fixed .python-version
    /// 3.12
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
        report
            .finding(&place, "`.python-version` is ignored")
            .help(help)
            .unsafe_fix(pinned(project).and_then(|pin| Some([without_block(&place)?, pin])).into_iter().flatten());
        return false;
    }
    let place = project.requires_python_place.as_ref().unwrap_or(&project.place);
    let finding = report.finding(place, "no `.python-version`").unsafe_fix(pinned(project));
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
                .help("pin a version that `requires-python` admits")
                .unsafe_fix(version_of(requires).map(|version| edit::replace(&place, version)));
            return;
        }
    }
}

/// Makes the file; none where nothing says which Pythons the project supports.
fn pinned(project: &Project) -> Option<Edit> {
    let declared = project.requires_python.as_deref();
    let is_project = || documents::read(&project.path("pyproject.toml"), &["project"]).is_ok();
    let version = version_of(declared.or_else(|| is_project().then_some(""))?)?;
    Some(edit::create(project.path(".python-version"), format!("{version}\n")))
}

/// The oldest version from 3.12 on that is admitted, else the newest before it.
fn version_of(requires: &str) -> Option<String> {
    let mut minors = (12..20).chain((8..12).rev());
    let is_admitted = |version: &String| {
        Version::parse(version).is_some_and(|version| requires.is_empty() || version::admits(requires, version))
    };
    minors.find_map(|minor| Some(format!("3.{minor}")).filter(is_admitted))
}

/// Takes a line out of `.gitignore`. Where it stands alone below comments, these and the blank line behind go too.
fn without_block(place: &Place) -> Option<Edit> {
    let text = repository::read(&place.path).ok()?;
    let (before, after) = (text.get(..place.span.start as usize)?, text.get(place.span.end as usize..)?);
    let after_line = after.split_once('\n').map_or("", |(_, rest)| rest);
    let is_alone = after_line.lines().next().is_none_or(|line| line.trim().is_empty());
    let comments = before.split_inclusive('\n').rev().take_while(|line| line.starts_with('#'));
    let length: usize = comments.map(str::len).sum();
    if !is_alone || length == 0 {
        return edit::delete_lines(place);
    }
    let blank = after_line.split_inclusive('\n').next().map_or(0, str::len);
    let end = text.len() - after_line.len() + blank;
    let span = Span { start: place.span.start - length as u32, end: end as u32 };
    Some(edit::replace(&Place { path: place.path.clone(), span }, ""))
}

fn ignoring_line() -> Option<Place> {
    let text = repository::read(".gitignore").ok()?;
    let start = text.lines().find(|line| line.trim().trim_start_matches('/') == ".python-version")?;
    let start = (start.as_ptr() as usize - text.as_ptr() as usize) as u32;
    let end = start + ".python-version".len() as u32;
    Some(Place { path: ".gitignore".to_owned(), span: Span { start, end } })
}
