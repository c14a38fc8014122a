//! A repository with Python code and no hooks of pre-commit.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// The repository has no `.pre-commit-config.yaml`.
    ///
    /// Without hooks a fault that a linter finds in a second is first seen in CI or in review. Add the file with the
    /// formatter, the linter and the secret scanner, and install it with `pre-commit install`. `prek.toml` counts too.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `.pre-commit-config.yaml`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// default_install_hook_types: [pre-commit, commit-msg]
    ///
    /// repos:
    ///   - repo: https://github.com/pre-commit/pre-commit-hooks
    ///     rev: v6.0.0
    ///     hooks:
    ///       - id: trailing-whitespace
    ///       - id: end-of-file-fixer
    ///       - id: check-yaml
    ///       - id: check-toml
    ///       - id: no-commit-to-branch
    ///
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks:
    ///       - id: ruff-check
    ///       - id: ruff-format
    ///
    ///   - repo: https://github.com/compilerla/conventional-pre-commit
    ///     rev: v4.2.0
    ///     hooks:
    ///       - id: conventional-pre-commit
    ///         stages: [commit-msg]
    ///
    ///   - repo: https://github.com/Yelp/detect-secrets
    ///     rev: v1.5.0
    ///     hooks:
    ///       - id: detect-secrets
    /// ```
    ///
    /// A type checker that is declared runs as well:
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `.pre-commit-config.yaml`
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pyright>=1.1"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pyright>=1.1"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml fixed uv.lock
    /// version = 1
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// default_install_hook_types: [pre-commit, commit-msg]
    ///
    /// repos:
    ///   - repo: https://github.com/pre-commit/pre-commit-hooks
    ///     rev: v6.0.0
    ///     hooks:
    ///       - id: trailing-whitespace
    ///       - id: end-of-file-fixer
    ///       - id: check-yaml
    ///       - id: check-toml
    ///       - id: no-commit-to-branch
    ///
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks:
    ///       - id: ruff-check
    ///       - id: ruff-format
    ///
    ///   - repo: https://github.com/compilerla/conventional-pre-commit
    ///     rev: v4.2.0
    ///     hooks:
    ///       - id: conventional-pre-commit
    ///         stages: [commit-msg]
    ///
    ///   - repo: https://github.com/Yelp/detect-secrets
    ///     rev: v1.5.0
    ///     hooks:
    ///       - id: detect-secrets
    ///
    ///   - repo: local
    ///     hooks:
    ///       - id: pyright
    ///         name: pyright
    ///         entry: uv run pyright
    ///         language: system
    ///         types: [python]
    ///         pass_filenames: false
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `.pre-commit-config.yaml`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```make bad Makefile
    /// types:
    /// 	uv run mypy --strict src
    /// 	uv run ruff check
    /// format:
    /// 	uv run black src
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```make fixed Makefile
    /// types:
    /// 	uv run mypy --strict src
    /// 	uv run ruff check
    /// format:
    /// 	uv run black src
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// default_install_hook_types: [pre-commit, commit-msg]
    ///
    /// repos:
    ///   - repo: https://github.com/pre-commit/pre-commit-hooks
    ///     rev: v6.0.0
    ///     hooks:
    ///       - id: trailing-whitespace
    ///       - id: end-of-file-fixer
    ///       - id: check-yaml
    ///       - id: check-toml
    ///       - id: no-commit-to-branch
    ///
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks:
    ///       - id: ruff-check
    ///
    ///   - repo: https://github.com/compilerla/conventional-pre-commit
    ///     rev: v4.2.0
    ///     hooks:
    ///       - id: conventional-pre-commit
    ///         stages: [commit-msg]
    ///
    ///   - repo: https://github.com/Yelp/detect-secrets
    ///     rev: v1.5.0
    ///     hooks:
    ///       - id: detect-secrets
    ///
    ///   - repo: local
    ///     hooks:
    ///       - id: mypy
    ///         name: mypy
    ///         entry: uv run mypy --strict src
    ///         language: system
    ///         types: [python]
    ///         pass_filenames: false
    /// ```
    ///
    /// Another hook manager is named:
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `.pre-commit-config.yaml`, but hooks in `lefthook.yml`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad lefthook.yml
    /// pre-commit:
    ///   commands: {lint: {run: flake8}}
    /// ```
    ///
    /// A file without hooks is none:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// fail_fast: true  # error: no `repos`
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks: [{id: ruff-check}]
    /// ```
    pub(crate) static MISSING_PRE_COMMIT_CONFIG = {
        id: "missing-pre-commit-config",
        requirements: ["4.4.4", "2.1.7.1"],
        check: Check::Repository(missing_pre_commit_config),
    }
}

