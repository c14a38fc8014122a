//! What Python files do: imports, calls, definitions, handlers, assignments and statements, as `wit/` defines them.
//!
//! [`needles`] tells which files need not be parsed, [`nesting`] refuses what would exhaust the stack, [`collect`] visits
//! a tree once and notes a [`module`], [`names`] and [`values`] resolve on demand, [`extract`] keeps what [`interest`]
//! wants, [`index`] answers queries. Trees and texts are dropped with the file. Notebooks are not read; vendored and generated files are not parsed.

use std::sync::{Arc, Mutex, PoisonError};

use ruff_python_ast::ModModule;
use ruff_python_parser::ParseError;

use self::classes::Classes;
pub(super) use self::classes::{Class, lineage};
pub(super) use self::extract::{Differences, FileFacts};
use self::index::{Index, Indexed};
use self::interest::Wanted;
use super::pattern::{ExpressionSets, Pattern, Patterns, scoped};
use super::role_set::RoleSet;
use super::trigrams::Trigrams;
use super::{Facts, Target, Trouble};
use crate::parallel;
use crate::plugin::wit::python::{Assignment, Call, Definition, Handler, Import, Lineage, Outline, Statement};
use crate::plugin::wit::{Role, Span};
use crate::repository::{Purpose, ReadError, file_name};

mod actions;
mod classes;
mod collect;
mod extract;
mod index;
mod interest;
mod module;
mod names;
mod needles;
mod nesting;
pub(crate) mod noqa;
mod reads;
#[cfg(test)]
mod tests;
mod values;

/// Larger files are not parsed.
pub(super) const LARGEST_FILE: usize = 2 << 20;
/// What [`nesting::DEEPEST`] levels need is a fraction of this; pages that are not touched cost nothing.
pub(super) const STACK: usize = 128 << 20;

/// Which files a question is about.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) target: &'a Target,
    pub(crate) roles: RoleSet,
}

impl<'a> From<&'a Target> for Scope<'a> {
    fn from(target: &'a Target) -> Self {
        Self { target, roles: RoleSet::default() }
    }
}

/// The Python facts of a repository.
pub(crate) struct Python {
    pub(super) imports: Index<Import>,
    pub(super) calls: Index<Call>,
    pub(super) definitions: Index<Definition>,
    pub(super) outlines: Index<Outline>,
    pub(super) handlers: Index<Handler>,
    pub(super) assignments: Index<Assignment>,
    pub(super) statements: Index<Statement>,
    classes: Classes,
    patterns: Arc<Patterns>,
}

impl Python {
    /// Makes what was found in the files, which are sorted by path, answer queries.
    pub(super) fn new(facts: &Facts, files: Vec<FileFacts>) -> Self {
        let room = files.len();
        let (mut all_calls, mut all_imports) = (Vec::with_capacity(room), Vec::with_capacity(room));
        let (mut all_handlers, mut all_statements) = (Vec::with_capacity(room), Vec::with_capacity(room));
        let (mut all_assignments, mut all_definitions) = (Vec::with_capacity(room), Vec::with_capacity(room));
        let (mut all_outlines, mut all_classes) = (Vec::with_capacity(room), Vec::new());
        for FileFacts { imports, calls, definitions, outlines, handlers, assignments, statements, classes } in files {
            all_imports.push(imports);
            all_calls.push(calls);
            all_definitions.push(definitions);
            all_outlines.push(outlines);
            all_handlers.push(handlers);
            all_assignments.push(assignments);
            all_statements.push(statements);
            all_classes.extend(classes);
        }
        let root_of = |path: &str| facts.projects().root_of(path);
        // Two halves of about the same size.
        let first = Mutex::new((all_calls, all_imports, all_handlers, all_statements));
        let first = || {
            let (calls, imports, handlers, statements) =
                std::mem::take(&mut *first.lock().unwrap_or_else(PoisonError::into_inner));
            (
                Index::new(calls, root_of),
                Index::new(imports, root_of),
                Index::new(handlers, root_of),
                Index::new(statements, root_of),
            )
        };
        let second = || {
            (
                Index::new(all_assignments, root_of),
                Index::new(all_definitions, root_of),
                Index::new(all_outlines, root_of),
                Classes::new(all_classes),
            )
        };
        let ((calls, imports, handlers, statements), (assignments, definitions, outlines, classes)) =
            parallel::both(first, second);
        Self {
            imports,
            calls,
            definitions,
            outlines,
            handlers,
            assignments,
            statements,
            classes,
            patterns: Arc::clone(facts.patterns()),
        }
    }

