//! Releases that nobody can look up.

use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

rule! {
    /// The project has releases and no changelog by version.
    ///
    /// Users who update want to know what changes for them, and look it up by the version. Keep a `CHANGELOG.md` with a
    /// heading for each. Fragments and tools that write release notes are fine.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `CHANGELOG.md`, and there are releases
    /// name = "lib"
    /// version = "1.4.0"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// feat: add it
    /// ```
    /// ```text bad .git/tags
    /// v1.4.0
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "lib"
    /// version = "1.4.0"
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```text bad CHANGELOG.md
    /// # Changes
    /// Many.
    /// ```
    /// ```text bad .git/commits
    /// feat: add it
    /// ```
    /// ```text bad .git/tags
    /// v1.4.0
    /// ```
    /// ```text expect
    /// CHANGELOG.md:1: no heading of the changelog names a version
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// version = "1.4.0"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    /// ```text good CHANGELOG.md
    /// # Changes
    /// ## [1.4.0] - 2026-01-02
    /// ```
    /// ```text good .git/commits
    /// feat: add it
    /// ```
    /// ```text good .git/tags
    /// v1.4.0
    /// ```
    pub(crate) static MISSING_CHANGELOG = {
        id: "missing-changelog",
        requirements: ["4.5.2", "10.3.5", "27.3.8"],
        check: Check::Repository(missing_changelog),
    }
}

const CHANGELOGS: &[&str] = &[
    "CHANGELOG*",
    "changelog*",
    "Changelog*",
    "ChangeLog*",
    "CHANGES*",
    "changes*",
    "Changes*",
    "HISTORY*",
    "history*",
    "History*",
    "NEWS*",
    "RELEASES*",
    "RELEASE*",
    "release-notes*",
    "release_notes*",
    "releases.md",
    "whatsnew*",
    "**/changelog/*",
    "**/release-notes/*",
    "**/releases/*.md",
    "**/history/*",
];
/// Tools and folders that make release notes.
const FRAGMENTS: &[&str] = &[
    "/changelog.d/**",
    "/newsfragments/**",
    "/.changeset/**",
    "/changes/**",
    "/news/**",
    "cliff.toml",
    ".github/release-drafter*",
    "/.github/release.yml",
    "release-please-config.json",
];

fn missing_changelog(report: &mut Report) {
    let not = |report: &mut Report, reason: &str| {
        MISSING_CHANGELOG.requirements.iter().for_each(|requirement| report.not_applicable(requirement, reason));
    };
    let Some(project) = main_project() else { return not(report, "no Python code of its own") };
    let is_version = |tag: &String| {
        let rest = tag.trim_start_matches(['v', 'V']);
        rest.starts_with(|first: char| first.is_ascii_digit()) && rest.contains('.')
    };
    if !git::tags().iter().any(is_version) {
        return not(report, "no tags of releases are known");
    }
    let is_text =
        |path: &str| [".md", ".rst", ".txt", ".adoc"].iter().any(|end| path.ends_with(end)) || !path.contains('.');
    let mut files = repository::find(CHANGELOGS);
    files.retain(|file| is_text(&file.path) && matches!(file.role, Role::Source | Role::Documentation | Role::Script));
    let has_fragments = !repository::find(FRAGMENTS).is_empty();
    let makes_notes = || {
        let bots = [
            "release-drafter/release-drafter",
            "python-semantic-release/*",
            "googleapis/release-please-action",
            "orhun/git-cliff-action",
            "google-github-actions/release-please-action",
        ];
        !automation::actions(&bots).is_empty()
            || automation::commands(&["gh"]).iter().any(|command| command.has_word(&["--generate-notes"]))
            || documents::read("pyproject.toml", &["tool", "towncrier"]).is_ok()
            || documents::read("pyproject.toml", &["tool", "scriv"]).is_ok()
    };
    let Some(file) = files.first() else {
        if !has_fragments {
            let finding = report
                .finding(&project.place, "no `CHANGELOG.md`, and there are releases")
                .help("keep one with a heading for each version");
            if makes_notes() || !project.has_profile("library") {
                finding.low()
            } else {
                finding.medium()
            };
        }
        return;
    };
    let names_version = |text: &str| {
        text.split(|letter: char| letter.is_whitespace() || matches!(letter, '[' | ']' | '(' | ')' | '`' | '*')).any(
            |word| {
                let word = word.trim_start_matches(['v', 'V']);
                word.starts_with(|first: char| first.is_ascii_digit()) && word.split('.').count() > 1
            },
        )
    };
    let has_versions = files.iter().any(|file| {
        // One that is too large to be read has them.
        repository::read(&file.path).map_or_else(|_| true, |text| text.lines().any(names_version))
    });
    if !has_versions && !has_fragments && files.len() == 1 {
        // A file that only leads elsewhere is fine.
        let text = repository::read(&file.path).unwrap_or_default();
        if !text.contains("http") && !text.contains("include") {
            report
                .finding(&start(&file.path), "no heading of the changelog names a version")
                .help("add a heading for each version, the newest first")
                .low();
        }
    }
}
