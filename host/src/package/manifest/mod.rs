//! The manifest: `plimsoll.toml` at the repository's root, or `[tool.plimsoll]` in its `pyproject.toml`.
//!
//! The text becomes a tree in which every key and value knows its place, and [`reader`] makes a [`Manifest`] of it in which
//! every name is known. Everything that is wrong is said at once, each with its place and the nearest name that would be
//! right.

mod acceptance;
mod house;
mod reader;
pub(crate) mod schema;
#[cfg(test)]
mod tests;
pub(crate) mod tree;

use std::collections::BTreeMap;
use std::ops::Range;

use globset::GlobSet;

pub(crate) use self::acceptance::Acceptance;
pub(crate) use self::house::{HOUSE, HouseRule, Subject};
pub(crate) use self::reader::STRENGTHS;
use crate::finding::Level;
use crate::package::reference::Repository;
use crate::plugin::description::Strength;

/// How a repository takes up the standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Adoption {
    /// As it is written.
    #[default]
    Full,
    /// What the standard demands warns until the team turns it on; what it forbids is denied all the same.
    Progressive,
}

/// What a repository wants of plimsoll.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// Where it was read from, relative to the root; empty without a manifest.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
    /// Which versions of plimsoll it admits.
    pub(crate) required: semver::VersionReq,
    pub(crate) adoption: Option<Adoption>,
    /// A preset that is inherited from.
    pub(crate) extends: Option<PluginSetting>,
    /// Profiles of the repository; none means that they are detected.
    pub(crate) profiles: Option<Vec<String>>,
    pub(crate) exclude: Globs,
    /// Sections to check with, by name; none means all built-in ones.
    pub(crate) plugins: Option<BTreeMap<String, PluginSetting>>,
    /// A folder of the repository with copies of locked plugins, relative to the root.
    pub(crate) vendor: Option<String>,
    /// The file with the findings that are accepted, relative to the root.
    pub(crate) baseline: Option<String>,
    pub(crate) registries: Registries,
    /// What a preset sets; the manifest's own settings count before these.
    pub(crate) inherited: Vec<RuleSetting>,
    pub(crate) rules: Vec<RuleSetting>,
    /// What requirements give where nothing is said of the rule; the preset's in `inherited_levels`.
    pub(crate) levels: Vec<LevelSetting>,
    pub(crate) inherited_levels: Vec<LevelSetting>,
    pub(crate) overrides: Vec<Override>,
    /// Findings that are accepted.
    pub(crate) acceptances: Vec<Acceptance>,
    pub(crate) projects: Vec<ProjectSetting>,
    /// What is banned and required without code.
    pub(crate) house: Vec<HouseRule>,
}

/// A plugin that the manifest names.
#[derive(Clone, Debug)]
pub(crate) struct PluginSetting {
    pub(crate) source: PluginSource,
    /// Where its name stands.
    pub(crate) span: Range<usize>,
}

/// Patterns of paths, each with its place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Globs {
    pub(crate) set: GlobSet,
    /// The patterns as they are written. Each is two globs of the set: the path itself, and what is below it.
    written: Vec<(Range<usize>, String)>,
}

impl Globs {
    /// The patterns as they are written.
    pub(crate) fn text(&self) -> String {
        let written: Vec<&str> = self.written.iter().map(|(_, pattern)| pattern.as_str()).collect();
        written.join(", ")
    }

    /// The patterns that match none of some paths, as (place, pattern).
    fn unmatched<'a>(&self, paths: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &(Range<usize>, String)> {
        let mut seen = vec![false; self.written.len()];
        for path in paths {
            for index in self.set.matches(path) {
                if let Some(seen) = seen.get_mut(index / 2) {
                    *seen = true;
                }
            }
        }
        self.written.iter().zip(seen).filter(|(_, seen)| !seen).map(|(written, _)| written)
    }
}

/// Where a plugin comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PluginSource {
    /// One of plimsoll's own sections: from the binary, else from the store or the default registry.
    BuiltIn(semver::VersionReq),
    /// A component, or a folder that holds one made by `plimsoll build`; relative to the root.
    Path(String),
    /// From a registry.
    Oci(Repository, semver::VersionReq),
}

/// What is known of registries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registries {
    /// Where plimsoll's own sections are published, each as a repository below this one.
    pub(crate) default: Option<Repository>,
    pub(crate) named: Vec<Registry>,
}