    /// Imports whose resolved name matches; sorted by path and span, as all answers.
    pub(crate) fn imports<'a>(&self, scope: impl Into<Scope<'a>>, names: &[String]) -> Vec<Import> {
        self.query(&self.imports, scope.into(), names)
    }

    /// Calls whose resolved name matches.
    pub(crate) fn calls<'a>(&self, scope: impl Into<Scope<'a>>, names: &[String]) -> Vec<Call> {
        self.query(&self.calls, scope.into(), names)
    }

    /// Definitions of one of the kinds (`*` for all) whose name matches.
    pub(crate) fn definitions<'a>(
        &self,
        scope: impl Into<Scope<'a>>,
        kinds: &[String],
        names: &[String],
    ) -> Vec<Definition> {
        let is_wanted = |definition: &&Definition| kinds.iter().any(|kind| *kind == definition.kind || kind == "*");
        self.select(&self.definitions, scope.into(), names).filter(is_wanted).cloned().collect()
    }

    /// Outlines of one of the kinds (`*` for all) whose name matches.
    pub(crate) fn outlines<'a>(&self, scope: impl Into<Scope<'a>>, kinds: &[String], names: &[String]) -> Vec<Outline> {
        let is_wanted = |outline: &&Outline| kinds.iter().any(|kind| *kind == outline.kind || kind == "*");
        self.select(&self.outlines, scope.into(), names).filter(is_wanted).cloned().collect()
    }

    /// Handlers that catch one of these exceptions; `bare` stands for `except:`.
    pub(crate) fn handlers<'a>(&self, scope: impl Into<Scope<'a>>, exceptions: &[String]) -> Vec<Handler> {
        self.query(&self.handlers, scope.into(), exceptions)
    }

    /// Assignments whose target's last part matches.
    pub(crate) fn assignments<'a>(&self, scope: impl Into<Scope<'a>>, names: &[String]) -> Vec<Assignment> {
        self.query(&self.assignments, scope.into(), names)
    }

    /// Statements of these kinds.
    pub(crate) fn statements<'a>(&self, scope: impl Into<Scope<'a>>, kinds: &[String]) -> Vec<Statement> {
        self.query(&self.statements, scope.into(), kinds)
    }

    /// Where a class comes from, by its dotted name.
    pub(super) fn lineage(&self, class: &str) -> Option<Lineage> {
        lineage(class, |name| self.classes.find(name))
    }

    fn query<T: Indexed>(&self, index: &Index<T>, scope: Scope<'_>, names: &[String]) -> Vec<T> {
        self.select(index, scope, names).cloned().collect()
    }

    fn select<'i, T: Indexed>(
        &self,
        index: &'i Index<T>,
        scope: Scope<'_>,
        names: &[String],
    ) -> impl Iterator<Item = &'i T> + use<'i, T> {
        // No other names have colons, so that only patterns of assignments are ever limited to a scope.
        let scoped = names.iter().map(|text| scoped(text));
        let patterns: Vec<(Option<&str>, Arc<Pattern>)> =
            scoped.filter_map(|(scope, text)| Some((scope, self.patterns.declared(text)?))).collect();
        let project = match scope.target {
            Target::Repository => None,
            Target::Project(root) => Some(root.as_str()),
        };
        index.query(project, &patterns).into_iter().filter(move |fact| scope.roles.contains(fact.site().role))
    }
}

/// Why a text is no module.
enum Broken {
    /// Nested too deeply, from this byte on.
    Nested(usize),
    Syntax(ParseError),
}

/// Parses a module for whoever needs its literals; none when it is too large, nested too deeply or broken. Call it on
/// a thread with a large stack.
pub(crate) fn parse_module(text: &str) -> Option<ModModule> {
    if text.len() > LARGEST_FILE { None } else { parse(text).ok() }
}

/// Parses a module whose nesting is bounded.
fn parse(text: &str) -> Result<ModModule, Broken> {
    if let Some(offset) = nesting::too_deep(text) {
        return Err(Broken::Nested(offset));
    }
    ruff_python_parser::parse_module(text).map(ruff_python_parser::Parsed::into_syntax).map_err(Broken::Syntax)
}

/// What is looked for in files of each role.
pub(super) struct Plan(Vec<(Role, Wanted)>);

impl Plan {
    /// Plans for files of these roles.
    pub(super) fn new(facts: &Facts, roles: impl IntoIterator<Item = Role>) -> Self {
        let mut plan: Vec<(Role, Wanted)> = Vec::new();
        let mut sets = ExpressionSets::default();
        for role in roles {
            if !plan.iter().any(|(known, _)| *known == role) {
                plan.push((role, Wanted::new(&facts.interest().of(role), role, &mut sets)));
            }
        }
        Self(plan)
    }

    /// Parses and visits one file, whose text is at hand and its sequences noted; none of one that can't be used.
    pub(super) fn read(
        &self,
        facts: &Facts,
        path: &str,
        role: Role,
        text: Result<&str, &ReadError>,
        trigrams: &Trigrams,
    ) -> Option<FileFacts> {
        let wanted = self.0.iter().find(|(known, _)| *known == role);
        wanted.map_or_else(|| Some(FileFacts::default()), |(_, wanted)| read(facts, path, role, text, wanted, trigrams))
    }
}

/// Whether a file is Python code.
pub(crate) fn is_python(path: &str) -> bool {
    path.ends_with(".py") || path.ends_with(".pyi")
}

