//! Task runners whose tasks are tables of a document: poe, pdm, rye, taskipy, pixi, hatch, pipenv, npm's scripts, Task
//! and mise. They differ in where the table is; the forms of a task are read alike: a text, a list of commands, a table
//! with a command, other tasks that it needs, a folder. Tasks that call a Python function give no command.

use std::collections::BTreeSet;

use super::graph::{Collector, Context, TableId, UnitId};
use super::text::Script;
use super::tox::substituted;
use crate::facts::value::View;
use crate::plugin::wit::{NodeKind, Place};
use crate::repository::{file_name, join, parent};

const MOST_TASKS: usize = 2_000;

/// A runner and where its tasks are; `*` in a path stands for any key.
struct Runner {
    name: &'static str,
    source: &'static str,
    files: &'static [&'static str],
    tables: &'static [&'static [&'static str]],
    /// A list is the words of one command, not a list of commands.
    list_is_words: bool,
    /// Whether `{…}` is the runner's own syntax.
    has_braces: bool,
}

const RUNNERS: &[Runner] = &[
    Runner {
        name: "poe",
        source: "script-table",
        files: &["pyproject.toml", "poe_tasks.toml", "poe_tasks.yaml", "poe_tasks.json"],
        tables: &[&["tool", "poe", "tasks"], &["tasks"]],
        list_is_words: false,
        has_braces: false,
    },
    Runner {
        name: "pdm",
        source: "script-table",
        files: &["pyproject.toml"],
        tables: &[&["tool", "pdm", "scripts"]],
        list_is_words: true,
        has_braces: true,
    },
    Runner {
        name: "rye",
        source: "script-table",
        files: &["pyproject.toml"],
        tables: &[&["tool", "rye", "scripts"]],
        list_is_words: true,
        has_braces: false,
    },
    Runner {
        name: "taskipy",
        source: "script-table",
        files: &["pyproject.toml"],
        tables: &[&["tool", "taskipy", "tasks"]],
        list_is_words: false,
        has_braces: true,
    },
    Runner {
        name: "pixi",
        source: "script-table",
        files: &["pyproject.toml", "pixi.toml"],
        tables: &[
            &["tool", "pixi", "tasks"],
            &["tool", "pixi", "feature", "*", "tasks"],
            &["tasks"],
            &["feature", "*", "tasks"],
        ],
        list_is_words: false,
        has_braces: false,
    },
    Runner {
        name: "hatch",
        source: "script-table",
        files: &["pyproject.toml", "hatch.toml"],
        tables: &[&["tool", "hatch", "envs", "*", "scripts"], &["envs", "*", "scripts"]],
        list_is_words: false,
        has_braces: true,
    },
    Runner {
        name: "pipenv",
        source: "script-table",
        files: &["Pipfile"],
        tables: &[&["scripts"]],
        list_is_words: true,
        has_braces: false,
    },
    Runner {
        name: "package-json",
        source: "package-json",
        files: &["package.json"],
        tables: &[&["scripts"]],
        list_is_words: false,
        has_braces: false,
    },
    Runner {
        name: "task",
        source: "task",
        files: &[
            "Taskfile.yml",
            "Taskfile.yaml",
            "taskfile.yml",
            "taskfile.yaml",
            "Taskfile.dist.yml",
            "Taskfile.dist.yaml",
        ],
        tables: &[&["tasks"]],
        list_is_words: false,
        has_braces: false,
    },
    Runner {
        name: "devbox",
        source: "script-table",
        files: &["devbox.json"],
        tables: &[&["shell", "scripts"]],
        list_is_words: false,
        has_braces: false,
    },
    Runner {
        name: "mise",
        source: "mise",
        files: &["mise.toml", ".mise.toml"],
        tables: &[&["tasks"]],
        list_is_words: false,
        has_braces: false,
    },
];

