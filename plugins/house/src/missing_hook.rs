//! Hooks that the organisation wants.

use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;

use crate::entry::{find, place_of_absence, texts};

rule! {
    /// A hook of pre-commit is not configured.
    ///
    /// `[[require]] hooks = ["gitleaks"]`: ids of hooks.
    pub(crate) static MISSING_HOOK = {
        id: "missing-hook",
        requirements: ["house"],
        check: Check::Repository(missing_hook),
    }
}

fn missing_hook(report: &mut Report) {
    for id in texts(report, "hooks") {
        if !automation::hooks(&[&id]).is_empty() {
            continue;
        }
        let configuration = repository::find(&["/.pre-commit-config.yaml", "/.pre-commit-config.yml"]);
        let place = configuration.first().map(|file| start(&file.path)).or_else(place_of_absence);
        if let Some(place) = place {
            drop(find(report, &place, format!("the hook `{id}` is not configured")));
        }
    }
}