/// Whether a file is Python code that is parsed.
pub(super) fn is_parsed(path: &str, role: Role) -> bool {
    is_python(path) && !matches!(role, Role::Vendored | Role::Generated | Role::Template)
}

fn read(
    facts: &Facts,
    path: &str,
    role: Role,
    text: Result<&str, &ReadError>,
    wanted: &Wanted,
    trigrams: &Trigrams,
) -> Option<FileFacts> {
    // What a generator fills in is no Python yet.
    let is_template = path.split('/').any(|part| matches!(part, "template" | "templates"));
    let is_judged = !is_template && is_judged(path, role);
    let unreadable = |offset: usize, message: String| {
        let offset = offset as u32;
        facts.problem(Trouble::Unreadable, path, Span { start: offset, end: offset }, message);
    };
    let text = match text {
        Ok(text) => text,
        Err(ReadError::TooLarge { .. }) => {
            unreadable(0, "larger than the 2 MiB of Python that are parsed".to_owned());
            return None;
        }
        Err(ReadError::NotText { offset }) => {
            if is_judged {
                let start = facts.repository().read_bytes_for(path, Purpose::Alone).unwrap_or_default();
                unreadable(*offset, encoding_message(&start));
            }
            return None;
        }
        Err(ReadError::Missing) => return None,
        Err(error) => {
            unreadable(0, error.to_string());
            return None;
        }
    };
    let name = facts.projects().module_of(path);
    if is_generated(text) || !wanted.may_be_in(text, &name, trigrams) {
        return Some(FileFacts::default());
    }
    match parse(text) {
        Ok(tree) => {
            let is_package = path.ends_with("__init__.py") || path.ends_with("__init__.pyi");
            let module = collect::collect(&tree, text, &name, is_package, wanted);
            Some(extract::extract(&module, path, role, wanted))
        }
        Err(broken) => {
            if is_judged {
                let (span, message) = describe(&broken, text);
                facts.problem(Trouble::Invalid, path, span, message);
            }
            None
        }
    }
}

/// Whether a broken file is somebody's problem: examples and the data of tests may be broken on purpose.
fn is_judged(path: &str, role: Role) -> bool {
    match role {
        Role::Source | Role::Script | Role::Migration => true,
        Role::Test => {
            let name = file_name(path);
            let is_module = name.starts_with("test_") || name.ends_with("_test.py") || name == "conftest.py";
            let is_data = path.split('/').any(|folder| {
                matches!(folder, "cases" | "data" | "fixtures" | "resources" | "snapshots" | "test_data" | "testdata")
            });
            is_module && !is_data
        }
        Role::Documentation | Role::Example | Role::Generated | Role::Template | Role::Vendored => false,
    }
}

/// Whether the comments at the top of a file say that a generator wrote it.
fn is_generated(text: &str) -> bool {
    text.lines().take(20).filter(|line| line.trim_start().starts_with('#') || line.starts_with("\"\"\"")).any(|line| {
        [
            "@generated",
            "Code generated",
            "DO NOT EDIT",
            "Generated by Django",
            "generated by datamodel-codegen",
            "Generated by the protocol buffer",
        ]
        .iter()
        .any(|mark| line.contains(mark))
    })
}

/// Why bytes are no text, with the encoding that the file declares.
fn encoding_message(bytes: &[u8]) -> String {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).into_owned();
    let declared = start.lines().take(2).find_map(|line| {
        let (_, after) = line.trim_start().strip_prefix('#')?.split_once("coding")?;
        let name = after.strip_prefix([':', '='])?.trim_start();
        let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter));
        Some(name[..end.unwrap_or(name.len())].to_owned())
    });
    match declared {
        Some(name) if !matches!(name.to_ascii_lowercase().as_str(), "utf-8" | "utf8" | "") => {
            format!("encoded as `{name}`; only UTF-8 is read")
        }
        _ => "not UTF-8".to_owned(),
    }
}

fn describe(broken: &Broken, text: &str) -> (Span, String) {
    match broken {
        Broken::Nested(offset) => {
            let start = (0..=*offset).rev().find(|&offset| text.is_char_boundary(offset)).unwrap_or(0) as u32;
            (Span { start, end: start }, "nested deeper than 2,000 levels".to_owned())
        }
        Broken::Syntax(error) => {
            let limit = text.len() as u32;
            let (start, end) = (error.location.start().to_u32().min(limit), error.location.end().to_u32().min(limit));
            let line =
                text.get(..start as usize).and_then(|before| before.rsplit('\n').next()).unwrap_or("").trim_start();
            let mut message = error.error.to_string();
            if line.starts_with("print ") || line.starts_with("exec ") {
                message = "syntax of Python 2".to_owned();
            } else if let Some(first) = message.get(..1).map(str::to_ascii_lowercase) {
                message.replace_range(..1, &first);
            }
            (Span { start, end }, message)
        }
    }
}
