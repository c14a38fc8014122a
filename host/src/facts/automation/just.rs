//! Justfiles: recipes with their parameters, dependencies and lines, variables with literal values, imports, modules and
//! aliases. Expressions that are not literals stay in the text as they are written.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::graph::{Collector, Context, TableId};
use super::text::{Script, span};
use crate::plugin::wit::Place;
use crate::repository::{file_name, join, parent};

const MOST_FILES: usize = 50;
const LARGEST_FILE: usize = 1 << 20;
const LONGEST_VALUE: usize = 4_096;

pub(super) fn is_justfile(path: &str) -> bool {
    let name = file_name(path);
    name.eq_ignore_ascii_case("justfile") || name.eq_ignore_ascii_case(".justfile")
}

pub(super) fn collect(collector: &mut Collector<'_>) {
    let paths: Vec<String> = super::own_files(collector, is_justfile);
    for path in paths {
        let folder = parent(&path).to_owned();
        let table = collector.table("just", &folder, &path);
        let mut reader = Reader { table, seen: BTreeSet::new(), aliases: Vec::new(), default: None };
        reader.file(collector, &path, &folder, "", &mut Variables::new());
        for (alias, name) in reader.aliases {
            if let Some(unit) = collector.tables[table].names.get(&name).copied() {
                collector.tables[table].names.entry(alias).or_insert(unit);
            }
        }
        collector.tables[table].default = reader.default.map(|name| vec![name]);
    }
}

type Variables = BTreeMap<String, String>;

struct Reader {
    table: TableId,
    seen: BTreeSet<String>,
    aliases: Vec<(String, String)>,
    default: Option<String>,
}

/// A line without its end, and where it stands.
#[derive(Clone)]
struct Line<'a> {
    text: &'a str,
    start: usize,
}

impl Line<'_> {
    fn indentation(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

pub(super) fn lines(text: &str) -> Vec<(&str, usize)> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let found = (line.trim_end_matches(['\n', '\r']), start);
            start += line.len();
            found
        })
        .collect()
}

/// What attributes and settings say of the recipe that follows.
#[derive(Clone, Default)]
struct Attributes {
    folder: Option<String>,
    is_default: bool,
}

