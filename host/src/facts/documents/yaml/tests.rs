//! Tests of the tree, its spans and its limits.

use super::super::tests::{check, check_refused, outline};

#[test]
fn spans_of_collections_and_scalars() {
    check(
        "a.yml",
        "# é\r\n---\r\non:\r\n  push: {branches: [main, 'é''s' ]} # c\r\n  \"x\\\"\" : \"a\\\"b\"   # c\r\nlist:\r\n- a b   # c\r\n-   - 3.10\r\n    - !!str 1\r\n- k: v\r\n  l:\r\nempty:\r\nlast: yes\r\n...\r\n",
        r#"$ table "" <on:␍
          push: {branches: [main, 'é''s' ]} # c␍
          "x\"" : "a\"b"   # c␍
        list:␍
        - a b   # c␍
        -   - 3.10␍
            - !!str 1␍
        - k: v␍
          l:␍
        empty:␍
        last: yes>
        $.on table "" <push: {branches: [main, 'é''s' ]} # c␍
          "x\"" : "a\"b">
        $.on.push table "" <{branches: [main, 'é''s' ]}>
        $.on.push.branches list "" <[main, 'é''s' ]>
        $.on.push.branches- text "main" <main>
        $.on.push.branches- text "é's" <'é''s'>
        $.on."x\"" text "a\"b" <"a\"b">
        $.list list "" <- a b   # c␍
        -   - 3.10␍
            - !!str 1␍
        - k: v␍
          l:>
        $.list- text "a b" <a b>
        $.list- list "" <- 3.10␍
            - !!str 1>
        $.list-- float "3.10" <3.10>
        $.list-- text "1" <1>
        $.list- table "" <k: v␍
          l:>
        $.list-.k text "v" <v>
        $.list-.l null "" <>
        $.empty null "" <>
        $.last text "yes" <yes>"#,
    );
}

#[test]
fn spans_of_brackets() {
    check(
        "a.yml",
        "a: [ # c\n  {b: 1, c: , }, [d], e: {f}, # c\n ] # c\n{g: h}: [{}\n ]\n",
        r#"$ table "" <a: [ # c
          {b: 1, c: , }, [d], e: {f}, # c
         ] # c
        {g: h}: [{}
         ]>
        $.a list "" <[ # c
          {b: 1, c: , }, [d], e: {f}, # c
         ]>
        $.a- table "" <{b: 1, c: , }>
        $.a-.b integer "1" <1>
        $.a-.c null "" <>
        $.a- list "" <[d]>
        $.a-- text "d" <d>
        $.a- table "" <e: {f}>
        $.a-.e table "" <{f}>
        $.a-.e.f null "" <>
        $- list "" <[{}
         ]>
        $-- table "" <{}>"#,
    );
}

#[test]
fn lines_that_stand_too_far_left() {
    check(
        "a.yml",
        "é:\n  - k: [\n  'a', # c\n'b',\n    ]\n    q: \"x\ny\"\n",
        r#"$ table "" <é:
          - k: [
          'a', # c
        'b',
            ]
            q: "x
        y">
        $.é list "" <- k: [
          'a', # c
        'b',
            ]
            q: "x
        y">
        $.é- table "" <k: [
          'a', # c
        'b',
            ]
            q: "x
        y">
        $.é-.k list "" <[
          'a', # c
        'b',
            ]>
        $.é-.k- text "a" <'a'>
        $.é-.k- text "b" <'b'>
        $.é-.q text "x y" <"x
        y">"#,
    );
    check("a.yml", "a:\n  b: ['x'\n  c: d", "invalid at 16 <>: illegal placement of ':' indicator");
}

#[test]
fn spans_of_block_scalars() {
    check(
        "a.yml",
        "a: |  # c\n  é x\n    y \n\n  z\n\nb: &n |2-\n\n    p\n   q\nc: >\n  f\n  g\n\n# c\nd: |\ne: |-\n",
        r#"$ table "" <a: |  # c
          é x
            y

          z

        b: &n |2-

            p
           q
        c: >
          f
          g

        # c
        d: |
        e: |>
        $.a text "é x\n  y \n\nz\n" <é x
            y

          z>
        $.b text "\n  p\n q" <
            p
           q>
        $.c text "f g\n" <f
          g>
        $.d text "" <|>
        $.e text "" <|>"#,
    );
    check(
        "a.yml",
        "- !x |\n\n   |p\n- q\n",
        "$ list \"\" <- !x |\n\n   |p\n- q>\n$- text \"\\n|p\\n\" <\n   |p>\n$- text \"q\" <q>",
    );
}

#[test]
fn streams() {
    check("a.yml", "", "$ null \"\" <>");
    check("a.yml", "# c\n---\n", "$ null \"\" <>");
    check(
        "a.yml",
        "--- a\n---\nb: c\n---\n",
        "$ list \"\" <a\n---\nb: c>\n$- text \"a\" <a>\n$- table \"\" <b: c>\n$-.b text \"c\" <c>",
    );
    check("a.yml", "- a\n---\n", "$ list \"\" <- a>\n$- text \"a\" <a>");
}

