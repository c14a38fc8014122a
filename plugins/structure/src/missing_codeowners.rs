//! Large teams without code owners, and code owners that name nothing.

use crate::layout;
use plimsoll_sdk::prelude::*;
use std::collections::BTreeMap;

rule! {
    /// Nobody is named as owner of the code.
    ///
    /// In a large team a change without a named reviewer waits, or is approved by someone who doesn't know the code.
    /// Name owners in `.github/CODEOWNERS`, and keep the paths and the names there valid.
    ///
    /// ```text bad .github/CODEOWNERS
    /// * @acme/core
    /// /src/billing/ @acme/billing
    /// /src/app/ jane
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text expect
    /// .github/CODEOWNERS:2: `/src/billing/` matches no file
    /// .github/CODEOWNERS:3: `jane` is no owner
    /// ```
    ///
    /// ```text good .github/CODEOWNERS
    /// # Owners
    /// * @acme/core
    /// /src/app/ @jane jane@example.com
    /// *.py @acme/python  # all of it
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static MISSING_CODEOWNERS = {
        id: "missing-codeowners",
        requirements: ["4.5.5"],
        check: Check::Repository(missing_codeowners),
        confidence: Low,
    }
}

const PATHS: &[&str] = &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
/// So many lines are reported.
const MOST_LINES: usize = 50;
/// More authors than this who keep coming within a year are a large team.
const SMALL_TEAM: usize = 9;
/// Who made fewer changes was passing by.
const FEWEST_COMMITS: usize = 3;
/// More commits are not looked at.
const MOST_COMMITS: u32 = 1_000;
const YEAR: i64 = 365 * 24 * 60 * 60;

fn missing_codeowners(report: &mut Report) {
    if let Some(path) = layout::nearest("", PATHS) {
        stale_lines(report, &path);
        return;
    }
    let commits = git::commits(MOST_COMMITS);
    let Some(newest) = commits.first() else { return };
    let recent = commits.iter().filter(|commit| commit.time > newest.time - YEAR);
    let mut authors: BTreeMap<String, usize> = BTreeMap::new();
    for email in recent.map(|commit| person(&commit.email)).filter(|email| !email.contains("[bot]")) {
        *authors.entry(email).or_default() += 1;
    }
    authors.retain(|_, commits| *commits >= FEWEST_COMMITS);
    let maintained = !repository::find(&["/MAINTAINERS*", "/.github/MAINTAINERS*"]).is_empty();
    let folder = repository::find(&["/.github/**"]);
    let is_all_recent = commits.iter().all(|commit| commit.time > newest.time - YEAR);
    let is_cut = commits.len() < MOST_COMMITS as usize && git::available() == git::History::Shallow;
    if authors.len() <= SMALL_TEAM && is_all_recent && is_cut {
        return report.unknown("4.5.5", None, "shallow clone");
    }
    if let Some(file) = folder.first().filter(|_| authors.len() > SMALL_TEAM && !maintained) {
        report
            .finding(&layout::start(&file.path), format!("no `CODEOWNERS` for {} regular authors", authors.len()))
            .help("name owners in `.github/CODEOWNERS`");
    }
}

/// One name for the addresses of a person: GitHub's noreply addresses carry a number.
fn person(email: &str) -> String {
    let email = email.to_ascii_lowercase();
    match email.split_once("@users.noreply.") {
        Some((name, _)) => name.rsplit('+').next().unwrap_or(name).to_owned(),
        None => email,
    }
}

fn stale_lines(report: &mut Report, path: &str) {
    let Ok(text) = repository::read(path) else { return };
    let mut start = 0;
    let mut said = 0;
    for line in text.split_inclusive('\n') {
        let span = Span { start, end: start + line.trim_end().len() as u32 };
        let place = Place { path: path.to_owned(), span };
        start += line.len() as u32;
        // A file of which this much is wrong is rewritten, not mended line by line.
        if said == MOST_LINES {
            return;
        }
        let content = line.split('#').next().unwrap_or_default();
        let mut words = content.split_whitespace();
        let Some(pattern) = words.next().filter(|word| !word.starts_with(['[', '^', '!']) && !word.contains('\\'))
        else {
            continue;
        };
        let stranger = words.find(|owner| !owner.contains('@'));
        if let Some(owner) = stranger.filter(|_| !content.trim_start().starts_with('[')) {
            report
                .finding(&place, format!("`{owner}` is no owner"))
                .help("write `@name`, `@organisation/team` or an e-mail address");
            said += 1;
        } else if !matches_file(pattern) {
            report.finding(&place, format!("`{pattern}` matches no file")).help("remove the line or correct the path");
            said += 1;
        }
    }
}

fn matches_file(pattern: &str) -> bool {
    let trimmed = pattern.trim_end_matches('/');
    let anchored = trimmed.trim_start_matches('/');
    repository::exists(anchored)
        || !repository::find(&[trimmed, &format!("{trimmed}/**"), anchored, &format!("**/{anchored}/**")]).is_empty()
}
