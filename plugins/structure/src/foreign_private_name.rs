//! Private names that are exported, or imported by another package of the repository.

use plimsoll_sdk::prelude::*;
use std::collections::BTreeSet;

rule! {
    /// A private name is used as if it were public.
    ///
    /// An underscore promises that the name may change at any time; a name in `__all__` or in another package's import
    /// breaks that promise. Take the underscore off, or use the public name.
    ///
    /// ```python bad src/app/text.py
    /// __all__ = ["join", "_split"]  # error: private `_split` in `__all__`
    ///
    /// def join(): ...
    /// def _split(): ...
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "shop"
    /// ```
    /// ```python bad src/shop/__init__.py
    /// ```
    /// ```python bad src/shop/prices.py
    /// def _round(price): ...
    /// ```
    /// ```python bad src/billing/__init__.py
    /// from shop.prices import _round  # error: private `shop.prices._round` of another package
    /// ```
    ///
    /// ```python good src/app/text.py
    /// from app._words import _split
    /// from gettext import gettext as _
    ///
    /// __all__ = ["join", "__version__"]
    ///
    /// def join(): ...
    /// ```
    /// ```python good src/app/stub.pyi
    /// __all__ = ["_limit"]
    /// ```
    /// ```python good src/app/_words.py
    /// def _split(): ...
    /// ```
    pub(crate) static FOREIGN_PRIVATE_NAME = {
        id: "foreign-private-name",
        requirements: ["4.6.7"],
        check: Check::Repository(foreign_private_name),
        roles: [Role::Source],
        wants: [Want::Assignments(&["__all__"]), Want::Imports(&[PRIVATE])],
        accepts: ["SLF001", "PLC2701"],
    }
}

const PRIVATE: &str = r"/\._[A-Za-z]/";

fn foreign_private_name(report: &mut Report) {
    for exports in python::assignments(&["__all__"]).iter().filter(|one| !is_stub(&one.site)) {
        let Some(names) = exports.value.as_deref().and_then(Item::root) else { continue };
        for name in names.children().filter(|name| name.string().is_some_and(is_private)) {
            report
                .finding(&name.place(&exports.site.place.path), format!("private `{}` in `__all__`", name.text()))
                .help("take the underscore off, or don't export it")
                .medium();
        }
    }
    let projects = project::projects();
    let has = |project: &Project, package: &str| project.packages.iter().any(|one| one.name == package);
    let is_one_distribution = |left: &str, right: &str| projects.iter().any(|it| has(it, left) && has(it, right));
    let packages: BTreeSet<&str> =
        projects.iter().flat_map(|project| &project.packages).map(|one| one.name.as_str()).collect();
    let mut seen = BTreeSet::new();
    for import in &python::imports(&[PRIVATE]) {
        let owner = top(&import.name);
        let private = import.name.split('.').any(is_private);
        if private
            && !is_stub(&import.site)
            && packages.contains(owner)
            && owner != top(&import.site.module)
            // A private helper that the same distribution ships belongs to its package.
            && !(is_private(top(&import.site.module)) && is_one_distribution(owner, top(&import.site.module)))
            && seen.insert(import.site.place.path.clone())
        {
            report
                .finding(&import.site.place, format!("private `{}` of another package", import.name))
                .help("use the public name, or make the name public")
                .low();
        }
    }
}

/// Stubs describe what others wrote.
fn is_stub(site: &Site) -> bool {
    site.place.path.ends_with(".pyi")
}

fn is_private(name: &str) -> bool {
    name.starts_with('_') && !name.starts_with("__") && name.len() > 1
}

fn top(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}
