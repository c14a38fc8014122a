//! The manifest: `plimsoll.toml` at the repository's root, or `[tool.plimsoll]` in its `pyproject.toml`.
//!
//! The text becomes a tree in which every key and value knows its place, and [`reader`] makes a [`Manifest`] of it in which
//! every name is known. Everything that is wrong is said at once, each with its place and the nearest name that would be
//! right.

mod house;
mod reader;
pub(crate) mod schema;
pub(crate) mod tree;

use std::collections::BTreeMap;
use std::ops::Range;

use globset::GlobSet;

pub(crate) use self::house::{HOUSE, HouseRule, Subject};
use crate::finding::Level;
use crate::package::reference::Repository;

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
    pub(crate) overrides: Vec<Override>,
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
    pub(crate) options: BTreeMap<String, toml::Value>,
    pub(crate) span: Range<usize>,
    /// Where it is set, as people are told: `plimsoll.toml:3:1`, `acme@1.2.0`.
    pub(crate) origin: String,
}

/// Levels for some paths.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    pub(crate) paths: Globs,
    pub(crate) rules: Vec<RuleSetting>,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        match Manifest::parse("plimsoll.toml", text) {
            Ok(manifest) => format!("{} rules, {} overrides", manifest.rules.len(), manifest.overrides.len()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_manifest_says_what_is_wrong_and_where() {
        assert_eq!(check(""), "0 rules, 0 overrides");
        assert_eq!(
            check("[rules]\n\"docker\" = \"warn\"\n\"quality/a\" = { level = \"deny\", minimum = 3 }\n"),
            "2 rules, 0 overrides"
        );
        assert!(check("standard = \"2.0\"\n").starts_with("plimsoll.toml:1:12: `2.0` is no edition"));
        let both = check("exlude = []\n[rules]\n\"docker\" = \"wran\"\n");
        assert!(
            both.starts_with("plimsoll.toml:1:1: the manifest has no key `exlude`; did you mean `exclude`?"),
            "{both}"
        );
        assert!(both.contains("plimsoll.toml:3:12: `wran` is not known; did you mean `warn`?"), "{both}");
        assert!(check("exclude = 3\n").contains("a number where a list of strings belongs"));
        assert!(check("profiles = [\"libary\"]\n").contains("did you mean `library`?"));
        assert_eq!(check("profiles = [\"payments\"]\n"), "0 rules, 0 overrides");
        assert!(check("required-version = \">99\"\n").contains("is required"));
        assert!(check("[plugins]\na = { oci = \"x\" }\n").starts_with("plimsoll.toml:2:13: `x` is no repository"));
        assert!(check("[plugins]\na = { path = \"x\", oci = \"r.example/x\" }\n").contains("not from both"));
        assert!(check("[plugins]\na = \"one\"\n").contains("`one` is no requirement of versions"));
        assert!(check("[registries]\nacme = { mirror = \"m.example\" }\n").contains("needs a `url`"));
        assert!(check("x = [").starts_with("plimsoll.toml:1:"));
    }

    #[test]
    fn mistakes_in_house_rules_are_said_at_their_place() {
        assert_eq!(check("[[ban]]\nid = \"house/a\"\nimports = [\"b\"]\nreason = \"c\"\n"), "0 rules, 0 overrides");
        let text = "[[ban]]\nid = \"Boto\"\nimprots = [\"boto3\"]\n\n[[require]]\nid = \"b\"\nreason = \"r\"\ncalls = [\"x\"]\n\n\
                    [[require]]\nid = \"e\"\nreason = \"r\"\nkey = \"a..b\"\nwithout = [\"c\"]\n\n[[ban]]\nid = \"d\"\nreason = \
                    \"r\"\ndependencies = [\"x<=>1\", \"<2\"]\n\n[[ban]]\nid = \"f\"\nreason = \"r\"\nhooks = [\"a*b\"]\nfiles = []\n";
        let expected = [
            "plimsoll.toml:1:1: `[[ban]]` needs an `id`, such as `house/no-boto`, and a `reason`",
            "plimsoll.toml:1:1: the entry names nothing; it needs one of `imports`, `calls`",
            "plimsoll.toml:2:6: `Boto` is no id",
            "plimsoll.toml:3:1: a ban has no key `improts`; did you mean `imports`?",
            "plimsoll.toml:5:1: `calls` can't be required; there are `dependencies`",
            "plimsoll.toml:10:1: `key` needs the `document` that has it",
            "plimsoll.toml:13:7: it is no path of keys",
            "plimsoll.toml:14:1: `without` belongs to `calls`",
            "plimsoll.toml:19:17: `x<=>1`: ",
            "plimsoll.toml:19:26: `<2`: it names no package",
            "plimsoll.toml:21:1: `files` and `hooks` belong into two entries",
            "plimsoll.toml:24:10: `a*b`: `*` may stand at one end only",
            "plimsoll.toml:25:9: `files` is empty",
        ];
        let found = check(text);
        let found: Vec<&str> = found.split("\nerror: ").collect();
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found} where {expected} belongs");
        }
        let entry = "[[ban]]\nid = \"d\"\nreason = \"r\"\nfiles = [\"a\"]\n";
        assert_eq!(check(&entry.repeat(2)), "plimsoll.toml:6:6: `d` is the id of another entry already");
    }

    #[test]
    fn selectors_name_sections_and_rules() {
        assert!(selects("docker", "docker/root-user"));
        assert!(selects("docker/*", "docker/root-user"));
        assert!(selects("docker/root-user", "docker/root-user"));
        assert!(!selects("docker", "dockerless/root-user"));
    }

    #[test]
    fn the_nearest_name_is_one_that_looks_alike() {
        assert_eq!(nearest("docker/rot-user", ["docker/root-user", "security/weak-hash"]), Some("docker/root-user"));
        assert_eq!(nearest("nonsense", ["docker/root-user"]), None);
        assert_eq!(nearest("gti", ["ci", "git", "quality"]), Some("git"));
    }
}
