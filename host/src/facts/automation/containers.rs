//! Commands of container builds and of what runs in containers: `RUN`, `CMD`, `ENTRYPOINT` and health checks of
//! Dockerfiles, commands of compose services. A `docker build` in CI reaches the `RUN` commands of its Dockerfile.

use parse_dockerfile::{Command, HealthcheckArguments, HereDoc, Instruction};

use super::graph::{Collector, Context, UnitId};
use super::options::{after_options, option_value};
use super::text::{Script, span};
use super::words::split;
use crate::facts::value::View;
use crate::plugin::wit::{NodeKind, Place, Role};
use crate::repository::{file_name, join, parent};

const LARGEST_FILE: usize = 512 << 10;

fn is_dockerfile(path: &str) -> bool {
    let name = file_name(path);
    let lower = name.to_ascii_lowercase();
    !lower.ends_with("ignore")
        && (["Dockerfile", "Containerfile"]
            .iter()
            .any(|base| name == *base || name.strip_prefix(base).is_some_and(|rest| rest.starts_with(['.', '-', '_'])))
            || lower.ends_with(".dockerfile")
            || lower == "dockerfile")
}

fn is_compose(path: &str) -> bool {
    let name = file_name(path);
    (name.ends_with(".yml") || name.ends_with(".yaml"))
        && ["compose.", "docker-compose.", "docker-compose-", "podman-compose."]
            .iter()
            .any(|start| name.starts_with(start))
}

pub(super) fn collect(collector: &mut Collector<'_>) {
    let paths = |collector: &Collector<'_>, is_wanted: fn(&str) -> bool| -> Vec<String> {
        let files = collector.facts.repository().files().iter().map(|file| file.path.as_str());
        files
            .filter(|path| is_wanted(path))
            .filter(|path| !matches!(collector.facts.projects().role_of(path), Role::Vendored | Role::Template))
            .map(str::to_owned)
            .collect()
    };
    for path in paths(collector, is_dockerfile) {
        dockerfile(collector, &path);
    }
    for path in paths(collector, is_compose) {
        compose(collector, &path);
    }
}

fn dockerfile(collector: &mut Collector<'_>, path: &str) {
    let Ok(text) = collector.facts.repository().read(path) else { return };
    if text.len() > LARGEST_FILE {
        return;
    }
    // The parser skips a byte order mark and counts from behind it.
    let base = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let Ok(instructions) = parse_dockerfile::parse_iter(&text) else { return };
    let folder = parent(path).to_owned();
    let build = collector.unit();
    let start = collector.unit();
    collector.builds.insert(path.to_owned(), build);
    let reader = Reader { path, text: &text, base };
    let mut stage = 0_usize;
    let mut name = String::new();
    for instruction in instructions {
        let Ok(instruction) = instruction else { break };
        let context = |unit| Context {
            unit,
            source: "dockerfile",
            name: name.clone(),
            folder: folder.clone(),
            in_container: true,
            ..Context::default()
        };
        match &instruction {
            Instruction::From(from) => {
                name = from.as_.as_ref().map_or_else(|| stage.to_string(), |(_, name)| name.value.to_string());
                stage += 1;
            }
            Instruction::Run(run) => reader.command(collector, &run.arguments, &run.here_docs, context(build)),
            Instruction::Cmd(cmd) => reader.command(collector, &cmd.arguments, &[], context(start)),
            Instruction::Entrypoint(entrypoint) => {
                reader.command(collector, &entrypoint.arguments, &[], context(start))
            }
            Instruction::Healthcheck(check) => {
                if let HealthcheckArguments::Cmd { arguments, .. } = &check.arguments {
                    reader.command(collector, arguments, &[], context(start));
                }
            }
            _ => {}
        }
    }
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    base: usize,
}

impl Reader<'_> {
    fn command(
        &self,
        collector: &mut Collector<'_>,
        command: &Command<'_>,
        documents: &[HereDoc<'_>],
        context: Context,
    ) {
        match command {
            Command::Exec(words) => {
                let place = self.place(&words.span);
                let words = words.value.iter().map(|word| word.value.to_string()).collect();
                collector.words(words, place, context);
            }
            Command::Shell(shell) => {
                let mut is_script = false;
                for document in documents {
                    // `RUN <<EOF` is a script, and so is `RUN bash <<EOF`; `RUN cat <<EOF` is not.
                    let reader = shell.value.split_whitespace().next().unwrap_or_default();
                    if reader.is_empty() || matches!(file_name(reader), "sh" | "bash") {
                        is_script = true;
                        let whole = self.place(&document.span).span;
                        let script = Script::of_value(self.path, self.text, &document.value, whole);
                        collector.shell(script, context.clone());
                    }
                }
                if !is_script {
                    collector.shell(self.shell(shell.span.start, shell.value), context);
                }
            }
            _ => {}
        }
    }

    /// The text as the shell gets it: comments between continued lines are gone.
    fn shell(&self, start: usize, text: &str) -> Script {
        let mut offset = self.base + start;
        let mut lines = Vec::new();
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            if !content.trim_start().starts_with('#') && !content.trim().is_empty() {
                lines.push((content.to_owned(), offset..offset + content.len()));
            }
            offset += line.len();
        }
        Script::of_lines(self.path, lines)
    }

    fn place(&self, range: &std::ops::Range<usize>) -> Place {
        Place { path: self.path.to_owned(), span: span(self.base + range.start..self.base + range.end) }
    }
}

