//! Makefiles: targets with prerequisites and recipes, variables with literal values, included files. Both branches of a
//! conditional count; functions and pattern rules are left alone.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::graph::{Collector, Context, TableId};
use super::just::lines;
use super::text::{Script, span};
use crate::plugin::wit::Place;
use crate::repository::{file_name, join, parent};

const MOST_FILES: usize = 50;
const LARGEST_FILE: usize = 1 << 20;
const DEEPEST_VALUE: usize = 8;
const MOST_EXPANSIONS: usize = 200_000;
const LONGEST_LINE: usize = 16 << 10;

fn is_makefile(path: &str) -> bool {
    matches!(file_name(path), "Makefile" | "makefile" | "GNUmakefile")
}

pub(super) fn collect(collector: &mut Collector<'_>) {
    for path in super::own_files(collector, is_makefile) {
        let folder = parent(&path).to_owned();
        let mut reader = Reader::default();
        reader.read(collector, &path, &folder);
        let table = collector.table("make", &folder, &path);
        reader.add(collector, table, &folder);
    }
}

/// A logical line: its text with continuations joined, and the physical lines it is made of.
struct Line {
    path: String,
    text: String,
    parts: Vec<(String, Range<usize>)>,
    start: usize,
}

#[derive(Default)]
struct Reader {
    seen: BTreeSet<String>,
    lines: Vec<Line>,
    variables: BTreeMap<String, String>,
    one_shell: bool,
    /// Variables filled in so far: values that name others many times over end somewhere.
    expansions: Cell<usize>,
    default: Option<String>,
}

impl Reader {
    fn read(&mut self, collector: &Collector<'_>, path: &str, folder: &str) {
        if self.seen.len() >= MOST_FILES || !self.seen.insert(path.to_owned()) {
            return;
        }
        let Ok(text) = collector.facts.repository().read(path) else { return };
        if text.len() > LARGEST_FILE {
            return;
        }
        let physical = lines(&text);
        let mut index = 0;
        let mut in_definition = false;
        while index < physical.len() {
            let first = index;
            while physical[index].0.ends_with('\\') && index + 1 < physical.len() {
                index += 1;
            }
            index += 1;
            let parts: Vec<(String, Range<usize>)> = physical[first..index]
                .iter()
                .map(|(line, start)| ((*line).to_owned(), *start..start + line.len()))
                .collect();
            let joined = parts.iter().map(|(line, _)| line.trim_end_matches('\\')).collect::<Vec<_>>().join(" ");
            let trimmed = joined.trim();
            if trimmed.starts_with("define ") {
                in_definition = true;
            }
            if in_definition {
                in_definition = trimmed != "endef";
                continue;
            }
            if !joined.starts_with('\t') {
                if self.included(collector, trimmed, folder) || self.assigned(trimmed) {
                    continue;
                }
                self.one_shell |= trimmed.starts_with(".ONESHELL");
            }
            let start = physical[first].1;
            self.lines.push(Line { path: path.to_owned(), text: joined, parts, start });
        }
    }

    fn included(&mut self, collector: &Collector<'_>, line: &str, folder: &str) -> bool {
        let Some((word, files)) = line.split_once(char::is_whitespace) else { return false };
        if !matches!(word, "include" | "-include" | "sinclude") {
            return false;
        }
        for file in files.split_whitespace() {
            let file = self.expanded(file, "", 0);
            if let Some(path) = join(folder, &file) {
                self.read(collector, &path, folder);
            }
        }
        true
    }

    fn assigned(&mut self, line: &str) -> bool {
        let line = line.strip_prefix("export ").or(line.strip_prefix("override ")).unwrap_or(line);
        let Some(position) = line.find('=') else { return false };
        let (left, value) = (&line[..position], &line[position + 1..]);
        let is_conditional = left.ends_with('?');
        let is_addition = left.ends_with('+');
        let is_shell = left.ends_with('!');
        let name = left.trim_end_matches([':', '?', '+', '!']).trim();
        if name.is_empty() || name.contains([' ', '\t', ':', '$', '#', '(']) {
            return false;
        }
        let value = value.split(" #").next().unwrap_or_default().trim();
        if name == ".DEFAULT_GOAL" {
            self.default = Some(value.to_owned());
        } else if is_shell || value.contains("$(shell") {
            self.variables.remove(name);
        } else if is_addition {
            let all = self.variables.entry(name.to_owned()).or_default();
            if all.len() + value.len() < LONGEST_LINE {
                all.push(' ');
                all.push_str(value);
            }
        } else if !(is_conditional && self.variables.contains_key(name)) {
            self.variables.insert(name.to_owned(), value.to_owned());
        }
        true
    }

    fn add(&self, collector: &mut Collector<'_>, table: TableId, folder: &str) {
        let mut targets: Vec<String> = Vec::new();
        let mut index = 0;
        while index < self.lines.len() {
            let line = &self.lines[index];
            index += 1;
            let Some(rule) = self.rule(line) else { continue };
            let mut recipe: Vec<(String, Range<usize>)> = Vec::new();
            targets.clone_from(&rule.names);
            for name in &rule.names {
                let place = Place { path: line.path.clone(), span: span(name_range(line, name)) };
                let unit = collector.task(table, "make", name, place);
                for prerequisite in &rule.prerequisites {
                    collector.need(unit, table, prerequisite);
                }
            }
            if let Some(start) = rule.command {
                let end = line.parts.first().map_or(line.start, |(_, range)| range.end);
                let text = line.text.get(start..).unwrap_or_default().to_owned();
                self.command(collector, table, &rule.names, &[(text, line.start + start..end)], line, folder);
            }
            while index < self.lines.len() {
                let line = &self.lines[index];
                let trimmed = line.text.trim();
                let is_command = line.text.starts_with('\t');
                if !is_command && !trimmed.is_empty() && !trimmed.starts_with('#') && !is_conditional(trimmed) {
                    break;
                }
                index += 1;
                if !is_command || trimmed.is_empty() {
                    continue;
                }
                if self.one_shell {
                    recipe.extend(line.parts.iter().cloned());
                } else {
                    self.command(collector, table, &targets, &line.parts, line, folder);
                }
            }
            if !recipe.is_empty() {
                self.command(collector, table, &targets, &recipe, line, folder);
            }
        }
        collector.tables[table].default = self.default.clone().map(|name| vec![name]);
    }

