//! What comments are, what they say and how far they reach.

use super::{Scope, Suppressions};
use crate::output::LineIndex;

fn read(path: &str, text: &str) -> Suppressions {
    Suppressions::read(path, text, &LineIndex::new(text))
}

/// Compares the lines that suppressions are about.
fn check(path: &str, text: &str, expected: &[(u32, u32)]) {
    let read = read(path, text);
    assert!(read.malformed.is_empty(), "{path}: {:?}", read.malformed);
    let lines: Vec<(u32, u32)> = read.all.iter().map(|one| (*one.lines.start(), *one.lines.end())).collect();
    assert_eq!(lines, expected, "{path}:\n{text}");
    for one in read.all.iter().filter(|one| one.scope != Scope::File) {
        assert_eq!(one.names[0].text, "a/b", "{path}");
        assert_eq!(one.reason.as_deref(), Some("why"), "{path}");
    }
}

#[test]
fn on_the_line_and_above_it_in_every_kind_of_file() {
    let allow = "plimsoll: allow(a/b) -- why";
    for (path, code) in [
        ("a.py", "x = f('# no')"),
        ("a.pyi", "x: int"),
        ("pyproject.toml", "x = \"# no\""),
        ("a.yaml", "- x: \"a # no\""),
        ("justfile", "    echo 'a # no'"),
        ("Makefile", "\techo '# no'"),
        ("a.sh", "echo \"# no\""),
        ("requirements.txt", "x==1"),
        ("Dockerfile", "RUN echo '# no'"),
        ("main.tf", "x = \"# no\""),
    ] {
        check(path, &format!("{code}\n{code} # {allow}\n{code}\n"), &[(2, 2)]);
        check(path, &format!("{code}\n# {allow}\n{code}\n{code}\n"), &[(2, 3)]);
        check(path, &format!("# {allow}\r\n# {allow}\r\n# more\r\n{code}\r\n"), &[(1, 4), (2, 4)]);
    }
    for (path, code) in [("setup.cfg", "x = y"), ("Dockerfile", "FROM x"), (".gitignore", "x"), ("Procfile", "x: y")] {
        check(path, &format!("# {allow}\n{code}\n"), &[(1, 2)]);
        check(path, &format!("{code} # {allow}\n"), &[]);
    }
    for path in ["a.md", "a.html"] {
        check(path, &format!("x <!-- {allow} -->\ny\n"), &[(1, 1)]);
        check(path, &format!("<!-- {allow} -->\ny\n"), &[(1, 2)]);
        check(path, "<!--\nplimsoll: allow(a/b) --\n  why\n-->\ny\n", &[(1, 5)]);
    }
    check("a.md", &format!("<!-- {allow} -->\n\ny\n"), &[(1, 3)]);
    check("a.rst", &format!(".. {allow}\nx\n"), &[(1, 2)]);
    check("a.ts", &format!("x('// no') // {allow}\n/* {allow} */\ny\n"), &[(1, 1), (2, 3)]);
    check("a.sql", &format!("select 1 -- {allow}\n"), &[(1, 1)]);
    check("a.ini", &format!("; {allow}\nx = 1\n"), &[(1, 2)]);
    check("a.json", &format!("# {allow}\n"), &[]);
}

#[test]
fn what_only_shows_a_comment_is_none() {
    let allow = "# plimsoll: allow(a/b) -- why";
    let none = |path: &str, text: &str| check(path, text, &[]);
    none("a.py", &format!("x = '{allow}'\ny = \"\"\"\n{allow}\n\"\"\"\nz = r'\\'{allow}'\n"));
    none("a.py", &format!("x = f'{{a[\"b\"]:#x}} {allow}'\n"));
    none("a.py", &format!("x = f'''{{a}}\n{allow}\n'''\n"));
    none("a.py", &format!("# write `{allow}` there\n"));
    none("a.toml", &format!("x = '''\n{allow}\n'''\ny = \"{allow}\"\n"));
    none("a.yaml", &format!("x: |\n  {allow}\ny: 'a\n  {allow}'\n"));
    none("a.md", &format!("```python\n{allow}\n```\n`<!-- plimsoll: allow(a/b) -- why -->`\n"));
    none("a.md", "~~~~\n~~~\n<!-- plimsoll: allow(a/b) -- why -->\n~~~~\n");
    none("a.md", "x\n\n    <!-- plimsoll: allow(a/b) -- why -->\n");
    none("a.sh", &format!("cat <<EOF\n{allow}\nEOF\necho '\n{allow}'\n"));
    none("Dockerfile", &format!("COPY <<EOF /x\n{allow}\nEOF\nENV x=1 {allow}\n"));
    // What goes on after it is read again.
    check("a.py", &format!("x = f'{{a!r:>{{b}}}}' {allow}\n"), &[(1, 1)]);
    check("a.py", &format!("x = f\"{{a['b']}}{{{{\" {allow}\n"), &[(1, 1)]);
    check("a.py", &format!("x = 'open\ny = 1 {allow}\n"), &[(2, 2)]);
    check("a.yaml", &format!("x: don't {allow}\ny: |\n  a\nz: 1 {allow}\n"), &[(1, 1), (4, 4)]);
    check("ci.yml", &format!("- run: |\n    pip install x {allow}\n    cat <<E\n    {allow}\n    E\n"), &[(2, 2)]);
    check("Dockerfile", &format!("RUN a && \\\n  {allow}\n  b\n"), &[(2, 3)]);
}

