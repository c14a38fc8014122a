//! Everything as one JSON document. The names and their order are a contract: fields are added at most, under a new
//! `version` where that would break readers.

use std::collections::BTreeMap;
use std::io::{Error, Result, Write};

use serde::Serialize;

use crate::finding::{
    Confidence, Failure, Finding, Fix, Fixed, Level, NotApplicable, PluginUsed, ProjectSeen, Report, Suppressed,
    Unknown,
};

use super::summary::{self, Counts};
use super::text::is_unsafe;

/// Version of this format.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    plugins: &'a [PluginUsed],
    projects: &'a [ProjectSeen],
    findings: Vec<FindingRow<'a>>,
    suppressed: Vec<SuppressedRow<'a>>,
    fixed: &'a [Fixed],
    not_applicable: &'a [NotApplicable],
    unknown: &'a [Unknown],
    errors: &'a [Failure],
    summary: SummaryRow<'a>,
}

/// A finding; lines and columns from 1, columns in characters.
#[derive(Serialize)]
pub(super) struct FindingRow<'a> {
    rule: &'a str,
    level: Level,
    confidence: Confidence,
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    message: &'a str,
    help: Option<&'a str>,
    requirements: &'a [String],
    project: &'a str,
    fix: Option<&'a Fix>,
}

#[derive(Serialize)]
struct SuppressedRow<'a> {
    #[serde(flatten)]
    finding: FindingRow<'a>,
    by: &'a str,
    reason: Option<&'a str>,
    until: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct SummaryRow<'a> {
    files: usize,
    projects: usize,
    forbid: usize,
    deny: usize,
    warn: usize,
    hidden: usize,
    /// Left out because nothing changed there.
    unchanged: usize,
    suppressed: usize,
    /// Of the suppressed ones, those in the baseline.
    baseline: usize,
    /// Findings of the baseline that are gone.
    fixed: u32,
    not_applicable: usize,
    unknown: usize,
    errors: usize,
    sections: BTreeMap<&'a str, Counts>,
}

impl<'a> From<&'a Finding> for FindingRow<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            rule: &finding.rule,
            level: finding.level,
            confidence: finding.confidence,
            path: &finding.location.path,
            line: finding.location.start.line,
            column: finding.location.start.column,
            end_line: finding.location.end.line,
            end_column: finding.location.end.column,
            message: &finding.message,
            help: finding.help.as_deref(),
            requirements: &finding.requirements,
            project: &finding.project,
            fix: finding.fix.as_ref(),
        }
    }
}

impl<'a> From<&'a Suppressed> for SuppressedRow<'a> {
    fn from(suppressed: &'a Suppressed) -> Self {
        Self {
            finding: FindingRow::from(&suppressed.finding),
            by: &suppressed.by,
            reason: suppressed.reason.as_deref(),
            until: suppressed.until.as_deref(),
        }
    }
}

impl<'a> From<&'a Report> for SummaryRow<'a> {
    fn from(report: &'a Report) -> Self {
        let sections = summary::by_section(report);
        let total = summary::total(sections.values());
        Self {
            files: report.files,
            projects: report.projects.len(),
            forbid: total.forbid,
            deny: total.deny,
            warn: total.warn,
            hidden: report.hidden,
            unchanged: report.unchanged,
            suppressed: total.suppressed,
            baseline: report.accepted(),
            fixed: report.fixed.iter().map(|fixed| fixed.count).sum(),
            not_applicable: total.not_applicable,
            unknown: total.unknown,
            errors: report.errors.len(),
            sections,
        }
    }
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> Result<()> {
    let document = Document {
        version: VERSION,
        plugins: &report.plugins,
        projects: &report.projects,
        findings: report.findings.iter().map(FindingRow::from).collect(),
        suppressed: report.suppressed.iter().map(SuppressedRow::from).collect(),
        fixed: &report.fixed,
        not_applicable: &report.not_applicable,
        unknown: &report.unknown,
        errors: &report.errors,
        summary: SummaryRow::from(report),
    };
    write_document(&document, out)
}

/// Writes a value as indented JSON.
pub(super) fn write_document(value: &impl Serialize, out: &mut dyn Write) -> Result<()> {
    write_harmless(&serde_json::to_string_pretty(value).map_err(Error::from)?, out)
}

/// Writes a value as JSON on one line.
pub(super) fn write_line(value: &impl Serialize, out: &mut dyn Write) -> Result<()> {
    write_harmless(&serde_json::to_string(value).map_err(Error::from)?, out)
}

/// Writes JSON and a line end. Characters that steer terminals or reorder lines stand in strings only and mean the same
/// when escaped, so that the output may be looked at.
fn write_harmless(json: &str, out: &mut dyn Write) -> Result<()> {
    let mut rest = json;
    while let Some(at) = rest.find(|character: char| character != '\n' && is_unsafe(character)) {
        out.write_all(&rest.as_bytes()[..at])?;
        let mut characters = rest[at..].chars();
        if let Some(character) = characters.next() {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
        }
        rest = characters.as_str();
    }
    writeln!(out, "{rest}")
}
