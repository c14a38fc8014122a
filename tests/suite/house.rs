//! House rules: what a manifest bans and requires without code.

use std::fs;

use super::packages::{fail, run_in, succeed};
use super::{check, repository, stdout};

const MANIFEST: &str = r#"[plugins]
git = "0.1"

[[ban]]
id = "house/no-boto"
imports = ["boto3", "botocore"]
reason = "we are on GCP"

[[ban]]
id = "no-shell"
calls = ["subprocess.run"]
arguments = { shell = true }
message = "a shell runs the command"
reason = "no one quotes the arguments"

[[ban]]
id = "timeouts"
calls = ["requests.get", "requests.post"]
without = ["timeout"]
paths = ["src/**"]
requirement = "ACME-12"
reason = "a request without a time limit may hang for ever"

[[ban]]
id = "old-packages"
dependencies = ["celery", "Requests<2.32", "flask<3", "django<4"]
reason = "they have known holes"

[[ban]]
id = "no-notebooks"
files = ["*.ipynb"]
level = "warn"
reason = "no one reviews them"

[[ban]]
id = "no-black"
document = "pyproject.toml"
key = "tool.black"
reason = "Ruff formats"

[[ban]]
id = "no-proxies"
document = "*.yaml"
key = "mode"
value = "proxy"
reason = "they are gone"

[[ban]]
id = "no-pip"
commands = ["pip install"]
reason = "uv installs"

[[ban]]
id = "no-isort"
hooks = ["isort"]
reason = "Ruff sorts"

[[require]]
id = "security-policy"
files = ["SECURITY.md", "README*"]
reason = "reports need an address"

[[require]]
id = "strict"
document = "pyproject.toml"
key = ["tool", "mypy", "strict"]
value = true
reason = "types are checked"

[[require]]
id = "rules"
document = "pyproject.toml"
key = "tool.ruff.lint.select"
value = ["S", "E"]
reason = "security first"

[[require]]
id = "owner"
document = "catalog.yaml"
key = "spec.owner"
reason = "someone answers"

[[require]]
id = "logging"
dependencies = ["structlog>=24", "opentelemetry-sdk"]
reason = "logs are JSON"

[[require]]
id = "sbom"
commands = ["cyclonedx-py environment", "pip install"]
reason = "customers ask for it"

[[require]]
id = "secrets"
hooks = ["gitleaks", "isort"]
reason = "secrets stay out"
"#;

const FILES: &[(&str, &str)] = &[
    (
        "pyproject.toml",
        "[project]\nname = \"app\"\ndependencies = [\"requests>=2.30\", \"celery\", \"structlog>=23\", \"flask\", \"django~=5.1\"]\n\n\
         [tool.black]\n\n[tool.mypy]\nstrict = false\n\n[tool.ruff.lint]\nselect = [\"E\"]\n",
    ),
    (
        "src/app/__init__.py",
        "import boto3\nfrom botocore.config import Config, Other\nimport subprocess\nimport requests\n\n\
         subprocess.run(\"ls\", shell=True)\nsubprocess.run([\"ls\"], shell=False)\nrequests.get(\"x\")\n\
         requests.get(\"x\", timeout=3)\nrequests.get(\"x\", **options)\n\
         requests.post(\"x\")  # plimsoll: allow(house/timeouts) -- a local server\n",
    ),
    ("scripts/other.py", "import requests\nrequests.get('x')\n"),
    ("notes.ipynb", "{}\n"),
    ("proxy.yaml", "mode: proxy\n"),
    ("direct.yaml", "mode: direct\n"),
    ("catalog.yaml", "spec:\n  type: service\n"),
    ("README.md", "# app\n"),
    (
        ".pre-commit-config.yaml",
        "repos:\n- repo: https://github.com/pycqa/isort\n  rev: 5.0.0\n  hooks:\n  - id: isort\n",
    ),
    (
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pip install x\n",
    ),
];

