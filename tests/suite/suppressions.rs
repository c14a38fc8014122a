//! Comments and `[[allow]]` that silence findings, and where levels come from.

use super::{check, repository, run, stderr, stdout};

const EVAL: &str = "security/dynamic-code-execution";
const PYPROJECT: &str = "[project]\nname = \"app\"\n";

/// Findings of some rules as `path:line rule`.
fn findings(report: &serde_json::Value, rules: &[&str]) -> Vec<String> {
    let all = report["findings"].as_array().unwrap().iter();
    let wanted = all.filter(|one| rules.iter().any(|rule| one["rule"].as_str().unwrap().starts_with(rule)));
    let text = |one: &serde_json::Value| {
        let rule = one["rule"].as_str().unwrap().trim_start_matches("plimsoll/");
        format!("{}:{} {rule}", one["path"].as_str().unwrap(), one["line"])
    };
    wanted.map(text).collect()
}

fn suppressed(report: &serde_json::Value, rule: &str) -> Vec<String> {
    let all = report["suppressed"].as_array().unwrap().iter().filter(|one| one["rule"] == rule);
    all.map(|one| format!("{} {} {}", one["by"], one["reason"], one["until"]).replace('"', "")).collect()
}

/// A file of each kind with a finding in it, and the forms that silence it. `@@` is where a comment may stand: what
/// stands there by turns is on the line, above it, above the block, at the top for the file.
const KINDS: &[(&str, &str, &str)] = &[
    (EVAL, "src/app/main.py", "@file\n\n@block\ndef root(q):\n    @above\n    return eval(q)@line\n"),
    ("docker/root-user", "Dockerfile", "@file\n@block\nFROM python:3.13-slim\nCOPY . .\n@above\nCMD [\"python\"]\n"),
    ("house/no-key", "pyproject.toml", "@file\n[project]\nname = \"app\"\n@block\n[tool.x]\n@above\nbad = 1@line\n"),
    ("house/no-yaml-key", "a.yaml", "@file\n@block\ntool:\n  x:\n    @above\n    bad: 1@line\n"),
    ("house/no-ini-key", "a.ini", "@file\n@block\n[tool.x]\n@above\nbad = 1\n"),
    ("house/no-command", "justfile", "@file\n\n@block\nlint:\n    true\n    @above\n    badtool run@line\n"),
    ("house/no-command", "Makefile", "@file\n@block\nlint:\n\ttrue\n\t@above\n\tbadtool run@line\n"),
];

#[test]
fn every_kind_of_file_has_every_form() {
    let document = |id: &str, path: &str, keys: &str| {
        format!("[[ban]]\nid = \"house/{id}\"\ndocument = \"{path}\"\nkey = [{keys}]\nreason = \"r\"\n")
    };
    let manifest = [
        document("no-key", "pyproject.toml", "\"tool\", \"x\", \"bad\""),
        document("no-yaml-key", "a.yaml", "\"tool\", \"x\", \"bad\""),
        document("no-ini-key", "a.ini", "\"tool.x\", \"bad\""),
        "[[ban]]\nid = \"house/no-command\"\ncommands = [\"badtool\"]\nreason = \"r\"\n".to_owned(),
    ]
    .concat();
    for (rule, path, text) in KINDS {
        let with = |form: &str, comment: &str| {
            let mut text = (*text).to_owned();
            for other in ["@file", "@block", "@above", "@line"] {
                text = text.replace(other, if other == form { comment } else { "" });
            }
            let text: String =
                text.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("{line}\n")).collect();
            let mut files = vec![("plimsoll.toml", manifest.as_str()), (*path, text.as_str())];
            if *path != "pyproject.toml" {
                files.push(("pyproject.toml", PYPROJECT));
            }
            let folder = repository(&files);
            let (report, _) = check(folder.path(), &["--select", &format!("{rule},plimsoll")]);
            (findings(&report, &[rule, "plimsoll/"]), suppressed(&report, rule), text)
        };
        let (open, silenced, bare) = with("", "");
        assert!(!open.is_empty() && silenced.is_empty(), "{path}: {rule} finds {open:?} in\n{bare}");
        for (form, word, before) in [
            ("@file", "allow-file", ""),
            ("@block", "allow-block", ""),
            ("@above", "allow", ""),
            ("@line", "allow", "  "),
        ] {
            if !text.contains(form) || (form == "@above" && *path == "Dockerfile") {
                continue;
            }
            let (open, silenced, text) = with(form, &format!("{before}# plimsoll: {word}({rule}) -- it is so"));
            assert!(open.is_empty(), "{path} {form}: {open:?} in\n{text}");
            assert!(!silenced.is_empty() && silenced.iter().all(|one| one == "comment it is so null"), "{silenced:?}");
        }
    }
}

