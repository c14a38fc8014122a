//! Moves settings of tools from files of their own to `pyproject.toml`, with the comments in them.

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::sections;

/// Options of tools that name the file of their settings, and take `pyproject.toml` as well.
const OPTIONS: &[&str] = &["--cov-config=", "--rcfile="];
/// Settings of coverage that are lists, by commas and line ends.
const LISTS: &[&str] = &[
    "omit",
    "include",
    "source",
    "source_pkgs",
    "source_dirs",
    "plugins",
    "concurrency",
    "disable_warnings",
    "exclude_lines",
    "exclude_also",
    "partial_branches",
];

/// Moves the settings of these files. None where one has settings that can't be moved, where the tool's table is there
/// already, and where something names the file in a way that is not understood.
pub(crate) fn moved(project: &Project, names: &[&str]) -> Option<Vec<Edit>> {
    let pyproject = project.path("pyproject.toml");
    if !repository::exists(&pyproject) {
        return None;
    }
    let mut text = String::new();
    let mut edits = Vec::new();
    for name in names {
        let path = project.path(name);
        let tables = match *name {
            "ruff.toml" | ".ruff.toml" => {
                edits.push(edit::delete(&path));
                ruff(&path)?
            }
            _ => {
                let document = documents::read(&path, &[]).ok()?;
                let sections: Vec<(Vec<String>, Item<'_>)> = Item::root(&document)?
                    .children()
                    .filter_map(|section| Some((target(name, section.key()?)?, section)))
                    .collect();
                // In a file of its own each section must be known.
                let is_own = !matches!(*name, "setup.cfg" | "tox.ini");
                if is_own && sections.len() != Item::root(&document)?.children().count() {
                    return None;
                }
                let headers: Vec<Span> = sections.iter().map(|(_, section)| section.span()).collect();
                edits.extend(sections::remove(&path, &headers)?);
                sections.iter().map(|(keys, section)| table(&path, keys, section.span())).collect::<Option<_>>()?
            }
        };
        for (keys, lines) in tables {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            if documents::read(&pyproject, &keys).is_ok() {
                return None;
            }
            text.push_str(&format!("\n[{}]\n{lines}", keys.join(".")));
        }
        edits.extend(renamed(name)?);
    }
    edits.push(edit::append_lines(&pyproject, &[text.trim_end()])?);
    Some(edits)
}

/// The keys of the table that a section of a file becomes.
fn target(file: &str, section: &str) -> Option<Vec<String>> {
    let coverage = |section: &str| {
        let is_known = matches!(section, "run" | "report" | "paths" | "html" | "xml" | "json" | "lcov");
        is_known.then(|| vec!["tool", "coverage", section].into_iter().map(str::to_owned).collect())
    };
    let table = |keys: &[&str]| Some(keys.iter().map(|&key| key.to_owned()).collect());
    match (file, section) {
        ("pytest.ini" | ".pytest.ini" | "tox.ini", "pytest") | ("setup.cfg", "tool:pytest") => {
            table(&["tool", "pytest", "ini_options"])
        }
        ("mypy.ini" | ".mypy.ini" | "setup.cfg", "mypy") => table(&["tool", "mypy"]),
        (".coveragerc", section) => coverage(section),
        ("setup.cfg" | "tox.ini", section) => coverage(section.strip_prefix("coverage:")?),
        _ => None,
    }
}

/// The settings of Ruff's own file, below `tool.ruff`.
fn ruff(path: &str) -> Option<Vec<(Vec<String>, String)>> {
    let text = repository::read(path).ok()?;
    let is_extended =
        |file: &File| file.path != path && repository::read(&file.path).unwrap_or_default().contains("extend = ");
    if repository::find(&["ruff.toml", ".ruff.toml"]).iter().any(is_extended) || text.contains("[[") {
        return None;
    }
    let lines = text.lines().map(|line| match line.strip_prefix('[') {
        Some(header) => format!("[tool.ruff.{header}\n"),
        None => format!("{line}\n"),
    });
    let lines: String = lines.collect();
    Some(vec![(vec!["tool".to_owned(), "ruff".to_owned()], lines)])
}

/// A section of an INI file as a table. None where a value means something else in TOML.
fn table(path: &str, keys: &[String], header: Span) -> Option<(Vec<String>, String)> {
    let body = sections::body(path, header)?;
    let mut text = String::new();
    let mut lines = body.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(comment) = line.trim_start().strip_prefix(['#', ';']) {
            text.push_str(&format!("#{comment}\n"));
            continue;
        }
        if line.trim().is_empty() {
            continue;
        }
        let (key, value) = line.split_once(['=', ':']).filter(|_| !line.starts_with(char::is_whitespace))?;
        let (key, value) = (key.trim(), value.trim());
        let mut further = Vec::new();
        while let Some(next) = lines.next_if(|next| next.starts_with(char::is_whitespace) || next.trim().is_empty()) {
            further.push(next.trim());
        }
        further.retain(|line| !line.is_empty());
        let is_plain = key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-');
        // What `configparser` fills in is no value.
        if !is_plain || std::iter::once(&value).chain(&further).any(|part| part.contains("%(") || part.contains('\'')) {
            return None;
        }
        text.push_str(&format!("{key} = {}\n", written(keys, key, value, &further)?));
    }
    Some((keys.to_vec(), text))
}

