//! `eval`, `exec` and `compile` of text that is not a constant.

use plimsoll_sdk::prelude::*;

use crate::origin::{is_constant, is_external};

rule! {
    /// Text that is not a constant is run as code.
    ///
    /// Whoever can influence the text can run anything. Parse the input instead: `ast.literal_eval` for literals, a
    /// dictionary of functions for commands. Text that visibly comes from a request, the environment or the command
    /// line is an error; anything else deserves a look.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/calculate.py
    /// from fastapi import FastAPI
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/calculate")
    /// def calculate(formula: str) -> float:
    ///     return eval(formula)  # error: `eval` runs text that comes from outside
    ///
    /// def apply(source: str) -> None:
    ///     exec(source)  # error: `exec` runs text that is not a constant
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/calculate.py
    /// import ast
    /// import re
    ///
    /// TEMPLATE = "x = 1"
    ///
    /// def calculate(formula: str, session) -> float:
    ///     session.exec(formula)
    ///     re.compile(formula)
    ///     exec(TEMPLATE)
    ///     return ast.literal_eval(formula)
    /// ```
    pub(crate) static DYNAMIC_CODE_EXECUTION = {
        id: "dynamic-code-execution",
        requirements: ["9.6.1"],
        check: Check::Calls(&["builtins.eval", "builtins.exec", "builtins.compile"], dynamic_code_execution),
        roles: [Role::Source],
        accepts: ["S307", "S102", "PGH001", "B307", "B102"],
    }
}

fn dynamic_code_execution(report: &mut Report, call: &Call) {
    let is_shell = call.site.place.path.contains("management/commands/") && call.site.place.path.contains("shell");
    if is_shell {
        return;
    }
    let Some(root) = Item::root(&call.value) else { return };
    let Some(code) = root.positional().next() else { return };
    // `exec(compile(text, …))` is one fault, and `compile` into a tree runs nothing.
    let is_tree =
        call.name == "builtins.compile" && root.argument(2, "mode").is_some_and(|mode| mode.text() == "single");
    let is_compiled = code.resolved().kind() == NodeKind::Call && code.resolved().text() == "builtins.compile";
    if is_constant(code) || is_tree || is_compiled {
        return;
    }
    let name = call.name.trim_start_matches("builtins.");
    let help = "parse the input instead, with `ast.literal_eval` or a dictionary of functions";
    if is_external(code, &call.site) {
        report.finding(&call.site.place, format!("`{name}` runs text that comes from outside")).help(help);
    } else {
        report.finding(&call.site.place, format!("`{name}` runs text that is not a constant")).help(help).medium();
    }
}