#[test]
fn what_silences_nothing_or_can_t_be_understood_is_found_with_a_fix() {
    let main = "import os\n\n# plimsoll: allow(security/dynamic-code-execution) -- nothing there\nx = 1\n\n\n\
                def root(q):\n    return eval(q)  # plimsoll: allow(security, docker) -- a calculator\n\n\n\
                # plimsoll: alow(security) -- typo\n# plimsoll: allow(security/dynamic-code-exection) -- typo\n\
                # plimsoll: allow(nonsense) -- typo\ny = '# plimsoll: allow(docker) -- text'\n\
                \n\ndef g(x):\n    return eval(x)  # plimsoll: allow(security)\n";
    let folder = repository(&[
        ("pyproject.toml", PYPROJECT),
        ("src/app/main.py", main),
        // No finding is in these.
        (
            "docs/index.md",
            "# Docs\n\n<!-- plimsoll: allow(docker) -- nothing -->\n\n```\n# plimsoll: alow(docker)\n```\n",
        ),
        ("conf/other.yaml", "a: 1 # plimsoll: allow(docker -- nothing\n"),
        ("plain.cfg", "[a]\n# plimsoll: allow-block(docker)\nb = 1\n"),
    ]);
    let (report, _) = check(folder.path(), &[]);
    let found = findings(&report, &["plimsoll/"]);
    let expected = [
        "conf/other.yaml:1 malformed-suppression",
        "docs/index.md:3 unused-suppression",
        "plain.cfg:2 suppression-without-reason",
        "plain.cfg:2 unused-suppression",
        "src/app/main.py:3 unused-suppression",
        "src/app/main.py:8 unused-suppression",
        "src/app/main.py:11 malformed-suppression",
        "src/app/main.py:12 unknown-suppressed-rule",
        "src/app/main.py:13 unknown-suppressed-rule",
        "src/app/main.py:18 suppression-without-reason",
    ];
    assert_eq!(found, expected, "{report:#}");
    for one in report["findings"].as_array().unwrap() {
        if one["rule"].as_str().unwrap().starts_with("plimsoll/") {
            assert!(one["fix"]["edits"][0]["kind"] == "replace" && one["level"] == "warn", "{one:#}");
        }
    }
    let near = |one: &&serde_json::Value| one["line"] == 12 && one["path"] == "src/app/main.py";
    let one = report["findings"].as_array().unwrap().iter().find(near).unwrap();
    assert!(one["message"].as_str().unwrap().contains("did you mean `security/dynamic-code-execution`?"), "{one:#}");
    assert_eq!(one["fix"]["edits"][0]["text"], EVAL);
    // What was not run is not judged.
    let (report, _) = check(folder.path(), &["--select", EVAL]);
    assert!(findings(&report, &["plimsoll/unused"]).is_empty());
}

