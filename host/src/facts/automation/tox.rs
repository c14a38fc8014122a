//! tox: environments and their commands, from `tox.ini`, `setup.cfg`, `tox.toml` and `pyproject.toml`. Substitutions
//! that stand for positional arguments give their default; references to other sections are followed.

use std::collections::BTreeMap;
use std::ops::Range;

use super::graph::{Collector, Context, TableId};
use super::just::lines;
use super::text::{Script, span};
use crate::facts::value::View;
use crate::plugin::wit::{NodeKind, Place};
use crate::repository::{file_name, parent};

const LARGEST_FILE: usize = 1 << 20;
const MOST_ENVIRONMENTS: usize = 500;
const DEEPEST_REFERENCE: usize = 5;

pub(super) fn collect(collector: &mut Collector<'_>) {
    let named = |path: &str| matches!(file_name(path), "tox.ini" | "setup.cfg" | "tox.toml" | "pyproject.toml");
    for path in super::own_files(collector, named) {
        match file_name(&path) {
            "tox.ini" | "setup.cfg" => {
                let Ok(text) = collector.facts.repository().read(&path) else { continue };
                let start = if file_name(&path) == "tox.ini" { "tox" } else { "tox:tox" };
                if text.len() <= LARGEST_FILE && (text.contains("[tox") || text.contains("[testenv")) {
                    ini(collector, &path, &sections(&text, 0), start, None);
                }
            }
            _ => toml(collector, &path),
        }
    }
}

/// A key's lines with their places; the first one stands on the key's own line.
type Value<'a> = Vec<(&'a str, usize)>;

struct Section<'a> {
    name: &'a str,
    place: Range<usize>,
    values: BTreeMap<&'a str, Value<'a>>,
}

fn sections(text: &str, base: usize) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut key = None;
    for (line, start) in lines(text) {
        let start = base + start;
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            sections.push(Section { name, place: start + 1..start + 1 + name.len(), values: BTreeMap::new() });
            key = None;
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        if line.starts_with([' ', '\t']) {
            if let Some(value) = key.and_then(|key| section.values.get_mut(key)) {
                value.push((trimmed, start + (line.len() - line.trim_start().len())));
            }
        } else if let Some(position) = line.find(['=', ':']) {
            let name = line[..position].trim();
            let rest = &line[position + 1..];
            let value = rest.trim();
            let offset = start + position + 1 + (rest.len() - rest.trim_start().len());
            section.values.insert(name, if value.is_empty() { Vec::new() } else { vec![(value, offset)] });
            key = Some(name);
        }
    }
    sections
}

fn ini(
    collector: &mut Collector<'_>,
    path: &str,
    sections: &[Section<'_>],
    start: &str,
    whole: Option<crate::plugin::wit::Span>,
) {
    let table = collector.table("tox", parent(path), path);
    let find = |name: &str| sections.iter().find(|section| section.name == name);
    let core = find(start);
    let list = core.and_then(|core| core.values.get("env_list").or(core.values.get("envlist")));
    let listed: Vec<String> = list
        .into_iter()
        .flatten()
        .flat_map(|(line, _)| split_outside(line.split('#').next().unwrap_or_default()))
        .flat_map(|name| braces(&name))
        .collect();
    let mut environments: Vec<(String, &Section<'_>)> = Vec::new();
    for section in sections {
        match section.name.strip_prefix("testenv:").or_else(|| section.name.strip_prefix("env:")) {
            Some(name) => environments.extend(braces(name).into_iter().map(|name| (name, section))),
            None if section.name == "testenv" => environments.push(("testenv".to_owned(), section)),
            None => {}
        }
    }
    let core_place = core.map_or(0..0, |core| core.place.clone());
    for name in listed.iter().take(MOST_ENVIRONMENTS) {
        if !environments.iter().any(|(known, _)| known == name) {
            let section = find("testenv").or(core);
            environments.extend(section.map(|section| (name.clone(), section)));
        }
    }
    let folder = parent(path).to_owned();
    environments.truncate(MOST_ENVIRONMENTS);
    for (name, section) in &environments {
        let is_own = section.name != "testenv" || name == "testenv";
        let place = if is_own { section.place.clone() } else { core_place.clone() };
        let unit =
            collector.task(table, "tox", name, Place { path: path.to_owned(), span: whole.unwrap_or(span(place)) });
        let base = section.values.get("base").and_then(|base| base.first()).map_or("testenv", |(base, _)| base);
        let mut is_silent = true;
        for key in ["commands_pre", "commands", "commands_post"] {
            let Some(value) = section.values.get(key).filter(|_| is_own) else { continue };
            is_silent &= key != "commands";
            let mut found = Vec::new();
            resolve(sections, value, 0, &mut found);
            let context =
                Context { unit, source: "tox", name: name.clone(), folder: folder.clone(), ..Context::default() };
            for (text, start) in joined(&found) {
                command(collector, path, &text, start, name, &context, whole);
            }
        }
        if is_silent && name != "testenv" {
            let base = base.trim_start_matches("testenv:");
            collector.need(unit, table, base);
            if base != "testenv" && !environments.iter().any(|(known, _)| known == base) {
                collector.need(unit, table, "testenv");
            }
        }
    }
    if core.is_some() || !environments.is_empty() {
        let names = if listed.is_empty() { vec!["testenv".to_owned()] } else { listed };
        collector.tables[table].default = Some(names);
    }
}

/// Follows `{[testenv]commands}`.
fn resolve<'a>(sections: &[Section<'a>], value: &Value<'a>, depth: usize, found: &mut Value<'a>) {
    for (line, start) in value {
        let reference =
            line.strip_prefix("{[").and_then(|rest| rest.strip_suffix('}')).and_then(|rest| rest.split_once(']'));
        let target =
            reference.and_then(|(section, key)| sections.iter().find(|known| known.name == section)?.values.get(key));
        match target {
            Some(target) if depth < DEEPEST_REFERENCE => resolve(sections, target, depth + 1, found),
            _ => found.push((line, *start)),
        }
    }
}

