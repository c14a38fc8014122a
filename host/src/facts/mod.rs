//! What is known of the checked repository. Each kind of fact is built once, when a rule first asks for it; [`texts`]
//! reads in one pass what is looked for in texts and in Python code.
//!
//! Nothing here touches the disk but through [`crate::repository`] (and `git`, which reads `.git`), and nothing here
//! knows which rules there are: what they want arrives as an [`Interest`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};

pub(crate) use self::changed::{Changed, Renewed};
pub(crate) use self::kept::{Kept, Overlay};
pub(crate) use self::python::is_python;
use self::role_set::RoleSet;
use crate::plugin::wit::project::Profile;
use crate::plugin::wit::python::Lineage;
use crate::plugin::wit::{Role, Span};
use crate::repository::{Digest, Repository};

pub(crate) mod automation;
mod changed;
pub(crate) mod containers;
pub(crate) mod covered;
pub(crate) mod documents;
pub(crate) mod git;
pub(crate) mod globs;
mod kept;
mod kinds;
mod matcher;
mod partial;
mod paths;
pub(crate) mod pattern;
mod postings;
mod premade;
pub(crate) mod project;
pub(crate) mod python;
pub(crate) mod role_set;
pub(crate) mod search;
mod texts;
pub(crate) mod trigrams;
pub(crate) mod value;

/// The profiles that are detected. A manifest may name others, for rules of its own.
pub(crate) const PROFILES: &[&str] = &[
    "api",
    "application",
    "auth",
    "batch",
    "cli",
    "cloud-run",
    "containerized",
    "database",
    "django",
    "event-driven",
    "github",
    "gke",
    "grpc",
    "has-docs",
    "library",
    "monorepo",
    "streaming",
    "worker",
];

/// What the active rules want from the costly kinds of facts: the union of their declarations. Patterns are those of
/// [`pattern::Pattern`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Interest {
    /// In Python files, by the roles of files that a rule looks at.
    pub(crate) python: BTreeMap<RoleSet, PythonInterest>,
    /// By regular expression and glob, the roles of the Python files that are searched.
    pub(crate) search: BTreeMap<(String, String), RoleSet>,
}

/// What rules want of Python files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PythonInterest {
    pub(crate) imports: BTreeSet<String>,
    pub(crate) calls: BTreeSet<String>,
    pub(crate) handlers: BTreeSet<String>,
    pub(crate) assignments: BTreeSet<String>,
    pub(crate) statements: BTreeSet<String>,
    /// Kind and name pattern.
    pub(crate) definitions: BTreeSet<(String, String)>,
    /// The same for outlines.
    pub(crate) outlines: BTreeSet<(String, String)>,
    /// Where classes come from.
    pub(crate) lineages: bool,
}

impl PythonInterest {
    fn extend(&mut self, more: &Self) {
        self.imports.extend(more.imports.iter().cloned());
        self.calls.extend(more.calls.iter().cloned());
        self.handlers.extend(more.handlers.iter().cloned());
        self.assignments.extend(more.assignments.iter().cloned());
        self.statements.extend(more.statements.iter().cloned());
        self.definitions.extend(more.definitions.iter().cloned());
        self.outlines.extend(more.outlines.iter().cloned());
        self.lineages |= more.lineages;
    }
}

impl Interest {
    /// What is wanted of the Python files with these roles, to add to it.
    pub(crate) fn of_roles(&mut self, roles: RoleSet) -> &mut PythonInterest {
        self.python.entry(roles).or_default()
    }

    /// What is wanted of files of a role.
    pub(crate) fn of(&self, role: Role) -> PythonInterest {
        let mut all = PythonInterest::default();
        self.python.iter().filter(|(roles, _)| roles.contains(role)).for_each(|(_, interest)| all.extend(interest));
        all
    }
}

/// What a rule is called for: the whole repository, or one project of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Target {
    Repository,
    /// The project with this root.
    Project(String),
}

impl Target {
    /// Whether a file belongs to the target. A file belongs to the nearest project upwards; what lies in no project
    /// belongs to the repository's root.
    pub(crate) fn contains(&self, facts: &Facts, path: &str) -> bool {
        match self {
            Self::Repository => true,
            Self::Project(root) => facts.projects().root_of(path) == root,
        }
    }
}

/// A file that could not be used, found while facts were built. Becomes a finding of the host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Problem {
    pub(crate) path: String,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) trouble: Trouble,
    pub(crate) message: String,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Trouble {
    Invalid,
    Unreadable,
}

impl Trouble {
    /// The rule of the host that it belongs to, without the section.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::Invalid => "invalid-file",
            Self::Unreadable => "unreadable-file",
        }
    }
}

/// The profiles that the manifest sets, for all projects or for one.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProfileSettings {
    pub(crate) all: Option<Vec<String>>,
    /// By the project's root.
    pub(crate) projects: BTreeMap<String, Vec<String>>,
}

