//! Tests of what the languages have in common, and the form in which all of them are tested.

use std::collections::BTreeMap;
use std::time::Instant;

use super::*;
use crate::facts::Interest;
use crate::facts::git::Git;
use crate::plugin::wit::NodeKind;
use crate::repository::Repository;

/// One line for each node: its keys, its kind, its text and, in brackets, what its span covers.
pub(super) fn outline(path: &str, text: &str) -> String {
    let nodes = match parse(path, text) {
        Ok(nodes) => nodes,
        Err(invalid) => {
            let place = &text[invalid.start as usize..invalid.end as usize];
            return format!("invalid at {} <{place}>: {}", invalid.start, invalid.message);
        }
    };
    check_form(&nodes);
    let mut keys: Vec<String> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let place = &text[node.span.start as usize..node.span.end as usize];
        let own = match &node.key {
            Some(_) => text[node.key_span.start as usize..node.key_span.end as usize].to_owned(),
            None => "-".to_owned(),
        };
        let parent = node.parent as usize;
        keys.push(if index == 0 {
            "$".to_owned()
        } else if node.key.is_some() {
            format!("{}.{own}", keys[parent])
        } else {
            format!("{}{own}", keys[parent])
        });
        let kind = format!("{:?}", node.kind).rsplit("::").next().unwrap_or_default().to_lowercase();
        lines.push(format!("{} {kind} {:?} <{place}>", keys[index], node.text));
    }
    lines.join("\n").replace('\r', "␍")
}

/// Asserts the order of nodes that values promise.
fn check_form(nodes: &[Node]) {
    let mut open: Vec<u32> = vec![0];
    for (index, node) in nodes.iter().enumerate().skip(1) {
        while open.last() != Some(&node.parent) {
            assert!(open.pop().is_some(), "node {index} is not below its parent {}", node.parent);
        }
        open.push(index as u32);
    }
}

#[track_caller]
pub(super) fn check(path: &str, text: &str, expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let outline = outline(path, text);
    let found: Vec<&str> = outline.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(found, expected, "\n{outline}\n");
}

/// Asserts that a hostile text is refused, with a message and quickly.
#[track_caller]
pub(super) fn check_refused(path: &str, text: &str, message: &str) {
    let start = Instant::now();
    let result = parse(path, text);
    assert!(start.elapsed().as_secs() < 5, "{path} of {} bytes took {:?}", text.len(), start.elapsed());
    match result {
        Ok(nodes) => panic!("{} nodes", nodes.len()),
        Err(invalid) => assert!(invalid.message.contains(message), "{}", invalid.message),
    }
}

fn facts(files: &[(&str, &[u8])]) -> Facts {
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
    Facts::new(Repository::from_files(files), Git::default(), Interest::default())
}

#[test]
fn languages_follow_names() {
    let check = |path: &str, expected: Option<Language>| assert_eq!(language(path), expected, "{path}");
    check("a/pyproject.toml", Some(Language::Toml));
    check("Pipfile", Some(Language::Toml));
    check("Pipfile.lock", Some(Language::Json));
    check("uv.lock", Some(Language::Toml));
    check(".pre-commit-config.yaml", Some(Language::Yaml));
    check("CITATION.cff", Some(Language::Yaml));
    check(".devcontainer/devcontainer.json", Some(Language::Json));
    check("x.code-workspace", Some(Language::Json));
    check("renovate.json5", Some(Language::Json5));
    check(".secrets.baseline", Some(Language::Json));
    check("setup.cfg", Some(Language::Ini));
    check(".isort.cfg", Some(Language::Ini));
    check(".editorconfig", Some(Language::EditorConfig));
    check(".clang-format", None);
    check("toml", None);
    check("README.md", None);
}

#[test]
fn marks_and_nul() {
    check("a.toml", "\u{feff}a = 1", "$ table \"\" <>\n$.a integer \"1\" <1>");
    check("a.yaml", "\u{feff}a: é", "$ table \"\" <a: é>\n$.a text \"é\" <é>");
    check("a.json", "\u{feff}[1]", "$ list \"\" <[1]>\n$- integer \"1\" <1>");
    check("a.ini", "\u{feff}[s]\na=1", "$ table \"\" <>\n$.s table \"\" <[s]>\n$.s.a text \"1\" <1>");
    for path in ["a.toml", "a.yaml", "a.json", "a.ini"] {
        check(path, "a\0b", "invalid at 1 <\0>: a NUL character");
    }
    check("a.json", "\u{feff}[1", "invalid at 3 <[1>: unterminated array");
}

#[test]
fn bandit_is_ini_or_yaml() {
    check(
        ".bandit",
        "# c\n[bandit]\nskips: B101",
        "$ table \"\" <>\n$.bandit table \"\" <[bandit]>\n$.bandit.skips text \"B101\" <B101>",
    );
    check(
        ".bandit",
        "skips: [B101]",
        "$ table \"\" <skips: [B101]>\n$.skips list \"\" <[B101]>\n$.skips- text \"B101\" <B101>",
    );
}

#[test]
fn files_are_read_once_and_problems_noted() {
    let facts = facts(&[
        ("a.toml", b"[a]\nb = { c = 1 }"),
        ("broken.toml", b"a = "),
        ("latin.ini", b"[a]\nb = \xff"),
        ("template.yaml", b"a: {{ b }}: {{ c }}\n {% if %}"),
        ("{{name}}/a.json", b"{"),
        (".github/workflows/ci.yml", b"a: ${{ b }}\n]"),
        ("notes.txt", b"a"),
    ]);
    let documents = facts.documents();
    let first = documents.load(&facts, "a.toml").unwrap();
    assert!(Arc::ptr_eq(&first, &documents.load(&facts, "a.toml").unwrap()));

    let keys = ["a".to_owned(), "b".to_owned()];
    let value = documents.read(&facts, "a.toml", &keys).unwrap();
    assert_eq!((value.len(), value[0].kind, value[1].parent), (2, NodeKind::Table, 0));
    assert_eq!(documents.read(&facts, "a.toml", &["x".to_owned()]), Err(Absence::Missing));

    let check = |path: &str, expected: Absence| {
        for _ in 0..2 {
            assert_eq!(documents.load(&facts, path).unwrap_err(), expected, "{path}");
        }
    };
    check("none.toml", Absence::Missing);
    check("broken.toml", Absence::Invalid);
    check("latin.ini", Absence::Unreadable);
    check("template.yaml", Absence::Invalid);
    check("{{name}}/a.json", Absence::Invalid);
    check(".github/workflows/ci.yml", Absence::Invalid);
    check("notes.txt", Absence::Unreadable);
    let problems: Vec<_> = facts.problems().into_iter().map(|p| (p.path, p.trouble.rule(), p.start)).collect();
    let expected = [
        (".github/workflows/ci.yml", "invalid-file", 12),
        ("broken.toml", "invalid-file", 4),
        ("latin.ini", "unreadable-file", 8),
    ];
    assert_eq!(problems, expected.map(|(path, rule, start)| (path.to_owned(), rule, start)));
}
