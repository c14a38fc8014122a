//! One JSON object a line, told apart by `type`: every `finding`, every `error`, then the `summary`. Objects are those
//! of the JSON document.

use std::io::{Result, Write};

use serde::Serialize;

use crate::finding::{Failure, Report};

use super::json::{FindingRow, SummaryRow, write_line};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Finding(FindingRow<'a>),
    Error(&'a Failure),
    Summary(SummaryRow<'a>),
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> Result<()> {
    for finding in &report.findings {
        write_line(&Line::Finding(FindingRow::from(finding)), out)?;
    }
    for error in &report.errors {
        write_line(&Line::Error(error), out)?;
    }
    write_line(&Line::Summary(SummaryRow::from(report)), out)
}
