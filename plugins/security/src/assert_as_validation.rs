//! `assert` that checks what a caller passed in.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::prelude::*;

use crate::lines;

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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/orders.py
    /// def order(quantity: int, price: float) -> float:
    ///     if quantity <= 0:
    ///         raise ValueError("quantity")
    ///     if not price > 0:
    ///         raise ValueError("expected price > 0")
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
    let mut checks: BTreeMap<_, (String, Vec<Statement>)> = BTreeMap::new();
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
        let owner = (site.place.path.clone(), site.class.clone(), function.to_owned());
        let parameter = parameter.to_owned();
        checks.entry(owner).or_insert_with(|| (parameter, Vec::new())).1.push(statement);
    }
    for (parameter, statements) in checks.into_values() {
        let Some(first) = statements.first() else { continue };
        let open = statements.iter().filter(|statement| !is_accepted(statement));
        let raised: Option<Vec<Edit>> = open.map(raised).collect();
        report
            .finding(&first.site.place, format!("`assert` checks the parameter `{parameter}`"))
            .help("raise `ValueError` or an error of the domain: `python -O` removes asserts")
            .unsafe_fix(raised.into_iter().flatten())
            .medium();
    }
}

/// Whether a comment says that the assert is meant.
fn is_accepted(statement: &Statement) -> bool {
    let rest = lines::behind(&statement.site.place).unwrap_or_default();
    ["noqa", "nosec"].iter().any(|word| rest.contains(word))
}

/// The assert as a condition that raises.
fn raised(statement: &Statement) -> Option<Edit> {
    let place = &statement.site.place;
    let text = repository::read(&place.path).ok()?;
    let test = Item::root(statement.value.as_deref()?)?;
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    let (from, to) = (test.span().start as usize, test.span().end as usize);
    let written = text.get(from..to)?;
    let indent = lines::before(place).filter(|before| before.trim().is_empty())?;
    let is_last = lines::behind(place).is_some_and(|rest| matches!(rest.trim().chars().next(), None | Some('#')));
    // A handler of the error would no longer see it.
    if !is_last || text.get(start..from)?.trim_end() != "assert" || text.contains("AssertionError") {
        return None;
    }
    let message = match text.get(to..end)?.trim() {
        "" => expected(written)?,
        rest => rest.strip_prefix(',')?.trim().to_owned(),
    };
    let step = if indent.contains('\t') { "\t" } else { "    " };
    // Further lines keep their distance, unless they are part of a text.
    let is_text = message.contains("\"\"\"") || message.contains("'''");
    let message = if is_text { message } else { message.replace('\n', &format!("\n{step}")) };
    let condition = negated(test, &text).unwrap_or_else(|| format!("not {written}"));
    Some(edit::replace(place, format!("if {condition}:\n{indent}{step}raise ValueError({message})")))
}

/// The message for a test without one.
fn expected(test: &str) -> Option<String> {
    let quote = ['"', '\''].into_iter().find(|quote| !test.contains(*quote))?;
    (!test.contains(['\n', '\\'])).then(|| format!("{quote}expected {test}{quote}"))
}

/// The opposite of a comparison. What is not a number compares false with everything, so only whole numbers are
/// turned round.
fn negated(test: Item<'_>, text: &str) -> Option<String> {
    let operands: Vec<Item<'_>> = test.children().collect();
    let [left, right] = operands.as_slice() else { return None };
    let is_whole =
        left.kind() == NodeKind::Call || left.get("annotation").is_some_and(|it| it.text() == "builtins.int");
    let opposite = match test.text() {
        "==" => "!=",
        "!=" => "==",
        "in" => "not in",
        "not in" => "in",
        ">" if is_whole => "<=",
        ">=" if is_whole => "<",
        "<" if is_whole => ">=",
        "<=" if is_whole => ">",
        _ => return None,
    };
    let (from, to) = (left.span().end as usize, right.span().start as usize);
    let whole = (text.get(test.span().start as usize..from)?, text.get(to..test.span().end as usize)?);
    (text.get(from..to)?.trim() == test.text()).then(|| format!("{} {opposite} {}", whole.0, whole.1))
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
