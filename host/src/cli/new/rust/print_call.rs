//! Code that prints.

use plimsoll_sdk::prelude::*;

rule! {
    /// Code of the product prints.
    ///
    /// What is printed reaches no log, has no level and no time. Use a logger. Command-line programs may print.
    ///
    /// ```python bad src/app/orders.py
    /// def accept(order):
    ///     print("accepted", order)  # error: `print` in code that serves others
    /// ```
    /// ```python good src/app/orders.py
    /// import logging
    ///
    /// def accept(order):
    ///     logging.getLogger(__name__).info("accepted %s", order)
    ///
    /// if __name__ == "__main__":
    ///     print("done")
    /// ```
    pub(crate) static PRINT_CALL = {
        id: "print-call",
        requirements: ["NAME.2"],
        check: Check::Calls(&["builtins.print"], print_call),
        roles: [Role::Source],
    }
}

fn print_call(report: &mut Report, call: &Call) {
    let is_a_program = call.site.surroundings.contains(Surroundings::MAIN_GUARD)
        || ["cli", "main", "command"].iter().any(|word| call.site.module.contains(word));
    if !is_a_program {
        report.finding(&call.site.place, "`print` in code that serves others").help("use a logger");
    }
}
