//! `plimsoll check` and its relatives as a user meets them.

use super::{check, repository, run, stderr, stdout};

const EVAL: &str =
    "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get(\"/\")\ndef root(q: str):\n    return eval(q)\n";

fn service(more: &[(&'static str, &'static str)]) -> tempfile::TempDir {
    let mut files = vec![("pyproject.toml", "[project]\nname = \"app\"\n"), ("src/app/main.py", EVAL)];
    files.extend(more);
    repository(&files)
}

fn rules(report: &serde_json::Value) -> Vec<String> {
    let rule = |finding: &serde_json::Value| finding["rule"].as_str().unwrap().to_owned();
    report["findings"].as_array().unwrap().iter().map(rule).collect()
}

#[test]
fn a_finding_has_its_place_level_and_requirement() {
    let folder = service(&[]);
    let (report, code) = check(folder.path(), &["--select", "security/dynamic-code-execution"]);
    assert_eq!(code, 1);
    let finding = &report["findings"][0];
    assert_eq!(finding["path"], "src/app/main.py");
    assert_eq!((finding["line"].as_u64(), finding["column"].as_u64()), (Some(8), Some(12)));
    assert_eq!(finding["level"], "deny");
    assert_eq!(finding["requirements"][0], "9.6.1");
}

#[test]
fn levels_come_from_the_command_line_and_the_manifest() {
    let rule = "security/dynamic-code-execution";
    let folder = service(&[]);
    assert_eq!(check(folder.path(), &["--select", rule, "-W", rule]).1, 0);
    assert!(rules(&check(folder.path(), &["--select", rule, "-A", "security"]).0).is_empty());
    let folder = service(&[("plimsoll.toml", "[rules]\n\"security\" = \"warn\"\n")]);
    assert_eq!(check(folder.path(), &["--select", rule]).1, 0);
    assert_eq!(check(folder.path(), &["--select", rule, "-D", rule]).1, 1);
    let folder = service(&[("plimsoll.toml", "[rules]\n\"security\" = \"forbid\"\n")]);
    assert_eq!(check(folder.path(), &["--select", rule, "-A", rule]).1, 1);
}

#[test]
fn a_comment_silences_with_a_reason() {
    let rule = "security/dynamic-code-execution";
    let silenced = EVAL.replace("eval(q)", "eval(q)  # plimsoll: allow(security) -- a calculator");
    let folder = repository(&[("pyproject.toml", "[project]\nname = \"app\"\n"), ("src/app/main.py", &silenced)]);
    let (report, code) = check(folder.path(), &["--select", rule]);
    assert_eq!((code, rules(&report).len()), (0, 0));
    assert_eq!(report["suppressed"][0]["reason"], "a calculator");
    let reviewed = EVAL.replace("eval(q)", "eval(q)  # noqa: S307");
    let folder = repository(&[("pyproject.toml", "[project]\nname = \"app\"\n"), ("src/app/main.py", &reviewed)]);
    assert_eq!(check(folder.path(), &["--select", rule]).1, 0);
}