/// A registry, or a part of one.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    /// What the repositories that it is about begin with.
    pub(crate) url: Repository,
    /// What is asked first in its place.
    pub(crate) mirror: Option<Repository>,
    /// Whether it is asked without encryption.
    pub(crate) plain_http: bool,
    /// What its plugins have to be signed with.
    pub(crate) key: Option<Key>,
}

impl Registries {
    /// The settings for a repository: those of the longest beginning that it has.
    pub(crate) fn of(&self, repository: &Repository) -> Option<&Registry> {
        self.named
            .iter()
            .filter(|registry| repository.below(&registry.url).is_some())
            .max_by_key(|registry| registry.url.path.len())
    }
}

/// Where a public key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// In the manifest itself.
    Text(String),
    /// In a file of the repository, relative to the root.
    File(String),
}

/// A level, and options, for the rules that a selector names.
#[derive(Clone, Debug)]
pub(crate) struct RuleSetting {
    /// `section`, `section/rule` or `section/*`.
    pub(crate) selector: String,
    pub(crate) level: Option<Level>,
    pub(crate) options: BTreeMap<String, OptionSetting>,
    pub(crate) span: Range<usize>,
    /// Where it is set, as people are told: `plimsoll.toml:3:1`, `acme@1.2.0`.
    pub(crate) origin: String,
}

/// What a rule's option is set to.
#[derive(Clone, Debug)]
pub(crate) struct OptionSetting {
    pub(crate) value: toml::Value,
    /// Where its name stands, and where the value.
    pub(crate) name_span: Range<usize>,
    pub(crate) value_span: Range<usize>,
}

/// What a kind of requirement gives.
#[derive(Clone, Debug)]
pub(crate) struct LevelSetting {
    pub(crate) strength: Strength,
    pub(crate) level: Level,
    pub(crate) span: Range<usize>,
    /// As a [`RuleSetting`]'s.
    pub(crate) origin: String,
}

/// Levels for some paths.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    pub(crate) paths: Globs,
    pub(crate) rules: Vec<RuleSetting>,
    pub(crate) levels: Vec<LevelSetting>,
}

/// What is known of one project better than it shows.
#[derive(Clone, Debug)]
pub(crate) struct ProjectSetting {
    pub(crate) path: String,
    pub(crate) profiles: Option<Vec<String>>,
    /// The project is not checked.
    pub(crate) ignore: bool,
    /// Where its path stands.
    pub(crate) span: Range<usize>,
}

/// Something wrong in a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

/// Everything that is wrong in a manifest, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ManifestError(pub(crate) Vec<Mistake>);

impl std::fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}:{}: {}", self.path, self.line, self.column, self.message)
    }
}

impl std::fmt::Display for ManifestError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, mistake) in self.0.iter().enumerate() {
            let start = if index == 0 { "" } else { "\nerror: " };
            write!(formatter, "{start}{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ManifestError {}

impl Manifest {
    /// Reads a `plimsoll.toml`.
    ///
    /// # Errors
    /// Everything that is wrong, with its place.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, ManifestError> {
        reader::read(path, text, &[])
    }

    /// Reads `[tool.plimsoll]` of a `pyproject.toml`; none when it has no such table. A `pyproject.toml` that does not
    /// parse has none: the check reports it.
    ///
    /// # Errors
    /// Everything that is wrong in the table, with its place.
    pub(crate) fn parse_pyproject(path: &str, text: &str) -> Result<Option<Self>, ManifestError> {
        if !text.contains("plimsoll") || !tree::has_table(text, &["tool", "plimsoll"]) {
            return Ok(None);
        }
        reader::read(path, text, &["tool", "plimsoll"]).map(Some)
    }

    /// Reads the preset that a plugin carries. `label` is the plugin's.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub(crate) fn parse_preset(label: &str, text: &str) -> Result<Self, ManifestError> {
        reader::read_preset(label, text)
    }

    /// Takes over what a preset sets, as far as the manifest says nothing else.
    pub(crate) fn inherit(mut self, preset: Self, label: &str) -> Self {
        self.adoption = self.adoption.or(preset.adoption);
        self.plugins = match (self.plugins, preset.plugins) {
            (Some(own), Some(inherited)) => Some(inherited.into_iter().chain(own).collect()),
            (own, inherited) => own.or(inherited),
        };
        self.registries.default = self.registries.default.or(preset.registries.default);
        self.registries.named.extend(preset.registries.named);
        let from_preset = |setting: RuleSetting| RuleSetting { origin: label.to_owned(), ..setting };
        let is_own = |rule: &HouseRule| self.house.iter().any(|own| own.id == rule.id);
        let inherited: Vec<HouseRule> = preset.house.into_iter().filter(|rule| !is_own(rule)).collect();
        self.house.extend(inherited);
        self.inherited = preset.rules.into_iter().map(from_preset).collect();
        let levels = preset.levels.into_iter();
        self.inherited_levels = levels.map(|one| LevelSetting { origin: label.to_owned(), ..one }).collect();
        self
    }