pub(super) fn collect(collector: &mut Collector<'_>) {
    let is_known = |path: &str| RUNNERS.iter().any(|runner| runner.files.contains(&file_name(path)));
    for path in super::own_files(collector, is_known) {
        let Ok(document) = collector.facts.documents().load(collector.facts, &path) else { continue };
        let Ok(text) = collector.facts.repository().read(&path) else { continue };
        let Some(root) = View::root(&document) else { continue };
        for runner in RUNNERS.iter().filter(|runner| runner.files.contains(&file_name(&path))) {
            let is_shared = file_name(&path) == "pyproject.toml";
            for keys in runner.tables.iter().filter(|keys| !is_shared || keys.first() == Some(&"tool")) {
                let mut found = Vec::new();
                tables(root, keys, "", &mut found);
                for (name, table) in found {
                    let reader = Reader { runner, path: &path, text: &text };
                    reader.table(collector, table, &name);
                }
            }
        }
        if let Some(wheels) = root.at(&["tool", "cibuildwheel"]) {
            cibuildwheel(collector, &path, &text, wheels);
        }
    }
}

/// The tables at a key path with the keys that `*` stood for.
fn tables<'a>(view: View<'a>, keys: &[&str], name: &str, found: &mut Vec<(String, View<'a>)>) {
    match keys.split_first() {
        None => found.push((name.to_owned(), view)),
        Some((&"*", rest)) => {
            for child in view.children().take(MOST_TASKS) {
                tables(child, rest, child.key().unwrap_or_default(), found);
            }
        }
        Some((key, rest)) => {
            if let Some(child) = view.get(key) {
                tables(child, rest, name, found);
            }
        }
    }
}

struct Reader<'a> {
    runner: &'static Runner,
    path: &'a str,
    text: &'a str,
}

/// What the tasks of one table share.
struct Names<'a> {
    table: TableId,
    known: BTreeSet<&'a str>,
    /// `lint:` for the tasks of hatch's environment `lint`.
    prefix: String,
}