/// All facts of one repository.
pub(crate) struct Facts {
    repository: Repository,
    interest: Interest,
    profiles: ProfileSettings,
    problems: Mutex<BTreeSet<Problem>>,
    documents: documents::Documents,
    reading: OnceLock<texts::Reading>,
    texts: OnceLock<texts::Texts>,
    projects: OnceLock<project::Projects>,
    automation: OnceLock<automation::Automation>,
    containers: OnceLock<containers::Containers>,
    git: git::Git,
    paths: OnceLock<paths::Paths>,
    patterns: Arc<pattern::Patterns>,
    /// What an earlier run found in texts; none when nothing is kept.
    kept: Option<Kept>,
    /// What still holds of what an earlier run knew.
    recalled: OnceLock<Recalled>,
}

/// What an earlier run knew of a repository, where only some files changed since, and none that decides about it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Known {
    pub(crate) problems: Vec<Problem>,
    /// The files in which comments may speak to plimsoll, sorted; none where nobody looked for them.
    pub(crate) marked: Option<Vec<String>>,
    pub(crate) profiles: BTreeMap<String, Vec<Profile>>,
    /// What automation does, encoded; none where nobody asked.
    automation: Option<Vec<u8>>,
}

struct Recalled {
    marked: Option<Vec<String>>,
    changed: Changed,
    automation: Option<Vec<u8>>,
    /// When the run began that wrote down what was found in texts, in nanoseconds since 1970.
    base: i64,
    /// What is wanted of texts and code by the rules that are called again.
    wanted: Interest,
}

impl Facts {
    pub(crate) fn new(repository: Repository, git: git::Git, interest: Interest) -> Self {
        Self {
            repository,
            interest,
            profiles: ProfileSettings::default(),
            problems: Mutex::default(),
            documents: documents::Documents::default(),
            reading: OnceLock::new(),
            texts: OnceLock::new(),
            projects: OnceLock::new(),
            automation: OnceLock::new(),
            containers: OnceLock::new(),
            git,
            paths: OnceLock::new(),
            patterns: Arc::default(),
            kept: None,
            recalled: OnceLock::new(),
        }
    }

    /// The same facts with profiles that are set instead of detected.
    pub(crate) fn with_profiles(self, profiles: ProfileSettings) -> Self {
        Self { profiles, ..self }
    }

    /// The same facts, which take from what an earlier run found, and can say what to keep for the next one.
    pub(crate) fn with_kept(self, kept: Option<Kept>) -> Self {
        Self { kept, ..self }
    }

    /// What was found in texts by a run that began at this moment, in nanoseconds since 1970, in the form to be kept; none
    /// where what an earlier run wrote down still serves, with [`Facts::overlay`].
    pub(crate) fn to_keep(&self, begun: i64) -> Option<Vec<u8>> {
        match (self.recalled.get(), self.resumed()) {
            (None, _) => Some(self.texts.get()?.encode(self, begun)),
            (Some(_), None) => Some(self.texts().encode(self, begun)),
            (Some(recalled), Some(kept)) => {
                let changed = recalled.changed.extracts();
                (!kept.is_overlaid(self, changed)).then(|| kept.renewed(self, begun, changed))
            }
        }
    }

    /// What replaces what the earlier run wrote down that is gone on from, and when that run began; none where all is
    /// written down anew.
    pub(crate) fn overlay(&self) -> Option<(i64, Overlay)> {
        let (recalled, kept) = self.recalled.get().zip(self.resumed())?;
        let changed = recalled.changed.extracts();
        kept.is_overlaid(self, changed).then(|| (kept.begun(), kept.overlay(self, changed)))
    }

    /// What was written down of texts by the very run that is recalled; another one may have seen other files.
    fn resumed(&self) -> Option<&Kept> {
        let (recalled, kept) = self.recalled.get().zip(self.kept.as_ref())?;
        (kept.begun() == recalled.base).then_some(kept)
    }

    /// Whether something of what was found in a file is kept for the next run.
    pub(crate) fn keeps(&self, index: usize) -> bool {
        match (self.recalled.get(), self.texts.get()) {
            (None, Some(texts)) => texts.extracts.binary_search_by_key(&index, |(index, _)| *index).is_ok(),
            (recalled, _) => match recalled.and_then(|recalled| recalled.changed.extracts().get(&index)) {
                Some(extract) => extract.is_some(),
                None => self.kept_path(index).is_some_and(|(kept, path)| kept.has(path)),
            },
        }
    }

    /// Whether something is kept of what was found in a file when it had this digest.
    pub(crate) fn keeps_of(&self, index: usize, digest: Digest) -> bool {
        self.kept_path(index).is_some_and(|(kept, path)| kept.has_of(path, digest))
    }

    fn kept_path(&self, index: usize) -> Option<(&Kept, &str)> {
        self.kept.as_ref().zip(self.repository.files().get(index).map(|file| file.path.as_str()))
    }

    /// Where a class of the repository comes from, by its dotted name.
    pub(crate) fn lineage(&self, class: &str) -> Option<Lineage> {
        let texts = self.texts();
        match texts.partial.as_ref().zip(self.kept.as_ref()) {
            Some((partial, kept)) => partial.lineage(kept, class),
            None => texts.python.lineage(class),
        }
    }

