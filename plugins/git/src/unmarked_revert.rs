//! Reverts that the convention does not recognise.

use plimsoll_sdk::git::Commit;
use plimsoll_sdk::prelude::*;

use crate::commits::{self, JUDGED, demands_convention, shown, subject};

rule! {
    /// A commit undoes another one without the type `revert`.
    ///
    /// Changelogs then list what was taken back as if it were there. Git writes `Revert "…"`; change the subject to
    /// `revert: …`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: 1 revert has not the type `revert`
    /// name = "app"
    /// [tool.commitizen]
    /// name = "cz_conventional_commits"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// Revert "feat: add the report"
    ///     This reverts commit 0a1b2c3.
    /// revert: fix: round the numbers
    ///     This reverts commit 1a1b2c3.
    /// feat: add the report
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.commitizen]
    /// name = "cz_conventional_commits"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good .git/commits
    /// revert: feat: add the report
    ///     This reverts commit 0a1b2c3.
    /// ```
    pub(crate) static UNMARKED_REVERT = {
        id: "unmarked-revert",
        requirements: ["11.1.12"],
        check: Check::Repository(unmarked_revert),
        confidence: Low,
    }
}

fn unmarked_revert(report: &mut Report) {
    let Some(place) = commits::place(report, &["11.1.12"]) else { return };
    if !demands_convention() {
        return report.not_applicable("11.1.12", "no tool demands conventional commits");
    }
    let commits = git::commits(JUDGED);
    let undoes =
        |commit: &Commit| commit.subject.starts_with("Revert \"") || commit.body.contains("This reverts commit ");
    let is_marked = |commit: &Commit| subject(&commit.subject).is_some_and(|subject| subject.kind == "revert");
    let wrong: Vec<&Commit> =
        commits.iter().filter(|commit| commit.parents.len() < 2 && undoes(commit) && !is_marked(commit)).collect();
    if let Some(first) = wrong.first() {
        let what = if wrong.len() == 1 { "1 revert has".to_owned() } else { format!("{} reverts have", wrong.len()) };
        report
            .finding(&place, format!("{what} not the type `revert`"))
            .help(format!("write `revert: …`; for instance in {}", shown(first)));
    }
}
