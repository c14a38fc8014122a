//! Hooks that the organisation does not want.

use plimsoll_sdk::prelude::*;

use crate::entry::{Paths, find, slices, texts};

rule! {
    /// A banned hook of pre-commit is configured.
    ///
    /// `[[ban]] hooks = ["black"]`: ids of hooks.
    pub(crate) static BANNED_HOOK = {
        id: "banned-hook",
        requirements: ["house"],
        check: Check::Repository(banned_hook),
    }
}

fn banned_hook(report: &mut Report) {
    let paths = Paths::of(report);
    let ids = texts(report, "hooks");
    for hook in automation::hooks(&slices(&ids)) {
        if paths.has(&hook.place) {
            drop(find(report, &hook.place, format!("the hook `{}` is configured", hook.id)));
        }
    }
}
