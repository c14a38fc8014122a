//! The effective Ruff configuration of a project: which files it comes from, and which rules it turns on.
//!
//! Left out: preview rules, selectors by name or category (preview too), `--config` with inline settings.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::prelude::*;

use crate::ruff_codes::{CATEGORIES, Category};

/// A file that takes part in a configuration.
pub(crate) struct Layer {
    /// Its path.
    pub(crate) path: String,
    /// What it holds for Ruff.
    table: Vec<plimsoll_sdk::bindings::plimsoll::plugin::types::Node>,
    /// The keys that lead to that table.
    keys: &'static [&'static str],
}

/// A setting, and where it stands.
pub(crate) struct Setting<'a> {
    /// Its value.
    pub(crate) value: Item<'a>,
    /// Its key.
    pub(crate) place: Place,
    /// Its file and keys, for edits.
    pub(crate) key_path: KeyPath,
}

/// The configuration that Ruff uses for the files of a folder.
pub(crate) struct Settings {
    /// The nearest file, then what it extends, outwards.
    pub(crate) layers: Vec<Layer>,
    /// An `extend` that leads to a file that is not in the repository.
    pub(crate) opaque: Option<Place>,
}

/// A configuration with the projects that it applies to. Without files it is Ruff's own default.
pub(crate) struct Configuration {
    /// What is set.
    pub(crate) settings: Settings,
    /// The projects with production code below it; never empty.
    pub(crate) projects: Vec<Project>,
}

/// Why a rule that needs Ruff has nothing to judge.
const NOT_USED: &str = "nothing configures, installs or runs Ruff";

/// The configurations of all projects with production code, where Ruff is used, those first that extend nothing; without
/// any, the requirements are reported as not applicable.
pub(crate) fn configurations(report: &mut Report, requirements: &[&str]) -> Vec<Configuration> {
    let mut configurations: BTreeMap<String, Configuration> = BTreeMap::new();
    for project in project::projects().into_iter().filter(|project| project.has_source) {
        let settings = Settings::of(&project.root);
        if settings.layers.is_empty() && !is_used(&project) {
            continue;
        }
        let path = settings.layers.first().map_or_else(String::new, |layer| layer.path.clone());
        let configuration =
            configurations.entry(path).or_insert_with(|| Configuration { settings, projects: Vec::new() });
        configuration.projects.push(project);
    }
    if configurations.is_empty() {
        for requirement in requirements {
            report.not_applicable(requirement, NOT_USED);
        }
    }
    let mut configurations: Vec<Configuration> = configurations.into_values().collect();
    configurations.sort_by_key(|configuration| configuration.settings.layers.len());
    configurations
}

/// Whether anything installs Ruff for a project, or runs it there.
fn is_used(project: &Project) -> bool {
    let is_below = |place: &Place| {
        let files = repository::find(&[&format!("/{}", place.path)]);
        files.iter().any(|file| file.project == project.root)
    };
    project::dependencies(&["ruff"]).iter().any(|dependency| is_below(&dependency.place))
        || automation::commands(&["ruff"]).iter().any(|command| command.folder == project.root)
        || !automation::hooks(&["ruff*"]).is_empty()
        || !automation::actions(&["astral-sh/ruff-action", "chartboost/ruff-action"]).is_empty()
}

/// The words of everything that runs Ruff, with their places: commands and hooks.
pub(crate) fn invocations() -> Vec<(Vec<String>, Place)> {
    let commands = automation::commands(&["ruff"]).into_iter().map(|command| (command.words, command.place));
    let hooks = automation::hooks(&["ruff*"]).into_iter().map(|hook| {
        let arguments = Item::root(&hook.value).and_then(|hook| hook.get("args")).map(Item::strings);
        let subcommand = if hook.id == "ruff-format" { "format" } else { "check" };
        let words = ["ruff", subcommand].into_iter().chain(arguments.unwrap_or_default());
        (words.map(str::to_owned).collect(), hook.place.clone())
    });
    commands.chain(hooks).collect()
}

/// The value of an option of a command: `--option value` or `--option=value`.
pub(crate) fn option_value<'a>(words: &'a [String], option: &str) -> Option<&'a str> {
    words.iter().enumerate().find_map(|(index, word)| match word.strip_prefix(option)? {
        "" => words.get(index + 1).map(String::as_str),
        rest => rest.strip_prefix('='),
    })
}

