//! `plimsoll cache`: what is kept on this machine.

use std::io::Write;
use std::time::Duration;

use clap::Args;

use crate::cli::CLEAN;
use crate::package::store::Store;
use crate::user_folders::Folder;

/// Show what is kept on this machine, or trim it
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// Delete what was not used for so many days
    #[arg(long, value_name = "DAYS")]
    trim: Option<u32>,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let store = Store::open()?;
    let folder = |name: &str| Folder::open(name).map_err(|reason| anyhow::anyhow!(reason));
    let (compiled, results) = (folder("compiled")?, folder("results")?);
    let (outcomes, extracts) = (folder("outcomes")?, folder("extracts")?);
    let mut out = std::io::stdout().lock();
    if let Some(days) = arguments.trim {
        let unused = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
        let plugins = store.trim(unused)?;
        let (forms, size) = compiled.trim(unused)?;
        let (reports, more) = results.trim(unused)?;
        let (_, said) = outcomes.trim(unused)?;
        let (_, extracted) = extracts.trim(unused)?;
        let bytes = plugins.iter().map(|entry| entry.size).sum::<u64>() + size + more + said + extracted;
        let count = plugins.len();
        writeln!(out, "deleted {count} plugins, {forms} compiled forms and {reports} reports, {} KB", bytes / 1024)?;
    }
    let entries = store.entries()?;
    let size: u64 = entries.iter().map(|entry| entry.size).sum();
    writeln!(out, "store     {:>5} plugins, {:>8} KB  {}", entries.len(), size / 1024, store.folder().display())?;
    let (count, size) = compiled.total()?;
    writeln!(out, "compiled  {count:>5} plugins, {:>8} KB  {}", size / 1024, compiled.path().display())?;
    let (count, size) = results.total()?;
    writeln!(out, "results   {count:>5} reports, {:>8} KB  {}", size / 1024, results.path().display())?;
    let (count, size) = outcomes.total()?;
    writeln!(out, "outcomes  {count:>5} reports, {:>8} KB  {}", size / 1024, outcomes.path().display())?;
    let (count, size) = extracts.total()?;
    writeln!(out, "extracts  {count:>5} trees,   {:>8} KB  {}", size / 1024, extracts.path().display())?;
    Ok(CLEAN)
}
