//! The subcommands that change or show which plugins a repository is checked with, and what they share.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::say;
use crate::package::lock::{Guard, LOCK, Lock, Locked};
use crate::package::manifest::Manifest;
use crate::package::update::{Updater, Wanted};
use crate::setup::{find_root, read_manifest};

pub(super) mod add;
pub(super) mod cache;
pub(super) mod fetch;
pub(super) mod init;
pub(super) mod inspect;
pub(super) mod outdated;
pub(super) mod publish;
pub(super) mod remove;
pub(super) mod schema;
pub(super) mod tree;
pub(super) mod update;
pub(super) mod vendor;

/// Where the repository is, and whether the network may be used.
#[derive(Args)]
pub(super) struct PackageArguments {
    /// The repository's root [default: the nearest folder upwards with .git or plimsoll.toml]
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,

    /// Use what this machine has, not the network
    #[arg(long)]
    offline: bool,
}

/// A repository whose plugins are looked at.
pub(super) struct Package {
    root: PathBuf,
    manifest: Manifest,
    lock: Option<Lock>,
    offline: bool,
}

impl PackageArguments {
    fn root(&self) -> anyhow::Result<PathBuf> {
        let root = match &self.root {
            Some(root) => root.clone(),
            None => find_root(&Path::new(".").canonicalize()?),
        };
        root.canonicalize().with_context(|| format!("{} can't be opened", root.display()))
    }

    fn open(&self) -> anyhow::Result<Package> {
        let root = self.root()?;
        let manifest = read_manifest(&root)?;
        let lock = Lock::read(&root)?;
        Ok(Package { root, manifest, lock, offline: self.offline })
    }

    /// Opens the repository and keeps other runs from changing it.
    fn open_to_change(&self) -> anyhow::Result<(Package, Guard)> {
        let guard = Guard::new(&self.root()?)?;
        Ok((self.open()?, guard))
    }
}

impl Package {
    fn updater<'a>(&'a self, manifest: &'a Manifest) -> anyhow::Result<Updater<'a>> {
        Updater::new(&self.root, manifest, self.offline)
    }

    /// The lock file that fits a manifest.
    fn relocked(&self, manifest: &Manifest, wanted: Wanted<'_>) -> anyhow::Result<Lock> {
        let mut updater = self.updater(manifest)?;
        let lock = updater.lock(&self.old(), wanted)?;
        for warning in &updater.warnings {
            say(&format!("warning: {warning}"));
        }
        Ok(lock)
    }

    fn old(&self) -> Lock {
        self.lock.clone().unwrap_or_default()
    }

    /// The lock file, which has to be there.
    fn locked(&self) -> anyhow::Result<&Lock> {
        self.lock.as_ref().with_context(|| format!("there is no {LOCK}: run `plimsoll update`"))
    }
}

/// Says what changes from one lock file to another; whether anything does.
fn say_changes(old: &Lock, new: &Lock) -> bool {
    let mut any = false;
    for (name, locked) in &new.plugins {
        match old.plugins.get(name) {
            None => say(&format!("    Adding {name} {} ({})", locked.version, locked.source)),
            Some(before) if before == locked => continue,
            Some(before) if before.version == locked.version => {
                say(&format!("  Changing {name} {} ({})", locked.version, locked.source));
            }
            Some(before) => {
                let word = if before.version < locked.version { "  Updating" } else { "Downgrading" };
                say(&format!("{word} {name} {} -> {} ({})", before.version, locked.version, locked.source));
            }
        }
        any = true;
    }
    for (name, locked) in old.plugins.iter().filter(|(name, _)| !new.plugins.contains_key(*name)) {
        say(&format!("  Removing {name} {}", locked.version));
        any = true;
    }
    any
}

/// The first part of a digest.
fn short(locked: &Locked) -> String {
    locked.digest.as_deref().map_or(String::new(), |digest| format!(", sha256:{}", &digest[..12.min(digest.len())]))
}
