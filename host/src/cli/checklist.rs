//! `plimsoll checklist`: the checklist of the standard, filled in for a repository.

use std::io::{BufWriter, Write};

use clap::{Args, ValueEnum};

use super::standard::check_rows;
use super::{CLEAN, PLUGIN_FAILED, RepositoryArguments};
use crate::output::text::printable;
use crate::setup::Selection;
use crate::standard::checklist::{Checked, Mark, boxes};

/// Show the checklist of the standard, filled in for this repository
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    repository: RepositoryArguments,

    #[arg(long, value_enum, default_value = "markdown")]
    format: ChecklistFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ChecklistFormat {
    Markdown,
    Json,
}

/// So many findings of a box are listed.
const MOST_FINDINGS: usize = 10;

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let setup = arguments.repository.setup()?;
    let (checked, rows) = check_rows(&setup, &Selection::default(), arguments.repository.today)?;
    let boxes = boxes(&rows, &checked.report);
    let mut out = BufWriter::new(std::io::stdout().lock());
    match arguments.format {
        ChecklistFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &boxes)?;
            writeln!(out)?;
        }
        ChecklistFormat::Markdown => write_markdown(&boxes, &mut out)?,
    }
    out.flush()?;
    Ok(if checked.report.errors.is_empty() { CLEAN } else { PLUGIN_FAILED })
}

fn write_markdown(boxes: &[Checked], out: &mut dyn Write) -> std::io::Result<()> {
    let mut group = "";
    for one in boxes {
        if one.group != group {
            let gap = if group.is_empty() { "" } else { "\n" };
            group = &one.group;
            writeln!(out, "{gap}## {group}\n")?;
        }
        let (mark, note) = match one.mark {
            Mark::Ticked => ('x', ""),
            Mark::Open => (' ', ""),
            Mark::NotApplicable => (' ', " *(does not apply)*"),
            Mark::NoRuleYet => (' ', " *(no rule yet)*"),
        };
        writeln!(out, "- [{mark}] {}{note}", one.statement)?;
        for reason in one.open.iter().take(MOST_FINDINGS) {
            writeln!(out, "  - {}", printable(reason))?;
        }
        if one.open.len() > MOST_FINDINGS {
            writeln!(out, "  - and {} more", one.open.len() - MOST_FINDINGS)?;
        }
    }
    let count = |mark: Mark| boxes.iter().filter(|one| one.mark == mark).count();
    writeln!(
        out,
        "\n{} ticked, {} open, {} not applicable, {} without a rule yet",
        count(Mark::Ticked),
        count(Mark::Open),
        count(Mark::NotApplicable),
        count(Mark::NoRuleYet)
    )
}
