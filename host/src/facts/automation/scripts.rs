//! Shell scripts of the repository: followed where something calls them, listed on their own where nothing does.

use super::graph::{Collector, Context, UnitId};
use super::text::Script;
use crate::plugin::wit::Role;
use crate::plugin::wit::automation::Opaque;
use crate::repository::{File, file_name, join, parent};

/// The same script in more folders than this is read for the first ones only.
const MOST_FOLDERS: usize = 8;
const LARGEST_SCRIPT: u64 = 256 << 10;
/// Where an image has scripts that are not the repository's.
const SYSTEM: [&str; 5] = ["/bin/", "/usr/bin/", "/etc/", "/home/", "/dev/"];
/// Files without an extension are looked into only when they are small or may be executed.
const SHELLS: [&str; 5] = ["sh", "bash", "dash", "zsh", "ash"];

/// The unit of the script that a command calls, when there is one.
pub(super) fn called(collector: &mut Collector<'_>, entry: usize) -> Option<UnitId> {
    let (command, context) = (&collector.entries[entry].command, &collector.entries[entry].context);
    let first = command.words.first()?;
    let is_shell = SHELLS.contains(&first.as_str());
    let word = if is_shell || matches!(first.as_str(), "source" | ".") {
        command.words[1..].iter().find(|word| !word.starts_with(['-', '+']) && !matches!(word.as_str(), "pipefail"))?
    } else {
        first
    };
    if !word.contains(['/', '.']) && !is_shell {
        return None;
    }
    let folder = context.folder.clone();
    let own = context.own_folder.clone();
    let source = context.source;
    let Some(path) = path_of(collector, word, &folder, own.as_deref()) else {
        let is_missing = word.ends_with(".sh") && !word.contains(['$', '`', '{', '*']) && !word.starts_with(['/', '~']);
        if is_missing && source != "shell" && source != "dockerfile" && source != "compose" {
            let place = command.place.clone();
            let reason = format!("`{word}` is not in the repository");
            let context = context.clone();
            collector.opaque.push((Opaque { place, reason, triggers: Vec::new() }, context));
        }
        return None;
    };
    let in_container = context.in_container;
    // A container starts where its code lies.
    let folder = if word.starts_with('/') { parent(&path).to_owned() } else { folder };
    unit_of(collector, &path, &folder, in_container)
}

/// The path of the shell script that a word names.
fn path_of(collector: &Collector<'_>, word: &str, folder: &str, own: Option<&str>) -> Option<String> {
    let repository = collector.facts.repository();
    let candidates = if let Some(rest) = word.strip_prefix('$') {
        // `"$(dirname "$0")/lib.sh"`, `$GITHUB_WORKSPACE/x.sh`, `$HERE/lib.sh`
        let rest = match word.rfind([')', '}']) {
            Some(end) => &word[end + 1..],
            None => rest.split_once('/')?.1,
        };
        let rest = rest.trim_start_matches('/');
        [own.and_then(|own| join(own, rest)), join("", rest)]
    } else if word.starts_with('/') {
        return in_container(collector, word);
    } else if word.contains(['$', '`', '{', '*']) {
        return None;
    } else {
        [join(folder, word), None]
    };
    candidates
        .into_iter()
        .flatten()
        .find(|path| repository.file(path).is_some_and(|file| is_shell_script(collector, file)))
}

/// The script that a path within a container names, `/app/tests.sh`: the only one of that name.
fn in_container(collector: &Collector<'_>, word: &str) -> Option<String> {
    if !word.ends_with(".sh") || SYSTEM.iter().any(|folder| word.starts_with(folder)) {
        return None;
    }
    let name = file_name(word);
    let mut files = collector.facts.repository().files().iter().filter(|file| file_name(&file.path) == name);
    let file = files.next().filter(|file| is_shell_script(collector, file))?;
    files.next().is_none().then(|| file.path.clone())
}

fn unit_of(collector: &mut Collector<'_>, path: &str, folder: &str, in_container: bool) -> Option<UnitId> {
    let key = (path.to_owned(), folder.to_owned());
    if let Some(unit) = collector.scripts.get(&key) {
        return Some(*unit);
    }
    let others =
        collector.scripts.range((path.to_owned(), String::new())..).take_while(|((other, _), _)| other == path);
    if others.count() >= MOST_FOLDERS {
        return collector.scripts.range((path.to_owned(), String::new())..).next().map(|(_, unit)| *unit);
    }
    let text = collector.facts.repository().read(path).ok()?;
    let unit = collector.unit();
    collector.scripts.insert(key, unit);
    let context = Context {
        unit,
        source: "shell",
        name: path.to_owned(),
        folder: folder.to_owned(),
        own_folder: Some(parent(path).to_owned()),
        in_container,
        ..Context::default()
    };
    collector.shell(Script::of_range(path, &text, 0..text.len()), context);
    Some(unit)
}

fn is_shell_script(collector: &Collector<'_>, file: &File) -> bool {
    if file.size > LARGEST_SCRIPT {
        return false;
    }
    let name = file_name(&file.path);
    match name.rsplit_once('.') {
        Some((_, "sh" | "bash" | "zsh")) => true,
        Some((stem, _)) if !stem.is_empty() => false,
        _ => {
            let Ok(bytes) = collector.facts.repository().read_bytes(&file.path) else { return false };
            let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let line = String::from_utf8_lossy(&line[..line.len().min(200)]);
            line.strip_prefix("#!")
                .is_some_and(|interpreter| interpreter.split(['/', ' ']).any(|word| SHELLS.contains(&word.trim())))
        }
    }
}

/// Lists the scripts that nothing has called.
pub(super) fn uncalled(collector: &mut Collector<'_>) {
    let paths: Vec<String> = collector
        .facts
        .repository()
        .files()
        .iter()
        .filter(|file| {
            let name = file_name(&file.path);
            let is_candidate = match name.rsplit_once('.') {
                Some((_, extension)) => matches!(extension, "sh" | "bash" | "zsh"),
                None => file.executable || parent(&file.path).ends_with(".husky"),
            };
            is_candidate && matches!(collector.facts.projects().role_of(&file.path), Role::Source | Role::Script)
        })
        .filter(|file| {
            let start = (file.path.clone(), String::new());
            collector.scripts.range(start..).next().is_none_or(|((path, _), _)| *path != file.path)
        })
        .filter(|file| is_shell_script(collector, file))
        .map(|file| file.path.clone())
        .collect();
    for path in paths {
        let folder = collector.facts.projects().root_of(&path).to_owned();
        unit_of(collector, &path, &folder, false);
    }
}
