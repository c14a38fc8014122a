//! What each key of a manifest means.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use semver::{Version, VersionReq};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::tree::{Mistakes, find};
use super::{
    Adoption, Globs, Key, LevelSetting, Manifest, ManifestError, OptionSetting, Override, PluginSetting, PluginSource,
    ProjectSetting, Registries, Registry, RuleSetting, acceptance, hint, house, place,
};
use crate::facts::PROFILES;
use crate::finding::Level;
use crate::package::reference::Repository;
use crate::package::signature::PublicKey;
use crate::plugin::description::Strength;

/// All keys of a manifest.
pub(super) const KEYS: &[&str] = &[
    "standard",
    "required-version",
    "adoption",
    "extends",
    "profiles",
    "exclude",
    "plugins",
    "vendor",
    "baseline",
    "registries",
    "rules",
    "levels",
    "overrides",
    "allow",
    "project",
    "ban",
    "require",
];
/// The keys that a preset may have.
const PRESET_KEYS: &[&str] = &["adoption", "plugins", "registries", "rules", "levels", "ban", "require"];
pub(super) const PLUGIN_KEYS: &[&str] = &["path", "oci", "version"];
pub(super) const REGISTRY_KEYS: &[&str] = &["url", "mirror", "plain-http", "key"];
pub(super) const OVERRIDE_KEYS: &[&str] = &["paths", "rules", "levels"];
pub(super) const PROJECT_KEYS: &[&str] = &["path", "profiles", "ignore"];
pub(super) const LEVELS: &[(&str, Level)] =
    &[("allow", Level::Allow), ("warn", Level::Warn), ("deny", Level::Deny), ("forbid", Level::Forbid)];
pub(crate) const STRENGTHS: &[(&str, Strength)] = &[
    ("never", Strength::Never),
    ("must", Strength::Must),
    ("should", Strength::Should),
    ("avoid", Strength::Avoid),
    ("may", Strength::May),
];
const ADOPTIONS: &[(&str, Adoption)] = &[("full", Adoption::Full), ("progressive", Adoption::Progressive)];

/// Reads the manifest that is the table below some keys of a document.
///
/// # Errors
/// Everything that is wrong.
pub(super) fn read(path: &str, text: &str, keys: &[&str]) -> Result<Manifest, ManifestError> {
    let document = DeTable::parse(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        ManifestError(vec![place(path, text, start, message)])
    })?;
    let mut mistakes = Mistakes::new(path, text);
    let mut manifest = Manifest { path: path.to_owned(), text: text.to_owned(), ..Manifest::default() };
    let Some(table) = find(document.get_ref(), keys) else { return Ok(manifest) };
    mistakes.unknown_keys(table, KEYS, "the manifest");
    fill(&mut manifest, table, &mut mistakes);
    for setting in manifest.rules.iter_mut().chain(manifest.overrides.iter_mut().flat_map(|one| &mut one.rules)) {
        let super::Mistake { line, column, .. } = place(path, text, setting.span.start, String::new());
        setting.origin = format!("{path}:{line}:{column}");
    }
    for setting in manifest.levels.iter_mut().chain(manifest.overrides.iter_mut().flat_map(|one| &mut one.levels)) {
        let super::Mistake { line, column, .. } = place(path, text, setting.span.start, String::new());
        setting.origin = format!("{path}:{line}:{column}");
    }
    mistakes.finish(manifest)
}

/// Reads a preset: a manifest with few keys, and without paths, since it lies in no repository.
///
/// # Errors
/// Everything that is wrong.
pub(super) fn read_preset(label: &str, text: &str) -> Result<Manifest, ManifestError> {
    let path = format!("the preset of {label}");
    let document =
        DeTable::parse(text).map_err(|error| ManifestError(vec![place(&path, text, 0, error.message().to_owned())]))?;
    let mut mistakes = Mistakes::new(&path, text);
    let mut manifest = Manifest { path: path.clone(), text: text.to_owned(), ..Manifest::default() };
    mistakes.unknown_keys(document.get_ref(), PRESET_KEYS, "a preset");
    fill(&mut manifest, document.get_ref(), &mut mistakes);
    for setting in manifest.plugins.iter().flat_map(std::collections::BTreeMap::values) {
        if matches!(setting.source, PluginSource::Path(_)) {
            mistakes.add(&setting.span, "a preset lies in no repository: its plugins come from registries");
        }
    }
    if manifest.registries.named.iter().any(|registry| matches!(registry.key, Some(Key::File(_)))) {
        mistakes.add(&(0..0), "a preset lies in no repository: its keys stand in it as text");
    }
    mistakes.finish(manifest)
}

