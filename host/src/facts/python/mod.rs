//! What Python files do: imports, calls, definitions, handlers, assignments, statements.
//!
//! Every Python file is parsed and visited once, in parallel, and only what some rule declared an interest in is kept;
//! sources and trees are dropped at once. Files that were generated or vendored are not looked at.

use std::collections::BTreeMap;

use rayon::prelude::*;
use ruff_python_ast::{ModModule, PySourceType};
use ruff_text_size::Ranged;

use super::pattern::{PatternSet, ScopedPatterns};
use super::{Facts, Target};
use crate::plugin::wit::python::{Assignment, Call, Definition, Handler, Import, Site, Statement};
use crate::plugin::wit::{Role, Span};
use crate::repository::ReadError;

mod extract;
mod names;
mod nesting;
pub(crate) mod noqa;
mod values;

/// Python files larger than this are not parsed.
const LARGEST_MODULE: u64 = 2 << 20;
/// Stack of a thread that visits trees as deep as [`nesting`] admits.
const STACK: usize = 128 << 20;
const MOST_THREADS: usize = 16;

/// What the rules and the host want, ready to be matched.
struct Wanted {
    imports: PatternSet,
    calls: PatternSet,
    handlers: PatternSet,
    assignments: ScopedPatterns,
    statements: PatternSet,
    definitions: BTreeMap<String, PatternSet>,
}

/// Facts of one project, each kind sorted by path and place.
#[derive(Default)]
struct Found {
    imports: Vec<Import>,
    calls: Vec<Call>,
    definitions: Vec<Definition>,
    handlers: Vec<Handler>,
    assignments: Vec<Assignment>,
    statements: Vec<Statement>,
}

/// The facts of all Python files that some rule wants, by project.
pub(crate) struct Python {
    projects: BTreeMap<String, Found>,
}

macro_rules! query {
    ($name:ident, $kind:ident, |$fact:ident| $key:expr) => {
        pub(crate) fn $name(&self, _facts: &Facts, target: &Target, names: &[String]) -> Vec<$kind> {
            let patterns = PatternSet::new(names.iter().map(String::as_str));
            let matching = |found: &Found| -> Vec<$kind> {
                found.$name.iter().filter(|$fact| $key.iter().any(|name| patterns.is_match(name))).cloned().collect()
            };
            self.of(target).flat_map(matching).collect()
        }
    };
}

impl Python {
    pub(crate) fn build(facts: &Facts) -> Self {
        let projects = facts.projects();
        let interest = facts.interest();
        let set = |names: &std::collections::BTreeSet<String>| PatternSet::new(names.iter().map(String::as_str));
        let mut definitions: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (kind, name) in &interest.definitions {
            definitions.entry(kind.clone()).or_default().push(name);
        }
        let wanted = Wanted {
            imports: set(&interest.imports),
            calls: PatternSet::new(interest.calls.iter().map(String::as_str).chain(super::project::telling_calls())),
            handlers: set(&interest.handlers),
            assignments: ScopedPatterns::new(interest.assignments.iter().map(String::as_str)),
            statements: set(&interest.statements),
            definitions: definitions.into_iter().map(|(kind, names)| (kind, PatternSet::new(names))).collect(),
        };
        let files: Vec<_> = facts
            .repository()
            .files()
            .iter()
            .filter(|file| file.path.ends_with(".py"))
            .map(|file| (file, projects.role_of(&file.path)))
            .filter(|(_, role)| !matches!(role, Role::Vendored | Role::Generated | Role::Template))
            .collect();
        let work = || -> Vec<Found> {
            files
                .par_iter()
                .with_min_len(4)
                .map(|(file, role)| read(facts, &wanted, &file.path, file.size, *role))
                .collect()
        };
        // A pool of its own: visiting wants a large stack, and whoever waits for facts must not be set to other work.
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build();
        let found = match pool {
            Ok(pool) => pool.install(work),
            Err(_) => files.iter().map(|(file, role)| read(facts, &wanted, &file.path, file.size, *role)).collect(),
        };
        let mut by_project: BTreeMap<String, Found> = BTreeMap::new();
        for ((file, _), mut found) in files.iter().zip(found) {
            let all = by_project.entry(projects.root_of(&file.path).to_owned()).or_default();
            all.imports.append(&mut found.imports);
            all.calls.append(&mut found.calls);
            all.definitions.append(&mut found.definitions);
            all.handlers.append(&mut found.handlers);
            all.assignments.append(&mut found.assignments);
            all.statements.append(&mut found.statements);
        }
        for found in by_project.values_mut() {
            found.sort();
        }
        Self { projects: by_project }
    }

