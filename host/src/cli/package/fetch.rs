//! `plimsoll fetch`: everything that the lock file pins into the store, for CI caches and for machines without a network.

use clap::Args;

use super::{PackageArguments, say_changes};
use crate::cli::{CLEAN, say};
use crate::package::update::Wanted;

/// Fetch everything that plimsoll.lock pins
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    package: PackageArguments,

    /// Fail when plimsoll.lock is missing or does not fit the manifest, instead of bringing it up to date
    #[arg(long)]
    locked: bool,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let (package, _guard) = arguments.package.open_to_change()?;
    let lock = if arguments.locked {
        crate::package::resolve::check_fits(package.locked()?, &package.manifest)?;
        package.old()
    } else {
        let new = package.relocked(&package.manifest, Wanted::Missing)?;
        say_changes(&package.old(), &new);
        new.write(&package.root)?;
        new
    };
    let brought = package.updater(&package.manifest)?.fetch(&lock)?;
    for plugin in &brought {
        say(&format!("   Fetched {plugin}"));
    }
    if brought.is_empty() {
        say("everything is there");
    }
    Ok(CLEAN)
}
