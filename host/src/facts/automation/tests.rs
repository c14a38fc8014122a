//! Automation of small repositories, as one line a command.

use std::collections::BTreeMap;

use super::*;
use crate::facts::Interest;
use crate::facts::git::Git;
use crate::repository::Repository;

fn facts(files: &[(&str, &str)]) -> Facts {
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    Facts::new(Repository::from_files(files), Git::default(), Interest::default())
}

/// `source/unit [events] words` with what else there is to say.
fn line(command: &Command) -> String {
    let mut line =
        format!("{}/{} [{}] {}", command.source, command.unit, command.triggers.join(" "), command.words.join(" "));
    if !command.folder.is_empty() {
        line.push_str(&format!(" in {}", command.folder));
    }
    if !command.via.is_empty() {
        line.push_str(&format!(" via {}", command.via.join(" > ")));
    }
    if command.tolerated {
        line.push_str(" (tolerated)");
    }
    if let Some(condition) = &command.condition {
        line.push_str(&format!(" if {condition}"));
    }
    line
}

fn check(files: &[(&str, &str)], expected: &[&str]) {
    let facts = facts(files);
    let automation = Automation::build(&facts);
    let commands = automation.commands(&facts, &Target::Repository, &["*".to_owned()]);
    for command in &commands {
        let text = facts.repository().read(&command.place.path).expect("a file");
        let span = command.place.span.start as usize..command.place.span.end as usize;
        assert!(text.get(span.clone()).is_some_and(|part| !part.is_empty()), "{command:?} {span:?}");
    }
    let lines: Vec<String> = commands.iter().map(line).collect();
    assert_eq!(lines.join("\n"), expected.join("\n"));
}

#[test]
fn github_steps() {
    let workflow = "\
on:
  push:
    tags: ['v*']
  pull_request:
  workflow_dispatch:
defaults:
  run:
    working-directory: web
jobs:
  test:
    if: github.repository == 'a/b'
    strategy:
      matrix:
        session: [lint, tests]
    steps:
      - uses: actions/checkout@v4
      - run: |
          uv sync --frozen
          uv run ruff check \\
            --fix
      - run: nox -s ${{ matrix.session }}
        if: github.event_name == 'push'
        working-directory: .
        continue-on-error: true
";
    check(
        &[(".github/workflows/ci.yml", workflow)],
        &[
            "github/test [manual pull_request tag] uv sync --frozen in web if github.repository == 'a/b'",
            "github/test [manual pull_request tag] ruff check --fix in web if github.repository == 'a/b'",
            "github/test [tag] nox -s lint (tolerated) if github.repository == 'a/b' && github.event_name == 'push'",
            "github/test [tag] nox -s tests (tolerated) if github.repository == 'a/b' && github.event_name == 'push'",
        ],
    );
}

#[test]
fn another_repository_is_not_this_one() {
    let workflow = "\
on: push
jobs:
  a:
    steps:
      - uses: actions/checkout@v4
        with: {repository: other/project}
      - run: poetry install
  b:
    steps:
      - uses: actions/checkout@v4
      - uses: actions/checkout@v4
        with: {repository: other/project, path: other}
      - run: ruff check
      - run: tox
        working-directory: other
  c:
    steps:
      - uses: actions/checkout@v4
        with: {repository: me/own-project}
      - run: pytest
";
    check(
        &[(".github/workflows/ci.yml", workflow), ("pyproject.toml", "[project]\nname = \"own_project\"\n")],
        &["github/b [push] ruff check", "github/c [push] pytest"],
    );
}

#[test]
fn places_in_workflows() {
    let workflow = "on: push\njobs:\n  a:\n    steps:\n      - run: >\n          ruff check\n          src && mypy\n      - run: 'black .'\n";
    let facts = facts(&[(".github/workflows/ci.yml", workflow)]);
    let automation = Automation::build(&facts);
    let parts: Vec<&str> = automation
        .commands
        .iter()
        .map(|command| &workflow[command.place.span.start as usize..command.place.span.end as usize])
        .collect();
    assert_eq!(parts, ["ruff check\n          src", "mypy", "black ."]);
}

