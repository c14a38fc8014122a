//! One page of HTML that needs nothing but itself: no scripts, no requests, dark where the reader's system is. It has
//! numbers by section, the states of requirements, and every finding under its rule.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use crate::finding::{Finding, Report};
use crate::standard::{Row, State};

use super::markup::escape;
use super::style::level_word;
use super::summary::{by_section, checked, outcome};
use super::text::{count, printable};

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>plimsoll</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid #8884; padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; }
code, li { overflow-wrap: anywhere; }
summary { cursor: pointer; margin-top: .5rem; }
.deny, .forbid, .broken { color: #c33; }
.warn, .unknown { color: #a60; }
.help { margin: 0; opacity: .75; white-space: pre-wrap; }
</style>
</head>
<body>
"#;

/// The states that are shown, the worst first; what no rule decides says nothing of this repository.
const STATES: &[State] = &[State::Broken, State::Unknown, State::Waived, State::Met, State::NotApplicable, State::Off];

/// `rows` are the requirements with their states; without them that part is left out.
pub(super) fn write(report: &Report, rules: usize, rows: &[Row], out: &mut dyn Write) -> Result<()> {
    out.write_all(HEAD.as_bytes())?;
    writeln!(out, "<h1>plimsoll: {}</h1>\n<p>{}.</p>", line(&outcome(report)), line(&checked(report, rules)))?;
    write_errors(report, out)?;
    write_sections(report, out)?;
    write_findings(report, out)?;
    write_requirements(rows, out)?;
    writeln!(out, "</body>\n</html>")
}

fn write_errors(report: &Report, out: &mut dyn Write) -> Result<()> {
    if report.errors.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2 class=\"deny\">Plugins failed; what they check is undecided, not met</h2>\n<ul>")?;
    for error in &report.errors {
        let rule = error.rule.as_deref().map_or(String::new(), |rule| format!(" in {rule}"));
        let text = format!("{}{rule} ({}): {}", error.plugin, error.kind, error.message);
        writeln!(out, "<li>{}</li>", line(&text))?;
    }
    writeln!(out, "</ul>")
}

fn write_sections(report: &Report, out: &mut dyn Write) -> Result<()> {
    let sections = by_section(report);
    if sections.is_empty() {
        return Ok(());
    }
    let heads = ["deny", "warn", "suppressed", "unknown"].map(|head| format!("<th class=\"number\">{head}</th>"));
    writeln!(out, "<h2>Sections</h2>\n<table>\n<tr><th>section</th>{}</tr>", heads.concat())?;
    for (section, counts) in sections {
        let numbers = [counts.failing(), counts.warn, counts.suppressed, counts.unknown];
        let cells = numbers.map(|number| format!("<td class=\"number\">{number}</td>"));
        writeln!(out, "<tr><td>{}</td>{}</tr>", line(section), cells.concat())?;
    }
    writeln!(out, "</table>")
}

/// Rules with the worst level first, in order of their names.
fn write_findings(report: &Report, out: &mut dyn Write) -> Result<()> {
    let mut rules: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        rules.entry(&finding.rule).or_default().push(finding);
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|(_, findings)| findings.iter().map(|finding| finding.level).max().map(std::cmp::Reverse));
    if !rules.is_empty() {
        writeln!(out, "<h2>Findings</h2>")?;
    }
    for (rule, findings) in rules {
        let number = count(findings.len(), "finding");
        writeln!(out, "<details open>\n<summary><code>{}</code>: {number}</summary>\n<ul>", line(rule))?;
        for finding in findings {
            let (location, level) = (&finding.location, level_word(finding.level));
            let place = format!("{}:{}:{}", location.path, location.start.line, location.start.column);
            let requirements = match finding.requirements.as_slice() {
                [] => String::new(),
                ids => format!(" [{}]", ids.join(", ")),
            };
            let message = line(&format!("{}{requirements}", finding.message));
            write!(out, "<li><span class=\"{level}\">{level}</span> <code>{}</code> {message}", line(&place))?;
            if let Some(help) = &finding.help {
                write!(out, "<p class=\"help\">{}</p>", escape(help))?;
            }
            writeln!(out, "</li>")?;
        }
        writeln!(out, "</ul>\n</details>")?;
    }
    Ok(())
}

fn write_requirements(rows: &[Row], out: &mut dyn Write) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>Requirements</h2>")?;
    for state in STATES {
        let of: Vec<&Row> = rows.iter().filter(|row| row.state == *state).collect();
        if of.is_empty() {
            continue;
        }
        let word = state.word();
        let number = of.len();
        writeln!(out, "<details>\n<summary><span class=\"{word}\">{word}</span>: {number}</summary>\n<table>")?;
        for row in of {
            let reason = row.reason.as_deref().map_or(String::new(), |reason| format!("<br>{}", line(reason)));
            let (id, level) = (line(&row.id), row.level.word());
            writeln!(out, "<tr><td>{id}</td><td>{level}</td><td>{}{reason}</td></tr>", line(&row.statement))?;
        }
        writeln!(out, "</table>\n</details>")?;
    }
    Ok(())
}

/// Text on one line.
fn line(text: &str) -> String {
    escape(&printable(text))
}
