//! What classes are derived from, followed through the repository's own classes.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::plugin::wit::python::{Ancestor, Lineage};

/// More ancestors than this tell a rule nothing.
const MOST_ANCESTORS: usize = 100;

/// A class of the repository, by resolved names.
#[derive(PartialEq, Serialize, Deserialize)]
pub(in crate::facts) struct Class {
    /// With its module.
    pub(in crate::facts) name: String,
    pub(super) decorators: Vec<String>,
    pub(super) bases: Vec<String>,
    /// Sorted.
    pub(super) members: Vec<String>,
}

/// All of them by name.
pub(super) struct Classes(HashMap<String, Class, foldhash::fast::RandomState>);

impl Classes {
    /// Of several classes of one name the last in the order of files counts.
    pub(super) fn new(classes: Vec<Class>) -> Self {
        Self(classes.into_iter().map(|class| (class.name.clone(), class)).collect())
    }

    pub(super) fn find(&self, name: &str) -> Option<&Class> {
        self.0.get(name)
    }
}

/// Where a class comes from; `find` finds the classes of the repository.
pub(in crate::facts) fn lineage<C: Deref<Target = Class>>(
    name: &str,
    find: impl Fn(&str) -> Option<C>,
) -> Option<Lineage> {
    let class = find(name)?;
    let decorators = class.decorators.clone();
    let mut seen = HashSet::from([name.to_owned()]);
    let mut ancestors = Vec::new();
    let mut level = vec![class];
    while !level.is_empty() && ancestors.len() < MOST_ANCESTORS {
        let bases: Vec<String> = level.iter().flat_map(|class| class.bases.iter().cloned()).collect();
        level.clear();
        for base in bases {
            if seen.contains(&base) {
                continue;
            }
            let known = find(&base);
            let members = known.as_ref().map(|class| class.members.clone()).unwrap_or_default();
            ancestors.push(Ancestor { name: base.clone(), known: known.is_some(), members });
            level.extend(known);
            seen.insert(base);
        }
    }
    Some(Lineage { decorators, ancestors })
}
