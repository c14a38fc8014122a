//! `plimsoll precompile`: what those run who release plimsoll.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use super::{CLEAN, say};
use crate::package::built_in;
use crate::plugin::embedded;

/// Write a copy of this program that carries its sections compiled, so that no first run has to do it
#[derive(Args)]
pub(super) struct Arguments {
    /// Where to
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    if !cfg!(target_os = "linux") {
        bail!("nothing can be added to a program of this system: signatures would no longer hold");
    }
    let mut sections = built_in::sections()?;
    sections.push(built_in::house()?);
    let code = embedded::compile(&sections)?;
    embedded::write(&arguments.output, &code).with_context(|| arguments.output.display().to_string())?;
    let bytes: usize = code.iter().map(|code| code.bytes.len()).sum();
    let output = arguments.output.display();
    say(&format!("{output} carries {} sections, {:.1} MB of code", code.len(), bytes as f64 / 1e6));
    Ok(CLEAN)
}
