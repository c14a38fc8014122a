//! `eval`, `exec` and `compile` of text that is not a constant.

use plimsoll_sdk::prelude::*;

rule! {
    /// Text that is not a constant is run as code.
    ///
    /// Whoever can influence the text can run anything. Parse the input instead: `ast.literal_eval` for literals, a
    /// dictionary of functions for commands.
    ///
    /// ```python bad src/app/calculate.py
    /// def calculate(formula: str) -> float:
    ///     return eval(formula)  # error: `eval` runs text that is not a constant
    /// ```
    /// ```python good src/app/calculate.py
    /// import ast
    ///
    /// def calculate(formula: str) -> float:
    ///     return ast.literal_eval(formula)
    /// ```
    pub(crate) static DYNAMIC_CODE_EXECUTION = {
        id: "dynamic-code-execution",
        requirements: ["9.6.1"],
        check: Check::Calls(&["builtins.eval", "builtins.exec", "builtins.compile"], dynamic_code_execution),
        accepts: ["S307", "S102", "PGH001", "B307", "B102"],
    }
}

fn dynamic_code_execution(report: &mut Report, call: &Call) {
    if call.site.role != Role::Source {
        return;
    }
    let Some(code) = Item::root(&call.value).and_then(|call| call.positional().next()) else { return };
    if code.resolved().string().is_none() {
        let name = call.name.trim_start_matches("builtins.");
        report.finding(&call.site.place, format!("`{name}` runs text that is not a constant"));
    }
}
