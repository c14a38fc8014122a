//! `plimsoll schema`: the manifest's JSON Schema, for editors.

use std::io::Write;

use clap::Args;

use crate::cli::CLEAN;
use crate::package::manifest::schema;

/// Print the JSON Schema of plimsoll.toml
#[derive(Args)]
pub(in crate::cli) struct Arguments {}

pub(in crate::cli) fn run(_: &Arguments) -> anyhow::Result<u8> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema::schema())?;
    writeln!(out)?;
    Ok(CLEAN)
}