fn house(manifest: &str) -> tempfile::TempDir {
    let files: Vec<(&str, &str)> = FILES.iter().copied().chain([("plimsoll.toml", manifest)]).collect();
    repository(&files)
}

#[test]
fn each_kind_finds_what_it_is_for_and_nothing_else() {
    let folder = house(MANIFEST);
    let (report, code) = check(folder.path(), &[]);
    assert_eq!(code, 1);
    assert_eq!(report["errors"].as_array().unwrap().len(), 0, "{}", report["errors"]);
    let mut found: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"].as_str().unwrap().starts_with("house/"))
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().unwrap();
            format!(
                "{}:{}: {} {}: {}",
                text("path"),
                finding["line"],
                text("level"),
                &text("rule")[6..],
                text("message")
            )
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            ".github/workflows/ci.yml:2: deny sbom: CI does not run `cyclonedx-py environment`",
            ".github/workflows/ci.yml:6: deny no-pip: `pip install` is run",
            ".pre-commit-config.yaml:1: deny secrets: the hook `gitleaks` is not configured",
            ".pre-commit-config.yaml:5: deny no-isort: the hook `isort` is configured",
            "catalog.yaml:2: deny owner: `spec.owner` is not set",
            "notes.ipynb:1: warn no-notebooks: `notes.ipynb` is in the repository",
            "proxy.yaml:1: deny no-proxies: `mode` is `proxy`",
            "pyproject.toml:11: deny rules: `tool.ruff.lint.select` is not `S`, `E`",
            "pyproject.toml:1: deny logging: `opentelemetry-sdk` is no dependency",
            "pyproject.toml:1: deny security-policy: there is no `SECURITY.md`",
            "pyproject.toml:3: deny logging: `structlog` is 23, not `>=24`",
            "pyproject.toml:3: deny old-packages: `celery` is a dependency",
            "pyproject.toml:3: deny old-packages: `requests` is 2.30, one of `<2.32`",
            "pyproject.toml:3: warn old-packages: `flask` may be one of `<3`",
            "pyproject.toml:5: deny no-black: `tool.black` is set",
            "pyproject.toml:8: deny strict: `tool.mypy.strict` is not `true`",
            "src/app/__init__.py:1: deny no-boto: `boto3` is imported",
            "src/app/__init__.py:2: deny no-boto: `botocore.config.Config` is imported",
            "src/app/__init__.py:2: deny no-boto: `botocore.config.Other` is imported",
            "src/app/__init__.py:6: deny no-shell: a shell runs the command",
            "src/app/__init__.py:8: deny timeouts: `requests.get` is called without `timeout`",
        ]
    );
    let suppressed = report["suppressed"].as_array().unwrap();
    assert_eq!(suppressed[0]["reason"], "a local server");
    let timeouts = report["findings"].as_array().unwrap().iter().find(|it| it["rule"] == "house/timeouts").unwrap();
    assert_eq!(timeouts["requirements"][0], "ACME-12");
    assert_eq!(timeouts["help"], "a request without a time limit may hang for ever");
}

#[test]
fn they_are_rules_like_any_other() {
    let folder = house(MANIFEST);
    let root = folder.path();
    let explained = succeed(root, &["explain", "house/no-shell"]);
    assert!(explained.contains("no one quotes the arguments") && explained.contains("arguments = { shell = true }"));
    assert!(explained.contains("(plimsoll.toml:9:1)"), "{explained}");
    let rules = succeed(root, &["rules"]);
    assert!(rules.contains("house/no-boto") && rules.contains("we are on GCP"), "{rules}");
    let standard = succeed(root, &["standard", "--format", "json"]);
    let standard: serde_json::Value = serde_json::from_str(&standard).unwrap();
    let row = standard.as_array().unwrap().iter().find(|row| row["id"] == "ACME-12").unwrap();
    assert_eq!((row["state"].as_str(), row["rules"][0].as_str()), (Some("broken"), Some("house/timeouts")));
    // The rest of the manifest speaks of them too, and so does the command line.
    fs::write(root.join("plimsoll.toml"), format!("{MANIFEST}[rules]\n\"house/no-boto\" = \"warn\"\n")).unwrap();
    let text = stdout(&run_in(root, &["check", "--format", "concise", "-A", "house/no-shell"]));
    assert!(text.contains("warn[house/no-boto]") && !text.contains("house/no-shell"), "{text}");
    fs::write(root.join("plimsoll.toml"), format!("{MANIFEST}[rules]\n\"house/no-boot\" = \"warn\"\n")).unwrap();
    assert!(
        fail(root, &["check"]).contains("`house/no-boot` is no rule and no section; did you mean `house/no-boto`?")
    );
}

