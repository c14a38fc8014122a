//! New plugins: made in an empty folder, built, tested and used without a network.

use std::fs;

use super::guests::tools;
use super::packages::{command_in, fail, succeed};
use super::{check, repository, stderr, stdout};

#[test]
fn from_nothing_to_a_finding() {
    let folder = repository(&[
        ("app/pyproject.toml", "[project]\nname = \"app\"\n"),
        ("app/src/app/__init__.py", "print('hello')\n"),
        ("app/plimsoll.toml", "[plugins]\nacme-rules = { path = \"rules\" }\n"),
    ]);
    let root = folder.path().join("app");
    let said = succeed(&root, &["new", "acme-rules", "--path", "rules"]);
    assert!(said.contains("`plimsoll test rules` builds and tests them"), "{said}");
    let said = fail(&root, &["check"]);
    assert!(said.contains("holds no built plugin: run `plimsoll build"), "{said}");
    let output = command_in(&root, &["test", "rules"]).env("CARGO_NET_OFFLINE", "true").output().unwrap();
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("4 passed, 0 failed"), "{}", stdout(&output));
    let (report, code) = check(&root, &[]);
    assert_eq!(code, 1);
    let found: Vec<(&str, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["rule"].as_str().unwrap(), finding["path"].as_str().unwrap()))
        .collect();
    assert!(found.contains(&("acme-rules/print-call", "src/app/__init__.py")), "{found:?}");
    assert!(found.contains(&("acme-rules/unstated-license", "pyproject.toml")), "{found:?}");
    for path in ["README.md", ".gitignore", ".github/workflows/ci.yml", "requirements.toml", "src/print_call.rs"] {
        let text = fs::read_to_string(root.join("rules").join(path)).unwrap();
        assert!(!text.contains("NAME") && !text.contains("TITLE"), "{path}");
    }
}

#[test]
fn what_a_plugin_may_not_import_is_named_with_its_likely_source() {
    let folder = repository(&[]);
    let root = folder.path();
    succeed(root, &["new", "acme-rules", "--path", "rules"]);
    let rule = root.join("rules/src/print_call.rs");
    let text = fs::read_to_string(&rule).unwrap();
    for (module, function, source) in [
        ("wasi_snapshot_preview1", "random_get", "it likely comes from a dependency that calls the operating system"),
        ("__wbindgen_placeholder__", "now", "it likely comes from a dependency that is meant for browsers"),
        ("env", "sqrt", "it likely comes from C code"),
    ] {
        let foreign = format!(
            "\n#[link(wasm_import_module = \"{module}\")]\nunsafe extern \"C\" {{\n    fn {function}() -> i32;\n}}\n"
        );
        let calling = text.replace(
            "fn print_call(report: &mut Report, call: &Call) {",
            &format!("fn print_call(report: &mut Report, call: &Call) {{\n    if unsafe {{ {function}() }} == 7 {{ return; }}"),
        );
        fs::write(&rule, calling + &foreign).unwrap();
        let output = command_in(root, &["build", "rules"]).env("CARGO_NET_OFFLINE", "true").output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = stderr(&output);
        assert!(
            said.contains(&format!("imports `{module}.{function}`, and a plugin may import nothing but")),
            "{said}"
        );
        assert!(said.contains(source), "{said}");
    }
}

#[test]
fn names_and_places_that_can_not_be() {
    let folder = repository(&[("there/file", "")]);
    for (arguments, expected) in [
        (&["new", "Acme Rules"][..], "`Acme Rules` is no name of a plugin"),
        (&["new", "docker"], "`docker` is one of plimsoll's own sections"),
        (&["new", "house"], "`house` is one of plimsoll's own sections"),
        (&["new", "there"], "there is there already, and not empty"),
        (&["new", "file", "--path", "there/file"], "there/file is there already"),
    ] {
        let said = fail(folder.path(), arguments);
        assert!(said.contains(expected), "{said}");
    }
}

/// Makes a plugin with `new`, and a repository beside it that it finds something in.
fn from_new_to_findings(language: &str, tools: &str) {
    let folder = repository(&[
        ("pyproject.toml", "[project]\nname = \"app\"\n"),
        ("src/app/__init__.py", "print('hello')\n"),
        ("plimsoll.toml", "exclude = [\"rules/\"]\n[plugins]\nacme-rules = { path = \"rules\" }\n"),
    ]);
    let root = folder.path();
    succeed(root, &["new", "acme-rules", "--path", "rules", "--lang", language]);
    let said = fail(root, &["build", "rules"]);
    assert!(said.contains("is not installed: run `"), "{said}");
    let path = format!("{tools}:{}", std::env::var("PATH").unwrap_or_default());
    let output = command_in(root, &["test", "rules"]).env("PATH", &path).output().unwrap();
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("4 passed, 0 failed"), "{}", stdout(&output));
    let (report, code) = check(root, &["--select", "acme-rules"]);
    assert_eq!(code, 1, "{report:#}");
    let mut found: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| format!("{} {} {}", finding["rule"], finding["path"], finding["message"]).replace('"', ""))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "acme-rules/print-call src/app/__init__.py `print` in code that serves others",
            "acme-rules/unstated-license pyproject.toml no license",
        ]
    );
    for entry in ["README.md", "requirements.toml", ".github/workflows/ci.yml"] {
        let text = fs::read_to_string(root.join("rules").join(entry)).unwrap();
        assert!(!text.contains("NAME") && !text.contains("TITLE") && !text.contains("MODULE"), "{entry}");
    }
    for (program, arguments) in checks_of(language) {
        let output = std::process::Command::new(program)
            .args(*arguments)
            .env("PATH", &path)
            .current_dir(root.join("rules"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{program}: {}{}", stdout(&output), stderr(&output));
    }
}

/// What the CI of a new plugin runs besides plimsoll.
fn checks_of(language: &str) -> &'static [(&'static str, &'static [&'static str])] {
    match language {
        "python" => &[("ruff", &["check"]), ("ruff", &["format", "--check"]), ("pytest", &["-q"]), ("pyright", &[])],
        _ => &[("tsc", &[]), ("node", &["--test"])],
    }
}

#[test]
fn from_nothing_to_a_finding_in_python() {
    if let Some(tools) = tools("PLIMSOLL_TEST_PYTHON") {
        from_new_to_findings("python", &tools);
    }
}

#[test]
fn from_nothing_to_a_finding_in_javascript() {
    if let Some(tools) = tools("PLIMSOLL_TEST_JAVASCRIPT") {
        from_new_to_findings("javascript", &tools);
    }
}
