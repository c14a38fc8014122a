//! A small report, and what each format makes of it.

use super::{Format, LineIndex, Options, RequirementInfo, RuleInfo, summary_line, write};
use crate::finding::{
    Confidence, Edit, Failure, Finding, Fix, Level, NotApplicable, PluginUsed, ProfileSeen, ProjectSeen, Related,
    Report, Suppressed, Timing, Unknown,
};

const APP: &str = "import hashlib\n\n\ndef digest(data):\n    return hashlib.md5(data)\n";
const PYPROJECT: &str = "[project]\nname = \"häfen\"\n";

fn read(path: &str) -> Option<String> {
    match path {
        "src/app.py" => Some(APP.to_owned()),
        "pyproject.toml" => Some(PYPROJECT.to_owned()),
        _ => None,
    }
}

fn finding(rule: &str, level: Level, path: &str, needle: &str) -> Finding {
    let text = read(path).unwrap_or_default();
    let start = text.find(needle).unwrap_or(0) as u32;
    Finding {
        rule: rule.to_owned(),
        level,
        confidence: Confidence::High,
        location: LineIndex::new(&text).location(path, &text, (start, start + needle.len() as u32)),
        message: format!("`{needle}` is wrong"),
        help: None,
        requirements: Vec::new(),
        project: String::new(),
        related: Vec::new(),
        fix: None,
    }
}

fn report() -> Report {
    let mut weak = finding("security/weak-hash", Level::Deny, "src/app.py", "hashlib.md5");
    weak.help = Some("use `hashlib.sha256`".to_owned());
    weak.requirements = vec!["9.4.1".to_owned()];
    let edit = Edit::Replace { path: "src/app.py".to_owned(), start: 46, end: 57, text: "hashlib.sha256".to_owned() };
    weak.fix = Some(Fix { applicability: "unsafe", edits: vec![edit] });
    weak.related = vec![Related {
        location: finding("", Level::Warn, "src/app.py", "import hashlib").location,
        message: "imported here".to_owned(),
    }];
    let name = finding("structure/name", Level::Warn, "pyproject.toml", "\"häfen\"");
    let suppressed = Suppressed {
        finding: finding("security/weak-hash", Level::Deny, "src/app.py", "data"),
        by: "comment".to_owned(),
        reason: Some("a checksum".to_owned()),
        until: None,
    };
    Report {
        guest: 0.0,
        plugins: vec![PluginUsed {
            name: "security".to_owned(),
            version: "1.0.0".to_owned(),
            digest: "sha256:00".to_owned(),
        }],
        projects: vec![ProjectSeen {
            root: String::new(),
            name: Some("häfen".to_owned()),
            profiles: vec![ProfileSeen {
                id: "cli".to_owned(),
                evidence: "pyproject.toml: [project.scripts]".to_owned(),
            }],
        }],
        levels: Vec::new(),
        findings: vec![name, weak],
        suppressed: vec![suppressed],
        not_applicable: vec![NotApplicable {
            rule: "docker/root-user".to_owned(),
            requirement: "12.1.1".to_owned(),
            project: String::new(),
            reason: "no Dockerfile".to_owned(),
        }],
        unknown: vec![Unknown {
            rule: "ci/no-tests".to_owned(),
            requirement: "14.2.1".to_owned(),
            project: String::new(),
            path: Some(".github/workflows/ci.yml".to_owned()),
            reason: "a reusable workflow elsewhere".to_owned(),
        }],
        errors: Vec::new(),
        files: 12,
        hidden: 3,
        unseen: 0,
        misses_unseen: false,
        broken: std::collections::BTreeSet::new(),
        fixed: Vec::new(),
        unchanged: 0,
        timings: vec![
            Timing { what: "facts".to_owned(), milliseconds: 30.0, guest: 0.0 },
            Timing { what: "security/weak-hash".to_owned(), milliseconds: 10.0, guest: 4.0 },
        ],
    }
}

fn rules() -> Vec<RuleInfo> {
    vec![RuleInfo {
        id: "security/weak-hash".to_owned(),
        title: "A broken hash function is used.".to_owned(),
        requirements: vec![RequirementInfo {
            id: "9.4.1".to_owned(),
            level: "never".to_owned(),
            statement: "Never use MD5 or SHA-1 for anything that an attacker may want to forge, and prefer the hash functions of the SHA-2 family elsewhere too.".to_owned(),
        }],
        help: "MD5 is broken.".to_owned(),
        help_uri: None,
    }]
}

