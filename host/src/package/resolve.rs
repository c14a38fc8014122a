//! Which plugins a check runs with: what the manifest wants, as the lock file pins it, from where the bytes are. Nothing
//! here touches the network or writes into the repository; what is missing is said with the command that brings it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::lock::{LOCK, Lock, Locked, LockedSource};
use super::manifest::{Manifest, PluginSetting, PluginSource, hint};
use super::reference::Repository;
use super::signature::{is_signed, key_for};
use super::store::{Found, Store, read_component};
use super::{built_in, house};
use crate::plugin::source::{Source, sha256};

/// The plugins of a run.
pub(crate) struct Resolved {
    /// With what its preset adds.
    pub(crate) manifest: Manifest,
    pub(crate) plugins: Vec<Source>,
    /// For standard error.
    pub(crate) warnings: Vec<String>,
}

/// What a run may do about a lock file that does not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Strictness {
    /// The lock file has to be there and to fit the manifest.
    pub(crate) locked: bool,
}

/// Finds the plugins of a repository.
///
/// # Errors
/// When one can't be had, is not what the lock file says, or is no plugin.
pub(crate) fn resolve(root: &Path, manifest: Manifest, strictness: Strictness) -> anyhow::Result<Resolved> {
    let lock = Lock::read(root)?;
    if lock.is_none() && strictness.locked {
        bail!("there is no {LOCK}: run `plimsoll update`");
    }
    let carried: BTreeMap<String, Source> =
        built_in::sections()?.into_iter().map(|source| (source.description.name.clone(), source)).collect();
    let lock = lock.unwrap_or_default();
    let mut resolver = Resolver { root, manifest: &manifest, lock, carried, strictness, warnings: vec![] };
    let preset = resolver.preset()?;
    let inherited = inherit(manifest.clone(), preset.as_ref())?;
    let mut resolver = Resolver { manifest: &inherited, ..resolver };
    let mut plugins = match &inherited.plugins {
        Some(wanted) => {
            let find = |(name, setting): (&String, &PluginSetting)| resolver.find(name, &setting.source);
            wanted.iter().map(find).collect::<anyhow::Result<Vec<_>>>()?
        }
        None => resolver.all_carried()?,
    };
    let is_named = |preset: &Source| plugins.iter().any(|it| it.description.name == preset.description.name);
    plugins.extend(preset.filter(|preset| !is_named(preset)));
    resolver.unused(&plugins)?;
    plugins.extend(house::section(&inherited, &plugins)?);
    let warnings = resolver.warnings;
    Ok(Resolved { manifest: inherited, plugins, warnings })
}

/// The manifest with what a preset adds.
///
/// # Errors
/// When the plugin carries no preset, or a wrong one.
pub(crate) fn inherit(manifest: Manifest, preset: Option<&Source>) -> anyhow::Result<Manifest> {
    let Some(plugin) = preset else { return Ok(manifest) };
    let label = plugin.description.label();
    let Some(text) = &plugin.description.preset else {
        bail!("{}: `{label}` carries no preset to extend: name it under `plugins`", manifest.name())
    };
    let preset = Manifest::parse_preset(&label, text)?;
    Ok(manifest.inherit(preset, &label))
}

struct Resolver<'a> {
    root: &'a Path,
    manifest: &'a Manifest,
    lock: Lock,
    carried: BTreeMap<String, Source>,
    strictness: Strictness,
    warnings: Vec<String>,
}

