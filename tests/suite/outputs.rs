//! The formats that services read, read as they do.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{check, plimsoll, repository, root, run, stderr, stdout};

/// Text that would be markup, a command of the runner or an escape somewhere, as a reason of a rule and in a path.
const MANIFEST: &str = r#"
[[ban]]
id = "house/no-os"
imports = ["os"]
reason = "a|b <script>alert(1)</script> %0A\n::error::x ``` & ]]> *c* [d](http://e) \u001b[31m\u202e ![f](g) \\"
"#;
const HOSTILE: &str = "src/a,b:c%0A|`<img src=x>&\"'::error::.py";

fn hostile() -> tempfile::TempDir {
    let eval = "def f(q):\n    return eval(q)\n";
    repository(&[
        ("plimsoll.toml", MANIFEST),
        ("pyproject.toml", "[project]\nname = \"app\"\n"),
        (HOSTILE, "import os\n\n\ndef f(q):\n    return eval(q)\n"),
        ("src/app/main.py", eval),
    ])
}

/// What plimsoll prints in a format, with nothing else and the same each time.
fn written(folder: &Path, format: &str) -> String {
    let path = folder.to_str().unwrap();
    // Of a hostile plugin, the quickest to fail.
    let more: &[&str] = if folder.join("a.py").exists() { &["--select", "hostile/d-panic"] } else { &[] };
    let once = || plimsoll(&["check", path, "--root", path, "--format", format, "-q"]).args(more).output().unwrap();
    let output = once();
    assert!(matches!(output.status.code(), Some(1 | 3)), "{}", stderr(&output));
    assert_eq!(output.stdout, once().stdout, "{format} is another each time");
    stdout(&output)
}

fn findings(folder: &Path) -> Vec<Value> {
    let findings = check(folder, &[]).0["findings"].as_array().unwrap().clone();
    assert!(findings.iter().any(|finding| finding["rule"] == "house/no-os"), "{findings:#?}");
    assert!(findings.iter().any(|finding| finding["path"] == HOSTILE), "{findings:#?}");
    findings
}

/// A line of the log as the runner of GitHub Actions takes it apart.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let (head, data) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a command");
    let (name, properties) = head.split_once(' ').expect("properties");
    let unescape = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
    let property = |text: &str| unescape(text).replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    let properties = properties.split(',').map(|pair| pair.split_once('=').expect("a value"));
    let properties = properties.map(|(name, value)| (name.to_owned(), property(value))).collect();
    (name.to_owned(), properties, unescape(data).replace("%25", "%"))
}

#[test]
fn github_gets_an_annotation_for_each_finding() {
    let folder = hostile();
    let (text, findings) = (written(folder.path(), "github"), findings(folder.path()));
    assert_eq!(text.lines().count(), findings.len());
    for (line, finding) in text.lines().zip(&findings) {
        let (name, properties, message) = command(line);
        let property = |name: &str| properties.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str());
        assert_eq!(name, if finding["level"] == "warn" { "warning" } else { "error" });
        assert_eq!(property("file"), finding["path"].as_str());
        assert_eq!(property("line").unwrap(), finding["line"].to_string());
        assert_eq!(property("endLine").unwrap(), finding["end_line"].to_string());
        assert!(property("title").unwrap().starts_with(finding["rule"].as_str().unwrap()), "{line}");
        assert!(message.starts_with(&format!("{}:", finding["path"].as_str().unwrap())), "{message}");
        assert!(!message.contains(['\u{1b}', '\u{202e}', '\r']), "{message}");
    }
}

/// What GitLab documents of a Code Quality report.
#[test]
fn gitlab_gets_an_issue_for_each_finding() {
    let folder = hostile();
    let issues: Vec<Value> = serde_json::from_str(&written(folder.path(), "gitlab")).unwrap();
    let findings = findings(folder.path());
    assert_eq!(issues.len(), findings.len());
    let mut fingerprints = BTreeSet::new();
    for (issue, finding) in issues.iter().zip(&findings) {
        let keys: Vec<&str> = issue.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            BTreeSet::from_iter(keys),
            ["check_name", "description", "fingerprint", "location", "severity"].into()
        );
        assert!(issue["description"].as_str().is_some_and(|text| !text.is_empty()), "{issue}");
        assert_eq!(issue["check_name"], finding["rule"]);
        assert!(fingerprints.insert(issue["fingerprint"].as_str().unwrap()), "{issue}");
        let severities = ["info", "minor", "major", "critical", "blocker"];
        assert!(severities.contains(&issue["severity"].as_str().unwrap()), "{issue}");
        assert_eq!(issue["location"]["path"], finding["path"]);
        let lines = &issue["location"]["lines"];
        assert_eq!((&lines["begin"], &lines["end"]), (&finding["line"], &finding["end_line"]));
    }
}

