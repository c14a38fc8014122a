//! `plimsoll remove`: a plugin out of the manifest and out of the lock file.

use anyhow::bail;
use clap::Args;

use super::{PackageArguments, say_changes};
use crate::cli::CLEAN;
use crate::package::edit::Editor;
use crate::package::manifest::hint;
use crate::package::update::Wanted;

/// Remove plugins from the manifest and from plimsoll.lock
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    package: PackageArguments,

    #[arg(required = true)]
    plugins: Vec<String>,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let (package, _guard) = arguments.package.open_to_change()?;
    let mut editor = Editor::open(&package.root, &package.manifest)?;
    for name in &arguments.plugins {
        if !editor.remove_plugin(name)? {
            let known = package.manifest.plugins.iter().flatten().map(|(name, _)| name.as_str());
            bail!("{} names no plugin `{name}`{}", package.manifest.name(), hint(name, known));
        }
    }
    let new = package.relocked(&editor.manifest()?, Wanted::Missing)?;
    say_changes(&package.old(), &new);
    new.write(&package.root)?;
    editor.write(&package.root)?;
    Ok(CLEAN)
}
