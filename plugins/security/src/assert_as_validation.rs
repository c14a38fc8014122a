//! `assert` that checks what a caller passed in.

use std::collections::BTreeSet;

use plimsoll_sdk::prelude::*;

rule! {
    /// An `assert` checks what a caller passed in.
    ///
    /// `python -O` removes every assert, and an `AssertionError` tells a caller nothing. Raise `ValueError`, `TypeError`
    /// or an error of the domain. Asserts that narrow a type or state what the function itself has computed are fine.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/orders.py
    /// def order(quantity: int, price: float) -> float:
    ///     assert quantity > 0, "quantity"  # error: `assert` checks the parameter `quantity`
    ///     assert price > 0
    ///     return quantity * price
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/orders.py
    /// def order(quantity: int, unit: str | None) -> float:
    ///     if quantity <= 0:
    ///         raise ValueError("quantity must be positive")
    ///     assert unit is not None
    ///     assert isinstance(unit, str)
    ///     total = quantity * 2
    ///     assert total > 0
    ///     return total
    ///
    /// def _internal(quantity: int) -> None:
    ///     assert quantity > 0
    /// ```
    pub(crate) static ASSERT_AS_VALIDATION = {
        id: "assert-as-validation",
        requirements: ["9.6.2"],
        check: Check::Project(assert_as_validation),
        roles: [Role::Source],
        wants: [Want::Statements(&["assert"]), Want::Imports(&["pytest", "pytest.*", "_pytest.*"])],
        accepts: ["S101", "B101"],
    }
}

fn assert_as_validation(report: &mut Report, _: &Project) {
    let imports = python::imports(&["pytest", "pytest.*", "_pytest.*"]);
    let plugins: BTreeSet<&str> = imports.iter().map(|import| import.site.place.path.as_str()).collect();
    let mut seen = BTreeSet::new();
    for statement in python::statements(&["assert"]) {
        let site = &statement.site;
        let Some(function) = site.function.as_deref().filter(|name| !name.starts_with('_')) else { continue };
        // What is internal has no callers to validate.
        let is_internal =
            site.module.split('.').any(|part| part.starts_with('_') && part != "__main__" || part == "internal");
        let is_private = is_internal || site.class.as_deref().is_some_and(|name| name.starts_with('_'));
        if is_private || plugins.contains(site.place.path.as_str()) {
            continue;
        }
        let Some(parameter) = statement.value.as_deref().and_then(Item::root).and_then(checked_parameter) else {
            continue;
        };
        if seen.insert((site.place.path.clone(), site.class.clone(), function.to_owned())) {
            report
                .finding(&site.place, format!("`assert` checks the parameter `{parameter}`"))
                .help("raise `ValueError` or an error of the domain: `python -O` removes asserts")
                .medium();
        }
    }
}

/// The parameter whose value a test compares.
fn checked_parameter(test: Item<'_>) -> Option<&str> {
    const COMPARISONS: &[&str] = &["<", ">", "<=", ">=", "==", "!=", "in", "not in"];
    if test.kind() != NodeKind::Operator || !COMPARISONS.contains(&test.text()) {
        return None;
    }
    let operand = test.children().next()?;
    let subject = match operand.kind() {
        // `len(names) > 0`
        NodeKind::Call if operand.text() == "builtins.len" => operand.children().next()?,
        _ => operand,
    };
    (subject.kind() == NodeKind::Parameter && !matches!(subject.text(), "self" | "cls")).then(|| subject.text())
}
