//! Commands that the organisation wants CI to run.

use plimsoll_sdk::prelude::*;

use crate::banned_command::commands;
use crate::entry::{find, place_of_absence, texts};

rule! {
    /// CI does not run a command.
    ///
    /// `[[require]] commands = ["cyclonedx-py", "uv audit"]`: the program, and words that the command must have besides.
    /// However CI comes to it: a step, a recipe, a session, a hook, a script.
    pub(crate) static MISSING_COMMAND = {
        id: "missing-command",
        requirements: ["house"],
        check: Check::Repository(missing_command),
    }
}

fn missing_command(report: &mut Report) {
    for wanted in texts(report, "commands") {
        if commands(&wanted).iter().any(Command::is_in_ci) {
            continue;
        }
        let place = automation::workflows().first().map(|workflow| workflow.place.clone()).or_else(place_of_absence);
        if let Some(place) = place {
            drop(find(report, &place, format!("CI does not run `{wanted}`")));
        }
    }
}
