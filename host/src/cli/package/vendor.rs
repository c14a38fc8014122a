//! `plimsoll vendor`: copies of the locked plugins in the repository itself.

use std::io::Write;

use anyhow::Context;
use clap::Args;

use super::{PackageArguments, say_changes};
use crate::cli::{CLEAN, say};
use crate::package::edit::Editor;
use crate::package::lock::LockedSource;
use crate::package::resolve::{inside, vendored_name};
use crate::package::update::Wanted;

/// Copy the locked plugins into the repository, where `check` takes them from
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    package: PackageArguments,

    /// The folder in the repository
    #[arg(default_value = ".plimsoll/plugins")]
    folder: String,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let (package, _guard) = arguments.package.open_to_change()?;
    let mut editor = Editor::open(&package.root, &package.manifest)?;
    editor.set("vendor", arguments.folder.trim_end_matches('/'))?;
    let manifest = editor.manifest()?;
    let vendor = manifest.vendor.clone().context("the manifest has no `vendor`")?;
    let lock = package.relocked(&manifest, Wanted::Missing)?;
    say_changes(&package.old(), &lock);
    let folder = inside(&package.root, &vendor)?;
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let folder = inside(&package.root, &vendor)?;
    let updater = package.updater(&manifest)?;
    let mut kept = Vec::new();
    for (name, locked) in &lock.plugins {
        if matches!(locked.source, LockedSource::Path(_)) {
            continue;
        }
        let wasm = updater.component(name, locked)?;
        let file_name = vendored_name(name, locked);
        let path = folder.join(&file_name);
        if std::fs::read(&path).ok().as_ref() != Some(&wasm) {
            let mut file = tempfile::Builder::new().prefix(".plimsoll-").tempfile_in(&folder)?;
            file.write_all(&wasm)?;
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
            file.as_file().set_permissions(mode)?;
            file.persist(&path).with_context(|| path.display().to_string())?;
            say(&format!("   Copied {vendor}/{file_name}"));
        }
        kept.push(file_name);
    }
    // Older versions; files of any other name are not ours.
    for (name, locked) in package.old().plugins {
        let file_name = vendored_name(&name, &locked);
        if !kept.contains(&file_name) && std::fs::remove_file(folder.join(&file_name)).is_ok() {
            say(&format!("  Removed {vendor}/{file_name}"));
        }
    }
    lock.write(&package.root)?;
    editor.write(&package.root)?;
    Ok(CLEAN)
}
