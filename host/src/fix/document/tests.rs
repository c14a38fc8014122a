//! Changes of every language, as text before and after.

use super::*;

fn edited(path: &str, text: &str, keys: &str, change: Change<'_>) -> Result<String, String> {
    let keys: Vec<String> = keys.split(' ').map(str::to_owned).collect();
    edit(path, text, &keys, change)
}

fn check(path: &str, text: &str, keys: &str, change: Change<'_>, expected: &str) {
    assert_eq!(edited(path, text, keys, change).as_deref(), Ok(expected), "{path}: {keys}: {change:?} in\n{text}");
}

fn check_refused(path: &str, text: &str, keys: &str, change: Change<'_>, reason: &str) {
    let error = edited(path, text, keys, change).unwrap_err();
    assert!(error.contains(reason), "{error}");
}

use Change::{Append, Remove, Set};

#[test]
fn toml() {
    let path = "pyproject.toml";
    let text = "[tool.coverage.run]\nsource = [\"src\"] # ours\n\n[tool.ruff]\n# why\nline-length = 100  # wide\n";
    let with = |line: &str| text.replace("# ours\n", &format!("# ours\n{line}\n"));
    check(path, text, "tool coverage run branch", Set("true"), &with("branch = true"));
    check(path, text, "tool ruff line-length", Set("88"), &text.replace("100", "88"));
    check(path, text, "tool ruff line-length", Remove, &text.replace("line-length = 100  # wide\n", ""));
    check(path, text, "tool coverage run source", Append("\"lib\""), &text.replace("\"src\"]", "\"src\", \"lib\"]"));
    check(path, text, "tool coverage run omit", Append("\"x\""), &with("omit = [\"x\"]"));
    check(path, text, "tool coverage", Remove, "\n[tool.ruff]\n# why\nline-length = 100  # wide\n");
    let added = format!("{text}\n[tool.pyright]\nstrict = true\n");
    check(path, text, "tool pyright strict", Set("true"), &added);
    check(path, "[p]\na = 1\n\n[tool.black]\nb = 1\n", "tool black", Remove, "[p]\na = 1\n");
    check(path, "a = { b = 1 }\n", "a c d", Set("2"), "a = { b = 1, c = { d = 2 } }\n");
    check(path, "a.b = 1\n", "a c", Set("2"), "a.b = 1\na.c = 2\n");
    check(path, "a = [\n  1,  # one\n]\n", "a", Append("2"), "a = [\n  1,  # one\n  2,\n]\n");
    check(path, "a = [\n  1  # one\n]\n", "a", Append("2"), "a = [\n  1,  # one\n  2\n]\n");
    check(path, "a = [\n  1\n]\n", "a", Append("2"), "a = [\n  1,\n  2\n]\n");
    let commented = "a = [\n  1,  # one\n  2,  # two\n]\n";
    check(path, commented, "a 1", Remove, "a = [\n  1,  # one\n]\n");
    check(path, commented, "a 0", Remove, "a = [\n  2,  # two\n]\n");
    check(path, "a = [1, 2, 3]\n", "a 0", Remove, "a = [2, 3]\n");
    check(path, "a = [\n  1,\n  2,\n]\n", "a 1", Remove, "a = [\n  1,\n]\n");
    check(path, "[[a]]\nb = 1\n[[a]]\nb = 2\n", "a 1 c", Set("3"), "[[a]]\nb = 1\n[[a]]\nb = 2\nc = 3\n");
    check(path, "", "a b", Set("1"), "[a]\nb = 1\n");
    check_refused(path, "a = 1\n", "a b", Set("1"), "");
    check_refused(path, "a = 1\n", "b", Set("1\nc = 2"), "");
    check_refused(path, "a = 1\n", "b", Remove, "there is no `b`");
    check_refused(path, "a = \n", "b", Set("1"), "can't be parsed");
}

