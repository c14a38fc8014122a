//! The type checkers of a project, and what they are told.

use plimsoll_sdk::gates::{Run, TYPE_CHECKERS};
use plimsoll_sdk::paths::{is_below, join};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::settings::{BASEDPYRIGHT, Layer, MYPY, Setting, Settings};

/// Which one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Pyright,
    Basedpyright,
    Mypy,
}

/// A type checker that a project uses.
pub(crate) struct Checker {
    pub(crate) kind: Kind,
    pub(crate) settings: Settings,
    /// Whether some run of it asks for strictness, or fails on warnings, on its command line.
    is_run_strictly: bool,
    is_failing_on_warnings: bool,
    run: Option<Place>,
    /// Flags of mypy that an override turns on for the project's own packages.
    own_flags: Vec<String>,
}

/// Settings that tell an editor where things are, not how to check.
const EDITOR: &[&str] = &[
    "venv",
    "venvPath",
    "pythonVersion",
    "pythonPlatform",
    "include",
    "exclude",
    "ignore",
    "extraPaths",
    "stubPath",
    "typeshedPath",
    "executionEnvironments",
    "reportMissingImports",
    "reportMissingModuleSource",
    "reportMissingTypeStubs",
];
/// A comment that makes Pyright strict with a module.
pub(crate) const STRICT_COMMENT: &[&str] = &[r"(?m)^#[ \t]*pyright:[ \t]*strict"];
pub(crate) const PYTHON: &[&str] = &["*.py"];
/// What `--strict` of mypy turns on and what says most.
pub(crate) const MYPY_STRICT: &[&str] = &[
    "disallow_any_generics",
    "disallow_subclassing_any",
    "disallow_untyped_calls",
    "disallow_untyped_defs",
    "disallow_untyped_decorators",
    "warn_return_any",
];

impl Checker {
    /// The checkers that the settings, the dependencies or the runs of a project show, Pyright first; last the one that
    /// does not look at the production code.
    fn of(project: &Project, runs: &[&Run]) -> Vec<Self> {
        let mut checkers = Vec::new();
        let pyright = Settings::of(&BASEDPYRIGHT, &project.root);
        let is_run = |name: &str| runs.iter().any(|run| run.name.contains(name));
        let is_installed = |name: &str| {
            let dependencies = project::dependencies(&[name]);
            dependencies.iter().any(|dependency| is_below(&dependency.place.path, &project.root))
        };
        let has_based_table = |layer: &Layer| documents::read(&layer.path, &["tool", "basedpyright"]).is_ok();
        let is_based = is_run("basedpyright")
            || is_installed("basedpyright")
            || pyright.layers.first().is_some_and(has_based_table);
        let keys = pyright.layers.iter().filter_map(Layer::root).flat_map(Item::children).filter_map(Item::key);
        let is_configured = keys.into_iter().any(|key| !EDITOR.contains(&key));
        if is_configured || is_run("pyright") || is_based || is_installed("pyright") {
            let kind = if is_based { Kind::Basedpyright } else { Kind::Pyright };
            checkers.push(Self::new(kind, pyright, runs, "pyright"));
        }
        let mypy = Settings::of(&MYPY, &project.root);
        if mypy.exists() || is_run("mypy") || is_installed("mypy") {
            let mut checker = Self::new(Kind::Mypy, mypy, runs, "mypy");
            checker.own_flags = own_flags(&checker.settings, project);
            checkers.push(checker);
        }
        if checkers.len() > 1 {
            let modules = modules(project);
            checkers.sort_by_key(|checker| (checker.overlooks(&modules), checker.run.is_none()));
        }
        checkers
    }

    fn new(kind: Kind, settings: Settings, runs: &[&Run], name: &str) -> Self {
        let own = || runs.iter().filter(|run| run.name.contains(name));
        let has = |option: &str| own().any(|run| run.words.iter().any(|word| word == option));
        let run = own().next().map(|run| run.place.clone());
        Self {
            kind,
            settings,
            is_run_strictly: has("--strict"),
            is_failing_on_warnings: has("--warnings"),
            run,
            own_flags: Vec::new(),
        }
    }

