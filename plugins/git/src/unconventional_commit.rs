//! Subjects of commits that do not follow the convention.

use plimsoll_sdk::git::Commit;
use plimsoll_sdk::prelude::*;

use crate::commits::{self, FEW, demands_convention, judged, shown, subject};

rule! {
    /// Commit messages do not follow Conventional Commits.
    ///
    /// Changelogs and version numbers can be made of `type(scope): text`, and readers see at once what a commit is. The
    /// newest commits are judged together; merges, reverts, releases and bots are left out. Where hardly any commit
    /// follows the convention and no tool demands it, the team has another habit, and the finding is a guess.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: 4 of the newest 6 commits are not conventional
    /// name = "app"
    /// [tool.commitizen]
    /// name = "cz_conventional_commits"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// feat: add the report
    /// Fixed the report
    /// more fixes
    /// fix(report): round the numbers
    /// WIP
    /// Update README.md
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
    /// feat(api)!: drop the old report
    /// fix: round the numbers
    /// Merge pull request #3 from acme/report
    /// docs: explain the report
    /// Revert "feat: add the report"
    /// chore: tidy up
    /// test: cover the report
    /// ci: run on pull requests
    /// ```
    pub(crate) static UNCONVENTIONAL_COMMIT = {
        id: "unconventional-commit",
        requirements: ["11.1.1"],
        check: Check::Repository(unconventional_commit),
    }
}

/// How many are shown.
const SHOWN: usize = 3;

fn unconventional_commit(report: &mut Report) {
    let Some(place) = commits::place(report, &["11.1.1"]) else { return };
    let judged = judged();
    let wrong: Vec<&Commit> = judged.iter().filter(|commit| subject(&commit.subject).is_none()).collect();
    if judged.len() < FEW {
        return report.unknown("11.1.1", None, "too few commits to judge");
    }
    // A few slips among many good ones are no finding.
    if wrong.len() * 5 <= judged.len() {
        return;
    }
    let listed: Vec<String> = wrong.iter().take(SHOWN).map(|commit| shown(commit)).collect();
    let finding = report
        .finding(&place, format!("{} of the newest {} commits are not conventional", wrong.len(), judged.len()))
        .help(format!("write `type(scope): text`; for instance {}", listed.join(", ")));
    if demands_convention() {
        finding.medium()
    } else {
        finding.low()
    };
}
