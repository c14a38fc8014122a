//! What rules cost: the numbers that have to be the same every time are, and the others are there.

use std::sync::OnceLock;

use super::hostile_plugins::plugin;
use super::{repository, root, run, stderr, stdout};

/// Measures a plugin on a repository; the exit code is part of what is expected.
fn bench(plugin: &str, repository: &str, code: i32) -> serde_json::Value {
    let output = run(&["bench", plugin, "--repository", repository, "--runs", "2", "--format", "json"]);
    assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A section of ours, built once as a user builds one.
fn section() -> &'static str {
    static BUILT: OnceLock<String> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = root().join("plugins/security");
        let output = run(&["bench", folder.to_str().unwrap(), "--repository", "tests/examples/service", "--runs", "1"]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stdout(&output).contains("security/dynamic-code-execution"), "{}", stdout(&output));
        folder.join("target/plimsoll/plugin.wasm").display().to_string()
    })
}

#[test]
fn fuel_and_bytes_are_the_same_every_time() {
    let service = root().join("tests/examples/service").display().to_string();
    let (first, second) = (bench(section(), &service, 0), bench(section(), &service, 0));
    let rules = first["rules"].as_array().unwrap();
    assert!(rules.len() > 10);
    for (rule, again) in rules.iter().zip(second["rules"].as_array().unwrap()) {
        assert_eq!(rule["fuel_is_stable"], true, "{rule}");
        for key in ["rule", "targets", "fuel", "host_calls", "bytes_in", "bytes_out", "findings", "not_called"] {
            assert_eq!(rule[key], again[key], "{key} of {}", rule["rule"]);
        }
        let was_called = rule["not_called"].is_null();
        assert_eq!(was_called, rule["fuel"].as_u64().unwrap() > 0, "{rule}");
        assert_eq!(was_called, rule["bytes_in"].as_u64().unwrap() > 0, "{rule}");
        // A finding is a call of the host, and larger than its fixed part of 96 bytes.
        let findings = rule["findings"].as_u64().unwrap();
        assert!(rule["host_calls"].as_u64().unwrap() >= findings, "{rule}");
        assert!(rule["bytes_out"].as_u64().unwrap() >= 96 * findings, "{rule}");
    }
    assert!(rules.iter().any(|rule| rule["findings"].as_u64().unwrap() > 0));
    let total: u64 = rules.iter().map(|rule| rule["guest_us"].as_u64().unwrap()).sum();
    assert!(total > 0, "no time at all");
    for key in ["size", "files", "compile_us", "load_us", "instantiate_us"] {
        assert!(first[key].as_u64().unwrap() > 0, "{key}");
    }
}

#[test]
fn more_to_look_at_costs_more() {
    let few = repository(&[("pyproject.toml", "[project]\nname = \"a\"\n"), ("a.py", "eval(x)\n")]);
    let many = repository(&[("pyproject.toml", "[project]\nname = \"a\"\n"), ("a.py", &"eval(x)\n".repeat(50))]);
    let [few, many] = [few, many].map(|folder| bench(section(), folder.path().to_str().unwrap(), 0));
    let of = |all: &serde_json::Value, key: &str| {
        let rules = all["rules"].as_array().unwrap();
        let rule = rules.iter().find(|rule| rule["rule"] == "security/dynamic-code-execution").unwrap();
        rule[key].as_u64().unwrap()
    };
    assert_eq!((of(&few, "findings"), of(&many, "findings")), (1, 50));
    for key in ["fuel", "bytes_in", "bytes_out", "host_calls"] {
        assert!(of(&many, key) > of(&few, key), "{key}");
    }
}

#[test]
fn a_table_in_the_order_of_the_rules_says_what_failed() {
    let folder = repository(&[("pyproject.toml", "[project]\nname = \"a\"\n"), ("app.py", "é = 'ü'\n")]);
    let component = plugin().to_str().unwrap();
    let output = run(&["bench", component, "--repository", folder.path().to_str().unwrap(), "--runs", "1"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.starts_with("hostile@1.2.3 on /"), "{text}");
    assert!(text.contains(" bytes, compiled in "), "{text}");
    let places: Vec<usize> = ["guest µs", "hostile/a-loop", "hostile/d-panic", "hostile/z-honest"]
        .map(|word| text.find(word).unwrap())
        .into();
    assert!(places.is_sorted(), "{text}");
    assert!(stderr(&output).contains("error: hostile/a-loop failed (fuel)"), "{}", stderr(&output));
    // All of the fuel, which is the same for every repository of this size.
    let row = text.lines().find(|line| line.contains("hostile/a-loop")).unwrap();
    let fuel: u64 = row.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(fuel > 1_000_000_000, "{row}");
}

#[test]
fn what_can_not_be_measured_is_said() {
    for (arguments, expected) in [
        (&["bench", "/no/such/plugin"][..], "/no/such/plugin"),
        (&["bench", ".", "--runs", "0"], "--runs"),
        (&["bench", plugin().to_str().unwrap(), "--repository", "/no/such/folder"], "/no/such/folder"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(expected), "{arguments:?}: {}", stderr(&output));
    }
}
