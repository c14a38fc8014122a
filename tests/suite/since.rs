//! `plimsoll check --since`: findings of what changed since a revision of Git.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{repository, run, stderr, stdout};

const RULE: &str = "security/dynamic-code-execution";
const MAIN: &str = "src/app/main.py";
const APP: &str = "def first(q):\n    return eval(q)\n\n\ndef second(q):\n    return eval(q + q)\n";

/// Runs `git` in a folder, in a fixed world: no configuration but the repository's own.
pub(super) fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.com")])
        .envs([("GIT_COMMITTER_NAME", "Bob"), ("GIT_COMMITTER_EMAIL", "bob@example.com")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "git {arguments:?}");
}

fn commit(folder: &Path, message: &str) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", message]);
}

/// A committed repository.
fn committed() -> tempfile::TempDir {
    let folder = repository(&[
        ("pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\n"),
        ("Dockerfile", "FROM python:3.13-slim\nRUN useradd app\nUSER app\nCMD [\"app\"]\n"),
        (MAIN, APP),
    ]);
    git(folder.path(), &["init", "-q", "-b", "main"]);
    commit(folder.path(), "feat: first");
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    std::fs::write(folder.join(path), text).unwrap();
    git(folder, &["add", "-A"]);
}

/// The places of the findings since a revision, as `path:line`.
fn since(folder: &Path, revision: &str, rule: &str) -> Vec<String> {
    let path = folder.to_str().unwrap();
    let arguments = ["check", path, "--root", path, "--since", revision, "--select", rule, "--format", "concise", "-q"];
    let output = run(&arguments);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", stderr(&output));
    let place = |line: &str| line.splitn(3, ':').take(2).collect::<Vec<_>>().join(":");
    stdout(&output).lines().map(place).collect()
}

#[test]
fn only_lines_that_changed_are_shown() {
    let folder = committed();
    let root = folder.path();
    for (text, expected) in [
        (APP.to_owned(), &[][..]),
        (APP.replace("return eval(q)", "return eval(q) + 1"), &["src/app/main.py:2"]),
        (APP.replace("def first", "import os\n\n\ndef first"), &[]),
        (format!("{APP}\n\ndef third(q):\n    return eval(q)\n"), &["src/app/main.py:10"]),
        (APP.replace("\n", "\r\n"), &[]),
        (APP.trim_end().to_owned(), &[]),
        (APP.replace("def second(q):\n", ""), &[]),
    ] {
        write(root, MAIN, &text);
        assert_eq!(since(root, "HEAD", RULE), expected, "{text}");
    }
    write(root, MAIN, APP);
    write(root, "src/app/new.py", "def f(q):\n    return eval(q * 2)\n");
    assert_eq!(since(root, "HEAD", RULE), ["src/app/new.py:2"]);
    // The root may be a folder below the one with `.git`.
    assert_eq!(since(&root.join("src"), "HEAD", RULE), ["app/new.py:2"]);
}

#[test]
fn a_renamed_file_is_not_new() {
    let folder = committed();
    let root = folder.path();
    std::fs::create_dir(root.join("src/web")).unwrap();
    git(root, &["mv", MAIN, "src/web/start.py"]);
    assert!(since(root, "HEAD", RULE).is_empty());
    git(root, &["mv", "src/web/start.py", "src/web/main.py"]);
    write(root, "src/web/main.py", &APP.replace("eval(q + q)", "eval(q + q + q)"));
    assert_eq!(since(root, "HEAD", RULE), ["src/web/main.py:6"]);
}

#[test]
fn what_is_missing_belongs_to_the_file_that_changed() {
    let folder = committed();
    let root = folder.path();
    assert!(since(root, "HEAD", "structure,docker").is_empty());
    write(root, "pyproject.toml", "[project]\nname = \"app\"\nversion = \"2\"\n");
    assert_eq!(since(root, "HEAD", "structure/missing-readme"), ["pyproject.toml:1"]);
    assert!(since(root, "HEAD", "docker").is_empty());
    write(root, "Dockerfile", "FROM python:3.13-slim\nRUN useradd app\nCMD [\"app\"]\n");
    assert_eq!(since(root, "HEAD", "docker/root-user").len(), 1);
}

#[test]
fn three_dots_compare_with_where_the_branch_began() {
    let folder = committed();
    let root = folder.path();
    git(root, &["checkout", "-q", "-b", "topic"]);
    write(root, MAIN, &APP.replace("eval(q)", "eval(q + 1)"));
    commit(root, "feat: on the branch");
    git(root, &["checkout", "-q", "main"]);
    write(root, MAIN, &APP.replace("eval(q + q)", "int(q)"));
    commit(root, "fix: on the main line");
    git(root, &["checkout", "-q", "topic"]);
    assert_eq!(since(root, "main...", RULE), ["src/app/main.py:2"]);
    assert_eq!(since(root, "main", RULE), ["src/app/main.py:2", "src/app/main.py:6"]);
    assert!(since(root, "topic", RULE).is_empty());
    git(root, &["tag", "-am", "annotated", "v1", "main"]);
    assert_eq!(since(root, "v1~1", RULE), ["src/app/main.py:2"]);
}

#[test]
fn a_revision_that_is_not_there_is_named() {
    let folder = committed();
    let clones = tempfile::tempdir().unwrap();
    commit(folder.path(), "feat: second");
    let origin = format!("file://{}", folder.path().display());
    git(clones.path(), &["clone", "-q", "--depth", "1", &origin, "shallow"]);
    let bare = repository(&[("a.py", "x = 1\n")]);
    let shallow = clones.path().join("shallow");
    let pipe = folder.path().join(".git/pipe");
    assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    for (root, revision, expected) in [
        (folder.path(), "pipe", "the files of `pipe` can't be read"),
        (folder.path(), "mian", "there is no revision `mian`: `git fetch` its branch or tag"),
        (folder.path(), "", "there is no revision ``"),
        (folder.path(), "HEAD:Dockerfile", "there is no revision `HEAD:Dockerfile`"),
        (folder.path(), "HEAD~1..HEAD", "`HEAD~1..HEAD` is a range: name the one revision to compare with"),
        (folder.path(), "HEAD@{1}", "reflogs and dates are not read"),
        (&shallow, "HEAD~1", "this is a shallow clone; `git fetch --unshallow` fetches the rest"),
        (bare.path(), "HEAD", "there is no Git repository at"),
    ] {
        let output = run(&["check", root.to_str().unwrap(), "--since", revision]);
        assert_eq!(output.status.code(), Some(2), "{revision}");
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}