    /// What is known now, for a later run.
    pub(crate) fn known(&self) -> Known {
        Known {
            problems: self.problems(),
            marked: match (self.recalled.get(), self.texts.get()) {
                (Some(Recalled { marked: Some(marked), .. }), _) => Some(marked.clone()),
                (_, texts) => texts.map(|texts| texts.marked.clone()),
            },
            profiles: self.projects().profiles(self).clone(),
            automation: match self.recalled.get().and_then(|recalled| recalled.automation.as_ref()) {
                Some(automation) => Some(automation.clone()),
                None => self.automation.get().and_then(automation::Automation::encode),
            },
        }
    }

    /// Takes for true what an earlier run knew, but for what is found in the files that changed. From then on there are
    /// only those facts from texts and code that are wanted.
    pub(crate) fn recall(&self, known: Known, base: i64, changed: Changed, wanted: Interest) {
        let Known { problems, mut marked, profiles, automation } = known;
        let is_same = |path: &str| !changed.paths().any(|changed| changed == path);
        if let Some(marked) = &mut marked {
            marked.retain(|path| is_same(path));
            marked.extend(changed.marked().map(str::to_owned));
            marked.sort();
        }
        let problems = problems.into_iter().filter(|problem| is_same(&problem.path));
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).extend(problems);
        self.projects().recall(profiles);
        // No one recalls twice.
        let _ = self.recalled.set(Recalled { marked, changed, automation, base, wanted });
    }

    /// The profiles that are set for a project.
    pub(crate) fn set_profiles(&self, root: &str) -> Option<&Vec<String>> {
        self.profiles.projects.get(root).or(self.profiles.all.as_ref())
    }

    pub(crate) fn repository(&self) -> &Repository {
        &self.repository
    }

    pub(crate) fn interest(&self) -> &Interest {
        &self.interest
    }

    pub(crate) fn documents(&self) -> &documents::Documents {
        &self.documents
    }

    pub(crate) fn git(&self) -> &git::Git {
        &self.git
    }

    pub(crate) fn python(&self) -> &python::Python {
        &self.texts().python
    }

    /// The files that one of these globs names, as indices.
    pub(crate) fn named(&self, globs: &[String]) -> Vec<usize> {
        self.paths.get_or_init(|| paths::Paths::new(self.repository.files())).named(self.repository.files(), globs)
    }

    /// The patterns that rules asked with, parsed.
    pub(crate) fn patterns(&self) -> &Arc<pattern::Patterns> {
        &self.patterns
    }

    pub(crate) fn projects(&self) -> &project::Projects {
        self.projects.get_or_init(|| project::Projects::build(self))
    }

    pub(crate) fn automation(&self) -> &automation::Automation {
        let recalled = || automation::Automation::decode(self.recalled.get()?.automation.as_ref()?);
        self.automation.get_or_init(|| recalled().unwrap_or_else(|| automation::Automation::build(self)))
    }

    pub(crate) fn containers(&self) -> &containers::Containers {
        self.containers.get_or_init(|| containers::Containers::build(self))
    }

    /// The files in which comments may speak to plimsoll, sorted; those of other people left out.
    pub(crate) fn marked(&self) -> &[String] {
        let recalled = self.recalled.get().and_then(|recalled| recalled.marked.as_ref());
        recalled.unwrap_or_else(|| &self.texts().marked)
    }

    pub(crate) fn search(&self) -> &search::Search {
        &self.texts().search
    }

    fn texts(&self) -> &texts::Texts {
        self.read_ahead();
        self.texts.get_or_init(|| self.taken().unwrap_or_else(|| texts::Texts::build(self)))
    }

    /// Reads texts, if all have to be read, as long as some are left that no other thread reads.
    pub(crate) fn read_ahead(&self) {
        if self.texts.get().is_none() && self.taken_from().is_none() {
            self.reading().take_part(self);
        }
    }

    fn reading(&self) -> &texts::Reading {
        self.reading.get_or_init(|| texts::Reading::new(self))
    }

    /// What is recalled and kept, where it spares reading all texts.
    fn taken_from(&self) -> Option<(&Recalled, &Kept)> {
        // Where nobody looked for marks yet, all texts are read.
        let recalled = self.recalled.get().filter(|recalled| recalled.marked.is_some())?;
        Some((recalled, self.resumed()?))
    }

    /// What is wanted of what an earlier run found; none where everything is looked for.
    fn taken(&self) -> Option<texts::Texts> {
        let (recalled, kept) = self.taken_from()?;
        texts::Texts::part(self, kept, &kept.wanted(&recalled.wanted, &self.patterns)?, &recalled.changed)
    }

    /// Notes a file that could not be used; once however often it is met.
    pub(crate) fn problem(&self, trouble: Trouble, path: &str, span: Span, message: impl Into<String>) {
        let problem =
            Problem { path: path.to_owned(), start: span.start, end: span.end, trouble, message: message.into() };
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).insert(problem);
    }

    /// The files that could not be used so far, sorted.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
