//! Where the time went (`--timings`).

use std::io::{Result, Write};

use crate::finding::Report;

use super::style::Paint;
use super::table::table;
use super::text::printable;

pub(super) fn write(report: &Report, paint: Paint, out: &mut dyn Write) -> Result<()> {
    let total: f64 = report.timings.iter().map(|timing| timing.milliseconds).sum();
    let row = |what: &str, milliseconds: f64| {
        let share = if total > 0.0 { 100.0 * milliseconds / total } else { 0.0 };
        vec![what.to_owned(), format!("{milliseconds:.1}"), format!("{share:.0} %")]
    };
    let mut timings: Vec<_> = report.timings.iter().collect();
    timings.sort_by(|left, right| {
        right.milliseconds.total_cmp(&left.milliseconds).then_with(|| left.what.cmp(&right.what))
    });
    let mut rows: Vec<_> = timings.iter().map(|timing| row(&printable(&timing.what), timing.milliseconds)).collect();
    rows.push(row("sum (parts run side by side)", total));
    if report.guest > 0.0 {
        rows.push(row("guest code (in the rules above)", report.guest));
    }
    writeln!(out, "Time")?;
    writeln!(out, "{}", table(&["part", "ms", "share"], &rows, false, paint))
}
