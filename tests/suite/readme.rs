//! The README stays true.

use super::{root, run, stdout};

#[test]
fn the_table_of_rules_is_fresh() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- rules -->\n").unwrap();
    let (table, _) = rest.split_once("<!-- end of rules -->").unwrap();
    let expected = stdout(&run(&["rules", "--format", "markdown"]));
    assert!(table.trim() == expected.trim(), "write the output of `plimsoll rules --format markdown` into the README");
}

#[test]
fn its_commands_exist() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains("check tests/examples/service"));
    assert!(readme.contains("cargo test"));
}

#[test]
fn the_page_of_the_three_languages_shows_what_new_makes() {
    let page = std::fs::read_to_string(root().join("sdk/README.md")).unwrap();
    for path in ["rust/print_call.rs", "python/print_call.py", "javascript/print-call.js", "javascript/print-call.md"] {
        let text = std::fs::read_to_string(root().join("host/src/cli/new").join(path)).unwrap();
        assert!(page.contains(text.replace("NAME", "acme-rules").trim()), "sdk/README.md shows another {path}");
    }
}