fn written(report: &Report, options: &Options<'_>) -> String {
    let mut out = Vec::new();
    write(report, &rules(), options, &read, &mut out).expect("writing to memory");
    String::from_utf8(out).expect("UTF-8")
}

fn check(report: &Report, options: &Options<'_>, expected: &str) {
    let written = written(report, options);
    assert!(written == expected, "--- written\n{written}\n--- expected\n{expected}");
}

fn of(format: Format) -> Options<'static> {
    Options { format, ..Options::default() }
}

const FINDINGS: &str = r#"deny[security/weak-hash]: `hashlib.md5` is wrong
 --> src/app.py:5:12
  |
5 |     return hashlib.md5(data)
  |            ^^^^^^^^^^^
  |
  = help: use `hashlib.sha256`
  = requirement: 9.4.1 (never): Never use MD5 or SHA-1 for anything that an attacker may want to
                 forge, and prefer the hash functions of the SHA-2 family elsewhere too.
note: imported here
 --> src/app.py:1:1
  |
1 | import hashlib
  | --------------

warn[structure/name]: `"häfen"` is wrong
 --> pyproject.toml:2:8
  |
2 | name = "häfen"
  |        ^^^^^^^

"#;

const EXTRAS: &str = r#"Project (root) häfen
  cli: pyproject.toml: [project.scripts]

Not applicable
  no Dockerfile: 1 rule
    docker/root-user (12.1.1)

Undecided
  .github/workflows/ci.yml: a reusable workflow elsewhere
    ci/no-tests (14.2.1)

Findings by rule
  rule                findings  deny  warn  with a fix  suppressed
  security/weak-hash         1     1     0           1           1
  structure/name             1     0     1           0           0

Time
  part                            ms  guest ms  share
  facts                         30.0             75 %
  security/weak-hash            10.0       4.0   25 %
  sum (parts run side by side)  40.0            100 %

"#;

const END: &str = r#"  section    deny  warn  suppressed  unknown
  ci            -     -           -        1
  security      1     -           1        -
  structure     -     1           -        -
  total         1     1           1        1

2 findings (1 deny, 1 warn), 1 suppressed, 3 hidden (--pedantic shows them), 1 fixable with plimsoll fix --unsafe
checked 12 files in 1 project against 1 rule, 1 rule not applicable, 1 requirement undecided (-v says why)
most frequent: security/weak-hash (1), structure/name (1)
`plimsoll explain security/weak-hash` says why and what to do
"#;

#[test]
fn full_shows_excerpts_and_a_summary() {
    check(&report(), &of(Format::Full), &format!("{FINDINGS}{END}"));
    let options = Options { verbose: true, statistics: true, timings: true, ..of(Format::Full) };
    check(&report(), &options, &format!("{FINDINGS}{EXTRAS}{END}"));
}

#[test]
fn full_in_colour_says_the_same() {
    let coloured = written(&report(), &Options { color: true, ..of(Format::Full) });
    assert!(coloured.starts_with("\u{1b}["));
    let mut plain = String::new();
    for (number, part) in coloured.split('\u{1b}').enumerate() {
        plain.push_str(if number == 0 { part } else { part.split_once('m').map_or("", |(_, text)| text) });
    }
    assert_eq!(plain, format!("{FINDINGS}{END}"));
}

#[test]
fn full_folds_what_is_frequent() {
    let mut report = report();
    for number in 0..40 {
        let mut finding = report.findings[1].clone();
        finding.location.path = format!("src/{number:02}.py");
        finding.related.clear();
        report.findings.push(finding);
    }
    let written = written(&report, &of(Format::Full));
    let expected = r#"deny[security/weak-hash]: `hashlib.md5` is wrong
--> src/00.py:5:12
 |
 = help: use `hashlib.sha256`
 = requirement: 9.4.1 (never): Never use MD5 or SHA-1 for anything that an attacker may want to
                forge, and prefer the hash functions of the SHA-2 family elsewhere too.

deny[security/weak-hash]: `hashlib.md5` is wrong
--> src/01.py:5:12

… and 39 more of security/weak-hash:
    src/02.py:5:12, src/03.py:5:12, src/04.py:5:12, src/05.py:5:12, src/06.py:5:12, src/07.py:5:12,
    src/08.py:5:12, src/09.py:5:12, src/10.py:5:12, src/11.py:5:12
    and 29 more (use --format concise to list them all)

warn[structure/name]"#;
    assert!(written.starts_with(expected), "{written}");
}