impl Resolver<'_> {
    /// A repository that names no plugin is checked with all sections, those that are locked as they are locked.
    fn all_carried(&mut self) -> anyhow::Result<Vec<Source>> {
        let sections = self.lock.plugins.iter().filter(|(_, locked)| locked.source == LockedSource::BuiltIn);
        let locked: Vec<String> = sections.map(|(name, _)| name.clone()).collect();
        let names = if locked.is_empty() { self.carried.keys().cloned().collect() } else { locked };
        names.iter().map(|name| self.find(name, &PluginSource::BuiltIn(semver::VersionReq::STAR))).collect()
    }

    /// The plugin whose preset the manifest extends.
    fn preset(&mut self) -> anyhow::Result<Option<Source>> {
        let Some(PluginSetting { source, .. }) = &self.manifest.extends else { return Ok(None) };
        let name =
            self.lock.plugins.iter().find(|(_, locked)| comes_from(locked, source)).map(|(name, _)| name.clone());
        match (source, name) {
            (PluginSource::Path(path), None) => {
                let plugin = read_at(&self.root.join(path), path, &mut self.warnings)
                    .with_context(|| format!("{}: `extends`", self.manifest.name()))?;
                Ok(Some(plugin))
            }
            (_, Some(name)) => self.find(&name, source).map(Some),
            _ => bail!("{}: the preset is not in {LOCK}: run `plimsoll update`", self.manifest.name()),
        }
    }

    fn find(&mut self, name: &str, wanted: &PluginSource) -> anyhow::Result<Source> {
        match wanted {
            PluginSource::BuiltIn(requirement) => match self.lock.plugins.get(name).cloned() {
                Some(locked) => self.locked_section(name, requirement, &locked),
                None => self.carried_section(name, requirement),
            },
            PluginSource::Path(path) => self.at_path(name, path),
            PluginSource::Oci(repository, requirement) => {
                let Some(locked) = self.lock.plugins.get(name).cloned() else {
                    let place = self.manifest.place_of(name);
                    bail!("{place}: `{name}` comes from {repository} and is not in {LOCK}: run `plimsoll update`");
                };
                if !fits(&locked, wanted) {
                    return Err(self.misfit(name, &locked, &format!("{requirement} from {repository}")));
                }
                self.signed(name, repository, &locked)?;
                self.by_digest(name, &locked)
            }
        }
    }

    /// Makes sure that the lock file says of a plugin that it was signed, where the manifest has a key for its repository.
    fn signed(&self, name: &str, repository: &Repository, locked: &Locked) -> anyhow::Result<()> {
        let key = key_for(self.root, &self.manifest.registries, repository)?;
        if is_signed(locked, key.as_ref()) {
            return Ok(());
        }
        bail!(
            "{}: `{name}` has to be signed, and {LOCK} does not say that it was, with this key: run `plimsoll update \
             {name}`",
            self.manifest.place_of(name)
        )
    }

    fn misfit(&self, name: &str, locked: &Locked, wanted: &str) -> anyhow::Error {
        anyhow::anyhow!(
            "{}: `{name}` {wanted} is wanted, and {LOCK} has {} from {}: run `plimsoll update {name}`",
            self.manifest.place_of(name),
            locked.version,
            locked.source
        )
    }

    fn carried_section(&mut self, name: &str, requirement: &semver::VersionReq) -> anyhow::Result<Source> {
        if !self.lock.plugins.is_empty() {
            let message = format!("`{name}` is not in {LOCK}: run `plimsoll update {name}`");
            if self.strictness.locked {
                bail!(message);
            }
            self.warnings.push(message);
        }
        let Some(plugin) = self.carried.remove(name) else {
            let place = self.manifest.place_of(name);
            bail!(
                "{place}: there is no built-in section `{name}`{}",
                hint(name, self.carried.keys().map(String::as_str))
            );
        };
        let version = &plugin.description.version;
        if !requirement.matches(version) {
            bail!(
                "{}: `{name}` {requirement} is wanted, and this plimsoll carries {version}: change the requirement, \
                 install a plimsoll that carries it, or name a registry that has it as `registries.default` and run \
                 `plimsoll update {name}`",
                self.manifest.place_of(name)
            );
        }
        Ok(plugin)
    }

    fn locked_section(
        &mut self,
        name: &str,
        requirement: &semver::VersionReq,
        locked: &Locked,
    ) -> anyhow::Result<Source> {
        if !fits(locked, &PluginSource::BuiltIn(requirement.clone())) {
            return Err(self.misfit(name, locked, &requirement.to_string()));
        }
        let is_locked = |plugin: &Source| locked.digest.as_ref() == Some(&plugin.digest);
        if self.carried.get(name).is_some_and(is_locked)
            && let Some(plugin) = self.carried.remove(name)
        {
            // A later plimsoll that carries another version finds this one in the store; a store that can't be written
            // is no reason not to check.
            if let Ok(store) = Store::open()
                && !store.has(&plugin.digest)
            {
                let _ = store.put(&plugin.wasm);
            }
            return Ok(plugin);
        }
        // What the binary does not vouch for comes from the default registry.
        if let Some(default) = &self.manifest.registries.default {
            self.signed(name, &default.join(name), locked)?;
        }
        self.by_digest(name, locked)
    }

    /// The component that the lock file pins, from the repository's own copies or the user's store.
    fn by_digest(&mut self, name: &str, locked: &Locked) -> anyhow::Result<Source> {
        let Some(digest) = &locked.digest else {
            bail!("{LOCK}: `{name}` has no digest: run `plimsoll update {name}`")
        };
        let wasm = match self.vendored(name, locked, digest)? {
            Some(wasm) => wasm,
            None => self.stored(name, locked, digest)?,
        };
        let source = Source::new(wasm.into()).with_context(|| format!("`{name}` {}", locked.version))?;
        let description = &source.description;
        if description.name != name || description.version != locked.version {
            bail!(
                "`{name}` {} is locked, and the component of this digest says that it is `{}`: run `plimsoll update \
                 {name}`",
                locked.version,
                description.label()
            );
        }
        Ok(source)
    }

    fn vendored(&self, name: &str, locked: &Locked, digest: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let Some(folder) = &self.manifest.vendor else { return Ok(None) };
        let shown = format!("{folder}/{}", vendored_name(name, locked));
        let path = inside(self.root, &shown)?;
        let Some(wasm) = read_component(&path).with_context(|| shown.clone())? else { return Ok(None) };
        let actual = sha256(&wasm);
        if actual != digest {
            bail!(
                "{shown} has the digest sha256:{actual}, and {LOCK} wants sha256:{digest}: run `plimsoll vendor` to \
                 copy the locked one, or `plimsoll update {name}`"
            );
        }
        Ok(Some(wasm))
    }

    fn stored(&self, name: &str, locked: &Locked, digest: &str) -> anyhow::Result<Vec<u8>> {
        match Store::open()?.get(digest)? {
            Found::Component(wasm) => Ok(wasm),
            Found::Corrupt { actual } => bail!(
                "`{name}` {} in the store has the digest sha256:{actual}, and {LOCK} wants sha256:{digest}: run \
                 `plimsoll fetch` to get it again",
                locked.version
            ),
            Found::Nothing => {
                let carried = match self.carried.get(name) {
                    Some(plugin) if plugin.description.version == locked.version => format!(
                        "; this plimsoll carries a build of that version with the digest sha256:{}, which `plimsoll \
                         update {name}` locks",
                        plugin.digest
                    ),
                    Some(plugin) => format!(
                        "; this plimsoll carries {}, which `plimsoll update {name}` locks",
                        plugin.description.version
                    ),
                    None => String::new(),
                };
                bail!(
                    "`{name}` {} (sha256:{digest}) is locked and not in the store: run `plimsoll fetch`{carried}",
                    locked.version
                );
            }
        }
    }

    fn at_path(&mut self, name: &str, path: &str) -> anyhow::Result<Source> {
        let plugin = read_at(&self.root.join(path), path, &mut self.warnings)
            .with_context(|| format!("{}: plugin `{name}`", self.manifest.place_of(name)))?;
        if plugin.description.name != name {
            bail!(
                "{}: the plugin in {path} is called `{}`, not `{name}`",
                self.manifest.place_of(name),
                plugin.description.name
            );
        }
        if let Some(Locked { source: LockedSource::Path(_), digest: Some(digest), .. }) = self.lock.plugins.get(name)
            && *digest != plugin.digest
        {
            bail!(
                "{path} has the digest sha256:{}, and {LOCK} wants sha256:{digest}: put the locked one there, or run \
                 `plimsoll update {name}`",
                plugin.digest
            );
        }
        Ok(plugin)
    }

    /// Locked plugins that the manifest does not want any more.
    fn unused(&mut self, used: &[Source]) -> anyhow::Result<()> {
        let is_used = |name: &&String| used.iter().any(|plugin| plugin.description.name == **name);
        let unused: Vec<String> = self.lock.plugins.keys().filter(|name| !is_used(name)).cloned().collect();
        if unused.is_empty() {
            return Ok(());
        }
        let message = format!(
            "{LOCK} has `{}`, which {} does not want: run `plimsoll update`",
            unused.join("`, `"),
            self.manifest.name()
        );
        if self.strictness.locked {
            bail!(message);
        }
        self.warnings.push(message);
        Ok(())
    }
}

