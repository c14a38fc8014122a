//! For people: findings with an excerpt of the source, help and requirements; then a summary and what to do next.
//!
//! Findings stand by section, rule, level (deny first) and place. A rule with many findings shows the first in full and
//! the places of the others, so that a report of hundreds stays readable.

use std::collections::HashMap;
use std::io::{Result, Write};

use annotate_snippets::renderer::DEFAULT_LINE_NUM_STYLE;
use annotate_snippets::{
    Annotation, AnnotationKind, Level as Tone, Message, Origin, Padding, Renderer, Snippet, Title,
};

use crate::finding::{Finding, Level, Location, Report};

use super::excerpt::{Excerpt, excerpt};
use super::sources::Sources;
use super::statistics::by_frequency;
use super::style::{BOLD, ERROR, FAINT, GOOD, Paint, level_word};
use super::summary::{self, by_section, section_of};
use super::table::table;
use super::text::{count, printable, printable_lines, project, wrap};
use super::{Options, RequirementInfo, RuleInfo};

/// A rule with at most so many findings shows all of them in full.
const SHOWN_ALL: usize = 3;
/// A rule with more shows so many in full.
const SHOWN_OF_MANY: usize = 2;
/// Of the others so many places are listed.
const LISTED: usize = 10;
/// Related places that a finding shows.
const RELATED: usize = 3;
/// Rules named under "what next".
const MOST_FREQUENT: usize = 3;
/// Room for line numbers and the frame beside an excerpt.
const FRAME: usize = 10;

pub(super) fn write_findings(
    report: &Report,
    rules: &[RuleInfo],
    options: &Options,
    sources: &mut Sources<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    let rules = rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let mut printer = Printer {
        rules,
        sources,
        renderer: renderer.term_width(options.width.max(40)),
        paint: Paint { color: options.color },
        width: options.width.max(40),
        with_projects: report.projects.len() > 1,
    };
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by(|left, right| order(left).cmp(&order(right)));
    for of_rule in findings.chunk_by(|left, right| left.rule == right.rule) {
        let shown = if of_rule.len() > SHOWN_ALL { SHOWN_OF_MANY } else { of_rule.len() };
        let mut before: Option<&Finding> = None;
        for finding in &of_rule[..shown] {
            writeln!(out, "{}\n", printer.finding(finding, before))?;
            before = Some(finding);
        }
        if shown < of_rule.len() {
            writeln!(out, "{}\n", printer.folded(&of_rule[shown..]))?;
        }
    }
    Ok(())
}

fn order(finding: &Finding) -> impl Ord {
    let level = std::cmp::Reverse(finding.level);
    (section_of(&finding.rule), &finding.rule, level, &finding.location, &finding.message)
}

struct Printer<'a, 'b> {
    rules: HashMap<&'a str, &'a RuleInfo>,
    sources: &'a mut Sources<'b>,
    renderer: Renderer,
    paint: Paint,
    width: usize,
    with_projects: bool,
}

impl Printer<'_, '_> {
    /// A finding in full. What it says in the same words as the one before, of the same rule, is not said again.
    fn finding(&mut self, finding: &Finding, before: Option<&Finding>) -> String {
        let tone = match finding.level {
            Level::Forbid | Level::Deny => Tone::ERROR,
            Level::Warn => Tone::WARNING,
            Level::Allow => Tone::NOTE,
        };
        let title = tone
            .with_name(level_word(finding.level))
            .primary_title(printable(&finding.message))
            .id(printable(&finding.rule));
        let mut notes: Vec<(&str, String)> = Vec::new();
        if let Some(help) = &finding.help
            && before.is_none_or(|before| before.help != finding.help)
        {
            notes.push(("help", printable_lines(help).into_owned()));
        }
        if before.is_none_or(|before| before.requirements != finding.requirements) {
            let requirements = finding.requirements.iter().map(|id| ("requirement", self.requirement(finding, id)));
            notes.extend(requirements);
        }
        if self.with_projects {
            notes.push(("project", project(&finding.project).into_owned()));
        }
        if finding.related.len() > RELATED {
            notes.push(("note", format!("{} not shown", count(finding.related.len() - RELATED, "related place"))));
        }
        let messages = notes.into_iter().map(|(name, text)| {
            let tone = if name == "help" { Tone::HELP } else { Tone::NOTE.with_name(name) };
            // The name and the frame stand before the text.
            tone.message(wrap(&text, self.width.saturating_sub(FRAME + name.len()).max(30)))
        });
        let messages: Vec<Message<'_>> = messages.collect();
        let mut text = self.placed(title, &finding.location, AnnotationKind::Primary, messages);
        for related in finding.related.iter().take(RELATED) {
            let title = Tone::NOTE.primary_title(printable(&related.message));
            text.push('\n');
            text.push_str(&self.placed(title, &related.location, AnnotationKind::Context, Vec::new()));
        }
        text
    }