#[test]
fn a_block_is_what_begins_below() {
    let block = |path: &str, text: &str, expected: (u32, u32)| {
        check(path, &text.replace("@@", "plimsoll: allow-block(a/b) -- why"), &[expected]);
    };
    block("a.py", "# @@\n@a\n@b(\n)\ndef f(\n  x,\n):\n    '''\nx\n'''\n\n    return 1\n\n\ndef g(): ...\n", (1, 12));
    block("a.py", "class A:\n    # @@\n    def f(self):\n        pass\n\n    x = 1\n", (2, 4));
    block("a.py", "def f():  # @@\n    return 1\nx = 1\n", (1, 2));
    block("a.py", "# @@\nx = f(\n    1,\n)\ny = 1\n", (1, 4));
    block("a.py", "# @@\ntry:\n    x\nexcept E:\n    y\nz\n", (1, 5));
    block("a.toml", "# @@\n[a]\nb = 1\n\n[a.c]\nd = 1\n\n[e]\n", (1, 6));
    block("a.toml", "# @@\na = [\n  1,\n]\nb = 1\n", (1, 4));
    block("a.yaml", "# @@\na:\n  b: 1\n\n  c: 2\nd: 1\n", (1, 5));
    block("a.yaml", "a:\n# @@\nb:\n- 1\n- 2\nc: 1\n", (2, 5));
    block("a.yaml", "a:\n  # @@\n  - b: 1\n    c: 2\n  - d\n", (2, 4));
    block("Dockerfile", "# @@\nFROM a\nRUN b\n\nFROM c\n", (1, 3));
    block("Dockerfile", "FROM a\n# @@\nRUN b \\\n  c\nRUN d\n", (2, 4));
    block("justfile", "# @@\na:\n    b\n\n    c\n\nd:\n    e\n", (1, 5));
    block("setup.cfg", "# @@\n[a]\nb = 1\n[c]\n", (1, 3));
    block("a.md", "<!-- @@ -->\n\n```\na\n\n```\nb\n", (1, 6));
    block("a.md", "<!-- @@ -->\n## a\n\nb\n### c\n```\n# d\n```\n# e\n", (1, 8));
    block("a.sh", "# @@\na\nb\n\nc\n", (1, 3));
    block("a.py", "x = 1\n# @@\n", (2, 2));
}