    /// How the repository takes up the standard.
    pub(crate) fn adoption(&self) -> Adoption {
        self.adoption.unwrap_or_default()
    }

    /// Whether a preset forbids that the level of a rule is lowered.
    pub(crate) fn is_forbidden(&self, rule: &str) -> bool {
        self.inherited.iter().any(|setting| setting.level == Some(Level::Forbid) && setting.selects(rule))
    }

    /// The manifest's name in messages.
    pub(crate) fn name(&self) -> &str {
        if self.path.is_empty() { "plimsoll.toml" } else { &self.path }
    }

    /// Where a plugin is named, for messages: `plimsoll.toml:3:1`.
    pub(crate) fn place_of(&self, plugin: &str) -> String {
        match self.plugins.as_ref().and_then(|plugins| plugins.get(plugin)) {
            Some(setting) => {
                let Mistake { line, column, .. } = self.mistake(&setting.span, String::new());
                format!("{}:{line}:{column}", self.path)
            }
            None => self.name().to_owned(),
        }
    }

    /// Says which paths of the manifest are none of the repository, each with its place. `excluded` are the paths that
    /// its `exclude` took out.
    pub(crate) fn unmatched(&self, repository: &crate::repository::Repository) -> Vec<Mistake> {
        let paths = || repository.files().iter().map(|file| file.path.as_str());
        let excluded = self.exclude.unmatched(repository.excluded().iter().map(String::as_str));
        let overrides = self.overrides.iter().flat_map(|one| one.paths.unmatched(paths()));
        let globs =
            excluded.chain(overrides).map(|(span, text)| self.mistake(span, format!("`{text}` matches no file")));
        let projects = self.projects.iter().filter(|project| !repository.exists(&project.path));
        let projects = projects.map(|it| self.mistake(&it.span, format!("there is no folder `{}`", it.path)));
        let mut all: Vec<Mistake> = globs.chain(projects).collect();
        all.sort_by_key(|mistake| (mistake.line, mistake.column));
        all
    }

    /// Where something stands, as people are told: `plimsoll.toml:3:1`.
    pub(crate) fn place(&self, span: &Range<usize>) -> String {
        let Mistake { path, line, column, .. } = self.mistake(span, String::new());
        format!("{path}:{line}:{column}")
    }

    /// All settings of rules, those of overrides included.
    pub(crate) fn settings(&self) -> impl Iterator<Item = &RuleSetting> {
        self.rules.iter().chain(self.overrides.iter().flat_map(|an_override| &an_override.rules))
    }

    /// A mistake at a place of the manifest.
    pub(crate) fn mistake(&self, span: &Range<usize>, message: String) -> Mistake {
        place(&self.path, &self.text, span.start, message)
    }
}

impl RuleSetting {
    /// Whether it speaks of a rule, given as `section/rule`.
    pub(crate) fn selects(&self, rule: &str) -> bool {
        selects(&self.selector, rule)
    }
}

/// Whether a selector (`section`, `section/*`, `section/rule`, `*`) names a rule.
pub(crate) fn selects(selector: &str, rule: &str) -> bool {
    let section = selector.strip_suffix("/*").unwrap_or(selector);
    selector == "*" || selector == rule || rule.strip_prefix(section).is_some_and(|rest| rest.starts_with('/'))
}

/// The candidate that is most like a misspelt name, if any is like it.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 2 + candidate.len() / 5)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters are added, left out, replaced or exchanged with their neighbours.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.iter().enumerate() {
        let mut next = vec![index + 1];
        for (column, other) in right.iter().enumerate() {
            let replaced = row[column] + usize::from(letter != other);
            let mut best = replaced.min(row[column + 1] + 1).min(next[column] + 1);
            let is_exchange = index > 0 && column > 0 && *letter == right[column - 1] && left[index - 1] == *other;
            if is_exchange {
                best = best.min(before[column - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[right.len()]
}

/// What to add to a message about a name that is not known.
pub(crate) fn hint<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates).map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

fn place(path: &str, text: &str, start: usize, message: String) -> Mistake {
    let before = text.get(..start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    Mistake { path: path.to_owned(), line, column, message }
}
