//! `plimsoll standard`: every requirement, its rules, and its state in this repository.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use anyhow::bail;
use clap::{Args, ValueEnum};

use super::check::baseline;
use super::progress::Progress;
use super::question::{Caching, Checked, Question, Unseen, check};
use super::{CLEAN, PLUGIN_FAILED, RepositoryArguments};
use crate::output::text::printable;
use crate::package::manifest::hint;
use crate::setup::{Selection, Setup};
use crate::standard::{Row, State, checklist, rows, sections};
use crate::suppression::Date;

/// Show every requirement of the standard and whether this repository meets it
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    repository: RepositoryArguments,

    #[arg(long, value_enum, default_value = "text")]
    format: MatrixFormat,

    /// Only requirements of these sections
    #[arg(long, value_name = "SECTION", value_delimiter = ',')]
    section: Vec<String>,

    /// Only requirements in one of these states
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    state: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MatrixFormat {
    Text,
    Json,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let setup = arguments.repository.setup()?;
    let selection = selection(&setup, &arguments.section)?;
    let (checked, mut rows) = check_rows(&setup, &selection, arguments.repository.today)?;
    rows.retain(|row| {
        (arguments.section.is_empty() || arguments.section.contains(&row.section))
            && (arguments.state.is_empty() || arguments.state.iter().any(|state| state == row.state.word()))
    });
    let mut out = BufWriter::new(std::io::stdout().lock());
    match arguments.format {
        MatrixFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &rows)?;
            writeln!(out)?;
        }
        MatrixFormat::Text => write_text(&rows, &mut out)?,
    }
    out.flush()?;
    Ok(if checked.report.errors.is_empty() { CLEAN } else { PLUGIN_FAILED })
}

/// What is to be run for some sections. The checklist's boxes are decided by the rules of all.
fn selection(setup: &Setup, wanted: &[String]) -> anyhow::Result<Selection> {
    let descriptions = || setup.plugins.iter().map(|plugin| plugin.description.as_ref());
    let known = sections(descriptions());
    if let Some(unknown) = wanted.iter().find(|section| !known.contains(*section)) {
        let hint = hint(unknown, known.iter().map(String::as_str));
        bail!("`{unknown}` is no section of the standard{hint}");
    }
    let has_plugin = |section: &&String| descriptions().any(|description| description.name == **section);
    let select = if wanted.iter().any(|section| section == checklist::SECTION) {
        Vec::new()
    } else {
        wanted.iter().filter(has_plugin).cloned().collect()
    };
    Ok(Selection { select, ..Selection::default() })
}

/// Checks a repository, and gives the state of each requirement.
pub(super) fn check_rows(
    setup: &Setup,
    selection: &Selection,
    today: Option<Date>,
) -> anyhow::Result<(Checked, Vec<Row>)> {
    let baseline = baseline(setup)?;
    let (caching, unseen) = (Caching::On, Unseen::Call);
    let question = Question { selection, pedantic: true, paths: &[], today, caching, unseen };
    let mut checked = check(setup, &question, &Progress::new(false))?;
    checked.accept(baseline.as_ref(), selection, &[]);
    let descriptions = setup.plugins.iter().map(|plugin| plugin.description.as_ref());
    let rows = rows(descriptions, &checked.report, &|rule| selection.is_active(rule));
    Ok((checked, rows))
}

fn write_text(rows: &[Row], out: &mut dyn Write) -> std::io::Result<()> {
    for row in rows {
        writeln!(out, "{:<9} {:<6} {:<14} {}", row.id, row.level.word(), row.state.word(), row.statement)?;
        if !row.rules.is_empty() {
            writeln!(out, "{:32}rule: {}", "", row.rules.join(", "))?;
        }
        if let Some(reason) = &row.reason {
            writeln!(out, "{:32}{}", "", printable(reason))?;
        }
    }
    let mut totals: BTreeMap<&str, BTreeMap<State, usize>> = BTreeMap::new();
    for row in rows {
        *totals.entry(&row.section).or_default().entry(row.state).or_default() += 1;
    }
    writeln!(out)?;
    for (section, states) in totals {
        let counts: Vec<String> = states.iter().map(|(state, count)| format!("{count} {}", state.word())).collect();
        writeln!(out, "{section}: {}", counts.join(", "))?;
    }
    Ok(())
}
