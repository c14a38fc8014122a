//! How often a module's functions read the names that assignments bind.

use std::collections::{HashMap, HashSet};

use super::module::{Module, ScopeId};

#[derive(Default)]
pub(super) struct Reads<'a> {
    /// By the scope that binds the name.
    pub(super) names: HashMap<(ScopeId, &'a str), u32>,
    pub(super) attributes: HashMap<&'a str, u32>,
}

/// Counts the reads of these names.
pub(super) fn count<'a>(module: &Module<'a>, names: impl Iterator<Item = &'a str>) -> Reads<'a> {
    let names: HashSet<&str> = names.collect();
    let mut reads = Reads::default();
    for read in module.reads.iter().filter(|read| names.contains(read.name)) {
        if read.is_attribute {
            *reads.attributes.entry(read.name).or_default() += 1;
        } else if let Some((holder, _)) = module.lookup(read.name, read.scope) {
            *reads.names.entry((holder, read.name)).or_default() += 1;
        }
    }
    reads
}
