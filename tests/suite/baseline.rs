//! `plimsoll baseline`: what it accepts stays silent, what is new does not, and nothing is lost.

use std::path::Path;

use super::since::git;
use super::{check, repository, run, stderr, stdout};

const RULE: &str = "security/dynamic-code-execution";
const BASELINE: &str = "plimsoll-baseline.toml";
const MAIN: &str = "src/app/main.py";

/// Three findings, two of them equal.
const APP: &str = "from fastapi import FastAPI

app = FastAPI()


@app.get(\"/\")
def root(q: str):
    return eval(q, {\"a\": 1})


@app.get(\"/twice\")
def twice(q: str):
    return eval(q), eval(q)
";

/// A service with a baseline.
fn accepted() -> tempfile::TempDir {
    let folder = repository(&[("pyproject.toml", "[project]\nname = \"app\"\n"), (MAIN, APP)]);
    assert_eq!(baseline(folder.path(), &[]).0, 0);
    folder
}

fn baseline(folder: &Path, more: &[&str]) -> (i32, String) {
    let path = folder.to_str().unwrap();
    let mut arguments = vec!["baseline", path, "--root", path];
    arguments.extend(more);
    let output = run(&arguments);
    (output.status.code().unwrap(), stdout(&output) + &stderr(&output))
}

fn write(folder: &Path, path: &str, text: &str) {
    std::fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
    std::fs::write(folder.join(path), text).unwrap();
}

fn read(folder: &Path) -> String {
    std::fs::read_to_string(folder.join(BASELINE)).unwrap()
}

/// How many findings of the rule are new, are in the baseline and are fixed.
fn counts(folder: &Path) -> (usize, u64, u64) {
    let (report, code) = check(folder, &["--select", RULE]);
    let new = report["findings"].as_array().unwrap().len();
    assert_eq!(code, i32::from(new > 0), "{report:#}");
    let summary = |key: &str| report["summary"][key].as_u64().unwrap();
    (new, summary("baseline"), summary("fixed"))
}

#[test]
fn what_changes_nothing_keeps_a_finding_accepted() {
    let folder = accepted();
    assert_eq!(check(folder.path(), &[]).1, 0);
    let with = |from: &str, to: &str| APP.replace(from, to);
    let (head, body) = APP.split_once("\n\n\n").unwrap();
    let (first, second) = body.split_once("\n\n\n").unwrap();
    for (text, expected) in [
        // Moved, reformatted, with other neighbours.
        (with("\n\n\n", "\n\n\n# More of it.\n\n\n"), (0, 3, 0)),
        (format!("{head}\n\n\n{second}\n\n{first}\n"), (0, 3, 0)),
        (with("eval(q, {\"a\": 1})", "eval(\n        q,\n        {'a': 1},\n    )"), (0, 3, 0)),
        (with("\n", "\r\n"), (0, 3, 0)),
        (with("root", "start").replace("twice", "doubled"), (0, 3, 0)),
        (with("    return eval(q)", "    first = 3\n    return first, eval(q)"), (0, 3, 0)),
        // One of two equal ones is fixed, one more comes, another comes.
        (with("eval(q), eval(q)", "eval(q), int(q)"), (0, 2, 1)),
        (with("eval(q), eval(q)", "eval(q), eval(q), eval(q)"), (1, 3, 0)),
        (with("eval(q), eval(q)", "eval(q), eval(q), eval(q + \"1\")"), (1, 3, 0)),
        (with("eval(q), eval(q)", "eval(q), eval(q + \"1\")"), (1, 2, 1)),
    ] {
        write(folder.path(), MAIN, &text);
        assert_eq!(counts(folder.path()), expected, "{text}");
    }
}

#[test]
fn a_finding_follows_its_file() {
    let folder = accepted();
    write(folder.path(), "src/app/other.py", APP);
    assert_eq!(counts(folder.path()), (3, 3, 0));
    std::fs::remove_file(folder.path().join(MAIN)).unwrap();
    assert_eq!(counts(folder.path()), (0, 3, 0));
    assert_eq!(baseline(folder.path(), &["--prune"]).0, 0);
    assert!(read(folder.path()).contains("[findings.\"src/app/other.py\".\"security/dynamic-code-execution\"]"));
    assert!(!read(folder.path()).contains(MAIN));
}

#[test]
fn prune_takes_out_what_is_fixed_and_adds_nothing() {
    let folder = accepted();
    let before = read(folder.path());
    assert_eq!(baseline(folder.path(), &["--prune"]).0, 0);
    assert_eq!(read(folder.path()), before);
    write(folder.path(), MAIN, &APP.replace("eval(q), eval(q)", "eval(q), eval(\"1\" + q)"));
    let shown = run(&["check", folder.path().to_str().unwrap(), "--select", RULE]);
    assert!(stdout(&shown).contains("1 finding of the baseline is fixed: `plimsoll baseline --prune` takes it out"));
    // What was not looked at is not fixed.
    let (report, _) = check(folder.path(), &["--select", "docker"]);
    assert_eq!(report["summary"]["fixed"], 0);
    let readme = folder.path().join("pyproject.toml");
    let root = folder.path().to_str().unwrap();
    let output = run(&["check", readme.to_str().unwrap(), "--root", root, "--format", "json", "-q"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["summary"]["fixed"], 0);
    // A file that no longer parses is not fixed either.
    let now = std::fs::read_to_string(folder.path().join(MAIN)).unwrap();
    write(folder.path(), MAIN, &format!("{APP}def (\n"));
    assert_eq!(check(folder.path(), &["--select", RULE]).0["summary"]["fixed"], 0);
    write(folder.path(), MAIN, &now);

    let (code, said) = baseline(folder.path(), &["--prune"]);
    assert_eq!(code, 0);
    assert!(said.contains("0 new, 1 gone"), "{said}");
    assert!(said.contains(&format!("gone: {MAIN}: [{RULE}]")), "{said}");
    assert_eq!(counts(folder.path()), (1, 2, 0));
    assert!(baseline(folder.path(), &[]).1.contains("1 new, 0 gone"));
    assert_eq!(counts(folder.path()), (0, 3, 0));
    let (report, code) = check(folder.path(), &["--select", RULE, "--no-baseline"]);
    assert_eq!((report["findings"].as_array().unwrap().len(), code), (3, 1));
}

#[test]
fn every_output_knows_the_baseline() {
    let folder = accepted();
    let path = folder.path().to_str().unwrap();
    let (report, _) = check(folder.path(), &["--select", RULE]);
    assert_eq!(report["suppressed"][0]["by"], "baseline");
    let sarif: serde_json::Value =
        serde_json::from_slice(&run(&["check", path, "--select", RULE, "--format", "sarif", "-q"]).stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["suppressions"][0]["kind"], "external");
    let rows: serde_json::Value =
        serde_json::from_slice(&run(&["standard", path, "--format", "json", "--section", "security"]).stdout).unwrap();
    let row = rows.as_array().unwrap().iter().find(|row| row["id"] == "9.6.1").unwrap();
    assert_eq!(
        (row["state"].as_str(), row["reason"].as_str()),
        (Some("waived"), Some("its findings are in the baseline"))
    );
    let text = stdout(&run(&["check", path]));
    assert!(text.contains("no findings, ") && text.contains(" in the baseline, "), "{text}");
}

#[test]
fn nothing_that_is_forbidden_is_accepted() {
    let folder = accepted();
    write(folder.path(), "plimsoll.toml", &format!("[rules]\n\"{RULE}\" = \"forbid\"\n"));
    assert_eq!(counts(folder.path()).0, 3);
    assert!(baseline(folder.path(), &[]).1.contains("3 findings at `forbid` can't be accepted"));
    assert!(!read(folder.path()).contains(RULE));
    assert_eq!(counts(folder.path()).0, 3);
}

#[test]
fn the_manifest_names_the_file() {
    let folder = repository(&[("pyproject.toml", "[project]\nname = \"app\"\n"), (MAIN, APP)]);
    let path = folder.path().to_str().unwrap();
    write(folder.path(), "plimsoll.toml", "baseline = \"tools/accepted.toml\"\n");
    assert!(stderr(&run(&["check", path])).contains("warning: there is no tools/accepted.toml"));
    assert_eq!(baseline(folder.path(), &[]).0, 2);
    std::fs::create_dir(folder.path().join("tools")).unwrap();
    assert_eq!(baseline(folder.path(), &["-q"]), (0, String::new()));
    assert!(folder.path().join("tools/accepted.toml").is_file() && !folder.path().join(BASELINE).exists());
    assert_eq!(counts(folder.path()), (0, 3, 0));
    std::fs::rename(folder.path().join("tools"), folder.path().with_extension("away")).unwrap();
    std::os::unix::fs::symlink(folder.path().with_extension("away"), folder.path().join("tools")).unwrap();
    let output = run(&["check", path]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("links out of it are not followed"), "{}", stderr(&output));
    std::fs::remove_dir_all(folder.path().with_extension("away")).unwrap();
    write(folder.path(), "plimsoll.toml", "baseline = \"../accepted.toml\"\n");
    assert!(
        stderr(&run(&["check", path])).contains("plimsoll.toml:1:12: `../accepted.toml` is no path in the repository")
    );
}

#[test]
fn baselines_of_two_branches_merge() {
    let folder = accepted();
    let root = folder.path();
    let other = |name: &str| format!("src/app/{name}.py");
    for name in ["a", "m", "z"] {
        write(root, &other(name), APP);
    }
    baseline(root, &[]);
    git(root, &["init", "-q", "-b", "main"]);
    let commit = |message: &str| {
        git(root, &["add", "-A"]);
        git(root, &["commit", "-qm", message]);
    };
    commit("feat: all of it");
    for (branch, name) in [("left", "a"), ("right", "z")] {
        git(root, &["checkout", "-q", "-b", branch, "main"]);
        write(root, &other(name), &APP.replace("eval(q), eval(q)", "int(q)"));
        assert!(baseline(root, &["--prune"]).1.contains("2 gone"));
        commit("fix: one file");
    }
    git(root, &["merge", "-q", "--no-edit", "left"]);
    assert_eq!(counts(root), (0, 8, 0));
    let merged = read(root);
    assert_eq!(baseline(root, &["--prune"]).0, 0);
    assert_eq!(read(root), merged);
}

#[test]
fn a_broken_baseline_is_named_and_kept() {
    let folder = accepted();
    let good = read(folder.path());
    let path = folder.path().to_str().unwrap();
    let doubled = good.replace("version = 1\n", "version = 1\n\n[findings.\"pyproject.toml\".\"a/b\"]\n");
    let doubled = doubled + "\n[findings.\"pyproject.toml\".\"a/b\"]\n";
    for (text, expected) in [
        (good.replace("version = 1", "version = 7"), "form 7, and this plimsoll knows form 1: update plimsoll"),
        (good.replace("version = 1", "versoin = 1"), "it has no `version`, so it is no baseline"),
        (good.clone() + "[findings\n", ": mend it by hand, or delete the file and run `plimsoll baseline`"),
        (good.clone() + "zz = \"a\"\n", "`zz` is no fingerprint of 16 hexadecimal digits"),
        (
            good.replace("version = 1", "version = 1\nfindigs = 3"),
            "4:1: a baseline has no key `findigs`; did you mean `findings`?",
        ),
        (doubled, "duplicate key"),
        (
            good.replace("version = 1\n", "<<<<<<< HEAD\nversion = 1\n"),
            ":3: a merge conflict: keep the lines of both sides",
        ),
    ] {
        write(folder.path(), BASELINE, &text);
        let output = run(&["check", path]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        let said = stderr(&output);
        assert!(said.starts_with(&format!("error: {BASELINE}:")) && said.contains(expected), "{said}");
        assert_eq!(run(&["standard", path]).status.code(), Some(2));
        assert_eq!(baseline(folder.path(), &["--prune"]).0, 2);
        // A torn file is made anew on request; nothing else is overwritten.
        let is_torn = text.contains("<<<<<<<");
        assert_eq!(baseline(folder.path(), &[]).0, if is_torn { 0 } else { 2 }, "{text}");
        assert_eq!(read(folder.path()), if is_torn { good.clone() } else { text });
        assert_eq!(check(folder.path(), &["--select", RULE, "--no-baseline"]).1, 1);
    }
    let file = folder.path().join(BASELINE);
    let refused = |what: &str| {
        let output = run(&["check", path]);
        assert_eq!(output.status.code(), Some(2), "{what}");
        assert!(stderr(&output).contains("put it right, or delete it and run `plimsoll baseline`"), "{what}");
        assert_eq!(baseline(folder.path(), &[]).0, 2, "{what}");
    };
    std::fs::write(&file, b"version = 1\n# \xff\n").unwrap();
    refused("no UTF-8");
    std::fs::File::create(&file).unwrap().set_len(1 << 30).unwrap();
    refused("giant");
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("pyproject.toml", &file).unwrap();
    refused("a link");
    std::fs::remove_file(&file).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    refused("a pipe");
    std::fs::remove_file(&file).unwrap();
    assert!(baseline(folder.path(), &["--prune"]).1.contains("there is no plimsoll-baseline.toml to prune"));
}
