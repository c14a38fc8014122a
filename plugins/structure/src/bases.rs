//! Bases of classes, and which of their names the repository itself chose.

use plimsoll_sdk::prelude::*;

/// Resolved names of a class's bases, without their type arguments.
pub(crate) fn names(class: &Definition) -> Vec<String> {
    let name = |base: Item<'_>| match base.kind() {
        NodeKind::Subscript => base.children().next().map_or(String::new(), |value| value.text().to_owned()),
        _ => base.text().to_owned(),
    };
    class.bases.iter().filter_map(|base| Item::root(base).filter(|root| root.key().is_none()).map(name)).collect()
}

/// Whether a method's name may be given by a base: one that is not in the repository, or one that has such a method.
pub(crate) fn may_give(classes: &[Definition], class: &Definition, method: &str, depth: u32) -> bool {
    names(class).iter().any(|base| {
        if matches!(base.as_str(), "builtins.object" | "object" | "abc.ABC" | "typing.Generic") {
            return false;
        }
        let same = |other: &&Definition| format!("{}.{}", other.site.module, other.name) == *base;
        let found = classes.iter().find(same).filter(|_| depth < 8);
        found.is_none_or(|found| {
            found.parameters.iter().any(|member| member.name == method) || may_give(classes, found, method, depth + 1)
        })
    })
}

/// The class of this name in a file.
pub(crate) fn class_of<'a>(classes: &'a [Definition], site: &Site) -> Option<&'a Definition> {
    let name = site.class.as_ref()?;
    let around =
        |class: &&Definition| class.extent.start <= site.place.span.start && site.place.span.end <= class.extent.end;
    let candidates = classes.iter().filter(|class| class.site.place.path == site.place.path && class.name == *name);
    candidates.filter(around).next_back()
}
