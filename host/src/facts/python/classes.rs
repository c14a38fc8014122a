//! What classes are derived from, followed through the repository's own classes.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::plugin::wit::python::{Ancestor, Lineage};

/// More ancestors than this tell a rule nothing.
const MOST_ANCESTORS: usize = 100;

/// A class of the repository, by resolved names.
#[derive(PartialEq, Serialize, Deserialize)]
pub(super) struct Class {
    /// With its module.
    pub(super) name: String,
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

    pub(super) fn lineage(&self, name: &str) -> Option<Lineage> {
        let class = self.0.get(name)?;
        let mut seen = HashSet::from([name]);
        let mut ancestors = Vec::new();
        let mut level = vec![class];
        while !level.is_empty() && ancestors.len() < MOST_ANCESTORS {
            let bases: Vec<&str> = level.iter().flat_map(|class| class.bases.iter().map(String::as_str)).collect();
            level.clear();
            for base in bases {
                if !seen.insert(base) {
                    continue;
                }
                let known = self.0.get(base);
                ancestors.push(Ancestor {
                    name: base.to_owned(),
                    known: known.is_some(),
                    members: known.map(|class| class.members.clone()).unwrap_or_default(),
                });
                level.extend(known);
            }
        }
        Some(Lineage { decorators: class.decorators.clone(), ancestors })
    }
}
