//! Hooks of pre-commit and prek, of lefthook, and their commands. What a remote hook runs is known for the usual ones;
//! of others only the arguments are.

use super::graph::{Collector, Context, HookUnit};
use super::launchers::bare;
use super::text::Script;
use super::words::split;
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;
use crate::plugin::wit::automation::Hook;
use crate::repository::{file_name, parent};

/// What usual hooks run, where that is not their id.
const PROGRAMS: &[(&str, &str)] = &[
    ("ruff", "ruff check --force-exclude"),
    ("ruff-check", "ruff check --force-exclude"),
    ("ruff-format", "ruff format --force-exclude"),
    ("uv-lock", "uv lock"),
    ("uv-export", "uv export"),
    ("uv-sync", "uv sync"),
    ("pip-compile", "uv pip compile"),
    ("poetry-check", "poetry check"),
    ("poetry-lock", "poetry lock"),
    ("poetry-export", "poetry export"),
    ("pdm-lock-check", "pdm lock --check"),
    ("gitleaks", "gitleaks git --pre-commit --redact --staged --verbose"),
    ("gitleaks-docker", "gitleaks git --pre-commit --redact --staged --verbose"),
    ("gitleaks-system", "gitleaks git --pre-commit --redact --staged --verbose"),
    ("detect-secrets", "detect-secrets-hook"),
    ("commitizen", "cz check --allow-abort --commit-msg-file"),
    ("commitizen-branch", "cz check --rev-range origin/HEAD..HEAD"),
    ("sqlfluff-lint", "sqlfluff lint"),
    ("sqlfluff-fix", "sqlfluff fix"),
    ("nb-clean", "nb-clean clean"),
    ("import-linter", "lint-imports"),
    ("ty", "ty check"),
    ("pyrefly-check", "pyrefly check"),
    ("pyrefly-typecheck", "pyrefly check"),
    ("tach", "tach check"),
    ("ansible-lint", "ansible-lint"),
    ("djlint-django", "djlint"),
    ("shfmt", "shfmt -w"),
    ("taplo-format", "taplo format"),
    ("taplo-lint", "taplo lint"),
    ("trufflehog", "trufflehog git"),
    ("hadolint-docker", "hadolint"),
    ("pyright", "pyright"),
    ("basedpyright", "basedpyright"),
];
/// Hooks whose id is the program they run.
const SAME_NAME: &[&str] = &[
    "mypy",
    "black",
    "isort",
    "flake8",
    "bandit",
    "codespell",
    "typos",
    "pyupgrade",
    "shellcheck",
    "hadolint",
    "interrogate",
    "vulture",
    "zizmor",
    "actionlint",
    "yamllint",
    "mdformat",
    "prettier",
    "eslint",
    "nbstripout",
    "gitlint",
    "deptry",
    "pip-audit",
    "semgrep",
    "validate-pyproject",
    "pylint",
    "pydocstyle",
    "docformatter",
    "autoflake",
    "refurb",
    "cspell",
    "markdownlint",
    "markdownlint-cli2",
    "pyproject-fmt",
    "sync-with-uv",
    "toml-sort",
    "safety",
    "yamlfmt",
    "biome-check",
    "conventional-pre-commit",
    "commitlint",
    "check-github-workflows",
    "check-jsonschema",
    "djlint",
    "sourcery",
    "ruff-lint",
    "blacken-docs",
    "black-jupyter",
    "autopep8",
    "yapf",
    "pycln",
    "add-trailing-comma",
    "reorder-python-imports",
    "pymarkdown",
];

pub(super) fn collect(collector: &mut Collector<'_>) {
    let named =
        |names: &[&str]| -> Vec<String> { super::own_files(collector, |path| names.contains(&file_name(path))) };
    let configurations = named(&[".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml"]);
    let lefthook = named(&["lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml"]);
    for path in configurations {
        configuration(collector, &path);
    }
    for path in lefthook.into_iter().filter(|path| !path.contains('/')) {
        lefthook_file(collector, &path);
    }
}

fn configuration(collector: &mut Collector<'_>, path: &str) {
    let Ok(document) = collector.facts.documents().load(collector.facts, path) else { return };
    let Ok(text) = collector.facts.repository().read(path) else { return };
    let Some(root) = View::root(&document) else { return };
    let folder = parent(path);
    let default_stages = root.get("default_stages").map(stages);
    let start = collector.hooks.len();
    for repository in root.get("repos").into_iter().flat_map(View::children) {
        for hook in repository.get("hooks").into_iter().flat_map(View::children) {
            add(collector, path, &text, folder, repository, hook, default_stages.clone());
        }
    }
    // The hosted service runs on pull requests; that a repository sets it up is all that a file can show.
    if let Some(service) = root.get("ci") {
        let skipped = service.get("skip").map(View::strings).unwrap_or_default();
        let unit = collector.unit();
        let events = collector.events.bit("pull_request");
        collector.reach(unit, events, Some("pre-commit.ci"));
        let reached: Vec<usize> = collector.hooks[start..]
            .iter()
            .filter(|hook| !skipped.contains(&hook.hook.id.as_str()))
            .filter(|hook| hook.stages.as_ref().is_none_or(|stages| stages.iter().any(|stage| stage == "pre-commit")))
            .map(|hook| hook.unit)
            .collect();
        for hook in reached {
            collector.include(unit, hook);
        }
    }
}

