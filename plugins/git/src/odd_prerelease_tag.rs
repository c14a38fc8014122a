//! Tags of pre-releases that tools sort wrongly.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::listed;

use crate::commits;
use crate::versions::versions;

rule! {
    /// A pre-release is not tagged as `-alpha.N`, `-beta.N` or `-rc.N`.
    ///
    /// SemVer sorts `rc10` before `rc2`, and takes `1.2.0rc1` for no version at all. Write `v1.2.0-rc.1`. A library may
    /// tag as Python spells its versions, `1.2.0rc1`: that is a guess only.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: tags `v1.2.0-preview` and `v1.3.0rc1` are no `-alpha.N`, `-beta.N` or `-rc.N`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// feat: add it
    /// ```
    /// ```text bad .git/tags
    /// v1.2.0-preview
    /// v1.3.0rc1
    /// v1.3.0
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good .git/commits
    /// feat: add it
    /// ```
    /// ```text good .git/tags
    /// nightly
    /// v1.2.0-rc.1
    /// v1.2.0
    /// v1.3.0.dev4
    /// ```
    pub(crate) static ODD_PRERELEASE_TAG = {
        id: "odd-prerelease-tag",
        requirements: ["11.2.5"],
        check: Check::Repository(odd_prerelease_tag),
    }
}

/// How many of the newest versions are judged.
const JUDGED: usize = 10;

fn odd_prerelease_tag(report: &mut Report) {
    let Some(place) = commits::place_of_history(report, &["11.2.5"]) else { return };
    let tags = git::tags();
    let versions = versions(&tags);
    let is_of_ci = |suffix: &str| suffix.contains("dev") || suffix.contains("nightly") || suffix.contains("post");
    // `-tools` names a package, not a stage.
    let is_stage = |suffix: &str| {
        let lower = suffix.to_ascii_lowercase();
        let word = lower.trim_start_matches(['-', '.']).split(|letter: char| !letter.is_ascii_alphabetic()).next();
        matches!(word, Some("a" | "b" | "c" | "rc" | "alpha" | "beta" | "pre" | "preview" | "snapshot"))
    };
    let newest: Vec<_> =
        versions.iter().rev().take(JUDGED).filter(|it| is_stage(it.suffix) && !is_of_ci(it.suffix)).collect();
    if newest.is_empty() {
        return report.not_applicable("11.2.5", "no tags of pre-releases");
    }
    let odd: Vec<&str> =
        newest.iter().rev().filter(|version| !is_standard(version.suffix)).map(|version| version.tag).collect();
    if odd.is_empty() {
        return;
    }
    let is_python = |suffix: &str| {
        ["a", "b", "rc"]
            .iter()
            .any(|kind| suffix.strip_prefix(kind).is_some_and(|rest| rest.chars().all(|it| it.is_ascii_digit())))
    };
    let all_python = newest.iter().all(|version| is_standard(version.suffix) || is_python(version.suffix));
    let is_library = project::projects().iter().any(|project| project.has_profile("library"));
    let shown = &odd[..odd.len().min(3)];
    let (noun, verb) = if shown.len() == 1 { ("tag", "is") } else { ("tags", "are") };
    let finding = report
        .finding(&place, format!("{noun} {} {verb} no `-alpha.N`, `-beta.N` or `-rc.N`", listed(shown)))
        .help("tag pre-releases as `v1.2.0-rc.1`");
    if all_python && is_library {
        finding.low()
    } else {
        finding.medium()
    };
}

/// `-alpha.1`, `-beta.2`, `-rc.3`.
fn is_standard(suffix: &str) -> bool {
    ["-alpha.", "-beta.", "-rc."].iter().any(|kind| {
        suffix.strip_prefix(kind).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|it| it.is_ascii_digit()))
    })
}