#[test]
fn tags_and_odd_keys() {
    check(
        "mkdocs.yml",
        "a: !ENV [X, y]\nb: !!python/name:m.e ''\nc: !reference\n  - x\n? [p, q]\n: r\n? s\n1: !<tag:x,y> t\nd: &x\n  # c\n  e: &y f\n*y : *x\n",
        r#"$ table "" <a: !ENV [X, y]
        b: !!python/name:m.e ''
        c: !reference
          - x
        ? [p, q]
        : r
        ? s
        1: !<tag:x,y> t
        d: &x
          # c
          e: &y f
        *y : *x>
        $.a list "" <[X, y]>
        $.a- text "X" <X>
        $.a- text "y" <y>
        $.b text "" <''>
        $.c list "" <- x>
        $.c- text "x" <x>
        $- text "r" <r>
        $.s null "" <>
        $.1 text "t" <t>
        $.d table "" <e: &y f>
        $.d.e text "f" <f>
        $.*y table "" <e: &y f>
        $.*y.e text "f" <f>"#,
    );
}

#[test]
fn aliases_and_merge_keys() {
    check(
        "a.yml",
        "base: &b {x: 1, y: 2}\nmore: &m {<<: *b, y: 3, z: 4}\nuse:\n  <<: [*m, *b]\n  z: 5\n  \"<<\": 6\nk: [*b]\n&a q: *a\n",
        r#"$ table "" <base: &b {x: 1, y: 2}
        more: &m {<<: *b, y: 3, z: 4}
        use:
          <<: [*m, *b]
          z: 5
          "<<": 6
        k: [*b]
        &a q: *a>
        $.base table "" <{x: 1, y: 2}>
        $.base.x integer "1" <1>
        $.base.y integer "2" <2>
        $.more table "" <{<<: *b, y: 3, z: 4}>
        $.more.x integer "1" <1>
        $.more.y integer "3" <3>
        $.more.z integer "4" <4>
        $.use table "" <<<: [*m, *b]
          z: 5
          "<<": 6>
        $.use.y integer "3" <3>
        $.use.x integer "1" <1>
        $.use.z integer "5" <5>
        $.use."<<" integer "6" <6>
        $.k list "" <[*b]>
        $.k- table "" <{x: 1, y: 2}>
        $.k-.x integer "1" <1>
        $.k-.y integer "2" <2>
        $.q text "q" <q>"#,
    );
    check("a.yml", "a: 1\na: 2", "$ table \"\" <a: 1\na: 2>\n$.a integer \"1\" <1>\n$.a integer \"2\" <2>");
}

#[test]
fn errors_have_a_place() {
    check("a.yml", "é: [a\nb: c", "invalid at 8 <>: illegal placement of ':' indicator");
    check("a.yml", "é: *x", "invalid at 4 <>: while parsing node, found unknown anchor");
    check("a.yml", "a: &x [*x]", "invalid at 7 <*x>: an alias of a value that it is a part of");
    check("a.yml", "a: b: c", "invalid at 4 <>: mapping values are not allowed in this context");
}

#[test]
fn hostile_input_is_refused() {
    check_refused("a.yml", &"[".repeat(1_000_000), "nested deeper than 255");
    check_refused("a.yml", &"{a: ".repeat(300_000), "nested deeper than 255");
    check_refused("a.yml", &"- ".repeat(100_000), "nested deeper than 500");
    check_refused("a.yml", &"? ".repeat(100_000), "nested deeper than 500");
    let indented: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    check_refused("a.yml", &indented, "nested deeper than 500");

    let list = |name: usize, of: usize| format!("a{name}: &a{name} [{}]\n", vec![format!("*a{of}"); 10].join(", "));
    let bomb: String = (1..12).map(|level| list(level, level - 1)).collect();
    check_refused("a.yml", &format!("a0: &a0 lol\n{bomb}"), "aliases expand to more than 200000 nodes");
    check_refused("a.yml", &format!("a: [{}", "\n'b',".repeat(300_000)), "");
    let long = format!("a: &a {}\nb: [{}]", "x".repeat(1_000_000), "*a, ".repeat(1000));
    check_refused("a.yml", &long, "aliases expand to more than 16777216 bytes");
    let keys = format!("a: &a {}\n{}", "x".repeat(1_000_000), "? *a\n".repeat(1000));
    check_refused("a.yml", &keys, "aliases expand to more than 16777216 bytes");
    let chain: String = (1..2000).map(|level| format!("a{level}: &a{level} [*a{}]\n", level - 1)).collect();
    check_refused("a.yml", &format!("a0: &a0 lol\n{chain}"), "");
    let keys: String = (0..1000).map(|key| format!("k{key}: 1, ")).collect();
    let merges = format!("a: &a {{{keys}}}\nb:\n  <<: [{}]", "*a, ".repeat(100_000));
    check_refused("a.yml", &merges, "aliases expand to more than 200000 nodes");
    assert!(outline("a.yml", &"a: &a b\n".repeat(10_000)).len() > 10_000);
}
