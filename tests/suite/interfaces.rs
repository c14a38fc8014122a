//! Plugins of every version of the interface that there was, compiled once and kept: this host still runs them.

use std::fs;

use super::{check, plimsoll, repository, root, stderr};

/// A repository in which every function of the interface finds something.
const FILES: &[(&str, &str)] = &[
    ("pyproject.toml", "[project]\nname = \"a\"\ndependencies = [\"requests>=2\"]\n"),
    ("uv.lock", "version = 1\n[[package]]\nname = \"requests\"\nversion = \"2.32.0\"\n"),
    (
        "src/a.py",
        "import os\n\n\nclass B:\n    def c(self):\n        limit = 3\n        try:\n            print(os.sep)  # TODO\n        except ValueError:\n            assert limit\n\n\ndef d():\n    return 1\n",
    ),
    (".gitignore", "*.log\n"),
    ("justfile", "test:\n    pytest\n"),
    (
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: just test\n  b:\n    uses: acme/shared/.github/workflows/x.yml@v1\n",
    ),
    (
        ".pre-commit-config.yaml",
        "repos:\n  - repo: https://github.com/astral-sh/ruff-pre-commit\n    rev: v0.14.0\n    hooks:\n      - id: ruff\n",
    ),
    ("Dockerfile", "FROM python:3.13\nCOPY . .\n"),
    (".dockerignore", "*.log\n"),
    ("compose.yaml", "services:\n  a:\n    build: .\n"),
];

#[test]
fn plugins_of_every_interface_version_run() {
    let mut versions: Vec<_> =
        fs::read_dir(root().join("tests/interfaces")).unwrap().map(|entry| entry.unwrap().path()).collect();
    versions.sort();
    assert!(!versions.is_empty());
    for path in versions {
        let folder = repository(FILES);
        let git = |arguments: &[&str]| {
            let mut command = std::process::Command::new("git");
            command.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]).args(arguments);
            assert!(command.current_dir(folder.path()).output().unwrap().status.success());
        };
        git(&["init", "-q", "-b", "main"]);
        git(&["add", "."]);
        git(&["commit", "-qm", "first"]);
        git(&["tag", "v1"]);
        let plugin = path.canonicalize().unwrap();
        let arguments = ["--plugin", plugin.to_str().unwrap(), "--select", "witness", "--pedantic"];
        let (report, code) = check(folder.path(), &arguments);
        assert_eq!(code, 3, "one rule panics");
        let messages: Vec<&str> =
            report["findings"].as_array().unwrap().iter().map(|it| it["message"].as_str().unwrap()).collect();
        assert_eq!(
            messages,
            [
                "hello: find 1, exists 1, read 179, search 1, tallies 1, ignored 1, covered 1, documents 4, imports 1, calls 1, \
              definitions 1, outlines 1, handlers 1, assignments 1, statements 1, lineages 1, dependencies 1, locked 1, \
              commands 1, actions 1, hooks 1, workflows 1, tasks 1, opaque 1, dockerfiles 1, compose 1, image 1, \
              branches 1, tags 1, commits 1"
            ],
            "{}",
            path.display()
        );
        assert_eq!(report["not_applicable"][0]["reason"], "said by the witness");
        let unknown = report["unknown"].as_array().unwrap();
        assert!(unknown.iter().any(|it| it["reason"] == "asked by the witness"), "{unknown:#?}");
        let error = report["errors"][0]["message"].as_str().unwrap();
        assert!(error.contains("the witness has seen enough"), "{error}");
        let version = path.file_stem().unwrap().to_str().unwrap();
        let output = plimsoll(&["inspect", plugin.to_str().unwrap()]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains(&format!("interface  plimsoll:plugin {version}\n")), "{text}{}", stderr(&output));
    }
}