fn fill(manifest: &mut Manifest, table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) {
    let mut house_levels = Vec::new();
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "standard" => edition(mistakes, value),
            "required-version" => manifest.required = required_version(mistakes, value),
            "adoption" => manifest.adoption = mistakes.one_of(value, ADOPTIONS),
            "extends" => manifest.extends = extends(mistakes, value),
            "profiles" => manifest.profiles = Some(profiles(mistakes, value)),
            "exclude" => manifest.exclude = globs(mistakes, value),
            "plugins" => manifest.plugins = Some(plugins(mistakes, value)),
            "vendor" => manifest.vendor = mistakes.text_of(value).and_then(|text| path_of(mistakes, value, text)),
            "baseline" => manifest.baseline = mistakes.text_of(value).and_then(|text| path_of(mistakes, value, text)),
            "registries" => manifest.registries = registries(mistakes, value),
            "rules" => manifest.rules = rules(mistakes, value),
            "levels" => manifest.levels = levels(mistakes, value),
            "allow" => manifest.acceptances = acceptance::acceptances(mistakes, value),
            "overrides" => manifest.overrides = overrides(mistakes, value),
            "project" => manifest.projects = projects(mistakes, value),
            "ban" | "require" => {
                let source = (manifest.path.as_str(), manifest.text.as_str());
                let (rules, levels) = house::entries(mistakes, value, key.get_ref() == "ban", source);
                manifest.house.extend(rules);
                house_levels.extend(levels);
            }
            _ => {}
        }
    }
    let places: Vec<_> = ["ban", "require"].iter().filter_map(|key| table.get(*key)).collect();
    house::twice(mistakes, &manifest.house, &places);
    // What `rules` says of an entry counts before the entry's own level.
    manifest.rules = house_levels.into_iter().chain(std::mem::take(&mut manifest.rules)).collect();
}

fn edition(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) {
    if let Some(text) = mistakes.text_of(value).filter(|text| *text != "1.0") {
        mistakes.add(&value.span(), format!("`{text}` is no edition of the standard; there is `1.0`"));
    }
}

