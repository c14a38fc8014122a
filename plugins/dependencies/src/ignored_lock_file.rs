//! Lock files that are not versioned.

use plimsoll_sdk::paths::{join, parent, upwards};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;

rule! {
    /// `uv.lock` is ignored.
    ///
    /// Without the lock file every machine installs what is newest on its day, and an update shows up in no review.
    /// Take the line out of `.gitignore` and commit the file.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests>=2"]
    /// [tool.uv]
    /// package = false
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .gitignore
    /// .venv/
    /// uv.lock
    /// ```
    /// ```text expect
    /// .gitignore:2: `uv.lock` is ignored
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests>=2"]
    /// [tool.uv]
    /// package = false
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```text fixed .gitignore
    /// .venv/
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests>=2"]
    /// [tool.uv]
    /// package = false
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good .gitignore
    /// *.lock
    /// !uv.lock
    /// ```
    ///
    /// A line for all lock files may be meant for others; what to do about it is left to you.
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests>=2"]
    /// [tool.uv]
    /// package = false
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .gitignore
    /// *.lock
    /// ```
    /// ```text expect
    /// .gitignore:1: `uv.lock` is ignored
    /// ```
    pub(crate) static IGNORED_LOCK_FILE = {
        id: "ignored-lock-file",
        requirements: ["5.1.2", "5.4.2"],
        check: Check::Project(ignored_lock_file),
    }
}

fn ignored_lock_file(report: &mut Report, project: &Project) {
    let uses_uv = project.managers.iter().any(|manager| manager == "uv");
    if !uses_uv || !is_product(project) {
        for requirement in IGNORED_LOCK_FILE.requirements {
            report.not_applicable(requirement, "uv does not manage the project");
        }
        return;
    }
    let lock = project.path("uv.lock");
    if !repository::ignored(&[&lock]).contains(&true) {
        return;
    }
    // A member of a workspace has no lock file of its own.
    let is_member = upwards(parent(&project.root)).iter().any(|folder| {
        *folder != project.root
            && documents::read(&join(folder, "pyproject.toml"), &["tool", "uv", "workspace"]).is_ok()
    });
    if is_member && !project.root.is_empty() {
        return;
    }
    let Some(place) = upwards(&project.root).iter().find_map(|folder| line(&join(folder, ".gitignore"))) else {
        return;
    };
    let finding = report.finding(&place, "`uv.lock` is ignored").help("take the line out, and commit the file");
    // A line for all lock files may be meant for others.
    let is_its_own = edit::replace_words(&place, "uv.lock", "").is_some();
    let finding = finding.safe_fix(edit::delete_lines(&place).filter(|_| is_its_own));
    if repository::exists(&lock) || project.has_profile("library") {
        drop(finding.medium());
    }
}

/// The line of an ignore file that covers lock files.
fn line(path: &str) -> Option<Place> {
    let text = repository::read(path).ok()?;
    let mut start = 0u32;
    for line in text.split_inclusive('\n') {
        let pattern = line.trim();
        let span = Span { start, end: start + line.trim_end().len() as u32 };
        start += line.len() as u32;
        let name = pattern.trim_start_matches("**/").trim_start_matches('/');
        if matches!(name, "uv.lock" | "*.lock" | "*lock*" | "*.lock*") {
            return Some(Place { path: path.to_owned(), span });
        }
    }
    None
}
