//! Commits that reached the main branch without a pull request, or with a merge commit.

use plimsoll_sdk::git::Commit;
use plimsoll_sdk::prelude::*;

use crate::commits::{self, JUDGED, is_bot, shown};

rule! {
    /// Commits go to the main branch without a pull request, or pull requests are merged with all their commits.
    ///
    /// What no one reviewed and no check saw is on the branch that is deployed. Open a pull request for every change, and
    /// squash it: the history then has one commit for each change. Merges by rebase leave no trace, so these findings
    /// are guesses. Releases and the commits of bots and workflows are left out.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: 8 of the newest 20 commits show no pull request
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// feat: a (#12)
    /// fix typo
    /// feat: b (#11)
    /// oops
    /// feat: c (#10)
    /// quick fix
    /// feat: d (#9)
    /// again
    /// feat: e (#8)
    /// feat: f (#7)
    /// hm
    /// feat: g (#6)
    /// more
    /// feat: h (#5)
    /// feat: i (#4)
    /// typo
    /// feat: j (#3)
    /// now
    /// feat: k (#2)
    /// feat: l (#1)
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]  # error: 10 of 12 pull requests were merged with all their commits
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// Merge pull request #12 from acme/l
    /// Merge pull request #11 from acme/k
    /// Merge pull request #10 from acme/j
    /// Merge pull request #9 from acme/i
    /// Merge pull request #8 from acme/h
    /// Merge pull request #7 from acme/g
    /// Merge pull request #6 from acme/f
    /// Merge pull request #5 from acme/e
    /// Merge pull request #4 from acme/d
    /// Merge pull request #3 from acme/c
    /// feat: b (#2)
    /// feat: a (#1)
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good .git/commits
    /// feat: d (#4)
    /// feat: c (#3)
    /// feat: b (#2)
    /// Bump version to 1.0
    /// feat: a (#1)
    /// ```
    pub(crate) static DIRECT_PUSH = {
        id: "direct-push",
        requirements: ["11.3.6", "11.3.7", "24.3.7"],
        check: Check::Repository(direct_push),
        confidence: Low,
    }
}

/// With fewer traces the team may not use pull requests at all, or the history is short.
const FEWEST_TRACES: usize = 5;
const FEWEST_COMMITS: usize = 20;
const FEWEST_MERGED: usize = 10;

fn direct_push(report: &mut Report) {
    let Some(place) = commits::place(report, DIRECT_PUSH.requirements) else { return };
    let commits = git::commits(JUDGED);
    let mut first_parents = first_parents(&commits);
    first_parents.retain(|commit| !is_bot(commit));
    let traced: Vec<&&Commit> = first_parents.iter().filter(|commit| has_trace(commit)).collect();
    if traced.len() < FEWEST_TRACES || first_parents.len() < FEWEST_COMMITS {
        for requirement in ["11.3.6", "24.3.7"] {
            report.unknown(requirement, None, "the history shows too few pull requests to judge by");
        }
    } else {
        let is_release = |commit: &Commit| {
            ["Bump", "bump", "Release", "release", "chore(release)", "v"]
                .iter()
                .any(|start| commit.subject.starts_with(start))
        };
        let direct: Vec<&&Commit> =
            first_parents.iter().filter(|commit| !has_trace(commit) && !is_release(commit)).collect();
        if let Some(first) = direct.first().filter(|_| direct.len() * 10 > first_parents.len() * 3) {
            report
                .finding(
                    &place,
                    format!("{} of the newest {} commits show no pull request", direct.len(), first_parents.len()),
                )
                .help(format!("protect the main branch; for instance {}", shown(first)))
                .requirement("11.3.6")
                .requirement("24.3.7");
        }
    }
    let merged: Vec<&&&Commit> = traced.iter().filter(|commit| commit.parents.len() > 1).collect();
    if traced.len() < FEWEST_MERGED {
        report.unknown("11.3.7", None, "the history shows too few pull requests to judge by");
    } else if merged.len() * 2 > traced.len() {
        report
            .finding(
                &place,
                format!("{} of {} pull requests were merged with all their commits", merged.len(), traced.len()),
            )
            .help("squash pull requests when they are merged")
            .requirement("11.3.7");
    }
}

/// The commits of the main line: each one's first parent, from the newest.
fn first_parents(commits: &[Commit]) -> Vec<&Commit> {
    let mut line: Vec<&Commit> = Vec::new();
    let mut next = commits.first();
    while let Some(commit) = next.filter(|_| line.len() < commits.len()) {
        line.push(commit);
        next = commit.parents.first().and_then(|parent| commits.iter().find(|one| one.id == *parent));
    }
    line
}

fn has_trace(commit: &Commit) -> bool {
    let subject = commit.subject.trim_end();
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|it| it.is_ascii_digit());
    let ends = subject
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once(['#', '!']))
        .is_some_and(|(_, number)| is_number(number));
    let starts = ["Merge pull request #", "Merge branch '", "Merged in ", "Merge remote"]
        .iter()
        .any(|start| subject.starts_with(start));
    let trailers = [
        "See merge request",
        "Pull-Request:",
        "PR-URL:",
        "Pull Request resolved",
        "Reviewed-on:",
        "Co-authored-by: GitHub",
    ];
    ends || starts || trailers.iter().any(|trailer| commit.body.contains(trailer))
}
