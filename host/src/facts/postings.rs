//! In which files facts of which names were found: a later run that wants few of them takes only these files' facts out
//! of the cache.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::kinds::{KINDS, Kinds};
use super::pattern::{Patterns, scoped};
use super::python::Python;
use super::role_set::RoleSet;
use super::search::Search;
use super::{Interest, PythonInterest};
use crate::plugin::wit::Role;

/// Names, sorted, with the numbers of the files that have facts of them.
pub(super) type Names<'a> = Vec<(&'a str, BTreeSet<u32>)>;

/// By the place of a kind of facts. The numbers are those of [`super::kept`].
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Postings([Encoded; KINDS]);

/// Names of one kind, compressed: of most kinds nobody wants to know.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Encoded(Vec<u8>);

impl Encoded {
    fn new(names: &Names<'_>) -> Self {
        let bytes = postcard::to_allocvec(names).unwrap_or_default();
        Self(lz4_flex::compress_prepend_size(&bytes))
    }

    /// None where they are damaged.
    fn decoded(&self) -> Option<Vec<u8>> {
        lz4_flex::decompress_size_prepended(&self.0).ok()
    }
}

impl Postings {
    /// Of what was found; `number_of` tells the number of the file with a path.
    pub(super) fn new(
        python: &Python,
        search: &Search,
        classes: &Names<'_>,
        number_of: &dyn Fn(&str) -> Option<u32>,
    ) -> Self {
        let in_python = [
            python.imports.names(number_of),
            python.calls.names(number_of),
            python.definitions.names(number_of),
            python.outlines.names(number_of),
            python.handlers.names(number_of),
            python.assignments.names(number_of),
            python.statements.names(number_of),
        ];
        let mut kinds = <[Encoded; KINDS]>::default();
        for (kind, names) in Kinds::NAMED.into_iter().zip(&in_python) {
            kinds[kind.place()] = Encoded::new(names);
        }
        kinds[Kinds::CLASSES.place()] = Encoded::new(classes);
        kinds[Kinds::MATCHES.place()] = Encoded::new(&search.names(number_of));
        Self(kinds)
    }

    /// The files in which something may be that is wanted, and the kinds of it; none where that isn't known.
    pub(super) fn wanted(
        &self,
        interest: &Interest,
        patterns: &Patterns,
        roles: &BTreeMap<u32, Role>,
    ) -> Option<BTreeMap<u32, Kinds>> {
        let mut wanted = Wanted { roles, files: BTreeMap::new() };
        for (of, names) in &interest.python {
            let second = |pairs: &BTreeSet<(String, String)>| pairs.iter().map(|(_, name)| name.clone()).collect();
            let (definitions, outlines) = (second(&names.definitions), second(&names.outlines));
            let PythonInterest { imports, calls, handlers, assignments, statements, .. } = names;
            let named = [imports, calls, &definitions, &outlines, handlers, assignments, statements];
            for (kind, names) in Kinds::NAMED.into_iter().zip(named).filter(|(_, names)| !names.is_empty()) {
                let set = patterns.set(names.iter().map(|text| scoped(text).1));
                wanted.add(kind, self.of(kind), *of, |name| set.is_match(name))?;
            }
        }
        if !interest.search.is_empty() {
            let patterns: BTreeSet<&str> = interest.search.keys().map(|(pattern, _)| pattern.as_str()).collect();
            let matches = self.of(Kinds::MATCHES);
            wanted.add(Kinds::MATCHES, matches, RoleSet::default(), |pattern| patterns.contains(pattern))?;
        }
        Some(wanted.files)
    }

    /// The files that define classes, by the class's dotted name.
    pub(super) fn classes(&self) -> BTreeMap<String, BTreeSet<u32>> {
        let bytes = self.of(Kinds::CLASSES).decoded().unwrap_or_default();
        let names: Names<'_> = postcard::from_bytes(&bytes).unwrap_or_default();
        names.into_iter().map(|(name, files)| (name.to_owned(), files)).collect()
    }

    fn of(&self, kind: Kinds) -> &Encoded {
        &self.0[kind.place()]
    }
}

/// What is wanted so far.
struct Wanted<'a> {
    roles: &'a BTreeMap<u32, Role>,
    files: BTreeMap<u32, Kinds>,
}

impl Wanted<'_> {
    /// Adds the files of some roles that have facts of a kind with a name that is wanted.
    fn add(&mut self, kind: Kinds, names: &Encoded, of: RoleSet, is_wanted: impl Fn(&str) -> bool) -> Option<()> {
        let bytes = names.decoded()?;
        let names: Names<'_> = postcard::from_bytes(&bytes).ok()?;
        for file in names.into_iter().filter(|(name, _)| is_wanted(name)).flat_map(|(_, files)| files) {
            if self.roles.get(&file).is_none_or(|role| of.contains(*role)) {
                let kinds = self.files.entry(file).or_default();
                *kinds = kinds.and(kind);
            }
        }
        Some(())
    }
}