const OTHERS: &[&str] =
    &["/lefthook.y*ml", "/.lefthook.y*ml", "/lefthook.toml", "/.overcommit.yml", "/.husky/*", "/.githooks/*"];

/// The hooks of section 11.4 that need nothing of the project.
const HOOKS: &str = "\
default_install_hook_types: [pre-commit, commit-msg]

repos:
  - repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v6.0.0
    hooks:
      - id: trailing-whitespace
      - id: end-of-file-fixer
      - id: check-yaml
      - id: check-toml
      - id: no-commit-to-branch

  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: v0.14.0
    hooks:
      - id: ruff-check
      - id: ruff-format

  - repo: https://github.com/compilerla/conventional-pre-commit
    rev: v4.2.0
    hooks:
      - id: conventional-pre-commit
        stages: [commit-msg]

  - repo: https://github.com/Yelp/detect-secrets
    rev: v1.5.0
    hooks:
      - id: detect-secrets
";

fn missing_pre_commit_config(report: &mut Report) {
    let Some(project) = layout::main_project() else { return };
    if let Some(path) = layout::nearest("", &[".pre-commit-config.yaml", ".pre-commit-config.yml"]) {
        if matches!(documents::read(&path, &["repos"]), Err(Absence::Missing)) {
            report.finding(&layout::start(&path), "no `repos`").help("list the hooks under `repos`");
        }
        return;
    }
    let elsewhere = automation::commands(&["pre-commit", "prek"]);
    if repository::exists("prek.toml") || elsewhere.iter().any(|command| command.has_word(&["-c", "--config"])) {
        return;
    }
    let help = "add `.pre-commit-config.yaml` and run `pre-commit install`";
    match repository::find(OTHERS).first() {
        None => drop(
            report
                .finding(&project.place, "no `.pre-commit-config.yaml`")
                .help(format!("{help}; `pre-commit autoupdate` takes the newest versions of the hooks"))
                .unsafe_fix(hooks().map(|hooks| edit::create(".pre-commit-config.yaml", hooks))),
        ),
        Some(other) => {
            let message = format!("no `.pre-commit-config.yaml`, but hooks in `{}`", other.path);
            let finding = report.finding(&project.place, message).help(help);
            if repository::read(&other.path).is_ok_and(|text| text.contains("ruff")) {
                drop(finding.low());
            }
        }
    }
}

/// The file, with the type checker that uv starts. None where other tools than Ruff lint or format.
fn hooks() -> Option<String> {
    const OTHERS: &[&str] = &["flake8", "pylint", "black", "isort", "autopep8", "yapf"];
    let has_ruff = !project::dependencies(&["ruff"]).is_empty() || !automation::commands(&["ruff"]).is_empty();
    if !has_ruff && !automation::commands(OTHERS).is_empty() {
        return None;
    }
    let is_declared = |checker: &&&str| {
        let declared = project::dependencies(&[checker]);
        declared
            .iter()
            .any(|one| one.place.path == "pyproject.toml" && matches!(one.group.as_deref(), None | Some("dev")))
    };
    let checker = ["pyright", "basedpyright"].iter().find(is_declared).filter(|_| repository::exists("uv.lock"));
    let entry = checker.map(|checker| format!("uv run {checker}")).or_else(type_check);
    let local = entry.and_then(|entry| {
        let name = entry.strip_prefix("uv run ")?.split(' ').next()?.to_owned();
        Some(format!(
            "\n  - repo: local\n    hooks:\n      - id: {name}\n        name: {name}\n        entry: {entry}\n        \
             language: system\n        types: [python]\n        pass_filenames: false\n"
        ))
    });
    // Two formatters would undo each other's work.
    let has_formatter = !automation::commands(&["black", "autopep8", "yapf"]).is_empty();
    let hooks = if has_formatter { HOOKS.replace("      - id: ruff-format\n", "") } else { HOOKS.to_owned() };
    Some(format!("{hooks}{}", local.unwrap_or_default()))
}

/// The command with which people check the types at the root of the repository.
fn type_check() -> Option<String> {
    let commands = automation::commands(&["pyright", "basedpyright", "mypy", "ty", "pyrefly"]);
    let of_people =
        commands.iter().filter(|one| matches!(one.source.as_str(), "make" | "just") && one.folder.is_empty());
    let written = |command: &Command| {
        let text = repository::read(&command.place.path).ok()?;
        let span = command.place.span;
        Some(text.get(span.start as usize..span.end as usize)?.to_owned())
    };
    let is_plain = |text: &String| {
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || "-_./=, ".contains(letter);
        text.chars().all(is_word) && text.starts_with("uv run ") && !text.starts_with("uv run -")
    };
    of_people.filter_map(written).find(is_plain)
}
