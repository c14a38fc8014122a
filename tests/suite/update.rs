//! `plimsoll test --update`: markers follow what a rule reports, and nothing else changes.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::packages::{command_in, fail, succeed};
use super::{repository, stderr, stdout};

/// A new plugin in a folder of its own.
pub(super) fn new_plugin() -> tempfile::TempDir {
    let folder = repository(&[]);
    succeed(folder.path(), &["new", "acme-rules", "--path", "rules"]);
    folder
}

/// Replaces a part of a file, which has to be there once.
pub(super) fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from:?} in {text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

fn test(folder: &Path, more: &[&str]) -> Output {
    let arguments: Vec<&str> = ["test", "rules"].iter().chain(more).copied().collect();
    command_in(folder, &arguments).env("CARGO_NET_OFFLINE", "true").output().unwrap()
}

/// All files of the plugin that its author writes.
fn written(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for place in ["src", "tests"] {
        let Ok(entries) = fs::read_dir(folder.join("rules").join(place)) else { continue };
        files.extend(entries.map(|entry| {
            let path = entry.unwrap().path();
            (path.display().to_string(), fs::read(&path).unwrap())
        }));
    }
    files.sort();
    files
}

#[test]
fn markers_follow_the_rule() {
    let folder = new_plugin();
    let root = folder.path();
    let (print_call, license) = (root.join("rules/src/print_call.rs"), root.join("rules/src/unstated_license.rs"));
    fs::create_dir_all(root.join("rules/tests")).unwrap();
    let beside = root.join("rules/tests/unstated-license.md");
    fs::write(&beside, "Text.\r\n\r\n```toml bad pyproject.toml\r\n[project]\r\nname = \"b\"\r\n```\r\n").unwrap();
    let before = written(root);

    // A missing marker in the file beside, another message in the documentation, a marker too many.
    replace(&print_call, "\"`print` in code that serves others\")", "format!(\"`{}` here\", call.name))");
    replace(
        &license,
        "/// name = \"app\"\n    /// ```\n    /// ```toml good",
        "/// name = \"app\"  # error: no name\n    /// ```\n    /// ```toml good",
    );
    let output = test(root, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));

    let output = test(root, &["--update", "-v"]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    let said = stdout(&output);
    for line in [
        "acme-rules/print-call: bad example, line 5: updated",
        "updated src/print_call.rs: 1 marker\n",
        "updated src/unstated_license.rs: 1 marker\n",
        "updated tests/unstated-license.md: 1 marker\n",
        "2 passed, 3 updated, 0 failed",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let text = fs::read_to_string(&beside).unwrap();
    assert_eq!(
        text,
        "Text.\r\n\r\n```toml bad pyproject.toml\r\n[project]  # error: no license\r\nname = \"b\"\r\n```\r\n"
    );
    let text = fs::read_to_string(&print_call).unwrap();
    assert!(text.contains("    ///     print(\"accepted\", order)  # error: `builtins.print` here\n"), "{text}");
    // Nothing but markers: without what was changed here it is what it was.
    replace(&print_call, "# error: `builtins.print` here", "# error: `print` in code that serves others");
    replace(&print_call, "format!(\"`{}` here\", call.name))", "\"`print` in code that serves others\")");
    let after = written(root);
    let changed: Vec<&String> =
        after.iter().zip(&before).filter(|(new, old)| new != old).map(|(new, _)| &new.0).collect();
    assert_eq!(changed, [&beside.display().to_string()]);

    // The markers are right now, so that nothing is left to do.
    replace(&print_call, "# error: `print` in code that serves others", "# error: `builtins.print` here");
    replace(&print_call, "\"`print` in code that serves others\")", "format!(\"`{}` here\", call.name))");
    let before = written(root);
    let output = test(root, &["--update"]);
    assert_eq!(stdout(&output).trim(), "5 passed, 0 failed", "{}", stderr(&output));
    assert_eq!(written(root), before);
}

#[test]
fn what_markers_can_not_mend_stays_a_failure() {
    let folder = new_plugin();
    let root = folder.path();
    // A good example with a finding; a bad one without; one that stands nowhere as the documentation shows it.
    replace(&root.join("rules/src/unstated_license.rs"), ".is_none()", ".is_some()");
    let print_call = root.join("rules/src/print_call.rs");
    replace(
        &print_call,
        "    ///     print(\"accepted\", order)",
        "    #[doc = \"     print(1, order)\"]\n    ///     print(\"accepted\", order)",
    );
    let before = written(root);
    let output = test(root, &["--update"]);
    assert_eq!(output.status.code(), Some(1), "{}{}", stdout(&output), stderr(&output));
    let said = stdout(&output);
    for line in [
        "good example: unexpected: pyproject.toml:1: no license",
        "bad example: missing: pyproject.toml:1: no license",
        "line 5: not updated: no file of the plugin has the example as the documentation shows it",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("updated src"), "{said}");
    assert_eq!(written(root), before);
}

#[test]
fn only_a_folder_can_be_updated_or_watched() {
    let folder = repository(&[("plugin.wasm", "")]);
    for option in ["--update", "--watch"] {
        assert!(fail(folder.path(), &["test", "plugin.wasm", option]).contains("plugin.wasm is no folder"));
        assert!(fail(folder.path(), &["test", option]).contains("required"));
    }
    assert!(fail(folder.path(), &["test", ".", "--watch", "--update"]).contains("cannot be used with"));
}
