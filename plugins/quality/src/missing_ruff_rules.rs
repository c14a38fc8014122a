//! Categories of rules that Ruff does not check.

use crate::type_checkers;
use plimsoll_sdk::paths::parent;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::{self, Configuration, Extent, Linter, Rules, Seen};
use plimsoll_sdk::text::listed;

rule! {
    /// Ruff checks without a category of rules that the standard asks for.
    ///
    /// Each category finds faults that the others miss, and turning one on later means mending all that came in
    /// meanwhile. Add the prefixes to `lint.select`; ignore single rules where they do not fit.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest", "ruff"]
    ///
    /// [tool.ruff.lint]
    /// select = ["C90"]  # error: the categories `F`, `E`, `W`, `I`, `N`, `D`, `UP`, `B`, `SIM`, `C4`, `DTZ`, `T20`, `S`, `A`, `ANN`, `ASYNC`, `PT`, `RET`, `PTH`, `PL`, `TRY`, `PERF` and `RUF` are off
    /// ```
    /// ```python bad src/app/main.py
    /// async def main() -> None:
    ///     pass
    /// ```
    /// ```python bad tests/test_main.py
    /// def test_main() -> None:
    ///     assert True
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest", "ruff"]
    ///
    /// [tool.ruff.lint]
    /// select = ["C90", "F", "E", "W", "I", "N", "D", "UP", "B", "SIM", "C4", "DTZ", "T20", "S", "A", "ANN", "ASYNC", "PT", "RET", "PTH", "PL", "TRY", "PERF", "RUF"]
    /// ```
    /// ```python fixed src/app/main.py
    /// async def main() -> None:
    ///     pass
    /// ```
    /// ```python fixed tests/test_main.py
    /// def test_main() -> None:
    ///     assert True
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = [
    ///     "F", "E", "W", "I", "N", "D", "UP", "B", "SIM", "C4", "DTZ", "T201", "T203", "S", "A", "ANN", "RET", "PTH",
    ///     "PL", "TRY", "PERF", "RUF",
    /// ]
    /// ignore = ["E501", "D203", "D213", "B008", "PLR2004", "TRY003"]
    /// ```
    /// ```python good src/app/main.py
    /// def main() -> None:
    ///     pass
    /// ```
    ///
    /// A category that is selected and ignored as a whole is off, one of which only some rules are on is named apart:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```toml bad ruff.toml
    /// extend = "config/base.toml"
    /// [lint]
    /// extend-select = ["B"]
    /// ```
    /// ```toml bad config/base.toml
    /// [lint]
    /// select = ["ALL"]  # error: the category `D` is off
    /// ignore = ["D", "COM812"]
    /// ```
    /// ```python bad src/app/main.py
    /// def main() -> None:
    ///     pass
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["ALL"]  # error: the category `D` is on only in part
    /// ignore = ["D1"]
    /// ```
    /// ```python bad src/app/main.py
    /// def main() -> None:
    ///     pass
    /// ```
    pub(crate) static MISSING_RUFF_RULES = {
        id: "missing-ruff-rules",
        requirements: [
            "6.1.2", "6.1.3", "6.1.4", "6.1.5", "6.1.6", "6.1.7", "6.1.8", "6.1.9", "6.1.10", "6.1.11", "6.1.12",
            "6.1.13", "6.1.14", "6.1.15", "6.1.16", "6.1.17", "6.1.18", "6.1.19", "6.1.20", "6.1.21", "6.1.22",
            "6.1.23",
        ],
        check: Check::Repository(missing_ruff_rules),
        wants: [Want::Search(&[ASYNC_FUNCTION], &["*.py"])],
    }
}

const ASYNC_FUNCTION: &str = r"(?m)^[ \t]*(async[ \t]+def)[ \t]";

/// Parts of categories that are too large to ignore as one.
const LARGE_PARTS: &[(&str, &str)] = &[("D", "D1"), ("PL", "PLC"), ("PL", "PLE"), ("PL", "PLR"), ("PL", "PLW")];

fn missing_ruff_rules(report: &mut Report) {
    let mut seen = Seen::default();
    let configurations = ruff::configurations(report, MISSING_RUFF_RULES.requirements);
    let required: Vec<_> = configurations.iter().map(required_categories).collect();
    for (requirement, reason) in
        [("6.1.16", "the production code has no `async def`"), ("6.1.17", "there are no tests for pytest")]
    {
        let is_asked = required.iter().flatten().any(|category| category.requirement == requirement);
        if !configurations.is_empty() && !is_asked {
            report.not_applicable(requirement, reason);
        }
    }
    for (configuration, categories) in configurations.into_iter().zip(required) {
        let settings = &configuration.settings;
        let Some(selection) = settings.selection() else { continue };
        if let (Some(extend), None) = (settings.opaque(), settings.lint(&["select"])) {
            for category in categories {
                let reason = "the configuration extends a file outside of the repository";
                report.unknown(category.requirement, Some(extend), reason);
            }
            continue;
        }
        if !seen.is_new(&selection.place) {
            continue;
        }
        let rules = production_rules(&configuration);
        let selected = settings.rules();
        let ignores = settings.ignores();
        let is_cut = |category: &Category| {
            let mut parts = LARGE_PARTS.iter().filter(|(prefix, _)| *prefix == category.prefix);
            parts.any(|(_, part)| ignores.contains(part))
        };
        let (mut off, mut partial, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
        for category in categories {
            match category.extent(&rules) {
                Extent::Off if category.prefix == "ANN" && is_typed(&configuration) => replaced.push(category),
                Extent::Off if category.prefix == "PT" && tests_have(&configuration, category) => {}
                Extent::Off => off.push(category),
                Extent::Part => partial.push(category),
                Extent::On if is_cut(category) => partial.push(category),
                Extent::On => {}
            }
        }
        let edits = |categories: &[&Category]| {
            let item = |category: &&Category| {
                Edit::AppendItem((selection.key_path.clone(), format!("\"{}\"", category.prefix)))
            };
            categories.iter().map(item).collect::<Vec<_>>()
        };
        let mut say = |categories: &[&Category], what: &str, help: &str, is_sure: bool| {
            let prefixes: Vec<&str> = categories.iter().map(|category| category.prefix).collect();
            let (noun, verb) = if prefixes.len() == 1 { ("category", "is") } else { ("categories", "are") };
            if prefixes.is_empty() {
                return;
            }
            let message = format!("the {noun} {} {verb} {what}", listed(&prefixes));
            let mut finding = report.finding(&selection.place, message).help(help);
            let mut requirements: Vec<&str> = categories.iter().map(|category| category.requirement).collect();
            requirements.dedup();
            for requirement in requirements {
                finding = finding.requirement(requirement);
            }
            let is_ignored = prefixes.iter().any(|prefix| ignores.contains(prefix));
            // What is selected and ignored for all files is not mended by selecting it again.
            let is_selected = categories.iter().any(|category| category.extent(&selected) != Extent::Off);
            if is_sure && !is_ignored && !is_selected {
                finding = finding.fix(Applicability::Unsafe, edits(categories));
            }
            if !is_sure {
                finding.low();
            }
        };
        let help = if off.iter().any(|category| ignores.contains(&category.prefix)) {
            "select the prefixes, and ignore single rules rather than whole categories"
        } else if off.iter().any(|category| category.prefix == "S") && has_bandit() {
            "add the prefixes to `lint.select`; Bandit on its own does not replace `S` in the editor"
        } else {
            "add the prefixes to `lint.select`"
        };
        say(&off, "off", help, true);
        say(&partial, "on only in part", "select the whole prefix and ignore single rules", false);
        say(&replaced, "off", "a strict type checker demands most of the annotations already", false);
    }
}

/// A category that the standard names, and the requirement that does.
struct Category {
    prefix: &'static str,
    requirement: &'static str,
}

/// The prefixes of all categories.
pub(crate) fn prefixes() -> impl Iterator<Item = &'static str> {
    CATEGORIES.iter().map(|category| category.prefix)
}

/// The categories of section 6, in its order.
#[rustfmt::skip]
const CATEGORIES: &[Category] = &[
    Category { prefix: "F", requirement: "6.1.2" },
    Category { prefix: "E", requirement: "6.1.3" },
    Category { prefix: "W", requirement: "6.1.3" },
    Category { prefix: "I", requirement: "6.1.4" },
    Category { prefix: "N", requirement: "6.1.5" },
    Category { prefix: "D", requirement: "6.1.6" },
    Category { prefix: "UP", requirement: "6.1.7" },
    Category { prefix: "B", requirement: "6.1.8" },
    Category { prefix: "SIM", requirement: "6.1.9" },
    Category { prefix: "C4", requirement: "6.1.10" },
    Category { prefix: "DTZ", requirement: "6.1.11" },
    Category { prefix: "T20", requirement: "6.1.12" },
    Category { prefix: "S", requirement: "6.1.13" },
    Category { prefix: "A", requirement: "6.1.14" },
    Category { prefix: "ANN", requirement: "6.1.15" },
    Category { prefix: "ASYNC", requirement: "6.1.16" },
    Category { prefix: "PT", requirement: "6.1.17" },
    Category { prefix: "RET", requirement: "6.1.18" },
    Category { prefix: "PTH", requirement: "6.1.19" },
    Category { prefix: "PL", requirement: "6.1.20" },
    Category { prefix: "TRY", requirement: "6.1.21" },
    Category { prefix: "PERF", requirement: "6.1.22" },
    Category { prefix: "RUF", requirement: "6.1.23" },
];

impl Category {
    fn extent(&self, rules: &Rules) -> Extent {
        Linter::named(self.prefix).map_or(Extent::Off, |linter| rules.extent(linter))
    }
}

/// The categories that the standard asks of these projects: two of them only where there is something to check.
fn required_categories(configuration: &Configuration) -> Vec<&'static Category> {
    let files = configuration.python_files(Role::Source);
    let is_own = |found: &Match| files.binary_search(&found.place.path).is_ok();
    let has_async = repository::search(&[ASYNC_FUNCTION], &["*.py"]).iter().any(is_own);
    let has_pytest = !project::dependencies(&["pytest"]).is_empty();
    let has_tests = has_pytest && !configuration.python_files(Role::Test).is_empty();
    let is_required = |category: &&Category| match category.prefix {
        "ASYNC" => has_async,
        "PT" => has_tests,
        _ => true,
    };
    CATEGORIES.iter().filter(is_required).collect()
}

/// The rules that are on for production files: those that `per-file-ignores` takes from all of them are off.
fn production_rules(configuration: &Configuration) -> Rules {
    let files = configuration.python_files(Role::Source);
    let mut rules = configuration.settings.rules();
    rules.switch_off(&configuration.settings.ignored_everywhere(&files));
    rules
}

/// Whether a configuration of the tests' own turns a category on.
fn tests_have(configuration: &Configuration, category: &Category) -> bool {
    let tests = configuration.python_files(Role::Test);
    let folder = tests.first().map_or("", |path| parent(path));
    category.extent(&ruff::Settings::of(folder).rules()) != Extent::Off
}

fn is_typed(configuration: &Configuration) -> bool {
    configuration.projects.iter().all(|project| type_checkers::is_strict(&project.root))
}

fn has_bandit() -> bool {
    !project::dependencies(&["bandit"]).is_empty()
        || !automation::commands(&["bandit"]).is_empty()
        || !automation::hooks(&["bandit"]).is_empty()
}
