//! Answers a plugin's imports from the facts, and takes what it reports.

use std::sync::Arc;

use super::crossing::{Crossed, Crossing};
use super::description::{Rule, SEARCH_EVERYWHERE};
use super::limits::Memory;
use super::outside::{Clock, Outside};
use super::run::Stop;
use super::said::Said;
use super::wit::plimsoll::plugin as api;
use super::wit::{Absence, Node, Place, report};
use crate::facts::covered::covered;
use crate::facts::python::Scope;
use crate::facts::{Facts, Target};
use crate::finding::Confidence;
use crate::repository::{Purpose, ReadError};

/// Files larger than this are not handed to plugins as text.
const LARGEST_TEXT: u64 = 1 << 20;
/// More findings than this from one rule on one target are a fault of the rule.
const MOST_FINDINGS: usize = 2_000;
/// Longer texts are cut.
const LONGEST_TEXT: usize = 4 << 10;
/// A fix with more edits than this is left out; the finding stays.
const MOST_EDITS: usize = 200;

/// The state behind one instance.
pub(crate) struct Host {
    pub(crate) facts: Arc<Facts>,
    pub(crate) target: Target,
    pub(crate) rule: Arc<Rule>,
    pub(crate) said: Said,
    pub(crate) panic: Option<String>,
    pub(crate) memory: Memory,
    pub(crate) outside: Outside,
    /// What crossed so far; none where nobody wants to know, because counting looks at every value.
    pub(crate) crossed: Option<Crossed>,
}

impl Host {
    /// Begins to answer a call of the plugin with these arguments.
    fn enter(&mut self, arguments: &[&dyn Crossing]) -> Clock {
        let clock = self.outside.start();
        if let Some(crossed) = &mut self.crossed {
            crossed.from_plugin += arguments.iter().map(|argument| argument.bytes()).sum::<u64>();
        }
        clock
    }

    /// Hands an answer to the plugin.
    fn answer<T: Crossing>(&mut self, answer: T) -> T {
        if let Some(crossed) = &mut self.crossed {
            crossed.to_plugin += answer.bytes();
        }
        answer
    }

    /// Checks that the rule declared what it asks for: the facts hold nothing else.
    fn declared(&self, kind: &str, names: &[String], globs: &[String]) -> wasmtime::Result<()> {
        if self.rule.declares(kind, names, globs) {
            return Ok(());
        }
        Err(Stop::Undeclared { kind: kind.to_owned(), names: names.iter().chain(globs).cloned().collect() }.into())
    }

    /// The Python files that the rule looks at.
    fn scope(&self) -> Scope<'_> {
        Scope { target: &self.target, roles: self.rule.roles }
    }

    /// The files that a search looks into.
    fn searched(&self, patterns: &[String], globs: &[String]) -> wasmtime::Result<Scope<'_>> {
        if self.rule.declares(SEARCH_EVERYWHERE, patterns, globs) {
            return Ok(Scope::from(&self.target));
        }
        self.declared("search", patterns, globs)?;
        Ok(self.scope())
    }

    fn cited(&self, requirement: &str) -> wasmtime::Result<()> {
        if self.rule.requirements.iter().any(|id| id == requirement) {
            return Ok(());
        }
        Err(Stop::Requirement(clip(requirement.to_owned(), 64)).into())
    }
}

