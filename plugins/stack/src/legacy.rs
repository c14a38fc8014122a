//! Tools that the stack replaces: how their use shows, and how it is reported.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::Finding;
use plimsoll_sdk::paths::{file_name, nearest, parent, start};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::{is_beside, main_project};

use crate::retirement::{self, Successor};

/// A tool that another one replaces, by the traces of its use.
pub(crate) struct Tool {
    /// Its name, as its authors write it.
    pub(crate) name: &'static str,
    /// Its distribution: where it is developed, it is no tool of the project.
    pub(crate) package: &'static str,
    /// Globs of files that only it reads or writes.
    pub(crate) files: &'static [&'static str],
    /// Tables below `tool` in `pyproject.toml`.
    pub(crate) tables: &'static [&'static str],
    /// Sections of INI files: file and section.
    pub(crate) sections: &'static [(&'static str, &'static str)],
    /// Hooks of pre-commit.
    pub(crate) hooks: &'static [&'static str],
    /// Programs.
    pub(crate) programs: &'static [&'static str],
    /// GitHub actions.
    pub(crate) actions: &'static [&'static str],
    /// Dependencies of development.
    pub(crate) packages: &'static [&'static str],
    /// Patterns of what code imports from it: a script that writes or rewrites code may use it as a library, and being
    /// installed is then no sign that it is run. The rule declares them.
    pub(crate) modules: &'static [&'static str],
    /// What of Ruff does its work.
    pub(crate) successor: Successor,
    /// What to do.
    pub(crate) help: &'static str,
}

/// A tool without any trace, to build others from.
pub(crate) const NONE: Tool = Tool {
    name: "",
    package: "",
    files: &[],
    tables: &[],
    sections: &[],
    hooks: &[],
    programs: &[],
    actions: &[],
    packages: &[],
    modules: &[],
    successor: Successor::None,
    help: "",
};

/// One trace of a tool.
pub(crate) struct Trace {
    pub(crate) place: Place,
    /// What it is: `the hook`, `a command`.
    pub(crate) what: &'static str,
    /// Whether the tool runs here, and is not only configured.
    pub(crate) is_run: bool,
    pub(crate) origin: Origin,
}

/// What a trace comes from, for edits.
pub(crate) enum Origin {
    /// A file that only the tool reads.
    File,
    /// A table below `tool`.
    Table(&'static str),
    /// A section of an INI file.
    Section,
    Hook(Hook),
    Command(Command),
    Dependency(Dependency),
    Other,
}

/// How many further places are shown.
const MOST_PLACES: usize = 9;

/// What a declared dependency is as a trace.
const INSTALLED: &str = "the dependency";

impl Tool {
    /// All traces of the tool: configuration first, then what runs or installs it.
    pub(crate) fn traces(&self) -> Vec<Trace> {
        let mut traces = self.configuration();
        let mut add = |place: Place, what: &'static str, origin: Origin| {
            if !is_aside(&place.path) {
                traces.push(Trace { place, what, is_run: true, origin });
            }
        };
        if !self.hooks.is_empty() {
            automation::hooks(self.hooks)
                .into_iter()
                .for_each(|hook| add(hook.place.clone(), "the hook", Origin::Hook(hook)));
        }
        if !self.programs.is_empty() {
            automation::commands(self.programs)
                .into_iter()
                .for_each(|command| add(command.place.clone(), "a command", Origin::Command(command)));
        }
        if !self.actions.is_empty() {
            automation::actions(self.actions)
                .into_iter()
                .for_each(|action| add(action.place, "the action", Origin::Other));
        }
        if !self.packages.is_empty() {
            let declared = project::dependencies(self.packages).into_iter();
            let ours = declared.filter(is_of_development);
            ours.for_each(|dependency| add(dependency.place.clone(), INSTALLED, Origin::Dependency(dependency)));
        }
        traces
    }