/// Reads a report with a script of `tests` and the packages that it needs. None where they are not there.
fn read(script: &str, arguments: &[&str], text: &str) -> Option<String> {
    let tools = std::env::var_os("PLIMSOLL_TEST_INTEGRATIONS")?;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let mut command = Command::new(PathBuf::from(tools).join("python"));
    let output = command.arg(root().join("tests").join(script)).args(arguments).arg(file.path()).output().unwrap();
    assert!(output.status.success(), "{}\n{text}", stderr(&output));
    Some(stdout(&output))
}

fn seen(format: &str, text: &str) -> Option<Value> {
    read("readers.py", &[format], text).map(|seen| serde_json::from_str(&seen).unwrap())
}

#[test]
fn junit_fails_a_test_for_each_rule_and_file() {
    let folder = hostile();
    let Some(seen) = seen("junit", &written(folder.path(), "junit")) else { return };
    let findings = findings(folder.path());
    let failing = findings.iter().filter(|finding| finding["level"] == "deny");
    let expected: BTreeSet<String> = failing
        .map(|finding| format!("{}: {}", finding["rule"].as_str().unwrap(), finding["path"].as_str().unwrap()))
        .collect();
    let names = |kind: &str| -> BTreeSet<String> { serde_json::from_value(seen[kind].clone()).unwrap() };
    assert_eq!(names("failures"), expected);
    assert!(
        names("passed").contains("security/hardcoded-secret") && names("skipped").contains("docker/root-user"),
        "{seen:#}"
    );
    for finding in &findings {
        let place = format!("{}:{}:{}: ", finding["path"].as_str().unwrap(), finding["line"], finding["column"]);
        assert!(seen["text"].as_str().unwrap().contains(&place), "{place}");
    }
}

#[test]
fn markdown_and_html_let_no_markup_through() {
    let folder = hostile();
    let findings = findings(folder.path());
    let Some(summary) = seen("markdown", &written(folder.path(), "markdown")) else { return };
    let [sections, rows] = summary["tables"].as_array().unwrap().as_slice() else { panic!("{summary:#}") };
    assert_eq!(rows.as_array().unwrap().len(), findings.len() + 1);
    let head: Vec<&str> = sections[0].as_array().unwrap().iter().map(|cell| cell.as_str().unwrap()).collect();
    assert!(head.contains(&"met") && head.contains(&"broken"), "{head:?}");
    let page = seen("html", &written(folder.path(), "html")).unwrap();
    assert_eq!(page["items"], findings.len());
    for finding in &findings {
        let path = finding["path"].as_str().unwrap();
        let row = format!("{path}:{}", finding["line"]);
        assert!(rows.as_array().unwrap().iter().any(|cells| cells[1] == row.as_str()), "{row}");
        assert!(page["text"].as_str().unwrap().contains(&format!("{row}:{}", finding["column"])), "{row}");
    }
    for text in [&summary["text"], &page["text"]] {
        assert!(text.as_str().unwrap().contains("<img src=x>"), "{text}");
        assert!(!text.as_str().unwrap().contains(['\u{1b}', '\u{202e}']), "{text}");
    }
}

#[test]
fn sarif_is_valid_with_its_fixes() {
    let folder = hostile();
    let path = folder.path().to_str().unwrap();
    let text = stdout(&run(&["check", path, "--root", path, "--format", "sarif", "--pedantic", "-q"]));
    let sarif: Value = serde_json::from_str(&text).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let created = results.iter().find(|result| result["ruleId"] == "structure/missing-editorconfig");
    let rules: Vec<&Value> = results.iter().map(|result| &result["ruleId"]).collect();
    let created = created.unwrap_or_else(|| panic!("{rules:?}"));
    let change = &created["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], ".editorconfig", "{created:#}");
    assert!(change["replacements"][0]["insertedContent"]["text"].as_str().unwrap().contains("root = true"));
    read("sarif.py", &[], &text);
    read("sarif.py", &[], include_str!("../../host/src/output/snapshots/report.sarif"));
}

#[test]
fn every_format_names_a_plugin_that_failed() {
    let plugin = super::hostile_plugins::plugin();
    let manifest = format!("[plugins]\nhostile = {{ path = {:?} }}\n", plugin.display().to_string());
    let folder =
        repository(&[("plimsoll.toml", &manifest), ("pyproject.toml", "[project]\nname = \"a\"\n"), ("a.py", "")]);
    for format in ["github", "gitlab", "junit", "markdown", "html", "sarif"] {
        let text = written(folder.path(), format);
        assert!(text.contains("hostile/d-panic"), "{format}: {text}");
        assert!(text.contains("hostile@1.2.3"), "{format}: {text}");
        if matches!(format, "junit" | "markdown" | "html") {
            seen(format, &text);
        }
    }
    if let Some(seen) = seen("junit", &written(folder.path(), "junit")) {
        assert!(seen["errors"].as_array().unwrap().contains(&"hostile/d-panic".into()), "{seen:#}");
    }
}
