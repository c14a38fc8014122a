//! Fixes of several findings on a repository in memory.

use std::collections::BTreeMap;

use super::*;
use crate::finding::{Confidence, Edit, Fix, Location};

const TOML: &str = "[a]\nx = 1\n\n[b]\ny = 2\n";

fn repository() -> Repository {
    let text = |text: &str| text.as_bytes().to_vec();
    Repository::from_files(BTreeMap::from([
        ("a.toml".to_owned(), text(TOML)),
        ("b.py".to_owned(), text("x = 1\r\ny = 2")),
        ("c.txt".to_owned(), vec![0xff, b'\n']),
        ("d.toml".to_owned(), text("[broken\n")),
        (".gitignore".to_owned(), text("a\n")),
    ]))
}

fn finding(edits: Vec<Edit>) -> Finding {
    Finding {
        rule: "a/b".to_owned(),
        level: Level::Deny,
        confidence: Confidence::High,
        location: Location {
            path: "a.toml".to_owned(),
            span: (0, 0),
            start: Default::default(),
            end: Default::default(),
        },
        message: "wrong".to_owned(),
        help: None,
        requirements: Vec::new(),
        project: String::new(),
        related: Vec::new(),
        fix: Some(Fix { applicability: "safe", edits }),
    }
}

fn replace(path: &str, start: u32, end: u32, text: &str) -> Edit {
    Edit::Replace { path: path.to_owned(), start, end, text: text.to_owned() }
}

fn set(keys: &str, value: &str) -> Edit {
    let keys = keys.split(' ').map(str::to_owned).collect();
    Edit::SetKey { path: "a.toml".to_owned(), keys, value: value.to_owned() }
}

/// One round with these fixes: the texts and what failed.
fn fixed(fixes: Vec<Vec<Edit>>) -> (Changes, Vec<String>, usize) {
    let findings: Vec<Finding> = fixes.into_iter().map(finding).collect();
    let (mut changes, mut originals, mut failed) = (Changes::new(), Changes::new(), BTreeSet::new());
    let findings: Vec<&Finding> = findings.iter().collect();
    let mut yes = |_: &Finding, _: &Proposal| Ok(true);
    let applied = round(&repository(), &findings, &mut changes, &mut originals, &mut failed, &mut yes).unwrap();
    (changes, failed.into_iter().map(|one| one.reason).collect(), applied.len())
}

#[test]
fn fixes_that_do_not_meet_are_applied_together() {
    let (changes, failed, applied) = fixed(vec![vec![set("a x", "3")], vec![set("b y", "4")], vec![set("b y", "4")]]);
    assert_eq!((failed, applied), (vec![], 3));
    assert_eq!(changes["a.toml"].as_deref(), Some("[a]\nx = 3\n\n[b]\ny = 4\n"));
    // The second changes the same line as the first, and the third defines a table that the second defines as well.
    let (changes, _, applied) = fixed(vec![vec![set("a x", "3")], vec![set("a x", "4"), set("b y", "5")]]);
    assert_eq!((changes["a.toml"].as_deref(), applied), (Some("[a]\nx = 3\n\n[b]\ny = 2\n"), 1));
    let lines = |at: u32, text: &str| vec![replace("a.toml", at, at, text)];
    let (_, failed, applied) = fixed(vec![lines(0, "[c]\n"), lines(11, "[c]\n")]);
    assert_eq!((failed, applied), (vec![], 1));
    let ignore = |text: &str| vec![replace(".gitignore", 2, 2, text)];
    let (changes, _, applied) = fixed(vec![ignore("b\n"), ignore("c\n"), ignore("b\n")]);
    assert_eq!((changes[".gitignore"].as_deref(), applied), (Some("a\nb\nc\n"), 3));
}

#[test]
fn a_fix_is_applied_whole_or_not_at_all() {
    let check = |edits: Vec<Edit>, reason: &str| {
        let (changes, failed, applied) = fixed(vec![edits]);
        assert_eq!((changes.len(), applied), (0, 0), "{reason}");
        assert!(failed[0].contains(reason), "{failed:?}");
    };
    let create = |path: &str| Edit::CreateFile { path: path.to_owned(), text: "x\n".to_owned() };
    check(vec![set("a x", "3"), replace("b.py", 0, 99, "")], "b.py: bytes 0 to 99 are not in the file");
    check(vec![replace("b.py", 0, 5, "(")], "after the fix: it does not parse as Python");
    check(vec![replace("a.toml", 0, 1, "")], "after the fix: it does not parse");
    check(vec![replace("b.py", 0, 5, "a"), replace("b.py", 4, 6, "b")], "overlap");
    check(vec![replace("c.txt", 0, 1, "a")], "not valid UTF-8");
    check(vec![replace("d.toml", 0, 1, "[")], "mend that first");
    check(vec![set("a x", "1 2")], "no value of TOML");
    check(vec![set("a x", "1")], "it changes nothing");
    check(vec![create("a.toml")], "is there already");
    check(vec![create("e.toml"), replace("f.txt", 0, 0, "x")], "e.toml: it does not parse");
    for path in ["../x", "/x", "a/../../x", ".git/hooks/pre-commit", "a//b", "a\\b", "", "a/.GIT/x", "x\u{7}"] {
        check(vec![create(path)], "is no path in the repository");
    }
    check(vec![create("plimsoll.toml")], "no rule changes that");
    check(vec![], "it has no edits");
}

#[test]
fn line_ends_and_the_last_line_stay() {
    let (changes, failed, _) = fixed(vec![vec![replace("b.py", 7, 12, "y = (\n    2\n)\n")]]);
    assert_eq!((changes["b.py"].as_deref(), failed.len()), (Some("x = 1\r\ny = (\r\n    2\r\n)"), 0));
}

#[test]
fn differences_read_as_patches() {
    let diff = unified_diff("a", Some("x\ny"), Some("x\nz"));
    assert_eq!(
        diff,
        "--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n\\ No newline at end of file\n"
    );
    assert!(unified_diff("a", None, Some("x\n")).ends_with("--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n"));
    assert_eq!(unified_diff("a", None, Some("")), "diff --git a/a b/a\nnew file mode 100644\n");
}