/// The folder of a path; empty for the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path relative to a folder, without `.` and `..`; none when it leaves the repository.
fn joined(folder: &str, relative: &str) -> Option<String> {
    if relative.starts_with(['/', '~', '$']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

impl Layer {
    fn read(path: &str) -> Option<Self> {
        let keys: &[&str] = if path.ends_with("pyproject.toml") { &["tool", "ruff"] } else { &[] };
        let table = documents::read(path, keys).ok()?;
        Some(Self { path: path.to_owned(), table, keys })
    }

    /// The table's header, or the start of a file of its own.
    pub(crate) fn place(&self) -> Option<Place> {
        Some(Item::root(&self.table)?.place(&self.path))
    }

    /// The setting at these keys.
    pub(crate) fn setting(&self, keys: &[&str]) -> Option<Setting<'_>> {
        let value = Item::root(&self.table)?.at(keys)?;
        let keys = self.keys.iter().chain(keys).map(|&key| key.to_owned()).collect();
        let key_path = KeyPath { path: self.path.clone(), keys };
        Some(Setting { value, place: value.key_place(&self.path), key_path })
    }

    /// A setting of the linter: below `lint`, or at the old place beside it.
    pub(crate) fn lint(&self, keys: &[&str]) -> Option<Setting<'_>> {
        self.setting(&[&["lint"], keys].concat()).or_else(|| self.setting(keys))
    }

    fn strings(&self, key: &str) -> Vec<&str> {
        self.lint(&[key]).map(|setting| setting.value.strings()).unwrap_or_default()
    }
}

impl Settings {
    /// The configuration for the files of a folder: the nearest file upwards, with what it extends.
    pub(crate) fn of(folder: &str) -> Self {
        let mut next = Some(folder);
        while let Some(folder) = next {
            for name in [".ruff.toml", "ruff.toml", "pyproject.toml"] {
                let path = joined(folder, name).unwrap_or_default();
                if let Some(layer) = Layer::read(&path) {
                    return Self::from_layer(layer);
                }
            }
            next = (!folder.is_empty()).then(|| self::folder(folder));
        }
        let named = invocations().iter().find_map(|(words, _)| Layer::read(option_value(words, "--config")?));
        named.map_or(Self { layers: Vec::new(), opaque: None }, Self::from_layer)
    }

    fn from_layer(layer: Layer) -> Self {
        let mut settings = Self { layers: vec![layer], opaque: None };
        while let Some(extend) = settings.layers.last().and_then(|layer| layer.setting(&["extend"])) {
            let target = extend.value.string().and_then(|target| joined(folder(&extend.place.path), target));
            if target.as_ref().is_some_and(|target| settings.layers.iter().any(|layer| layer.path == *target)) {
                break;
            }
            match target.and_then(|target| Layer::read(&target)) {
                Some(layer) => settings.layers.push(layer),
                None => {
                    settings.opaque = Some(extend.place);
                    break;
                }
            }
        }
        settings
    }