fn required_version(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> VersionReq {
    let Some(requirement) = requirement(mistakes, value) else { return VersionReq::STAR };
    let version = Version::parse(env!("CARGO_PKG_VERSION")).ok();
    if !version.is_some_and(|version| requirement.matches(&version)) {
        let message = format!("this is plimsoll {}, and `{requirement}` is required", env!("CARGO_PKG_VERSION"));
        mistakes.add(&value.span(), message);
    }
    requirement
}

fn requirement(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Option<VersionReq> {
    let text = mistakes.text_of(value)?;
    VersionReq::parse(text)
        .map_err(|error| {
            mistakes.add(&value.span(), format!("`{text}` is no requirement of versions, as `1.2` is: {error}"));
        })
        .ok()
}

/// A file or folder of the repository, relative to the root.
fn path_of(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>, text: &str) -> Option<String> {
    let path = crate::repository::join("", text).filter(|path| !path.is_empty() && !text.starts_with('/'));
    if path.is_none() {
        mistakes.add(&value.span(), format!("`{text}` is no path in the repository"));
    }
    path
}

fn profiles(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Vec<String> {
    let found = mistakes.texts_of(value);
    for (span, name) in &found {
        // A profile of the organisation's own rules is free; one that is nearly a known one is a slip.
        let hint = hint(name, PROFILES.iter().copied());
        if !PROFILES.contains(&name.as_str()) && !hint.is_empty() {
            mistakes.add(span, format!("`{name}` is no profile{hint}"));
        }
    }
    found.into_iter().map(|(_, name)| name).collect()
}

fn globs(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Globs {
    let patterns = mistakes.texts_of(value);
    globs_of(mistakes, patterns, &value.span())
}

/// Patterns of paths, each with its place; `whole` is that of all of them.
pub(super) fn globs_of(
    mistakes: &mut Mistakes<'_>,
    patterns: Vec<(Range<usize>, String)>,
    whole: &Range<usize>,
) -> Globs {
    let mut set = GlobSetBuilder::new();
    let mut written = Vec::new();
    for (span, pattern) in patterns {
        let text = pattern.trim_end_matches('/');
        let anchored = if text.contains('/') { text.trim_start_matches('/').to_owned() } else { format!("**/{text}") };
        let build = |pattern: &str| GlobBuilder::new(pattern).literal_separator(true).build();
        match (build(&anchored), build(&format!("{anchored}/**"))) {
            (Ok(path), Ok(below)) => {
                set.add(path).add(below);
                written.push((span, pattern));
            }
            (Err(error), _) | (_, Err(error)) => mistakes.add(&span, format!("`{text}`: {}", error.kind())),
        }
    }
    let set = set.build().unwrap_or_else(|error| {
        mistakes.add(whole, error.to_string());
        GlobSet::empty()
    });
    Globs { set, written }
}

fn plugins(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, PluginSetting> {
    let mut plugins = BTreeMap::new();
    for (name, value) in mistakes.table_of(value).into_iter().flatten() {
        if let Some(source) = plugin(mistakes, value) {
            plugins.insert(name.get_ref().to_string(), PluginSetting { source, span: name.span() });
        }
    }
    plugins
}

fn plugin(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Option<PluginSource> {
    let Some(table) = value.get_ref().as_table() else {
        return requirement(mistakes, value).map(PluginSource::BuiltIn);
    };
    mistakes.unknown_keys(table, PLUGIN_KEYS, "a plugin");
    let version = match table.get("version") {
        Some(value) => Some(requirement(mistakes, value)?),
        None => None,
    };
    match (table.get("path"), table.get("oci"), version) {
        (Some(_), Some(_), _) => {
            mistakes.add(&value.span(), "a plugin comes from a `path` or from `oci`, not from both");
            None
        }
        (Some(_), None, Some(_)) => {
            mistakes.add(&value.span(), "a plugin with a `path` has no `version`: it is what lies there");
            None
        }
        (Some(path), None, None) => mistakes.text_of(path).map(|path| PluginSource::Path(path.to_owned())),
        (None, Some(oci), version) => {
            let repository = repository(mistakes, oci)?;
            Some(PluginSource::Oci(repository, version.unwrap_or(VersionReq::STAR)))
        }
        (None, None, Some(version)) => Some(PluginSource::BuiltIn(version)),
        (None, None, None) => {
            mistakes.add(&value.span(), "a plugin needs a `version`, a `path` or `oci`");
            None
        }
    }
}

fn extends(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Option<PluginSetting> {
    match plugin(mistakes, value)? {
        PluginSource::BuiltIn(_) => {
            mistakes.add(&value.span(), "a preset comes from a `path` or from `oci`");
            None
        }
        source => Some(PluginSetting { source, span: value.span() }),
    }
}

fn repository(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Option<Repository> {
    let text = mistakes.text_of(value)?;
    Repository::parse(text).map_err(|error| mistakes.add(&value.span(), error)).ok()
}

fn registries(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Registries {
    let mut registries = Registries::default();
    for (name, value) in mistakes.table_of(value).into_iter().flatten() {
        if name.get_ref() == "default" && value.get_ref().is_str() {
            registries.default = repository(mistakes, value);
            continue;
        }
        let Some(table) = mistakes.table_of(value) else { continue };
        mistakes.unknown_keys(table, REGISTRY_KEYS, "a registry");
        let Some(url) = table.get("url") else {
            mistakes.add(&name.span(), "a registry needs a `url`: what the repositories that it is about begin with");
            continue;
        };
        let Some(url) = repository(mistakes, url) else { continue };
        let mirror = table.get("mirror").and_then(|mirror| repository(mistakes, mirror));
        let plain_http = table.get("plain-http").and_then(|flag| mistakes.flag_of(flag)).unwrap_or(false);
        let key = table.get("key").and_then(|key| key_of(mistakes, key));
        registries.named.push(Registry { url, mirror, plain_http, key });
    }
    registries
}

fn key_of(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Option<Key> {
    let text = mistakes.text_of(value)?;
    if !text.trim_start().starts_with("-----BEGIN") {
        return path_of(mistakes, value, text).map(Key::File);
    }
    PublicKey::parse(text).map_err(|error| mistakes.add(&value.span(), error)).ok()?;
    Some(Key::Text(text.to_owned()))
}

/// Levels and options, in the order of the text.
fn rules(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Vec<RuleSetting> {
    let mut settings = Vec::new();
    for (selector, value) in mistakes.table_of(value).into_iter().flatten() {
        let (level, options) = match value.get_ref() {
            DeValue::Table(table) => {
                let level = table.get("level").and_then(|level| mistakes.one_of(level, LEVELS));
                let options = table.iter().filter(|(name, _)| name.get_ref() != "level");
                let setting = |name: &Spanned<Cow<'_, str>>, value: &Spanned<DeValue<'_>>| {
                    let value_span = value.span();
                    Some(OptionSetting { value: plain(value)?, name_span: name.span(), value_span })
                };
                let named = |(name, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
                    Some((name.get_ref().to_string(), setting(name, value)?))
                };
                (level, options.filter_map(named).collect())
            }
            _ => (mistakes.one_of(value, LEVELS), BTreeMap::new()),
        };
        let span: Range<usize> = selector.span();
        let selector = selector.get_ref().to_string();
        settings.push(RuleSetting { selector, level, options, span, origin: String::new() });
    }
    settings.sort_by_key(|setting| setting.span.start);
    settings
}

/// What kinds of requirements give.
fn levels(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Vec<LevelSetting> {
    let mut settings = Vec::new();
    for (name, value) in mistakes.table_of(value).into_iter().flatten() {
        let Some((_, strength)) = STRENGTHS.iter().find(|(word, _)| *word == name.get_ref().as_ref()) else {
            let words = STRENGTHS.iter().map(|(word, _)| *word);
            let hint = hint(name.get_ref(), words);
            let message =
                format!("`{}` is no kind of requirement: never, must, should, avoid, may{hint}", name.get_ref());
            mistakes.add(&name.span(), message);
            continue;
        };
        if let Some(level) = mistakes.one_of(value, LEVELS) {
            settings.push(LevelSetting { strength: *strength, level, span: name.span(), origin: String::new() });
        }
    }
    settings.sort_by_key(|setting| setting.span.start);
    settings
}

/// A value without the places of its parts.
pub(super) fn plain(value: &Spanned<DeValue<'_>>) -> Option<toml::Value> {
    let value = toml::Value::try_from(match value.get_ref() {
        DeValue::String(text) => toml::Value::String(text.to_string()),
        DeValue::Boolean(flag) => toml::Value::Boolean(*flag),
        DeValue::Integer(number) => toml::Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()?),
        DeValue::Float(number) => toml::Value::Float(number.as_str().parse().ok()?),
        DeValue::Datetime(date) => toml::Value::Datetime(*date),
        DeValue::Array(list) => toml::Value::Array(list.iter().filter_map(plain).collect()),
        DeValue::Table(table) => toml::Value::Table(
            table.iter().filter_map(|(key, value)| Some((key.get_ref().to_string(), plain(value)?))).collect(),
        ),
    });
    value.ok()
}

fn overrides(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Vec<Override> {
    let mut overrides = Vec::new();
    for (span, table) in mistakes.tables_of(value) {
        mistakes.unknown_keys(table, OVERRIDE_KEYS, "an override");
        let (own, kinds) = (table.get("rules"), table.get("levels"));
        let Some(paths) = table.get("paths").filter(|_| own.is_some() || kinds.is_some()) else {
            mistakes.add(&span, "an override needs `paths`, and `rules` or `levels`");
            continue;
        };
        overrides.push(Override {
            paths: globs(mistakes, paths),
            rules: own.map_or(Vec::new(), |own| rules(mistakes, own)),
            levels: kinds.map_or(Vec::new(), |kinds| levels(mistakes, kinds)),
        });
    }
    overrides
}

fn projects(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Vec<ProjectSetting> {
    let mut projects = Vec::new();
    for (span, table) in mistakes.tables_of(value) {
        mistakes.unknown_keys(table, PROJECT_KEYS, "a project");
        let Some(path) = table.get("path") else {
            mistakes.add(&span, "a project needs its `path`");
            continue;
        };
        let Some(text) = mistakes.text_of(path) else { continue };
        projects.push(ProjectSetting {
            path: text.trim_start_matches("./").trim_end_matches('/').to_owned(),
            profiles: table.get("profiles").map(|value| profiles(mistakes, value)),
            ignore: table.get("ignore").and_then(|flag| mistakes.flag_of(flag)).unwrap_or(false),
            span: path.span(),
        });
    }
    projects
}
