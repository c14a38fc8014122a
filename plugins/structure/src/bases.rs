//! Bases of classes.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::python::Lineage;
use std::collections::{BTreeMap, BTreeSet};

/// Where the classes around some code come from, by dotted name.
pub(crate) struct Lineages(BTreeMap<String, Lineage>);

impl Lineages {
    /// Asks for those of all classes around these places, once.
    pub(crate) fn around<'a>(sites: impl Iterator<Item = &'a Site>) -> Self {
        let names: BTreeSet<String> = sites.filter_map(Site::class_name).collect();
        let names: Vec<String> = names.into_iter().collect();
        let found = python::lineages(&names);
        Self(names.into_iter().zip(found).filter_map(|(name, lineage)| Some((name, lineage?))).collect())
    }

    /// That of the class around a place.
    pub(crate) fn of(&self, site: &Site) -> Option<&Lineage> {
        self.0.get(&site.class_name()?)
    }
}

/// Resolved names of a class's bases, without their type arguments.
pub(crate) fn names(class: &Definition) -> Vec<String> {
    let name = |base: Item<'_>| match base.kind() {
        NodeKind::Subscript => base.children().next().map_or(String::new(), |value| value.text().to_owned()),
        _ => base.text().to_owned(),
    };
    class.bases.iter().filter_map(|base| Item::root(base).filter(|root| root.key().is_none()).map(name)).collect()
}
