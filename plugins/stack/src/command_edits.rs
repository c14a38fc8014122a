//! Edits of the commands that CI and task runners run.

use plimsoll_sdk::prelude::*;

/// Puts other words in place of those that a command begins with; none where it is written in another way.
pub(crate) fn with_head(command: &Command, heads: &[&str], head: &str) -> Option<Edit> {
    let text = repository::read(&command.place.path).ok()?;
    let written = text.get(command.place.span.start as usize..command.place.span.end as usize)?;
    let is_it = |old: &&&str| written.strip_prefix(**old).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    edit::replace_words(&command.place, heads.iter().find(is_it)?, head)
}

/// The edits of all commands, each place once; none where one of them has none.
pub(crate) fn of_all(commands: &[Command], edit: impl Fn(&Command) -> Option<Edit>) -> Vec<Edit> {
    let mut places: Vec<&Place> = Vec::new();
    let mut edits = Vec::new();
    for command in commands {
        if !places.contains(&&command.place) {
            places.push(&command.place);
            let Some(edit) = edit(command) else { return Vec::new() };
            edits.push(edit);
        }
    }
    edits
}

/// Whether people run it on their own machines, not a machine that has what a pipeline installs.
pub(crate) fn is_local(command: &Command) -> bool {
    matches!(command.source.as_str(), "make" | "just" | "shell" | "script-table")
        && !command.place.path.starts_with('.')
}

/// Whether uv is there where a command runs: its file runs or installs uv, or people run it where uv manages the project.
pub(crate) fn has_uv(command: &Command) -> bool {
    let is_beside = |place: &Place| place.path == command.place.path;
    automation::commands(&["uv"]).iter().any(|uv| is_beside(&uv.place))
        || automation::actions(&["astral-sh/setup-uv"]).iter().any(|action| is_beside(&action.place))
        || is_local(command)
            && project::projects().iter().any(|project| project.managers.iter().any(|manager| manager == "uv"))
}
