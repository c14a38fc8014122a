//! Hooks that every commit should pass.

use plimsoll_sdk::gates::TYPE_CHECKERS;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::listed;

rule! {
    /// A hook that every commit should pass is missing.
    ///
    /// What a hook mends in a second is found by CI in minutes and by a reviewer in hours. Add the hooks to
    /// `.pre-commit-config.yaml`: Ruff's linter and formatter, the type checker, the small ones for whitespace, YAML and
    /// TOML, and the guard of the main branch. Tools that do the same count.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.pyright]
    /// typeCheckingMode = "strict"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// repos:  # error: no hook runs Ruff's linter # error: no hook runs Ruff's formatter # error: no hook checks the types # error: hooks are missing: `trailing-whitespace`, `end-of-file-fixer`, `check-yaml` and `check-toml` # error: no hook guards the main branch # error: no hook validates commit messages
    ///   - repo: https://github.com/codespell-project/codespell
    ///     rev: v2.4.0
    ///     hooks:
    ///       - id: codespell
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.pyright]
    /// typeCheckingMode = "strict"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .pre-commit-config.yaml
    /// default_install_hook_types: [pre-commit, commit-msg]
    /// repos:
    ///   - repo: https://github.com/pre-commit/pre-commit-hooks
    ///     rev: v6.0.0
    ///     hooks:
    ///       - id: trailing-whitespace
    ///       - id: end-of-file-fixer
    ///       - id: check-yaml
    ///       - id: check-toml
    ///       - id: no-commit-to-branch
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks:
    ///       - id: ruff-check
    ///       - id: ruff-format
    ///   - repo: https://github.com/compilerla/conventional-pre-commit
    ///     rev: v4.0.0
    ///     hooks:
    ///       - id: conventional-pre-commit
    ///         stages: [commit-msg]
    ///   - repo: local
    ///     hooks:
    ///       - id: types
    ///         name: types
    ///         entry: uv run pyright
    ///         language: system
    /// ```
    ///
    /// A hook of a repository that is used already is one line more:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// repos:  # error: no hook runs Ruff's formatter # error: hooks are missing: `end-of-file-fixer`, `check-yaml` and `check-toml` # error: no hook guards the main branch
    ///   # The versions are raised every month.
    ///   - repo: https://github.com/pre-commit/pre-commit-hooks
    ///     rev: v6.0.0
    ///     hooks:
    ///       - id: trailing-whitespace
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks:
    ///       - id: ruff-check
    ///   - repo: https://github.com/compilerla/conventional-pre-commit
    ///     rev: v4.0.0
    ///     hooks:
    ///       - id: conventional-pre-commit  # error: nothing installs the hook for commit messages
    ///         stages: [commit-msg]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// repos:
    ///   # The versions are raised every month.
    ///   - repo: https://github.com/pre-commit/pre-commit-hooks
    ///     rev: v6.0.0
    ///     hooks:
    ///       - id: trailing-whitespace
    ///       - id: end-of-file-fixer
    ///       - id: check-yaml
    ///       - id: check-toml
    ///       - id: no-commit-to-branch
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks:
    ///       - id: ruff-check
    ///       - id: ruff-format
    ///   - repo: https://github.com/compilerla/conventional-pre-commit
    ///     rev: v4.0.0
    ///     hooks:
    ///       - id: conventional-pre-commit
    ///         stages: [commit-msg]
    /// default_install_hook_types: [pre-commit, commit-msg]
    /// ```
    ///
    /// Stages that are set for all hooks hold for those without their own, and local hooks may run the programs:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// default_install_hook_types: [commit-msg]
    /// default_stages: [manual]
    /// repos:  # error: no hook runs Ruff's linter
    ///   - repo: https://github.com/pre-commit/pre-commit-hooks
    ///     rev: v6.0.0
    ///     hooks:
    ///       - id: no-commit-to-branch
    ///         stages: [pre-commit]
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks:
    ///       - id: ruff-check
    ///       - id: ruff-format
    ///         stages: [pre-commit]
    ///   - repo: https://github.com/compilerla/conventional-pre-commit
    ///     rev: v4.0.0
    ///     hooks:
    ///       - id: conventional-pre-commit
    ///         stages: [commit-msg]
    ///   - repo: local
    ///     hooks:
    ///       - id: spaces
    ///         name: spaces
    ///         entry: uv run editorconfig-checker
    ///         language: system
    ///         stages: [pre-commit]
    ///       - id: data
    ///         name: data
    ///         entry: uvx --from pre-commit-hooks check-yaml
    ///         language: system
    ///         stages: [pre-commit]
    ///       - id: tables
    ///         name: tables
    ///         entry: uv run taplo lint
    ///         language: system
    ///         stages: [pre-commit]
    /// ```
    pub(crate) static MISSING_COMMIT_HOOK = {
        id: "missing-commit-hook",
        requirements: ["11.4.1", "11.4.2", "11.4.3", "11.4.4", "11.4.5", "11.4.6", "11.4.7", "11.4.8", "11.4.10"],
        check: Check::Documents(&["/.pre-commit-config.yaml", "/.pre-commit-config.yml"], missing_commit_hook),
    }
}

