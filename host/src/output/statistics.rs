//! How many findings each rule has (`--statistics`).

use std::collections::BTreeMap;
use std::io::{Result, Write};

use crate::finding::{Level, Report};

use super::style::Paint;
use super::table::table;
use super::text::printable;

/// The rules with findings and their numbers, most frequent first, then by id.
pub(super) fn by_frequency(report: &Report) -> Vec<(&str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *counts.entry(&finding.rule).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    counts
}

pub(super) fn write(report: &Report, paint: Paint, out: &mut dyn Write) -> Result<()> {
    let mut rows = Vec::new();
    for (rule, count) in by_frequency(report) {
        let of_rule = || report.findings.iter().filter(|finding| finding.rule == rule);
        let failing = of_rule().filter(|finding| finding.level >= Level::Deny).count();
        let fixable = of_rule().filter(|finding| finding.fix.is_some()).count();
        let suppressed = report.suppressed.iter().filter(|suppressed| suppressed.finding.rule == rule).count();
        let mut row = vec![printable(rule).into_owned()];
        row.extend([count, failing, count - failing, fixable, suppressed].map(|number| number.to_string()));
        rows.push(row);
    }
    writeln!(out, "Findings by rule")?;
    if rows.is_empty() {
        return writeln!(out, "  none\n");
    }
    let head = ["rule", "findings", "deny", "warn", "with a fix", "suppressed"];
    writeln!(out, "{}", table(&head, &rows, false, paint))
}
