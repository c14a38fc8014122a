//! In which files facts of which names were found: a later run that wants few of them takes only these files' facts out
//! of the cache.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Interest;
use super::kinds::Kinds;
use super::pattern::{PatternSet, scoped};
use super::python::Python;
use super::role_set::RoleSet;
use super::search::Search;
use crate::plugin::wit::Role;

/// Names, sorted, with the numbers of the files that have facts of them.
pub(super) type Names<'a> = Vec<(&'a str, BTreeSet<u32>)>;

/// By kind of fact. The numbers are those of [`super::kept`].
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Postings {
    imports: Encoded,
    calls: Encoded,
    definitions: Encoded,
    outlines: Encoded,
    handlers: Encoded,
    assignments: Encoded,
    statements: Encoded,
    classes: Encoded,
    /// By pattern.
    matches: Encoded,
}

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
        Self {
            imports: Encoded::new(&python.imports.names(number_of)),
            calls: Encoded::new(&python.calls.names(number_of)),
            definitions: Encoded::new(&python.definitions.names(number_of)),
            outlines: Encoded::new(&python.outlines.names(number_of)),
            handlers: Encoded::new(&python.handlers.names(number_of)),
            assignments: Encoded::new(&python.assignments.names(number_of)),
            statements: Encoded::new(&python.statements.names(number_of)),
            classes: Encoded::new(classes),
            matches: Encoded::new(&search.names(number_of)),
        }
    }

    /// The files in which something may be that is wanted, and the kinds of it; none where that isn't known.
    pub(super) fn wanted(&self, interest: &Interest, roles: &BTreeMap<u32, Role>) -> Option<BTreeMap<u32, Kinds>> {
        let mut wanted = Wanted { roles, files: BTreeMap::new() };
        for (of, names) in &interest.python {
            let second = |pairs: &BTreeSet<(String, String)>| pairs.iter().map(|(_, name)| name.clone()).collect();
            wanted.add(Kinds::IMPORTS, &self.imports, *of, &names.imports)?;
            wanted.add(Kinds::CALLS, &self.calls, *of, &names.calls)?;
            wanted.add(Kinds::DEFINITIONS, &self.definitions, *of, &second(&names.definitions))?;
            wanted.add(Kinds::OUTLINES, &self.outlines, *of, &second(&names.outlines))?;
            wanted.add(Kinds::HANDLERS, &self.handlers, *of, &names.handlers)?;
            wanted.add(Kinds::ASSIGNMENTS, &self.assignments, *of, &names.assignments)?;
            wanted.add(Kinds::STATEMENTS, &self.statements, *of, &names.statements)?;
        }
        if !interest.search.is_empty() {
            let patterns: BTreeSet<&str> = interest.search.keys().map(|(pattern, _)| pattern.as_str()).collect();
            let bytes = self.matches.decoded()?;
            let names: Names<'_> = postcard::from_bytes(&bytes).ok()?;
            let files = names.into_iter().filter(|(name, _)| patterns.contains(name)).flat_map(|(_, files)| files);
            files.for_each(|file| wanted.note(file, Kinds::MATCHES));
        }
        Some(wanted.files)
    }

    /// The files that define classes, by the class's dotted name.
    pub(super) fn classes(&self) -> BTreeMap<String, BTreeSet<u32>> {
        let bytes = self.classes.decoded().unwrap_or_default();
        let names: Names<'_> = postcard::from_bytes(&bytes).unwrap_or_default();
        names.into_iter().map(|(name, files)| (name.to_owned(), files)).collect()
    }
}

/// What is wanted so far.
struct Wanted<'a> {
    roles: &'a BTreeMap<u32, Role>,
    files: BTreeMap<u32, Kinds>,
}

impl Wanted<'_> {
    fn note(&mut self, file: u32, kind: Kinds) {
        let kinds = self.files.entry(file).or_default();
        *kinds = kinds.and(kind);
    }

    /// Adds the files of some roles that have facts of a kind whose name one of the patterns matches.
    fn add(&mut self, kind: Kinds, encoded: &Encoded, of: RoleSet, patterns: &BTreeSet<String>) -> Option<()> {
        if patterns.is_empty() {
            return Some(());
        }
        let (set, bytes) = (PatternSet::new(patterns.iter().map(|text| scoped(text).1)), encoded.decoded()?);
        let names: Names<'_> = postcard::from_bytes(&bytes).ok()?;
        for file in names.into_iter().filter(|(name, _)| set.is_match(name)).flat_map(|(_, files)| files) {
            if self.roles.get(&file).is_none_or(|role| of.contains(*role)) {
                self.note(file, kind);
            }
        }
        Some(())
    }
}