#[test]
fn inputs_of_calls() {
    let reusable = "\
on:
  workflow_call:
    inputs:
      target: {type: string}
      folder: {type: string, default: .}
jobs:
  make:
    defaults:
      run:
        working-directory: ${{ inputs.folder }}
    steps:
      - run: make ${{ inputs.target }}
      - uses: ./.github/actions/run
        with:
          command: echo ${{ inputs.target }}
          other: ${{ github.ref }}
";
    let action = "inputs:\n  command: {}\nruns:\n  using: composite\n  steps:\n    - run: x ${{ inputs.command }} ${{ inputs.other }}\n";
    let caller = "\
on: pull_request
jobs:
  lint:
    uses: ./.github/workflows/r.yml
    with: {target: lint}
  test:
    strategy:
      matrix:
        folder: [a, b]
    uses: ./.github/workflows/r.yml
    with: {target: test, folder: '${{ matrix.folder }}'}
";
    let nightly = "on: schedule\njobs:\n  n:\n    uses: ./.github/workflows/r.yml\n    with: {target: lint}\n";
    check(
        &[
            (".github/workflows/r.yml", reusable),
            (".github/actions/run/action.yml", action),
            (".github/workflows/ci.yml", caller),
            (".github/workflows/nightly.yml", nightly),
            ("Makefile", "lint:\n\truff check\n"),
        ],
        &[
            "github/run [pull_request schedule] x echo lint ${{ inputs.other }} via ./.github/workflows/r.yml > ./.github/actions/run",
            "github/run [pull_request] x echo test ${{ inputs.other }} via ./.github/workflows/r.yml > ./.github/actions/run",
            "github/make [pull_request schedule] make lint via ./.github/workflows/r.yml",
            "github/make [pull_request] make test in a via ./.github/workflows/r.yml",
            "github/make [pull_request] make test in b via ./.github/workflows/r.yml",
            "make/lint [pull_request schedule] ruff check via ./.github/workflows/r.yml > make lint",
        ],
    );
}

#[test]
fn calls_without_end() {
    let grows = "\
on:
  workflow_call:
    inputs: {x: {type: string}}
  push:
jobs:
  a:
    uses: ./.github/workflows/a.yml
    with: {x: '${{ inputs.x }}${{ inputs.x }}1'}
  b:
    uses: ./.github/workflows/a.yml
    with: {x: '2${{ inputs.x }}'}
  c:
    steps:
      - run: echo ${{ inputs.x }}
";
    let facts = facts(&[(".github/workflows/a.yml", grows)]);
    assert!(Automation::build(&facts).commands.len() < 100);
}

#[test]
fn calls_between_workflows() {
    let reusable = "on: workflow_call\njobs:\n  a:\n    steps:\n      - uses: ./.github/actions/x\n";
    let action = "runs:\n  using: composite\n  steps:\n    - run: ruff check\n      shell: bash\n    - uses: ./.github/actions/x\n";
    let caller = "on: [push, schedule]\njobs:\n  b:\n    uses: ./.github/workflows/r.yml\n  c:\n    uses: o/r/.github/workflows/x.yml@v1\n";
    let files = [
        (".github/workflows/r.yml", reusable),
        (".github/actions/x/action.yml", action),
        (".github/workflows/ci.yml", caller),
    ];
    check(&files, &["github/x [push schedule] ruff check via ./.github/workflows/r.yml > ./.github/actions/x"]);
    check(&files[..2], &["github/x [workflow_call] ruff check via ./.github/actions/x"]);
    let facts = facts(&files);
    let automation = Automation::build(&facts);
    assert_eq!(automation.opaque[0].reason, "the remote reusable workflow `o/r/.github/workflows/x.yml@v1`");
    assert_eq!(
        (automation.actions[0].name.as_str(), automation.actions[0].reference.as_str()),
        ("o/r/.github/workflows/x.yml", "v1")
    );
}