impl Names<'_> {
    fn full(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

impl Reader<'_> {
    fn table(&self, collector: &mut Collector<'_>, tasks: View<'_>, environment: &str) {
        let folder = parent(self.path).to_owned();
        let table = collector.table(self.runner.name, &folder, self.path);
        let known = tasks.children().filter_map(View::key).collect();
        let prefix = if self.runner.name == "hatch" { format!("{environment}:") } else { String::new() };
        let names = Names { table, known, prefix };
        for task in tasks.children().take(MOST_TASKS) {
            let short = task.key().unwrap_or_default();
            // Tasks of pdm and rye that begin with `_` are settings of all tasks.
            if short == "_" {
                continue;
            }
            let name = names.full(short);
            let place = Place { path: self.path.to_owned(), span: task.key_span() };
            let unit = collector.task(table, self.runner.name, &name, place);
            for before in [format!("pre_{short}"), format!("post_{short}")] {
                if names.known.contains(before.as_str()) {
                    collector.need(unit, table, &names.full(&before));
                }
            }
            let context =
                Context { unit, source: self.runner.source, name, folder: folder.clone(), ..Context::default() };
            self.task(collector, &names, task, &context);
        }
    }

    fn task(&self, collector: &mut Collector<'_>, names: &Names<'_>, task: View<'_>, context: &Context) {
        match task.kind() {
            NodeKind::Text => self.command(collector, names, task, context),
            NodeKind::List => self.list(collector, names, task, context, self.runner.list_is_words),
            NodeKind::Table => self.detailed(collector, names, task, context),
            _ => {}
        }
    }

    fn list(
        &self,
        collector: &mut Collector<'_>,
        names: &Names<'_>,
        list: View<'_>,
        context: &Context,
        is_words: bool,
    ) {
        if is_words {
            let words = list.strings().into_iter().map(str::to_owned).collect();
            collector.words(words, list.place(self.path), context.clone());
            return;
        }
        for item in list.children() {
            match item.kind() {
                NodeKind::Text => self.command(collector, names, item, context),
                NodeKind::Table => self.detailed(collector, names, item, context),
                _ => {}
            }
        }
    }

    fn detailed(&self, collector: &mut Collector<'_>, names: &Names<'_>, task: View<'_>, context: &Context) {
        let mut context = context.clone();
        let folder = ["cwd", "dir", "working_dir", "working-directory"].iter().find_map(|key| task.get(key));
        if let Some(folder) = folder.map(View::text).filter(|folder| !folder.contains(['$', '{'])) {
            context.folder = join(&context.folder, folder).unwrap_or(context.folder);
        }
        let ignores = ["ignore_error", "ignore_fail", "ignore-fail", "keep_going"];
        context.tolerated |=
            ignores.iter().any(|key| task.get(key).is_some_and(|value| !matches!(value.text(), "false" | "")));
        for child in task.children() {
            match child.key().unwrap_or_default() {
                "cmd" | "shell" | "run" | "command" if child.kind() == NodeKind::List => {
                    self.list(collector, names, child, &context, self.runner.name != "mise");
                }
                "cmd" | "shell" | "run" | "command" if child.kind() == NodeKind::Text => {
                    self.command(collector, names, child, &context);
                }
                "cmds" | "chain" | "composite" | "sequence" | "parallel" => {
                    if child.kind() == NodeKind::Text {
                        self.command(collector, names, child, &context);
                    } else {
                        self.list(collector, names, child, &context, false);
                    }
                }
                "ref" | "task" => self.needs(collector, names, child, context.unit),
                "deps" | "depends" | "depends-on" | "depends_on" | "uses" | "depends_post" => {
                    for item in child.children() {
                        self.needs(collector, names, item.get("task").unwrap_or(item), context.unit);
                    }
                    if child.kind() == NodeKind::Text {
                        self.needs(collector, names, child, context.unit);
                    }
                }
                _ => {}
            }
        }
    }

    fn needs(&self, collector: &mut Collector<'_>, names: &Names<'_>, task: View<'_>, unit: UnitId) {
        if let Some(name) = task.text().split_whitespace().next() {
            collector.need(unit, names.table, &names.full(name));
        }
    }

    /// A command, or the name of another task with arguments.
    fn command(&self, collector: &mut Collector<'_>, names: &Names<'_>, command: View<'_>, context: &Context) {
        let text = command.text();
        let (rest, tolerated) = match text.strip_prefix("- ").filter(|_| self.runner.name == "hatch") {
            Some(rest) => (rest, true),
            None => (text, context.tolerated),
        };
        let first = rest.split_whitespace().next().unwrap_or_default();
        let own = context.name.strip_prefix(names.prefix.as_str()).unwrap_or_default();
        let may_name =
            !matches!(self.runner.name, "package-json" | "task" | "mise" | "taskipy" | "pixi" | "pipenv" | "devbox");
        if may_name && first != own && names.known.contains(first) {
            collector.need(context.unit, names.table, &names.full(first));
            return;
        }
        let context = Context { tolerated, ..context.clone() };
        let script = if self.runner.has_braces && rest.contains('{') || rest.len() != text.len() {
            Script::of_value(self.path, self.text, &substituted(rest, ""), command.span())
        } else {
            Script::of_scalar(self.path, self.text, command)
        };
        collector.shell(script, context);
    }
}

/// Commands around the building of wheels, which the action of that name runs.
fn cibuildwheel(collector: &mut Collector<'_>, path: &str, text: &str, wheels: View<'_>) {
    let table = collector.table("cibuildwheel", parent(path), path);
    let unit = collector.unit();
    collector.tables[table].order.push(unit);
    for key in ["before-all", "before-build", "before-test", "test-command"] {
        let Some(value) = wheels.get(key) else { continue };
        let items: Vec<View<'_>> =
            if value.kind() == NodeKind::List { value.children().collect() } else { vec![value] };
        for item in items {
            let context = Context {
                unit,
                source: "cibuildwheel",
                name: key.to_owned(),
                folder: parent(path).to_owned(),
                ..Context::default()
            };
            let filled = item.text().replace("{project}", ".").replace("{package}", ".");
            collector.shell(Script::of_value(path, text, &filled, item.span()), context);
        }
    }
}
