//! The effective Ruff configuration of a project: which files it comes from, and which rules it turns on.
//!
//! Left out: preview rules, selectors by name or category (preview too), `--config` with inline settings.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::bindings::plimsoll::plugin::types::{Place, Role, Span};
use crate::project::Project;
use crate::settings::{self, Layer, RUFF, Setting};
use crate::value::Item;
use crate::{Report, automation, project, repository};

mod codes;

pub use codes::{LINTERS, Linter};

/// The configuration that Ruff uses for the files of a folder.
pub struct Settings(settings::Settings);

/// A configuration with the projects that it applies to. Without files it is Ruff's own default.
pub struct Configuration {
    /// What is set.
    pub settings: Settings,
    /// The projects with production code below it; never empty.
    pub projects: Vec<Project>,
    /// The Python files of these, once someone asked.
    files: OnceCell<Vec<repository::File>>,
}

/// Why a rule that needs Ruff has nothing to judge.
const NOT_USED: &str = "nothing configures, installs or runs Ruff";

/// The configurations of all projects with production code, where Ruff is used, those first that extend nothing; without
/// any, the requirements are reported as not applicable.
pub fn configurations(report: &mut Report, requirements: &[&str]) -> Vec<Configuration> {
    let mut configurations: BTreeMap<String, Configuration> = BTreeMap::new();
    for project in project::projects().into_iter().filter(|project| project.has_source) {
        let settings = Settings::of(&project.root);
        if settings.layers().is_empty() && !is_used(&project) {
            continue;
        }
        let path = settings.layers().first().map_or_else(String::new, |layer| layer.path.clone());
        let new = || Configuration { settings, projects: Vec::new(), files: OnceCell::new() };
        configurations.entry(path).or_insert_with(new).projects.push(project);
    }
    if configurations.is_empty() {
        for requirement in requirements {
            report.not_applicable(requirement, NOT_USED);
        }
    }
    let mut configurations: Vec<Configuration> = configurations.into_values().collect();
    configurations.sort_by_key(|configuration| configuration.settings.layers().len());
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
pub fn invocations() -> Vec<(Vec<String>, Place)> {
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
pub fn option_value<'a>(words: &'a [String], option: &str) -> Option<&'a str> {
    words.iter().enumerate().find_map(|(index, word)| match word.strip_prefix(option)? {
        "" => words.get(index + 1).map(String::as_str),
        rest => rest.strip_prefix('='),
    })
}

/// The setting of the linter in one file: below `lint`, or at the old place beside it.
pub fn lint<'a>(layer: &'a Layer, keys: &[&str]) -> Option<Setting<'a>> {
    layer.setting(&[&["lint"], keys].concat()).or_else(|| layer.setting(keys))
}

fn strings<'a>(layer: &'a Layer, key: &str) -> Vec<&'a str> {
    lint(layer, &[key]).map(|setting| setting.value.strings()).unwrap_or_default()
}

impl Settings {
    /// The configuration for the files of a folder: the nearest file upwards, else the one that a command names.
    pub fn of(folder: &str) -> Self {
        let nearest = settings::Settings::of(&RUFF, folder);
        if nearest.exists() {
            return Self(nearest);
        }
        let named =
            |(words, _): &(Vec<String>, Place)| settings::Settings::named(&RUFF, option_value(words, "--config")?);
        Self(invocations().iter().find_map(named).unwrap_or(nearest))
    }

    /// The files that take part: the nearest, then what it extends, outwards.
    pub fn layers(&self) -> &[Layer] {
        &self.0.layers
    }

    /// An `extend` that leads to a file that is not in the repository.
    pub fn opaque(&self) -> Option<&Place> {
        self.0.opaque.as_ref()
    }

