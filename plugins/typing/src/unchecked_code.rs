//! Production code that the type checker is told to pass over.

use std::collections::BTreeSet;

use plimsoll_sdk::prelude::*;

use plimsoll_sdk::paths::{is_below, join, parent};
use plimsoll_sdk::ruff::{self, Seen};
use plimsoll_sdk::settings::Setting;

use crate::checkers::{self, Checker, Kind, covered, is_off, is_on, items};

rule! {
    /// Production code is taken out of type checking as a whole.
    ///
    /// What is not checked breaks unseen, and its callers get `Any` from it. Check the code and ignore single lines with
    /// the code of the diagnostic: `# pyright: ignore[reportArgumentType]`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pyright]
    /// typeCheckingMode = "strict"
    /// ignore = ["src/app/legacy"]  # error: production code is left out: `src/app/legacy`
    /// ```
    /// ```python bad src/app/__init__.py
    /// # mypy: ignore-errors  # error: the whole module is not type-checked
    /// ```
    /// ```python bad src/app/legacy/__init__.py
    /// from typing import no_type_check  # error: `no_type_check` takes code out of type checking
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pyright]
    /// typeCheckingMode = "strict"
    /// exclude = ["tests", "**/migrations", "build"]
    /// ```
    /// ```python good src/app/__init__.py
    /// import cairo  # type: ignore[import-untyped]
    /// ```
    /// ```python good tests/test_app.py
    /// # mypy: ignore-errors
    /// ```
    ///
    /// mypy has more ways to look away:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.mypy]
    /// check_untyped_defs = false  # error: functions without annotations are not checked
    /// exclude = ["^src/app/old/"]  # error: production code is left out: `^src/app/old/`
    /// follow_imports = "skip"  # error: imported modules are not checked
    ///
    /// [[tool.mypy.overrides]]
    /// module = ["app.views.*", "tests.*"]
    /// ignore_errors = true  # error: errors are ignored in `app.views.*`
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad src/app/views.py
    /// ```
    /// ```python bad src/app/old/__init__.py
    /// ```
    pub(crate) static UNCHECKED_CODE = {
        id: "unchecked-code",
        requirements: ["7.1.4"],
        check: Check::Repository(unchecked_code),
        roles: [Role::Source],
        wants: [Want::Search(COMMENTS, PYTHON), Want::Search(BARE, PYTHON), Want::Imports(NO_TYPE_CHECK)],
    }
}

const COMMENTS: &[&str] = &[
    r"\A(?:[ \t]*#[^\n]*\n|[ \t\r]*\n)*?([ \t]*#[ \t]*type:[ \t]*ignore)[ \t\r]*(?:\n|\z|#)",
    r"(?m)^([ \t]*#[ \t]*mypy:[ \t]*ignore[-_]errors)(?:[ \t]*=[ \t]*[Tt]rue)?[ \t\r]*(?:$|#)",
    r"(?m)^([ \t]*#[ \t]*pyright:[ \t]*basic)",
];
/// A comment behind code.
const BARE: &[&str] = &[r"[^\s#][^\n#]*(#[ \t]*(?:type|pyright):[ \t]*ignore)[ \t\r]*(?:\n|\z|#)"];
const PYTHON: &[&str] = &["*.py"];
const NO_TYPE_CHECK: &[&str] = &["typing.no_type_check", "typing_extensions.no_type_check"];
/// Modules that a finding names besides the first.
const MOST_RELATED: usize = 10;
const HELP: &str = "check it, and ignore single lines with the code of the diagnostic";