impl Reader {
    fn file(
        &mut self,
        collector: &mut Collector<'_>,
        path: &str,
        folder: &str,
        prefix: &str,
        variables: &mut Variables,
    ) {
        if self.seen.len() >= MOST_FILES || !self.seen.insert(path.to_owned()) {
            return;
        }
        let Ok(text) = collector.facts.repository().read(path) else { return };
        if text.len() > LARGEST_FILE {
            return;
        }
        let lines: Vec<Line<'_>> = lines(&text).into_iter().map(|(text, start)| Line { text, start }).collect();
        for line in &lines {
            assignment(line.text, variables);
        }
        let mut folder = folder.to_owned();
        let mut attributes = Attributes::default();
        let mut index = 0;
        while index < lines.len() {
            let line = &lines[index];
            index += 1;
            let content = line.text.trim_end();
            if content.is_empty() || content.starts_with('#') || line.indentation() > 0 {
                continue;
            }
            if let Some(list) = content.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                read_attributes(list, &mut attributes);
                continue;
            }
            let mut words = content.split_whitespace();
            match words.next() {
                Some("set") if content.contains("working-directory") => {
                    let target = content.split_once(":=").map(|(_, value)| unquoted(value.trim()));
                    folder = target.and_then(|target| join(&folder, &target)).unwrap_or(folder);
                }
                Some("import" | "import?") if content.contains(['\'', '"']) => {
                    let target = content.split_once(' ').map(|(_, value)| unquoted(value.trim()));
                    if let Some(target) = target.and_then(|target| join(parent(path), &target)) {
                        self.file(collector, &target, &folder, prefix, variables);
                    }
                }
                Some("mod" | "mod?") if !content.contains(':') => {
                    self.module(collector, path, prefix, words.next(), words.next(), variables);
                }
                Some("alias") if content.contains(":=") => {
                    if let Some((alias, name)) = content["alias".len()..].split_once(":=") {
                        self.aliases.push((format!("{prefix}{}", alias.trim()), format!("{prefix}{}", name.trim())));
                    }
                }
                Some("export" | "set" | "unexport") => {}
                _ if content.contains(":=") && !is_header(content) => {}
                _ if is_header(content) => {
                    let end = lines[index..]
                        .iter()
                        .position(|line| line.indentation() == 0 && !line.text.trim().is_empty())
                        .map_or(lines.len(), |length| index + length);
                    let attributes = std::mem::take(&mut attributes);
                    let recipe = Recipe { path, folder: &folder, prefix, header: line, attributes };
                    self.recipe(collector, &recipe, &lines[index..end], variables);
                    index = end;
                }
                _ => {}
            }
        }
    }

    fn module(
        &mut self,
        collector: &mut Collector<'_>,
        path: &str,
        prefix: &str,
        name: Option<&str>,
        target: Option<&str>,
        variables: &Variables,
    ) {
        let Some(name) = name else { return };
        let folder = parent(path);
        let target = target.map(unquoted);
        let candidates = match &target {
            Some(target) => vec![target.clone(), format!("{target}/mod.just"), format!("{target}/justfile")],
            None => vec![
                format!("{name}.just"),
                format!("{name}/mod.just"),
                format!("{name}/justfile"),
                format!("{name}/.justfile"),
            ],
        };
        let found = candidates.iter().filter_map(|candidate| join(folder, candidate));
        let found = found.into_iter().find(|path| collector.facts.repository().file(path).is_some());
        if let Some(found) = found {
            let below = format!("{prefix}{name}::");
            self.file(collector, &found, parent(&found), &below, &mut variables.clone());
        }
    }

    fn recipe(
        &mut self,
        collector: &mut Collector<'_>,
        recipe: &Recipe<'_, '_>,
        body: &[Line<'_>],
        variables: &Variables,
    ) {
        let header = recipe.header.text;
        let Some(colon) = colon(header) else { return };
        let is_quiet = header.starts_with('@');
        let signature = &header[usize::from(is_quiet)..colon];
        let mut parts = signature.split_whitespace();
        let Some(short) = parts.next() else { return };
        let name = format!("{}{short}", recipe.prefix);
        let name_start = recipe.header.start + usize::from(is_quiet);
        let place = Place { path: recipe.path.to_owned(), span: span(name_start..name_start + short.len()) };
        let unit = collector.task(self.table, "just", &name, place);
        if recipe.attributes.is_default {
            self.default = Some(name.clone());
        }
        let parameters: Vec<&str> = parts.collect();
        let is_variadic = parameters.iter().any(|parameter| parameter.starts_with(['*', '+']));
        collector.tables[self.table].parameters.insert(unit, (parameters.len(), is_variadic));
        for dependency in dependencies(header[colon + 1..].trim_start_matches('=')) {
            collector.need(unit, self.table, &format!("{}{dependency}", recipe.prefix));
        }
        let folder = match &recipe.attributes.folder {
            Some(below) => join(recipe.folder, below).unwrap_or_else(|| recipe.folder.to_owned()),
            None => recipe.folder.to_owned(),
        };
        let context = Context { unit, source: "just", name, folder, ..Context::default() };
        commands(collector, recipe.path, body, &context, variables);
    }
}

struct Recipe<'a, 'b> {
    path: &'a str,
    folder: &'a str,
    prefix: &'a str,
    header: &'a Line<'b>,
    attributes: Attributes,
}

fn read_attributes(list: &str, attributes: &mut Attributes) {
    attributes.is_default |= list.split(',').any(|one| one.trim() == "default");
    if let Some((_, value)) = list.split_once("working-directory") {
        attributes.folder = Some(unquoted(value.trim_matches([':', '(', ')', ' '])));
    }
}