#[test]
fn the_manifest_accepts_findings_with_a_reason() {
    let allow =
        |more: &str| format!("[[allow]]\npath = \"src/**\"\nrule = [\"{EVAL}\"]\nreason = \"reviewed\"\n{more}");
    let checked = |manifest: &str, more: &[&str]| {
        let code = "def f(x):\n    return eval(x)\n";
        let folder =
            repository(&[("pyproject.toml", PYPROJECT), ("src/app/main.py", code), ("plimsoll.toml", manifest)]);
        let (report, _) = check(folder.path(), more);
        (report.clone(), findings(&report, &[EVAL, "plimsoll/"]), suppressed(&report, EVAL))
    };
    let (_, open, silenced) = checked(&allow(""), &[]);
    assert_eq!((open.len(), silenced), (0, vec!["manifest reviewed null".to_owned()]));
    // Without a history nothing says that the day is over.
    let (report, open, silenced) = checked(&allow("until = \"2026-01-31\"\n"), &[]);
    assert_eq!((open.len(), silenced), (0, vec!["manifest reviewed 2026-01-31".to_owned()]));
    assert!(report["unknown"].to_string().contains("whether 2026-01-31 on line 1 is over"), "{report:#}");
    assert!(checked(&allow("until = 2026-01-31\n"), &["--today", "2026-01-31"]).1.is_empty());
    let (report, open, _) = checked(&allow("until = \"2026-01-31\"\n"), &["--today", "2026-02-01"]);
    assert_eq!(open, ["plimsoll.toml:1 expired-suppression", &format!("src/app/main.py:2 {EVAL}")]);
    assert!(report.to_string().contains("it was accepted until 2026-01-31 (plimsoll.toml:1:1)"), "{report:#}");
    let (report, open, _) =
        checked(&format!("{}[[allow]]\npath = \"a\"\nrule = \"docker\"\nreason = \"r\"\n", allow("")), &[]);
    assert_eq!(open, ["plimsoll.toml:5 unused-suppression"], "{report:#}");
    let (report, open, _) = checked(&format!("{}[rules]\n\"{EVAL}\" = \"forbid\"\n", allow("")), &[]);
    assert_eq!(open, ["plimsoll.toml:1 unused-suppression", &format!("src/app/main.py:2 {EVAL}")]);
    assert!(
        report.to_string().contains("`forbid` can't be suppressed: `[[allow]]` at plimsoll.toml:1:1"),
        "{report:#}"
    );
}

#[test]
fn a_comment_runs_out_and_forbid_is_not_silenced() {
    let code = "def f(x):\n    return eval(x)  # plimsoll: allow(security, until=2026-01-31) -- for now\n";
    let folder = repository(&[("pyproject.toml", PYPROJECT), ("src/app/main.py", code)]);
    let open = |more: &[&str]| findings(&check(folder.path(), more).0, &[EVAL, "plimsoll/"]);
    assert!(open(&["--today", "2026-01-30"]).is_empty());
    let back = [format!("src/app/main.py:2 {EVAL}"), "src/app/main.py:2 expired-suppression".to_owned()];
    assert_eq!(open(&["--today", "2026-02-01"]), back);
    let forbidden = [format!("src/app/main.py:2 {EVAL}"), "src/app/main.py:2 unused-suppression".to_owned()];
    assert_eq!(open(&["--today", "2026-01-30", "-F", EVAL]), forbidden);
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b.c"]).args(arguments).current_dir(folder.path());
        assert!(command.env("GIT_COMMITTER_DATE", "2026-02-01T12:00:00Z").output().unwrap().status.success());
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "feat: all"]);
    assert_eq!(open(&[]), back);
    assert!(open(&["--today", "2026-01-30"]).is_empty());
    let output = run(&["check", folder.path().to_str().unwrap(), "--today", "2026-02-30"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("`2026-02-30` is no day, as `2026-12-31` is"), "{}", stderr(&output));
}

