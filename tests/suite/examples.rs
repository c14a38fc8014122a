//! Every example of every built-in rule, in the real host on the real components.

use super::{run, stderr, stdout};

#[test]
fn all_examples_hold() {
    let output = run(&["test"]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).trim_end().ends_with(" 0 failed"));
}

#[test]
fn the_example_service_has_findings_of_every_section() {
    let output = run(&["check", "tests/examples/service", "--format", "concise"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let text = stdout(&output);
    for section in ["docker/", "quality/", "security/", "structure/"] {
        assert!(text.contains(&format!("[{section}")), "no finding of {section}\n{text}");
    }
    assert_eq!(stdout(&run(&["check", "tests/examples/service", "--format", "concise"])), text, "not deterministic");
}
