//! Coverage that counts `__init__.py` and configuration modules.

use plimsoll_sdk::paths::{file_name, is_below};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product;

use crate::coverage::coverage;

rule! {
    /// Coverage counts the `__init__.py` of packages.
    ///
    /// What they do runs at import, which every test covers, so they lift the number without saying anything. Add
    /// `*/__init__.py`, and modules that only hold settings, to `omit`. Where they hold the product itself (over 200 lines),
    /// leaving them out would blind the coverage; they are not counted here.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.report]  # error: coverage counts 1 `__init__.py` with code
    /// fail_under = 80
    /// ```
    /// ```python bad src/app/__init__.py
    /// from app.ships import Ship
    ///
    /// def launch() -> Ship:
    ///     return Ship()
    /// ```
    /// ```python bad src/app/ships.py
    /// class Ship: ...
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.report]
    /// fail_under = 80
    /// omit = ["*/__init__.py"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// from app.ships import Ship
    ///
    /// def launch() -> Ship:
    ///     return Ship()
    /// ```
    /// ```python fixed src/app/ships.py
    /// class Ship: ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.report]
    /// fail_under = 80
    /// omit = ["*/__init__.py"]
    /// ```
    /// ```python good src/app/__init__.py
    /// from app.ships import Ship
    ///
    /// def launch() -> Ship:
    ///     return Ship()
    /// ```
    /// ```python good src/app/ships.py
    /// class Ship: ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.report]
    /// fail_under = 80
    /// ```
    /// ```python good src/app/__init__.py
    /// from app.ships import Ship
    ///
    /// __all__ = ["Ship"]
    /// ```
    /// ```python good src/app/ships.py
    /// class Ship: ...
    /// ```
    pub(crate) static MEASURED_PACKAGE_MODULES = {
        id: "measured-package-modules",
        requirements: ["8.4.4"],
        check: Check::Repository(measured_package_modules),
        confidence: Low,
    }
}

/// An `__init__.py` of so many bytes holds a docstring at most.
const SMALL: usize = 40;
/// One of more lines holds the product itself.
const MOST_LINES: usize = 200;
/// So many are looked into.
const MOST: usize = 200;

fn measured_package_modules(report: &mut Report) {
    let Some(coverage) = coverage() else {
        return report.not_applicable("8.4.4", "nothing measures coverage");
    };
    let omitted: Vec<String> = ["run", "report"].iter().flat_map(|table| coverage.list(table, "omit")).collect();
    if omitted.iter().any(|glob| glob.contains("__init__")) || coverage.has_strict_defaults() {
        return;
    }
    let mut modules = repository::find(&["__init__.py"]);
    modules.retain(|file| {
        let is_product = file.role == Role::Source && is_below(&file.path, &coverage.project.root);
        is_product && !file.empty && !product::is_beside(&file.path) && file_name(&file.path) == "__init__.py"
    });
    let texts = modules.iter().filter_map(|file| repository::read(&file.path).ok());
    let looked_into = texts.filter(|text| text.len() > SMALL).take(MOST);
    let modules = looked_into.filter(|text| has_code(text) && text.lines().count() <= MOST_LINES).count();
    if modules == 0 {
        return report.not_applicable("8.4.4", "no `__init__.py` with code");
    }
    let message = format!("coverage counts {modules} `__init__.py` with code");
    let layer = coverage.settings.layers.first().filter(|layer| layer.path.ends_with("pyproject.toml"));
    let is_of_run = coverage.settings.setting(&["run", "omit"]).is_some();
    let keys = ["tool", "coverage", if is_of_run { "run" } else { "report" }, "omit"];
    report
        .finding(&coverage.place("report"), message)
        .help("add `*/__init__.py` to `omit`")
        .safe_fix(layer.map(|layer| edit::append(&layer.path, &keys, "\"*/__init__.py\"")));
    report.unknown("8.4.4", None, "whether the code of `__init__.py` is worth measuring is a judgement");
}

/// Whether a module defines something rather than only importing it.
fn has_code(text: &str) -> bool {
    let starts = ["def ", "async def ", "class ", "for ", "if "];
    let is_code = |line: &str| starts.iter().any(|start| line.starts_with(start)) && !line.contains("TYPE_CHECKING");
    text.lines().any(is_code)
}