#[test]
fn levels_of_requirements_are_set_and_explained() {
    let code =
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get(\"/\")\ndef root(q: str):\n    return eval(q)\n";
    let level = |manifest: &str, more: &[&str]| {
        let folder =
            repository(&[("pyproject.toml", PYPROJECT), ("src/app/main.py", code), ("plimsoll.toml", manifest)]);
        let (report, _) = check(folder.path(), &[&["--select", EVAL], more].concat());
        report["findings"][0]["level"].as_str().unwrap_or("none").to_owned()
    };
    assert_eq!(level("", &[]), "deny");
    assert_eq!(level("[levels]\nnever = \"warn\"\n", &[]), "warn");
    assert_eq!(level("[levels]\nnever = \"warn\"\n", &["-D", "never"]), "deny");
    assert_eq!(level("[levels]\nmust = \"warn\"\n", &["-W", "must,should"]), "deny");
    assert_eq!(
        level(&format!("[levels]\nnever = \"warn\"\n[rules]\n\"{EVAL}\" = \"deny\"\n"), &["-A", "never"]),
        "deny"
    );
    assert_eq!(level("[[overrides]]\npaths = [\"src\"]\nlevels = { never = \"allow\" }\n", &[]), "none");
    let forbid = "[[overrides]]\npaths = [\"src\"]\nrules = { security = \"forbid\" }\n";
    assert_eq!(level(forbid, &["-A", "security"]), "forbid");

    // Nothing lowers it, however specific: neither beside it nor in an override.
    let beside = format!("[rules]\nsecurity = \"forbid\"\n\"{EVAL}\" = \"allow\"\n");
    assert_eq!(level(&beside, &[]), "forbid");
    let both =
        format!("[[overrides]]\npaths = [\"src\"]\nrules = {{ security = \"forbid\", \"{EVAL}\" = \"warn\" }}\n");
    assert_eq!(level(&both, &[]), "forbid");

    let manifest = "[rules]\nsecurity = \"warn\"\n[levels]\nnever = \"forbid\"\n[[overrides]]\npaths = [\"legacy/**\"]\n\
                    rules = { \"security/*\" = \"allow\" }\n";
    let folder = repository(&[("plimsoll.toml", manifest), ("legacy/a.py", ""), ("b.py", "")]);
    let explained = |paths: &[&str]| {
        let paths: Vec<String> = paths.iter().map(|path| folder.path().join(path).display().to_string()).collect();
        let mut arguments = vec!["check", "--explain-level", EVAL];
        arguments.extend(paths.iter().map(String::as_str));
        stdout(&run(&arguments))
    };
    let own = "  counts: `security` is `warn` (plimsoll.toml:2:1)\n  then:   `never` is `forbid` (plimsoll.toml:4:1)\n  \
               then:   `never` is `deny` unless something else is said, as requirement 9.6.1 is\n";
    let legacy = "`security/*` is `allow` for the paths legacy/** (plimsoll.toml:7:11)\n";
    assert_eq!(explained(&["."]), format!("{EVAL}: warn\n{own}  where it matches: {legacy}"));
    let in_legacy = format!("{EVAL} in legacy/a.py: allow\n  counts: {legacy}{}", own.replace("counts:", "then:  "));
    assert_eq!(explained(&["legacy/a.py", "b.py"]), format!("{in_legacy}{EVAL} in b.py: warn\n{own}"));
    let of_host = ["check", "--explain-level", "plimsoll/unused-suppression", folder.path().to_str().unwrap()];
    assert_eq!(
        stdout(&run(&of_host)).lines().collect::<Vec<_>>(),
        ["plimsoll/unused-suppression: warn", "  counts: `should` is `warn` unless something else is said"]
    );
    let verbose = stdout(&run(&["check", folder.path().to_str().unwrap(), "-v"]));
    assert!(verbose.contains("never = forbid: plimsoll.toml:4:1"), "{verbose}");
}

#[test]
fn mistakes_of_the_manifest_are_said_at_their_place() {
    let wrong = |manifest: &str, expected: &str| {
        let folder = repository(&[("plimsoll.toml", manifest)]);
        let output = run(&["check", folder.path().to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{manifest}");
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    };
    let allow = "[[allow]]\npath = \"a\"\nreason = \"r\"\n";
    wrong(allow, "plimsoll.toml:1:1: `[[allow]]` needs a `path`, a `rule` and a `reason`");
    wrong(
        &format!("{allow}rule = \"dcker\"\n"),
        "plimsoll.toml:4:8: `dcker` is no rule and no section; did you mean `docker`?",
    );
    wrong(&format!("{allow}rule = \"docker\"\nuntil = \"soon\"\n"), "plimsoll.toml:5:9: `soon` is no day");
    wrong(
        &format!("{allow}rule = \"docker\"\nuntl = \"2026-01-01\"\n"),
        "plimsoll.toml:5:1: `[[allow]]` has no key `untl`",
    );
    wrong("[levels]\nshuld = \"deny\"\n", "plimsoll.toml:2:1: `shuld` is no kind of requirement");
    let option = |value: &str| format!("[rules]\n\"testing/low-coverage-threshold\" = {{ {value} }}\n");
    wrong(&option("percent = \"90\""), "plimsoll.toml:2:48: `percent`: a string where a whole number");
    wrong(
        &option("precent = 90"),
        "plimsoll.toml:2:38: `testing/low-coverage-threshold` has no option `precent`; did you",
    );
    let output = stdout(&run(&["explain", "testing/low-coverage-threshold"]));
    assert!(output.contains("percent = 80 (a whole number"), "{output}");
}
