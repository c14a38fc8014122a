//! What a run starts from: the repository's root, its manifest, its plugins, and which rules are active.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use globset::GlobSet;

use crate::check::{Options, full_id};
use crate::facts::git::{self, Git};
use crate::facts::{ProfileSettings, documents};
use crate::finding::Level;
use crate::package::manifest::{Manifest, ManifestError, STRENGTHS, hint, selects};
use crate::package::resolve::{Resolved, Strictness, read_at, resolve};
use crate::plugin::description::{Description, RuleOption, Strength};
use crate::plugin::source::Source;
use crate::repository::{Changes, Repository};

/// A repository with its manifest and plugins, before anything is run.
pub(crate) struct Setup {
    /// Absolute path of the repository's root.
    pub(crate) root: PathBuf,
    pub(crate) manifest: Manifest,
    /// Sorted by name.
    pub(crate) plugins: Vec<Source>,
    /// Warnings for standard error.
    pub(crate) warnings: Vec<String>,
    /// What fixes want to write; it is checked as if it were written.
    pub(crate) changes: Changes,
}

/// Which rules run, and at which level, as the command line says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// Only these; all when empty.
    pub(crate) select: Vec<String>,
    pub(crate) ignore: Vec<String>,
    /// In the order of the command line; a later one wins.
    pub(crate) levels: Vec<(Level, String)>,
}

impl Selection {
    /// Whether a rule runs at all.
    pub(crate) fn is_active(&self, rule: &str) -> bool {
        let any = |selectors: &[String]| selectors.iter().any(|selector| selects(selector, rule));
        (self.select.is_empty() || any(&self.select)) && !any(&self.ignore)
    }

    /// Whether every rule runs.
    pub(crate) fn is_everything(&self) -> bool {
        self.select.is_empty() && self.ignore.is_empty()
    }

    /// The level that the command line sets for a rule.
    pub(crate) fn rule_level(&self, rule: &str) -> Option<Level> {
        self.levels.iter().rev().find(|(_, selector)| selects(selector, rule)).map(|(level, _)| *level)
    }

    /// The level that the command line sets for a kind of requirement.
    pub(crate) fn strength_level(&self, strength: Strength) -> Option<Level> {
        self.levels.iter().rev().find(|(_, selector)| selector == strength.word()).map(|(level, _)| *level)
    }

    fn selectors(&self) -> impl Iterator<Item = &String> {
        let is_rule = |selector: &&String| !STRENGTHS.iter().any(|(word, _)| word == selector);
        self.select.iter().chain(&self.ignore).chain(self.levels.iter().map(|(_, selector)| selector).filter(is_rule))
    }

    /// Checks that every selector names a rule or a section.
    ///
    /// # Errors
    /// The first that does not, with the nearest name.
    pub(crate) fn validate(&self, plugins: &[Source]) -> anyhow::Result<()> {
        let ids = rule_ids(plugins);
        for selector in self.selectors() {
            unknown_selector(selector, &ids).map_or(Ok(()), |message| Err(anyhow::anyhow!(message)))?;
        }
        Ok(())
    }
}

/// All rules of some plugins as `section/rule`.
pub(crate) fn rule_ids(plugins: &[Source]) -> BTreeSet<String> {
    let of = |plugin: &Source| -> Vec<String> {
        plugin.description.rules.iter().map(|rule| full_id(&plugin.description, rule)).collect()
    };
    plugins.iter().flat_map(of).chain(crate::verdict::HOST_RULES.iter().map(|rule| (*rule).to_owned())).collect()
}

/// What is wrong with a selector that names nothing.
pub(crate) fn unknown_selector(selector: &str, ids: &BTreeSet<String>) -> Option<String> {
    if ids.iter().any(|id| selects(selector, id)) {
        return None;
    }
    let sections: BTreeSet<&str> = ids.iter().filter_map(|id| id.split_once('/')).map(|(section, _)| section).collect();
    let candidates = ids.iter().map(String::as_str).chain(sections);
    Some(format!("`{selector}` is no rule and no section{}", hint(selector, candidates)))
}

/// Finds the root of the repository that a path lies in: the nearest folder upwards with `.git` or a manifest, else the
/// path itself, or its folder.
pub(crate) fn find_root(path: &Path) -> PathBuf {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    folder
        .ancestors()
        .find(|ancestor| ancestor.join(".git").exists() || ancestor.join("plimsoll.toml").is_file())
        .unwrap_or(folder)
        .to_owned()
}

impl Setup {
    /// Reads the manifest of a repository, the plugins that it wants, and the further ones of the command line, which
    /// stand in for those of the same name.
    ///
    /// # Errors
    /// When the root is no folder, the manifest is wrong, or a plugin can't be read.
    pub(crate) fn new(root: &Path, further: &[PathBuf], strictness: Strictness) -> anyhow::Result<Self> {
        let root = root.canonicalize().with_context(|| format!("{} can't be opened", root.display()))?;
        let Resolved { manifest, mut plugins, mut warnings } = resolve(&root, read_manifest(&root)?, strictness)?;
        for path in further {
            let plugin = read_at(path, &path.display().to_string(), &mut warnings)?;
            plugins.retain(|one| one.description.name != plugin.description.name);
            plugins.push(plugin);
        }
        plugins.sort_by(|left, right| left.description.name.cmp(&right.description.name));
        let setup = Self { root, manifest, plugins, warnings, changes: Changes::new() };
        setup.validate()?;
        Ok(setup)
    }

