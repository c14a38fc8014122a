//! Dockerfiles and compose files: what they say, what they are for, and how they are built.
//!
//! Left out: what lies in vendored folders and templates, Dockerfiles that are generated at run time, bake files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::value::View;
use super::{Facts, Target, Trouble};
use crate::plugin::wit::containers::{ComposeFile, Dockerfile};
use crate::plugin::wit::{Node, NodeKind, Role, Span};
use crate::repository::{file_name, join, parent};

mod builds;
mod commands;
mod compose;
mod dockerfile;
mod dockerignore;
mod heredoc;
mod image;
mod stages;
pub(crate) mod words;

use builds::{Build, Weight};

/// Dockerfiles larger than this are not read; they are written by people.
const LARGEST_FILE: u64 = 256 << 10;

/// All Dockerfiles and compose files of the repository.
pub(crate) struct Containers {
    /// Sorted by path, each with the root of the project that it belongs to.
    dockerfiles: Vec<(String, Dockerfile)>,
    compose_files: Vec<ComposeFile>,
    /// By path.
    ignore_rules: BTreeMap<String, dockerignore::Rules>,
}

impl Containers {
    pub(crate) fn build(facts: &Facts) -> Self {
        let compose = compose_documents(facts);
        let mut paths: BTreeSet<&str> = facts
            .repository()
            .files()
            .iter()
            .map(|file| file.path.as_str())
            .filter(|path| is_dockerfile(path) && is_wanted(facts, path))
            .collect();
        let mut builds: Vec<Build> = Vec::new();
        for (path, purpose, document) in &compose {
            let Some(root) = View::root(document) else { continue };
            builds.extend(builds::of_compose(facts, path, purpose, root));
        }
        builds.extend(builds::of_automation(facts));
        builds.sort_by_key(|build| build.weight);
        // Whatever its name is, what is built is a Dockerfile.
        paths.extend(builds.iter().map(|build| build.dockerfile.as_str()).filter(|path| is_wanted(facts, path)));
        let dockerfiles: Vec<(String, Dockerfile)> =
            paths.into_iter().filter_map(|path| read_dockerfile(facts, path, &builds)).collect();
        let mut ignore_rules = BTreeMap::new();
        for path in dockerfiles.iter().filter_map(|(_, dockerfile)| dockerfile.ignore_file.as_deref()) {
            if !ignore_rules.contains_key(path) {
                ignore_rules.insert(path.to_owned(), read_ignore_file(facts, path));
            }
        }
        let compose_files = compose
            .into_iter()
            .map(|(path, purpose, document)| {
                let value = compose::resolve(&path, &document).unwrap_or_else(|| document.to_vec());
                ComposeFile { path, purpose: purpose.to_owned(), value }
            })
            .collect();
        Self { dockerfiles, compose_files, ignore_rules }
    }

    /// The Dockerfiles of the target, sorted by path. A Dockerfile belongs to the project that it lies in; one that
    /// lies in none belongs to the project of its build context, else of what it copies.
    pub(crate) fn dockerfiles(&self, _facts: &Facts, target: &Target) -> Vec<Dockerfile> {
        self.dockerfiles_of(target).cloned().collect()
    }

    /// Whether the target has a Dockerfile.
    pub(crate) fn has_dockerfile(&self, target: &Target) -> bool {
        self.dockerfiles_of(target).next().is_some()
    }

    fn dockerfiles_of<'a>(&'a self, target: &'a Target) -> impl Iterator<Item = &'a Dockerfile> {
        let is_wanted = move |owner: &str| match target {
            Target::Repository => true,
            Target::Project(root) => root == owner,
        };
        self.dockerfiles.iter().filter(move |(owner, _)| is_wanted(owner)).map(|(_, dockerfile)| dockerfile)
    }

    /// The compose files of the target, sorted by path.
    pub(crate) fn compose_files(&self, facts: &Facts, target: &Target) -> Vec<ComposeFile> {
        self.compose_files.iter().filter(|file| target.contains(facts, &file.path)).cloned().collect()
    }

    /// Whether the target has a compose file.
    pub(crate) fn has_compose_file(&self, facts: &Facts, target: &Target) -> bool {
        self.compose_files.iter().any(|file| target.contains(facts, &file.path))
    }

    /// For each path, relative to the build context, whether the Dockerfile's ignore file leaves it out.
    pub(crate) fn ignored(&self, _facts: &Facts, dockerfile: &str, paths: &[String]) -> Vec<bool> {
        let found = self.dockerfiles.iter().find(|(_, found)| found.path == dockerfile);
        let rules = found.and_then(|(_, found)| self.ignore_rules.get(found.ignore_file.as_deref()?));
        paths.iter().map(|path| rules.is_some_and(|rules| rules.is_ignored(path))).collect()
    }
}

