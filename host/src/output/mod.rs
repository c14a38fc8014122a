//! Prints the report of a check, one module a format. The only modules that print findings.
//!
//! - [`full`] is for people: excerpts of the source, help, requirements, a summary.
//! - [`concise`] is one line a finding.
//! - [`json`] and [`jsonl`] are for programs; their shape is a contract.
//! - [`sarif`] is for code scanning, [`github`] for annotations, [`gitlab`] and [`junit`] for the reports that services
//!   show, [`markdown`] and [`html`] for summaries on a page.
//! - [`statistics`], [`timings`] and [`details`] follow `full` on request.
//!
//! Everything is written in a fixed order, so that the same report gives the same bytes. Text from repositories and
//! plugins passes through [`text::printable`] before a person sees it.

mod concise;
mod details;
mod excerpt;
mod fingerprint;
mod full;
mod github;
mod gitlab;
mod html;
mod json;
mod jsonl;
mod junit;
mod lines;
mod markdown;
mod markup;
mod sarif;
mod sources;
mod statistics;
mod style;
mod summary;
mod table;
pub(crate) mod text;
mod timings;

use std::io::{Result, Write};

use crate::finding::{Finding, Report, Suppressed};
use crate::standard::Row;

pub(crate) use lines::LineIndex;

use sources::Sources;
use style::Paint;

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Excerpts of the source, help, requirements and a summary
    #[default]
    Full,
    /// One line a finding
    Concise,
    /// One JSON document with everything
    Json,
    /// One JSON object a line: findings, errors, summary
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// Code Quality report of GitLab
    Gitlab,
    /// JUnit XML, a test for each rule and file
    Junit,
    /// A summary in Markdown, with the states of requirements
    Markdown,
    /// The same on one page of HTML, with every finding
    Html,
}

/// What a printer needs to know of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RuleInfo {
    /// `section/rule`.
    pub(crate) id: String,
    /// What is wrong, in one line.
    pub(crate) title: String,
    pub(crate) requirements: Vec<RequirementInfo>,
    /// Why it hurts and what to do, in Markdown; may be empty.
    pub(crate) help: String,
    /// Where the rule is documented on the web, if anywhere.
    pub(crate) help_uri: Option<String>,
}

/// A requirement that a rule decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RequirementInfo {
    /// For instance `9.6.1`.
    pub(crate) id: String,
    /// The standard's word: `must`, `should`, `may`, `never` or `avoid`.
    pub(crate) level: String,
    pub(crate) statement: String,
}

/// How to print.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options<'a> {
    pub(crate) format: Format,
    /// Whether the output takes colours.
    pub(crate) color: bool,
    /// Columns of the output.
    pub(crate) width: usize,
    /// Whether to count the findings of each rule.
    pub(crate) statistics: bool,
    /// Whether to say where the time went.
    pub(crate) timings: bool,
    /// Whether to say what did not apply, what is undecided and what projects were taken for.
    pub(crate) verbose: bool,
    /// The requirements with their states, for the formats that [show them](Format::shows_requirements).
    pub(crate) requirements: &'a [Row],
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            format: Format::Full,
            color: false,
            width: 100,
            statistics: false,
            timings: false,
            verbose: false,
            requirements: &[],
        }
    }
}

impl Format {
    /// Whether the states of requirements are a part of it.
    pub(crate) fn shows_requirements(self) -> bool {
        matches!(self, Self::Markdown | Self::Html)
    }

    /// Whether it says nothing of rules without findings but how many there are.
    pub(crate) fn shows_findings_only(self) -> bool {
        matches!(self, Self::Full | Self::Concise | Self::Github | Self::Gitlab)
    }
}

/// Prints a report. `read` gives the text of a file of the repository; where it gives nothing, the output does without
/// excerpt.
pub(crate) fn write(
    report: &Report,
    rules: &[RuleInfo],
    options: &Options<'_>,
    read: &dyn Fn(&str) -> Option<String>,
    out: &mut dyn Write,
) -> Result<()> {
    let mut sources = Sources::new(read);
    match options.format {
        Format::Full => {
            full::write_findings(report, rules, options, &mut sources, out)?;
            write_extras(report, options, out)?;
            full::write_end(report, rules, options, out)
        }
        Format::Concise => concise::write(report, Paint { color: options.color }, out),
        Format::Json => json::write(report, out),
        Format::Jsonl => jsonl::write(report, out),
        Format::Sarif => sarif::write(report, rules, &mut sources, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, &mut sources, out),
        Format::Junit => junit::write(report, rules, out),
        Format::Markdown => markdown::write(report, rules.len(), options.requirements, out),
        Format::Html => html::write(report, rules.len(), options.requirements, out),
    }
}

/// All findings by place, whether suppressed or not: [fingerprints](fingerprint) tell equal ones apart by their order.
fn by_place(report: &Report) -> Vec<(&Finding, Option<&Suppressed>)> {
    let mut findings: Vec<(&Finding, Option<&Suppressed>)> =
        report.findings.iter().map(|finding| (finding, None)).collect();
    findings.extend(report.suppressed.iter().map(|suppressed| (&suppressed.finding, Some(suppressed))));
    findings.sort_by_key(|(finding, _)| (&finding.location, &finding.rule, &finding.message));
    findings
}

/// A table for people, without colours: the first column to the left, the others to the right.
pub(crate) fn plain_table(head: &[&str], rows: &[Vec<String>]) -> String {
    table::table(head, rows, false, Paint { color: false })
}

/// Prints what `--statistics`, `--timings` and `-v` ask for. A part of `full`; with the other formats it belongs on
/// stderr.
pub(crate) fn write_extras(report: &Report, options: &Options<'_>, out: &mut dyn Write) -> Result<()> {
    let paint = Paint { color: options.color };
    if options.verbose {
        details::write(report, options.width, paint, out)?;
    }
    if options.statistics {
        statistics::write(report, paint, out)?;
    }
    if options.timings {
        timings::write(report, paint, out)?;
    }
    Ok(())
}

/// What came out, without the end of the last line: for stderr beside `concise`.
pub(crate) fn summary_line(report: &Report) -> String {
    let fixed = summary::fixed(report).map_or(String::new(), |fixed| format!("\n{fixed}"));
    format!("{}; {}{fixed}", summary::outcome(report), summary::checked(report, 0))
}

#[cfg(test)]
mod tests;
