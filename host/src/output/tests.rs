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
        timings: vec![
            Timing { what: "facts".to_owned(), milliseconds: 30.0 },
            Timing { what: "security/weak-hash".to_owned(), milliseconds: 10.0 },
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

fn written(report: &Report, options: &Options) -> String {
    let mut out = Vec::new();
    write(report, &rules(), options, &read, &mut out).expect("writing to memory");
    String::from_utf8(out).expect("UTF-8")
}

fn check(report: &Report, options: &Options, expected: &str) {
    let written = written(report, options);
    assert!(written == expected, "--- written\n{written}\n--- expected\n{expected}");
}

fn of(format: Format) -> Options {
    Options { format, ..Options::default() }
}

#[test]
fn full() {
    check(&report(), &of(Format::Full), "");
}

#[test]
fn extras() {
    let options = Options { verbose: true, statistics: true, timings: true, ..of(Format::Full) };
    let written = written(&report(), &options);
    assert_eq!(written, "");
}

#[test]
fn concise() {
    check(&report(), &of(Format::Concise), "");
    assert_eq!(summary_line(&report()), "");
}

#[test]
fn many() {
    let mut report = report();
    for number in 0..40 {
        let mut finding = report.findings[1].clone();
        finding.location.path = format!("src/{number:02}.py");
        report.findings.push(finding);
    }
    check(&report, &of(Format::Full), "");
}

#[test]
fn nothing() {
    let report = Report { findings: Vec::new(), suppressed: Vec::new(), hidden: 0, ..report() };
    check(&report, &of(Format::Full), "");
}

#[test]
fn hostile() {
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
    check(&report, &of(Format::Full), "");
    check(&report, &of(Format::Concise), "");
}

#[test]
fn json() {
    check(&report(), &of(Format::Json), "");
}
#[test]
fn jsonl() {
    check(&report(), &of(Format::Jsonl), "");
}
#[test]
fn sarif() {
    check(&report(), &of(Format::Sarif), "");
}
