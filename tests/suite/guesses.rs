//! Rules that only guess are called when somebody would see what they say, and nothing else depends on it.

use super::{check, repository, run, stdout};

const RULE: &str = "structure/variable-name-case";
const CODE: &str = "def greet(user):\n    userName = user.name\n    return userName\n";

/// What `check` prints line by line, with the summary.
fn lines(folder: &std::path::Path, more: &[&str]) -> Vec<String> {
    let path = folder.to_str().unwrap();
    let arguments = [&["check", path, "--root", path, "--format", "concise"], more].concat();
    stdout(&run(&arguments)).lines().map(str::to_owned).collect()
}

fn mention(lines: &[String], what: &str) -> usize {
    lines.iter().filter(|line| line.contains(what)).count()
}

#[test]
fn a_rule_that_only_guesses_is_called_on_request() {
    let folder = repository(&[("src/app/users.py", CODE)]);
    assert_eq!(mention(&lines(folder.path(), &[]), RULE), 0);
    assert_eq!(mention(&lines(folder.path(), &["--pedantic"]), RULE), 1);
    // A level that is set for it is a request as well, and so is one for some files.
    assert_eq!(mention(&lines(folder.path(), &["-W", RULE]), RULE), 1);
    let manifest = format!("[[overrides]]\npaths = [\"src/**\"]\nrules = {{ \"{RULE}\" = \"deny\" }}\n");
    std::fs::write(folder.path().join("plimsoll.toml"), manifest).unwrap();
    assert_eq!(mention(&lines(folder.path(), &[]), &format!("deny[{RULE}]")), 1);
}

#[test]
fn what_says_more_than_findings_calls_it_all_the_same() {
    let folder = repository(&[("src/app/users.py", CODE)]);
    let hidden = |report: &serde_json::Value| report["summary"]["hidden"].as_u64().unwrap();
    assert_eq!(hidden(&check(folder.path(), &["--select", RULE]).0), 1);
    let path = folder.path().to_str().unwrap();
    let summary = |more: &[&str]| {
        let arguments = [&["check", path, "--root", path, "--select", RULE, "--no-cache"], more].concat();
        let output = run(&arguments);
        format!("{}{}", stdout(&output), super::stderr(&output))
    };
    assert!(summary(&[]).contains("1 rule only with --pedantic"), "{}", summary(&[]));
    assert!(summary(&["-v"]).contains("1 hidden (--pedantic shows them)"), "{}", summary(&["-v"]));
}

#[test]
fn a_suppression_of_a_guess_is_judged_as_ever() {
    let used = CODE
        .replace("user.name", "user.name  # plimsoll: allow(structure/variable-name-case) -- as the database has it");
    let unused = "# plimsoll: allow(structure) -- left over\nVALUE = 1\n";
    let folder = repository(&[("src/app/users.py", &used), ("src/app/values.py", unused)]);
    for more in [&["--no-cache"][..], &[], &[]] {
        let lines = lines(folder.path(), more);
        assert_eq!(mention(&lines, "plimsoll/unused-suppression"), 1, "{lines:?}");
        assert_eq!(mention(&lines, "src/app/values.py:1:"), 1, "{lines:?}");
    }
}
