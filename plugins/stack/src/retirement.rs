//! Edits that take a tool out that Ruff replaces. Where one of its traces is not understood there are none.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;
use plimsoll_sdk::requirements;
use plimsoll_sdk::ruff::Settings;
use plimsoll_sdk::sections;

use crate::hook_edits;
use crate::legacy::{Origin, Tool, Trace};
use crate::successor::{converted, is_selected, is_superseded, kept_settings};

/// What of Ruff does a tool's work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Successor {
    /// None that is known.
    None,
    Formatter,
    /// The linter, with these rules besides those that are selected.
    Linter(&'static [&'static str]),
}

/// Tools that read the settings of another one.
const READERS: &[(&str, &[&str])] = &[
    ("black", &["datamodel-code-generator", "darker", "blackdoc"]),
    ("isort", &["datamodel-code-generator", "darker"]),
    ("flake8", &["autopep8", "darker"]),
];

/// A version of Ruff that has everything that is relied on here.
const RUFF: &str = "\"ruff>=0.14\"";

/// Edits that take the tool out, and whether they keep what is done: left-over settings of a tool that nothing runs, where
/// Ruff is in use.
pub(crate) fn edits(tool: &Tool, traces: &[&Trace]) -> Option<(Applicability, Vec<Edit>)> {
    let project = main_project()?;
    let readers = READERS.iter().find(|(package, _)| *package == tool.package).map_or(&[][..], |(_, readers)| readers);
    if !readers.is_empty() && !project::dependencies(readers).is_empty() {
        return None;
    }
    let is_run = traces.iter().any(|trace| trace.is_run);
    let settings = Settings::of(&project.root);
    let is_declared = !project::dependencies(&["ruff"]).is_empty();
    let has_ruff = !settings.layers().is_empty()
        || is_declared
        || !automation::hooks(&["ruff*"]).is_empty()
        || !automation::commands(&["ruff"]).is_empty();
    let configured = traces.iter().filter(|trace| !trace.is_run);
    let removals: Vec<Vec<Edit>> = configured.map(|trace| without_settings(trace, is_run)).collect::<Option<_>>()?;
    let removals = removals.concat();
    if !is_run {
        let applicability = if has_ruff { Applicability::Safe } else { Applicability::Unsafe };
        return Some((applicability, removals));
    }
    let mut edits = Vec::new();
    if !is_superseded(tool, traces, &settings) {
        return None;
    }
    edits.extend(kept_settings(tool, traces, &settings, &project));
    edits.extend(selection(tool.successor, &settings, &project));
    edits.extend(runs(tool, traces, &project, is_declared)?);
    edits.extend(removals);
    Some((Applicability::Unsafe, edits))
}

fn without_settings(trace: &Trace, has_more: bool) -> Option<Vec<Edit>> {
    let path = &trace.place.path;
    match &trace.origin {
        Origin::File => Some(vec![edit::delete(path)]),
        Origin::Table(table) if has_more => Some(vec![edit::remove(path, &["tool", table])]),
        Origin::Table(table) => Some(vec![edit::remove_tool(path, table)?]),
        Origin::Section => sections::remove(path, &[trace.place.span]),
        _ => None,
    }
}

/// Replaces what runs and installs the tool.
fn runs(tool: &Tool, traces: &[&Trace], project: &Project, is_declared: bool) -> Option<Vec<Edit>> {
    let (mut hooks, mut commands, mut packages) = (Vec::new(), Vec::new(), Vec::new());
    for trace in traces.iter().filter(|trace| trace.is_run) {
        match &trace.origin {
            Origin::Hook(hook) => hooks.push(hook),
            // A hook is a command, too.
            Origin::Command(command) if command.source == "pre-commit" => {}
            Origin::Command(command) => commands.push(command),
            Origin::Dependency(dependency) => packages.push(dependency),
            _ => return None,
        }
    }
    let mut edits = hook_edits::replaced(&hooks, tool.successor)?;
    let has_commands = !commands.is_empty();
    let mut places: Vec<&Place> = Vec::new();
    for command in commands {
        // Whoever fetches it for each run has it; others need it where they have the old one.
        let is_fetched =
            command.launchers.iter().any(|launcher| launcher.contains("uvx") || launcher.contains("tool run"));
        if !(is_fetched || is_declared || !packages.is_empty()) {
            return None;
        }
        if !places.contains(&&command.place) {
            places.push(&command.place);
            edits.push(converted(tool, command)?);
        }
    }
    let (listed, lines): (Vec<&Dependency>, Vec<&Dependency>) =
        packages.into_iter().partition(|package| package.place.path.ends_with("pyproject.toml"));
    for package in lines {
        edits.push(without_line(package)?);
    }
    // The first one makes room for Ruff.
    let (first, rest) = if is_declared || !has_commands && !hooks.is_empty() {
        (None, listed.as_slice())
    } else {
        (listed.first(), listed.get(1..).unwrap_or_default())
    };
    match first {
        Some(first) => {
            requirements::find(first)?;
            edits.push(edit::replace(&first.place, RUFF));
        }
        None if !is_declared && has_commands => {
            edits.extend(requirements::add_for_development(project, &[RUFF.to_owned()])?);
        }
        None => {}
    }
    edits.extend(requirements::remove(rest)?);
    Some(edits)
}

/// Takes the line of a requirements file out.
fn without_line(package: &Dependency) -> Option<Edit> {
    let text = repository::read(&package.place.path).ok()?;
    let before = text.get(..package.place.span.start as usize)?;
    let above = before.lines().next_back().unwrap_or_default();
    let is_plain = package.place.path.ends_with(".txt")
        && (before.is_empty() || before.ends_with('\n'))
        && !above.trim_start().starts_with('#')
        && !above.ends_with('\\')
        && !text.contains("--hash");
    if is_plain { edit::delete_lines(&package.place) } else { None }
}

/// Selects the rules that do the tool's work, where others are selected.
fn selection(successor: Successor, settings: &Settings, project: &Project) -> Vec<Edit> {
    let Successor::Linter(selectors) = successor else { return Vec::new() };
    let missing = selectors.iter().filter(|selector| !is_selected(settings, selector));
    let at = settings.selection();
    let path = settings.layers().first().map_or_else(|| project.path("pyproject.toml"), |layer| layer.path.clone());
    let keys: Vec<&str> = match &at {
        Some(setting) => setting.key_path.keys.iter().map(String::as_str).collect(),
        None if path.ends_with("pyproject.toml") => vec!["tool", "ruff", "lint", "extend-select"],
        None => vec!["lint", "extend-select"],
    };
    let path = at.as_ref().map_or(path, |setting| setting.key_path.path.clone());
    missing.map(|selector| edit::append(&path, &keys, format!("\"{selector}\""))).collect()
}
