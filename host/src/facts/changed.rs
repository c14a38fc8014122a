//! What changed, since an earlier run, in what is found in single files: in their texts and in their Python code.

use std::collections::{BTreeMap, BTreeSet};

use super::kept::Extract;
use super::project::telling_calls;
use super::python::{Differences, FileFacts, Python, Scope};
use super::role_set::RoleSet;
use super::search::Search;
use super::texts::{self, Found, Plans};
use super::{Facts, Interest, PythonInterest, Target};
use crate::plugin::wit::Role;
use crate::repository::{Digest, File};

/// The files that changed.
#[derive(Default)]
pub(crate) struct Changed {
    files: Vec<ChangedFile>,
    /// What is to be kept of them, by their index.
    extracts: BTreeMap<usize, Option<Extract>>,
}

/// A file that was read before, and is not what it was.
pub(crate) struct Renewed {
    pub(crate) index: usize,
    /// Of what it was.
    pub(crate) digest: Digest,
    /// Whether something of it was kept.
    pub(crate) was_kept: bool,
}

struct ChangedFile {
    path: String,
    /// Root of its project.
    project: String,
    /// Whether comments in it may speak to plimsoll.
    is_marked: bool,
    before: Seen,
    now: Seen,
    /// The kinds of facts that are not what they were.
    kinds: Differences,
}

/// What is found in one file, ready to be asked.
struct Seen {
    python: Python,
    search: Search,
}

impl Changed {
    /// Reads the files again. None where it isn't known what was found in one of them before, or where what is found
    /// now may decide about more than the rules that ask for it.
    pub(crate) fn new(facts: &Facts, renewed: &[Renewed]) -> Option<Self> {
        let files: Vec<&File> =
            renewed.iter().map(|one| facts.repository().files().get(one.index)).collect::<Option<_>>()?;
        let before = renewed.iter().zip(&files).map(|(one, file)| before(facts, one, file)).collect::<Option<Vec<_>>>();
        let before = before?;
        let plans = Plans::new(facts, files.iter().copied());
        let now = texts::of_files(facts, &plans, &files);
        let mut changed = Self::default();
        for (((one, file), before), (now, extract)) in renewed.iter().zip(&files).zip(before).zip(now) {
            let path = file.path.clone();
            let is_marked = texts::is_marked(facts, &path, &now);
            let nothing = FileFacts::default();
            let kinds = before.file.as_ref().unwrap_or(&nothing).differences(now.file.as_ref().unwrap_or(&nothing));
            let (before, now) = (Seen::new(facts, &plans, before), Seen::new(facts, &plans, now));
            let project = facts.projects().root_of(&path).to_owned();
            changed.files.push(ChangedFile { path, project, is_marked, before, now, kinds });
            changed.extracts.insert(one.index, extract);
        }
        // The profiles of projects come of some calls, and any rule may ask for them.
        let mut telling = Interest::default();
        telling.of_roles(RoleSet::only(Role::Source)).calls.extend(telling_calls().map(str::to_owned));
        (!changed.concerns(facts, &telling, &Target::Repository)).then_some(changed)
    }

    /// Whether something differs that a rule with this interest sees when it is called for a target, but for where classes
    /// come from: see [`Changed::concerns_classes`].
    pub(crate) fn concerns(&self, facts: &Facts, interest: &Interest, target: &Target) -> bool {
        self.files.iter().any(|file| file.concerns(facts, interest, target))
    }

    /// Whether one of these classes is another, or is there and was not, or was.
    pub(crate) fn concerns_classes(&self, classes: &BTreeSet<String>) -> bool {
        self.files.iter().any(|file| !file.kinds.classes.is_disjoint(classes))
    }

    /// The paths of the files.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.as_str())
    }

    /// The paths of those in which comments may speak to plimsoll.
    pub(super) fn marked(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|file| file.is_marked).map(|file| file.path.as_str())
    }

    /// What is to be kept of the files, by their index.
    pub(super) fn extracts(&self) -> &BTreeMap<usize, Option<Extract>> {
        &self.extracts
    }
}

/// What was found in a file; none where that isn't known.
fn before(facts: &Facts, one: &Renewed, file: &File) -> Option<Found> {
    let source = texts::source(facts, file);
    if one.was_kept {
        return facts.kept.as_ref()?.earlier(facts, &source, one.digest);
    }
    // Of modules that could not be read nothing is kept; of other files nothing was found.
    (!source.is_parsed).then(Found::default)
}

impl Seen {
    fn new(facts: &Facts, plans: &Plans, found: Found) -> Self {
        let python = Python::new(facts, found.file.into_iter().collect());
        Self { python, search: Search::new(plans.search.patterns(), found.matches) }
    }
}

impl ChangedFile {
    fn concerns(&self, facts: &Facts, interest: &Interest, target: &Target) -> bool {
        let is_inside = match target {
            Target::Repository => true,
            Target::Project(root) => self.project == *root,
        };
        is_inside && (self.concerns_python(interest) || self.concerns_search(facts, interest))
    }

    fn concerns_python(&self, interest: &Interest) -> bool {
        let (before, now, kinds) = (&self.before.python, &self.now.python, &self.kinds);
        let differs = |roles: RoleSet, wanted: &PythonInterest| {
            let scope = Scope { target: &Target::Repository, roles };
            let all = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<String>>();
            let (imports, calls, handlers) = (all(&wanted.imports), all(&wanted.calls), all(&wanted.handlers));
            let (assignments, statements) = (all(&wanted.assignments), all(&wanted.statements));
            let each = |pairs: &BTreeSet<(String, String)>, differs: &dyn Fn(&[String], &[String]) -> bool| {
                pairs.iter().any(|(kind, name)| differs(std::slice::from_ref(kind), std::slice::from_ref(name)))
            };
            kinds.imports && before.imports(scope, &imports) != now.imports(scope, &imports)
                || kinds.calls && before.calls(scope, &calls) != now.calls(scope, &calls)
                || kinds.handlers && before.handlers(scope, &handlers) != now.handlers(scope, &handlers)
                || kinds.assignments && before.assignments(scope, &assignments) != now.assignments(scope, &assignments)
                || kinds.statements && before.statements(scope, &statements) != now.statements(scope, &statements)
                || kinds.definitions
                    && each(&wanted.definitions, &|kinds, names| {
                        before.definitions(scope, kinds, names) != now.definitions(scope, kinds, names)
                    })
                || kinds.outlines
                    && each(&wanted.outlines, &|kinds, names| {
                        before.outlines(scope, kinds, names) != now.outlines(scope, kinds, names)
                    })
        };
        interest.python.iter().any(|(roles, wanted)| differs(*roles, wanted))
    }

    fn concerns_search(&self, facts: &Facts, interest: &Interest) -> bool {
        let (before, now) = (&self.before.search, &self.now.search);
        interest.search.iter().any(|((pattern, glob), roles)| {
            let (patterns, globs) = (std::slice::from_ref(pattern), std::slice::from_ref(glob));
            let scope = Scope { target: &Target::Repository, roles: *roles };
            before.of(pattern) != now.of(pattern)
                && before.search(facts, scope, patterns, globs) != now.search(facts, scope, patterns, globs)
        })
    }
}
