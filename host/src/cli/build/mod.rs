//! `plimsoll build`: a plugin's sources, in whatever language, become a component.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use self::beside::Beside;
use super::{CLEAN, say};
use crate::package::resolve::built_component;
use crate::plugin::component::INTERFACE_VERSION;
use crate::plugin::load::Loader;
use crate::plugin::source::Source;

mod beside;
mod javascript;
mod python;
mod rust;
mod tools;

/// Build a plugin from its sources
#[derive(Args)]
pub(super) struct Arguments {
    /// The plugin's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let source = build(&arguments.folder)?;
    say(&format!(
        "{} ({} KB, sha256:{}) in {}; it imports nothing but `plimsoll:plugin` {INTERFACE_VERSION}",
        source.description.label(),
        source.wasm.len() / 1024,
        source.digest,
        built_component(&arguments.folder).display()
    ));
    Ok(CLEAN)
}

/// Builds a plugin from a folder, in a folder for its work.
type BuildPlugin = fn(&Path, &Path) -> anyhow::Result<Source>;

/// The file that says what a plugin is made of, and how that is built.
const LANGUAGES: &[(&str, BuildPlugin)] = &[
    ("Cargo.toml", rust::build),
    ("pyproject.toml", |folder, work| described(python::build, folder, work)),
    ("package.json", |folder, work| described(javascript::build, folder, work)),
];

/// Builds the plugin in a folder and puts the component where `check` looks for it.
pub(super) fn build(folder: &Path) -> anyhow::Result<Source> {
    let Some((_, build)) = LANGUAGES.iter().find(|(manifest, _)| folder.join(manifest).is_file()) else {
        bail!("{} has no Cargo.toml, pyproject.toml or package.json: it is no plugin's folder", folder.display());
    };
    let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
    let work = folder.join("target").join("plimsoll").join("build");
    std::fs::create_dir_all(&work).with_context(|| work.display().to_string())?;
    let source = build(&folder, &work)?;
    let path = built_component(&folder);
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(&folder))?;
    std::io::Write::write_all(&mut file, &source.wasm)?;
    file.persist(&path).with_context(|| path.display().to_string())?;
    Ok(source)
}

/// Builds a component that does not describe itself yet, likewise.
type BuildComponent = fn(&Path, &Path, &Beside) -> anyhow::Result<Vec<u8>>;

/// Builds a component and asks it what it is.
fn described(build: BuildComponent, folder: &Path, work: &Path) -> anyhow::Result<Source> {
    let beside = Beside::read(folder)?;
    std::fs::create_dir_all(work.join("wit"))?;
    std::fs::write(work.join("wit").join("plugin.wit"), include_str!("../../../../wit/plugin.wit"))?;
    let component = build(folder, work, &beside)?;
    Loader::new()?.describe(component).context("what was built is no plugin")
}
