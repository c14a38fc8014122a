//! Which units a command calls: the recipe of `just check`, the sessions of `nox`, the hooks of `pre-commit run`, the
//! file of `bash scripts/test.sh`, the stages of `docker build`.

use super::graph::{Collector, TableId, UnitId};
use super::options::{after_options, option_value};
use super::{containers, scripts};
use crate::repository::{join, parent};

/// The units that a command calls, found from its words and where it runs.
pub(super) fn targets(collector: &mut Collector<'_>, entry: usize) -> Vec<UnitId> {
    let (command, context) = (&collector.entries[entry].command, &collector.entries[entry].context);
    let owned: Vec<String> = command.words.clone();
    let words: Vec<&str> = owned.iter().map(String::as_str).collect();
    let folder = context.folder.clone();
    let launcher = command.launchers.last().cloned().unwrap_or_default();
    let Some((&program, arguments)) = words.split_first() else { return Vec::new() };
    if let Some(found) = by_launcher(collector, &launcher, &words, &folder) {
        return found;
    }
    match program {
        "just" => just(collector, arguments, &folder),
        "make" | "gmake" => make(collector, arguments, &folder),
        "nox" => nox(collector, arguments, &folder),
        "tox" => tox(collector, arguments, &folder),
        "poe" => {
            let start = after_options(arguments, 0, &["-C", "--directory", "-e", "--executor"]);
            let folder = changed(&folder, arguments, &["-C", "--directory"]);
            upwards(collector, "poe", &folder)
                .map_or(Vec::new(), |table| named(collector, table, &arguments[start..], 1))
        }
        "poetry" | "uv" if arguments.first() == Some(&"poe") => {
            upwards(collector, "poe", &folder).map_or(Vec::new(), |table| named(collector, table, &arguments[1..], 1))
        }
        "task" | "go-task" => task(collector, arguments, &folder),
        "mise" | "rtx" => {
            let start = usize::from(matches!(arguments.first(), Some(&"run" | &"r")));
            let start = after_options(arguments, start, &["-C", "--cd", "-j", "--jobs"]);
            upwards(collector, "mise", &folder)
                .map_or(Vec::new(), |table| named(collector, table, &arguments[start..], 1))
        }
        "devbox" if arguments.first() == Some(&"run") => upwards(collector, "devbox", &folder)
            .map_or(Vec::new(), |table| named(collector, table, &arguments[1..], 1)),
        "invoke" | "inv" | "duty" => {
            let start = after_options(arguments, 0, &["-c", "--collection", "-r", "--search-root", "-f"]);
            let names: Vec<String> = arguments[start..].iter().map(|name| name.replace('-', "_")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            upwards(collector, "invoke", &folder)
                .map_or(Vec::new(), |table| named(collector, table, &names, usize::MAX))
        }
        "npm" | "pnpm" | "yarn" | "bun" => node(collector, program, arguments, &folder),
        "pre-commit" | "prek" => hooks(collector, entry, arguments),
        "lefthook" => {
            let table = collector.find_table("lefthook", "");
            let start = usize::from(arguments.first() == Some(&"run"));
            table.map_or(Vec::new(), |table| named(collector, table, arguments.get(start..).unwrap_or_default(), 1))
        }
        "docker" | "podman" | "nerdctl" | "docker-compose" | "podman-compose" => {
            containers::builds(collector, &words, &folder)
        }
        _ => scripts::called(collector, entry).into_iter().collect(),
    }
}

/// Tasks that a runner starts by the first word after it: `pdm run lint`.
fn by_launcher(collector: &Collector<'_>, launcher: &str, words: &[&str], folder: &str) -> Option<Vec<UnitId>> {
    let mut parts = launcher.split_whitespace();
    let runner = match parts.next()? {
        "pdm" => "pdm",
        "rye" => "rye",
        "pipenv" => "pipenv",
        "pixi" => "pixi",
        "hatch" => return hatch(collector, launcher, words, folder),
        _ => return None,
    };
    let table = upwards(collector, runner, folder)?;
    let found = named(collector, table, words, 1);
    (!found.is_empty()).then_some(found)
}

fn hatch(collector: &Collector<'_>, launcher: &str, words: &[&str], folder: &str) -> Option<Vec<UnitId>> {
    let table = upwards(collector, "hatch", folder)?;
    let parts: Vec<&str> = launcher.split_whitespace().collect();
    let script = words.first()?;
    let (environment, script) =
        script.split_once(':').unwrap_or((option_value(&parts, &["-e", "--env"]).unwrap_or("default"), script));
    let names = &collector.tables[table].names;
    let unit = names
        .get(&format!("{environment}:{script}"))
        .or_else(|| names.get(&format!("default:{script}")))
        .or_else(|| names.get(script))?;
    Some(vec![*unit])
}

fn changed(folder: &str, arguments: &[&str], options: &[&str]) -> String {
    option_value(arguments, options).and_then(|path| join(folder, path)).unwrap_or_else(|| folder.to_owned())
}

/// The table of a runner in a folder or the nearest one above it.
pub(super) fn upwards(collector: &Collector<'_>, runner: &'static str, folder: &str) -> Option<TableId> {
    let mut folder = folder;
    loop {
        if let Some(table) = collector.find_table(runner, folder) {
            return Some(table);
        }
        if folder.is_empty() {
            return None;
        }
        folder = parent(folder);
    }
}

/// The tasks that the first words name.
fn named(collector: &Collector<'_>, table: TableId, words: &[&str], most: usize) -> Vec<UnitId> {
    let names = &collector.tables[table].names;
    words
        .iter()
        .take_while(|word| !word.starts_with('-'))
        .take(most)
        .filter_map(|word| names.get(*word))
        .copied()
        .collect()
}

fn defaults(collector: &Collector<'_>, table: TableId) -> Vec<UnitId> {
    let table = &collector.tables[table];
    match &table.default {
        Some(names) => names.iter().filter_map(|name| table.names.get(name)).copied().collect(),
        None => table.order.first().copied().into_iter().collect(),
    }
}

fn just(collector: &Collector<'_>, arguments: &[&str], folder: &str) -> Vec<UnitId> {
    let valued =
        ["-f", "--justfile", "-d", "--working-directory", "--shell", "--shell-arg", "--color", "-E", "--dotenv-path"];
    let mut start = after_options(arguments, 0, &valued);
    if arguments.iter().take(start).any(|word| matches!(*word, "--set")) {
        start = (start + 2).min(arguments.len());
    }
    let file = option_value(&arguments[..start], &["-f", "--justfile"]).and_then(|file| join(folder, file));
    let mut recipes = &arguments[start..];
    let mut table = match file {
        Some(file) => collector.find_table("just", &file),
        None => upwards(collector, "just", folder),
    };
    // `just web/test` runs `test` of the justfile in `web`.
    if let Some((path, _)) = recipes.first().and_then(|first| first.rsplit_once('/')) {
        table = join(folder, path).and_then(|folder| collector.find_table("just", &folder));
    }
    let Some(table) = table else { return Vec::new() };
    recipes = &recipes[recipes.iter().take_while(|word| word.contains('=')).count()..];
    if recipes.is_empty() {
        return defaults(collector, table);
    }
    let recipes_of = &collector.tables[table];
    let mut found = Vec::new();
    let mut index = 0;
    while let Some(word) = recipes.get(index) {
        let name = word.rsplit_once('/').map_or(*word, |(_, name)| name);
        // `just module recipe` is `just module::recipe`.
        let below = recipes.get(index + 1).and_then(|next| recipes_of.names.get(&format!("{name}::{next}")));
        let Some(&unit) = recipes_of.names.get(name).or(below) else { break };
        found.push(unit);
        let (count, is_variadic) = recipes_of.parameters.get(&unit).copied().unwrap_or_default();
        if is_variadic {
            break;
        }
        index += 1 + count + usize::from(below.is_some());
    }
    found
}

fn make(collector: &Collector<'_>, arguments: &[&str], folder: &str) -> Vec<UnitId> {
    let folder = changed(folder, arguments, &["-C", "--directory"]);
    let file = option_value(arguments, &["-f", "--file", "--makefile"]).and_then(|file| join(&folder, file));
    let Some(table) = collector.find_table("make", file.as_deref().unwrap_or(&folder)) else { return Vec::new() };
    let mut found = Vec::new();
    let mut is_value = false;
    for word in arguments {
        if is_value {
            is_value = false;
        } else if word.starts_with('-') {
            is_value = matches!(*word, "-C" | "--directory" | "-f" | "--file" | "--makefile" | "-I" | "-o");
        } else if let Some(unit) = collector.tables[table].names.get(*word) {
            found.push(*unit);
        } else if !word.contains('=') && !word.chars().all(|char| char.is_ascii_digit()) {
            return found;
        }
    }
    if found.is_empty() { defaults(collector, table) } else { found }
}

fn nox(collector: &Collector<'_>, arguments: &[&str], folder: &str) -> Vec<UnitId> {
    let file = option_value(arguments, &["-f", "--noxfile"]).and_then(|file| join(folder, file));
    let table = collector.find_table("nox", file.as_deref().unwrap_or(folder));
    let Some(table) = table else { return Vec::new() };
    let names = &collector.tables[table].names;
    let position = arguments.iter().position(|word| matches!(*word, "-s" | "-e" | "--session" | "--sessions"));
    let joined = arguments.iter().find_map(|word| word.strip_prefix("--session=").or(word.strip_prefix("--sessions=")));
    let wanted: Vec<&str> = match (position, joined) {
        (Some(position), _) => {
            arguments[position + 1..].iter().copied().take_while(|word| !word.starts_with('-')).collect()
        }
        (None, Some(name)) => vec![name],
        (None, None) => match option_value(arguments, &["-t", "--tags", "-k", "--keywords"]) {
            Some(word) => {
                let tagged = format!("#{word}");
                return names
                    .iter()
                    .filter(|(name, _)| name.ends_with(&tagged) || name.contains(word))
                    .map(|(_, unit)| *unit)
                    .collect();
            }
            None => return defaults(collector, table),
        },
    };
    let mut found = Vec::new();
    for name in wanted {
        // `tests-3.12(django='5')` is a run of `tests`.
        let base = name.split('(').next().unwrap_or(name);
        let short = base.rsplit_once('-').map_or(base, |(short, _)| short);
        found.extend(names.get(base).or_else(|| names.get(short)).copied());
    }
    found
}

fn tox(collector: &Collector<'_>, arguments: &[&str], folder: &str) -> Vec<UnitId> {
    let file = option_value(arguments, &["-c", "--conf", "--workdir"]).and_then(|file| join(folder, file));
    let place = file.as_deref().unwrap_or(folder);
    let Some(table) = collector.find_table("tox", place).or_else(|| collector.find_table("tox", parent(place))) else {
        return Vec::new();
    };
    let names = &collector.tables[table].names;
    let own = arguments.iter().position(|word| *word == "--").unwrap_or(arguments.len());
    let wanted: Vec<&str> = arguments[..own]
        .iter()
        .enumerate()
        .filter_map(|(index, word)| match *word {
            "-e" | "--env" | "-qe" | "-re" => arguments.get(index + 1).copied(),
            word => {
                word.strip_prefix("--env=").or_else(|| word.strip_prefix("-e").filter(|rest| !rest.starts_with('-')))
            }
        })
        .flat_map(|list| list.split(','))
        .collect();
    if let Some(factor) = option_value(&arguments[..own], &["-f"]) {
        let has_factor = |name: &str| name.split('-').any(|one| one == factor);
        return names.iter().filter(|(name, _)| has_factor(name)).map(|(_, unit)| *unit).collect();
    }
    if wanted.is_empty() || wanted.contains(&"ALL") {
        return defaults(collector, table);
    }
    let mut found: Vec<UnitId> = Vec::new();
    for name in wanted {
        // `py$VERSION-mypy` is any environment that begins with `py` and ends with `-mypy`.
        if let Some((start, end)) = around_expression(name) {
            let alike = names.iter().filter(|(name, _)| name.starts_with(start) && name.ends_with(end));
            let alike: Vec<UnitId> = alike.map(|(_, unit)| *unit).collect();
            if !alike.is_empty() {
                found.extend(alike);
                continue;
            }
        }
        found.extend(names.get(name).or_else(|| names.get("testenv")));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The literal parts before and after the variable parts of a word, if it has both a variable and a literal part.
fn around_expression(word: &str) -> Option<(&str, &str)> {
    let start = &word[..word.find('$')?];
    let rest = &word[word.rfind(['$', '}', ')'])? + 1..];
    let end = if word.ends_with(rest) && word[..word.len() - rest.len()].ends_with('$') {
        rest.trim_start_matches(|char: char| char.is_ascii_alphanumeric() || char == '_')
    } else {
        rest
    };
    (!start.is_empty() || !end.is_empty()).then_some((start, end))
}

fn task(collector: &Collector<'_>, arguments: &[&str], folder: &str) -> Vec<UnitId> {
    let start = after_options(arguments, 0, &["-t", "--taskfile", "-d", "--dir", "-o", "--output", "-C"]);
    let folder = changed(folder, &arguments[..start], &["-d", "--dir"]);
    let names = &arguments[start..];
    for runner in ["taskipy", "task"] {
        if let Some(table) = upwards(collector, runner, &folder) {
            if names.is_empty() {
                return collector.tables[table].names.get("default").copied().into_iter().collect();
            }
            let found = named(collector, table, names, usize::MAX);
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

fn node(collector: &Collector<'_>, program: &str, arguments: &[&str], folder: &str) -> Vec<UnitId> {
    let valued = ["--prefix", "-C", "--dir", "--cwd", "--filter", "-w", "--workspace"];
    let start = after_options(arguments, 0, &valued);
    let folder = changed(folder, arguments, &["--prefix", "-C", "--dir", "--cwd"]);
    let workspace = option_value(arguments, &["--filter", "-w", "--workspace"]);
    let table = match workspace {
        Some(name) => collector.tables.iter().position(|table| {
            table.runner == "package-json" && (table.folder == name || table.folder.ends_with(&format!("/{name}")))
        }),
        None => collector.find_table("package-json", &folder),
    };
    let Some(table) = table else { return Vec::new() };
    let rest = match arguments.get(start) {
        Some(&"run" | &"run-script") => &arguments[after_options(arguments, start + 1, &valued)..],
        Some(&"test" | &"start" | &"t") if program == "npm" => &arguments[start..],
        Some(_) if program != "npm" => &arguments[start..],
        _ => return Vec::new(),
    };
    let name = match rest.first() {
        Some(&"t") => "test",
        Some(name) => name,
        None => return Vec::new(),
    };
    let names = &collector.tables[table].names;
    [format!("pre{name}"), name.to_owned(), format!("post{name}")]
        .iter()
        .filter_map(|name| names.get(name))
        .copied()
        .collect()
}

fn hooks(collector: &Collector<'_>, entry: usize, arguments: &[&str]) -> Vec<UnitId> {
    let start = after_options(arguments, 0, &["-c", "--config", "--color", "-C", "--cd"]);
    let rest = match arguments.get(start) {
        Some(&"run") => &arguments[start + 1..],
        // `prek` alone runs the hooks.
        _ if collector.entries[entry].command.words[0] == "prek" && start == arguments.len() => &[],
        _ => return Vec::new(),
    };
    let context = &collector.entries[entry].context;
    selected_hooks(collector, rest, &context.skipped_hooks, &context.folder)
}

/// The hooks that `pre-commit run` runs with these arguments.
pub(super) fn selected_hooks(
    collector: &Collector<'_>,
    arguments: &[&str],
    skipped: &[String],
    folder: &str,
) -> Vec<UnitId> {
    let stage = option_value(arguments, &["--hook-stage", "--stage"]).unwrap_or("pre-commit");
    let stage = match stage {
        "commit" => "pre-commit",
        "push" => "pre-push",
        stage => stage,
    };
    let mut wanted: Vec<&str> = Vec::new();
    let mut index = 0;
    while let Some(word) = arguments.get(index) {
        match *word {
            "--hook-stage"
            | "--stage"
            | "-c"
            | "--config"
            | "--color"
            | "--from-ref"
            | "--to-ref"
            | "-s"
            | "-o"
            | "--source"
            | "--origin"
            | "--commit-msg-filename"
            | "--remote-branch"
            | "--skip" => index += 1,
            "--files" => break,
            word if word.starts_with('-') || word.contains(['&', '|', '>']) => {}
            word => wanted.push(word),
        }
        index += 1;
    }
    collector
        .hooks
        .iter()
        .filter(|hook| hook.folder.is_empty() || hook.folder == folder)
        .filter(|hook| {
            wanted.is_empty() || wanted.contains(&hook.hook.id.as_str()) || wanted.contains(&hook.alias.as_str())
        })
        .filter(|hook| hook.stages.as_ref().is_none_or(|stages| stages.iter().any(|known| known == stage)))
        .filter(|hook| !skipped.contains(&hook.hook.id) && !skipped.contains(&hook.alias))
        .map(|hook| hook.unit)
        .collect()
}
