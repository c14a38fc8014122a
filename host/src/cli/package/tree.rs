//! `plimsoll tree`: what a repository is checked with.

use std::io::Write;

use clap::Args;

use super::{PackageArguments, short};
use crate::cli::CLEAN;
use crate::package::resolve::{Strictness, resolve};

/// Show the plugins that the repository is checked with
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    package: PackageArguments,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let package = arguments.package.open()?;
    let resolved = resolve(&package.root, package.manifest.clone(), Strictness::default())?;
    for warning in &resolved.warnings {
        crate::cli::say(&format!("warning: {warning}"));
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", package.manifest.name())?;
    let old = package.old();
    let mut plugins: Vec<_> = resolved.plugins.iter().map(|plugin| &plugin.description).collect();
    plugins.sort_by(|left, right| left.name.cmp(&right.name));
    for (index, description) in plugins.iter().enumerate() {
        let branch = if index + 1 == plugins.len() { "└──" } else { "├──" };
        let source = match old.plugins.get(&description.name) {
            Some(locked) => format!("{}{}", locked.source, short(locked)),
            None => "not locked".to_owned(),
        };
        writeln!(out, "{branch} {} {} ({source})", description.name, description.version)?;
    }
    Ok(CLEAN)
}
