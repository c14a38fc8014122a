//! New plugins: made in an empty folder, built, tested and used without a network.

use std::fs;

use super::packages::{command_in, fail, succeed};
use super::{check, repository, stderr, stdout};

#[test]
fn from_nothing_to_a_finding() {
    let folder = repository(&[
        ("app/pyproject.toml", "[project]\nname = \"app\"\n"),
        ("app/src/app/__init__.py", "print('hello')\n"),
        ("app/plimsoll.toml", "[plugins]\nacme-rules = { path = \"rules\" }\n"),
    ]);
    let root = folder.path().join("app");
    let said = succeed(&root, &["new", "acme-rules", "--path", "rules"]);
    assert!(said.contains("`plimsoll test rules` builds and tests them"), "{said}");
    let said = fail(&root, &["check"]);
    assert!(said.contains("holds no built plugin: run `plimsoll build"), "{said}");
    let output = command_in(&root, &["test", "rules"]).env("CARGO_NET_OFFLINE", "true").output().unwrap();
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("4 passed, 0 failed"), "{}", stdout(&output));
    let (report, code) = check(&root, &[]);
    assert_eq!(code, 1);
    let found: Vec<(&str, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["rule"].as_str().unwrap(), finding["path"].as_str().unwrap()))
        .collect();
    assert!(found.contains(&("acme-rules/print-call", "src/app/__init__.py")), "{found:?}");
    assert!(found.contains(&("acme-rules/unstated-license", "pyproject.toml")), "{found:?}");
    for path in ["README.md", ".gitignore", ".github/workflows/ci.yml", "requirements.toml", "src/print_call.rs"] {
        let text = fs::read_to_string(root.join("rules").join(path)).unwrap();
        assert!(!text.contains("NAME") && !text.contains("TITLE"), "{path}");
    }
}

#[test]
fn names_and_places_that_can_not_be() {
    let folder = repository(&[("there/file", "")]);
    for (arguments, expected) in [
        (&["new", "Acme Rules"][..], "`Acme Rules` is no name of a plugin"),
        (&["new", "docker"], "`docker` is one of plimsoll's own sections"),
        (&["new", "house"], "`house` is one of plimsoll's own sections"),
        (&["new", "there"], "there is there already, and not empty"),
        (&["new", "file", "--path", "there/file"], "there/file is there already"),
    ] {
        let said = fail(folder.path(), arguments);
        assert!(said.contains(expected), "{said}");
    }
}