/// Adds the commands of a recipe's lines, each of which its own shell runs; a recipe with a shebang is one script.
fn commands(collector: &mut Collector<'_>, path: &str, body: &[Line<'_>], context: &Context, variables: &Variables) {
    let first = body.iter().find(|line| !line.text.trim().is_empty());
    if let Some(shebang) = first.and_then(|line| line.text.trim().strip_prefix("#!")) {
        let is_shell = shebang.split(['/', ' ']).any(|word| matches!(word, "bash" | "sh" | "zsh" | "dash"));
        if is_shell {
            let lines = body.iter().map(|line| stripped(line, 0, variables));
            collector.shell(Script::of_lines(path, lines), context.clone());
        }
        return;
    }
    let mut start = 0;
    while start < body.len() {
        let mut end = start + 1;
        while end < body.len() && body[end - 1].text.ends_with('\\') {
            end += 1;
        }
        let line = body[start].text.trim_start();
        let prefix = line.len() - line.trim_start_matches(['@', '-']).len();
        let tolerated = line[..prefix].contains('-');
        let lines = body[start..end]
            .iter()
            .enumerate()
            .map(|(index, line)| stripped(line, if index == 0 { prefix } else { 0 }, variables));
        let context = Context { tolerated, ..context.clone() };
        collector.shell(Script::of_lines(path, lines), context);
        start = end;
    }
}

/// A line without indentation and prefix, its known variables filled in.
fn stripped(line: &Line<'_>, prefix: usize, variables: &Variables) -> (String, Range<usize>) {
    let skipped = line.indentation() + prefix;
    (filled(&line.text[skipped..], variables), line.start + skipped..line.range().end)
}

fn filled(text: &str, variables: &Variables) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        let end = start + length + 2;
        result.push_str(&rest[..start]);
        match value(rest[start + 2..end - 2].trim(), variables) {
            Some(value) if result.len() + value.len() <= text.len() + LONGEST_VALUE => result.push_str(&value),
            _ => result.push_str(&rest[start..end]),
        }
        rest = &rest[end..];
    }
    result.push_str(rest);
    result
}

/// `name := "value"` at the start of a line.
fn assignment(line: &str, variables: &mut Variables) {
    let line = line.strip_prefix("export ").unwrap_or(line);
    if line.starts_with([' ', '\t', '#']) || line.starts_with("set ") || line.starts_with("alias ") {
        return;
    }
    if let Some((name, expression)) = line.split_once(":=") {
        let name = name.trim();
        if !name.is_empty()
            && !name.contains(' ')
            && let Some(value) = value(expression.trim(), variables)
        {
            variables.insert(name.to_owned(), value);
        }
    }
}

/// The value of an expression of literals and known names: `"venv/" + name`.
fn value(expression: &str, variables: &Variables) -> Option<String> {
    let mut result = String::new();
    let mut rest = expression.trim();
    loop {
        let first = rest.chars().next()?;
        if matches!(first, '"' | '\'') {
            let end = rest[1..].find(first)? + 1;
            result.push_str(&rest[1..end]);
            rest = rest[end + 1..].trim_start();
        } else {
            let end = rest
                .find(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '_' | '-'))
                .unwrap_or(rest.len());
            result.push_str(variables.get(&rest[..end])?);
            rest = rest[end..].trim_start();
        }
        if result.len() > LONGEST_VALUE {
            return None;
        }
        let (joint, after) = match rest.chars().next() {
            None | Some('#') => return Some(result),
            Some('+') => ("", &rest[1..]),
            Some('/') => ("/", &rest[1..]),
            Some(_) => return None,
        };
        result.push_str(joint);
        rest = after.trim_start();
    }
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].split(quote).next().unwrap_or_default().to_owned(),
        _ => text.split_whitespace().next().unwrap_or_default().to_owned(),
    }
}

fn is_header(line: &str) -> bool {
    let start = line.trim_start_matches('@');
    start.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
        && colon(line).is_some_and(|colon| !line[colon..].starts_with(":="))
}

/// The colon after a recipe's parameters: not one within a default value, nor that of `:=`.
fn colon(line: &str) -> Option<usize> {
    let mut quote = None;
    let mut depth = 0_usize;
    for (index, char) in line.char_indices() {
        match (quote, char) {
            (Some(open), _) if char == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(char),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ':') if depth == 0 => return Some(index),
            (None, '#') => return None,
            _ => {}
        }
    }
    None
}

/// Names of the recipes after the colon: `a (b "x") && c`.
fn dependencies(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut is_next = false;
    let text = text.split(" #").next().unwrap_or_default();
    for word in text.split_whitespace() {
        let opens = word.matches('(').count();
        let name = word.trim_matches(['(', ')']);
        if (depth == 0 || is_next) && !name.is_empty() && name != "&&" {
            found.push(name);
        }
        is_next = word == "(";
        depth = (depth + opens).saturating_sub(word.matches(')').count());
    }
    found
}
