//! Makes a lock file: chooses a version of every plugin that the manifest wants, and brings its bytes into the store.
//! With the network where that is allowed; nothing that is fetched is run.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use semver::{Version, VersionReq};

use super::built_in;
use super::lock::{LOCK, Lock, Locked, LockedSource};
use super::manifest::{Manifest, PluginSetting, PluginSource, hint};
use super::reference::Repository;
use super::registry::{Artifact, Client, tag_of, version_of};
use super::required::interface_for;
use super::resolve::{comes_from, fits, inherit, read_at};
use super::signature::{is_signed, key_for};
use super::store::{Found, Store};
use crate::plugin::component::{INTERFACE_VERSION, supports};
use crate::plugin::source::{Source, sha256};

/// What may change in a lock file, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    /// Only what does not fit the manifest any more.
    Missing,
    /// Everything.
    All,
    /// These plugins, and what does not fit.
    Named(&'a [String]),
}

impl Wanted<'_> {
    fn has(self, name: &str) -> bool {
        match self {
            Self::Missing => false,
            Self::All => true,
            Self::Named(names) => names.iter().any(|wanted| wanted == name),
        }
    }
}

/// Chooses versions for one repository.
pub(crate) struct Updater<'a> {
    root: &'a Path,
    manifest: Manifest,
    carried: BTreeMap<String, Source>,
    store: Store,
    /// None offline.
    client: Option<Client>,
    pub(crate) warnings: Vec<String>,
}

impl<'a> Updater<'a> {
    /// # Errors
    /// When there is no place for a store.
    pub(crate) fn new(root: &'a Path, manifest: &Manifest, offline: bool) -> anyhow::Result<Self> {
        let carried =
            built_in::sections()?.into_iter().map(|source| (source.description.name.clone(), source)).collect();
        let client = (!offline).then(|| Client::new(manifest.registries.clone()));
        Ok(Self { root, manifest: manifest.clone(), carried, store: Store::open()?, client, warnings: Vec::new() })
    }

    /// The lock file that fits the manifest. What it pins is in the store afterwards.
    ///
    /// # Errors
    /// When nothing fits, or what fits can't be had.
    pub(crate) fn lock(&mut self, old: &Lock, wanted: Wanted<'_>) -> anyhow::Result<Lock> {
        let mut plugins = BTreeMap::new();
        if let Some((name, locked)) = self.preset(old, wanted)? {
            let plugin = self.plugin(&name, &locked)?;
            self.manifest = inherit(self.manifest.clone(), Some(&plugin))?;
            plugins.insert(name, locked);
        }
        let settings = self.settings();
        if let Wanted::Named(names) = wanted
            && let Some(unknown) =
                names.iter().find(|name| !settings.contains_key(*name) && !plugins.contains_key(*name))
        {
            let hint = hint(unknown, settings.keys().map(String::as_str));
            bail!("{} names no plugin `{unknown}`{hint}", self.manifest.name());
        }
        for (name, setting) in &settings {
            let kept = self.kept(old.plugins.get(name), &setting.source)?;
            let locked = match &setting.source {
                PluginSource::Path(path) => self.at_path(name, path)?,
                _ if kept.is_some() && !wanted.has(name) => kept.cloned().context("it is there")?,
                PluginSource::BuiltIn(requirement) => self.section(name, requirement, kept)?,
                PluginSource::Oci(repository, requirement) => {
                    let (_, locked) = self.newest(Some(name), repository, requirement)?;
                    if let Some(kept) = kept.filter(|kept| kept.version == locked.version) {
                        moved(name, kept, &locked)?;
                    }
                    locked
                }
            };
            plugins.insert(name.clone(), locked);
        }
        Ok(Lock { plugins })
    }