/// Lines joined where one ends with a backslash.
fn joined(lines: &[(&str, usize)]) -> Vec<(String, usize)> {
    let mut commands: Vec<(String, usize)> = Vec::new();
    let mut is_open = false;
    for (line, start) in lines {
        let (text, continues) = match line.strip_suffix('\\') {
            Some(text) => (text.trim_end(), true),
            None => (*line, false),
        };
        match commands.last_mut().filter(|_| is_open) {
            Some((all, _)) => {
                all.push(' ');
                all.push_str(text);
            }
            None => commands.push((text.to_owned(), *start)),
        }
        is_open = continues;
    }
    commands
}

fn command(
    collector: &mut Collector<'_>,
    path: &str,
    text: &str,
    start: usize,
    environment: &str,
    context: &Context,
    whole: Option<crate::plugin::wit::Span>,
) {
    // `py311,py312: pytest` runs for some environments only.
    let mut line = text;
    if let Some((factors, rest)) = text.split_once(": ") {
        let is_factor = factors
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | ',' | '!' | '.' | '{' | '}' | '_' | ' '));
        if is_factor && !factors.contains("{[") && !factors.trim().contains(' ') {
            let applies = environment == "testenv"
                || factors.split(',').any(|all| {
                    all.split('-').all(|one| match one.trim().strip_prefix('!') {
                        Some(not) => !environment.split('-').any(|factor| factor == not),
                        None => environment.split('-').any(|factor| factor == one.trim()),
                    })
                });
            if !applies {
                return;
            }
            line = rest.trim_start();
        }
    }
    let (line, tolerated) =
        match line.strip_prefix("- ").or_else(|| line.strip_prefix('-').filter(|rest| !rest.starts_with('-'))) {
            Some(rest) => (rest.trim_start(), true),
            None => (line.strip_prefix("! ").unwrap_or(line), false),
        };
    let skipped = text.len() - line.len();
    let filled = substituted(line, environment);
    let place = whole.map_or(start + skipped..start + text.len(), |whole| whole.start as usize..whole.end as usize);
    let context = Context { tolerated, ..context.clone() };
    collector.shell(Script::of_lines(path, [(filled, place)]), context);
}

