//! Commits as the rules judge them: which ones, and what their subjects say.

use plimsoll_sdk::git::Commit;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

/// How many of the newest commits are judged.
pub(crate) const JUDGED: u32 = 50;
/// Fewer commits say nothing about a team's habit.
pub(crate) const FEW: usize = 5;

/// The types of the convention.
pub(crate) const TYPES: &[&str] =
    &["feat", "fix", "docs", "style", "refactor", "perf", "test", "build", "ci", "chore", "revert"];

/// A subject in the form of the convention.
pub(crate) struct Subject<'a> {
    pub(crate) kind: &'a str,
    /// Whether a `!` marks a breaking change.
    pub(crate) is_breaking: bool,
}

/// Reads `type(scope)!: text`.
pub(crate) fn subject(text: &str) -> Option<Subject<'_>> {
    let (head, rest) = text.split_once(": ")?;
    let head_plain = head.strip_suffix('!').unwrap_or(head);
    let (kind, scope) = match head_plain.split_once('(') {
        Some((kind, scope)) => (kind, Some(scope.strip_suffix(')')?)),
        None => (head_plain, None),
    };
    let is_kind = !kind.is_empty() && kind.chars().all(|letter| letter.is_ascii_alphabetic());
    let is_scope = scope.is_none_or(|scope| !scope.is_empty() && !scope.contains(['(', ')']));
    (is_kind && is_scope && !rest.trim().is_empty()).then_some(Subject { kind, is_breaking: head != head_plain })
}

/// The commits that people wrote by hand: no merges, no reverts by Git, no bots, no releases, no fixups.
pub(crate) fn judged() -> Vec<Commit> {
    let mut commits = git::commits(JUDGED);
    commits.retain(|commit| commit.parents.len() < 2 && !is_automatic(commit));
    commits
}

fn is_automatic(commit: &Commit) -> bool {
    const STARTS: &[&str] = &[
        "Merge ",
        "Revert \"",
        "fixup!",
        "squash!",
        "amend!",
        "Initial commit",
        "initial commit",
        "Bump ",
        "bump:",
        "Release ",
        "release:",
        "chore(release)",
        "Update pre-commit",
        "[pre-commit.ci]",
        "Prepare release",
        "Version ",
    ];
    let is_version = commit.subject.trim_start_matches(['v', 'V']).chars().all(|it| it.is_ascii_digit() || it == '.');
    is_bot(commit) || is_version || STARTS.iter().any(|start| commit.subject.starts_with(start))
}

/// Whether a program made a commit, by the name or address of its author.
pub(crate) fn is_bot(commit: &Commit) -> bool {
    const BOTS: &[&str] =
        &["[bot]", "dependabot", "renovate", "github-actions", "pre-commit-ci", "weblate", "crowdin", "copybara"];
    let author = format!("{} {}", commit.author, commit.email).to_ascii_lowercase();
    BOTS.iter().any(|bot| author.contains(bot))
}

/// Whether a tool that demands conventional commits is set up.
pub(crate) fn demands_convention() -> bool {
    const HOOKS: &[&str] = &["conventional-pre-commit", "commitizen", "commitizen-branch", "commitlint", "gitlint"];
    const FILES: &[&str] =
        &[".commitlintrc*", "commitlint.config.*", ".gitlint", ".cz.toml", ".releaserc*", "release-please-config.json"];
    !automation::hooks(HOOKS).is_empty()
        || !repository::find(FILES).is_empty()
        || documents::read("pyproject.toml", &["tool", "commitizen"]).is_ok()
        || documents::read("pyproject.toml", &["tool", "semantic_release"]).is_ok()
}

/// Where a finding about the newest commits stands. Says for the requirements when there is nothing to judge, or too few
/// of them in a shallow clone.
pub(crate) fn place(report: &mut Report, requirements: &[&str]) -> Option<Place> {
    let place = place_of_history(report, requirements)?;
    if git::newest(JUDGED).is_none() {
        requirements.iter().for_each(|requirement| report.unknown(requirement, None, "shallow clone"));
        return None;
    }
    Some(place)
}

/// Where a finding about commits or tags stands: the project, which is what the history is of. Says for the requirements
/// when there is nothing to judge.
pub(crate) fn place_of_history(report: &mut Report, requirements: &[&str]) -> Option<Place> {
    let project = main_project();
    let is_there = git::available() != git::History::None;
    let reason = if project.is_none() { "no Python code of its own" } else { "no history" };
    if project.is_none() || !is_there {
        requirements.iter().for_each(|requirement| report.not_applicable(requirement, reason));
        return None;
    }
    project.map(|project| plimsoll_sdk::paths::start(&project.place.path))
}

/// The first digits of a commit's id and its subject, for messages.
pub(crate) fn shown(commit: &Commit) -> String {
    let id: String = commit.id.chars().take(8).collect();
    let subject: String = commit.subject.chars().take(50).collect();
    format!("`{id}` {}", subject.replace('`', "'"))
}
