//! Diagnostics of the strict mode that are switched off again.

use plimsoll_sdk::prelude::*;

use plimsoll_sdk::ruff::{self, Seen};
use plimsoll_sdk::text::listed;
use plimsoll_sdk::texts::Texts;

use crate::checkers::{self, Checker, Kind, PYTHON, STRICT_COMMENT, covered, is_off, items};

rule! {
    /// Strict mode is on, and what makes it strict is off.
    ///
    /// Each diagnostic that is switched off for all files lets through what strict mode is for: values of unknown type,
    /// leftovers, overrides that break their base. Delete the setting, mend or ignore the single lines that then fail.
    /// A comment beside a setting that says why it is needed is respected.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pyright]
    /// typeCheckingMode = "strict"
    /// reportUnknownMemberType = false  # error: `reportUnknownMemberType` is switched off
    /// reportUnusedVariable = "warning"  # error: `reportUnusedVariable` is switched off
    /// reportIncompatibleMethodOverride = "none"  # error: `reportIncompatibleMethodOverride` is switched off
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pyright]
    /// typeCheckingMode = "strict"
    /// reportMissingTypeStubs = false
    /// # boto3 has no types for its members
    /// reportUnknownMemberType = false
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// mypy does not look for unused variables; Ruff does:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.mypy]
    /// strict = true
    /// disallow_any_generics = false  # error: `disallow_any_generics` is switched off
    /// disable_error_code = ["override"]  # error: `override` is switched off
    ///
    /// [tool.ruff.lint]
    /// select = ["E", "I"]  # error: neither mypy nor Ruff looks for unused variables
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.mypy]
    /// strict = true
    ///
    /// [tool.ruff.lint]
    /// select = ["E", "F"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.mypy]
    /// strict = true
    /// disallow_any_generics = false
    ///
    /// [tool.pyright]
    /// strict = ["src/app"]
    /// reportUnknownMemberType = false
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.mypy]
    /// strict = true
    /// disallow_untyped_defs = false
    ///
    /// [[tool.mypy.overrides]]
    /// module = "app.*"
    /// disallow_untyped_defs = true
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static WEAKENED_STRICT_MODE = {
        id: "weakened-strict-mode",
        requirements: ["7.1.3", "7.1.5", "7.1.6"],
        check: Check::Repository(weakened_strict_mode),
        wants: [Want::Search(STRICT_COMMENT, PYTHON)],
    }
}

/// A requirement with the diagnostics of Pyright, the flags and the error codes of mypy that decide it.
struct Subject {
    requirement: &'static str,
    diagnostics: &'static [&'static str],
    flags: &'static [&'static str],
    codes: &'static [&'static str],
}

const SUBJECTS: &[Subject] = &[
    Subject {
        requirement: "7.1.3",
        diagnostics: &[
            "reportUnknownParameterType",
            "reportUnknownArgumentType",
            "reportUnknownVariableType",
            "reportUnknownMemberType",
            "reportUnknownLambdaType",
            "reportMissingTypeArgument",
            "reportMissingParameterType",
            "reportUntypedFunctionDecorator",
            "reportUntypedBaseClass",
            "reportUntypedClassDecorator",
            "reportUntypedNamedTuple",
        ],
        flags: &[
            "disallow_any_generics",
            "disallow_untyped_defs",
            "disallow_incomplete_defs",
            "disallow_subclassing_any",
            "disallow_untyped_calls",
            "disallow_untyped_decorators",
            "warn_return_any",
        ],
        codes: &["type-arg", "no-untyped-def", "no-untyped-call", "no-any-return", "untyped-decorator"],
    },
    Subject {
        requirement: "7.1.5",
        diagnostics: &[
            "reportUnusedVariable",
            "reportUnusedImport",
            "reportUnusedClass",
            "reportUnusedFunction",
            "reportUnusedExpression",
        ],
        flags: &[],
        codes: &[],
    },
    Subject {
        requirement: "7.1.6",
        diagnostics: &["reportIncompatibleMethodOverride", "reportIncompatibleVariableOverride"],
        flags: &[],
        codes: &["override"],
    },
];

fn weakened_strict_mode(report: &mut Report) {
    let mut seen = Seen::default();
    let mut texts = Texts::default();
    let mut is_judged = false;
    for (project, checkers) in checkers::projects() {
        let Some(checker) = checkers.iter().find(|checker| checker.is_strict()) else { continue };
        is_judged = true;
        // What mypy leaves out, Pyright finds; a list of strict files outranks the single settings.
        let others = checkers.iter().filter(|other| other.kind != checker.kind);
        if others.into_iter().any(|other| other.is_strict_by_file(&project)) {
            continue;
        }
        for subject in SUBJECTS {
            weakened(report, checker, &project, subject, &mut seen, &mut texts);
        }
        if checker.kind == Kind::Mypy {
            unused_variables(report, &project, &mut seen);
        }
    }
    if !is_judged {
        for subject in SUBJECTS {
            report.unknown(subject.requirement, None, "no type checker is in strict mode");
        }
    }
}

