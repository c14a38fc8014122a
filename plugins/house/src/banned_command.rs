//! Commands that the organisation does not want.

use plimsoll_sdk::prelude::*;

use crate::entry::{Paths, find, texts};

rule! {
    /// A banned command is run by CI, a hook, a task runner or an image.
    ///
    /// `[[ban]] commands = ["pip install", "twine"]`: the program, and words that the command must have besides.
    pub(crate) static BANNED_COMMAND = {
        id: "banned-command",
        requirements: ["house"],
        check: Check::Repository(banned_command),
    }
}

fn banned_command(report: &mut Report) {
    let paths = Paths::of(report);
    for wanted in texts(report, "commands") {
        for command in commands(&wanted) {
            if paths.has(&command.place) {
                drop(find(report, &command.place, format!("`{wanted}` is run")));
            }
        }
    }
}

/// The commands that have a program and all words after it.
pub(crate) fn commands(wanted: &str) -> Vec<Command> {
    let mut words = wanted.split_whitespace();
    let Some(program) = words.next() else { return Vec::new() };
    let words: Vec<&str> = words.collect();
    let mut found = automation::commands(&[program]);
    found.retain(|command| words.iter().all(|word| command.has_word(&[word])));
    found
}