    /// A title with path, line and column, the excerpt if the file can be read, and messages.
    fn placed(
        &mut self,
        title: Title<'_>,
        location: &Location,
        kind: AnnotationKind,
        messages: Vec<Message<'_>>,
    ) -> String {
        let (line, column) = (location.start.line.max(1), location.start.column.max(1));
        let path = printable(&location.path);
        let source = self.sources.source(&location.path);
        let Some(excerpt) = source.and_then(|source| excerpt(&source, location.span, self.width.saturating_sub(FRAME)))
        else {
            let origin = Origin::path(path).line(line as usize).char_column(column as usize);
            let padding = (!messages.is_empty()).then_some(Padding);
            return self.renderer.render(&[title.element(origin).elements(padding).elements(messages)]);
        };
        // The excerpt may be cut and escaped, so that columns in it are not those of the file: the line with the place
        // is put between the title, which is one line, and the frame.
        let last_line = excerpt.first_line + excerpt.text.lines().count().saturating_sub(1);
        let gutter = " ".repeat(last_line.to_string().len());
        let padding = (!messages.is_empty()).then_some(Padding);
        let group = title.element(snippet(excerpt, kind)).elements(padding).elements(messages);
        let rendered = self.renderer.render(&[group]);
        let (title, frame) = rendered.split_once('\n').unwrap_or((&rendered, ""));
        let arrow = self.paint.paint(DEFAULT_LINE_NUM_STYLE, &format!("{gutter}--> "));
        format!("{title}\n{arrow}{path}:{line}:{column}\n{frame}")
    }

    /// `9.6.1 (never): Never feed external input to eval or exec`.
    fn requirement(&self, finding: &Finding, id: &str) -> String {
        let requirements = self.rules.get(finding.rule.as_str()).map_or(&[][..], |rule| &rule.requirements);
        match requirements.iter().find(|requirement| requirement.id == id) {
            Some(RequirementInfo { id, level, statement }) => {
                format!("{} ({}): {}", printable(id), printable(level), printable(statement))
            }
            None => printable(id).into_owned(),
        }
    }

    /// The places of the findings that are not shown in full.
    fn folded(&self, findings: &[&Finding]) -> String {
        let rule = findings.first().map_or("", |finding| finding.rule.as_str());
        let places: Vec<String> = findings.iter().take(LISTED).map(|finding| place_of(&finding.location)).collect();
        let mut text = self.paint.paint(BOLD, &format!("… and {} more of {}:", findings.len(), printable(rule)));
        for line in wrap(&places.join(", "), self.width.saturating_sub(4)).lines() {
            text.push_str("\n    ");
            text.push_str(line);
        }
        if findings.len() > LISTED {
            let more = format!("and {} more (use --format concise to list them all)", findings.len() - LISTED);
            text.push_str("\n    ");
            text.push_str(&self.paint.paint(FAINT, &more));
        }
        text
    }
}

fn snippet(excerpt: Excerpt, kind: AnnotationKind) -> Snippet<'static, Annotation<'static>> {
    let label = excerpt.hidden_end.map(|line| format!("to line {line}"));
    let annotation = kind.span(excerpt.span).label(label);
    Snippet::source(excerpt.text).line_start(excerpt.first_line).annotation(annotation)
}

fn place_of(location: &Location) -> String {
    format!("{}:{}:{}", printable(&location.path), location.start.line, location.start.column)
}

/// Errors, the summary by section and what to do next; one line if nothing was found.
pub(super) fn write_end(report: &Report, rules: &[RuleInfo], options: &Options, out: &mut dyn Write) -> Result<()> {
    let paint = Paint { color: options.color };
    for error in &report.errors {
        let place = match &error.rule {
            Some(rule) => format!("{} in {}", printable(&error.plugin), printable(rule)),
            None => printable(&error.plugin).into_owned(),
        };
        let title = paint.paint(ERROR, &format!("error[{}]", printable(&error.kind)));
        writeln!(out, "{title}: plugin {place} failed: {}\n", printable(&error.message))?;
    }
    let (outcome, checked) = (summary::outcome(report), summary::checked(report, rules.len()));
    if report.findings.is_empty() {
        let style = if report.errors.is_empty() { GOOD } else { BOLD };
        writeln!(out, "{}; {checked}", paint.paint(style, &outcome))?;
    } else {
        write_sections(report, paint, out)?;
        writeln!(out, "{}", paint.paint(BOLD, &outcome))?;
        writeln!(out, "{checked}")?;
        write_next(report, out)?;
    }
    if let Some(fixed) = summary::fixed(report) {
        writeln!(out, "{fixed}")?;
    }
    if !report.errors.is_empty() {
        writeln!(out, "what the failed plugins check is undecided, not met")?;
    }
    Ok(())
}

fn write_sections(report: &Report, paint: Paint, out: &mut dyn Write) -> Result<()> {
    let sections = by_section(report);
    let row = |name: &str, counts: &summary::Counts| {
        let numbers = [counts.failing(), counts.warn, counts.suppressed, counts.unknown];
        let mut row = vec![printable(name).into_owned()];
        row.extend(numbers.map(|number| if number == 0 { "-".to_owned() } else { number.to_string() }));
        row
    };
    let is_shown = |counts: &summary::Counts| counts.failing() + counts.warn + counts.suppressed + counts.unknown > 0;
    let mut rows: Vec<_> =
        sections.iter().filter(|(_, counts)| is_shown(counts)).map(|(section, counts)| row(section, counts)).collect();
    if rows.len() > 1 {
        rows.push(row("total", &summary::total(sections.values())));
    }
    writeln!(out, "{}", table(&["section", "deny", "warn", "suppressed", "unknown"], &rows, false, paint))
}

/// The rules to begin with and the commands that help.
fn write_next(report: &Report, out: &mut dyn Write) -> Result<()> {
    let frequent = by_frequency(report);
    if let [(first, _), ..] = frequent.as_slice() {
        if frequent.len() > 1 {
            let frequent = frequent.iter().take(MOST_FREQUENT);
            let frequent: Vec<String> =
                frequent.map(|(rule, count)| format!("{} ({count})", printable(rule))).collect();
            writeln!(out, "most frequent: {}", frequent.join(", "))?;
        }
        writeln!(out, "`plimsoll explain {}` says why and what to do", printable(first))?;
    }
    Ok(())
}
