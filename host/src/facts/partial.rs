//! Where classes come from, when only the facts of some files were taken out of the cache: the classes of others are
//! fetched when someone asks for them by name.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Kept;
use super::python::{Class, FileFacts, lineage};
use crate::plugin::wit::python::Lineage;

/// The files that were taken, and what was fetched of others so far.
#[derive(Default)]
pub(super) struct Partial {
    taken: HashSet<String>,
    /// Classes of the files that were taken by name, with the file; of several the last in the order of files.
    classes: HashMap<String, (String, Arc<Class>)>,
    /// The files that may define a class, by its name, when the cache is asked.
    named: OnceLock<BTreeMap<String, BTreeSet<String>>>,
    fetched: Mutex<HashMap<String, Vec<Arc<Class>>>>,
}

impl Partial {
    /// A file that was taken, and what was found in it; files come sorted by path.
    pub(super) fn add(&mut self, path: &str, found: Option<&mut FileFacts>) {
        self.taken.insert(path.to_owned());
        for class in found.map(|found| std::mem::take(&mut found.classes)).into_iter().flatten() {
            self.classes.insert(class.name.clone(), (path.to_owned(), Arc::new(class)));
        }
    }

    /// Where a class comes from, by its dotted name.
    pub(super) fn lineage(&self, kept: &Kept, class: &str) -> Option<Lineage> {
        lineage(class, |name| self.find(kept, name))
    }

    /// Of several classes of one name the last in the order of files.
    fn find(&self, kept: &Kept, name: &str) -> Option<Arc<Class>> {
        let named = self.named.get_or_init(|| kept.classes());
        let taken = self.classes.get(name);
        let others = named.get(name).into_iter().flatten().rev().filter(|path| !self.taken.contains(*path));
        for path in others {
            if taken.is_some_and(|(taken, _)| taken > path) {
                break;
            }
            if let Some(class) = self.fetch(kept, path, name) {
                return Some(class);
            }
        }
        taken.map(|(_, class)| Arc::clone(class))
    }

    /// The last class of a name in a file that was not taken.
    fn fetch(&self, kept: &Kept, path: &str, name: &str) -> Option<Arc<Class>> {
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        let classes =
            fetched.entry(path.to_owned()).or_insert_with(|| kept.classes_of(path).into_iter().map(Arc::new).collect());
        classes.iter().rev().find(|class| class.name == name).cloned()
    }
}
