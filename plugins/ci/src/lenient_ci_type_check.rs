//! Type checks that are weaker in CI than anywhere else.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::option_value;
use plimsoll_sdk::settings::{PYRIGHT, Settings};

rule! {
    /// CI checks the types with weaker settings than the project's.
    ///
    /// What an editor shows in red passes, and the strict settings mean nothing. Let CI use the project's own
    /// configuration. Whether that is strict is for the rules about typing.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.pyright]
    /// typeCheckingMode = "strict"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```json bad ci/pyrightconfig.json
    /// {"typeCheckingMode": "basic"}
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   types:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pyright -p ci/pyrightconfig.json  # error: CI checks with `basic`, the project with `strict`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.pyright]
    /// typeCheckingMode = "strict"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   types:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pyright
    /// ```
    pub(crate) static LENIENT_CI_TYPE_CHECK = {
        id: "lenient-ci-type-check",
        requirements: ["12.3.1"],
        check: Check::Repository(lenient_ci_type_check),
    }
}

/// Modes of Pyright and basedpyright, the weakest first.
const MODES: &[&str] = &["off", "basic", "standard", "recommended", "strict", "all"];

fn lenient_ci_type_check(report: &mut Report) {
    let commands = automation::commands(&["pyright", "basedpyright"]);
    let in_ci: Vec<&Command> = commands.iter().filter(|command| command.is_in_ci()).collect();
    if in_ci.is_empty() {
        return report.not_applicable("12.3.1", "CI does not run Pyright");
    }
    let mode = |settings: &Settings| {
        settings.setting(&["typeCheckingMode"]).map_or("standard".to_owned(), |mode| mode.value.text().to_owned())
    };
    let rank = |mode: &str| MODES.iter().position(|known| *known == mode).unwrap_or(2);
    for command in in_ci {
        let named = option_value(&command.words, "-p").or_else(|| option_value(&command.words, "--project"));
        let Some(path) = named.filter(|path| repository::exists(path)) else { continue };
        let Some(used) = Settings::named(&PYRIGHT, path) else { continue };
        let own = Settings::of(&PYRIGHT, "");
        let (used, own) = (mode(&used), mode(&own));
        if rank(&used) < rank(&own) {
            report
                .finding(&command.place, format!("CI checks with `{used}`, the project with `{own}`"))
                .help("let CI use the project's own configuration")
                .medium();
        }
    }
}
