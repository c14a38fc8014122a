//! Bases of classes, and which of their names the repository itself chose.

use plimsoll_sdk::prelude::*;
use std::collections::BTreeMap;

/// The classes of the target by dotted name and by file.
pub(crate) struct Classes<'a> {
    by_name: BTreeMap<String, &'a Definition>,
    by_file: BTreeMap<(&'a str, &'a str), Vec<&'a Definition>>,
}

impl<'a> Classes<'a> {
    pub(crate) fn new(classes: &'a [Definition]) -> Self {
        let mut by_file: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for class in classes {
            by_file.entry((class.site.place.path.as_str(), class.name.as_str())).or_default().push(class);
        }
        let dotted = |class: &Definition| format!("{}.{}", class.site.module, class.name);
        Self { by_name: classes.iter().map(|class| (dotted(class), class)).collect(), by_file }
    }

    /// The class around a place.
    pub(crate) fn around(&self, site: &Site) -> Option<&'a Definition> {
        let candidates = self.by_file.get(&(site.place.path.as_str(), site.class.as_deref()?))?;
        let span = site.place.span;
        candidates.iter().rfind(|class| class.extent.start <= span.start && span.end <= class.extent.end).copied()
    }

    /// Whether a method's name may be given by a base: one that is not in the repository, or one that has such a
    /// method.
    pub(crate) fn may_inherit(&self, class: &Definition, method: &str, depth: u32) -> bool {
        names(class).iter().any(|base| {
            if matches!(base.as_str(), "builtins.object" | "object" | "abc.ABC" | "typing.Generic") {
                return false;
            }
            let found = self.by_name.get(base).filter(|_| depth < 8);
            found.is_none_or(|found| {
                found.parameters.iter().any(|member| member.name == method)
                    || self.may_inherit(found, method, depth + 1)
            })
        })
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