/// Checks that a lock file pins what the manifest wants, and nothing else.
///
/// # Errors
/// When it does not, with the command that mends it.
pub(crate) fn check_fits(lock: &Lock, manifest: &Manifest) -> anyhow::Result<()> {
    let Some(wanted) = &manifest.plugins else { return Ok(()) };
    for (name, setting) in wanted {
        let Some(locked) = lock.plugins.get(name) else {
            bail!("`{name}` is not in {LOCK}: run `plimsoll update {name}`")
        };
        if !fits(locked, &setting.source) {
            bail!("{}: {LOCK} does not fit for `{name}`: run `plimsoll update {name}`", manifest.place_of(name));
        }
    }
    let is_preset =
        |locked: &Locked| manifest.extends.as_ref().is_some_and(|preset| comes_from(locked, &preset.source));
    match lock.plugins.iter().find(|(name, locked)| !wanted.contains_key(*name) && !is_preset(locked)) {
        Some((name, _)) => bail!("{LOCK} has `{name}`, which {} does not want: run `plimsoll update`", manifest.name()),
        None => Ok(()),
    }
}

/// Whether a locked plugin has the source that the manifest names, at whatever version.
pub(crate) fn comes_from(locked: &Locked, source: &PluginSource) -> bool {
    match source {
        PluginSource::BuiltIn(_) => locked.source == LockedSource::BuiltIn,
        PluginSource::Path(path) => locked.source == LockedSource::Path(path.clone()),
        PluginSource::Oci(repository, _) => locked.source == LockedSource::Oci(repository.to_string()),
    }
}

