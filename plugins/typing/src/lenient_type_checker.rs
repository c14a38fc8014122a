//! Type checkers that are not in strict mode.

use plimsoll_sdk::prelude::*;

use plimsoll_sdk::ruff::Seen;
use plimsoll_sdk::text::listed;

use crate::checkers::{self, Checker, Kind, PYTHON, STRICT_COMMENT};

rule! {
    /// The type checker is not in strict mode.
    ///
    /// Outside of strict mode what has no annotation is `Any`, and `Any` fits everywhere: the checker looks busy and
    /// finds little. Set `typeCheckingMode = "strict"`; list what is not ready yet by file, not by rule.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pyright]
    /// typeCheckingMode = "basic"  # error: Pyright runs in mode `basic`
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
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// mypy is taken at its flags:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.mypy]  # error: mypy is not strict
    /// ignore_missing_imports = true
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.mypy]
    /// strict = true
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// How much of a package's outside is annotated is another question:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.mypy]
    /// strict = true
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/types.yml
    /// on: [pull_request]
    /// jobs:
    ///   types:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run mypy
    ///       - run: uv run pyright --verifytypes app
    /// ```
    ///
    /// Strict for the package is strict:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.mypy]
    /// pretty = true
    ///
    /// [[tool.mypy.overrides]]
    /// module = ["app.*"]
    /// strict = true
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// Strict for the production code is enough, and a file for the editor is no type check:
    /// ```json good pyrightconfig.json
    /// {"strict": ["src/app"], "venv": ".venv"}
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```json good pyrightconfig.json
    /// {"venvPath": ".", "venv": ".venv"}
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static LENIENT_TYPE_CHECKER = {
        id: "lenient-type-checker",
        requirements: ["7.1.1"],
        check: Check::Repository(lenient_type_checker),
        wants: [Want::Search(STRICT_COMMENT, PYTHON)],
    }
}

fn lenient_type_checker(report: &mut Report) {
    let mut seen = Seen::default();
    let mut is_judged = false;
    for (project, checkers) in checkers::projects() {
        let Some(first) = checkers.first() else { continue };
        is_judged = true;
        let strict = checkers.iter().find(|checker| checker.is_strict());
        if let Some(checker) = strict {
            overlooked(report, checker, &project, &mut seen);
            continue;
        }
        let extends = checkers.iter().find_map(|checker| checker.settings.opaque.clone());
        if let Some(extends) = extends {
            report.unknown("7.1.1", Some(&extends), "the configuration extends a file outside of the repository");
            continue;
        }
        if first.is_strict_by_file(&project) {
            continue;
        }
        let place = first.mode().map(|mode| mode.place).or_else(|| first.place()).unwrap_or(project.place);
        if seen.is_new(&place) {
            lenient(report, first, &place);
        }
    }
    if !is_judged {
        report.unknown("7.1.1", None, "no type checker with a strict mode is configured or run");
    }
}

fn lenient(report: &mut Report, checker: &Checker, place: &Place) {
    if checker.kind == Kind::Mypy {
        let missing = checker.missing_flags();
        let message = if missing.len() <= 3 {
            format!("mypy is not strict: {} is off", listed(&missing))
        } else {
            "mypy is not strict".to_owned()
        };
        report.finding(place, message).help("set `strict = true`, or check with Pyright in strict mode").medium();
        return;
    }
    let mode = checker.mode();
    let message = match mode.as_ref().and_then(|mode| mode.value.string()) {
        Some(mode) => format!("{} runs in mode `{mode}`", checker.name()),
        None => format!("{} does not run in strict mode", checker.name()),
    };
    let mut finding = report.finding(place, message).help("set `typeCheckingMode` to `strict`");
    if let Some(mode) = mode {
        finding =
            finding.fix(Applicability::Unsafe, vec![Edit::SetKey((mode.key_path.clone(), "\"strict\"".to_owned()))]);
    }
    drop(finding);
}

/// Reports a strict checker that does not look at the production code.
fn overlooked(report: &mut Report, checker: &Checker, project: &Project, seen: &mut Seen) {
    let Some(include) = checker.settings.setting(&["include"]) else { return };
    if checker.overlooks(&checkers::modules(project)) && seen.is_new(&include.place) {
        let name = checker.name();
        let is_own = project.path("pyproject.toml") == include.place.path || project.root.is_empty();
        let of_whom = if is_own { String::new() } else { format!(" in `{}`", project.root) };
        report
            .finding(&include.place, format!("{name} does not look at the production code{of_whom}"))
            .help("add the folder of the package to `include`")
            .medium();
    }
}
