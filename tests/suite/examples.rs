//! Every example of every built-in rule, in the real host on the real components.

use std::fs;

use super::{check, root, run, stderr, stdout};

#[test]
fn all_examples_hold() {
    let output = run(&["test", "--verbose"]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    let text = stdout(&output);
    assert!(text.trim_end().ends_with(" 0 failed"));
    // Those beside the sources, too.
    for plugin in fs::read_dir(root().join("plugins")).unwrap() {
        let Ok(files) = fs::read_dir(plugin.unwrap().path().join("tests")) else { continue };
        for file in files {
            let name = file.unwrap().file_name();
            assert!(text.contains(&format!("tests/{}, line ", name.display())), "{} did not run", name.display());
        }
    }
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

/// The host extracts what the active rules declare that they want: no rule lives on what another one declared.
#[test]
fn every_rule_says_the_same_alone_and_among_all() {
    let service = root().join("tests/examples/service");
    let (all, _) = check(&service, &["--pedantic"]);
    let rules: serde_json::Value = serde_json::from_slice(&run(&["rules", "--format", "json"]).stdout).unwrap();
    let mut said = 0;
    for rule in rules.as_array().unwrap() {
        let rule = rule["rule"].as_str().unwrap();
        let (alone, _) = check(&service, &["--pedantic", "--select", rule]);
        for list in ["findings", "unknown", "not_applicable", "suppressed", "errors"] {
            let of = |report: &serde_json::Value| -> Vec<serde_json::Value> {
                let entries = report[list].as_array().unwrap_or_else(|| panic!("no `{list}`")).iter();
                entries.filter(|entry| entry["rule"] == rule || entry["finding"]["rule"] == rule).cloned().collect()
            };
            let (alone, among_all) = (of(&alone), of(&all));
            assert_eq!(alone, among_all, "{list} of {rule}");
            said += alone.len();
        }
    }
    assert!(said > 20, "the service shows too little: {said}");
}