#[test]
fn what_a_comment_says_is_read() {
    let said = |text: &str| {
        let read = read("a.py", text);
        let one = read.all.first().unwrap_or_else(|| panic!("{text}: {:?}", read.malformed));
        let names: Vec<&str> = one.names.iter().map(|name| name.text.as_str()).collect();
        let until = one.until.map(|until| until.to_string());
        format!("{} {:?} {:?}", names.join(" "), one.reason.as_deref().unwrap_or("-"), until.as_deref().unwrap_or("-"))
    };
    assert_eq!(said("x  # plimsoll: allow(a/b, c) -- why so"), r#"a/b c "why so" "-""#);
    assert_eq!(said("x  #plimsoll:allow( a/b ,) --why"), r#"a/b "why" "-""#);
    assert_eq!(said("x  # plimsoll: allow(a/b)"), r#"a/b "-" "-""#);
    assert_eq!(said("x  # plimsoll: allow(a/b) -- "), r#"a/b "-" "-""#);
    assert_eq!(said("x  # plimsoll: allow(a, until=2026-12-31) -- why"), r#"a "why" "2026-12-31""#);
    assert_eq!(said("x  # noqa: S1  # plimsoll: allow(a) -- why  # type: ignore"), r#"a "why" "-""#);
    assert_eq!(said("x  # plimsoll: allow(a) -- see # 5"), r##"a "see # 5" "-""##);
}

#[test]
fn what_can_t_be_understood_is_said_with_a_correction() {
    let wrong = |comment: &str, message: &str, corrected: Option<&str>| {
        let text = format!("x = 1  # {comment}\n");
        let read = read("a.py", &text);
        assert!(read.all.is_empty(), "{comment}");
        let one = read.malformed.first().unwrap_or_else(|| panic!("nothing is said of {comment}"));
        assert!(one.message.contains(message), "{}", one.message);
        let after = one.edit.as_ref().map(|(start, end, new)| format!("{}{new}{}", &text[..*start], &text[*end..]));
        assert_eq!(after, corrected.map(|comment| format!("x = 1  # {comment}\n")), "{comment}");
    };
    let allow = Some("plimsoll: allow(a/b) -- why");
    wrong("plimsoll: alow(a/b) -- why", "did you mean `allow`?", allow);
    wrong("plimsoll: allow a/b -- why", "without the rules in parentheses", allow);
    wrong("plimsoll: allow(a/b -- why", "without the closing parenthesis", allow);
    wrong("plimsoll: allow-fil(a/b) -- why", "did you mean", Some("plimsoll: allow-file(a/b) -- why"));
    wrong("plimsoll: disable(a/b)", "nothing that a comment can say", None);
    wrong("plimsoll: allow() -- why", "names no rule", None);
    wrong("plimsoll: allow(a, until=2026-02-30)", "is no day", None);
    wrong("plimsoll: allow(a, untill=2026-02-03)", "`untill`", Some("plimsoll: allow(a, until=2026-02-03)"));
    for prose in ["plimsoll: see the standard", "plimsoll:", "plimsoll: is (not) a mark"] {
        assert_eq!(read("a.py", &format!("# {prose}\n")), Suppressions::default(), "{prose}");
    }
}

#[test]
fn deleting_leaves_nothing_behind() {
    let deleted = |path: &str, text: &str, index: Option<usize>| {
        let read = read(path, text);
        let span = index.map_or_else(|| read.all[0].removal(text), |index| read.all[0].name_removal(index, text));
        format!("{}{}", &text[..span.start], &text[span.end..])
    };
    assert_eq!(deleted("a.py", "x\n    # plimsoll: allow(a) -- b\r\ny\n", None), "x\ny\n");
    assert_eq!(deleted("a.py", "x  # plimsoll: allow(a) -- b\ny\n", None), "x\ny\n");
    assert_eq!(deleted("a.py", "x  # plimsoll: allow(a) -- b", None), "x");
    assert_eq!(deleted("a.py", "x  # plimsoll: allow(a) -- b  # noqa\n", None), "x  # noqa\n");
    assert_eq!(deleted("a.py", "x  # noqa  # plimsoll: allow(a) -- b\n", None), "x  # noqa\n");
    assert_eq!(deleted("a.md", "x\n<!-- plimsoll:\nallow(a) -- b -->\ny\n", None), "x\ny\n");
    let three = "# plimsoll: allow(a, b, c) -- d\n";
    assert_eq!(deleted("a.py", three, Some(0)), "# plimsoll: allow(b, c) -- d\n");
    assert_eq!(deleted("a.py", three, Some(1)), "# plimsoll: allow(a, c) -- d\n");
    assert_eq!(deleted("a.py", three, Some(2)), "# plimsoll: allow(a, b) -- d\n");
}

#[test]
fn hostile_texts_are_read_in_no_time() {
    let allow = "# plimsoll: allow-block(a/b) -- why\n";
    let many = read("a.py", &allow.repeat(20_000));
    assert_eq!((many.all.len(), many.malformed.len()), (super::MOST, 1));
    for (path, piece) in [
        ("a.md", "<!-- plimsoll: -->"),
        ("a.html", "<!-- -->"),
        ("a.js", "/* */"),
        ("a.sh", "<<a "),
        ("a.py", "f'{"),
        ("a.py", "(\n"),
        ("a.yaml", "- |\n "),
        ("a.md", "`\n<!--"),
        ("Dockerfile", "RUN <<a <<b\n"),
    ] {
        read(path, &format!("{}\n{allow}", piece.repeat(100_000)));
    }
}
