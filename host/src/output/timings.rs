//! Where the time went (`--timings`).

use std::collections::BTreeMap;
use std::io::{Result, Write};

use crate::finding::Report;

use super::style::Paint;
use super::table::table;
use super::text::printable;

pub(super) fn write(report: &Report, paint: Paint, out: &mut dyn Write) -> Result<()> {
    let total: f64 = report.timings.iter().map(|timing| timing.milliseconds).sum();
    let row = |what: &str, milliseconds: f64, guest: f64| {
        let share = if total > 0.0 { 100.0 * milliseconds / total } else { 0.0 };
        let guest = if guest > 0.0 { format!("{guest:.1}") } else { String::new() };
        vec![what.to_owned(), format!("{milliseconds:.1}"), guest, format!("{share:.0} %")]
    };
    // A rule is run for each project.
    let mut parts: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for timing in &report.timings {
        let part = parts.entry(&timing.what).or_default();
        *part = (part.0 + timing.milliseconds, part.1 + timing.guest);
    }
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort_by(|(_, left), (_, right)| right.0.total_cmp(&left.0));
    let mut rows: Vec<_> =
        parts.into_iter().map(|(what, (milliseconds, guest))| row(&printable(what), milliseconds, guest)).collect();
    rows.push(row("sum (parts run side by side)", total, 0.0));
    if report.guest > 0.0 {
        rows.push(row("guest code (in the rules above)", report.guest, 0.0));
    }
    writeln!(out, "Time")?;
    writeln!(out, "{}", table(&["part", "ms", "guest ms", "share"], &rows, false, paint))
}
