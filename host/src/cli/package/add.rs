//! `plimsoll add`: one more plugin in the manifest and in the lock file.

use anyhow::bail;
use clap::Args;
use semver::VersionReq;

use super::{Package, PackageArguments, say_changes};
use crate::cli::{CLEAN, say};
use crate::package::built_in;
use crate::package::edit::{Editor, Entry};
use crate::package::reference::Repository;
use crate::package::update::Wanted;

/// Add a plugin to the manifest and to plimsoll.lock
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    package: PackageArguments,

    /// The plugin's name, with the versions that fit: `acme`, `acme@2`, `security@0.1`
    #[arg(value_name = "NAME[@VERSION]")]
    plugin: String,

    /// Its repository in a registry
    #[arg(long, value_name = "REGISTRY/REPOSITORY", conflicts_with = "path")]
    oci: Option<String>,

    /// A component in the repository, or a folder that `plimsoll build` was run in
    #[arg(long)]
    path: Option<String>,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let (package, _guard) = arguments.package.open_to_change()?;
    let (name, requirement) = match arguments.plugin.split_once('@') {
        Some((name, requirement)) => (name, Some(requirement)),
        None => (arguments.plugin.as_str(), None),
    };
    if let Some(text) = requirement
        && let Err(error) = VersionReq::parse(text)
    {
        bail!("`{text}` is no requirement of versions, as `1.2` is: {error}");
    }
    let mut editor = Editor::open(&package.root, &package.manifest)?;
    name_the_sections(&package, &mut editor)?;
    let any = requirement.unwrap_or("*").to_owned();
    let entry = match (&arguments.oci, &arguments.path) {
        (Some(_), Some(_)) => bail!("a plugin comes from --oci or from --path, not from both"),
        (Some(repository), None) => {
            Entry::Oci(Repository::parse(repository).map_err(|error| anyhow::anyhow!(error))?, any)
        }
        (None, Some(path)) if requirement.is_none() => Entry::Path(path.clone()),
        (None, Some(_)) => bail!("a plugin with a --path has no version: it is what lies there"),
        (None, None) => Entry::Version(any),
    };
    editor.set_plugin(name, &entry)?;
    let names = [name.to_owned()];
    let new = package.relocked(&editor.manifest()?, Wanted::Named(&names))?;
    // Without a wish, what was found now and what is compatible with it.
    let found = new.plugins.get(name).map(|locked| locked.version.to_string());
    if let (None, Some(version)) = (requirement, found) {
        match entry {
            Entry::Oci(repository, _) => editor.set_plugin(name, &Entry::Oci(repository, version))?,
            Entry::Version(_) => editor.set_plugin(name, &Entry::Version(version))?,
            Entry::Path(_) => {}
        }
    }
    say_changes(&package.old(), &new);
    new.write(&package.root)?;
    editor.write(&package.root)?;
    Ok(CLEAN)
}

/// A manifest that names no plugin means all sections. One that names the first plugin of others has to name them.
fn name_the_sections(package: &Package, editor: &mut Editor) -> anyhow::Result<()> {
    if package.manifest.plugins.is_some() {
        return Ok(());
    }
    let sections = built_in::sections()?;
    for section in &sections {
        let locked = package.lock.as_ref().and_then(|lock| lock.plugins.get(&section.description.name));
        let version = locked.map_or(&section.description.version, |locked| &locked.version);
        editor.set_plugin(&section.description.name, &Entry::Version(version.to_string()))?;
    }
    say(&format!(
        "{} named no plugins, which means all built-in sections: the {} of this plimsoll are named now",
        package.manifest.name(),
        sections.len()
    ));
    Ok(())
}
