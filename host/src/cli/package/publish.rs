//! `plimsoll publish`: a plugin into a registry, under the version that it says of itself.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use super::PackageArguments;
use crate::cli::{CLEAN, say};
use crate::package::built_in;
use crate::package::manifest::{Manifest, Registries};
use crate::package::reference::Repository;
use crate::package::registry::{Client, RegistryError, tag_of};
use crate::package::resolve::read_at;
use crate::plugin::source::Source;
use crate::setup::read_manifest;

/// Publish a plugin to a registry; a version that is there already is never overwritten
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    package: PackageArguments,

    /// A component, or a folder that `plimsoll build` was run in
    #[arg(required_unless_present = "built_in", value_name = "PLUGIN")]
    plugin: Option<PathBuf>,

    /// The repository: `registry.example.com/acme/rules`
    #[arg(required_unless_present = "built_in", value_name = "REGISTRY/REPOSITORY")]
    repository: Option<String>,

    /// Publish plimsoll's own sections, each as a repository below this one
    #[arg(long, value_name = "REGISTRY/PATH", conflicts_with_all = ["plugin", "repository"])]
    built_in: Option<String>,

    /// Check everything, and send nothing
    #[arg(long)]
    dry_run: bool,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    if arguments.package.offline {
        bail!("publishing needs the network: run without --offline");
    }
    let manifest = arguments.package.root().and_then(|root| read_manifest(&root)).unwrap_or_default();
    let client = Client::new(registries(manifest));
    let parse = |text: &str| Repository::parse(text).map_err(|error| anyhow::anyhow!(error));
    if let Some(above) = &arguments.built_in {
        let above = parse(above)?;
        for section in built_in::sections()? {
            let repository = above.join(&section.description.name);
            publish(&client, &repository, &section, arguments.dry_run, true)?;
        }
        return Ok(CLEAN);
    }
    let (Some(path), Some(repository)) = (&arguments.plugin, &arguments.repository) else {
        bail!("a plugin and a repository are needed");
    };
    let mut warnings = Vec::new();
    let source = read_at(path, &path.display().to_string(), &mut warnings)?;
    if let Some(warning) = warnings.first() {
        bail!("{warning}");
    }
    let repository = parse(repository)?;
    if repository.path.is_empty() {
        bail!("`{repository}` names a registry, and no repository in it");
    }
    publish(&client, &repository, &source, arguments.dry_run, false)?;
    Ok(CLEAN)
}

fn registries(manifest: Manifest) -> Registries {
    let mut registries = manifest.registries;
    // What is published goes to the registry itself.
    registries.named.iter_mut().for_each(|registry| registry.mirror = None);
    registries
}

fn publish(
    client: &Client,
    repository: &Repository,
    source: &Source,
    dry_run: bool,
    may_be_there: bool,
) -> anyhow::Result<()> {
    let tag = tag_of(&source.description.version);
    let label = format!("{} to {repository}:{tag}", source.description.label());
    match client.artifact(repository, &tag) {
        Ok(there) if there.digest == source.digest && may_be_there => {
            say(&format!(" Unchanged {label}"));
            return Ok(());
        }
        Ok(there) => bail!(
            "{repository}:{tag} is there already (sha256:{}), and a published version never changes: raise the plugin's \
             version",
            there.digest
        ),
        Err(RegistryError::NotFound(_)) => {}
        // A repository that is made by its first version may not be shown before that.
        Err(RegistryError::Forbidden { .. }) => {}
        Err(error) => return Err(error).with_context(|| format!("{repository}:{tag}")),
    }
    let kilobytes = source.wasm.len() / 1024;
    if dry_run {
        say(&format!("   Checked {label} ({kilobytes} KB, sha256:{}); nothing is sent: --dry-run", source.digest));
        return Ok(());
    }
    let manifest = client.publish(repository, source)?;
    say(&format!(" Published {label} ({kilobytes} KB, sha256:{}; manifest sha256:{manifest})", source.digest));
    Ok(())
}