    fn command(
        &self,
        collector: &mut Collector<'_>,
        table: TableId,
        targets: &[String],
        parts: &[(String, Range<usize>)],
        line: &Line,
        folder: &str,
    ) {
        let Some((first, _)) = parts.first() else { return };
        let trimmed = first.trim_start();
        let prefix = trimmed.len() - trimmed.trim_start_matches(['@', '-', '+', ' ']).len();
        let tolerated = trimmed[..prefix].contains('-');
        for name in targets {
            let Some(unit) = collector.tables[table].names.get(name).copied() else { continue };
            let lines = parts.iter().enumerate().map(|(index, (text, range))| {
                let own = text.len() - text.trim_start().len();
                let skipped = if index == 0 { own + prefix } else { own };
                let text = text.get(skipped..).unwrap_or_default();
                (self.expanded(text, name, 0), range.start + skipped..range.end)
            });
            let script = Script::of_lines(&line.path, lines);
            let context = Context {
                unit,
                source: "make",
                name: name.clone(),
                folder: folder.to_owned(),
                tolerated,
                ..Context::default()
            };
            collector.shell(script, context);
        }
    }

    fn rule(&self, line: &Line) -> Option<Rule> {
        let text = &line.text;
        if text.starts_with(['\t', '#', ' ']) || is_conditional(text.trim()) {
            return None;
        }
        let colon = text.find(':')?;
        let after = text[colon + 1..].trim_start_matches(':');
        if after.starts_with('=') || text[..colon].contains('=') {
            return None;
        }
        let start = text.len() - after.len();
        let semicolon = after.find(';').map(|position| start + position + 1);
        let end = semicolon.map_or(text.len(), |position| position - 1);
        let prerequisites = text[start..end].split(" #").next().unwrap_or_default().replace('|', " ");
        // A variable of one target: `target: NAME = value`.
        if prerequisites.contains('=') {
            return None;
        }
        let names: Vec<String> = self
            .expanded(&text[..colon], "", 0)
            .split_whitespace()
            .filter(|name| !name.starts_with('.') && !name.contains(['%', '$']))
            .map(str::to_owned)
            .collect();
        let prerequisites = self.expanded(&prerequisites, "", 0).split_whitespace().map(str::to_owned).collect();
        (!names.is_empty()).then_some(Rule { names, prerequisites, command: semicolon })
    }

    fn may_expand(&self) -> bool {
        self.expansions.set(self.expansions.get() + 1);
        self.expansions.get() < MOST_EXPANSIONS
    }

    /// The text with known variables filled in; an unknown one is written as the shell would.
    fn expanded(&self, text: &str, target: &str, depth: usize) -> String {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find('$') {
            result.push_str(&rest[..start]);
            rest = &rest[start + 1..];
            if result.len() > LONGEST_LINE {
                return result;
            }
            let Some(first) = rest.chars().next() else { break };
            let close = match first {
                '(' => ')',
                '{' => '}',
                _ => {
                    match first {
                        '$' => result.push('$'),
                        '@' => result.push_str(target),
                        '<' | '^' | '?' | '*' | '+' | '|' => result.push_str("${prerequisites}"),
                        other => {
                            result.push('$');
                            result.push(other);
                        }
                    }
                    rest = &rest[first.len_utf8()..];
                    continue;
                }
            };
            let Some(end) = balanced(rest, first, close) else {
                result.push('$');
                continue;
            };
            let name = rest[1..end].trim();
            rest = &rest[end + 1..];
            match self.variables.get(name) {
                _ if name == "MAKE" => result.push_str("make"),
                Some(value) if depth < DEEPEST_VALUE && self.may_expand() => {
                    result.push_str(&self.expanded(value, target, depth + 1))
                }
                _ if name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_') && !name.is_empty() => {
                    result.push_str("${");
                    result.push_str(name);
                    result.push('}');
                }
                _ => result.push_str("${make_function}"),
            }
        }
        result.push_str(rest);
        result
    }
}

struct Rule {
    names: Vec<String>,
    prerequisites: Vec<String>,
    /// Where a command on the same line begins.
    command: Option<usize>,
}

fn name_range(line: &Line, name: &str) -> Range<usize> {
    match line.parts.first().and_then(|(text, _)| text.find(name)) {
        Some(position) => line.start + position..line.start + position + name.len(),
        None => line.start..line.start,
    }
}

fn is_conditional(line: &str) -> bool {
    matches!(
        line.split([' ', '(']).next(),
        Some("ifeq" | "ifneq" | "ifdef" | "ifndef" | "else" | "endif" | "export" | "unexport" | "vpath")
    )
}

fn balanced(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, char) in text.char_indices() {
        if char == open {
            depth += 1;
        } else if char == close {
            depth -= 1;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}