/// A value in TOML.
fn written(keys: &[String], key: &str, value: &str, further: &[&str]) -> Option<String> {
    let is_coverage = keys.get(1).is_some_and(|tool| tool == "coverage");
    let is_mypy = keys.get(1).is_some_and(|tool| tool == "mypy");
    let is_list = is_coverage && (LISTS.contains(&key) || keys.get(2).is_some_and(|section| section == "paths"));
    if !further.is_empty() && !is_mypy {
        let first = Some(value).filter(|value| !value.is_empty());
        let items = first.iter().chain(further).map(|line| match line.strip_prefix(['#', ';']) {
            Some(comment) => format!("    #{comment}\n"),
            // Commas end items of coverage's lists, not of regular expressions.
            None if is_coverage && !key.starts_with("exclude") => format!("    '{}',\n", line.trim_end_matches(',')),
            None => format!("    '{line}',\n"),
        });
        let has_commas = is_coverage && further.iter().any(|line| line.trim_end_matches(',').contains(','));
        return (!has_commas).then(|| format!("[\n{}]", items.collect::<String>()));
    }
    if !further.is_empty() {
        return None;
    }
    Some(match value {
        _ if is_list && key.starts_with("exclude") => format!("['{value}']"),
        _ if is_list => {
            let items: Vec<String> = value.split(',').map(|item| format!("'{}'", item.trim())).collect();
            format!("[{}]", items.join(", "))
        }
        "true" | "True" | "yes" | "on" if is_coverage || is_mypy || value.eq_ignore_ascii_case("true") => {
            "true".to_owned()
        }
        "false" | "False" | "no" | "off" if is_coverage || is_mypy || value.eq_ignore_ascii_case("false") => {
            "false".to_owned()
        }
        _ if key != "python_version" && value.parse::<i64>().is_ok() => value.to_owned(),
        _ if is_coverage && value.parse::<f64>().is_ok() => value.to_owned(),
        _ => format!("'{value}'"),
    })
}

/// Names `pyproject.toml` in the commands that name the file. None where one names it otherwise.
fn renamed(name: &str) -> Option<Vec<Edit>> {
    let mut places: Vec<Place> = Vec::new();
    let mut edits = Vec::new();
    let is_named = |word: &String| word.split(['=', ':', ',']).any(|part| file_name(part) == name && !part.is_empty());
    for command in automation::commands(&["*"]) {
        let Some(word) = command.words.iter().find(|word| is_named(word)) else { continue };
        let option = OPTIONS.iter().find(|option| **word == format!("{option}{name}"))?;
        if !places.contains(&command.place) {
            edits.push(edit::replace_words(&command.place, word, &format!("{option}pyproject.toml"))?);
            places.push(command.place);
        }
    }
    let dockerfiles = containers::dockerfiles();
    let instructions = dockerfiles.iter().flat_map(|file| &file.stages).flat_map(|stage| &stage.instructions);
    let is_copied = instructions.into_iter().any(|instruction| instruction.words.iter().any(is_named));
    // Scripts whose commands are not known may name it, too.
    let scripts = repository::find(&["*.sh", "*.bash", "noxfile.py", "tasks.py", "tox.ini", "MANIFEST.in"]);
    let others = scripts.iter().filter(|file| !places.iter().any(|place| place.path == file.path));
    let is_written = others.into_iter().any(|file| repository::read(&file.path).is_ok_and(|text| text.contains(name)));
    (!is_copied && !is_written).then_some(edits)
}