    /// The setting that counts: the nearest one.
    pub fn setting(&self, keys: &[&str]) -> Option<Setting<'_>> {
        self.0.setting(keys)
    }

    /// The setting of the linter that counts.
    pub fn lint(&self, keys: &[&str]) -> Option<Setting<'_>> {
        self.layers().iter().find_map(|layer| lint(layer, keys))
    }

    /// Where rules are selected.
    pub fn selection(&self) -> Option<Setting<'_>> {
        self.lint(&["select"]).or_else(|| self.lint(&["extend-select"]))
    }

    /// Which of the files the linter leaves out.
    pub fn excluded(&self, paths: &[String]) -> Vec<bool> {
        let lists = [&["exclude"][..], &["extend-exclude"], &["lint", "exclude"]];
        let globs = lists.iter().filter_map(|keys| self.setting(keys)).flat_map(|setting| setting.value.strings());
        any_covered(self.0.base(), globs, paths)
    }

    /// Which of the files the formatter leaves out.
    pub fn unformatted(&self, paths: &[String]) -> Vec<bool> {
        let lists = [&["exclude"][..], &["extend-exclude"], &["format", "exclude"]];
        let globs = lists.iter().filter_map(|keys| self.setting(keys)).flat_map(|setting| setting.value.strings());
        any_covered(self.0.base(), globs, paths)
    }

    /// The entries of `per-file-ignores`: globs and selectors.
    fn file_ignores(&self) -> Vec<(&str, Vec<&str>)> {
        let own = self.lint(&["per-file-ignores"]);
        let extended = self.layers().iter().filter_map(|layer| lint(layer, &["extend-per-file-ignores"]));
        let tables = own.into_iter().chain(extended);
        tables
            .flat_map(|table| table.value.children())
            .filter_map(|entry| Some((entry.key()?, entry.strings())))
            .collect()
    }

    /// Which of the files are freed from a rule by `per-file-ignores`.
    pub fn file_ignored(&self, code: &str, paths: &[String]) -> Vec<bool> {
        let linter = Linter::of(code).map_or(code, |linter| linter.prefix);
        let entries = self.file_ignores().into_iter();
        let globs = entries.filter(|(_, selectors)| strongest(selectors, linter, code).is_some());
        any_covered(self.0.base(), globs.map(|(glob, _)| glob), paths)
    }

    /// The selectors that `per-file-ignores` takes from all of the files.
    pub fn ignored_everywhere(&self, paths: &[String]) -> Vec<&str> {
        let covers_all =
            |glob: &str| any_covered(self.0.base(), [glob].into_iter(), paths).iter().all(|&covered| covered);
        let entries = self.file_ignores().into_iter().filter(|(glob, _)| !paths.is_empty() && covers_all(glob));
        entries.flat_map(|(_, selectors)| selectors).collect()
    }

    /// What is turned on, as Ruff computes it: each file's `select` replaces what the files that it extends turned
    /// on, and in one file the longer selector wins.
    pub fn rules(&self) -> Rules {
        let selection = |layer: &Layer| {
            let all = |keys: [&str; 2]| keys.iter().flat_map(|key| strings(layer, key)).map(str::to_owned).collect();
            Selection {
                replaces: lint(layer, &["select"]).is_some(),
                selected: all(["select", "extend-select"]),
                ignored: all(["ignore", "extend-ignore"]),
            }
        };
        let layers = self.layers().iter().rev().map(selection).collect();
        Rules { is_old: !has_new_defaults(), layers, off: Vec::new() }
    }

    /// The selectors that turn rules off everywhere.
    pub fn ignores(&self) -> Vec<&str> {
        self.layers()
            .iter()
            .flat_map(|layer| [strings(layer, "ignore"), strings(layer, "extend-ignore")].concat())
            .collect()
    }
}

impl Configuration {
    /// Where something is missing that a file should say: the configuration, else the first project.
    pub fn place(&self) -> Place {
        let layer = self.settings.layers().first().and_then(Layer::place);
        layer
            .or_else(|| Some(self.projects.first()?.place.clone()))
            .unwrap_or_else(|| Place { path: String::new(), span: Span { start: 0, end: 0 } })
    }

    /// The Python files of a role in its projects.
    pub fn python_files(&self, role: Role) -> Vec<String> {
        let is_own = |file: &repository::File| self.projects.iter().any(|project| project.root == file.project);
        let files = self.files.get_or_init(|| repository::find(&["*.py"]).into_iter().filter(is_own).collect());
        files.iter().filter(|file| file.role == role).map(|file| file.path.clone()).collect()
    }
}

/// The rules that are on. What is asked about is computed: there are some nine hundred rules, and few are asked about.
pub struct Rules {
    /// Whether the defaults are those of before 0.16.
    is_old: bool,
    /// What each file selects, the outermost first.
    layers: Vec<Selection>,
    /// Selectors that turn rules off after all.
    off: Vec<String>,
}

/// What one file says of the selection of rules.
struct Selection {
    /// Whether what the files before it selected counts no more.
    replaces: bool,
    selected: Vec<String>,
    ignored: Vec<String>,
}