#[test]
fn yaml() {
    let path = "ci.yaml";
    let text = "on: push  # always\njobs:\n  test:\n    steps:\n      - uses: a\n        with:\n          x: 1\n      - run: |\n          b\n\n# end\n";
    check(path, text, "on", Set("[push]"), &text.replace("push ", "[push] "));
    check(path, text, "jobs test steps 0 with y", Set("true"), &text.replace("x: 1", "x: 1\n          y: true"));
    check(path, text, "jobs test steps 1 if", Set("a"), &text.replace("  b\n", "  b\n        if: a\n"));
    check(
        path,
        text,
        "jobs test steps",
        Append("run: c\nif: d"),
        &text.replace("  b\n", "  b\n      - run: c\n        if: d\n"),
    );
    check(path, text, "jobs test env A", Set("b"), &text.replace("  b\n", "  b\n    env:\n      A: b\n"));
    check(
        path,
        text,
        "jobs test steps 0",
        Remove,
        &text.replace("      - uses: a\n        with:\n          x: 1\n", ""),
    );
    check(path, text, "jobs test steps 1 run", Set("c"), &text.replace("|\n          b", "c"));
    check(
        path,
        text,
        "on",
        Set("push:\n  branches: [main]"),
        &text.replace(" push ", "\n  push:\n    branches: [main] "),
    );
    check(path, "a: 1\nb: 2\n", "a", Remove, "b: 2\n");
    check(path, "- a: 1\n  b: 2\n", "0 a", Remove, "- b: 2\n");
    check(path, "a:\n  b:\n", "a b c", Set("1"), "a:\n  b:\n    c: 1\n");
    check(path, "a:\nb: 1\n", "a", Append("x"), "a:\n  - x\nb: 1\n");
    check(path, "a:\n- x\nb: 1\n", "a", Append("y"), "a:\n- x\n- y\nb: 1\n");
    check(path, "a:\n  - b: 1\n", "a", Append("b: 2"), "a:\n  - b: 1\n  - b: 2\n");
    check(path, "a: [x]\n", "a", Append("y"), "a: [x, y]\n");
    check(path, "a: {x: 1}\n", "a y z", Set("2"), "a: {x: 1, y: {z: 2}}\n");
    check(path, "a: 'x'\n", "a", Set("y"), "a: y\n");
    check(path, "a: 1", "b", Set("2"), "a: 1\nb: 2");
    check(path, "", "a b", Set("1"), "a:\n  b: 1\n");
    check(path, "# c\n", "a", Set("1"), "# c\na: 1\n");
    let merged = "x: &a\n  r: 1\ns:\n  d:\n    <<: *a\n    i: 2\n";
    check(path, merged, "s d h", Set("3"), &merged.replace("i: 2\n", "i: 2\n    h: 3\n"));
    let wide = "a:\n    b:\n        c: 1\n";
    check(path, wide, "a d", Set("e: 1\nf: 2"), &format!("{wide}    d:\n        e: 1\n        f: 2\n"));
    check(path, "a:\n  b: 1\n", "a c", Set(""), "a:\n  b: 1\n  c:\n");
    check_refused(path, "a:\n  # first\n  - b\n", "a", Set("c: 1\nd: 2"), "a comment stands in");
    check(path, "a:\n  # x\n  - b\n", "a", Set("# x\nb: 1"), "a:\n  # x\n  b: 1\n");
    check_refused(path, "a: {b: 1}\n", "a c", Set("d: 1\ne: 2"), "stands in brackets");
    check_refused(path, "a: &x {y: 1}\nb: *x\n", "b y", Set("2"), "without changing more");
    check_refused(path, "a: 1\n", "a", Remove, "would be empty");
    check_refused(path, "a: 1\n", "b", Set("1\nc: 2\nb: 3"), "");
    check_refused(path, "a: x\n", "a", Append("y"), "can't hold that");
}

#[test]
fn json() {
    let path = "a.json";
    let text = "{\n  // c\n  \"a\": [1, 2],\n  \"b\": {}\n}\n";
    check(path, text, "a", Append("3"), &text.replace("2]", "2, 3]"));
    check(path, text, "a 0", Remove, &text.replace("1, 2", "2"));
    check(path, text, "a 1", Remove, &text.replace("1, 2", "1"));
    check(path, text, "b c", Set("true"), &text.replace("{}", "{\"c\": true}"));
    check(path, text, "d", Set("{\"e\": 1}"), &text.replace("{}", "{},\n  \"d\": {\"e\": 1}"));
    check(path, text, "b", Remove, "{\n  // c\n  \"a\": [1, 2]\n}\n");
    check(path, text, "a", Remove, "{\n  // c\n  \"b\": {}\n}\n");
    check(path, "{\"a\": 1, // x\n}", "b", Set("2"), "{\"a\": 1, \"b\": 2 // x\n}");
    check(path, "{\n  \"a\": 1 // x\n}", "b", Set("2"), "{\n  \"a\": 1, // x\n  \"b\": 2\n}");
    check(path, "{\n  \"a\": 1, // x\n}", "b", Set("2"), "{\n  \"a\": 1, // x\n  \"b\": 2,\n}");
    check_refused(path, "{\"a\": 1}", "b", Set("1, \"c\": 2"), "");
    check_refused(path, "{\"a\": 1}", "b", Set("x y"), "");
}

#[test]
fn ini() {
    let path = "setup.cfg";
    let text = "[a]\nx = 1\ny =\n    p\n    q\n\n# c\n[b]\nz = 1, 2\n";
    check(path, text, "a x", Set("2"), &text.replace("x = 1", "x = 2"));
    check(path, text, "a y", Append("r"), &text.replace("    q\n", "    q\n    r\n"));
    check(path, text, "b z", Append("3"), &text.replace("1, 2", "1, 2, 3"));
    check(path, text, "a n", Set("1"), &text.replace("    q\n", "    q\nn = 1\n"));
    check(path, text, "c n", Set("1"), &format!("{text}\n[c]\nn = 1\n"));
    check(path, text, "a x", Remove, &text.replace("x = 1\n", ""));
    check(path, text, "a y", Remove, &text.replace("y =\n    p\n    q\n", ""));
    check_refused(path, text, "a x", Set("1\n2"), "");
    check(".editorconfig", "root = true\n[*]\na = 1\n", "* b", Set("2"), "root = true\n[*]\na = 1\nb = 2\n");
}
