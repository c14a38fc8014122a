//! Workflow commands of GitHub Actions: each finding becomes an annotation in the log, on the summary of the run, and in
//! the diff of a pull request. GitHub shows ten of each kind for a step and drops the others from these places; all are
//! in the log.

use std::io::{Result, Write};

use crate::finding::{Finding, Level, Report};

use super::text::{printable, printable_lines};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> Result<()> {
    for error in &report.errors {
        let place = error.rule.as_deref().map_or(String::new(), |rule| format!(" in {rule}"));
        let message = format!("plugin {} failed{place} ({}): {}", error.plugin, error.kind, error.message);
        let properties = [("title", "a plugin failed, so the verdict is not complete".to_owned())];
        command("error", &properties, &printable(&message), out)?;
    }
    for finding in &report.findings {
        let kind = match finding.level {
            Level::Forbid | Level::Deny => "error",
            Level::Warn => "warning",
            Level::Allow => "notice",
        };
        command(kind, &properties(finding), &message(finding), out)?;
    }
    Ok(())
}

/// Where the annotation goes, and its headline. GitHub takes columns only on one line.
fn properties(finding: &Finding) -> Vec<(&'static str, String)> {
    let location = &finding.location;
    let mut properties = Vec::with_capacity(6);
    if !location.path.is_empty() {
        properties.push(("file", printable(&location.path).into_owned()));
        let line = location.start.line.max(1);
        let end_line = location.end.line.max(line);
        properties.push(("line", line.to_string()));
        properties.push(("endLine", end_line.to_string()));
        if line == end_line {
            let column = location.start.column.max(1);
            properties.push(("col", column.to_string()));
            properties.push(("endColumn", location.end.column.max(column).to_string()));
        }
    }
    let requirements = match finding.requirements.as_slice() {
        [] => String::new(),
        ids => format!(" ({})", ids.join(", ")),
    };
    properties.push(("title", printable(&format!("{}{requirements}", finding.rule)).into_owned()));
    properties
}

/// The log shows the message alone, so it says the place and the rule once more.
fn message(finding: &Finding) -> String {
    let location = &finding.location;
    let mut message = format!(
        "{}:{}:{}: [{}] {}",
        printable(&location.path),
        location.start.line,
        location.start.column,
        printable(&finding.rule),
        printable(&finding.message)
    );
    if let Some(help) = &finding.help {
        message.push_str("\nhelp: ");
        message.push_str(&printable_lines(help));
    }
    message
}

fn command(kind: &str, properties: &[(&str, String)], message: &str, out: &mut dyn Write) -> Result<()> {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", escape_property(value))).collect();
    writeln!(out, "::{kind} {}::{}", properties.join(","), escape_data(message))
}

/// As the runner takes it back: the percent sign first, since it begins the others.
fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// In a property, what ends it is escaped too.
fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}