#[test]
fn recipes() {
    let justfile = "\
python := \"uv run python\"
alias t := test

# first
default: lint

lint *args: && types
    @{{python}} -m ruff check {{args}}
    -mypy .

types:
    pyright

[working-directory: 'web']
test name='x': (lint \"a\")
    #!/usr/bin/env bash
    set -e
    pytest {{ name }}

unused:
    black .
";
    let workflow = "on: push\njobs:\n  a:\n    steps:\n      - run: just\n  b:\n    steps:\n      - run: uvx --from rust-just just t y types || true\n";
    check(
        &[("justfile", justfile), (".github/workflows/ci.yml", workflow)],
        &[
            "github/a [push] just",
            "github/b [push] just t y types (tolerated)",
            "github/b [push] true",
            "just/lint [push] ruff check {{args}} via just",
            "just/lint [push] mypy . via just (tolerated)",
            "just/types [push] pyright via uvx --from rust-just just t y types",
            "just/test [push] set -e in web via uvx --from rust-just just t y types (tolerated)",
            "just/test [push] pytest {{ name }} in web via uvx --from rust-just just t y types (tolerated)",
            "just/unused [] black .",
        ],
    );
}

#[test]
fn makefiles() {
    let makefile = "\
PYTHON ?= python3
BIN := $(VENV)/bin
.PHONY: all
all: lint

lint: | setup
\t@$(PYTHON) -m ruff check \\
\t  src
\t-$(BIN)/mypy $(SOURCES)
setup: ; pip install -e .
ci:
\t$(MAKE) lint
";
    let workflow = "on: pull_request\njobs:\n  a:\n    steps:\n      - run: make -j4 ci VERBOSE=1\n";
    check(
        &[("Makefile", makefile), (".github/workflows/ci.yml", workflow)],
        &[
            "github/a [pull_request] make -j4 ci VERBOSE=1",
            "make/lint [pull_request] ruff check src via make -j4 ci VERBOSE=1 > make lint",
            "make/lint [pull_request] mypy ${SOURCES} via make -j4 ci VERBOSE=1 > make lint (tolerated)",
            "make/setup [pull_request] pip install -e . via make -j4 ci VERBOSE=1 > make lint",
            "make/ci [pull_request] make lint via make -j4 ci VERBOSE=1",
        ],
    );
}

#[test]
fn python_runners() {
    let noxfile = "\
import nox
nox.options.sessions = ['lint']
PATHS = ['src', 'tests']

def install(session):
    session.install('-e', '.')

@nox.session(python=['3.12', '3.13'])
def tests(session):
    install(session)
    session.run('pytest', *session.posargs, env={'A': 'b'})

@nox.session(name='lint')
def lint_session(s):
    s.run('ruff', 'check', *PATHS, f'--config={s.posargs}')
    s.notify('tests')
";
    let tox = "\
[tox]
env_list = py{312,313}, lint
[testenv]
deps = pytest
commands =
    python -m pytest {posargs:tests}
[testenv:lint]
commands =
    - ruff check \\
        src
    {[testenv]commands}
";
    let workflow = "on: push\njobs:\n  a:\n    steps:\n      - run: nox\n      - run: tox -e py312\n";
    check(
        &[("noxfile.py", noxfile), ("tox.ini", tox), (".github/workflows/ci.yml", workflow)],
        &[
            "github/a [push] nox",
            "github/a [push] tox -e py312",
            "nox/tests [push] pip install -e . via nox",
            "nox/tests [push] pytest via nox",
            "nox/lint [push] ruff check src tests --config=$value via nox",
            "tox/lint [] pytest tests",
            "tox/testenv [push] pytest tests via tox -e py312",
            "tox/lint [] ruff check src (tolerated)",
        ],
    );
}

#[test]
fn hooks() {
    let hooks = "\
repos:
  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: v0.6.0
    hooks:
      - id: ruff
        args: [--fix]
      - id: unknown
  - repo: local
    hooks:
      - id: types
        entry: uv run mypy
        language: system
        args: [src]
      - id: slow
        entry: bash -c 'cd web && npm run build'
        language: system
        stages: [manual]
";
    let workflow = "on: push\njobs:\n  a:\n    env:\n      SKIP: unknown\n    steps:\n      - run: SKIP=types pre-commit run --all-files\n  b:\n    steps:\n      - uses: pre-commit/action@v3\n        with:\n          extra_args: types --all-files\n";
    let files = [(".pre-commit-config.yaml", hooks), (".github/workflows/ci.yml", workflow)];
    check(
        &files,
        &[
            "github/a [push] pre-commit run --all-files",
            "pre-commit/ruff [push] ruff check --force-exclude --fix via SKIP=types pre-commit run --all-files",
            "pre-commit/types [push] mypy src via pre-commit/action",
            "pre-commit/slow [] cd web",
            "pre-commit/slow [] npm run build in web",
        ],
    );
    let facts = facts(&files);
    let hooks = Automation::build(&facts).hooks;
    let dump: Vec<String> = hooks
        .iter()
        .map(|hook| format!("{} {} {:?} {:?}", hook.id, hook.revision, hook.words, hook.triggers))
        .collect();
    assert_eq!(
        dump,
        [
            "ruff v0.6.0 [\"ruff\", \"check\", \"--force-exclude\", \"--fix\"] [\"push\"]",
            "unknown v0.6.0 [] []",
            "types  [\"mypy\", \"src\"] [\"push\"]",
            "slow  [\"cd\", \"web\"] []",
        ]
    );
}

#[test]
fn script_tables() {
    let pyproject = "\
[tool.poe.tasks]
lint = 'ruff check'
check = ['lint', 'types']
types.cmd = 'mypy src'
types.cwd = 'web'
[tool.hatch.envs.docs.scripts]
build = ['- mkdocs build {args:--strict}', 'serve']
serve = 'mkdocs serve'
[tool.pdm.scripts]
test = { cmd = ['pytest', '-q'] }
all = { composite = ['test', 'black .'] }
";
    let package = "{\"scripts\": {\"test\": \"vitest && eslint .\"}}";
    let taskfile = "tasks:\n  default:\n    deps: [lint]\n    cmds:\n      - task: types\n      - cmd: pytest {{.CLI_ARGS}}\n        ignore_error: true\n  lint: ruff check\n  types: [mypy .]\n";
    let workflow = "on: push\njobs:\n  a:\n    steps:\n      - run: uv run poe check\n      - run: hatch run docs:build\n      - run: pdm run all\n      - run: npm --prefix web test\n      - run: task\n";
    check(
        &[
            ("pyproject.toml", pyproject),
            ("web/package.json", package),
            ("Taskfile.yml", taskfile),
            (".github/workflows/ci.yml", workflow),
        ],
        &[
            "github/a [push] poe check",
            "github/a [push] docs:build",
            "github/a [push] all",
            "github/a [push] npm --prefix web test",
            "github/a [push] task",
            "task/default [push] pytest {{.CLI_ARGS}} via task (tolerated)",
            "task/lint [push] ruff check via task",
            "task/types [push] mypy . via task",
            "script-table/lint [push] ruff check via uv run poe check",
            "script-table/types [push] mypy src in web via uv run poe check",
            "script-table/docs:build [push] mkdocs build --strict via hatch run docs:build (tolerated)",
            "script-table/docs:serve [push] mkdocs serve via hatch run docs:build",
            "script-table/test [push] pytest -q via pdm run all",
            "script-table/all [push] black . via pdm run all",
            "package-json/test [push] vitest in web via npm --prefix web test",
            "package-json/test [push] eslint . in web via npm --prefix web test",
        ],
    );
}

#[test]
fn scripts_and_containers() {
    let script = "#!/bin/sh -e\nexport PREFIX=\"\"\nif [ -d venv ]; then\n    export PREFIX=\"venv/bin/\"\nfi\nset -x\n${PREFIX}ruff check\nsource \"$(dirname \"$0\")/lib\"\n";
    let library = "#!/bin/sh\nmypy\nscripts/check\n";
    let dockerfile = "FROM python:3.13 AS base\nRUN pip install \\\n    # why\n    uv && \\\n    cd /app && uv sync\nRUN <<EOF\npytest\nEOF\nCMD [\"uvicorn\", \"app:app\"]\n";
    let compose = "services:\n  web:\n    build: .\n    command: bash -c 'alembic upgrade head && uvicorn app:app --reload'\n    healthcheck:\n      test: [CMD-SHELL, curl -f localhost]\n";
    let workflow = "on: push\njobs:\n  a:\n    steps:\n      - run: ./scripts/check\n      - run: scripts/gone.sh\n      - run: docker compose build\n";
    let files = [
        ("scripts/check", script),
        ("scripts/lib", library),
        ("scripts/other.sh", "black .\n"),
        ("Dockerfile", dockerfile),
        ("compose.yml", compose),
        (".github/workflows/ci.yml", workflow),
    ];
    check(
        &files,
        &[
            "github/a [push] scripts/check",
            "github/a [push] scripts/gone.sh",
            "github/a [push] docker compose build",
            "dockerfile/base [push] pip install uv via docker compose build",
            "dockerfile/base [push] cd /app via docker compose build",
            "dockerfile/base [push] uv sync via docker compose build",
            "dockerfile/base [push] pytest via docker compose build",
            "dockerfile/base [] uvicorn app:app",
            "compose/web [] alembic upgrade head",
            "compose/web [] uvicorn app:app --reload",
            "compose/web [] curl -f localhost",
            "shell/scripts/check [push] export PREFIX= via scripts/check",
            "shell/scripts/check [push] [ -d venv ] via scripts/check",
            "shell/scripts/check [push] export PREFIX=venv/bin/ via scripts/check",
            "shell/scripts/check [push] set -x via scripts/check",
            "shell/scripts/check [push] ruff check via scripts/check",
            "shell/scripts/check [push] source $(dirname \"$0\")/lib via scripts/check",
            "shell/scripts/check [push] dirname $0 via scripts/check",
            "shell/scripts/lib [push] mypy via scripts/check > source $(dirname \"$0\")/lib",
            "shell/scripts/lib [push] scripts/check via scripts/check > source $(dirname \"$0\")/lib",
            "shell/scripts/other.sh [] black .",
        ],
    );
    let facts = facts(&files);
    assert_eq!(Automation::build(&facts).opaque[0].reason, "`scripts/gone.sh` is not in the repository");
}

#[test]
fn other_systems() {
    let gitlab = "\
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
.base:
  before_script:
    - cd web
lint:
  extends: .base
  script:
    - ruff check
    - |
      mypy .
  allow_failure: true
nightly:
  script: pytest
  rules:
    - if: $CI_PIPELINE_SOURCE == \"schedule\"
";
    let azure = "jobs:\n- job: tests\n  steps:\n  - script: |\n      pytest\n    workingDirectory: web\n";
    let circle = "jobs:\n  build:\n    steps:\n      - checkout\n      - run: tox\n      - run:\n          name: lint\n          command: ruff check\n";
    check(
        &[(".gitlab-ci.yml", gitlab), ("azure-pipelines.yml", azure), (".circleci/config.yml", circle)],
        &[
            "circleci/build [pull_request push] tox",
            "circleci/build [pull_request push] ruff check",
            "gitlab/lint [pull_request push] cd web (tolerated)",
            "gitlab/lint [pull_request push] ruff check (tolerated)",
            "gitlab/lint [pull_request push] mypy . (tolerated)",
            "gitlab/nightly [] pytest",
            "azure/tests [pull_request push] pytest in web",
        ],
    );
}

#[test]
fn holders() {
    assert_eq!(holder(".github/workflows/x.yml"), "");
    assert_eq!(holder("web/.devcontainer/devcontainer.json"), "web");
    assert_eq!(holder("web/.pre-commit-config.yaml"), "web");
    assert_eq!(holder(".pre-commit-config.yaml"), "");
}

#[test]
fn hostile_text() {
    let deep = format!("{}a{}", "$(".repeat(3_000), ")".repeat(3_000));
    let nested = format!("jobs: {}{}", "[".repeat(300), "]".repeat(300));
    let make =
        (0..200).map(|index| format!("A{index} = {}\n", format!("$(A{})", index + 1).repeat(50))).collect::<String>();
    let facts = facts(&[
        ("a.sh", &deep),
        (".github/workflows/a.yml", &nested),
        (".github/workflows/b.yml", "jobs:\n  a: 3\n  b:\n    steps: {a: b}\n    uses: ./.github/workflows/b.yml\n"),
        ("Makefile", &format!("{make}all: all\n\t$(A0)\n")),
        ("justfile", "a: a b\n  {{x\n\tjust a\nb:a\nimport 'justfile'\n"),
        ("noxfile.py", "import nox\n@nox.session\ndef a(s): a(s)\n"),
        ("tox.ini", "[tox\n]=\n[testenv:{a,b{c}]\ncommands = {[testenv:a]commands}\n {\n"),
        ("Dockerfile", "\u{feff}FROM x\nRUN <<EOF\n"),
        (".gitlab-ci.yml", "a:\n  extends: a\n  script: [[[x]]]\ninclude: '.gitlab-ci.yml'\n"),
    ]);
    Automation::build(&facts);
}