#[test]
fn no_findings_say_what_was_checked() {
    let clean = Report { findings: Vec::new(), suppressed: Vec::new(), hidden: 0, ..report() };
    check(
        &clean,
        &of(Format::Full),
        r#"no findings; checked 12 files in 1 project against 1 rule, 1 rule not applicable, 1 requirement undecided (-v says why)
"#,
    );
}

#[test]
fn concise_is_one_line_a_finding() {
    let expected = r#"pyproject.toml:2:8: warn[structure/name] `"häfen"` is wrong
src/app.py:5:12: deny[security/weak-hash] `hashlib.md5` is wrong
"#;
    check(&report(), &of(Format::Concise), expected);
    assert_eq!(
        summary_line(&report()),
        "2 findings (1 deny, 1 warn), 1 suppressed, 3 hidden (--pedantic shows them), 1 fixable with plimsoll fix --unsafe; checked 12 files in 1 project, 1 rule not applicable, 1 requirement undecided (-v says why)"
    );
}

#[test]
fn text_of_strangers_steers_no_terminal() {
    let mut report = Report { files: 1, ..Report::default() };
    let mut finding = finding("a/b\u{1b}", Level::Forbid, "x\ny\u{202e}.py", "");
    finding.message = "\u{1b}]0;title\u{7}\nfake.py:1:1: deny[x/y] z".to_owned();
    finding.help = Some("\u{1b}[2J\nsecond line".to_owned());
    finding.requirements = vec!["\u{9b}".to_owned()];
    report.findings.push(finding);
    report.errors.push(Failure {
        plugin: "a@1\u{1b}".to_owned(),
        rule: Some("a/b".to_owned()),
        kind: "panic".to_owned(),
        message: "line\n\u{1b}".to_owned(),
    });
    let expected = r#"forbid[a/b\u{1b}]: \u{1b}]0;title\u{7}\nfake.py:1:1: deny[x/y] z
--> x\ny\u{202e}.py:1:1
 |
 = help: \u{1b}[2J
         second line
 = requirement: \u{9b}

error[panic]: plugin a@1\u{1b} in a/b failed: line\n\u{1b}

  section  deny  warn  suppressed  unknown
  a           1     -           -        -

1 finding (1 forbid, 0 deny, 0 warn), 1 plugin error
checked 1 file, no Python project among them against 1 rule
`plimsoll explain a/b\u{1b}` says why and what to do
what the failed plugins check is undecided, not met
"#;
    check(&report, &of(Format::Full), expected);
    check(
        &report,
        &of(Format::Concise),
        "x\\ny\\u{202e}.py:1:1: forbid[a/b\\u{1b}] \\u{1b}]0;title\\u{7}\\nfake.py:1:1: deny[x/y] z\n",
    );
    for format in [Format::Json, Format::Jsonl, Format::Sarif, Format::Gitlab] {
        let written = written(&report, &of(format));
        assert!(!written.chars().any(|character| character != '\n' && super::text::is_unsafe(character)));
        let _: Vec<serde_json::Value> = serde_json::Deserializer::from_str(&written)
            .into_iter()
            .collect::<Result<_, _>>()
            .expect("JSON all the same");
    }
}

/// Every span of small texts with the characters that renderers get wrong, in a narrow terminal too.
#[test]
fn every_span_can_be_shown() {
    let texts = [
        "",
        "\n",
        "\r\n\n",
        "\u{feff}",
        "a\tb",
        "\t\t\n x",
        "漢字e\u{301}👩\u{200d}💻",
        "\u{1b}\u{202e}x",
        "a(\n\n  b\r)",
    ];
    for text in texts {
        let lines = LineIndex::new(text);
        let read = |_: &str| Some(text.to_owned());
        for start in 0..=text.len() as u32 + 1 {
            for end in start..=text.len() as u32 + 1 {
                let mut finding = finding("a/b", Level::Warn, "f", "");
                finding.location = lines.location("f", text, (start, end));
                let report = Report { findings: vec![finding], ..Report::default() };
                for width in [0, 100] {
                    let options = Options { width, ..of(Format::Full) };
                    write(&report, &[], &options, &read, &mut Vec::new()).expect("writing to memory");
                }
            }
        }
    }
}

/// The files of `snapshots` are what the formats promise; `tests/sarif.py` holds the SARIF one against the schema.
#[test]
fn json_and_sarif_keep_their_shape() {
    check(&report(), &of(Format::Json), include_str!("snapshots/report.json"));
    check(&report(), &of(Format::Sarif), include_str!("snapshots/report.sarif"));
}

#[test]
fn jsonl_is_findings_and_a_summary() {
    let written = written(&report(), &of(Format::Jsonl));
    let rows: Vec<serde_json::Value> =
        written.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    let types: Vec<_> = rows.iter().filter_map(|row| row["type"].as_str()).collect();
    assert_eq!(types, ["finding", "finding", "summary"]);
    let document: serde_json::Value = serde_json::from_str(include_str!("snapshots/report.json")).expect("JSON");
    assert_eq!(document["findings"][0]["message"], rows[0]["message"]);
    assert_eq!(document["summary"]["sections"], rows[2]["sections"]);
}

const GITHUB: &str = r#"::warning file=pyproject.toml,line=2,endLine=2,col=8,endColumn=15,title=structure/name::pyproject.toml:2:8: [structure/name] `"häfen"` is wrong
::error file=src/app.py,line=5,endLine=5,col=12,endColumn=23,title=security/weak-hash (9.4.1)::src/app.py:5:12: [security/weak-hash] `hashlib.md5` is wrong%0Ahelp: use `hashlib.sha256`
"#;

const JUNIT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="plimsoll" tests="3" failures="1" errors="0" skipped="1">
  <testsuite name="docker" tests="1" failures="0" errors="0" skipped="1">
    <testcase classname="docker" name="docker/root-user">
      <skipped message="not applicable: no Dockerfile"/>
    </testcase>
  </testsuite>
  <testsuite name="security" tests="1" failures="1" errors="0" skipped="0">
    <testcase classname="security" name="security/weak-hash: src/app.py" file="src/app.py">
      <failure type="deny" message="src/app.py:5:12: `hashlib.md5` is wrong [9.4.1]">src/app.py:5:12: `hashlib.md5` is wrong [9.4.1]
    help: use `hashlib.sha256`</failure>
    </testcase>
  </testsuite>
  <testsuite name="structure" tests="1" failures="0" errors="0" skipped="0">
    <testcase classname="structure" name="structure/name: pyproject.toml" file="pyproject.toml">
      <system-out>pyproject.toml:2:8: `&quot;häfen&quot;` is wrong</system-out>
    </testcase>
  </testsuite>
</testsuites>
"#;

const MARKDOWN: &str = r#"## plimsoll: 2 findings (1 deny, 1 warn), 1 suppressed, 3 hidden (--pedantic shows them), 1 fixable with plimsoll fix --unsafe

checked 12 files in 1 project against 1 rule, 1 rule not applicable, 1 requirement undecided (-v says why).

| section | deny | warn | suppressed |
|---|--:|--:|--:|
| ci | 0 | 0 | 0 |
| docker | 0 | 0 | 0 |
| security | 1 | 0 | 1 |
| structure | 0 | 1 | 0 |
| **all** | 1 | 1 | 1 |

| level | place | finding | requirements |
|---|---|---|---|
| deny | `src/app.py:5` | `hashlib.md5` is wrong<br>`security/weak-hash` | 9.4.1 |
| warn | `pyproject.toml:2` | `"häfen"` is wrong<br>`structure/name` |  |
"#;

#[test]
fn services_get_what_they_show() {
    check(&report(), &of(Format::Github), GITHUB);
    check(&report(), &of(Format::Markdown), MARKDOWN);
    let mut rules = rules();
    rules.push(RuleInfo { id: "docker/root-user".to_owned(), ..RuleInfo::default() });
    let mut out = Vec::new();
    write(&report(), &rules, &of(Format::Junit), &read, &mut out).expect("writing to memory");
    assert_eq!(String::from_utf8(out).expect("UTF-8"), JUNIT);
    let issues: serde_json::Value = serde_json::from_str(&written(&report(), &of(Format::Gitlab))).expect("JSON");
    assert_eq!(issues.as_array().map(Vec::len), Some(2));
    let sarif: serde_json::Value = serde_json::from_str(include_str!("snapshots/report.sarif")).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let of_rule = |rule: &str| results.iter().find(|one| one["ruleId"] == rule).expect("the finding");
    let same = &of_rule("structure/name")["partialFingerprints"]["plimsoll/v2"];
    assert_eq!(&issues[0]["fingerprint"], same);
}

/// What changes at a key path is told by the lines that differ; of a file that goes nothing can be told.
#[test]
fn sarif_has_the_fixes_of_documents() {
    let check = |edits: &[Edit], expected: serde_json::Value| {
        let mut report = report();
        report.findings.iter_mut().for_each(|finding| finding.fix = None);
        report.findings[0].fix = Some(Fix { applicability: "safe", edits: edits.to_vec() });
        let sarif: serde_json::Value = serde_json::from_str(&written(&report, &of(Format::Sarif))).expect("JSON");
        let results = sarif["runs"][0]["results"].as_array().expect("results");
        let fixes = results.iter().filter_map(|result| result.get("fixes"));
        let changes = fixes.map(|fixes| &fixes[0]["artifactChanges"][0]["replacements"]);
        assert_eq!(changes.collect::<Vec<_>>(), expected.as_array().expect("a list").iter().collect::<Vec<_>>());
    };
    let (path, keys) = (|| "pyproject.toml".to_owned(), |key: &str| vec!["project".to_owned(), key.to_owned()]);
    let set = |key: &str, value: &str| Edit::SetKey { path: path(), keys: keys(key), value: value.to_owned() };
    let region = |start: [u32; 2], end: [u32; 2]| serde_json::json!({"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]});
    let lines = |from: u32, to: u32, text: &str| serde_json::json!({"deletedRegion": region([from, 1], [to, 1]), "insertedContent": {"text": text}});
    check(&[set("name", "\"hafen\"")], serde_json::json!([[lines(2, 3, "name = \"hafen\"\n")]]));
    check(&[set("version", "\"1\"")], serde_json::json!([[lines(3, 3, "version = \"1\"\n")]]));
    check(&[Edit::RemoveKey { path: path(), keys: keys("name") }], serde_json::json!([[lines(2, 3, "")]]));
    check(&[set("version", "\"1\""), Edit::DeleteFile { path: "src/app.py".to_owned() }], serde_json::json!([]));
    check(&[Edit::RemoveKey { path: path(), keys: keys("none") }], serde_json::json!([]));
}

/// A rule of a plugin that failed has not passed, and of a long list the worst is shown.
#[test]
fn summaries_hide_no_failure() {
    let mut report = report();
    for number in 0..200 {
        let mut finding = report.findings[0].clone();
        finding.location.path = format!("a/{number:03}.toml");
        report.findings.insert(0, finding);
    }
    report.errors.push(Failure {
        plugin: "docker@1.0.0".to_owned(),
        rule: None,
        kind: "fuel".to_owned(),
        message: "a <loop>".to_owned(),
    });
    let markdown = written(&report, &of(Format::Markdown));
    assert!(markdown.contains("- `docker@1.0.0` (fuel): a &lt;loop&gt;\n"), "{markdown}");
    assert!(markdown.contains("| deny | `src/app.py:5` |") && markdown.contains("And 102 more"), "{markdown}");
    let mut out = Vec::new();
    let rules = [RuleInfo { id: "docker/root-user".to_owned(), ..RuleInfo::default() }];
    write(&report, &rules, &of(Format::Junit), &read, &mut out).expect("writing to memory");
    let junit = String::from_utf8(out).expect("UTF-8");
    assert!(
        junit.contains("<error type=\"fuel\" message=\"the plugin failed\">docker@1.0.0: a &lt;loop&gt;</error>"),
        "{junit}"
    );
    assert!(junit.contains("<skipped message=\"not run: its plugin failed\"/>"), "{junit}");
    for format in [Format::Github, Format::Gitlab, Format::Html, Format::Sarif] {
        assert!(written(&report, &of(format)).contains("docker@1.0.0"), "{format:?}");
    }
}