    /// Whether Pyright's `include` names neither production modules nor stubs.
    pub(crate) fn overlooks(&self, modules: &[String]) -> bool {
        let Some(include) = self.settings.setting(&["include"]).filter(|_| self.kind != Kind::Mypy) else {
            return false;
        };
        let entries = include.value.strings();
        let looks = |entry: &&str| entry.ends_with(".pyi") || covered(self.settings.base(), entry, modules) > 0;
        !entries.is_empty() && !modules.is_empty() && !entries.iter().any(looks)
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Pyright => "Pyright",
            Kind::Basedpyright => "basedpyright",
            Kind::Mypy => "mypy",
        }
    }

    /// Where it is told what to do, else where it is run.
    pub(crate) fn place(&self) -> Option<Place> {
        self.settings.place().or_else(|| self.run.clone())
    }

    /// The setting of how strict it is.
    pub(crate) fn mode(&self) -> Option<Setting<'_>> {
        let key = if self.kind == Kind::Mypy { "strict" } else { "typeCheckingMode" };
        self.settings.setting(&[key])
    }

    /// Whether it checks all that its strict mode checks, by its mode.
    pub(crate) fn is_strict(&self) -> bool {
        let mode = self.mode();
        let mode = mode.as_ref().map(|mode| mode.value);
        match self.kind {
            Kind::Pyright => mode.and_then(Item::string) == Some("strict"),
            Kind::Basedpyright => {
                mode.is_none_or(|mode| matches!(mode.string(), Some("strict" | "recommended" | "all")))
            }
            Kind::Mypy => self.is_run_strictly || self.has_flag("strict") || self.missing_flags().is_empty(),
        }
    }

    /// Whether Pyright is strict for nine of ten production modules: by the list `strict`, or by comments in them.
    pub(crate) fn is_strict_by_file(&self, project: &Project) -> bool {
        if self.kind == Kind::Mypy {
            return false;
        }
        let modules = modules(project);
        let listed = self.settings.setting(&["strict"]);
        let globs = listed.as_ref().map(|listed| listed.value.strings()).unwrap_or_default();
        let base = self.settings.base();
        let by_list: usize = globs.iter().map(|glob| covered(base, glob, &modules)).sum();
        let comments = repository::search(STRICT_COMMENT, PYTHON).into_iter();
        let by_comment = comments.filter(|found| modules.binary_search(&found.place.path).is_ok()).count();
        !modules.is_empty() && (by_list + by_comment) * 10 >= modules.len() * 9
    }

    /// The flags of mypy's strict mode that nothing turns on.
    pub(crate) fn missing_flags(&self) -> Vec<&'static str> {
        MYPY_STRICT.iter().copied().filter(|flag| !self.has_flag(flag)).collect()
    }

    /// Whether a flag of mypy is on for the project's packages.
    fn has_flag(&self, flag: &str) -> bool {
        self.is_on_for_packages(flag) || self.settings.setting(&[flag]).is_some_and(|setting| is_on(setting.value))
    }

    /// Whether an override of mypy turns a flag on for the project's packages.
    pub(crate) fn is_on_for_packages(&self, flag: &str) -> bool {
        self.own_flags.iter().any(|own| own == flag)
    }

    /// Whether it demands annotations of functions, in strict mode or not.
    pub(crate) fn demands_annotations(&self) -> bool {
        let flags = ["disallow_untyped_defs", "disallow_incomplete_defs"];
        match self.kind {
            Kind::Mypy => flags.into_iter().any(|flag| self.has_flag(flag)) || self.is_strict(),
            Kind::Pyright | Kind::Basedpyright => {
                let parameters = self.settings.setting(&["reportMissingParameterType"]);
                self.is_strict() || parameters.is_some_and(|setting| !self.is_lowered(setting.value))
            }
        }
    }

    /// Whether a diagnostic of Pyright is set so that it stops nobody.
    pub(crate) fn is_lowered(&self, value: Item<'_>) -> bool {
        let is_warning_enough = self.is_failing_on_warnings || self.kind == Kind::Basedpyright;
        match value.string() {
            Some("none" | "information" | "hint") => true,
            Some("warning") => !is_warning_enough,
            _ => value.boolean() == Some(false),
        }
    }
}

