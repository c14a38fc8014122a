//! The manifest: `plimsoll.toml` at the repository's root, or `[tool.plimsoll]` in its `pyproject.toml`.
//!
//! It is read in two steps: the text becomes raw tables with the places of all keys, and these become a [`Manifest`]
//! in which every name is known. What is wrong is said with its place and the nearest name that would be right.

use std::collections::BTreeMap;
use std::ops::Range;

use globset::{GlobSet, GlobSetBuilder};
use serde::Deserialize;
use toml::Spanned;

use crate::finding::Level;

/// How a repository takes up the standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Adoption {
    /// As it is written.
    #[default]
    Full,
    /// What the standard demands warns until the team turns it on; what it forbids is denied all the same.
    Progressive,
}

/// What a repository wants of plimsoll.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    /// Where it was read from, relative to the root; empty without a manifest.
    pub(crate) path: String,
    pub(crate) adoption: Adoption,
    /// Profiles of the repository; none means that they are detected.
    pub(crate) profiles: Option<Vec<String>>,
    pub(crate) exclude: GlobSet,
    /// Sections to check with, by name; none means all built-in ones.
    pub(crate) plugins: Option<BTreeMap<String, PluginSource>>,
    pub(crate) rules: Vec<RuleSetting>,
    pub(crate) overrides: Vec<Override>,
    pub(crate) projects: Vec<ProjectSetting>,
}

/// Where a plugin comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PluginSource {
    /// From the binary, if its version fits the requirement.
    BuiltIn(semver::VersionReq),
    /// A component, or a folder that holds one made by `plimsoll build`; relative to the root.
    Path(String),
}

/// A level, and options, for the rules that a selector names.
#[derive(Clone, Debug)]
pub(crate) struct RuleSetting {
    /// `section`, `section/rule` or `section/*`.
    pub(crate) selector: String,
    pub(crate) level: Option<Level>,
    pub(crate) options: BTreeMap<String, toml::Value>,
    pub(crate) span: Range<usize>,
}

/// Levels for some paths.
#[derive(Debug)]
pub(crate) struct Override {
    pub(crate) paths: GlobSet,
    pub(crate) rules: Vec<RuleSetting>,
}

/// What is known of one project better than it shows.
#[derive(Clone, Debug)]
pub(crate) struct ProjectSetting {
    pub(crate) path: String,
    pub(crate) profiles: Option<Vec<String>>,
    /// The project is not checked.
    pub(crate) ignore: bool,
}

/// Something wrong in a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ManifestError {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

impl std::fmt::Display for ManifestError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}:{}: {}", self.path, self.line, self.column, self.message)
    }
}

