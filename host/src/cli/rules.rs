//! `plimsoll rules`: what is checked.

use std::io::{BufWriter, Write};
use std::path::Path;

use clap::{Args, ValueEnum};

use super::{CLEAN, RootArguments, default_level};
use crate::check::full_id;
use crate::setup::Setup;

/// List the rules
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    root: RootArguments,

    #[arg(long, value_enum, default_value = "text")]
    format: ListFormat,
}

/// How lists are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    Text,
    /// A Markdown table, as in the README.
    Markdown,
    Json,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let setup = arguments.root.setup(Path::new("."))?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    match arguments.format {
        ListFormat::Text => write_text(&setup, &mut out)?,
        ListFormat::Markdown => write_markdown(&setup, &mut out)?,
        ListFormat::Json => write_json(&setup, &mut out)?,
    }
    out.flush()?;
    Ok(CLEAN)
}

fn write_text(setup: &Setup, out: &mut dyn Write) -> std::io::Result<()> {
    for plugin in &setup.plugins {
        let description = &plugin.description;
        writeln!(out, "{} {}: {}", description.name, description.version, description.title)?;
        for rule in &description.rules {
            writeln!(
                out,
                "  {:<4}  {:<44}  {}",
                default_level(description, rule),
                full_id(description, rule),
                rule.title
            )?;
        }
    }
    Ok(())
}

fn write_markdown(setup: &Setup, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "| rule | level | what is wrong | requirements |\n|---|---|---|---|")?;
    for plugin in &setup.plugins {
        let description = &plugin.description;
        for rule in &description.rules {
            let title = rule.title.replace('|', "\\|");
            let (id, level) = (full_id(description, rule), default_level(description, rule));
            writeln!(out, "| `{id}` | {level} | {title} | {} |", rule.requirements.join(", "))?;
        }
    }
    Ok(())
}

fn write_json(setup: &Setup, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut rules = Vec::new();
    for plugin in &setup.plugins {
        let description = &plugin.description;
        for rule in &description.rules {
            let options: Vec<_> = rule
                .options
                .iter()
                .map(|option| {
                    serde_json::json!({"name": option.name, "default": option.default, "description": option.description})
                })
                .collect();
            rules.push(serde_json::json!({
                "rule": full_id(description, rule),
                "title": rule.title,
                "level": default_level(description, rule),
                "requirements": rule.requirements,
                "options": options,
                "plugin": description.label(),
            }));
        }
    }
    serde_json::to_writer_pretty(&mut *out, &rules)?;
    writeln!(out)?;
    Ok(())
}
