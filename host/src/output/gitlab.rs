//! The Code Quality report of GitLab, which merge requests show: an array of issues, each with a fingerprint by which
//! GitLab tells new ones from old ones. A plugin that failed is an issue too, at the manifest, where plugins are named.

use std::io::{Result, Write};

use serde::Serialize;

use crate::finding::{Level, Report};

use super::by_place;
use super::fingerprint::Fingerprints;
use super::json::write_document;
use super::sources::Sources;
use super::text::printable;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    /// One of `info`, `minor`, `major`, `critical`, `blocker`.
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn write(report: &Report, sources: &mut Sources<'_>, out: &mut dyn Write) -> Result<()> {
    let mut issues: Vec<Issue> = report
        .errors
        .iter()
        .enumerate()
        .map(|(number, error)| {
            let place = error.rule.as_deref().map_or(String::new(), |rule| format!(" in {rule}"));
            let text = format!("plugin {} failed{place} ({}): {}", error.plugin, error.kind, error.message);
            Issue {
                description: printable(&text).into_owned(),
                check_name: "plimsoll/plugin-failed".to_owned(),
                fingerprint: format!("plugin-failed:{}:{}:{number}", error.plugin, error.kind),
                severity: "blocker",
                location: Location { path: "plimsoll.toml".to_owned(), lines: Lines { begin: 1, end: 1 } },
            }
        })
        .collect();
    let mut fingerprints = Fingerprints::default();
    for (finding, suppressed) in by_place(report) {
        let source = sources.source(&finding.location.path);
        let source = source.as_deref().map(|source| (source.text.as_str(), &source.lines));
        // Taken for suppressed ones too, so that the others are called the same whatever is suppressed.
        let fingerprint = fingerprints.fingerprint(finding, source);
        if suppressed.is_some() {
            continue;
        }
        let help = finding.help.as_deref().map_or(String::new(), |help| format!(" ({})", printable(help)));
        let begin = finding.location.start.line.max(1);
        let path = if finding.location.path.is_empty() { "." } else { &finding.location.path };
        issues.push(Issue {
            description: format!("{}{help}", printable(&finding.message)),
            check_name: finding.rule.clone(),
            fingerprint,
            severity: match finding.level {
                Level::Forbid => "critical",
                Level::Deny => "major",
                Level::Warn => "minor",
                Level::Allow => "info",
            },
            location: Location {
                path: path.to_owned(),
                lines: Lines { begin, end: finding.location.end.line.max(begin) },
            },
        });
    }
    write_document(&issues, out)
}