impl std::error::Error for ManifestError {}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Raw {
    standard: Option<Spanned<String>>,
    required_version: Option<Spanned<String>>,
    #[serde(default)]
    adoption: Adoption,
    profiles: Option<Vec<String>>,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
    plugins: Option<BTreeMap<String, Spanned<RawPlugin>>>,
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, RawRule>,
    #[serde(default)]
    overrides: Vec<RawOverride>,
    #[serde(default, rename = "project")]
    projects: Vec<RawProject>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawPlugin {
    Version(String),
    Table { path: Option<String>, version: Option<String>, oci: Option<String> },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawRule {
    Level(Level),
    Table {
        level: Option<Level>,
        #[serde(flatten)]
        options: BTreeMap<String, toml::Value>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOverride {
    paths: Vec<Spanned<String>>,
    rules: BTreeMap<Spanned<String>, RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProject {
    path: String,
    profiles: Option<Vec<String>>,
    #[serde(default)]
    ignore: bool,
}

#[derive(Deserialize)]
struct RawPyproject {
    tool: Option<RawTool>,
}

#[derive(Deserialize)]
struct RawTool {
    plimsoll: Option<Raw>,
}

impl Manifest {
    /// Reads a `plimsoll.toml`.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, ManifestError> {
        let raw: Raw = toml::from_str(text).map_err(|error| broken(path, text, &error))?;
        Self::check(path, text, raw)
    }

    /// Reads `[tool.plimsoll]` of a `pyproject.toml`; none when it has no such table. A `pyproject.toml` that does not
    /// parse has none: the check reports it.
    ///
    /// # Errors
    /// The first thing that is wrong in the table, with its place.
    pub(crate) fn parse_pyproject(path: &str, text: &str) -> Result<Option<Self>, ManifestError> {
        if !text.contains("plimsoll") || toml::from_str::<toml::Table>(text).is_err() {
            return Ok(None);
        }
        let raw: RawPyproject = toml::from_str(text).map_err(|error| broken(path, text, &error))?;
        raw.tool.and_then(|tool| tool.plimsoll).map(|raw| Self::check(path, text, raw)).transpose()
    }

    fn check(path: &str, text: &str, raw: Raw) -> Result<Self, ManifestError> {
        let fail = |span: Range<usize>, message: String| place(path, text, span.start, message);
        if let Some(standard) = &raw.standard
            && standard.get_ref() != "1.0"
        {
            let message = format!("`{}` is no edition of the standard; there is `1.0`", standard.get_ref());
            return Err(fail(standard.span(), message));
        }
        if let Some(wanted) = &raw.required_version {
            let requirement = semver::VersionReq::parse(wanted.get_ref())
                .map_err(|error| fail(wanted.span(), format!("`{}`: {error}", wanted.get_ref())))?;
            let version = semver::Version::parse(env!("CARGO_PKG_VERSION")).ok();
            if !version.is_some_and(|version| requirement.matches(&version)) {
                let message =
                    format!("this is plimsoll {}, and `{requirement}` is required", env!("CARGO_PKG_VERSION"));
                return Err(fail(wanted.span(), message));
            }
        }
        let plugins = raw
            .plugins
            .map(|plugins| {
                plugins
                    .into_iter()
                    .map(|(name, source)| {
                        let span = source.span();
                        let source = plugin_source(source.into_inner()).map_err(|message| fail(span, message))?;
                        Ok((name, source))
                    })
                    .collect::<Result<BTreeMap<_, _>, _>>()
            })
            .transpose()?;
        let overrides = raw
            .overrides
            .into_iter()
            .map(|raw| {
                Ok(Override {
                    paths: glob_set(&raw.paths).map_err(|(span, message)| fail(span, message))?,
                    rules: settings(raw.rules),
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            path: path.to_owned(),
            adoption: raw.adoption,
            profiles: raw.profiles,
            exclude: glob_set(&raw.exclude).map_err(|(span, message)| fail(span, message))?,
            plugins,
            rules: settings(raw.rules),
            overrides,
            projects: raw
                .projects
                .into_iter()
                .map(|raw| ProjectSetting {
                    path: raw.path.trim_start_matches("./").trim_end_matches('/').to_owned(),
                    profiles: raw.profiles,
                    ignore: raw.ignore,
                })
                .collect(),
        })
    }

    /// All settings of rules, those of overrides included.
    pub(crate) fn settings(&self) -> impl Iterator<Item = &RuleSetting> {
        self.rules.iter().chain(self.overrides.iter().flat_map(|an_override| &an_override.rules))
    }

    /// An error at a place of the manifest.
    pub(crate) fn error(&self, text: &str, span: &Range<usize>, message: String) -> ManifestError {
        place(&self.path, text, span.start, message)
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

/// Levenshtein's distance.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.chars().enumerate() {
        let mut diagonal = index;
        row[0] = index + 1;
        for (column, other) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

fn plugin_source(raw: RawPlugin) -> Result<PluginSource, String> {
    let version = |text: &str| semver::VersionReq::parse(text).map_err(|error| format!("`{text}`: {error}"));
    match raw {
        RawPlugin::Version(text) => Ok(PluginSource::BuiltIn(version(&text)?)),
        RawPlugin::Table { oci: Some(_), .. } => {
            Err("plugins from registries are not supported yet: use a `path`".to_owned())
        }
        RawPlugin::Table { path: Some(path), version: None, .. } => Ok(PluginSource::Path(path)),
        RawPlugin::Table { path: Some(_), version: Some(_), .. } => {
            Err("a plugin with a `path` has no `version`: it is what lies there".to_owned())
        }
        RawPlugin::Table { version: Some(text), .. } => Ok(PluginSource::BuiltIn(version(&text)?)),
        RawPlugin::Table { .. } => Err("a plugin needs a version or a `path`".to_owned()),
    }
}

fn settings(raw: BTreeMap<Spanned<String>, RawRule>) -> Vec<RuleSetting> {
    let mut settings: Vec<RuleSetting> = raw
        .into_iter()
        .map(|(selector, rule)| {
            let span = selector.span();
            let (level, options) = match rule {
                RawRule::Level(level) => (Some(level), BTreeMap::new()),
                RawRule::Table { level, options } => (level, options),
            };
            RuleSetting { selector: selector.into_inner(), level, options, span }
        })
        .collect();
    settings.sort_by_key(|setting| setting.span.start);
    settings
}

fn glob_set(globs: &[Spanned<String>]) -> Result<GlobSet, (Range<usize>, String)> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let fail = |error: globset::Error| (glob.span(), error.to_string());
        let text = glob.get_ref().trim_end_matches('/');
        let anchored = if text.contains('/') { text.trim_start_matches('/').to_owned() } else { format!("**/{text}") };
        for pattern in [anchored.clone(), format!("{anchored}/**")] {
            set.add(globset::GlobBuilder::new(&pattern).literal_separator(true).build().map_err(fail)?);
        }
    }
    set.build().map_err(|error| (0..0, error.to_string()))
}

fn broken(path: &str, text: &str, error: &toml::de::Error) -> ManifestError {
    let start = error.span().map_or(0, |span| span.start);
    place(path, text, start, error.message().lines().collect::<Vec<_>>().join(", "))
}

fn place(path: &str, text: &str, start: usize, message: String) -> ManifestError {
    let before = text.get(..start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    ManifestError { path: path.to_owned(), line, column, message }
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
        assert!(check("exlude = []\n").starts_with("plimsoll.toml:1:1: unknown field `exlude`"));
        assert!(check("required-version = \">99\"\n").contains("is required"));
        assert!(check("[plugins]\na = { oci = \"x\" }\n").starts_with("plimsoll.toml:2:5: plugins from registries"));
        assert!(check("x = [").starts_with("plimsoll.toml:1:"));
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
    }
}
