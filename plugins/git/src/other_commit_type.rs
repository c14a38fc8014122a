//! Types of commits that the convention does not have.

use plimsoll_sdk::git::Commit;
use plimsoll_sdk::prelude::*;

use crate::commits::{self, TYPES, demands_convention, judged, shown, subject};

rule! {
    /// A commit has a type that the convention does not have.
    ///
    /// Tools that make changelogs and versions leave it out. Use `feat`, `fix`, `docs`, `style`, `refactor`, `perf`,
    /// `test`, `build`, `ci`, `chore` or `revert`. Whether the type fits the change can't be seen in the message. `Fix` is
    /// `fix` to the tools, which ignore the case; the convention is to write types in lower case.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: 9 commits have other types than the convention: `feature`, `bugfix`, `doc`, `fmt`, `cleanup`, `speed`, `tests`, `deps` and `wip`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// feature: add the report
    /// bugfix: round the numbers
    /// doc: explain the report
    /// fmt: run the formatter
    /// cleanup: shorten the loop
    /// speed: read the file once
    /// tests: cover the report
    /// deps: raise requests
    /// wip: begin the export
    /// feat: add the export
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]  # error: 1 commit has another type than the convention: `pipeline`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// pipeline: run on pull requests
    /// feat: add the export
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]  # error: 2 commits have a type that is not in lower case: `Feat` and `CI`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// Feat: add the report
    /// CI: run on pull requests
    /// feat: add the export
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]  # error: 1 commit has another type than the convention: `tests`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// Feat: add the report
    /// tests: cover the report
    /// feat: add the export
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good .git/commits
    /// feat: add the report
    /// Note: this is no type of anything that we know
    /// build(deps): raise requests
    /// ```
    pub(crate) static OTHER_COMMIT_TYPE = {
        id: "other-commit-type",
        requirements: [
            "11.1.2", "11.1.3", "11.1.4", "11.1.5", "11.1.6", "11.1.7", "11.1.8", "11.1.9", "11.1.10", "11.1.11",
        ],
        check: Check::Repository(other_commit_type),
        confidence: Low,
    }
}

/// Types that are meant, with their requirement, and what is written instead.
const MEANT: &[(&str, &str, &[&str])] = &[
    ("feat", "11.1.2", &["feature", "features", "feats", "add", "added", "new", "enhancement"]),
    ("fix", "11.1.3", &["bugfix", "bug", "hotfix", "fixes", "fixed", "patch"]),
    ("docs", "11.1.4", &["doc", "documentation", "readme"]),
    ("style", "11.1.5", &["format", "fmt", "lint", "formatting"]),
    ("refactor", "11.1.6", &["refact", "refac", "cleanup", "rework", "refactoring"]),
    ("perf", "11.1.7", &["performance", "optimize", "optim", "speed"]),
    ("test", "11.1.8", &["tests", "testing"]),
    ("build", "11.1.9", &["deps", "dep", "dependencies"]),
    ("ci", "11.1.10", &["pipeline", "workflow", "cicd", "gha"]),
    ("chore", "11.1.11", &["misc", "maint", "maintenance", "task", "wip", "update", "chores"]),
];

fn other_commit_type(report: &mut Report) {
    let Some(place) = commits::place(report, OTHER_COMMIT_TYPE.requirements) else { return };
    let judged = judged();
    let conventional: Vec<&Commit> =
        judged.iter().filter(|commit| subject(&commit.subject).is_some_and(|it| TYPES.contains(&it.kind))).collect();
    if conventional.is_empty() && !demands_convention() {
        return OTHER_COMMIT_TYPE.requirements.iter().for_each(|requirement| {
            report.not_applicable(requirement, "the commits do not follow the convention");
        });
    }
    let declared = declared_types();
    let meant = |kind: &str| {
        let lower = kind.to_ascii_lowercase();
        MEANT.iter().find(|(meant, _, others)| *meant == lower || others.contains(&lower.as_str()))
    };
    let better = |kind: &str| meant(kind).map_or("", |(better, _, _)| better);
    let wrong = judged
        .iter()
        .filter_map(|commit| Some((commit, subject(&commit.subject)?.kind)))
        .filter(|(_, kind)| !TYPES.contains(kind) && !declared.iter().any(|own| own == kind))
        .filter(|(_, kind)| meant(kind).is_some());
    let (capitals, others): (Vec<_>, Vec<_>) = wrong.partition(|(_, kind)| kind.eq_ignore_ascii_case(better(kind)));
    let is_by_case = others.is_empty();
    let wrong = if is_by_case { capitals } else { others };
    let Some((first, kind)) = wrong.first() else { return };
    let mut kinds: Vec<&str> = Vec::new();
    let mut requirements: Vec<&str> = Vec::new();
    for (_, kind) in &wrong {
        if !kinds.contains(kind) {
            kinds.push(kind);
        }
        let requirement = meant(kind).map(|(_, requirement, _)| *requirement);
        requirements.extend(requirement.filter(|requirement| !requirements.contains(requirement)));
    }
    let what = match (wrong.len(), is_by_case) {
        (1, true) => "1 commit has a type that is not in lower case".to_owned(),
        (count, true) => format!("{count} commits have a type that is not in lower case"),
        (1, false) => "1 commit has another type than the convention".to_owned(),
        (count, false) => format!("{count} commits have other types than the convention"),
    };
    let finding = report.finding(&place, format!("{what}: {}", plimsoll_sdk::text::listed(&kinds))).help(format!(
        "write `{}` for `{kind}`; for instance in {}",
        better(kind),
        shown(first)
    ));
    requirements.iter().fold(finding, |finding, requirement| finding.requirement(requirement));
}

/// Types that the repository declares for its own tools.
fn declared_types() -> Vec<String> {
    let hooks = automation::hooks(&["conventional-pre-commit"]);
    let of_hooks =
        hooks.iter().flat_map(|hook| hook.words.iter().skip(1)).filter(|word| !word.starts_with('-')).cloned();
    let files = repository::find(&[".commitlintrc*", "commitlint.config.*"]);
    let of_files = files.iter().filter_map(|file| repository::read(&file.path).ok()).flat_map(|text| {
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_owned);
        words.collect::<Vec<_>>()
    });
    of_hooks.chain(of_files).collect()
}
