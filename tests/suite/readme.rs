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
