//! Whole small repositories, as rules see them.

use super::*;
use crate::facts::{Interest, git::Git};
use crate::repository::Repository;

fn facts(files: &[(&str, &str)]) -> Facts {
    let files = files.iter().map(|&(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect();
    Facts::new(Repository::from_files(files), Git::default(), Interest::default())
}

/// Compares path, purpose, context, ignore file and built stage of every Dockerfile.
fn check(files: &[(&str, &str)], expected: &[(&str, &str, &str, Option<&str>, u32)]) {
    let facts = facts(files);
    let found = facts.containers().dockerfiles(&facts, &Target::Repository);
    let found: Vec<_> = found
        .iter()
        .map(|found| (&*found.path, &*found.purpose, &*found.context, found.ignore_file.as_deref(), found.built))
        .collect();
    assert_eq!(found, expected);
}

const STAGES: &str = "FROM python:3 AS base\nCOPY pyproject.toml .\nFROM base AS prod\nFROM base AS dev\n";

#[test]
fn finds_dockerfiles_and_their_contexts() {
    check(
        &[
            (".devcontainer/Dockerfile", "FROM a"),
            ("Dockerfile.dockerignore", "*"),
            (".dockerignore", "*"),
            ("Dockerfile", "FROM a"),
            ("Dockerfile.j2", "FROM a"),
            ("api/pyproject.toml", ""),
            ("api/Dockerfile.test", STAGES),
            ("docker/worker.dockerfile", "FROM a\nCOPY . ."),
            ("docker/api/Dockerfile", "FROM a\nCOPY api/py*.toml x"),
            ("{{cookiecutter.name}}/Dockerfile", "FROM a"),
        ],
        &[
            (".devcontainer/Dockerfile", "development", "", Some(".dockerignore"), 0),
            ("Dockerfile", "image", "", Some("Dockerfile.dockerignore"), 0),
            ("api/Dockerfile.test", "test", "api", None, 2),
            ("docker/api/Dockerfile", "image", "", Some(".dockerignore"), 0),
            ("docker/worker.dockerfile", "image", "", Some(".dockerignore"), 0),
        ],
    );
}

#[test]
fn asks_scripts_what_is_built() {
    check(
        &[
            ("Makefile", "image:\n\tdocker build --target prod \\\n\t  -t x -f deploy/api.txt .\n"),
            ("deploy/api.txt", STAGES),
        ],
        &[("deploy/api.txt", "image", "", None, 1)],
    );
    check(
        &[
            ("Makefile", "image:\n\t@docker build --target prod \\\n\t  -t x -f deploy/Dockerfile .\n"),
            ("app/build.sh", "cd app && docker build --target=dev ."),
            ("app/Dockerfile", STAGES),
            ("deploy/Dockerfile", STAGES),
        ],
        &[("app/Dockerfile", "image", "app", None, 2), ("deploy/Dockerfile", "image", "", None, 1)],
    );
}

#[test]
fn reports_broken_files() {
    let facts = facts(&[("Dockerfile", "FROM a\nINSTALL b\n"), ("x.dockerfile", "ARG A\n"), (".dockerignore", "[\n")]);
    assert_eq!(facts.containers().dockerfiles(&facts, &Target::Repository).len(), 1);
    let problems: Vec<_> = facts.problems().into_iter().map(|problem| (problem.path, problem.message)).collect();
    let expected = [
        (".dockerignore", "`[` is no valid pattern"),
        ("Dockerfile", "unknown instruction `INSTALL`"),
        ("x.dockerfile", "no `FROM`"),
    ];
    assert_eq!(problems, expected.map(|(path, message)| (path.to_owned(), message.to_owned())));
}

#[test]
fn ignores_by_the_effective_file() {
    let facts = facts(&[("a/Dockerfile", "FROM a"), ("a/.dockerignore", "*\n!src"), (".dockerignore", "")]);
    let paths = ["src/x", ".env"].map(str::to_owned);
    assert_eq!(facts.containers().ignored(&facts, "a/Dockerfile", &paths), [false, true]);
    assert_eq!(facts.containers().ignored(&facts, "b/Dockerfile", &paths), [false, false]);
}