fn is_wanted(facts: &Facts, path: &str) -> bool {
    !path.contains("{{") && !matches!(facts.projects().role_of(path), Role::Vendored | Role::Template)
}

/// Whether a file is a Dockerfile, judged from its name.
fn is_dockerfile(path: &str) -> bool {
    const OTHERS: [&str; 18] = [
        "dockerignore",
        "md",
        "rst",
        "txt",
        "j2",
        "jinja",
        "jinja2",
        "template",
        "tmpl",
        "tpl",
        "in",
        "erb",
        "py",
        "sh",
        "yml",
        "yaml",
        "json",
        "toml",
    ];
    let name = file_name(path);
    let lower = name.to_ascii_lowercase();
    if lower.rsplit_once('.').is_some_and(|(_, extension)| OTHERS.contains(&extension)) {
        return false;
    }
    let after = ["Dockerfile", "Containerfile"].iter().find_map(|prefix| name.strip_prefix(prefix));
    lower == "dockerfile"
        || lower == "containerfile"
        || lower.ends_with(".dockerfile")
        || lower.ends_with(".containerfile")
        || after.is_some_and(|after| after.starts_with(['.', '-', '_']))
}

/// The compose files with their purposes and documents.
fn compose_documents(facts: &Facts) -> Vec<(String, &'static str, Arc<Vec<Node>>)> {
    let files = facts.repository().files().iter().map(|file| file.path.as_str());
    files
        .filter(|path| compose::is_compose(path) && is_wanted(facts, path))
        .filter_map(|path| {
            let document = facts.documents().load(facts, path).ok()?;
            let root = View::root(&document)?;
            let is_compose = root.kind() == NodeKind::Table
                && ["services", "include", "x-common"].iter().any(|key| root.get(key).is_some());
            let purpose = compose::purpose(path, facts.projects().role_of(path));
            is_compose.then(|| (path.to_owned(), purpose, Arc::clone(&document)))
        })
        .collect()
}

fn read_ignore_file(facts: &Facts, path: &str) -> dockerignore::Rules {
    let is_small = facts.repository().file(path).is_some_and(|file| file.size <= LARGEST_FILE);
    let Ok(bytes) = facts.repository().read_bytes(path) else { return dockerignore::Rules::default() };
    if !is_small {
        return dockerignore::Rules::default();
    }
    let (rules, problems) = dockerignore::parse(&String::from_utf8_lossy(&bytes));
    for (span, message) in problems {
        facts.problem(Trouble::Invalid, path, span, message);
    }
    rules
}

fn read_dockerfile(facts: &Facts, path: &str, builds: &[Build]) -> Option<(String, Dockerfile)> {
    let start = Span { start: 0, end: 0 };
    if facts.repository().file(path)?.size > LARGEST_FILE {
        facts.problem(Trouble::Unreadable, path, start, format!("larger than {} KiB", LARGEST_FILE >> 10));
        return None;
    }
    let text = match facts.repository().read(path) {
        Ok(text) => text,
        Err(error) => {
            facts.problem(Trouble::Unreadable, path, start, error.to_string());
            return None;
        }
    };
    // Input of a template engine, whatever its name.
    if text.lines().any(|line| line.trim_start().starts_with("{%")) {
        return None;
    }
    let parsed = dockerfile::parse(path, &text);
    let (mut stages, early) = stages::stages(parsed.instructions);
    for (span, message) in parsed.problems.into_iter().chain(early.into_iter().take(1)) {
        facts.problem(Trouble::Invalid, path, span, message);
    }
    if stages.is_empty() {
        facts.problem(Trouble::Invalid, path, start, "no `FROM`");
        return None;
    }
    let builds: Vec<&Build> = builds.iter().filter(|build| build.dockerfile == path).collect();
    let built = built(&stages, &builds);
    stages::mark_needed(&mut stages, built);
    let context = context(facts, path, &stages, &builds);
    let own = format!("{path}.dockerignore");
    let ignore_file = [Some(own), join(&context, ".dockerignore")].into_iter().flatten();
    let dockerfile = Dockerfile {
        path: path.to_owned(),
        purpose: purpose(path, facts.projects().role_of(path), &builds).to_owned(),
        python: image::runs_python(&stages, built),
        built: built as u32,
        ignore_file: ignore_file.into_iter().find(|path| facts.repository().file(path).is_some()),
        stages,
        context,
    };
    Some((owner(facts, &dockerfile), dockerfile))
}

/// The stage that is built: what the weightiest of the builds name, else the last. A target for development or tests
/// is not what is shipped.
fn built(stages: &[crate::plugin::wit::containers::Stage], builds: &[&Build]) -> usize {
    let last = stages.len().saturating_sub(1);
    let shipped = |build: &&&Build| {
        let target = build.target.as_deref().unwrap_or_default();
        !has_word(target, &DEVELOPMENT) && !has_word(target, &TESTS)
    };
    let Some(weight) = builds.iter().filter(shipped).map(|build| build.weight).min() else { return last };
    let targets = builds.iter().filter(|build| build.weight == weight).filter(shipped);
    let named = targets.map(|build| match &build.target {
        Some(target) => stages::target(stages, target),
        None => Some(last),
    });
    named.flatten().max().unwrap_or(last)
}

