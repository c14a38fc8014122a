//! Names of type aliases.

use crate::ruff;
use plimsoll_sdk::prelude::*;
use std::collections::BTreeSet;

rule! {
    /// A type alias is not named in PascalCase.
    ///
    /// In an annotation a reader takes a name in lower case for a function and one in capitals for a constant. Rename
    /// the alias: `UserId`.
    ///
    /// ```python bad src/app/types.py
    /// from typing import NewType, TypeAlias
    ///
    /// type user_ids = list[int]  # error: type alias `user_ids` is not in PascalCase
    /// SCHEDULE_TYPES: TypeAlias = int | str  # error: type alias `SCHEDULE_TYPES` is not in PascalCase
    /// user_id = NewType("user_id", int)  # error: type alias `user_id` is not in PascalCase
    /// ```
    ///
    /// ```python good src/app/types.py
    /// from typing import NewType, TypeAlias, TypeVar
    ///
    /// type UserIds = list[int]
    /// Schedule: TypeAlias = int | str
    /// UserId = NewType("UserId", int)
    /// T_co = TypeVar("T_co")
    /// ```
    pub(crate) static TYPE_ALIAS_NAME_CASE = {
        id: "type-alias-name-case",
        requirements: ["4.6.6"],
        check: Check::Repository(type_alias_name_case),
        roles: [Role::Source],
        wants: [Want::Definitions(&["type-alias"], &["*"]), Want::Assignments(&[NAMES])],
        accepts: ["UP040", "N816", "N806"],
    }
}

/// Names that no alias should have: in lower case, with underscores, in capitals.
const NAMES: &str = "module:/^_*[a-z]|^_*[A-Z0-9_]{2,}$|[A-Za-z0-9]_/";
const MAKERS: &[&str] =
    &["typing.NewType", "typing_extensions.NewType", "typing.TypeAliasType", "typing_extensions.TypeAliasType"];

fn type_alias_name_case(report: &mut Report) {
    let mut seen = BTreeSet::new();
    let definitions = python::definitions(&["type-alias"], &["*"]);
    let assignments = python::assignments(&[NAMES]);
    // A field whose type is an alias may be listed as well.
    let declared =
        definitions.iter().filter(|alias| alias.site.class.is_none()).map(|alias| (&alias.site, alias.name.as_str()));
    let made = assignments.iter().filter(|one| is_alias(one)).map(|one| (&one.site, one.target.as_str()));
    for (site, name) in declared.chain(made) {
        let core = name.trim_start_matches('_');
        let shouted = core.len() > 1 && !core.contains(|character: char| character.is_ascii_lowercase());
        let variable = core.chars().nth(1) == Some('_') && core.ends_with("_co") || core.ends_with("_contra");
        let pascal = core.starts_with(|first: char| first.is_ascii_uppercase()) && !core.contains('_') && !shouted;
        let place = &site.place;
        if pascal || variable || ruff::allows(&place.path, "N816", name) {
            continue;
        }
        if seen.insert((place.path.clone(), place.span.start)) {
            let finding = report
                .finding(place, format!("type alias `{name}` is not in PascalCase"))
                .help("begin each word with a capital, without underscores");
            // `JSON` and `URL` are words that are written so.
            if shouted && !core.contains('_') {
                drop(finding.low());
            }
        }
    }
}

fn is_alias(assignment: &Assignment) -> bool {
    let annotated = assignment.annotation.as_ref().is_some_and(|annotation| annotation.ends_with("TypeAlias"));
    let value = assignment.value.as_deref().and_then(Item::root);
    let made = value.is_some_and(|value| value.kind() == NodeKind::Call && MAKERS.contains(&value.text()));
    assignment.scope == "module" && value.is_some() && (annotated || made)
}