/// What is said of a stable rule.
struct State {
    /// Selected, whatever is ignored.
    selected: bool,
    /// Selected and not ignored.
    enabled: bool,
}

/// How much of a linter's rules is on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    Off,
    Part,
    On,
}

impl Rules {
    /// Whether a rule is on.
    pub fn is_on(&self, code: &str) -> bool {
        Linter::of(code).is_some_and(|linter| self.state(linter, code).enabled)
    }

    /// Turns off what one of the selectors selects.
    pub fn switch_off(&mut self, selectors: &[&str]) {
        self.off.extend(selectors.iter().map(|&selector| selector.to_owned()));
    }

    /// How much of a linter's rules is on. Rules that are ignored one by one do not lessen it.
    pub fn extent(&self, linter: &Linter) -> Extent {
        let own = self.of(linter);
        let states: Vec<(String, State)> =
            linter.codes().map(|code| (code.clone(), own.state(linter, &code))).collect();
        if !states.iter().any(|(_, state)| state.enabled) {
            return Extent::Off;
        }
        let is_whole = states.iter().all(|(code, state)| state.selected || is_optional(code));
        if is_whole { Extent::On } else { Extent::Part }
    }

    /// The same with nothing but the selectors that may name a rule of a linter: few do, and it has many rules.
    fn of(&self, linter: &Linter) -> Self {
        let own = |selectors: &[String]| selectors.iter().filter(|it| may_name(it, linter.prefix)).cloned().collect();
        let layers = self.layers.iter().map(|layer| Selection {
            replaces: layer.replaces,
            selected: own(&layer.selected),
            ignored: own(&layer.ignored),
        });
        Self { is_old: self.is_old, layers: layers.collect(), off: own(&self.off) }
    }

    fn state(&self, linter: &Linter, code: &str) -> State {
        let is_replaced = self.layers.iter().any(|layer| layer.replaces);
        let is_default = !is_replaced && if self.is_old { is_old_default(code) } else { linter.is_default(code) };
        let mut state = State { selected: is_default, enabled: is_default };
        for layer in &self.layers {
            let by_select = strongest(&layer.selected, linter.prefix, code);
            let by_ignore = strongest(&layer.ignored, linter.prefix, code);
            if layer.replaces {
                (state.selected, state.enabled) = (false, false);
            }
            state.selected |= by_select.is_some();
            if by_ignore.is_some() && by_ignore >= by_select {
                state.enabled = false;
            } else if by_select.is_some() {
                state.enabled = true;
            }
        }
        state.enabled &= strongest(&self.off, linter.prefix, code).is_none();
        state
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
fn strongest(selectors: &[impl AsRef<str>], linter: &str, code: &str) -> Option<usize> {
    let matching = selectors.iter().map(AsRef::as_ref).filter(|selector| selects(selector, linter, code));
    matching.map(|selector| if selector == "ALL" { 0 } else { selector.len() }).max()
}

/// Whether a selector names a rule: a prefix of its code that holds at least the linter's prefix.
fn selects(selector: &str, linter: &str, code: &str) -> bool {
    match selector {
        "ALL" => true,
        "C" => matches!(linter, "C4" | "C90"),
        "C9" => linter == "C90",
        "T" => matches!(linter, "T10" | "T20"),
        "T1" => linter == "T10",
        "T2" => linter == "T20",
        "TCH" => linter == "TC",
        _ if selector.starts_with(linter) => code.starts_with(selector),
        _ => NAMES.contains(&(selector, code)) || (linter == "UP" && is_old_pyupgrade(selector, code)),
    }
}

/// Whether [`selects`] may say yes for a rule of a linter.
fn may_name(selector: &str, linter: &str) -> bool {
    matches!(selector, "ALL" | "C" | "C9" | "T" | "T1" | "T2" | "TCH")
        || selector.starts_with(linter)
        || (linter == "UP" && selector.starts_with('U'))
        || NAMES.iter().any(|(name, _)| *name == selector)
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

/// Whether a selector names a rule by the old prefix of its linter, `U`.
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

/// Places that something was said about: projects may share a setting.
#[derive(Default)]
pub struct Seen(BTreeSet<(String, u32)>);

impl Seen {
    /// Whether a place is new.
    pub fn is_new(&mut self, place: &Place) -> bool {
        self.0.insert((place.path.clone(), place.span.start))
    }
}