#[test]
fn a_preset_carries_them_and_they_are_locked_with_it() {
    let preset = "[[ban]]\nid = \"no-boto\"\nimports = [\"boto3\"]\nreason = \"we are on GCP\"\nlevel = \"forbid\"\n\n\
                  [[ban]]\nid = \"no-black\"\ndocument = \"pyproject.toml\"\nkey = \"tool.black\"\nreason = \"Ruff formats\"\n";
    let component =
        super::hostile_components::Component { name: "acme", plugin_version: "1.0.0", preset, ..Default::default() };
    let folder = house(
        "extends = { path = \"acme.wasm\" }\n[plugins]\n[[ban]]\nid = \"no-black\"\nfiles = [\"*.ipynb\"]\nreason = \"other\"\n",
    );
    let root = folder.path();
    fs::write(root.join("acme.wasm"), component.wasm()).unwrap();
    succeed(root, &["update"]);
    let text = stdout(&run_in(root, &["check", "--locked", "--format", "concise", "-A", "house"]));
    assert!(text.contains("forbid[house/no-boto]"), "what a preset forbids nothing can lower: {text}");
    let text = stdout(&run_in(root, &["check", "--locked", "--format", "concise"]));
    assert!(text.contains("notes.ipynb") && !text.contains("tool.black"), "the repository's own entry counts: {text}");
}

#[test]
fn a_plugin_of_their_name_is_an_error() {
    let component =
        super::hostile_components::Component { name: "house", plugin_version: "1.0.0", ..Default::default() };
    let folder =
        house("[plugins]\nhouse = { path = \"house.wasm\" }\n[[ban]]\nid = \"a\"\nfiles = [\"x\"]\nreason = \"r\"\n");
    fs::write(folder.path().join("house.wasm"), component.wasm()).unwrap();
    let said = fail(folder.path(), &["check"]);
    assert!(said.contains("plimsoll.toml:3:1: house rules are the section `house`"), "{said}");
}

#[test]
fn paths_narrow_every_kind_that_looks_at_files() {
    let manifest = r#"
[[ban]]
id = "no-mode"
document = "*.yaml"
key = "mode"
paths = ["direct.yaml"]
reason = "of the one file alone"

[[require]]
id = "owner"
document = "*.yaml"
key = "owner"
paths = ["proxy.yaml", "catalog.yaml"]
reason = "of two files"
"#;
    let (report, _) = check(house(manifest).path(), &["--select", "house"]);
    let findings = report["findings"].as_array().unwrap().iter();
    let found: Vec<String> = findings.map(|one| format!("{} {}", one["rule"], one["path"]).replace('"', "")).collect();
    assert_eq!(found, ["house/owner catalog.yaml", "house/no-mode direct.yaml", "house/owner proxy.yaml"]);
    let said = fail(
        house(
            "[[require]]\nid = \"policy\"\nfiles = [\"SECURITY.md\"]\npaths = [\"docs/**\"]\nreason = \"an address\"\n",
        )
        .path(),
        &["check"],
    );
    assert!(said.contains("plimsoll.toml:4:1: what is required here may stand anywhere"), "{said}");
}