fn unchecked_code(report: &mut Report) {
    let mut seen = Seen::default();
    let projects = checkers::projects();
    if projects.iter().all(|(_, checkers)| checkers.is_empty()) {
        report.unknown("7.1.4", None, "no type checker is configured or run");
        return;
    }
    let is_strict = projects.iter().any(|(_, checkers)| checkers.iter().any(Checker::is_strict));
    comments(report, is_strict, &projects);
    for import in python::imports(NO_TYPE_CHECK) {
        // A fallback for a version without it is no use of it.
        if !import.site.surroundings.intersects(Surroundings::TRY | Surroundings::HANDLER) {
            report.finding(&import.site.place, "`no_type_check` takes code out of type checking").help(HELP).medium();
        }
    }
    let generated = repository::find(&["*_pb2*.py"]);
    let generated: BTreeSet<&str> = generated.iter().map(|file| parent(&file.path)).collect();
    for (project, checkers) in &projects {
        // Generated code is often kept as a package of its own, with nothing else but the package's file.
        let mut modules = checkers::modules(project);
        modules.retain(|path| !path.ends_with("/__init__.py") || !generated.contains(parent(path)));
        for checker in checkers {
            left_out(report, checker, &modules, &mut seen);
            if checker.kind == Kind::Mypy {
                loosened(report, checker, &mut seen);
                overrides(report, checker, project, &modules, &mut seen);
            } else {
                let untyped = checker.settings.setting(&["analyzeUnannotatedFunctions"]);
                unannotated(report, untyped, &mut seen);
            }
        }
    }
}

/// Comments for whole modules, and how many lines are ignored without saying what.
fn comments(report: &mut Report, is_strict: bool, projects: &[(Project, Vec<Checker>)]) {
    let (mut unchecked, mut weakened) = (Vec::new(), Vec::new());
    for found in repository::search(COMMENTS, PYTHON) {
        match found.pattern {
            0 | 1 => unchecked.push(found.place),
            2 if is_strict => weakened.push(found.place),
            _ => {}
        }
    }
    whole_modules(report, &unchecked, "not type-checked");
    whole_modules(report, &weakened, "checked less than the others");
    let is_forbidden = projects.iter().any(|(project, checkers)| {
        let by_checker = checkers.iter().any(|checker| {
            let by_pyright = checker.settings.setting(&["enableTypeIgnoreComments"]);
            let by_mypy = checker.settings.setting(&["enable_error_code"]);
            by_pyright.is_some_and(|setting| is_off(setting.value))
                || by_mypy.is_some_and(|setting| items(setting.value).contains(&"ignore-without-code"))
        });
        by_checker || ruff::Settings::of(&project.root).rules().is_on("PGH003")
    });
    let bare = if is_forbidden { Vec::new() } else { repository::tallies(BARE, PYTHON) };
    if let Some(module) = bare.first() {
        let message = match bare.iter().map(|module| module.count).sum::<u32>() {
            1 => "a line is ignored without the code of the diagnostic".to_owned(),
            count => format!("{count} lines are ignored without the code of the diagnostic"),
        };
        report.finding(&module.first.place, message).help("name what is ignored: `# type: ignore[arg-type]`").low();
    }
}

/// One finding for all modules of a kind, which names the first ones.
fn whole_modules(report: &mut Report, places: &[Place], what: &str) {
    let Some((first, others)) = places.split_first() else { return };
    let message = match others.len() {
        0 => format!("the whole module is {what}"),
        others => format!("{} whole modules are {what}", others + 1),
    };
    let finding = report.finding(first, message).help(HELP);
    drop(others.iter().take(MOST_RELATED).fold(finding, |finding, place| finding.related(place, "so is this one")));
}

/// Lists of files that are left out and that hold production code.
fn left_out(report: &mut Report, checker: &Checker, modules: &[String], seen: &mut Seen) {
    for key in ["exclude", "ignore"] {
        let Some(setting) = checker.settings.setting(&[key]) else { continue };
        let is_stubs = |item: &Item<'_>| item.strings().iter().any(|entry| entry.ends_with(".pyi"));
        if checker.settings.setting(&["include"]).is_some_and(|include| is_stubs(&include.value)) {
            continue;
        }
        let children: Vec<Item<'_>> =
            if setting.value.string().is_some() { vec![setting.value] } else { setting.value.children().collect() };
        for item in children {
            let Some(entry) = item.string() else { continue };
            let count = match checker.kind {
                Kind::Mypy => excluded_by_mypy(checker.settings.base(), entry, modules),
                Kind::Pyright | Kind::Basedpyright => covered(checker.settings.base(), entry, modules),
            };
            let place = item.place(&setting.key_path.path);
            if count > 0 && seen.is_new(&place) {
                let entry = entry.split_whitespace().collect::<Vec<_>>().join(" ");
                report.finding(&place, format!("production code is left out: `{entry}`")).help(HELP).medium();
            }
        }
    }
}

