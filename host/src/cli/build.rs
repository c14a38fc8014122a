//! `plimsoll build`: a plugin's sources become a component.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::{CLEAN, say};
use crate::package::componentize::{build_modules, componentize};
use crate::package::resolve::built_component;
use crate::plugin::run::Source;

/// Build a plugin from its sources
#[derive(Args)]
pub(super) struct Arguments {
    /// The plugin's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let source = build(&arguments.folder)?;
    let path = built_component(&arguments.folder);
    say(&format!(
        "{} ({} KB, sha256:{}) in {}",
        source.description.label(),
        source.wasm.len() / 1024,
        source.digest,
        path.display()
    ));
    Ok(CLEAN)
}

/// Builds the plugin in a folder and puts the component where `check` looks for it.
pub(super) fn build(folder: &Path) -> anyhow::Result<Source> {
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
    let table: toml::Table = text.parse().with_context(|| manifest.display().to_string())?;
    let Some(package) = table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str)
    else {
        bail!("{} has no package name", manifest.display());
    };
    let manifest = manifest.canonicalize()?;
    let target = folder.join("target").join("plimsoll").join("build");
    std::fs::create_dir_all(&target)?;
    let modules = build_modules(&manifest, &[package.to_owned()], &target)?;
    let module = modules.first().context("cargo built nothing")?;
    let component = componentize(&std::fs::read(module).with_context(|| module.display().to_string())?)?;
    let source = Source::new(component.into()).with_context(|| format!("{package} is no plugin for this plimsoll"))?;
    let path = built_component(folder);
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(folder))?;
    std::io::Write::write_all(&mut file, &source.wasm)?;
    file.persist(&path).with_context(|| path.display().to_string())?;
    Ok(source)
}