#[test]
fn mistakes_in_the_manifest_are_named_with_their_place() {
    let message = |manifest: &'static str| {
        let folder = service(&[("plimsoll.toml", manifest)]);
        let output = run(&["check", folder.path().to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
        stderr(&output)
    };
    assert!(
        message("[rules]\n\"securty\" = \"warn\"\n")
            .contains("plimsoll.toml:2:1: `securty` is no rule and no section; did you mean `security`?")
    );
    assert!(
        message("rulez = 1\n").contains("plimsoll.toml:1:1: the manifest has no key `rulez`; did you mean `rules`?")
    );
    assert!(message("[plugins]\nhouse = { path = \"gone\" }\n").contains("run `plimsoll build"));
    assert!(message("[plugins]\nsecurity = \"9\"\n").contains("this plimsoll carries"));
    let folder = service(&[("house.toml", "[rules]\n\"docker\" = \"warn\"\n")]);
    std::os::unix::fs::symlink("house.toml", folder.path().join("plimsoll.toml")).unwrap();
    let output = run(&["check", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("plimsoll.toml is no regular file"), "{}", stderr(&output));
    let output = run(&["check", ".", "--select", "security/weak-hsh"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn every_requirement_has_a_state() {
    let folder = service(&[]);
    let output = run(&["standard", folder.path().to_str().unwrap(), "--format", "json"]);
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let row = |id: &str| rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone();
    assert_eq!(row("9.6.1")["state"], "broken");
    assert_eq!(row("13.1.1")["state"], "not-applicable");
    assert_eq!(row("4.6.8")["state"], "not-verifiable");
    let rows = rows.as_array().unwrap();
    let has_rules = |row: &serde_json::Value| !row["rules"].as_array().unwrap().is_empty();
    let sections: std::collections::BTreeSet<&str> =
        rows.iter().filter(|row| has_rules(row)).map(|row| row["section"].as_str().unwrap()).collect();
    assert_eq!(sections.len(), 16);
    for row in rows.iter().filter(|row| row["state"] == "no-rule-yet" && row["section"] != "checklist") {
        assert!(!sections.contains(row["section"].as_str().unwrap()), "{row:#}");
    }
    // All twenty-eight sections of the standard; the boxes of the last are decided by the requirements of the others.
    let parts: std::collections::BTreeSet<&str> =
        rows.iter().map(|row| row["id"].as_str().unwrap().split('.').next().unwrap()).collect();
    assert_eq!(parts.len(), 28);
    let ignored = rows.iter().find(|row| row["id"] == "28.3.1").unwrap();
    assert_eq!((&ignored["state"], &ignored["level"]), (&"broken".into(), &"must".into()));
    assert!(ignored["reason"].as_str().unwrap().starts_with("4."), "{ignored:#}");
    let sections = |section: &str| run(&["standard", folder.path().to_str().unwrap(), "--section", section]);
    assert!(stdout(&sections("api")).contains("no-rule-yet"));
    assert!(stderr(&sections("secrity")).contains("did you mean `security`?"));
}

#[test]
fn the_checklist_names_what_keeps_a_box_open() {
    let folder = service(&[]);
    let path = folder.path().to_str().unwrap();
    let boxes: serde_json::Value =
        serde_json::from_slice(&run(&["checklist", path, "--format", "json"]).stdout).unwrap();
    let boxes = boxes.as_array().unwrap();
    assert_eq!(boxes.len(), 44);
    for one in boxes {
        assert_eq!(one["mark"] == "open", !one["open"].as_array().unwrap().is_empty(), "{one:#}");
    }
    let open = boxes.iter().find(|one| one["mark"] == "open").unwrap();
    let text = stdout(&run(&["checklist", path]));
    assert!(text.contains(&format!("- [ ] {}", open["statement"].as_str().unwrap())), "{text}");
    assert!(text.contains(open["open"][0].as_str().unwrap()), "{text}");
}

#[test]
fn formats_hold_their_contracts() {
    let folder = service(&[]);
    let path = folder.path().to_str().unwrap();
    let sarif: serde_json::Value =
        serde_json::from_slice(&run(&["check", path, "--format", "sarif", "-q"]).stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let result = &sarif["runs"][0]["results"][0];
    let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
    let (text, markdown) = (rule["help"]["text"].as_str().unwrap(), rule["help"]["markdown"].as_str().unwrap());
    assert!(text.len() > rule["shortDescription"]["text"].as_str().unwrap().len() && !text.contains("```"), "{rule:#}");
    assert!(markdown.contains("```") && markdown.contains("# error: "), "{rule:#}");
    for line in stdout(&run(&["check", path, "--format", "jsonl", "-q"])).lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let concise = stdout(&run(&["check", path, "--format", "concise", "-q"]));
    assert!(concise.contains("src/app/main.py:8:12: deny[security/dynamic-code-execution]"), "{concise}");
    for shell in ["bash", "zsh", "fish"] {
        assert!(stdout(&run(&["completions", shell])).contains("plimsoll"));
    }
    assert!(stdout(&run(&["explain", "security/dynamic-code-execution"])).contains("9.6.1 (never)"));
    assert_eq!(run(&["explain", "security/nonsense"]).status.code(), Some(2));
}

#[test]
fn paths_choose_what_is_shown_and_not_what_is_known() {
    let folder = service(&[("src/app/other.py", "def f(x):\n    return eval(x)\n")]);
    let path = folder.path().join("src/app/other.py");
    let root = folder.path().to_str().unwrap();
    let output = run(&["check", path.to_str().unwrap(), "--root", root, "--format", "concise", "-q"]);
    assert!(stdout(&output).lines().all(|line| line.starts_with("src/app/other.py")), "{}", stdout(&output));
}
