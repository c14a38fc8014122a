//! Who builds which Dockerfile, in which context, up to which stage: compose files, CI pipelines, deployment settings,
//! task runners, scripts and dev containers.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;
use crate::repository::{file_name, join, parent};

use super::commands::{BuildWords, build_words, docker_words, kaniko_words, plain};
use super::words::{self, Operators};

/// Scripts larger than this are not looked at.
const LARGEST_SCRIPT: u64 = 256 << 10;
/// Combinations of a job's matrix that are looked at.
const MOST_COMBINATIONS: usize = 64;

/// More builds than this are not kept.
const MOST_BUILDS: usize = 10_000;

/// How much a build says of the image that is shipped: the least counts most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// CI and deployment.
    Pipeline,
    /// Compose files for production.
    Production,
    /// The base compose file.
    Base,
    /// Task runners and scripts.
    Script,
    /// Compose files for development and tests.
    Development,
    /// Dev containers.
    DevContainer,
}

/// Something that builds a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Build {
    pub(super) dockerfile: String,
    /// None when it is not in the repository, or can't be known.
    pub(super) context: Option<String>,
    pub(super) target: Option<String>,
    pub(super) weight: Weight,
}

/// The builds that a compose file makes.
pub(super) fn of_compose(facts: &Facts, path: &str, purpose: &str, document: View<'_>) -> Vec<Build> {
    let weight = match purpose {
        "production" => Weight::Production,
        "base" => Weight::Base,
        _ => Weight::Development,
    };
    let services = document.get("services").into_iter().flat_map(View::children);
    let builds = services.filter_map(|service| {
        let build = service.get("build")?;
        let text = |key: &str| build.get(key).and_then(View::string);
        let words = match build.string() {
            Some(context) => BuildWords { context: plain(context), ..BuildWords::default() },
            None if text("dockerfile_inline").is_some() => return None,
            None => BuildWords {
                context: plain(text("context").unwrap_or(".")),
                file: text("dockerfile").map(plain).unwrap_or_else(|| Some("Dockerfile".to_owned())),
                target: text("target").and_then(plain),
            },
        };
        // The Dockerfile's path starts at the context.
        let context = join(parent(path), &words.context?)?;
        let dockerfile = join(&context, words.file.as_deref().unwrap_or("Dockerfile"))?;
        Some(Build { dockerfile, context: Some(context), target: words.target, weight })
    });
    builds.filter(|build| facts.repository().file(&build.dockerfile).is_some()).collect()
}

/// The builds of everything else.
pub(super) fn of_automation(facts: &Facts) -> Vec<Build> {
    let mut builds = Vec::new();
    for file in facts.repository().files() {
        let (path, name) = (file.path.as_str(), file_name(&file.path));
        let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
        let is_action = name.starts_with("action.");
        if is_yaml && (path.starts_with(".github/workflows/") || is_action) {
            workflow(facts, path, &mut builds);
        } else if is_yaml && name.to_ascii_lowercase().starts_with("cloudbuild") {
            cloud_build(facts, path, &mut builds);
        } else if let Some(table) = setting(name) {
            settings(facts, path, table, &mut builds);
        } else if is_script(path, name) && file.size <= LARGEST_SCRIPT {
            let Ok(text) = facts.repository().read(path) else { continue };
            let weight = if is_yaml || name == "Jenkinsfile" { Weight::Pipeline } else { Weight::Script };
            // A script may run in its own folder, or at the root.
            commands(facts, &text, &["", parent(path)], weight, &mut builds);
        }
    }
    builds
}

fn is_script(path: &str, name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "justfile",
        ".justfile",
        "Justfile",
        "Makefile",
        "makefile",
        "GNUmakefile",
        "Jenkinsfile",
        ".gitlab-ci.yml",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        "Taskfile.yml",
        "Taskfile.yaml",
    ];
    const ENDINGS: [&str; 5] = [".sh", ".bash", ".mk", ".just", ".gitlab-ci.yml"];
    NAMES.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending)) || path == ".circleci/config.yml"
}

/// Where a deployment's or dev container's settings name a Dockerfile.
struct Setting {
    /// The table, or the list of tables.
    table: &'static [&'static str],
    file: &'static str,
    context: &'static str,
    target: &'static str,
    weight: Weight,
}