/// Small hooks: requirement, id, and others that do the same.
const HYGIENE: &[(&str, &str, &[&str])] = &[
    (
        "11.4.5",
        "trailing-whitespace",
        &["trailing-whitespace-fixer", "editorconfig-checker", "eclint", "fix-whitespace", "prettier"],
    ),
    ("11.4.6", "end-of-file-fixer", &["editorconfig-checker", "prettier"]),
    (
        "11.4.7",
        "check-yaml",
        &[
            "yamllint",
            "yamlfmt",
            "yamlfix",
            "prettier",
            "check-jsonschema",
            "check-github-workflows",
            "check-yaml-schema",
        ],
    ),
    (
        "11.4.8",
        "check-toml",
        &[
            "taplo",
            "taplo-format",
            "taplo-lint",
            "tombi-format",
            "tombi-lint",
            "toml-sort",
            "toml-sort-fix",
            "pyproject-fmt",
            "validate-pyproject",
            "uv-lock",
            "pyprojectsort",
        ],
    ),
];
const MESSAGES: &[&str] =
    &["conventional-pre-commit", "commitizen", "commitlint", "gitlint", "commit-msg-hook", "convco"];

fn missing_commit_hook(report: &mut Report, document: &Document) {
    let Some(repos) = document.at(&["repos"]) else { return };
    let place = repos.key_place(document.path());
    let hooks = automation::hooks(&["*"]);
    let default_stages = document.at(&["default_stages"]).map(Item::strings).unwrap_or_default();
    let is_manual = |hook: &Hook| {
        let stages = Item::root(&hook.value).and_then(|hook| hook.get("stages")).map(Item::strings);
        let stages = stages.filter(|stages| !stages.is_empty()).unwrap_or_else(|| default_stages.clone());
        let late = ["manual", "pre-push", "push", "post-commit", "post-merge", "post-checkout"];
        !stages.is_empty() && stages.iter().all(|stage| late.contains(stage))
    };
    let own: Vec<&Hook> = hooks.iter().filter(|hook| hook.place.path == document.path() && !is_manual(hook)).collect();
    let late: Vec<&Place> = hooks.iter().filter(|hook| is_manual(hook)).map(|hook| &hook.place).collect();
    let commands: Vec<Command> = automation::commands(&["*"])
        .into_iter()
        .filter(|command| command.source == "pre-commit" || command.via.iter().any(|via| via.contains("pre-commit")))
        .filter(|command| !late.contains(&&command.place))
        .collect();
    let has_id = |ids: &[&str]| own.iter().any(|hook| ids.iter().any(|id| hook.id == *id));
    let runs = |program: &str, words: &[&str]| {
        let is_it = |all: &[String]| {
            let starts = all.iter().position(|word| word.rsplit('/').next() == Some(program));
            starts.is_some_and(|at| {
                words.is_empty() || all.iter().skip(at + 1).any(|word| words.contains(&word.as_str()))
            })
        };
        own.iter().any(|hook| is_it(&hook.words)) || commands.iter().any(|command| is_it(&command.words))
    };
    // A local hook may run the same program under another name.
    let runs_any = |id: &str, others: &[&str]| runs(id, &[]) || others.iter().any(|other| runs(other, &[]));
    let mut say = |message: String, help: &str, requirements: &[&str], edits: Vec<Edit>| {
        let finding = report.finding(&place, message).help(help).safe_fix(edits);
        requirements.iter().fold(finding, |finding, requirement| finding.requirement(requirement)).medium();
    };
    if !has_id(&["ruff", "ruff-check", "ruff-lint"]) && !runs("ruff", &["check", "--fix"]) {
        say(
            "no hook runs Ruff's linter".to_owned(),
            "add `ruff-check` of `astral-sh/ruff-pre-commit`",
            &["11.4.1"],
            vec![],
        );
    }
    if !has_id(&["ruff-format"]) && !runs("ruff", &["format"]) {
        say(
            "no hook runs Ruff's formatter".to_owned(),
            "add `ruff-format` of `astral-sh/ruff-pre-commit`",
            &["11.4.2"],
            add(document, "ruff-pre-commit", &["ruff-format"]),
        );
    }
    let names = ["mypy", "pyright", "basedpyright", "ty", "pyrefly", "pytype", "basedmypy", "zuban"];
    let checks_types =
        own.iter().any(|hook| names.iter().any(|name| hook.id.split(['-', '_']).any(|word| word == *name)))
            || names.iter().any(|name| runs(name, &[]));
    let is_typed = !TYPE_CHECKERS.runs().is_empty()
        || !project::dependencies(&names).is_empty()
        || ["pyright", "mypy", "basedpyright", "ty", "pyrefly"]
            .iter()
            .any(|table| documents::read("pyproject.toml", &["tool", table]).is_ok());
    if !checks_types && is_typed {
        say(
            "no hook checks the types".to_owned(),
            "add a hook that runs the project's type checker",
            &["11.4.3"],
            vec![],
        );
    }
    let missing: Vec<&(&str, &str, &[&str])> =
        HYGIENE.iter().filter(|(_, id, others)| !has_id(&[id]) && !has_id(others) && !runs_any(id, others)).collect();
    if !missing.is_empty() {
        let ids: Vec<&str> = missing.iter().map(|(_, id, _)| *id).collect();
        let requirements: Vec<&str> = missing.iter().map(|(requirement, _, _)| *requirement).collect();
        let what = if ids.len() == 1 { "a hook is missing" } else { "hooks are missing" };
        say(
            format!("{what}: {}", listed(&ids)),
            "add them of `pre-commit/pre-commit-hooks`",
            &requirements,
            add(document, "pre-commit-hooks", &ids),
        );
    }
    if !has_id(&["no-commit-to-branch"]) {
        report
            .finding(&place, "no hook guards the main branch")
            .help("add `no-commit-to-branch` of `pre-commit/pre-commit-hooks`")
            .requirement("11.4.10")
            .safe_fix(add(document, "pre-commit-hooks", &["no-commit-to-branch"]))
            .low();
    }
    messages(report, document, &place, &own);
}