/// Cuts a text at a character boundary.
fn clip(mut text: String, longest: usize) -> String {
    if text.len() > longest {
        let end = (0..=longest).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

/// How sure a finding is of a rule that is never surer than this.
fn at_most(said: report::Confidence, most: Confidence) -> report::Confidence {
    match (said, most) {
        (_, Confidence::Low) => report::Confidence::Low,
        (report::Confidence::High, Confidence::Medium) => report::Confidence::Medium,
        (said, _) => said,
    }
}

fn absence(error: &ReadError) -> Absence {
    match error {
        ReadError::Missing => Absence::Missing,
        _ => Absence::Unreadable,
    }
}

impl api::types::Host for Host {}

impl api::repository::Host for Host {
    fn find(&mut self, patterns: Vec<String>) -> wasmtime::Result<Vec<api::repository::File>> {
        let _outside = self.enter(&[&patterns]);
        let projects = self.facts.projects();
        let (files, named) = (self.facts.repository().files(), self.facts.named(&patterns));
        let found = named
            .iter()
            .filter_map(|index| Some((&files[*index], projects.place(*index)?)))
            .filter(|(_, (_, root))| match &self.target {
                Target::Repository => true,
                Target::Project(wanted) => root == wanted,
            })
            .map(|(file, (role, root))| api::repository::File {
                path: file.path.clone(),
                role,
                empty: file.size == 0,
                executable: file.executable,
                project: root.to_owned(),
            })
            .collect();
        self.said.asked.globs.insert(patterns);
        Ok(self.answer(found))
    }

    fn exists(&mut self, path: String) -> wasmtime::Result<bool> {
        let _outside = self.enter(&[&path]);
        Ok(self.answer(self.facts.repository().exists(&path)))
    }

    fn read(&mut self, path: String) -> wasmtime::Result<Result<String, Absence>> {
        let _outside = self.enter(&[&path]);
        let repository = self.facts.repository();
        let text = match repository.file(&path) {
            None => Err(Absence::Missing),
            Some(file) if file.size > LARGEST_TEXT => Err(Absence::Unreadable),
            Some(_) => match repository.read_for(&path, Purpose::Alone) {
                Ok(mut text) => {
                    if text.starts_with('\u{feff}') {
                        text.drain(..'\u{feff}'.len_utf8());
                    }
                    Ok(text)
                }
                Err(error) => Err(absence(&error)),
            },
        };
        self.said.asked.paths.insert(path);
        Ok(self.answer(text))
    }

    fn search(&mut self, patterns: Vec<String>, globs: Vec<String>) -> wasmtime::Result<Vec<api::repository::Match>> {
        let _outside = self.enter(&[&patterns, &globs]);
        let scope = self.searched(&patterns, &globs)?;
        Ok(self.answer(self.facts.search().search(&self.facts, scope, &patterns, &globs)))
    }

    fn tallies(&mut self, patterns: Vec<String>, globs: Vec<String>) -> wasmtime::Result<Vec<api::repository::Tally>> {
        let _outside = self.enter(&[&patterns, &globs]);
        let scope = self.searched(&patterns, &globs)?;
        Ok(self.answer(self.facts.search().tallies(&self.facts, scope, &patterns, &globs)))
    }

    fn ignored(&mut self, paths: Vec<String>) -> wasmtime::Result<Vec<bool>> {
        let _outside = self.enter(&[&paths]);
        Ok(self.answer(paths.iter().map(|path| self.facts.repository().is_ignored(path)).collect()))
    }

    fn covered(&mut self, base: String, glob: String, paths: Vec<String>) -> wasmtime::Result<Vec<bool>> {
        let _outside = self.enter(&[&base, &glob, &paths]);
        Ok(self.answer(covered(&base, &glob, &paths)))
    }
}

impl api::documents::Host for Host {
    fn read(&mut self, path: String, keys: Vec<String>) -> wasmtime::Result<Result<Vec<Node>, Absence>> {
        let _outside = self.enter(&[&path, &keys]);
        let value = self.facts.documents().read(&self.facts, &path, &keys);
        if matches!(value, Err(Absence::Invalid | Absence::Unreadable)) {
            self.said.broken.push(path);
        }
        Ok(self.answer(value))
    }
}

impl api::python::Host for Host {
    fn imports(&mut self, names: Vec<String>) -> wasmtime::Result<Vec<api::python::Import>> {
        let _outside = self.enter(&[&names]);
        self.declared("imports", &names, &[])?;
        Ok(self.answer(self.facts.python().imports(self.scope(), &names)))
    }

    fn calls(&mut self, names: Vec<String>) -> wasmtime::Result<Vec<api::python::Call>> {
        let _outside = self.enter(&[&names]);
        self.declared("calls", &names, &[])?;
        Ok(self.answer(self.facts.python().calls(self.scope(), &names)))
    }

    fn definitions(
        &mut self,
        kinds: Vec<String>,
        names: Vec<String>,
    ) -> wasmtime::Result<Vec<api::python::Definition>> {
        let _outside = self.enter(&[&kinds, &names]);
        self.declared("definitions", &names, &kinds)?;
        Ok(self.answer(self.facts.python().definitions(self.scope(), &kinds, &names)))
    }

    fn outlines(&mut self, kinds: Vec<String>, names: Vec<String>) -> wasmtime::Result<Vec<api::python::Outline>> {
        let _outside = self.enter(&[&kinds, &names]);
        self.declared("outlines", &names, &kinds)?;
        Ok(self.answer(self.facts.python().outlines(self.scope(), &kinds, &names)))
    }

    fn handlers(&mut self, exceptions: Vec<String>) -> wasmtime::Result<Vec<api::python::Handler>> {
        let _outside = self.enter(&[&exceptions]);
        self.declared("handlers", &exceptions, &[])?;
        Ok(self.answer(self.facts.python().handlers(self.scope(), &exceptions)))
    }

    fn assignments(&mut self, names: Vec<String>) -> wasmtime::Result<Vec<api::python::Assignment>> {
        let _outside = self.enter(&[&names]);
        self.declared("assignments", &names, &[])?;
        Ok(self.answer(self.facts.python().assignments(self.scope(), &names)))
    }

    fn lineages(&mut self, classes: Vec<String>) -> wasmtime::Result<Vec<Option<api::python::Lineage>>> {
        let _outside = self.enter(&[&classes]);
        self.declared("lineages", &[], &[])?;
        let lineages: Vec<Option<api::python::Lineage>> =
            classes.iter().map(|class| self.facts.lineage(class)).collect();
        let ancestors = lineages.iter().flatten().flat_map(|lineage| &lineage.ancestors);
        let told = &mut self.said.asked.classes;
        told.extend(ancestors.map(|ancestor| ancestor.name.clone()));
        told.extend(classes);
        Ok(self.answer(lineages))
    }

    fn statements(&mut self, kinds: Vec<String>) -> wasmtime::Result<Vec<api::python::Statement>> {
        let _outside = self.enter(&[&kinds]);
        self.declared("statements", &kinds, &[])?;
        Ok(self.answer(self.facts.python().statements(self.scope(), &kinds)))
    }
}

impl api::project::Host for Host {
    fn projects(&mut self) -> wasmtime::Result<Vec<api::project::Project>> {
        let _outside = self.enter(&[]);
        Ok(self.answer(self.facts.projects().projects(&self.facts, &self.target)))
    }

    fn dependencies(&mut self, names: Vec<String>) -> wasmtime::Result<Vec<api::project::Dependency>> {
        let _outside = self.enter(&[&names]);
        Ok(self.answer(self.facts.projects().dependencies(&self.facts, &self.target, &names)))
    }

    fn locked(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        let _outside = self.enter(&[&name]);
        Ok(self.answer(self.facts.projects().locked(&self.facts, &self.target, &name)))
    }

    fn source_files(&mut self, root: String) -> wasmtime::Result<u32> {
        let _outside = self.enter(&[&root]);
        Ok(self.answer(self.facts.projects().source_files(&self.target, &root)))
    }
}

impl api::automation::Host for Host {
    fn commands(&mut self, programs: Vec<String>) -> wasmtime::Result<Vec<api::automation::Command>> {
        let _outside = self.enter(&[&programs]);
        Ok(self.answer(self.facts.automation().commands(&self.facts, &self.target, &programs)))
    }

    fn actions(&mut self, names: Vec<String>) -> wasmtime::Result<Vec<api::automation::Action>> {
        let _outside = self.enter(&[&names]);
        Ok(self.answer(self.facts.automation().actions(&self.facts, &self.target, &names)))
    }

    fn hooks(&mut self, ids: Vec<String>) -> wasmtime::Result<Vec<api::automation::Hook>> {
        let _outside = self.enter(&[&ids]);
        Ok(self.answer(self.facts.automation().hooks(&self.facts, &self.target, &ids)))
    }

    fn workflows(&mut self) -> wasmtime::Result<Vec<api::automation::Workflow>> {
        let _outside = self.enter(&[]);
        Ok(self.answer(self.facts.automation().workflows(&self.facts, &self.target)))
    }

    fn opaque_steps(&mut self) -> wasmtime::Result<Vec<api::automation::Opaque>> {
        let _outside = self.enter(&[]);
        Ok(self.answer(self.facts.automation().opaque_steps(&self.facts, &self.target)))
    }

    fn tasks(&mut self) -> wasmtime::Result<Vec<api::automation::Task>> {
        let _outside = self.enter(&[]);
        Ok(self.answer(self.facts.automation().tasks(&self.facts, &self.target)))
    }
}

impl api::containers::Host for Host {
    fn dockerfiles(&mut self) -> wasmtime::Result<Vec<api::containers::Dockerfile>> {
        let _outside = self.enter(&[]);
        Ok(self.answer(self.facts.containers().dockerfiles(&self.facts, &self.target)))
    }

    fn compose_files(&mut self) -> wasmtime::Result<Vec<api::containers::ComposeFile>> {
        let _outside = self.enter(&[]);
        Ok(self.answer(self.facts.containers().compose_files(&self.facts, &self.target)))
    }

    fn ignored(&mut self, dockerfile: String, paths: Vec<String>) -> wasmtime::Result<Vec<bool>> {
        let _outside = self.enter(&[&dockerfile, &paths]);
        Ok(self.answer(self.facts.containers().ignored(&self.facts, &dockerfile, &paths)))
    }
}

impl api::git::Host for Host {
    fn available(&mut self) -> wasmtime::Result<api::git::History> {
        let _outside = self.enter(&[]);
        Ok(self.answer(self.facts.git().available()))
    }

    fn commits(&mut self, limit: u32) -> wasmtime::Result<Vec<api::git::Commit>> {
        let _outside = self.enter(&[&limit]);
        Ok(self.answer(self.facts.git().commits(limit).to_vec()))
    }

    fn tags(&mut self) -> wasmtime::Result<Vec<String>> {
        let _outside = self.enter(&[]);
        Ok(self.answer(self.facts.git().tags().to_vec()))
    }

    fn branches(&mut self) -> wasmtime::Result<Vec<String>> {
        let _outside = self.enter(&[]);
        Ok(self.answer(self.facts.git().branches().to_vec()))
    }
}

impl api::report::Host for Host {
    fn emit(&mut self, mut finding: report::Finding) -> wasmtime::Result<()> {
        let _outside = self.enter(&[&finding]);
        if self.said.findings.len() >= MOST_FINDINGS {
            return Err(Stop::TooManyFindings(MOST_FINDINGS).into());
        }
        for requirement in &finding.requirements {
            self.cited(requirement)?;
        }
        finding.confidence = at_most(finding.confidence, self.rule.confidence);
        finding.fix = finding.fix.filter(|fix| fix.edits.len() <= MOST_EDITS);
        finding.message = clip(finding.message, LONGEST_TEXT);
        finding.help = finding.help.map(|help| clip(help, LONGEST_TEXT));
        finding.related.truncate(20);
        self.said.findings.push(finding);
        Ok(())
    }

    fn not_applicable(&mut self, requirement: String, reason: String) -> wasmtime::Result<()> {
        let _outside = self.enter(&[&requirement, &reason]);
        self.cited(&requirement)?;
        if self.said.not_applicable.len() < MOST_FINDINGS {
            self.said.not_applicable.push((requirement, clip(reason, LONGEST_TEXT)));
        }
        Ok(())
    }

    fn unknown(&mut self, requirement: String, place: Option<Place>, reason: String) -> wasmtime::Result<()> {
        let _outside = self.enter(&[&requirement, &place, &reason]);
        self.cited(&requirement)?;
        if self.said.unknown.len() < MOST_FINDINGS {
            self.said.unknown.push((requirement, place, clip(reason, LONGEST_TEXT)));
        }
        Ok(())
    }
}

impl api::log::Host for Host {
    fn debug(&mut self, message: String) -> wasmtime::Result<()> {
        let _outside = self.enter(&[&message]);
        if self.said.messages.len() < MOST_FINDINGS {
            self.said.messages.push(clip(message, LONGEST_TEXT));
        }
        Ok(())
    }

    fn panic(&mut self, message: String) -> wasmtime::Result<()> {
        let _outside = self.enter(&[&message]);
        self.panic = Some(clip(message, LONGEST_TEXT));
        Ok(())
    }
}