/// The projects of the product with their checkers.
pub(crate) fn projects() -> Vec<(Project, Vec<Checker>)> {
    let projects: Vec<Project> = project::projects().into_iter().filter(is_product).collect();
    let mut runs = TYPE_CHECKERS.runs();
    runs.retain(|run| !is_of_completeness(run));
    let checkers = projects.iter().map(|project| {
        // A run speaks for the project whose folder holds it; one beside all projects for the only one.
        let others = projects.iter().filter(|other| other.root.len() > project.root.len());
        let others: Vec<&str> = others.map(|other| other.root.as_str()).collect();
        let is_own = |run: &&Run| {
            let path = &run.place.path;
            projects.len() == 1 || is_below(path, &project.root) && !others.iter().any(|other| is_below(path, other))
        };
        Checker::of(project, &runs.iter().filter(is_own).collect::<Vec<_>>())
    });
    let checkers: Vec<Vec<Checker>> = checkers.collect();
    projects.into_iter().zip(checkers).collect()
}

/// Whether a run asks how much of a package's outside is annotated, and checks no types.
fn is_of_completeness(run: &Run) -> bool {
    run.name.contains("type-completeness") || run.words.iter().any(|word| word == "--verifytypes")
}

/// Whether a setting is true, as TOML or INI writes it.
pub(crate) fn is_on(value: Item<'_>) -> bool {
    ["true", "yes", "on", "1"].iter().any(|yes| value.text().eq_ignore_ascii_case(yes))
}

/// Whether a setting is false, as TOML or INI writes it.
pub(crate) fn is_off(value: Item<'_>) -> bool {
    ["false", "no", "off", "0"].iter().any(|no| value.text().eq_ignore_ascii_case(no))
}

/// The items of a list, or of a text with commas or lines as INI writes lists.
pub(crate) fn items(value: Item<'_>) -> Vec<&str> {
    let texts = value.strings();
    texts.into_iter().flat_map(|text| text.split([',', '\n'])).map(str::trim).filter(|text| !text.is_empty()).collect()
}

/// The flags that overrides of mypy turn on for the packages of a project as a whole.
fn own_flags(settings: &Settings, project: &Project) -> Vec<String> {
    let Some(layer) = settings.layers.first() else { return Vec::new() };
    let Ok(document) = documents::read(&layer.path, &[]) else { return Vec::new() };
    let is_own = |name: &str| project.packages.iter().any(|package| name.trim_end_matches(".*") == package.name);
    let own = overrides(&document).into_iter().filter(|(names, _)| names.iter().any(|name| is_own(name)));
    let flags = own.flat_map(|(_, table)| table.children()).filter(|flag| is_on(*flag)).filter_map(Item::key);
    flags.map(str::to_owned).collect()
}

/// The overrides of mypy: names of modules, and the table that is for them.
pub(crate) fn overrides<'a>(
    document: &'a [plimsoll_sdk::bindings::plimsoll::plugin::types::Node],
) -> Vec<(Vec<&'a str>, Item<'a>)> {
    let Some(root) = Item::root(document) else { return Vec::new() };
    let tables = root.at(&["tool", "mypy", "overrides"]).into_iter().flat_map(Item::children);
    let mut all: Vec<(Vec<&str>, Item<'_>)> =
        tables.map(|table| (table.get("module").map(Item::strings).unwrap_or_default(), table)).collect();
    let sections = root.children().filter_map(|section| Some((section.key()?.strip_prefix("mypy-")?, section)));
    all.extend(sections.map(|(names, section)| (names.split(',').map(str::trim).collect(), section)));
    all
}

/// The production modules of a project.
pub(crate) fn modules(project: &Project) -> Vec<String> {
    let files = repository::find(&["*.py"]).into_iter();
    let own = files.filter(|file| file.role == Role::Source && file.project == project.root);
    own.map(|file| file.path).collect()
}

/// How many of the paths a path or glob of Pyright, relative to the file that names it, covers.
pub(crate) fn covered(base: &str, entry: &str, paths: &[String]) -> usize {
    let entry = entry.trim_start_matches("./").trim_end_matches('/');
    if entry == "." || entry.is_empty() {
        return paths.len();
    }
    if entry.contains(['*', '?']) {
        let entry = entry.trim_end_matches("/**").trim_end_matches("/*");
        let entry = if entry.contains('/') { entry.to_owned() } else { format!("./{entry}") };
        return repository::covered(base, &entry, paths).into_iter().filter(|covers| *covers).count();
    }
    let folder = join(base, entry);
    paths.iter().filter(|path| is_below(path, &folder)).count()
}