fn stages(view: View<'_>) -> Vec<String> {
    let name = |stage: &str| match stage {
        "commit" => "pre-commit".to_owned(),
        "push" => "pre-push".to_owned(),
        "merge-commit" => "pre-merge-commit".to_owned(),
        stage => stage.to_owned(),
    };
    view.strings().into_iter().map(name).collect()
}

fn add(
    collector: &mut Collector<'_>,
    path: &str,
    text: &str,
    folder: &str,
    repository: View<'_>,
    hook: View<'_>,
    default_stages: Option<Vec<String>>,
) {
    let Some(id) = hook.get("id") else { return };
    let address = repository.get("repo").map_or("", View::text);
    let entry = hook.get("entry").filter(|entry| entry.kind() == NodeKind::Text);
    let arguments: Vec<String> = hook
        .get("args")
        .into_iter()
        .flat_map(View::children)
        .filter(|argument| !matches!(argument.kind(), NodeKind::Table | NodeKind::List))
        .map(|argument| argument.text().to_owned())
        .collect();
    let unit = collector.unit();
    let context = Context {
        unit,
        source: "pre-commit",
        name: id.text().to_owned(),
        folder: folder.to_owned(),
        ..Context::default()
    };
    let language = hook.get("language").map_or("", View::text);
    let (program, place) = match entry {
        Some(_) if matches!(language, "pygrep" | "fail") => (None, id),
        Some(entry) => (Some(split(entry.text())), entry),
        None if address == "local" || address == "meta" => (None, id),
        None => (known_program(id.text()), id),
    };
    let is_known = program.is_some();
    let mut words = program.unwrap_or_default();
    words.extend(arguments);
    if is_known {
        // An entry is no shell text; pre-commit splits it into words itself.
        collector.words(words.clone(), place.place(path), context);
    }
    let innermost = bare(&words).pop().unwrap_or_default();
    let words = match innermost.script {
        Some(script) => {
            let script = Script::of_value(path, text, &script, place.span());
            let setting = super::shell::Setting::default();
            let first = super::shell::invocations(&script.text, &setting).into_iter().next();
            first.and_then(|first| bare(&first.words).pop()).map(|bare| bare.words).unwrap_or_default()
        }
        None => innermost.words,
    };
    collector.hooks.push(HookUnit {
        unit,
        hook: Hook {
            place: id.place(path),
            id: id.text().to_owned(),
            repository: address.to_owned(),
            revision: repository.get("rev").map_or("", View::text).to_owned(),
            value: hook.to_value(),
            words,
            triggers: Vec::new(),
        },
        alias: hook.get("alias").map_or("", View::text).to_owned(),
        stages: hook.get("stages").map(stages).or(default_stages),
        folder: folder.to_owned(),
    });
}

fn known_program(id: &str) -> Option<Vec<String>> {
    if let Some((_, program)) = PROGRAMS.iter().find(|(known, _)| *known == id) {
        return Some(split(program));
    }
    SAME_NAME.contains(&id).then(|| vec![id.to_owned()])
}

/// Lefthook: hooks named by Git, each with commands, jobs or scripts.
fn lefthook_file(collector: &mut Collector<'_>, path: &str) {
    let Ok(document) = collector.facts.documents().load(collector.facts, path) else { return };
    let Ok(text) = collector.facts.repository().read(path) else { return };
    let Some(root) = View::root(&document) else { return };
    let table = collector.table("lefthook", "", path);
    for hook in root.children().filter(|hook| hook.kind() == NodeKind::Table) {
        let name = hook.key().unwrap_or_default().to_owned();
        let commands = [hook.get("commands"), hook.get("jobs")].into_iter().flatten().flat_map(View::children);
        let runs: Vec<View<'_>> = commands.filter_map(|command| command.get("run")).collect();
        if runs.is_empty() {
            continue;
        }
        let unit = collector.unit();
        collector.tables[table].names.insert(name.clone(), unit);
        for run in runs {
            let context = Context { unit, source: "lefthook", name: name.clone(), ..Context::default() };
            collector.shell(Script::of_scalar(path, &text, run), context);
        }
    }
}
