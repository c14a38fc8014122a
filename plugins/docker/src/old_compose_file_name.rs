//! Compose files under an old name.

use plimsoll_sdk::paths::{file_name, join, parent, start};
use plimsoll_sdk::prelude::*;

rule! {
    /// The local stack is described under an old file name.
    ///
    /// `compose.yaml` is the name that the Compose Specification prefers; with two names around, people and tools look
    /// in the wrong file. Rename the file, and its variants with it.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad docker-compose.yml
    /// services:  # error: `docker-compose.yml` is not called `compose.yaml`
    ///   app:
    ///     build: .
    /// ```
    /// ```make bad Makefile
    /// COMPOSE = docker compose -f ./docker-compose.yml -f docker-compose.yml.local
    /// ```
    /// ```markdown bad README.md
    /// See [the stack](docker-compose.yml), or fetch https://example.org/main/docker-compose.yml.
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml fixed compose.yaml
    /// services:
    ///   app:
    ///     build: .
    /// ```
    /// ```make fixed Makefile
    /// COMPOSE = docker compose -f ./compose.yaml -f docker-compose.yml.local
    /// ```
    /// ```markdown fixed README.md
    /// See [the stack](compose.yaml), or fetch https://example.org/main/docker-compose.yml.
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml good compose.yaml
    /// services:
    ///   app:
    ///     build: .
    /// ```
    pub(crate) static OLD_COMPOSE_FILE_NAME = {
        id: "old-compose-file-name",
        requirements: ["13.6.1"],
        check: Check::ComposeFiles(old_compose_file_name),
    }
}

fn old_compose_file_name(report: &mut Report, file: &ComposeFile) {
    let (folder, name) = (parent(&file.path), file_name(&file.path));
    let is_old = matches!(name, "docker-compose.yml" | "docker-compose.yaml" | "compose.yml");
    // Elsewhere it is a bundle for some other purpose.
    let is_main = folder.is_empty() || repository::exists(&join(folder, "Dockerfile"));
    if !is_old || !is_main || file.purpose != "base" || repository::exists(&join(folder, "compose.yaml")) {
        return;
    }
    let finding = report
        .finding(&start(&file.path), format!("`{name}` is not called `compose.yaml`"))
        .help("rename it with `git mv`, and the commands that name it with `-f`")
        .unsafe_fix(renamed(&file.path).unwrap_or_default());
    if name == "compose.yml" {
        drop(finding.low());
    }
}

/// Where a compose file is named.
const READERS: &[&str] = &[
    "*.md",
    "*.rst",
    "*.sh",
    "*.toml",
    "*.yml",
    "*.yaml",
    "Makefile",
    "*.mk",
    "justfile",
    "Justfile",
    "*.just",
    "noxfile.py",
    "tasks.py",
    ".dockerignore",
    "devcontainer.json",
    ".editorconfig",
];

/// Gives a file its new name, there and where it is named. None where the name stands for several files.
fn renamed(path: &str) -> Option<Vec<Edit>> {
    let (folder, name) = (parent(path), file_name(path));
    if repository::find(&[name]).len() != 1 {
        return None;
    }
    let text = repository::read(path).ok()?;
    let mut edits = vec![edit::create(join(folder, "compose.yaml"), text), Edit::DeleteFile(path.to_owned())];
    for file in repository::find(READERS) {
        let lower = file_name(&file.path).to_ascii_lowercase();
        let is_history = ["change", "release", "history", "news"].iter().any(|word| lower.starts_with(word));
        if file.path == path
            || is_history
            || !matches!(file.role, Role::Source | Role::Script | Role::Test | Role::Documentation)
        {
            continue;
        }
        let Ok(text) = repository::read(&file.path) else { continue };
        edits.extend(mentions(&text, path).into_iter().map(|start| {
            let span = Span { start: start as u32, end: (start + name.len()) as u32 };
            edit::replace(&Place { path: file.path.clone(), span }, "compose.yaml")
        }));
    }
    Some(edits)
}

/// Where a text names a file of the repository by its name: not as the end or start of another name, nor in a URL, which
/// leads to another state of the repository.
fn mentions(text: &str, path: &str) -> Vec<usize> {
    let (folder, name) = (parent(path), file_name(path));
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    let is_it = |(start, _): &(usize, &str)| {
        let (before, after) =
            (text.get(..*start).unwrap_or_default(), text.get(start + name.len()..).unwrap_or_default());
        let word = before.rsplit(|letter: char| letter.is_whitespace() || "\"'`()[]=,<>{}".contains(letter)).next();
        let in_folder = word.unwrap_or_default();
        let mut parts = in_folder.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
        let is_beside = !in_folder.contains(':')
            && (parts.next().is_none() || !folder.is_empty() && in_folder.ends_with(&format!("{folder}/")));
        let mut rest = after.chars();
        let is_end =
            rest.next().is_none_or(|letter| !is_part(letter) && (letter != '.' || !rest.next().is_some_and(is_part)));
        is_beside && is_end
    };
    text.match_indices(name).filter(is_it).map(|(start, _)| start).collect()
}