/// Adds hooks to the entry of a repository that is there already: a new entry needs a revision.
fn add(document: &Document, repository: &str, ids: &[&str]) -> Vec<Edit> {
    let repos = document.at(&["repos"]).into_iter().flat_map(Item::children).enumerate();
    let is_it = |repo: &Item<'_>| {
        let url = repo.get("repo").map_or("", Item::text);
        url.trim_end_matches('/').trim_end_matches(".git").rsplit('/').next() == Some(repository)
    };
    let Some((index, _)) = repos.into_iter().find(|(_, repo)| is_it(repo) && repo.get("hooks").is_some()) else {
        return Vec::new();
    };
    let index = index.to_string();
    ids.iter().map(|id| edit::append(document.path(), &["repos", &index, "hooks"], format!("id: {id}"))).collect()
}

/// The hook for commit messages, and whether it is installed.
fn messages(report: &mut Report, document: &Document, place: &Place, own: &[&Hook]) {
    let Some(hook) = own.iter().find(|hook| MESSAGES.contains(&hook.id.as_str())) else {
        report
            .finding(place, "no hook validates commit messages")
            .help("add `conventional-pre-commit` at the stage `commit-msg`")
            .requirement("11.4.4")
            .low();
        return;
    };
    let value = Item::root(&hook.value);
    let stages = value.and_then(|hook| hook.get("stages")).map(Item::strings).unwrap_or_default();
    if !stages.is_empty() && !stages.contains(&"commit-msg") {
        report
            .finding(&hook.place, "the hook does not run at the stage `commit-msg`")
            .help("write `stages: [commit-msg]`")
            .requirement("11.4.4")
            .medium();
        return;
    }
    let types = document.at(&["default_install_hook_types"]).map(Item::strings).unwrap_or_default();
    let installs = automation::commands(&["pre-commit", "prek"])
        .iter()
        .any(|command| command.words.iter().any(|word| word.contains("commit-msg")));
    let is_written = || {
        ["README.md", "CONTRIBUTING.md", "docs/contributing.md", "DEVELOPMENT.md"]
            .iter()
            .any(|path| repository::read(path).unwrap_or_default().contains("commit-msg"))
    };
    if !types.contains(&"commit-msg") && !installs && !is_written() {
        report
            .finding(&hook.place, "nothing installs the hook for commit messages")
            .help("add `default_install_hook_types: [pre-commit, commit-msg]`")
            .safe_fix(
                types
                    .is_empty()
                    .then(|| edit::set(document.path(), &["default_install_hook_types"], "[pre-commit, commit-msg]")),
            )
            .requirement("11.4.4")
            .low();
    }
}