fn setting(name: &str) -> Option<&'static Setting> {
    const FLY: Setting = Setting {
        table: &["build"],
        file: "dockerfile",
        context: "",
        target: "build-target",
        weight: Weight::Pipeline,
    };
    const RENDER: Setting = Setting {
        table: &["services"],
        file: "dockerfilePath",
        context: "dockerContext",
        target: "",
        weight: Weight::Pipeline,
    };
    const RAILWAY: Setting =
        Setting { table: &["build"], file: "dockerfilePath", context: "", target: "", weight: Weight::Pipeline };
    const DEVELOPMENT: Setting = Setting {
        table: &["build"],
        file: "dockerfile",
        context: "context",
        target: "target",
        weight: Weight::DevContainer,
    };
    match name {
        "fly.toml" => Some(&FLY),
        "render.yaml" => Some(&RENDER),
        "railway.json" | "railway.toml" => Some(&RAILWAY),
        "devcontainer.json" | ".devcontainer.json" => Some(&DEVELOPMENT),
        _ => None,
    }
}

fn settings(facts: &Facts, path: &str, setting: &Setting, builds: &mut Vec<Build>) {
    let Ok(document) = facts.documents().load(facts, path) else { return };
    let Some(table) = View::root(&document).and_then(|root| root.at(setting.table)) else { return };
    let tables: Vec<View<'_>> = if table.kind() == NodeKind::List { table.children().collect() } else { vec![table] };
    for table in tables {
        let text = |key: &str| table.get(key).and_then(View::string).and_then(plain);
        let Some(file) = text(setting.file) else { continue };
        // Only dev containers start the context at the settings' folder and let it be left out for that one.
        let context = text(setting.context).unwrap_or_else(|| ".".to_owned());
        let words = BuildWords { file: Some(file), context: Some(context), target: text(setting.target) };
        add(facts, words, &[parent(path)], setting.weight, builds);
    }
}

fn workflow(facts: &Facts, path: &str, builds: &mut Vec<Build>) {
    let Ok(document) = facts.documents().load(facts, path) else { return };
    let Some(root) = View::root(&document) else { return };
    let jobs = root.get("jobs").into_iter().flat_map(View::children);
    for holder in jobs.chain(root.get("runs")) {
        let combinations = combinations(holder);
        for step in holder.get("steps").into_iter().flat_map(View::children) {
            // Only what speaks of the matrix differs among its combinations.
            let inputs = step.get("with").into_iter().flat_map(View::children);
            let mut texts = inputs.chain(step.get("run")).chain(step.get("working-directory")).map(View::text);
            let count = if texts.any(|text| text.contains("matrix.")) { combinations.len() } else { 1 };
            for combination in &combinations[..count] {
                step_builds(facts, step, combination, builds);
            }
        }
    }
}

fn step_builds(facts: &Facts, step: View<'_>, combination: &BTreeMap<&str, &str>, builds: &mut Vec<Build>) {
    let fill = |text: &str| fill(text, combination);
    if step.get("uses").and_then(View::string).is_some_and(|uses| uses.starts_with("docker/build-push-action")) {
        let inputs = step.get("with");
        let input = |key: &str| inputs.and_then(|inputs| inputs.get(key)).and_then(View::string);
        let context = input("context").map(|context| context.trim_start_matches("{{defaultContext}}:"));
        let words = BuildWords {
            file: input("file").and_then(fill),
            context: context.map_or(Some(".".to_owned()), fill),
            target: input("target").and_then(fill),
        };
        if input("file").is_none() || words.file.is_some() {
            add(facts, words, &[""], Weight::Pipeline, builds);
        }
    } else if let Some(text) = step.get("run").and_then(View::string).filter(|text| mentions_builder(text)) {
        let folder = step.get("working-directory").and_then(View::string).and_then(fill).unwrap_or_default();
        // What can't be filled in stays, and is skipped with its line.
        let text = fill_lines(text, combination);
        commands(facts, &text, &[&folder], Weight::Pipeline, builds);
    }
}

/// The values that a job's matrix gives to its names: one table for each entry of `include`, and one for each single
/// value of a list. A job without matrix has one empty table.
fn combinations(job: View<'_>) -> Vec<BTreeMap<&str, &str>> {
    let mut combinations = vec![BTreeMap::new()];
    let matrix = job.at(&["strategy", "matrix"]);
    for axis in matrix.into_iter().flat_map(View::children) {
        let Some(key) = axis.key() else { continue };
        for value in axis.children().take(MOST_COMBINATIONS) {
            if key == "include" || value.kind() == NodeKind::Table {
                let fields = value.children().filter_map(|field| Some((field.key()?, field.text())));
                combinations.push(fields.collect());
            } else if key != "exclude" {
                combinations.push(BTreeMap::from([(key, value.text())]));
            }
        }
    }
    combinations.truncate(MOST_COMBINATIONS);
    combinations
}

