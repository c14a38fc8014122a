//! What Ruff is told in place of the tools that it replaces: settings that go on to hold, and commands.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::Settings;

use crate::legacy::{Origin, Tool, Trace};
use crate::retirement::Successor;

/// Settings that Ruff has in common with a tool, or needs no more.
const KNOWN: &[(&str, &[&str])] = &[
    ("black", &["line-length", "line_length", "target-version", "target_version", "required-version"]),
    (
        "isort",
        &[
            "profile",
            "line_length",
            "multi_line_output",
            "include_trailing_comma",
            "force_grid_wrap",
            "use_parentheses",
            "ensure_newline_before_comments",
            "atomic",
            "color_output",
            "py_version",
            "src_paths",
        ],
    ),
    ("flake8", &["max-line-length"]),
    ("autopep8", &["max_line_length", "in-place", "in_place", "recursive", "aggressive"]),
];
/// Settings of isort that Ruff has under the same name, with dashes.
const ISORT: &[&str] = &[
    "known_first_party",
    "known_third_party",
    "force_single_line",
    "combine_as_imports",
    "force_sort_within_sections",
    "lines_after_imports",
];

/// Whether what the tool is told is also said to Ruff, or can be.
pub(crate) fn is_superseded(tool: &Tool, traces: &[&Trace], settings: &Settings) -> bool {
    // Who has chosen these rules of Ruff has decided what of the old settings still matters.
    if let Successor::Linter(selectors) = tool.successor
        && selectors.iter().all(|selector| is_selected(settings, selector))
    {
        return true;
    }
    let known = KNOWN.iter().find(|(package, _)| *package == tool.package).map_or(&[][..], |(_, keys)| keys);
    traces.iter().filter(|trace| !trace.is_run).all(|trace| {
        let is_table = matches!(trace.origin, Origin::Table(_));
        let is_known = |key: &str| known.contains(&key) || is_table && tool.package == "isort" && ISORT.contains(&key);
        keys(trace).is_some_and(|keys| keys.iter().all(|key| is_known(key)))
    })
}

/// Whether rules are selected by their name, or with all others.
pub(crate) fn is_selected(settings: &Settings, selector: &str) -> bool {
    let lists = ["select", "extend-select"].into_iter().filter_map(|key| settings.lint(&[key]));
    lists.flat_map(|list| list.value.strings()).any(|selected| selected == selector || selected == "ALL")
}

/// The names of the settings at a trace.
fn keys(trace: &Trace) -> Option<Vec<String>> {
    let nodes = match &trace.origin {
        Origin::Table(table) => documents::read(&trace.place.path, &["tool", table]).ok()?,
        Origin::Section => {
            let all = documents::read(&trace.place.path, &[]).ok()?;
            let section = Item::root(&all)?.children().find(|item| item.span() == trace.place.span)?.key()?.to_owned();
            documents::read(&trace.place.path, &[&section]).ok()?
        }
        _ => return None,
    };
    Some(Item::root(&nodes)?.children().filter_map(Item::key).map(str::to_owned).collect())
}

/// Tells Ruff what the tool's table in `pyproject.toml` says, where Ruff is not told anything about it.
pub(crate) fn kept_settings(tool: &Tool, traces: &[&Trace], settings: &Settings, project: &Project) -> Vec<Edit> {
    let mut edits = Vec::new();
    let path = project.path("pyproject.toml");
    let layer = settings.layers().first().map_or(path.as_str(), |layer| &layer.path);
    let set = |keys: &[&str], value: &str| {
        let above: &[&str] = if layer.ends_with("pyproject.toml") { &["tool", "ruff"] } else { &[] };
        edit::set(layer, &[above, keys].concat(), value)
    };
    for trace in traces {
        let Origin::Table(table) = &trace.origin else { continue };
        let nodes = documents::read(&trace.place.path, &["tool", table]).unwrap_or_default();
        let text = repository::read(&trace.place.path).unwrap_or_default();
        for item in Item::root(&nodes).into_iter().flat_map(Item::children) {
            let written = text.get(item.span().start as usize..item.span().end as usize).unwrap_or_default();
            match item.key() {
                Some("line-length" | "line_length" | "max_line_length")
                    if settings.setting(&["line-length"]).is_none() && item.integer().is_some() =>
                {
                    edits.push(set(&["line-length"], written));
                }
                Some(key) if tool.package == "isort" && ISORT.contains(&key) => {
                    let name = key.replace('_', "-");
                    if settings.lint(&["isort", &name]).is_none() {
                        edits.push(set(&["lint", "isort", &name], written));
                    }
                }
                _ => {}
            }
        }
    }
    edits
}

/// The command of Ruff that does the same. None with options that are not known, with quotes, and in environments that
/// are made for the tool.
pub(crate) fn converted(tool: &Tool, command: &Command) -> Option<Edit> {
    if !matches!(command.source.as_str(), "github" | "gitlab" | "make" | "just" | "shell" | "script-table") {
        return None;
    }
    let (program, arguments) = command.words.split_first()?;
    let paths: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let options: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| word.starts_with('-')).collect();
    let are = |known: &[&str]| options.iter().all(|option| known.contains(option));
    let has = |wanted: &[&str]| options.iter().any(|option| wanted.contains(option));
    let head = match tool.package {
        _ if options == ["--version"] && paths.is_empty() => "ruff --version".to_owned(),
        "black" if are(&["--check", "--diff", "-q", "--quiet"]) => format!("ruff format {}", options.join(" ")),
        "isort" if are(&["--check", "--check-only", "-c", "--diff", "-q"]) => {
            let fix = if has(&["--check", "--check-only", "-c", "--diff"]) { "" } else { "--fix" };
            let diff = if has(&["--diff"]) { "--diff" } else { "" };
            format!("ruff check --select I {fix} {diff}")
        }
        "flake8" if options.is_empty() => "ruff check".to_owned(),
        "autopep8" | "yapf" => {
            let letters = |option: &&str| {
                let letters = option.trim_start_matches('-');
                matches!(*option, "--in-place" | "--recursive" | "--aggressive" | "--parallel")
                    || !option.starts_with("--") && letters.chars().all(|letter| "irap".contains(letter))
            };
            let is_in_place = options
                .iter()
                .any(|option| *option == "--in-place" || !option.starts_with("--") && option.contains('i'));
            if !is_in_place || !options.iter().all(letters) {
                return None;
            }
            "ruff format".to_owned()
        }
        _ => return None,
    };
    let words: Vec<&str> = head.split_whitespace().chain(paths).collect();
    let written =
        [&[program.as_str()][..], &arguments.iter().map(String::as_str).collect::<Vec<_>>()].concat().join(" ");
    edit::replace_words(&command.place, &written, &words.join(" "))
}
