//! Configuration that is empty, broken, enormous or of the wrong type at any key: every rule survives it.

use super::{check, repository};

/// The files of configuration that rules read.
const FILES: &[&str] = &[
    "pyproject.toml",
    "ruff.toml",
    ".ruff.toml",
    "uv.toml",
    "uv.lock",
    "poetry.lock",
    "pylint.toml",
    "tox.toml",
    "mise.toml",
    "pytest.toml",
    "pyrightconfig.json",
    "package.json",
    "renovate.json",
    ".devcontainer/devcontainer.json",
    ".vscode/settings.json",
    ".github/rulesets/main.json",
    "setup.cfg",
    "tox.ini",
    "mypy.ini",
    "pytest.ini",
    ".coveragerc",
    ".flake8",
    ".isort.cfg",
    ".editorconfig",
    "mkdocs.yml",
    "compose.yaml",
    "compose.prod.yaml",
    ".pre-commit-config.yaml",
    ".gitlab-ci.yml",
    ".readthedocs.yaml",
    "codecov.yml",
    ".github/workflows/ci.yml",
    ".github/workflows/release.yml",
    ".github/dependabot.yml",
    ".github/settings.yml",
    ".github/CODEOWNERS",
    ".github/actions/setup/action.yml",
    "Dockerfile",
    "justfile",
    "Makefile",
    "noxfile.py",
    "setup.py",
    "requirements.txt",
    ".gitignore",
    ".dockerignore",
    ".env.example",
    ".env",
    ".python-version",
    "CHANGELOG.md",
    "README.md",
    "deploy/app.yaml",
];

/// Values that stand where some other type belongs.
const VALUES: &[(&str, &str)] = &[
    ("\"x\"", "x"),
    ("1", "1"),
    ("[]", "[]"),
    ("[[1, \"a\"], {}]", "[[1, a], {}]"),
    ("{}", "{}"),
    ("{ a = [1], b = {} }", "{a: [1], b: {}}"),
];

/// Checks a repository with the same text in every file, or one text a format.
fn survives(what: &str, text_of: &dyn Fn(&str) -> String) {
    let texts: Vec<(String, String)> = FILES.iter().map(|path| ((*path).to_owned(), text_of(path))).collect();
    let mut files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("src/app/__init__.py", "import os\nvalue = os.environ['X']\n"));
    files.push(("tests/test_app.py", "def test_app():\n    assert True\n"));
    let folder = repository(&files);
    let (report, code) = check(folder.path(), &["--pedantic"]);
    assert!(code <= 1, "{what}: exit code {code}: {:#}", report["errors"]);
    assert_eq!(report["errors"].as_array().map(Vec::len), Some(0), "{what}");
}

#[test]
fn empty_broken_and_binary_files_are_survived() {
    for text in [
        "",
        "\n",
        "{",
        "[",
        "]]",
        ": :\n- -\n",
        "<<<<<<< HEAD\n",
        "[a\nb = \"",
        "\u{feff}",
        "\u{0}\u{1}",
        "é\r\rü\r\n",
        "a: &a [*a]\n",
    ] {
        survives(&format!("{text:?}"), &|_| text.to_owned());
    }
}

#[test]
fn values_of_the_wrong_type_are_survived() {
    for (toml, yaml) in VALUES {
        survives(toml, &|path| wrong(path, toml, yaml));
    }
}

#[test]
fn enormous_files_are_survived() {
    survives("long lists", &|path| {
        let items = "\"a\", ".repeat(20_000);
        match path.rsplit('.').next() {
            Some("toml" | "lock") => {
                format!("[project]\nname = \"a\"\ndependencies = [{items}]\n[tool.ruff.lint]\nselect = [{items}]\n")
            }
            Some("json") => format!("{{\"extends\": [{}\"a\"]}}", "\"a\", ".repeat(20_000)),
            Some("yml" | "yaml") => "- a: b\n".repeat(20_000),
            _ => "a = b\n".repeat(20_000),
        }
    });
}

/// Every key that some rule reads, with one value.
fn wrong(path: &str, toml: &str, yaml: &str) -> String {
    match path.rsplit('.').next() {
        Some("toml" | "lock") => {
            let keys = |keys: &[&str]| keys.iter().map(|key| format!("{key} = {toml}\n")).collect::<String>();
            let project = keys(&[
                "name",
                "version",
                "dependencies",
                "optional-dependencies",
                "requires-python",
                "classifiers",
                "dynamic",
                "scripts",
                "entry-points",
                "license",
                "readme",
            ]);
            let tools = keys(&[
                "ruff",
                "uv",
                "mypy",
                "pyright",
                "basedpyright",
                "pytest",
                "coverage",
                "poetry",
                "pdm",
                "hatch",
                "tox",
                "bandit",
                "black",
                "isort",
                "pylint",
                "commitizen",
                "towncrier",
                "semantic_release",
                "pydocstyle",
                "poe",
                "taskipy",
                "setuptools",
                "flit",
            ]);
            let top = keys(&[
                "line-length",
                "select",
                "lint",
                "format",
                "extend",
                "target-version",
                "package",
                "version",
                "tools",
                "env_list",
                "dependency-groups",
                "build-system",
                "main",
            ]);
            if path == "pyproject.toml" {
                format!("{}[project]\n{project}[tool]\n{tools}", keys(&["dependency-groups", "build-system"]))
            } else {
                top
            }
        }
        Some("json") => {
            let value = yaml
                .replace("[[1, a], {}]", "[[1, \"a\"], {}]")
                .replace("{a: [1], b: {}}", "{\"a\": [1], \"b\": {}}")
                .replace('x', "\"x\"");
            let keys = [
                "typeCheckingMode",
                "strict",
                "include",
                "extends",
                "packageRules",
                "enabledManagers",
                "dependencies",
                "scripts",
                "renovate",
                "image",
                "build",
                "features",
                "customizations",
                "postCreateCommand",
                "rules",
                "target",
            ];
            let entries: Vec<String> = keys.iter().map(|key| format!("\"{key}\": {value}")).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Some("yml" | "yaml") => {
            let keys = [
                "on",
                "jobs",
                "repos",
                "updates",
                "services",
                "theme",
                "plugins",
                "nav",
                "branches",
                "version",
                "runs",
                "default_install_hook_types",
                "stages",
                "include",
                "kind",
                "env",
                "concurrency",
                "permissions",
                "defaults",
            ];
            keys.iter().map(|key| format!("{key}: {yaml}\n")).collect()
        }
        Some("cfg" | "ini" | "coveragerc" | "flake8" | "editorconfig") => {
            let sections = [
                "metadata",
                "options",
                "flake8",
                "isort",
                "mypy",
                "pytest",
                "tool:pytest",
                "tox",
                "testenv",
                "run",
                "report",
                "settings",
                "*",
            ];
            sections.iter().map(|section| format!("[{section}]\n{yaml} = {yaml}\naddopts = {yaml}\n")).collect()
        }
        _ => format!("{yaml}\n"),
    }
}