/// A text with the expressions of the matrix and the workspace filled in; none when any other is left.
fn fill(text: &str, combination: &BTreeMap<&str, &str>) -> Option<String> {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}")?;
        result.push_str(before);
        let expression = expression.trim();
        match expression.strip_prefix("matrix.") {
            Some(name) => result.push_str(combination.get(name.rsplit('.').next()?)?),
            None if matches!(expression, "github.workspace" | "github.action_path") => result.push('.'),
            None => return None,
        }
        rest = after;
    }
    result.push_str(rest);
    Some(result)
}

fn fill_lines(text: &str, combination: &BTreeMap<&str, &str>) -> String {
    let text = text.replace("\\\n", " ");
    let lines = text.lines().map(|line| {
        // Only the tag and other labels of an image usually vary; they are not looked at.
        let words =
            line.split_whitespace().map(|word| fill(word, combination).unwrap_or_else(|| "$UNKNOWN".to_owned()));
        if line.contains("${{") { words.collect::<Vec<_>>().join(" ") } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn cloud_build(facts: &Facts, path: &str, builds: &mut Vec<Build>) {
    let Ok(document) = facts.documents().load(facts, path) else { return };
    let steps = View::root(&document).and_then(|root| root.get("steps"));
    for step in steps.into_iter().flat_map(View::children) {
        let arguments: Vec<String> =
            step.get("args").map(View::strings).unwrap_or_default().into_iter().map(str::to_owned).collect();
        let program = step.get("name").and_then(View::string).unwrap_or_default();
        let folder = step.get("dir").and_then(View::string).and_then(plain).unwrap_or_default();
        let words = match arguments.split_first() {
            Some((first, arguments)) if first == "build" && program.contains("docker") => docker_words(arguments),
            _ if program.contains("kaniko") => kaniko_words(&arguments),
            _ => continue,
        };
        add(facts, words, &[&folder], Weight::Pipeline, builds);
    }
}

fn mentions_builder(text: &str) -> bool {
    text.len() as u64 <= LARGEST_SCRIPT
        && ["docker", "podman", "nerdctl", "buildah", "kaniko"].iter().any(|program| text.contains(program))
}

/// The builds among the commands of a script.
fn commands(facts: &Facts, text: &str, folders: &[&str], weight: Weight, builds: &mut Vec<Build>) {
    if !mentions_builder(text) {
        return;
    }
    for line in text.replace("\\\r\n", " ").replace("\\\n", " ").lines() {
        if !["build", "bud", "kaniko"].iter().any(|word| line.contains(word)) {
            continue;
        }
        let words = words::split(line.trim_start().trim_start_matches(['@', '-', ' ']), Operators::Words);
        let mut folder = String::new();
        for command in words.split(|word| matches!(word.as_str(), "&&" | "||" | ";" | "|" | "&" | "(" | ")")) {
            if let [program, target] = command
                && program == "cd"
            {
                folder.clone_from(target);
            }
            let Some(words) = build_words(command) else { continue };
            let folders: Vec<String> = folders.iter().filter_map(|start| join(start, &plain(&folder)?)).collect();
            let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
            add(facts, words, &folders, weight, builds);
        }
    }
}

/// Adds a build whose paths start at the first of the folders where its Dockerfile is.
fn add(facts: &Facts, words: BuildWords, folders: &[&str], weight: Weight, builds: &mut Vec<Build>) {
    let context = words.context.as_deref().and_then(plain);
    let file = match &words.file {
        Some(file) => plain(file),
        None => context.as_deref().map(|context| format!("{context}/Dockerfile")),
    };
    let Some(file) = file else { return };
    let build = folders.iter().find_map(|folder| {
        // A path from the root of the file system is one of the workspace.
        let dockerfile = join(folder, &file).filter(|path| facts.repository().file(path).is_some())?;
        let context = context.as_deref().and_then(|context| join(folder, context));
        let context = context.filter(|context| facts.repository().exists(context));
        Some(Build { dockerfile, context, target: words.target.clone(), weight })
    });
    if builds.len() < MOST_BUILDS {
        builds.extend(build);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_matrices() {
        let combination = BTreeMap::from([("app", "api")]);
        assert_eq!(fill("a/${{ matrix.app }}", &combination).as_deref(), Some("a/api"));
        assert_eq!(fill("${{ matrix.other }}", &combination), None);
    }
}
