//! Commands that platforms run: dev containers, Procfiles, and the deploy configurations of hosting services. No CI run
//! reaches them, but they install, build and start the project.

use super::graph::{Collector, Context};
use super::just::lines;
use super::text::Script;
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;
use crate::repository::{file_name, parent};

const LARGEST_FILE: usize = 256 << 10;

/// One platform; the parts are those of [`PLATFORMS`].
type Platform = (&'static [&'static str], &'static str, &'static [&'static [&'static str]]);

/// File names, the source they are, and the key paths of their commands; `*` stands for any key or item.
const PLATFORMS: &[Platform] = &[
    (
        &["devcontainer.json", ".devcontainer.json"],
        "devcontainer",
        &[
            &["initializeCommand"],
            &["onCreateCommand"],
            &["updateContentCommand"],
            &["postCreateCommand"],
            &["postStartCommand"],
            &["postAttachCommand"],
        ],
    ),
    (&["netlify.toml"], "netlify", &[&["build", "command"], &["context", "*", "command"]]),
    (&["vercel.json"], "vercel", &[&["buildCommand"], &["installCommand"], &["devCommand"]]),
    (
        &["railway.toml", "railway.json"],
        "railway",
        &[&["build", "buildCommand"], &["deploy", "startCommand"], &["deploy", "preDeployCommand"]],
    ),
    (
        &["render.yaml"],
        "render",
        &[
            &["services", "*", "buildCommand"],
            &["services", "*", "startCommand"],
            &["services", "*", "preDeployCommand"],
            &["services", "*", "dockerCommand"],
        ],
    ),
    (&["app.yaml", "app.yml"], "app-engine", &[&["entrypoint"]]),
    (&["app.json"], "heroku", &[&["scripts", "*"], &["environments", "*", "scripts", "*"]]),
    (&["heroku.yml"], "heroku", &[&["run", "*"], &["run", "*", "command", "*"], &["release", "command", "*"]]),
    (&["fly.toml"], "fly", &[&["processes", "*"], &["deploy", "release_command"]]),
    (&["nixpacks.toml"], "nixpacks", &[&["phases", "*", "cmds", "*"], &["start", "cmd"]]),
    (
        &[".readthedocs.yaml", ".readthedocs.yml", "readthedocs.yml", "readthedocs.yaml"],
        "readthedocs",
        &[&["build", "commands", "*"], &["build", "jobs", "*", "*"], &["build", "jobs", "*", "*", "*"]],
    ),
];

pub(super) fn collect(collector: &mut Collector<'_>) {
    let is_known = |path: &str| PLATFORMS.iter().any(|(files, ..)| files.contains(&file_name(path)));
    for path in super::own_files(collector, is_known) {
        let Ok(document) = collector.facts.documents().load(collector.facts, &path) else { continue };
        let Ok(text) = collector.facts.repository().read(&path) else { continue };
        let Some(root) = View::root(&document) else { continue };
        let Some((_, source, keys)) = PLATFORMS.iter().find(|(files, ..)| files.contains(&file_name(&path))) else {
            continue;
        };
        let folder = if path.contains(".devcontainer/") {
            path.split(".devcontainer/").next().unwrap_or_default().trim_end_matches('/')
        } else {
            parent(&path)
        };
        let unit = collector.unit();
        for keys in *keys {
            let mut found = Vec::new();
            values(root, keys, keys[0], &mut found);
            for (name, value) in found {
                let context = Context { unit, source, name, folder: folder.to_owned(), ..Context::default() };
                command(collector, &path, &text, value, &context);
            }
        }
    }
    for path in
        super::own_files(collector, |path| file_name(path) == "Procfile" || file_name(path).starts_with("Procfile."))
    {
        procfile(collector, &path);
    }
}

fn values<'a>(view: View<'a>, keys: &[&str], name: &str, found: &mut Vec<(String, View<'a>)>) {
    match keys.split_first() {
        None => found.push((name.to_owned(), view)),
        Some((&"*", rest)) => {
            for child in view.children() {
                values(child, rest, child.key().unwrap_or(name), found);
            }
        }
        Some((key, rest)) => {
            if let Some(child) = view.get(key) {
                values(child, rest, key, found);
            }
        }
    }
}

/// A text is for a shell, a list is words, a table holds several of them.
fn command(collector: &mut Collector<'_>, path: &str, text: &str, value: View<'_>, context: &Context) {
    match value.kind() {
        NodeKind::Text => collector.shell(Script::of_scalar(path, text, value), context.clone()),
        NodeKind::List if context.source == "devcontainer" => {
            let words = value.strings().into_iter().map(str::to_owned).collect();
            collector.words(words, value.place(path), context.clone());
        }
        NodeKind::Table if context.source == "devcontainer" => {
            for child in value.children().filter(|child| child.kind() != NodeKind::Table) {
                command(collector, path, text, child, context);
            }
        }
        _ => {}
    }
}

fn procfile(collector: &mut Collector<'_>, path: &str) {
    let Ok(text) = collector.facts.repository().read(path) else { return };
    if text.len() > LARGEST_FILE {
        return;
    }
    let unit = collector.unit();
    for (line, start) in lines(&text) {
        let Some((name, command)) = line.split_once(':') else { continue };
        if name.trim_start().starts_with('#') || name.contains(' ') {
            continue;
        }
        let context = Context {
            unit,
            source: "procfile",
            name: name.to_owned(),
            folder: parent(path).to_owned(),
            ..Context::default()
        };
        let start = start + name.len() + 1;
        collector.shell(Script::of_range(path, &text, start..start + command.len()), context);
    }
}