/// Fills in what is known: `{envpython}`, `{posargs:tests}`, `{env:NAME:default}`.
pub(super) fn substituted(text: &str, environment: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let Some(length) = closing(&rest[start..]) else { break };
        let end = start + length;
        let inner = &rest[start + 1..end];
        result.push_str(&rest[..start]);
        let (name, default) = inner.split_once(':').unwrap_or((inner, ""));
        match name {
            "posargs" | "args" => result.push_str(&inner_default(default, environment)),
            "envpython" | "env_python" => result.push_str("python"),
            "envbindir" | "env_bin_dir" => result.push_str("venv/bin"),
            "toxinidir" | "tox_root" | "root" => result.push('.'),
            "envname" | "env_name" => result.push_str(environment),
            "env" if default.contains(':') => {
                result.push_str(&inner_default(default.split_once(':').map_or("", |(_, value)| value), environment));
            }
            "env" => {
                result.push_str("${");
                result.push_str(default);
                result.push('}');
            }
            "/" => result.push('/'),
            name if name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_') && !name.is_empty() => {
                result.push_str("${");
                result.push_str(name);
                result.push('}');
            }
            _ => result.push_str(&rest[start..=end]),
        }
        rest = &rest[end + 1..];
    }
    result.push_str(rest);
    result
}

fn inner_default(text: &str, environment: &str) -> String {
    if text.contains('{') && text.len() < 2_000 && text.matches('{').count() < 5 {
        substituted(text, environment)
    } else {
        text.to_owned()
    }
}

fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.bytes().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}

/// Parts between commas and spaces outside of braces.
fn split_outside(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    for char in text.chars() {
        match char {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (char == ',' || char.is_whitespace()) {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(char);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// `py{311,312}-{a,b}` in full.
fn braces(text: &str) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    loop {
        let Some(index) = all.iter().position(|name| name.contains('{') && name.contains('}')) else { return all };
        let name = all.remove(index);
        let (Some(open), Some(close)) = (name.find('{'), name.find('}')) else { return all };
        if open > close || all.len() > MOST_ENVIRONMENTS {
            return all;
        }
        for (offset, part) in name[open + 1..close].split(',').enumerate() {
            all.insert(index + offset, format!("{}{}{}", &name[..open], part.trim(), &name[close + 1..]));
        }
    }
}

fn toml(collector: &mut Collector<'_>, path: &str) {
    let Ok(document) = collector.facts.documents().load(collector.facts, path) else { return };
    let Some(root) = View::root(&document) else { return };
    let root = if file_name(path) == "tox.toml" { Some(root) } else { root.at(&["tool", "tox"]) };
    let Some(root) = root else { return };
    if let Some(legacy) = root.get("legacy_tox_ini") {
        ini(collector, path, &sections(legacy.text(), 0), "tox", Some(legacy.span()));
        return;
    }
    let table = collector.table("tox", parent(path), path);
    let listed: Vec<String> =
        root.get("env_list").map(View::strings).unwrap_or_default().into_iter().map(str::to_owned).collect();
    if let Some(base) = root.get("env_run_base") {
        environment(collector, table, path, "testenv", base);
    }
    for own in root.get("env").into_iter().flat_map(View::children) {
        environment(collector, table, path, own.key().unwrap_or_default(), own);
    }
    for name in &listed {
        let place = Place { path: path.to_owned(), span: root.get("env_list").unwrap_or(root).key_span() };
        if !collector.tables[table].names.contains_key(name) {
            let unit = collector.task(table, "tox", name, place);
            collector.need(unit, table, "testenv");
        }
    }
    if !listed.is_empty() {
        collector.tables[table].default = Some(listed);
    }
}

fn environment(collector: &mut Collector<'_>, table: TableId, path: &str, name: &str, view: View<'_>) {
    let place = Place { path: path.to_owned(), span: view.key_span() };
    let unit = collector.task(table, "tox", name, place);
    let context =
        Context { unit, source: "tox", name: name.to_owned(), folder: parent(path).to_owned(), ..Context::default() };
    for key in ["commands_pre", "commands", "commands_post"] {
        for line in view.get(key).into_iter().flat_map(View::children) {
            let mut words: Vec<String> = Vec::new();
            for word in line.children() {
                match word.kind() {
                    // `{ replace = "posargs", default = ["tests"], extend = true }`
                    NodeKind::Table => words.extend(
                        word.get("default").map(View::strings).unwrap_or_default().into_iter().map(str::to_owned),
                    ),
                    _ => words.push(substituted(word.text(), name)),
                }
            }
            words.retain(|word| !word.is_empty());
            let tolerated = words.first().is_some_and(|word| word == "-");
            if tolerated || words.first().is_some_and(|word| word == "!") {
                words.remove(0);
            }
            collector.words(words, line.place(path), Context { tolerated, ..context.clone() });
        }
    }
    if view.get("commands").is_none() && name != "testenv" {
        collector.need(unit, table, "testenv");
    }
}
