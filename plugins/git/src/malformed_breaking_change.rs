//! Breaking changes that no tool sees.

use plimsoll_sdk::git::Commit;
use plimsoll_sdk::prelude::*;

use crate::commits::{self, judged, shown, subject};

rule! {
    /// A breaking change is marked in a way that tools do not read.
    ///
    /// The release becomes a minor one, and users' code breaks with it. Put `!` after the type, or begin a paragraph of
    /// the body with `BREAKING CHANGE: `.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: 1 commit marks a breaking change that tools do not see
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// feat: drop the old report
    ///     Breaking changes: the old report is gone
    /// fix: round
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good .git/commits
    /// feat!: drop the old report
    ///     Breaking: it is gone
    /// feat: drop the export
    ///     BREAKING CHANGE: it is gone
    /// fix: avoid breaking changes of the format
    ///     No breaking change is meant.
    /// fix: say what breaks
    ///     Breaking changes: none.
    /// ```
    pub(crate) static MALFORMED_BREAKING_CHANGE = {
        id: "malformed-breaking-change",
        requirements: ["11.1.13"],
        check: Check::Repository(malformed_breaking_change),
    }
}

/// What templates of messages say where nothing breaks.
const NOTHING: &[&str] = &["none", "no", "n/a", "na", "nothing", "-", "false"];

fn malformed_breaking_change(report: &mut Report) {
    let Some(place) = commits::place(report, &["11.1.13"]) else { return };
    let is_footer = |line: &str| line.starts_with("BREAKING CHANGE: ") || line.starts_with("BREAKING-CHANGE: ");
    let is_like_one = |line: &str| {
        let lower = line.trim().to_ascii_lowercase();
        let starts = ["breaking change:", "breaking changes:", "breaking:", "bc break:", "breaking-change:"];
        let said = starts.iter().find_map(|start| lower.strip_prefix(start));
        said.is_some_and(|said| !NOTHING.contains(&said.trim_matches([' ', '.', '*', '_', '`', '(', ')'])))
    };
    let is_wrong = |commit: &&Commit| {
        let is_marked = subject(&commit.subject).is_none_or(|subject| subject.is_breaking);
        let has_footer = commit.body.lines().any(is_footer);
        !is_marked && !has_footer && commit.body.lines().any(is_like_one)
    };
    let judged = judged();
    let wrong: Vec<&Commit> = judged.iter().filter(is_wrong).collect();
    if let Some(first) = wrong.first() {
        let what = if wrong.len() == 1 {
            "1 commit marks a breaking change".to_owned()
        } else {
            format!("{} commits mark breaking changes", wrong.len())
        };
        report
            .finding(&place, format!("{what} that tools do not see"))
            .help(format!("put `!` after the type, or write `BREAKING CHANGE: `; for instance in {}", shown(first)))
            .medium();
    }
}
