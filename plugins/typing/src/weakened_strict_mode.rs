//! Diagnostics of the strict mode that are switched off again.

use plimsoll_sdk::prelude::*;

use plimsoll_sdk::ruff::{self, Seen};
use plimsoll_sdk::settings::Setting;
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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pyright]
    /// typeCheckingMode = "strict"
    /// ```
    /// ```python fixed src/app/__init__.py
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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.mypy]
    /// strict = true
    ///
    /// [tool.ruff.lint]
    /// select = ["E", "I", "F841"]
    /// ```
    /// ```python fixed src/app/__init__.py
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

/// A diagnostic that is switched off, and what switches it on again, if that is certain.
struct Hit {
    name: &'static str,
    place: Place,
    edits: Option<Vec<Edit>>,
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
    let mut hits: Vec<Hit> = Vec::new();
    let hit = |name, setting: Setting<'_>| Hit {
        name,
        place: setting.place,
        edits: Some(vec![Edit::RemoveKey(setting.key_path)]),
    };
    if checker.kind == Kind::Mypy {
        for &flag in subject.flags {
            let setting = checker.settings.setting(&[flag]).filter(|setting| is_off(setting.value));
            let setting = setting.filter(|_| !checker.is_on_for_packages(flag));
            hits.extend(setting.map(|setting| hit(flag, setting)));
        }
        if let Some(disabled) = checker.settings.setting(&["disable_error_code"]) {
            let off = items(disabled.value);
            let codes: Vec<&'static str> = subject.codes.iter().filter(|code| off.contains(code)).copied().collect();
            let mut edits = enabled(&disabled, &codes);
            let mut hit = |name| {
                // The edits of the whole list go with its first code.
                let edits = edits.as_mut().map(std::mem::take);
                Hit { name, place: disabled.place.clone(), edits }
            };
            hits.extend(codes.iter().map(|&code| hit(code)));
        }
    } else {
        let is_by_ruff = ruff_finds_unused_variables(project);
        let diagnostics = subject.diagnostics.iter().filter(|&&key| !(is_by_ruff && key == "reportUnusedVariable"));
        for &key in diagnostics {
            let setting = checker.settings.setting(&[key]).filter(|setting| checker.is_lowered(setting.value));
            hits.extend(setting.map(|setting| hit(key, setting)));
            hits.extend(in_environments(checker, project, key));
        }
    }
    hits.retain(|hit| !has_reason(texts, &hit.place));
    hits.sort_by_key(|hit| hit.place.span.start);
    let Some(first) = hits.first().filter(|first| seen.is_new(&first.place)) else { return };
    let mut names: Vec<&str> = hits.iter().map(|hit| hit.name).collect();
    names.dedup();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let edits: Option<Vec<Vec<Edit>>> = hits.iter().map(|hit| hit.edits.clone()).collect();
    let finding = report
        .finding(&first.place, format!("{} {verb} switched off", listed(&names)))
        .help("delete the setting, or say beside it why it is needed")
        .unsafe_fix(edits.unwrap_or_default().into_iter().flatten())
        .requirement(subject.requirement);
    drop(if checker.kind == Kind::Mypy { finding.medium() } else { finding });
}

/// Takes codes out of a list, the last first; the whole list if nothing else is in it.
fn enabled(disabled: &Setting<'_>, codes: &[&str]) -> Option<Vec<Edit>> {
    let written = items(disabled.value);
    if written.iter().all(|item| codes.contains(item)) {
        return Some(vec![Edit::RemoveKey(disabled.key_path.clone())]);
    }
    let at = |index: usize| {
        let mut key_path = disabled.key_path.clone();
        key_path.keys.push(index.to_string());
        Edit::RemoveKey(key_path)
    };
    let off = written.iter().enumerate().rev().filter(|(_, item)| codes.contains(item));
    (disabled.value.children().count() == written.len()).then(|| off.map(|(index, _)| at(index)).collect())
}

/// Where an execution environment with production code switches a diagnostic off.
fn in_environments(checker: &Checker, project: &Project, key: &'static str) -> Option<Hit> {
    let environments = checker.settings.setting(&["executionEnvironments"])?;
    let modules = checkers::modules(project);
    let base = checker.settings.base();
    environments.value.children().enumerate().find_map(|(index, environment)| {
        let root = environment.get("root").and_then(Item::string)?;
        let value = environment.get(key).filter(|value| checker.is_lowered(*value))?;
        let mut key_path = environments.key_path.clone();
        key_path.keys.extend([index.to_string(), key.to_owned()]);
        let place = value.key_place(&key_path.path);
        let edits = Some(vec![Edit::RemoveKey(key_path)]);
        (covered(base, root, &modules) > 0).then_some(Hit { name: key, place, edits })
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
        let is_ignored = settings.ignores().iter().any(|selector| *selector == "ALL" || "F841".starts_with(selector));
        let append = Edit::AppendItem((selection.key_path.clone(), "\"F841\"".to_owned()));
        report
            .finding(&selection.place, "neither mypy nor Ruff looks for unused variables")
            .help("select `F841`")
            .unsafe_fix((!is_ignored).then_some(append))
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