    fn configuration(&self) -> Vec<Trace> {
        let mut traces = Vec::new();
        let mut add = |place: Place, what: &'static str, origin: Origin| {
            if !is_aside(&place.path) {
                traces.push(Trace { place, what, is_run: false, origin });
            }
        };
        let is_ours = |file: &File| matches!(file.role, Role::Source | Role::Script);
        if !self.files.is_empty() {
            let files = repository::find(self.files).into_iter().filter(is_ours);
            files.for_each(|file| add(start(&file.path), "its file", Origin::File));
        }
        if !self.tables.is_empty() {
            for file in repository::find(&["pyproject.toml"]).into_iter().filter(is_ours) {
                for table in self.tables {
                    let value = documents::read(&file.path, &["tool", table]).unwrap_or_default();
                    if let Some(item) = Item::root(&value) {
                        add(item.place(&file.path), "its table", Origin::Table(table));
                    }
                }
            }
        }
        for (name, section) in self.sections {
            for file in repository::find(&[name]).into_iter().filter(is_ours) {
                let value = documents::read(&file.path, &[section]).unwrap_or_default();
                if let Some(section) = Item::root(&value) {
                    add(section.place(&file.path), "its section", Origin::Section);
                }
            }
        }
        traces
    }

    /// Whether the repository develops the tool itself, or a plug-in for it.
    fn is_subject(&self) -> bool {
        let is_it = |name: &str| {
            let name = name.to_ascii_lowercase().replace('_', "-");
            name == self.package
                || name.starts_with(&format!("{}-", self.package))
                || name.ends_with(&format!("-{}", self.package))
        };
        project::projects().iter().filter_map(|project| project.name.as_deref()).any(is_it)
    }

    /// Reports the use of the tool once, with its other traces beside.
    pub(crate) fn report(&self, report: &mut Report, requirements: &[&str]) {
        if main_project().is_none() || self.is_subject() {
            let not = |requirement: &&str| report.not_applicable(requirement, "no project that could use it");
            return requirements.iter().for_each(not);
        }
        let mut traces = self.traces();
        let is_imported = !self.modules.is_empty() && !python::imports(self.modules).is_empty();
        traces.retain(|trace| !is_imported || trace.what != INSTALLED);
        // Commands alone may serve another project that CI tries, where uv manages this one.
        let is_manager = matches!(self.package, "poetry" | "pipenv");
        let has_uv =
            || project::projects().iter().any(|project| project.managers.iter().any(|manager| manager == "uv"));
        if is_manager && traces.iter().all(|trace| trace.is_run) && has_uv() {
            traces.iter_mut().for_each(|trace| trace.is_run = false);
        }
        let Some(finding) = report_traces(report, &format!("{} is in use", self.name), self.help, &traces) else {
            return;
        };
        if self.successor != Successor::None {
            let ours: Vec<&Trace> = traces.iter().filter(|trace| !is_foreign(&trace.place.path)).collect();
            match retirement::edits(self, &ours) {
                Some((Applicability::Safe, edits)) => drop(finding.safe_fix(edits)),
                Some((_, edits)) => drop(finding.unsafe_fix(edits)),
                None => {}
            }
        }
    }
}

/// One finding for all traces, at the first; what is only configured and never run is a guess.
pub(crate) fn report_traces(report: &mut Report, message: &str, help: &str, traces: &[Trace]) -> Option<Finding> {
    let traces: Vec<&Trace> = traces.iter().filter(|trace| !is_foreign(&trace.place.path)).collect();
    let first = traces.first()?;
    let mut finding = report.finding(&first.place, message).help(help);
    let mut files: BTreeMap<&str, usize> = BTreeMap::new();
    for trace in traces.iter().skip(1).take(MOST_PLACES) {
        // Three places of a file show enough.
        let seen = files.entry(trace.place.path.as_str()).or_default();
        *seen += 1;
        if *seen <= 3 {
            finding = finding.related(&trace.place, trace.what);
        }
    }
    let is_run = traces.iter().any(|trace| trace.is_run);
    Some(if is_run { finding } else { finding.low() })
}

/// Whether a dependency serves development: of a group, or of an extra whose name says so.
fn is_of_development(dependency: &Dependency) -> bool {
    const WORDS: &[&str] = &[
        "dev",
        "develop",
        "development",
        "test",
        "tests",
        "testing",
        "lint",
        "linting",
        "style",
        "format",
        "quality",
        "check",
        "ci",
    ];
    dependency.is_of_development(WORDS)
}

/// Whether a path is no part of the product: an example, a template, a test.
pub(crate) fn is_aside(path: &str) -> bool {
    is_beside(path)
        || path.contains("{{")
        || path.split('/').any(|part| matches!(part, "docs" | "vendor" | "third_party" | "testing"))
            && file_name(path) != "pyproject.toml"
}

/// Whether a path lies in a project that was copied from elsewhere: its address has another owner than the repository's.
pub(crate) fn is_foreign(path: &str) -> bool {
    let Some(manifest) = nearest(parent(path), &["pyproject.toml"]).filter(|manifest| manifest != "pyproject.toml")
    else {
        return false;
    };
    let (own, all) = (owners(&manifest), owners("pyproject.toml"));
    !own.is_empty() && !all.is_empty() && own.is_disjoint(&all)
}

/// The owners in a project's addresses at a forge.
fn owners(manifest: &str) -> BTreeSet<String> {
    let urls = documents::read(manifest, &["project", "urls"]).unwrap_or_default();
    let urls: Vec<&str> = Item::root(&urls).map(Item::strings).unwrap_or_default();
    let owner = |url: &&str| {
        let (host, path) = url.split_once("://")?.1.split_once('/')?;
        let is_forge = ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org"].contains(&host);
        let owner = path.split('/').next().filter(|owner| is_forge && *owner != "sponsors")?;
        Some(owner.to_ascii_lowercase())
    };
    urls.iter().filter_map(owner).collect()
}
