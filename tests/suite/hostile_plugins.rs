//! Plugins that do harm: the host survives, says who did what, and still hears the others.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use super::{check, plimsoll, repository, root, run, stderr};

/// The hostile plugin, built once as a user builds one.
pub(super) fn plugin() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = root().join("tests/plugins/hostile");
        let output = run(&["build", folder.to_str().unwrap()]);
        assert!(output.status.success(), "{}", stderr(&output));
        folder.join("target/plimsoll/plugin.wasm").canonicalize().unwrap()
    })
}

fn victim(plugin: &std::path::Path) -> tempfile::TempDir {
    let manifest = format!("[plugins]\nhostile = {{ path = {:?} }}\n", plugin.display().to_string());
    repository(&[
        ("plimsoll.toml", &manifest),
        ("pyproject.toml", "[project]\nname = \"a\"\n"),
        ("app.py", "é = 'ü'\n"),
    ])
}

#[test]
fn each_hostile_rule_is_stopped_and_named() {
    let folder = victim(plugin());
    let (report, code) = check(folder.path(), &[]);
    assert_eq!(code, 3);
    let errors = report["errors"].as_array().unwrap();
    for (rule, kind) in [
        ("a-loop", "fuel"),
        ("b-memory", "memory"),
        ("c-recursion", "stack"),
        ("d-panic", "panic"),
        ("e-flood", "output"),
        ("f-output", "output"),
        ("g-requirement", "undeclared"),
        ("h-span", "span"),
        ("i-undeclared", "undeclared"),
    ] {
        let error = errors.iter().find(|error| error["rule"] == format!("hostile/{rule}"));
        assert_eq!(error.map(|error| error["kind"].as_str().unwrap()), Some(kind), "{rule}: {errors:#?}");
        assert_eq!(error.unwrap()["plugin"], "hostile@1.2.3");
    }
    assert!(errors.iter().any(|error| error["message"].as_str().unwrap().contains("the text of a panic")));
    let messages: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    assert!(messages.contains(&"an honest finding"), "{messages:?}");
    assert!(messages.contains(&"said before the loop"), "what was reported before the trap is lost");
    let findings = report["findings"].as_array().unwrap();
    let endless = findings.iter().find(|finding| finding["message"] == "a fix without end").unwrap();
    assert!(endless["fix"].is_null() && !errors.iter().any(|error| error["rule"] == "hostile/k-edits"), "{endless}");
}

#[test]
fn text_of_a_plugin_never_reaches_the_terminal_raw() {
    let folder = victim(plugin());
    for format in ["full", "concise", "json"] {
        let path = folder.path().to_str().unwrap();
        let output = run(&["check", path, "--select", "hostile/j-escapes", "--format", format]);
        for text in [output.stdout, output.stderr] {
            let text = String::from_utf8(text).unwrap();
            assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{format}: {text:?}");
        }
    }
}

#[test]
fn what_is_no_plugin_is_refused() {
    let wasm = fs::read(plugin()).unwrap();
    let random: Vec<u8> = (0..5_000u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for bytes in [&wasm[..wasm.len() / 2], &random, b"\0asm\x01\0\0\0", b""] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plugin.wasm");
        fs::write(&file, bytes).unwrap();
        let victim = victim(&file);
        let output = run(&["check", victim.path().to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains("plugin `hostile`"), "{}", stderr(&output));
    }
}

#[test]
fn a_changed_cache_entry_is_compiled_anew() {
    let home = tempfile::tempdir().unwrap();
    let folder = victim(plugin());
    let check = || {
        let mut command = plimsoll(&["check", folder.path().to_str().unwrap(), "--select", "hostile/z-honest", "-q"]);
        command
            .arg("--no-cache")
            .env("XDG_CACHE_HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path())
            .output()
            .unwrap()
    };
    assert_eq!(stderr(&check()), "");
    let entry = fs::read_dir(home.path().join("plimsoll/compiled")).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&entry).unwrap();
    for bytes in [good.iter().map(|byte| byte ^ 1).collect(), good[..good.len() / 2].to_vec(), Vec::new()] {
        fs::write(&entry, &bytes).unwrap();
        let output = check();
        assert!(stderr(&output).contains("compiled anew"), "{}", stderr(&output));
        assert_eq!(output.status.code(), Some(1));
    }
    assert_eq!(stderr(&check()), "", "the good entry is not back");
}

#[test]
fn a_cache_that_others_may_write_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let compiled = home.path().join("plimsoll/compiled");
    fs::create_dir_all(&compiled).unwrap();
    fs::set_permissions(&compiled, fs::Permissions::from_mode(0o777)).unwrap();
    let folder = victim(plugin());
    let mut command = plimsoll(&["check", folder.path().to_str().unwrap(), "--select", "hostile/z-honest", "-q"]);
    let output = command.env("XDG_CACHE_HOME", home.path()).output().unwrap();
    assert!(stderr(&output).contains("others may write"), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_dir(&compiled).unwrap().count(), 0);
}