    fn validate(&self) -> anyhow::Result<()> {
        let ids = rule_ids(&self.plugins);
        let mut mistakes = Vec::new();
        for setting in self.manifest.settings() {
            if let Some(message) = unknown_selector(&setting.selector, &ids) {
                mistakes.push(self.manifest.mistake(&setting.span, message));
                continue;
            }
            let is_lower = setting.level.is_some_and(|level| level < Level::Forbid);
            if is_lower && ids.contains(&setting.selector) && self.manifest.is_forbidden(&setting.selector) {
                let message = format!("`{}` is `forbid` in the preset, which nothing can lower", setting.selector);
                mistakes.push(self.manifest.mistake(&setting.span, message));
            }
            let known = self.options_of(&setting.selector);
            for (name, set) in &setting.options {
                let mut same = known.iter().filter(|option| option.name == *name).peekable();
                if same.peek().is_none() {
                    let hint = hint(name, known.iter().map(|option| option.name.as_str()));
                    let message = format!("`{}` has no option `{name}`{hint}", setting.selector);
                    mistakes.push(self.manifest.mistake(&set.name_span, message));
                } else if let Some(message) = same.find_map(|option| option.refuse(&set.value)) {
                    mistakes.push(self.manifest.mistake(&set.value_span, format!("`{name}`: {message}")));
                }
            }
        }
        for (span, selector) in self.manifest.acceptances.iter().flat_map(|one| &one.rules) {
            if let Some(message) = unknown_selector(selector, &ids) {
                mistakes.push(self.manifest.mistake(span, message));
            }
        }
        mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
        if mistakes.is_empty() { Ok(()) } else { Err(ManifestError(mistakes).into()) }
    }

    fn options_of(&self, selector: &str) -> Vec<&RuleOption> {
        let rules =
            self.plugins.iter().flat_map(|plugin| plugin.description.rules.iter().map(move |rule| (plugin, rule)));
        rules
            .filter(|(plugin, rule)| selects(selector, &full_id(&plugin.description, rule)))
            .flat_map(|(_, rule)| &rule.options)
            .collect()
    }

    /// Opens the repository's files and its history.
    ///
    /// # Errors
    /// When the root can't be opened.
    pub(crate) fn open(&self) -> anyhow::Result<(Repository, Git)> {
        let repository = Repository::open(&self.root, git::tracked(&self.root), &self.manifest.exclude.set)
            .with_context(|| format!("{} can't be opened", self.root.display()))?;
        Ok((repository.with_changes(&self.changes), Git::open(&self.root)))
    }

    /// The profiles that the manifest sets.
    pub(crate) fn profiles(&self) -> ProfileSettings {
        let projects = self.manifest.projects.iter();
        ProfileSettings {
            all: self.manifest.profiles.clone(),
            projects: projects.filter_map(|one| Some((one.path.clone(), one.profiles.clone()?))).collect(),
        }
    }

    /// The options of all rules: the defaults, and what the manifest sets.
    pub(crate) fn options(&self) -> Options {
        let descriptions: Vec<_> = self.plugins.iter().map(|plugin| Arc::clone(&plugin.description)).collect();
        default_options(&descriptions, &self.manifest)
    }
}

/// The options of the rules of some plugins: the defaults, and what a manifest sets.
pub(crate) fn default_options(descriptions: &[Arc<Description>], manifest: &Manifest) -> Options {
    let mut options = Options::new();
    for description in descriptions {
        for rule in &description.rules {
            let id = full_id(description, rule);
            let mut table = toml::Table::new();
            for option in &rule.options {
                let default = toml::from_str::<toml::Table>(&format!("value = {}", option.default));
                if let Some(value) = default.ok().and_then(|mut table| table.remove("value")) {
                    table.insert(option.name.clone(), value);
                }
            }
            for setting in manifest.inherited.iter().chain(&manifest.rules).filter(|it| it.selects(&id)) {
                table.extend(setting.options.iter().map(|(name, set)| (name.clone(), set.value.clone())));
            }
            if !table.is_empty() {
                options.extend(documents::parse("options.toml", &table.to_string()).ok().map(|nodes| (id, nodes)));
            }
        }
    }
    options
}

/// Reads the manifest of a root; an empty one without.
///
/// # Errors
/// When it can't be read or something in it is wrong.
pub(crate) fn read_manifest(root: &Path) -> anyhow::Result<Manifest> {
    let repository =
        Repository::open(root, Some(vec!["plimsoll.toml".into(), "pyproject.toml".into()]), &GlobSet::empty())
            .with_context(|| format!("{} can't be opened", root.display()))?;
    if root.join("plimsoll.toml").symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) {
        bail!("plimsoll.toml is no regular file; links are not followed: put the manifest itself there");
    }
    if repository.exists("plimsoll.toml") {
        let text = repository.read("plimsoll.toml").context("plimsoll.toml")?;
        return Ok(Manifest::parse("plimsoll.toml", &text)?);
    }
    if let Ok(text) = repository.read("pyproject.toml")
        && let Some(manifest) = Manifest::parse_pyproject("pyproject.toml", &text)?
    {
        return Ok(manifest);
    }
    Ok(Manifest::default())
}