/// Reports what is switched off of one subject, at the first of the settings.
fn weakened(
    report: &mut Report,
    checker: &Checker,
    project: &Project,
    subject: &Subject,
    seen: &mut Seen,
    texts: &mut Texts,
) {
    let mut hits: Vec<(&str, Place)> = Vec::new();
    if checker.kind == Kind::Mypy {
        for &flag in subject.flags {
            let setting = checker.settings.setting(&[flag]).filter(|setting| is_off(setting.value));
            let setting = setting.filter(|_| !checker.is_on_for_packages(flag));
            hits.extend(setting.map(|setting| (flag, setting.place)));
        }
        if let Some(disabled) = checker.settings.setting(&["disable_error_code"]) {
            let off = items(disabled.value);
            let codes = subject.codes.iter().filter(|code| off.contains(code));
            hits.extend(codes.map(|&code| (code, disabled.place.clone())));
        }
    } else {
        let is_by_ruff = ruff_finds_unused_variables(project);
        let diagnostics = subject.diagnostics.iter().filter(|&&key| !(is_by_ruff && key == "reportUnusedVariable"));
        for &key in diagnostics {
            let setting = checker.settings.setting(&[key]).filter(|setting| checker.is_lowered(setting.value));
            hits.extend(setting.map(|setting| (key, setting.place)));
            hits.extend(in_environments(checker, project, key).map(|place| (key, place)));
        }
    }
    hits.retain(|(_, place)| !has_reason(texts, place));
    hits.sort_by_key(|(_, place)| place.span.start);
    let Some((_, place)) = hits.first().filter(|(_, place)| seen.is_new(place)) else { return };
    let mut names: Vec<&str> = hits.iter().map(|(name, _)| *name).collect();
    names.dedup();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let finding = report
        .finding(place, format!("{} {verb} switched off", listed(&names)))
        .help("delete the setting, or say beside it why it is needed")
        .requirement(subject.requirement);
    drop(if checker.kind == Kind::Mypy { finding.medium() } else { finding });
}

/// Where an execution environment with production code switches a diagnostic off.
fn in_environments(checker: &Checker, project: &Project, key: &str) -> Option<Place> {
    let environments = checker.settings.setting(&["executionEnvironments"])?;
    let modules = checkers::modules(project);
    let base = checker.settings.base();
    environments.value.children().find_map(|environment| {
        let root = environment.get("root").and_then(Item::string)?;
        let value = environment.get(key).filter(|value| checker.is_lowered(*value))?;
        (covered(base, root, &modules) > 0).then(|| value.key_place(&environments.key_path.path))
    })
}

fn ruff_finds_unused_variables(project: &Project) -> bool {
    let settings = ruff::Settings::of(&project.root);
    !settings.layers().is_empty() && settings.rules().is_on("F841")
}

/// Reports a project of mypy whose Ruff does not look for unused variables either.
fn unused_variables(report: &mut Report, project: &Project, seen: &mut Seen) {
    let settings = ruff::Settings::of(&project.root);
    let Some(selection) = settings.selection() else { return };
    if settings.opaque().is_none() && !settings.rules().is_on("F841") && seen.is_new(&selection.place) {
        report
            .finding(&selection.place, "neither mypy nor Ruff looks for unused variables")
            .help("select `F841`")
            .requirement("7.1.5")
            .medium();
    }
}

/// Whether a comment on the setting's line, or alone on the line above, says why.
fn has_reason(texts: &mut Texts, place: &Place) -> bool {
    let text = texts.of(&place.path);
    let start = place.span.start as usize;
    let (Some(before), Some(after)) = (text.get(..start), text.get(start..)) else { return false };
    let line = after.lines().next().unwrap_or_default();
    let above = before.lines().rev().nth(usize::from(!before.ends_with('\n'))).unwrap_or_default().trim();
    let is_said = |comment: &str| {
        let words = comment.trim().trim_start_matches(['#', '/', ' ', ';']);
        !words.starts_with("error:") && words.split_whitespace().count() > 2
    };
    let beside = line.find('#').or_else(|| line.find("//")).and_then(|at| line.get(at..));
    beside.is_some_and(is_said) || (above.starts_with(['#', ';']) || above.starts_with("//")) && is_said(above)
}