    fn of<'a>(&'a self, target: &Target) -> Box<dyn Iterator<Item = &'a Found> + 'a> {
        match target {
            Target::Repository => Box::new(self.projects.values()),
            Target::Project(root) => Box::new(self.projects.get(root).into_iter()),
        }
    }

    query!(imports, Import, |fact| [&fact.name]);
    query!(calls, Call, |fact| [&fact.name]);
    query!(statements, Statement, |fact| [&fact.kind]);

    pub(crate) fn assignments(&self, _facts: &Facts, target: &Target, names: &[String]) -> Vec<Assignment> {
        let patterns = ScopedPatterns::new(names.iter().map(String::as_str));
        let is_wanted = |one: &&Assignment| patterns.is_match(&one.scope, last_part(&one.target));
        self.of(target).flat_map(|found| found.assignments.iter().filter(is_wanted).cloned()).collect()
    }

    pub(crate) fn handlers(&self, _facts: &Facts, target: &Target, names: &[String]) -> Vec<Handler> {
        let patterns = PatternSet::new(names.iter().map(String::as_str));
        let is_wanted = |handler: &&Handler| catches(handler, &patterns);
        self.of(target).flat_map(|found| found.handlers.iter().filter(is_wanted).cloned()).collect()
    }

    pub(crate) fn definitions(
        &self,
        _facts: &Facts,
        target: &Target,
        kinds: &[String],
        names: &[String],
    ) -> Vec<Definition> {
        let patterns = PatternSet::new(names.iter().map(String::as_str));
        let is_wanted = |one: &&Definition| kinds.contains(&one.kind) && patterns.is_match(&one.name);
        self.of(target).flat_map(|found| found.definitions.iter().filter(is_wanted).cloned()).collect()
    }
}

impl Found {
    fn sort(&mut self) {
        let key = |site: &Site| (site.place.path.clone(), site.place.span.start, site.place.span.end);
        // Files come in order; within one file a nested fact may come before the one around it.
        self.imports.sort_by_cached_key(|fact| key(&fact.site));
        self.calls.sort_by_cached_key(|fact| key(&fact.site));
        self.definitions.sort_by_cached_key(|fact| key(&fact.site));
        self.handlers.sort_by_cached_key(|fact| key(&fact.site));
        self.assignments.sort_by_cached_key(|fact| key(&fact.site));
        self.statements.sort_by_cached_key(|fact| key(&fact.site));
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn catches(handler: &Handler, patterns: &PatternSet) -> bool {
    if handler.exceptions.is_empty() {
        return patterns.is_match("bare");
    }
    handler.exceptions.iter().any(|exception| patterns.is_match(exception))
}

fn read(facts: &Facts, wanted: &Wanted, path: &str, size: u64, role: Role) -> Found {
    let nowhere = Span { start: 0, end: 0 };
    // Test data and examples may be broken on purpose.
    let is_ours =
        matches!(role, Role::Source | Role::Script | Role::Migration) || role == Role::Test && is_test_module(path);
    // What a generator fills in is no Python yet.
    let is_template = path.split('/').any(|part| matches!(part, "template" | "templates"));
    let problem = |rule, span, message: String| {
        if is_ours && !is_template {
            facts.problem(rule, path, span, message);
        }
    };
    if size > LARGEST_MODULE {
        problem(
            "unreadable-file",
            nowhere,
            format!("larger than the {} MiB of Python that are parsed", LARGEST_MODULE >> 20),
        );
        return Found::default();
    }
    let text = match facts.repository().read(path) {
        Ok(text) => text,
        Err(ReadError::Missing) => return Found::default(),
        Err(error) => {
            problem("unreadable-file", nowhere, error.to_string());
            return Found::default();
        }
    };
    if is_generated(&text) {
        return Found::default();
    }
    if let Err(at) = nesting::check(&text) {
        let span = Span { start: at, end: at };
        problem("invalid-file", span, format!("nested deeper than {} levels", nesting::DEEPEST));
        return Found::default();
    }
    let parsed = ruff_python_parser::parse_unchecked_source(&text, PySourceType::Python);
    if let Some(error) = parsed.errors().first() {
        let range = error.location;
        let span = Span { start: range.start().into(), end: range.end().into() };
        let message = error.error.to_string();
        let mut letters = message.chars();
        let message = letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect());
        problem("invalid-file", span, format!("not valid Python: {message}"));
        return Found::default();
    }
    let module = facts.projects().module_of(path);
    extract::extract(wanted, parsed.syntax(), &text, path, &module, role)
}

/// Whether a file under the tests is code and no fixture.
fn is_test_module(path: &str) -> bool {
    let name = crate::repository::file_name(path);
    (name.starts_with("test_") || name.ends_with("_test.py") || name == "conftest.py")
        && !["fixtures", "testdata", "test_data", "data", "resources", "cases", "snapshots"]
            .iter()
            .any(|folder| path.split('/').any(|part| part == *folder))
}

/// Whether the head of a file says that a generator wrote it.
fn is_generated(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "@generated",
        "Code generated",
        "DO NOT EDIT",
        "Generated by Django",
        "generated by datamodel-codegen",
        "Generated by the protocol buffer",
    ];
    let head: usize = text.split_inclusive('\n').take(20).map(str::len).sum();
    let comments = text[..head].lines().filter(|line| line.trim_start().starts_with('#') || line.starts_with("\"\"\""));
    comments.into_iter().any(|line| MARKS.iter().any(|mark| line.contains(mark)))
}

/// Parses a small module for whoever needs its literals; none when it is broken or nested too deeply.
pub(crate) fn parse_module(text: &str) -> Option<ModModule> {
    if text.len() as u64 > LARGEST_MODULE || nesting::check(text).is_err() {
        return None;
    }
    let parsed = ruff_python_parser::parse_module(text).ok()?;
    Some(parsed.into_syntax())
}

/// A range of the parser as a span.
fn span(node: &impl Ranged) -> Span {
    let range = node.range();
    Span { start: range.start().into(), end: range.end().into() }
}

#[cfg(test)]
mod tests;