    /// A locked plugin that may stay: of the same source, at a version that fits, signed with the key that is wanted.
    fn kept<'l>(&self, locked: Option<&'l Locked>, source: &PluginSource) -> anyhow::Result<Option<&'l Locked>> {
        let Some(locked) = locked.filter(|locked| fits(locked, source)) else { return Ok(None) };
        let PluginSource::Oci(repository, _) = source else { return Ok(Some(locked)) };
        let key = key_for(self.root, &self.manifest.registries, repository)?;
        Ok(is_signed(locked, key.as_ref()).then_some(locked))
    }

    /// The plugin whose preset the manifest extends, and its name, which it says of itself.
    fn preset(&mut self, old: &Lock, wanted: Wanted<'_>) -> anyhow::Result<Option<(String, Locked)>> {
        let Some(PluginSetting { source, .. }) = self.manifest.extends.clone() else { return Ok(None) };
        let before = old.plugins.iter().find(|(_, locked)| comes_from(locked, &source));
        match &source {
            PluginSource::Path(path) => {
                let full = self.root.join(path);
                let plugin = read_at(&full, path, &mut self.warnings)
                    .with_context(|| format!("{}: `extends`", self.manifest.name()))?;
                let digest = full.is_file().then(|| plugin.digest.clone());
                let name = plugin.description.name.clone();
                Ok(Some((name, locked(&plugin, LockedSource::Path(path.clone()), digest))))
            }
            PluginSource::Oci(repository, requirement) => {
                if let Some((name, locked)) = before.filter(|(name, _)| !wanted.has(name))
                    && self.kept(Some(locked), &source)?.is_some()
                {
                    return Ok(Some((name.clone(), locked.clone())));
                }
                let (name, found) = self.newest(before.map(|(name, _)| name.as_str()), repository, requirement)?;
                if let Some((_, kept)) = before.filter(|(_, kept)| kept.version == found.version) {
                    moved(&name, kept, &found)?;
                }
                Ok(Some((name, found)))
            }
            PluginSource::BuiltIn(_) => Ok(None),
        }
    }

    /// A locked plugin, read.
    fn plugin(&mut self, name: &str, locked: &Locked) -> anyhow::Result<Source> {
        if let LockedSource::Path(path) = &locked.source {
            return read_at(&self.root.join(path), path, &mut self.warnings);
        }
        Source::new(self.component(name, locked)?.into()).with_context(|| format!("`{name}` {}", locked.version))
    }

    /// What the manifest wants; all sections when it names none.
    fn settings(&self) -> BTreeMap<String, PluginSetting> {
        let all = || {
            let setting = PluginSetting { source: PluginSource::BuiltIn(VersionReq::STAR), span: 0..0 };
            self.carried.keys().map(|name| (name.clone(), setting.clone())).collect()
        };
        self.manifest.plugins.clone().unwrap_or_else(all)
    }

    fn at_path(&mut self, name: &str, path: &str) -> anyhow::Result<Locked> {
        let full = self.root.join(path);
        let plugin = read_at(&full, path, &mut self.warnings)
            .with_context(|| format!("{}: plugin `{name}`", self.manifest.place_of(name)))?;
        if plugin.description.name != name {
            bail!(
                "{}: the plugin in {path} is called `{}`, not `{name}`",
                self.manifest.name(),
                plugin.description.name
            );
        }
        // Git versions a folder with the repository; a component is pinned by its bytes.
        let digest = full.is_file().then(|| plugin.digest.clone());
        Ok(locked(&plugin, LockedSource::Path(path.to_owned()), digest))
    }

    /// One of plimsoll's own sections: the newest that fits of the binary's and the default registry's.
    fn section(&mut self, name: &str, requirement: &VersionReq, kept: Option<&Locked>) -> anyhow::Result<Locked> {
        let own = self.carried.get(name).filter(|plugin| requirement.matches(&plugin.description.version));
        let own = match own {
            Some(plugin) => {
                self.store.put(&plugin.wasm)?;
                Some(locked(plugin, LockedSource::BuiltIn, Some(plugin.digest.clone())))
            }
            None => None,
        };
        let published = match (&self.manifest.registries.default, &self.client) {
            (Some(default), Some(_)) => {
                let repository = default.join(name);
                match self.newest(Some(name), &repository, requirement) {
                    Ok((_, found)) => Some(Locked { source: LockedSource::BuiltIn, ..found }),
                    // The binary's section serves as well.
                    Err(_) if own.is_some() => None,
                    Err(error) => return Err(error),
                }
            }
            _ => None,
        };
        let newest = own.into_iter().chain(published).max_by(|left, right| left.version.cmp(&right.version));
        let key = match &self.manifest.registries.default {
            Some(default) => key_for(self.root, &self.manifest.registries, &default.join(name))?,
            None => None,
        };
        // The binary vouches for its own sections.
        let is_own =
            |locked: &Locked| self.carried.get(name).is_some_and(|it| locked.digest.as_ref() == Some(&it.digest));
        let kept = kept
            .filter(|kept| newest.as_ref().is_none_or(|newest| newest.version < kept.version))
            .filter(|kept| is_own(kept) || is_signed(kept, key.as_ref()));
        if let Some(found) = kept.cloned().or(newest) {
            return Ok(found);
        }
        match self.carried.get(name) {
            Some(plugin) => bail!(
                "{}: `{name}` {requirement} is wanted, and this plimsoll carries {}: change the requirement, install a \
                 plimsoll that carries it, or name a registry that has it as `registries.default`",
                self.manifest.place_of(name),
                plugin.description.version
            ),
            None => bail!(
                "{}: there is no built-in section `{name}`{}",
                self.manifest.place_of(name),
                hint(name, self.carried.keys().map(String::as_str))
            ),
        }
    }

    /// The newest version in a repository that fits and that this host can run, and the plugin's name, which has to be
    /// the one that is wanted.
    fn newest(
        &self,
        wanted: Option<&str>,
        repository: &Repository,
        requirement: &VersionReq,
    ) -> anyhow::Result<(String, Locked)> {
        let name = wanted.unwrap_or("the preset");
        let Some(client) = &self.client else {
            bail!("`{name}` has to be looked up in {repository}, and the network is off: run without --offline")
        };
        let versions = versions(client, repository)?;
        let fitting: Vec<&Version> = versions.iter().filter(|version| requirement.matches(version)).collect();
        let most = interface_for(&self.manifest.required);
        let is_newer = |interface: &&Version| !supports(interface) || **interface > most;
        let mut newer = None;
        for version in fitting {
            let artifact = client.artifact(repository, &tag_of(version))?;
            if let Some(interface) = artifact.interface.as_ref().filter(is_newer) {
                newer.get_or_insert_with(|| (version.clone(), interface.clone()));
                continue;
            }
            let key = self.verify(client, repository, &artifact)?;
            let plugin = self.bring(repository, &artifact.digest)?;
            if let Some(interface) = Some(&plugin.interface).filter(is_newer) {
                newer.get_or_insert_with(|| (version.clone(), interface.clone()));
                continue;
            }
            let description = &plugin.description;
            if wanted.is_some_and(|name| description.name != name) || description.version != *version {
                bail!(
                    "{repository}:{} says that it is `{}`, not `{name}` {version}",
                    tag_of(version),
                    description.label()
                );
            }
            let found = locked(&plugin, LockedSource::Oci(repository.to_string()), Some(plugin.digest.clone()));
            return Ok((description.name.clone(), Locked { key, ..found }));
        }
        if let Some((version, interface)) = newer {
            if supports(&interface) {
                bail!(
                    "`{name}` {version} wants plimsoll:plugin {interface}, and `required-version` admits a plimsoll that has up \
                     to {most}: require a newer one, or pin an older version of the plugin"
                );
            }
            bail!(
                "`{name}` {version} wants plimsoll:plugin {interface}, and this plimsoll has up to {INTERFACE_VERSION}: \
                 update plimsoll, or pin an older version"
            );
        }
        let shown: Vec<String> = versions.iter().take(8).map(Version::to_string).collect();
        let there = if shown.is_empty() { "none".to_owned() } else { shown.join(", ") };
        bail!("no version of `{name}` in {repository} fits {requirement}; there are: {there}")
    }

    /// Refuses what is not signed with the key that the manifest has for its registry; the key's fingerprint.
    fn verify(&self, client: &Client, repository: &Repository, artifact: &Artifact) -> anyhow::Result<Option<String>> {
        let Some(key) = key_for(self.root, &self.manifest.registries, repository)? else { return Ok(None) };
        client.verify(repository, artifact, &key)?;
        Ok(Some(key.fingerprint))
    }

    /// A component from the store, else from its repository; in the store afterwards.
    fn bring(&self, repository: &Repository, digest: &str) -> anyhow::Result<Source> {
        let wasm = match self.store.get(digest)? {
            Found::Component(wasm) => wasm,
            Found::Nothing | Found::Corrupt { .. } => {
                let Some(client) = &self.client else {
                    bail!("sha256:{digest} of {repository} is not in the store, and the network is off")
                };
                let wasm = client.component(repository, digest)?;
                debug_assert_eq!(sha256(&wasm), digest);
                wasm
            }
        };
        let source = Source::new(wasm.into()).with_context(|| format!("{repository}@sha256:{digest}"))?;
        self.store.put(&source.wasm)?;
        Ok(source)
    }

    /// What a lock file pins, from its repository; signed, where the manifest has a key.
    fn bring_signed(&self, repository: &Repository, locked: &Locked, digest: &str) -> anyhow::Result<()> {
        let has_key = self.manifest.registries.of(repository).is_some_and(|registry| registry.key.is_some());
        if let Some(client) = self.client.as_ref().filter(|_| has_key) {
            let artifact = client.artifact(repository, &tag_of(&locked.version))?;
            if artifact.digest != digest {
                bail!("{repository} has sha256:{} for this version, and {LOCK} has sha256:{digest}", artifact.digest);
            }
            self.verify(client, repository, &artifact)?;
        }
        self.bring(repository, digest).map(|_| ())
    }

    /// Makes sure that the store has everything that a lock file pins, and says what was brought.
    ///
    /// # Errors
    /// When something can't be had.
    pub(crate) fn fetch(&self, lock: &Lock) -> anyhow::Result<Vec<String>> {
        let mut brought = Vec::new();
        for (name, locked) in &lock.plugins {
            let (Some(digest), false) = (&locked.digest, matches!(locked.source, LockedSource::Path(_))) else {
                continue;
            };
            if matches!(self.store.get(digest)?, Found::Component(_)) {
                continue;
            }
            if let Some(plugin) = self.carried.get(name).filter(|plugin| plugin.digest == *digest) {
                self.store.put(&plugin.wasm)?;
            } else {
                let repository = self.repository_of(name, locked)?;
                self.bring_signed(&repository, locked, digest)
                    .with_context(|| format!("`{name}` {}", locked.version))?;
            }
            brought.push(format!("{name} {}", locked.version));
        }
        Ok(brought)
    }

    /// Where a locked plugin can be had.
    fn repository_of(&self, name: &str, locked: &Locked) -> anyhow::Result<Repository> {
        match (&locked.source, &self.manifest.registries.default) {
            (LockedSource::Oci(repository), _) => Repository::parse(repository).map_err(|error| anyhow::anyhow!(error)),
            (_, Some(default)) => Ok(default.join(name)),
            (_, None) => bail!(
                "`{name}` {} is neither in this plimsoll nor in the store: install the plimsoll that carries it, name a \
                 registry that has it as `registries.default`, or run `plimsoll update {name}`",
                locked.version
            ),
        }
    }

    /// The bytes of a locked plugin.
    ///
    /// # Errors
    /// When they can't be had.
    pub(crate) fn component(&self, name: &str, locked: &Locked) -> anyhow::Result<Vec<u8>> {
        let digest = locked.digest.as_deref().with_context(|| format!("{LOCK}: `{name}` has no digest"))?;
        self.fetch(&Lock { plugins: BTreeMap::from([(name.to_owned(), locked.clone())]) })?;
        match self.store.get(digest)? {
            Found::Component(wasm) => Ok(wasm),
            _ => bail!("`{name}` {} was put into the store and is not there any more", locked.version),
        }
    }

    /// The versions that a plugin's source has, the newest first; none for a path.
    ///
    /// # Errors
    /// When the registry does not list them.
    pub(crate) fn versions(&self, name: &str, source: &PluginSource) -> anyhow::Result<Vec<Version>> {
        let own = self.carried.get(name).map(|plugin| plugin.description.version.clone());
        let mut found = match (source, &self.manifest.registries.default, &self.client) {
            (PluginSource::Path(_), _, _) => return Ok(Vec::new()),
            (PluginSource::Oci(repository, _), _, Some(client)) => versions(client, repository)?,
            (PluginSource::Oci(..), _, None) => bail!("the network is off: run without --offline"),
            (PluginSource::BuiltIn(_), Some(default), Some(client)) => {
                versions(client, &default.join(name)).unwrap_or_default().into_iter().chain(own).collect()
            }
            (PluginSource::BuiltIn(_), _, _) => own.into_iter().collect(),
        };
        found.sort_unstable_by(|left, right| right.cmp(left));
        found.dedup();
        Ok(found)
    }
}

/// The versions in a repository, the newest first.
fn versions(client: &Client, repository: &Repository) -> anyhow::Result<Vec<Version>> {
    let mut versions: Vec<Version> = client.tags(repository)?.iter().filter_map(|tag| version_of(tag)).collect();
    versions.sort_unstable_by(|left, right| right.cmp(left));
    Ok(versions)
}

/// A published version never changes.
fn moved(name: &str, kept: &Locked, found: &Locked) -> anyhow::Result<()> {
    if kept.digest == found.digest {
        return Ok(());
    }
    let shown = |locked: &Locked| locked.digest.clone().unwrap_or_default();
    bail!(
        "`{name}` {} in {} has become sha256:{}, and {LOCK} has sha256:{}: a published version must not change; if this \
         one may, take its block out of {LOCK} and run `plimsoll update {name}`",
        kept.version,
        kept.source,
        shown(found),
        shown(kept)
    )
}

fn locked(plugin: &Source, source: LockedSource, digest: Option<String>) -> Locked {
    Locked {
        version: plugin.description.version.clone(),
        source,
        digest,
        interface: plugin.interface.clone(),
        key: None,
    }
}
