//! Counts of a report by section, and the one line that says what came out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::finding::{Level, Report};

use super::text::count;

/// Numbers of findings and of what stands for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) forbid: usize,
    pub(super) deny: usize,
    pub(super) warn: usize,
    pub(super) suppressed: usize,
    pub(super) not_applicable: usize,
    pub(super) unknown: usize,
}

impl Counts {
    /// Findings that fail the run.
    pub(super) fn failing(&self) -> usize {
        self.forbid + self.deny
    }
}

/// The section of a rule's id: what stands before the `/`.
pub(super) fn section_of(rule: &str) -> &str {
    rule.split_once('/').map_or(rule, |(section, _)| section)
}

/// Counts by section, for every section that the report names.
pub(super) fn by_section(report: &Report) -> BTreeMap<&str, Counts> {
    let mut sections: BTreeMap<&str, Counts> = BTreeMap::new();
    for finding in &report.findings {
        let counts = sections.entry(section_of(&finding.rule)).or_default();
        match finding.level {
            Level::Forbid => counts.forbid += 1,
            Level::Deny => counts.deny += 1,
            Level::Warn => counts.warn += 1,
            Level::Allow => {}
        }
    }
    for suppressed in &report.suppressed {
        sections.entry(section_of(&suppressed.finding.rule)).or_default().suppressed += 1;
    }
    for not_applicable in &report.not_applicable {
        sections.entry(section_of(&not_applicable.rule)).or_default().not_applicable += 1;
    }
    for unknown in &report.unknown {
        sections.entry(section_of(&unknown.rule)).or_default().unknown += 1;
    }
    sections
}

/// The sum of some counts.
pub(super) fn total<'a>(counts: impl IntoIterator<Item = &'a Counts>) -> Counts {
    counts.into_iter().fold(Counts::default(), |sum, counts| Counts {
        forbid: sum.forbid + counts.forbid,
        deny: sum.deny + counts.deny,
        warn: sum.warn + counts.warn,
        suppressed: sum.suppressed + counts.suppressed,
        not_applicable: sum.not_applicable + counts.not_applicable,
        unknown: sum.unknown + counts.unknown,
    })
}

/// What came out: `16 findings (12 deny, 4 warn), 2 suppressed`.
pub(super) fn outcome(report: &Report) -> String {
    let total = total(by_section(report).values());
    let mut parts = Vec::new();
    if report.findings.is_empty() {
        parts.push("no findings".to_owned());
    } else {
        let mut levels = vec![format!("{} deny", total.deny), format!("{} warn", total.warn)];
        if total.forbid > 0 {
            levels.insert(0, format!("{} forbid", total.forbid));
        }
        parts.push(format!("{} ({})", count(report.findings.len(), "finding"), levels.join(", ")));
    }
    let accepted = report.accepted();
    if total.suppressed > accepted {
        parts.push(format!("{} suppressed", total.suppressed - accepted));
    }
    if accepted > 0 {
        parts.push(format!("{accepted} in the baseline"));
    }
    if report.unchanged > 0 {
        parts.push(format!("{} where nothing changed", report.unchanged));
    }
    if report.hidden > 0 {
        parts.push(format!("{} hidden (--pedantic shows them)", report.hidden));
    }
    if !report.errors.is_empty() {
        parts.push(count(report.errors.len(), "plugin error"));
    }
    parts.extend(fixable(report));
    parts.join(", ")
}

/// What is fixed of the baseline, and what to do then; none where nothing is.
pub(super) fn fixed(report: &Report) -> Option<String> {
    let number: u32 = report.fixed.iter().map(|fixed| fixed.count).sum();
    let what = match number {
        0 => return None,
        1 => "1 finding of the baseline is fixed: `plimsoll baseline --prune` takes it out".to_owned(),
        _ => format!("{number} findings of the baseline are fixed: `plimsoll baseline --prune` takes them out"),
    };
    Some(what)
}

/// How many findings can be fixed: `12 fixable with plimsoll fix, 3 more with --unsafe`.
fn fixable(report: &Report) -> Option<String> {
    match (report.fixable("safe"), report.fixable("unsafe")) {
        (0, 0) => None,
        (safe, 0) => Some(format!("{safe} fixable with plimsoll fix")),
        (0, more) => Some(format!("{more} fixable with plimsoll fix --unsafe")),
        (safe, more) => Some(format!("{safe} fixable with plimsoll fix, {more} more with --unsafe")),
    }
}

/// What was looked at: `checked 12 files in 1 project against 40 rules, 3 rules not applicable, 2 rules only with
/// --pedantic (-v says why)`. `rules` is the number of rules that ran, or 0 where the caller does not know.
pub(super) fn checked(report: &Report, rules: usize) -> String {
    let mut text = format!("checked {}", count(report.files, "file"));
    match report.projects.len() {
        0 => text.push_str(", no Python project among them"),
        number => text.push_str(&format!(" in {}", count(number, "project"))),
    }
    let spared = report.not_applicable.iter().map(|row| row.rule.as_str()).collect::<BTreeSet<_>>().len();
    if rules > 0 {
        text.push_str(&format!(" against {}", count(rules, "rule")));
    }
    if spared > 0 {
        text.push_str(&format!(", {} not applicable", count(spared, "rule")));
    }
    if report.unseen > 0 {
        text.push_str(&format!(", {} only with --pedantic", count(report.unseen, "rule")));
    }
    if !report.unknown.is_empty() {
        text.push_str(&format!(", {} undecided", count(report.unknown.len(), "requirement")));
    }
    if spared > 0 || !report.unknown.is_empty() {
        text.push_str(" (-v says why)");
    }
    text
}