fn compose(collector: &mut Collector<'_>, path: &str) {
    let Ok(document) = collector.facts.documents().load(collector.facts, path) else { return };
    let Ok(text) = collector.facts.repository().read(path) else { return };
    let Some(services) = View::root(&document).and_then(|root| root.get("services")) else { return };
    let folder = parent(path).to_owned();
    let (start, build) = (collector.unit(), collector.unit());
    collector.builds.insert(path.to_owned(), start);
    collector.builds.insert(format!("{path}#build"), build);
    for service in services.children() {
        let context = Context {
            unit: start,
            source: "compose",
            name: service.key().unwrap_or_default().to_owned(),
            folder: folder.clone(),
            in_container: true,
            ..Context::default()
        };
        for key in ["entrypoint", "command"] {
            if let Some(value) = service.get(key) {
                let words: Vec<String> = match value.kind() {
                    NodeKind::Text => split(value.text()),
                    _ => value.strings().into_iter().map(str::to_owned).collect(),
                };
                let words = words.iter().map(|word| word.replace("$$", "$")).collect();
                collector.words(words, value.place(path), context.clone());
            }
        }
        if let Some(test) = service.at(&["healthcheck", "test"]) {
            let words = test.strings();
            match (test.kind(), words.as_slice()) {
                (NodeKind::Text, _) => collector.shell(Script::of_scalar(path, &text, test), context.clone()),
                (_, ["CMD-SHELL", script, ..]) => {
                    collector.shell(Script::of_value(path, &text, script, test.span()), context.clone());
                }
                (_, ["CMD", words @ ..]) => {
                    let words = words.iter().map(|word| (*word).to_owned()).collect();
                    collector.words(words, test.place(path), context.clone());
                }
                _ => {}
            }
        }
        if let Some(definition) = service.get("build") {
            let place = definition.get("context").map_or(definition.text(), View::text);
            let place = if place.is_empty() { "." } else { place };
            let file = definition.get("dockerfile").map_or("Dockerfile", View::text);
            let found = join(&folder, place).and_then(|place| join(&place, file));
            if let Some(unit) = found.and_then(|found| collector.builds.get(&found).copied()) {
                collector.include(build, unit);
            }
        }
    }
}

/// The Dockerfile that an action builds.
pub(super) fn built(collector: &Collector<'_>, context: &str, file: &str) -> Vec<UnitId> {
    let context = context.trim_start_matches("${{ github.workspace }}").trim_start_matches('/');
    let path = if file.is_empty() {
        join("", context).and_then(|folder| join(&folder, "Dockerfile"))
    } else {
        join("", file.trim_start_matches("${{ github.workspace }}").trim_start_matches('/'))
    };
    path.and_then(|path| collector.builds.get(&path).copied()).into_iter().collect()
}

/// What a `docker` command builds or starts.
pub(super) fn builds(collector: &Collector<'_>, words: &[&str], folder: &str) -> Vec<UnitId> {
    let is_compose = words[0].ends_with("-compose") || words.get(1) == Some(&"compose");
    if is_compose {
        return composed(collector, words, folder);
    }
    let start = match words {
        [_, "build", ..] => 2,
        [_, "buildx" | "image", "build", ..] => 3,
        _ => return Vec::new(),
    };
    let valued = [
        "-f",
        "--file",
        "-t",
        "--tag",
        "--build-arg",
        "--target",
        "--platform",
        "--cache-from",
        "--cache-to",
        "--label",
        "--secret",
        "--ssh",
        "--output",
        "-o",
        "--progress",
        "--network",
        "--builder",
        "--iidfile",
        "--build-context",
    ];
    let options = &words[start..];
    let file = option_value(options, &["-f", "--file"]);
    let path = match file {
        Some(file) => join(folder, file),
        None => {
            let context = options.get(after_options(options, 0, &valued)).copied().unwrap_or(".");
            join(folder, context).and_then(|context| join(&context, "Dockerfile"))
        }
    };
    path.and_then(|path| collector.builds.get(&path).copied()).into_iter().collect()
}

fn composed(collector: &Collector<'_>, words: &[&str], folder: &str) -> Vec<UnitId> {
    let builds = words.iter().any(|word| matches!(*word, "build" | "--build" | "up" | "run"));
    let starts = words.contains(&"up");
    let mut files: Vec<String> = words
        .windows(2)
        .filter(|pair| matches!(pair[0], "-f" | "--file"))
        .filter_map(|pair| join(folder, pair[1]))
        .collect();
    if files.is_empty() {
        let names = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
        files = names
            .iter()
            .filter_map(|name| join(folder, name))
            .filter(|path| collector.builds.contains_key(path))
            .collect();
        files.truncate(1);
    }
    let mut found = Vec::new();
    for file in files {
        if starts {
            found.extend(collector.builds.get(&file));
        }
        if builds {
            found.extend(collector.builds.get(&format!("{file}#build")));
        }
    }
    found
}
