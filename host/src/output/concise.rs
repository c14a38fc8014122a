//! One line a finding, for editors, `grep` and many findings: `path:line:column: level[rule] message`.

use std::io::{Result, Write};

use crate::finding::Report;

use super::style::{self, BOLD, Paint};
use super::text::printable;

pub(super) fn write(report: &Report, paint: Paint, out: &mut dyn Write) -> Result<()> {
    for finding in &report.findings {
        let start = finding.location.start;
        let level = style::of_level(finding.level);
        writeln!(
            out,
            "{}:{}:{}: {}[{}] {}",
            paint.paint(BOLD, &printable(&finding.location.path)),
            start.line,
            start.column,
            paint.paint(level, style::level_word(finding.level)),
            printable(&finding.rule),
            printable(&finding.message),
        )?;
    }
    Ok(())
}