    /// The setting that counts: the nearest one.
    pub(crate) fn setting(&self, keys: &[&str]) -> Option<Setting<'_>> {
        self.layers.iter().find_map(|layer| layer.setting(keys))
    }

    /// The setting of the linter that counts.
    pub(crate) fn lint(&self, keys: &[&str]) -> Option<Setting<'_>> {
        self.layers.iter().find_map(|layer| layer.lint(keys))
    }

    /// Where rules are selected.
    pub(crate) fn selection(&self) -> Option<Setting<'_>> {
        self.lint(&["select"]).or_else(|| self.lint(&["extend-select"]))
    }

    /// The folder that globs are relative to.
    fn base(&self) -> &str {
        self.layers.first().map_or("", |layer| folder(&layer.path))
    }

    /// Which of the files the linter leaves out.
    pub(crate) fn excluded(&self, paths: &[String]) -> Vec<bool> {
        let lists = [&["exclude"][..], &["extend-exclude"], &["lint", "exclude"]];
        let globs = lists.iter().filter_map(|keys| self.setting(keys)).flat_map(|setting| setting.value.strings());
        any_covered(self.base(), globs, paths)
    }

    /// Which of the files the formatter leaves out.
    pub(crate) fn unformatted(&self, paths: &[String]) -> Vec<bool> {
        let lists = [&["exclude"][..], &["extend-exclude"], &["format", "exclude"]];
        let globs = lists.iter().filter_map(|keys| self.setting(keys)).flat_map(|setting| setting.value.strings());
        any_covered(self.base(), globs, paths)
    }

    /// The entries of `per-file-ignores`: globs and selectors.
    fn file_ignores(&self) -> Vec<(&str, Vec<&str>)> {
        let own = self.lint(&["per-file-ignores"]);
        let extended = self.layers.iter().filter_map(|layer| layer.lint(&["extend-per-file-ignores"]));
        let tables = own.into_iter().chain(extended);
        tables
            .flat_map(|table| table.value.children())
            .filter_map(|entry| Some((entry.key()?, entry.strings())))
            .collect()
    }

    /// Which of the files are freed from a rule by `per-file-ignores`.
    pub(crate) fn file_ignored(&self, code: &str, paths: &[String]) -> Vec<bool> {
        let category = CATEGORIES.iter().find(|category| category.has(code)).map_or(code, |category| category.prefix);
        let entries = self.file_ignores().into_iter();
        let globs = entries.filter(|(_, selectors)| strongest(selectors, category, code).is_some());
        any_covered(self.base(), globs.map(|(glob, _)| glob), paths)
    }

    /// The selectors that `per-file-ignores` takes from all of the files.
    pub(crate) fn ignored_everywhere(&self, paths: &[String]) -> Vec<&str> {
        let covers_all =
            |glob: &str| any_covered(self.base(), [glob].into_iter(), paths).iter().all(|&covered| covered);
        let entries = self.file_ignores().into_iter().filter(|(glob, _)| !paths.is_empty() && covers_all(glob));
        entries.flat_map(|(_, selectors)| selectors).collect()
    }

    /// What is turned on, as Ruff computes it: each file's `select` replaces what the files that it extends turned
    /// on, and in one file the longer selector wins.
    pub(crate) fn rules(&self) -> Rules {
        let is_old = !has_new_defaults();
        let mut rules = Rules::default();
        for category in CATEGORIES {
            for code in category.codes() {
                let is_default = if is_old { is_old_default(&code) } else { category.is_default(&code) };
                let state = State { category: category.prefix, selected: is_default, enabled: is_default };
                rules.0.insert(code, state);
            }
        }
        for layer in self.layers.iter().rev() {
            let replaces = layer.lint(&["select"]).is_some();
            let selected = [layer.strings("select"), layer.strings("extend-select")].concat();
            let ignored = [layer.strings("ignore"), layer.strings("extend-ignore")].concat();
            for (code, state) in &mut rules.0 {
                let by_select = strongest(&selected, state.category, code);
                let by_ignore = strongest(&ignored, state.category, code);
                if replaces {
                    (state.selected, state.enabled) = (false, false);
                }
                state.selected |= by_select.is_some();
                if by_ignore.is_some() && by_ignore >= by_select {
                    state.enabled = false;
                } else if by_select.is_some() {
                    state.enabled = true;
                }
            }
        }
        rules
    }

    /// The selectors that turn rules off everywhere.
    pub(crate) fn ignores(&self) -> Vec<&str> {
        self.layers
            .iter()
            .flat_map(|layer| [layer.strings("ignore"), layer.strings("extend-ignore")].concat())
            .collect()
    }
}

impl Configuration {
    /// Where something is missing that a file should say: the configuration, else the first project.
    pub(crate) fn place(&self) -> Place {
        let layer = self.settings.layers.first().and_then(Layer::place);
        layer
            .or_else(|| Some(self.projects.first()?.place.clone()))
            .unwrap_or_else(|| Place { path: String::new(), span: Span { start: 0, end: 0 } })
    }

    /// The Python files of a role in its projects.
    pub(crate) fn python_files(&self, role: Role) -> Vec<String> {
        let files = repository::find(&["*.py"]).into_iter().filter(|file| file.role == role);
        let own = files.filter(|file| self.projects.iter().any(|project| project.root == file.project));
        own.map(|file| file.path).collect()
    }
}

/// What is said of a rule of Ruff.
struct State {
    /// The prefix of its category.
    category: &'static str,
    /// Selected, whatever is ignored.
    selected: bool,
    /// Selected and not ignored.
    enabled: bool,
}

/// The state of each rule of section 6, by its code.
#[derive(Default)]
pub(crate) struct Rules(BTreeMap<String, State>);