/// Whether a locked plugin is what the manifest wants.
pub(crate) fn fits(locked: &Locked, source: &PluginSource) -> bool {
    let has_version = match source {
        PluginSource::BuiltIn(requirement) | PluginSource::Oci(_, requirement) => requirement.matches(&locked.version),
        PluginSource::Path(_) => true,
    };
    has_version && comes_from(locked, source)
}

/// A path of the repository on this machine. Links on the way out of it are not followed.
///
/// # Errors
/// When it leads out of the repository.
pub(crate) fn inside(root: &Path, path: &str) -> anyhow::Result<PathBuf> {
    let full = root.join(path);
    match full.canonicalize() {
        Ok(real) if !real.starts_with(root) => bail!("{path} leads out of the repository"),
        _ => Ok(full),
    }
}

/// The name of a plugin's copy in the repository.
pub(crate) fn vendored_name(name: &str, locked: &Locked) -> String {
    format!("{name}-{}.wasm", locked.version)
}

/// Reads the plugin at a path, which messages call `name`.
///
/// # Errors
/// When there is none.
pub(crate) fn read_at(path: &Path, name: &str, warnings: &mut Vec<String>) -> anyhow::Result<Source> {
    let file = plugin_file(path)?;
    if file.is_stale {
        warnings.push(format!("{name}: its sources are newer than the plugin: run `plimsoll build {name}`"));
    }
    let wasm = read_component(&file.path).with_context(|| name.to_owned())?;
    let wasm = wasm.with_context(|| format!("{name} is not there"))?;
    Source::new(wasm.into()).with_context(|| name.to_owned())
}

/// The component of a plugin folder.
pub(crate) struct PluginFile {
    pub(crate) path: PathBuf,
    /// Whether a source is newer than the component.
    pub(crate) is_stale: bool,
}

/// Where `plimsoll build` puts the component of a plugin folder.
pub(crate) fn built_component(folder: &Path) -> PathBuf {
    folder.join("target").join("plimsoll").join("plugin.wasm")
}

/// Finds a plugin: a component, or what `plimsoll build` made of a folder.
///
/// # Errors
/// When there is none.
pub(crate) fn plugin_file(path: &Path) -> anyhow::Result<PluginFile> {
    if path.is_file() {
        return Ok(PluginFile { path: path.to_owned(), is_stale: false });
    }
    let component = built_component(path);
    if !component.is_file() {
        bail!("{} holds no built plugin: run `plimsoll build {0}`", path.display());
    }
    let built = std::fs::metadata(&component)?.modified().ok();
    let newest = newest_source(path, 0);
    Ok(PluginFile { path: component, is_stale: newest > built })
}

fn newest_source(folder: &Path, depth: usize) -> Option<std::time::SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut newest = None;
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let Ok(kind) = entry.file_type() else { continue };
        let is_source = !["target", "node_modules", "__pycache__"].iter().any(|made| name == *made)
            && !name.to_string_lossy().starts_with('.');
        let time = if kind.is_dir() && depth < 8 && is_source {
            newest_source(&entry.path(), depth + 1)
        } else if kind.is_file() {
            entry.metadata().and_then(|metadata| metadata.modified()).ok()
        } else {
            None
        };
        newest = newest.max(time);
    }
    newest
}
