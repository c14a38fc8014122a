//! Names of constants.

use crate::layout;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::texts::Texts;
use std::collections::{BTreeMap, BTreeSet};

rule! {
    /// Constants are not named in UPPER_SNAKE_CASE.
    ///
    /// A reader can't see that the value never changes, and takes it for a variable. Rename the constants: `TIMEOUT`.
    ///
    /// ```python bad src/app/client.py
    /// timeout = 30  # error: constant not in upper case: `timeout`
    ///
    /// def fetch(get):
    ///     return get(timeout)
    /// ```
    ///
    /// ```python good src/app/client.py
    /// TIMEOUT = 30
    /// started = False
    /// names = []
    /// revision = "3f2a"
    /// counter = 0
    ///
    /// def fetch(get):
    ///     global counter
    ///     counter += 1
    ///     return get(TIMEOUT), started, names, revision
    /// ```
    pub(crate) static CONSTANT_NAME_CASE = {
        id: "constant-name-case",
        requirements: ["4.6.5"],
        check: Check::Repository(constant_name_case),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Assignments(&[NAMES]), Want::Statements(&["global"])],
    }
}

const NAMES: &str = "module:/^[A-Za-z]|^_[A-Za-z]/";
/// Names that a framework or tool reads.
const FRAMEWORK: &[&str] = &[
    "urlpatterns",
    "app_name",
    "default_app_config",
    "revision",
    "down_revision",
    "branch_labels",
    "depends_on",
    "pytestmark",
    "pytest_plugins",
    "description",
    "title",
    "name",
    "version",
    "author",
    "project",
    "copyright",
    "release",
    "summary",
    "license",
    "url",
    "email",
    "long_description",
    "collect_ignore",
    "help",
    "usage",
];
const CONFIGURATION: &[&str] = &["conf.py", "env.py", "settings.py", "setup.py", "celeryconfig.py", "version.py"];

fn constant_name_case(report: &mut Report) {
    let assignments = python::assignments(&[NAMES]);
    let rebound = rebound();
    let mut modules: BTreeMap<&str, Vec<&Assignment>> = BTreeMap::new();
    for assignment in assignments.iter().filter(|one| one.scope == "module" && one.site.role == Role::Source) {
        modules.entry(&assignment.site.place.path).or_default().push(assignment);
    }
    for (path, assignments) in modules {
        let name = layout::file_name(path);
        let constants: Vec<&Assignment> = assignments
            .iter()
            .copied()
            .filter(|one| is_constant(one) && !rebound.get(path).is_some_and(|names| names.contains(&one.target)))
            .collect();
        let catalogue = constants.len() > 2 && constants.len() * 10 >= assignments.len() * 8;
        if constants.is_empty() || catalogue || CONFIGURATION.contains(&name) || name.starts_with("gunicorn") {
            continue;
        }
        let names: Vec<&str> = constants.iter().take(5).map(|constant| constant.target.as_str()).collect();
        let plural = if names.len() > 1 { "s" } else { "" };
        report
            .finding(
                &constants[0].site.place,
                format!("constant{plural} not in upper case: {}", layout::quoted(&names)),
            )
            .help("name constants in upper case with underscores");
    }
}

/// Names that some function declares `global`, by file.
fn rebound() -> BTreeMap<String, BTreeSet<String>> {
    let mut rebound = BTreeMap::new();
    let mut texts = Texts::default();
    for Statement { site: Site { place, .. }, .. } in python::statements(&["global"]) {
        let text = texts.of(&place.path);
        let text = text.get(place.span.start as usize..place.span.end as usize).unwrap_or_default();
        let listed = text.trim_start_matches("global").split([',', '\\', ' ', '\n']).filter(|name| !name.is_empty());
        let names: &mut BTreeSet<String> = rebound.entry(place.path).or_default();
        names.extend(listed.map(str::to_owned));
    }
    rebound
}

/// A lower-case name of the module that is bound once, to a literal, and read by a function.
fn is_constant(assignment: &Assignment) -> bool {
    let name = assignment.target.as_str();
    let fixed = assignment.bindings == 1 && assignment.reads > 0;
    let around = assignment.site.surroundings;
    let plain =
        !around.intersects(Surroundings::CONDITIONAL | Surroundings::TRY | Surroundings::HANDLER | Surroundings::LOOP);
    let value = assignment.value.as_deref().and_then(Item::root);
    fixed
        && plain
        && name.trim_start_matches('_').starts_with(|first: char| first.is_ascii_lowercase())
        && !FRAMEWORK.contains(&name)
        && !name.starts_with("handler")
        && value.is_some_and(is_literal)
}

fn is_literal(value: Item<'_>) -> bool {
    match value.kind() {
        NodeKind::Text => !value.text().is_empty(),
        NodeKind::Integer | NodeKind::Float | NodeKind::Bytes => true,
        NodeKind::Tuple => value.children().next().is_some() && value.children().all(is_literal),
        _ => false,
    }
}