/// How much of a category is on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    Off,
    Part,
    On,
}

impl Rules {
    /// Whether a rule is on.
    pub(crate) fn is_on(&self, code: &str) -> bool {
        self.0.get(code).is_some_and(|state| state.enabled)
    }

    /// Turns off what one of the selectors selects.
    pub(crate) fn switch_off(&mut self, selectors: &[&str]) {
        for (code, state) in &mut self.0 {
            state.enabled &= strongest(selectors, state.category, code).is_none();
        }
    }

    /// How much of a category is on. Rules that are ignored one by one do not lessen it.
    pub(crate) fn extent(&self, category: &Category) -> Extent {
        let states: Vec<(&String, &State)> =
            self.0.iter().filter(|(_, state)| state.category == category.prefix).collect();
        if !states.iter().any(|(_, state)| state.enabled) {
            return Extent::Off;
        }
        let is_whole = states.iter().all(|(code, state)| state.selected || is_optional(code));
        if is_whole { Extent::On } else { Extent::Part }
    }
}

/// Rules that a selection may lack: one that needs a setting of its own, and those of Pyflakes that Ruff's default set
/// dropped in 0.16.
fn is_optional(code: &str) -> bool {
    ["I002", "F403", "F405", "F406", "F722"].contains(&code)
}

/// The default set of Ruff before 0.16.
fn is_old_default(code: &str) -> bool {
    ["E4", "E7", "E9", "F"].iter().any(|prefix| code.starts_with(prefix))
}

/// Whether the Ruff in use is 0.16 or newer, as far as the lock file or the hook says.
fn has_new_defaults() -> bool {
    let revision = || automation::hooks(&["ruff*"]).first().map(|hook| hook.revision.clone());
    let Some(version) = project::locked("ruff").or_else(revision) else { return false };
    let mut numbers = version.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (0, 16)
}

/// The length of the longest of the selectors that selects a rule; `ALL` is the shortest.
fn strongest(selectors: &[&str], category: &str, code: &str) -> Option<usize> {
    let matching = selectors.iter().filter(|selector| selects(selector, category, code));
    matching.map(|&selector| if selector == "ALL" { 0 } else { selector.len() }).max()
}

/// Whether a selector names a rule: a prefix of its code that holds at least the category's prefix.
fn selects(selector: &str, category: &str, code: &str) -> bool {
    match selector {
        "ALL" => true,
        "C" => category == "C4",
        "T" | "T2" => category == "T20",
        _ if selector.starts_with(category) => code.starts_with(selector),
        _ => NAMES.contains(&(selector, code)) || (category == "UP" && is_old_pyupgrade(selector, code)),
    }
}

/// Names of the rules that tests and scripts are freed from; a selector may be a name in preview.
const NAMES: &[(&str, &str)] = &[
    ("assert", "S101"),
    ("print", "T201"),
    ("undocumented-public-module", "D100"),
    ("undocumented-public-class", "D101"),
    ("undocumented-public-method", "D102"),
    ("undocumented-public-function", "D103"),
    ("missing-type-function-argument", "ANN001"),
    ("missing-return-type-undocumented-public-function", "ANN201"),
];

/// Whether a selector names a rule by the old prefix of its category, `U`.
fn is_old_pyupgrade(selector: &str, code: &str) -> bool {
    let numbers = selector.strip_prefix('U').zip(code.strip_prefix("UP"));
    numbers.is_some_and(|(selected, number)| number.starts_with(selected))
}

/// Which of the files one of the globs covers; a glob after `!` covers all others.
fn any_covered<'a>(base: &str, globs: impl Iterator<Item = &'a str>, paths: &[String]) -> Vec<bool> {
    globs.fold(vec![false; paths.len()], |covered, glob| {
        let own = repository::covered(base, glob.trim_start_matches('!'), paths);
        covered.iter().zip(own).map(|(&before, now)| before || now != glob.starts_with('!')).collect()
    })
}

/// `a`, `b` and `c`.
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// Places that something was said about: projects may share a setting.
#[derive(Default)]
pub(crate) struct Seen(BTreeSet<(String, u32)>);

impl Seen {
    /// Whether a place is new.
    pub(crate) fn is_new(&mut self, place: &Place) -> bool {
        self.0.insert((place.path.clone(), place.span.start))
    }
}