const DEVELOPMENT: [&str; 6] = ["dev", "devel", "development", "devcontainer", "local", "debug"];
const TESTS: [&str; 9] = ["test", "tests", "testing", "ci", "e2e", "bench", "benchmark", "lint", "check"];

fn has_word(name: &str, words: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    name.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| words.contains(&word))
}

fn purpose(path: &str, role: Role, builds: &[&Build]) -> &'static str {
    let name = file_name(path);
    let is_devcontainer_only = !builds.is_empty() && builds.iter().all(|build| build.weight == Weight::DevContainer);
    if is_devcontainer_only || has_word(name, &DEVELOPMENT) {
        "development"
    } else if matches!(role, Role::Test | Role::Example | Role::Documentation) || has_word(name, &TESTS) {
        "test"
    } else {
        folder_purpose(path).unwrap_or("image")
    }
}

/// What the folders that a file lies in say of it. What serves CI only is a test's.
fn folder_purpose(path: &str) -> Option<&'static str> {
    parent(path).split('/').rev().find_map(|folder| {
        let folder = folder.trim_start_matches('.').to_ascii_lowercase();
        let is_one_of = |words: &[&str]| words.contains(&folder.as_str());
        match () {
            () if is_one_of(&DEVELOPMENT) => Some("development"),
            () if is_one_of(&TESTS) || is_one_of(&["github", "gitlab", "regtest", "integration"]) => Some("test"),
            () => None,
        }
    })
}

/// The folder of the build context: what a build says, else the folder, from the Dockerfile's own upwards, that has
/// the most of what is copied.
fn context(facts: &Facts, path: &str, stages: &[crate::plugin::wit::containers::Stage], builds: &[&Build]) -> String {
    if let Some(context) = builds.iter().find_map(|build| build.context.clone()) {
        return context;
    }
    const HOUSINGS: [&str; 7] = ["docker", "dockerfiles", "deploy", "build", "ci", "containers", "devcontainer"];
    let own = parent(path);
    let copied: Vec<&str> = image::copied(stages).filter(|source| !matches!(*source, "." | "./" | "*")).collect();
    let folders = std::iter::successors(Some(own), |folder| (!folder.is_empty()).then(|| parent(folder)));
    let score = |folder: &str| copied.iter().filter(|source| is_there(facts, folder, source)).count();
    let mut best = (own, 0);
    for folder in folders.take(16) {
        let score = score(folder);
        if score > best.1 {
            best = (folder, score);
        }
    }
    // A folder that houses Dockerfiles holds nothing to build from.
    if best.1 == 0 && HOUSINGS.contains(&file_name(own).trim_start_matches('.')) {
        return parent(own).to_owned();
    }
    best.0.to_owned()
}

/// Whether a COPY source, maybe with wildcards, is in a folder.
fn is_there(facts: &Facts, folder: &str, source: &str) -> bool {
    let literal = source.find(['*', '?', '[']).map(|end| &source[..end]);
    match literal {
        None => join(folder, &format!("./{source}")).is_some_and(|path| facts.repository().exists(&path)),
        Some(literal) => {
            let (above, start) = literal.rsplit_once('/').unwrap_or(("", literal));
            let Some(above) = join(folder, &format!("./{above}")) else { return false };
            let skipped = if above.is_empty() { 0 } else { above.len() + 1 };
            facts.repository().below(&above).any(|file| file.path[skipped..].starts_with(start))
        }
    }
}

/// Root of the project that a Dockerfile belongs to.
fn owner(facts: &Facts, dockerfile: &Dockerfile) -> String {
    let projects = facts.projects();
    let by_path = projects.root_of(&dockerfile.path);
    let by_context = projects.root_of(&join(&dockerfile.context, "Dockerfile").unwrap_or_default());
    let owner = [by_path, by_context].into_iter().find(|root| !root.is_empty());
    owner.map_or_else(|| owner_by_copies(facts, dockerfile), str::to_owned)
}

/// The one project that everything copied lies in; else the root's.
fn owner_by_copies(facts: &Facts, dockerfile: &Dockerfile) -> String {
    let paths =
        image::copied(&dockerfile.stages).filter_map(|source| join(&dockerfile.context, &format!("./{source}")));
    // A folder's project is that of a file in it.
    let roots: BTreeSet<String> =
        paths.map(|path| facts.projects().root_of(format!("{path}/x").trim_start_matches('/')).to_owned()).collect();
    let mut roots = roots.into_iter();
    match (roots.next(), roots.next()) {
        (Some(root), None) => root,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