/// How many modules a regular expression of mypy leaves out, as far as it is a plain path.
fn excluded_by_mypy(base: &str, expression: &str, modules: &[String]) -> usize {
    let plain = expression.trim_start_matches('^').trim_start_matches("./").trim_end_matches('$').replace("\\.", ".");
    let plain = plain.trim_end_matches('/');
    let is_plain =
        !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-.".contains(&byte));
    if !is_plain || !plain.contains('/') && !expression.starts_with('^') && !expression.ends_with('/') {
        return 0;
    }
    let folder = join(base, plain);
    modules.iter().filter(|path| is_below(path, &folder)).count()
}

/// Flags of mypy that make it skip code everywhere.
fn loosened(report: &mut Report, checker: &Checker, seen: &mut Seen) {
    let settings = &checker.settings;
    let ignored = settings.setting(&["ignore_errors"]).filter(|setting| is_on(setting.value));
    if let Some(ignored) = ignored.filter(|ignored| seen.is_new(&ignored.place)) {
        report.finding(&ignored.place, "all errors are ignored").help("delete the setting");
    }
    let skips = |setting: &Setting<'_>| setting.value.string() == Some("skip");
    if let Some(skip) = settings.setting(&["follow_imports"]).filter(skips).filter(|skip| seen.is_new(&skip.place)) {
        report.finding(&skip.place, "imported modules are not checked").help("delete the setting").medium();
    }
    unannotated(report, settings.setting(&["check_untyped_defs"]), seen);
}

fn unannotated(report: &mut Report, setting: Option<Setting<'_>>, seen: &mut Seen) {
    if let Some(setting) = setting.filter(|setting| is_off(setting.value) && seen.is_new(&setting.place)) {
        report
            .finding(&setting.place, "functions without annotations are not checked")
            .help("delete the setting")
            .medium();
    }
}

/// Whether a path without an ending is a module, or a folder with some; modules are sorted.
fn has_module(modules: &[String], path: &str) -> bool {
    let is_there = |name: &str| modules.binary_search_by(|module| module.as_str().cmp(name)).is_ok();
    let folder = format!("{path}/");
    let first = modules.partition_point(|module| module.as_str() < folder.as_str());
    modules.get(first).is_some_and(|module| module.starts_with(&folder)) || is_there(&format!("{path}.py"))
}

/// Overrides of mypy that ignore all errors in the project's own modules.
fn overrides(report: &mut Report, checker: &Checker, project: &Project, modules: &[String], seen: &mut Seen) {
    let Some(layer) = checker.settings.layers.first() else { return };
    let is_own = |pattern: &str| {
        let first = pattern.split('.').next().unwrap_or_default();
        let path = pattern.trim_end_matches(".*").replace('.', "/");
        let is_beside = pattern.split('.').any(|part| matches!(part, "migrations" | "tests" | "test" | "testing"));
        let is_package = !is_beside && project.packages.iter().any(|package| package.name == first);
        is_package
            && (path.contains('*') || project.source_roots.iter().any(|root| has_module(modules, &join(root, &path))))
    };
    let Ok(document) = documents::read(&layer.path, &[]) else { return };
    for (names, table) in checkers::overrides(&document) {
        let own: Vec<&str> = names.into_iter().filter(|name| is_own(name)).collect();
        let ignored = table.get("ignore_errors").filter(|value| is_on(*value));
        let Some(ignored) = ignored.filter(|_| !own.is_empty()) else { continue };
        let place = ignored.key_place(&layer.path);
        if seen.is_new(&place) {
            let shown: Vec<&str> = own.iter().copied().take(5).collect();
            let more = if own.len() > 5 { format!(" and {} more", own.len() - 5) } else { String::new() };
            let message = format!("errors are ignored in {}{more}", plimsoll_sdk::text::quoted(&shown));
            report.finding(&place, message).help(HELP);
        }
    }
}
