//! From text to commands: the shell's reading, then the launchers taken off, text within commands included.

use super::graph::{Content, Context, Entry};
use super::launchers::bare;
use super::shell::{Setting, invocations};
use crate::plugin::wit::Place;
use crate::plugin::wit::automation::Command;
use crate::repository::join;

/// Shell text within shell text: `bash -c 'bash -c …'`.
const DEEPEST_TEXT: usize = 4;
const LONGEST_LABEL: usize = 200;

/// A command as a label of what it calls.
pub(super) fn label(command: &Command) -> String {
    let mut label = command.launchers.iter().chain(&command.words).map(String::as_str).collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = label.char_indices().nth(LONGEST_LABEL) {
        label.truncate(end);
    }
    label
}

/// The commands of a piece.
pub(super) fn commands_of((content, context): &(Content, Context)) -> Vec<Entry> {
    let mut entries = Vec::new();
    match content {
        Content::Words(words, place) => add(words, place, context, &[], 0, &mut entries),
        Content::Shell(script) => {
            for found in invocations(&script.text, &setting(context)) {
                if context.is_windows && !is_plain_program(&found.words[0]) {
                    continue;
                }
                let place = script.place(found.range);
                let context = Context {
                    folder: found.folder,
                    tolerated: found.tolerated || context.tolerated,
                    ..context.clone()
                };
                add(&found.words, &place, &context, &[], 0, &mut entries);
            }
        }
    }
    entries
}

/// Whether a word of PowerShell's text is a program rather than a part of its own language.
fn is_plain_program(word: &str) -> bool {
    !matches!(
        word,
        "if" | "else" | "elseif" | "foreach" | "for" | "while" | "try" | "catch" | "finally" | "function" | "param"
    ) && word.starts_with(|char: char| char.is_ascii_lowercase() || char == '.')
        && word.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | '/'))
}

fn setting(context: &Context) -> Setting {
    Setting {
        folder: context.folder.clone(),
        own_folder: context.own_folder.clone(),
        follows_folders: !context.in_container,
    }
}

/// Adds the commands that one command line starts.
fn add(words: &[String], place: &Place, context: &Context, outer: &[String], depth: usize, entries: &mut Vec<Entry>) {
    for bare in bare(words) {
        let mut context = context.clone();
        if let Some(folder) = bare.folder.as_deref().filter(|folder| !folder.contains('$')) {
            context.folder = join(&context.folder, folder).unwrap_or(context.folder);
        }
        for skipped in bare.launchers.iter().filter_map(|launcher| launcher.strip_prefix("SKIP=")) {
            context.skipped_hooks.extend(skipped.split(',').map(|id| id.trim().to_owned()));
        }
        let launchers = [outer, &bare.launchers].concat();
        if let Some(text) = bare.script {
            if depth < DEEPEST_TEXT {
                for found in invocations(&text, &setting(&context)) {
                    let tolerated = found.tolerated || context.tolerated;
                    let context = Context { folder: found.folder, tolerated, ..context.clone() };
                    add(&found.words, place, &context, &launchers, depth + 1, entries);
                }
            }
            continue;
        }
        if bare.words.is_empty() {
            continue;
        }
        let command = Command {
            place: place.clone(),
            words: bare.words,
            launchers,
            source: context.source.to_owned(),
            unit: context.name.clone(),
            triggers: Vec::new(),
            via: Vec::new(),
            folder: context.folder.clone(),
            tolerated: context.tolerated,
            condition: context.condition.clone(),
        };
        entries.push(Entry { command, context });
    }
}
