//! A summary in Markdown, for the page of a CI job or a comment: numbers by section with the states of requirements,
//! then the worst findings. What repositories and plugins wrote is escaped, so that none of it becomes markup.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use crate::finding::{Finding, Report};
use crate::standard::{Row, State};

use super::style::level_word;
use super::summary::{Counts, by_section, checked, outcome, total};
use super::text::printable;

/// So many findings are listed: a page of a job takes a mebibyte.
const MOST_FINDINGS: usize = 100;
/// Of a message that is longer, so many characters are shown.
const LONGEST_MESSAGE: usize = 400;

/// The states that a section shows, with their headlines.
const STATES: &[(State, &str)] = &[
    (State::Met, "met"),
    (State::Broken, "broken"),
    (State::Unknown, "unknown"),
    (State::Waived, "waived"),
    (State::NotApplicable, "not applicable"),
];

/// `rows` are the requirements with their states; without them only findings are counted.
pub(super) fn write(report: &Report, rules: usize, rows: &[Row], out: &mut dyn Write) -> Result<()> {
    writeln!(out, "## plimsoll: {}\n\n{}.", text(&outcome(report)), text(&checked(report, rules)))?;
    if !report.errors.is_empty() {
        writeln!(out, "\n**Plugins failed; what they check is undecided, not met:**\n")?;
        for error in &report.errors {
            let rule = error.rule.as_deref().map_or(String::new(), |rule| format!(" in {}", code(rule)));
            let message = text(&shortened(&error.message));
            writeln!(out, "- {}{rule} ({}): {message}", code(&error.plugin), text(&error.kind))?;
        }
    }
    write_sections(report, rows, out)?;
    write_findings(report, out)
}

/// One row a section that says anything, and their sum.
fn write_sections(report: &Report, rows: &[Row], out: &mut dyn Write) -> Result<()> {
    let counts = by_section(report);
    let mut states: BTreeMap<&str, BTreeMap<State, usize>> = BTreeMap::new();
    for row in rows.iter().filter(|row| STATES.iter().any(|(state, _)| *state == row.state)) {
        *states.entry(&row.section).or_default().entry(row.state).or_default() += 1;
    }
    let mut sections: Vec<&str> = counts.keys().copied().chain(states.keys().copied()).collect();
    sections.sort_unstable();
    sections.dedup();
    if sections.is_empty() {
        return Ok(());
    }
    let shown: &[(State, &str)] = if rows.is_empty() { &[] } else { STATES };
    let heads: String = shown.iter().map(|(_, head)| format!(" {head} |")).collect();
    writeln!(out, "\n| section | deny | warn | suppressed |{heads}\n|---|--:|--:|--:|{}", "--:|".repeat(shown.len()))?;
    let line = |name: &str, counts: &Counts, states: &dyn Fn(State) -> usize| {
        let numbers = [counts.failing(), counts.warn, counts.suppressed].into_iter();
        let numbers = numbers.chain(shown.iter().map(|(state, _)| states(*state)));
        let cells: String = numbers.map(|number| format!(" {number} |")).collect();
        format!("| {name} |{cells}")
    };
    for section in &sections {
        let of = |state: State| states.get(section).and_then(|states| states.get(&state)).copied().unwrap_or(0);
        let counts = counts.get(section).copied().unwrap_or_default();
        writeln!(out, "{}", line(&text(section), &counts, &of))?;
    }
    let all = |state: State| states.values().filter_map(|states| states.get(&state)).sum();
    writeln!(out, "{}", line("**all**", &total(counts.values()), &all))
}

/// The worst first, in order of places.
fn write_findings(report: &Report, out: &mut dyn Write) -> Result<()> {
    if report.findings.is_empty() {
        return Ok(());
    }
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    writeln!(out, "\n| level | place | finding | requirements |\n|---|---|---|---|")?;
    for finding in findings.iter().take(MOST_FINDINGS) {
        let location = &finding.location;
        writeln!(
            out,
            "| {} | {} | {}<br>{} | {} |",
            level_word(finding.level),
            code(&format!("{}:{}", location.path, location.start.line)),
            prose(&shortened(&finding.message)),
            code(&finding.rule),
            text(&finding.requirements.join(", ")),
        )?;
    }
    if findings.len() > MOST_FINDINGS {
        let more = findings.len() - MOST_FINDINGS;
        writeln!(out, "\nAnd {more} more; `plimsoll check --format concise` lists them all.")?;
    }
    Ok(())
}

fn shortened(message: &str) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

/// Text in which nothing is markup.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in printable(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '!' | '#' | '$' | '*' | '[' | '\\' | ']' | '_' | '`' | '|' | '~' => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
    }
    // Nor does anything become a link by itself.
    escaped.replace("://", "&#58;//").replace("www.", "www&#46;")
}

/// Text as code. The fence is longer than any in it; a bar would end the cell of a table.
fn code(text: &str) -> String {
    let text = printable(text).replace('|', "\\|");
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if text.trim().is_empty() {
        String::new()
    } else if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// A message, in which code stands between backticks.
fn prose(message: &str) -> String {
    let parts: Vec<&str> = message.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return text(message);
    }
    let part = |(number, part): (usize, &&str)| if number.is_multiple_of(2) { text(part) } else { code(part) };
    parts.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::{code, prose, text};

    #[test]
    fn nothing_of_a_stranger_is_markup() {
        assert_eq!(text("a|b <img> [c](d) *e* _f_ g://h"), "a\\|b &lt;img&gt; \\[c\\](d) \\*e\\* \\_f\\_ g&#58;//h");
        assert_eq!(text("one\n# two\\"), "one\\\\n\\# two\\\\");
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code(" "), "");
        assert_eq!(prose("`a|b` is *wrong*"), "`a\\|b` is \\*wrong\\*");
        assert_eq!(prose("a ` <b>"), "a \\` &lt;b&gt;");
        assert_eq!(prose("``` <b> `"), "`  <b>  `");
    }
}
