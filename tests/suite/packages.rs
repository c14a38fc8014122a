//! Manifest, lock file and store: what the commands for plugins do, and what becomes of them when they are disturbed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use super::hostile_components::Component;
use super::{check, plimsoll, repository, stderr, stdout};

/// A component of a name and version.
pub(super) fn component(name: &'static str, version: &'static str) -> Vec<u8> {
    Component { name, plugin_version: version, ..Component::default() }.wasm()
}

/// Runs a command in a folder, with a store of its own there.
pub(super) fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    command_in(folder, arguments).output().unwrap()
}

/// A command with a user's folders of its own.
pub(super) fn command_in(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = plimsoll(arguments);
    command.current_dir(folder).env("XDG_CACHE_HOME", folder.join(".user/cache"));
    command.env("DOCKER_CONFIG", folder.join(".user/docker"));
    command
}

/// Runs a command that has to succeed.
pub(super) fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let output = run_in(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
    format!("{}{}", stdout(&output), stderr(&output))
}

/// What a command that has to fail says.
pub(super) fn fail(folder: &Path, arguments: &[&str]) -> String {
    let output = run_in(folder, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
    stderr(&output)
}

fn with_manifest(text: &str) -> tempfile::TempDir {
    repository(&[("plimsoll.toml", text), ("pyproject.toml", "[project]\nname = \"a\"\n")])
}

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap()
}

#[test]
fn everything_wrong_in_a_manifest_is_said_at_once() {
    let folder = with_manifest(
        "standrad = \"1.0\"\n[rules]\n\"docker/rot-user\" = \"warn\"\n[[overrides]]\npaths = [\"a[\"]\nrules = { docker = \"dney\" }\n",
    );
    let said = fail(folder.path(), &["check"]);
    assert!(said.contains("plimsoll.toml:1:1: the manifest has no key `standrad`; did you mean `standard`?"), "{said}");
    assert!(said.contains("plimsoll.toml:5:10: `a[`: "), "{said}");
    assert!(said.contains("plimsoll.toml:6:20: `dney` is not known; did you mean `deny`?"), "{said}");
    let folder = with_manifest("[rules]\n\"docker/rot-user\" = \"warn\"\n\"nonsense/x\" = \"warn\"\n");
    let said = fail(folder.path(), &["check"]);
    assert!(said.contains("plimsoll.toml:2:1: `docker/rot-user` is no rule and no section; did you mean"), "{said}");
    assert!(said.contains("plimsoll.toml:3:1: `nonsense/x` is no rule"), "{said}");
    let folder = with_manifest("[plugins]\nsecurty = \"0.1\"\n");
    assert!(
        fail(folder.path(), &["check"]).contains("plimsoll.toml:2:1: there is no built-in section `securty`; did you")
    );
}

#[test]
fn a_lock_file_pins_and_is_the_same_each_time() {
    let folder = with_manifest("[plugins]\nsecurity = \"0.1\"\nhouse = { path = \"house.wasm\" }\n");
    let root = folder.path();
    fs::write(root.join("house.wasm"), component("house", "1.0.0")).unwrap();
    assert!(fail(root, &["check", "--locked"]).contains("there is no plimsoll.lock: run `plimsoll update`"));
    let said = succeed(root, &["update"]);
    assert!(said.contains("Adding house 1.0.0 (path:house.wasm)") && said.contains("Adding security"), "{said}");
    let lock = read(root, "plimsoll.lock");
    assert!(succeed(root, &["update"]).contains("nothing to update"));
    assert_eq!(read(root, "plimsoll.lock"), lock);
    let (report, _) = check(root, &["--locked"]);
    assert_eq!(report["plugins"].as_array().unwrap().len(), 2);
    let tree = succeed(root, &["tree"]);
    assert!(tree.starts_with("plimsoll.toml\n├── house 1.0.0 (path:house.wasm, sha256:"), "{tree}");

    // Another component at the same place is an error that names both digests.
    fs::write(root.join("house.wasm"), component("house", "1.1.0")).unwrap();
    let said = fail(root, &["check"]);
    assert!(said.contains("house.wasm has the digest sha256:") && said.contains("wants sha256:"), "{said}");
    let said = succeed(root, &["update", "--dry-run"]);
    assert!(said.contains("Updating house 1.0.0 -> 1.1.0") && said.contains("nothing is written"), "{said}");
    assert_eq!(read(root, "plimsoll.lock"), lock);
    succeed(root, &["update", "house"]);
    succeed(root, &["tree"]);
    assert!(fail(root, &["update", "huose"]).contains("plimsoll.toml names no plugin `huose`; did you mean `house`?"));
}

#[test]
fn a_locked_section_that_this_plimsoll_does_not_carry() {
    let folder = with_manifest("[plugins]\nsecurity = \"0.1\"\n");
    let root = folder.path();
    succeed(root, &["update"]);
    let lock = read(root, "plimsoll.lock");
    let digest = lock.split("sha256:").nth(1).unwrap()[..64].to_owned();
    // As another plimsoll would have written it.
    let other = "0".repeat(64);
    fs::write(root.join("plimsoll.lock"), lock.replace(&digest, &other)).unwrap();
    let said = fail(root, &["check"]);
    assert!(said.contains(&other) && said.contains(&digest) && said.contains("run `plimsoll fetch`"), "{said}");
    let said = fail(root, &["fetch"]);
    assert!(said.contains("neither in this plimsoll nor in the store"), "{said}");
    // A section that is not locked is used, and said.
    fs::write(
        root.join("plimsoll.lock"),
        "version = 1\n\n[[plugin]]\nname = \"git\"\nversion = \"0.1.0\"\nsource = \"path:x\"\ninterface = \"0.1.0\"\n",
    )
    .unwrap();
    let said = succeed(root, &["tree"]);
    assert!(said.contains("warning: `security` is not in plimsoll.lock"), "{said}");
    assert!(said.contains("plimsoll.lock has `git`, which plimsoll.toml does not want"), "{said}");
    assert!(fail(root, &["check", "--frozen"]).contains("is not in plimsoll.lock"));
}

#[test]
fn broken_lock_files_name_line_and_remedy() {
    let folder = with_manifest("");
    let broken = [
        ("version = 1\n<<<<<<< ours\n", "plimsoll.lock:2: a merge conflict"),
        ("version = 7\n", "update plimsoll"),
        ("version = 1\n[[plugin]]\nname = 3\n", "plimsoll.lock:3: "),
        ("\u{0}", "plimsoll.lock:1: "),
    ];
    for (text, expected) in broken {
        fs::write(folder.path().join("plimsoll.lock"), text).unwrap();
        for command in ["check", "update", "tree", "fetch"] {
            let said = fail(folder.path(), &[command]);
            assert!(said.contains(expected), "{command}: {said}");
        }
    }
    fs::remove_file(folder.path().join("plimsoll.lock")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("plimsoll.lock")).unwrap();
    assert!(fail(folder.path(), &["check"]).contains("no regular file"));
}

#[test]
fn adding_and_removing_keep_comments() {
    let folder =
        with_manifest("# ours\nadoption = \"progressive\" # for now\n\n[plugins]\nsecurity = \"0.1\" # pinned\n");
    let root = folder.path();
    fs::write(root.join("house.wasm"), component("house", "1.0.0")).unwrap();
    succeed(root, &["add", "house", "--path", "house.wasm"]);
    succeed(root, &["add", "git"]);
    let text = read(root, "plimsoll.toml");
    assert_eq!(
        text,
        format!(
            "# ours\nadoption = \"progressive\" # for now\n\n[plugins]\nsecurity = \"0.1\" # pinned\nhouse = {{ path = \
             \"house.wasm\" }}\ngit = \"{}\"\n",
            "0.1.0"
        )
    );
    assert!(fail(root, &["add", "gti"]).contains("there is no built-in section `gti`; did you mean `git`?"));
    assert!(fail(root, &["add", "git@one"]).contains("`one` is no requirement of versions"));
    assert!(fail(root, &["add", "git@99"]).contains("`git` ^99 is wanted, and this plimsoll carries"));
    assert!(fail(root, &["add", "other", "--path", "house.wasm"]).contains("is called `house`, not `other`"));
    assert_eq!(read(root, "plimsoll.toml"), text, "what fails writes nothing");
    succeed(root, &["remove", "house", "git"]);
    assert!(read(root, "plimsoll.toml").ends_with("[plugins]\nsecurity = \"0.1\" # pinned\n"));
    assert!(!read(root, "plimsoll.lock").contains("house"));

    // Where nothing is named, all sections are meant: naming one more keeps them.
    let folder = repository(&[("pyproject.toml", "[project]\nname = \"a\"\n\n[tool.plimsoll]\nstandard = \"1.0\"\n")]);
    fs::write(folder.path().join("house.wasm"), component("house", "1.0.0")).unwrap();
    let said = succeed(folder.path(), &["add", "house", "--path", "house.wasm"]);
    assert!(said.contains("means all built-in sections"), "{said}");
    let text = read(folder.path(), "pyproject.toml");
    assert!(text.starts_with("[project]\nname = \"a\"\n\n[tool.plimsoll]\nstandard = \"1.0\"\n"), "{text}");
    assert!(text.contains("[tool.plimsoll.plugins]\n") && text.contains("security = \"0.1.0\""), "{text}");
    assert!(succeed(folder.path(), &["tree"]).contains("house 1.0.0"));
}

#[test]
fn a_new_manifest_says_what_was_detected() {
    let folder = repository(&[
        ("pyproject.toml", "[project]\nname = \"a\"\ndependencies = [\"fastapi\"]\n"),
        ("src/a/__init__.py", "from fastapi import FastAPI\napp = FastAPI()\n"),
    ]);
    succeed(folder.path(), &["init"]);
    let text = read(folder.path(), "plimsoll.toml");
    assert!(text.contains("#   api: ") && text.contains("# profiles = [\"api\""), "{text}");
    check(folder.path(), &[]);
    assert!(fail(folder.path(), &["init"]).contains("plimsoll.toml is there already"));
    let schema: serde_json::Value = serde_json::from_str(&succeed(folder.path(), &["schema"])).unwrap();
    assert!(schema["properties"]["plugins"].is_object());
}

#[test]
fn copies_in_the_repository_are_checked() {
    let folder = with_manifest("[plugins]\nsecurity = \"0.1\"\n");
    let root = folder.path();
    succeed(root, &["vendor"]);
    let copy = root.join(".plimsoll/plugins/security-0.1.0.wasm");
    assert!(copy.is_file() && read(root, "plimsoll.toml").contains("vendor = \".plimsoll/plugins\""));
    check(root, &["--frozen"]);
    assert!(fail(root, &["vendor", "../outside"]).contains("no path in the repository"));
    // The binary's own bytes are what the lock file pins; a copy of something else is not looked at then, but one that
    // is needed is.
    let lock = read(root, "plimsoll.lock");
    let digest = lock.split("sha256:").nth(1).unwrap()[..64].to_owned();
    fs::write(root.join("plimsoll.lock"), lock.replace(&digest, &"0".repeat(64))).unwrap();
    let said = fail(root, &["check"]);
    assert!(said.contains(".plimsoll/plugins/security-0.1.0.wasm has the digest sha256:"), "{said}");
}

#[test]
fn two_runs_at_once_lose_nothing() {
    let folder = with_manifest("[plugins]\nsecurity = \"0.1\"\n");
    let root = folder.path();
    let names: [&'static str; 6] = ["one", "two", "three", "four", "five", "six"];
    let mut children = Vec::new();
    for name in names {
        let file = format!("{name}.wasm");
        fs::write(root.join(&file), component(name, "1.0.0")).unwrap();
        let mut command = command_in(root, &["add", name, "--path", &file]);
        children.push(command.stderr(Stdio::null()).spawn().unwrap());
    }
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    for file in ["plimsoll.toml", "plimsoll.lock"] {
        let text = read(root, file);
        assert!(names.iter().all(|name| text.contains(name)), "{file}: {text}");
    }
}

#[test]
fn killed_at_any_moment_nothing_is_broken() {
    let folder = with_manifest("[plugins]\nsecurity = \"0.1\"\n");
    let root = folder.path();
    fs::write(root.join("house.wasm"), component("house", "1.0.0")).unwrap();
    for round in 0..40_u64 {
        let arguments: &[&str] =
            if round % 2 == 0 { &["add", "house", "--path", "house.wasm"] } else { &["remove", "house"] };
        let mut command = command_in(root, arguments);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(round * 750));
        let _ = child.kill();
        child.wait().unwrap();
        // Each file is whole, whichever of them is the newer one.
        let manifest: toml::Table = read(root, "plimsoll.toml").parse().unwrap();
        assert!(manifest["plugins"].as_table().unwrap().contains_key("security"));
        if let Ok(lock) = fs::read_to_string(root.join("plimsoll.lock")) {
            lock.parse::<toml::Table>().unwrap();
        }
        succeed(root, &["update"]);
        succeed(root, &["tree"]);
    }
}

#[test]
fn without_a_place_for_a_store() {
    let folder = with_manifest("[plugins]\nsecurity = \"0.1\"\n");
    let root = folder.path();
    let run = |arguments: &[&str], cache: Option<&str>| {
        let mut command = plimsoll(arguments);
        command.current_dir(root).env_remove("HOME").env_remove("XDG_CACHE_HOME");
        command.envs(cache.map(|cache| ("XDG_CACHE_HOME", cache))).output().unwrap()
    };
    let output = run(&["update"], None);
    assert!(stderr(&output).contains("neither HOME nor XDG_CACHE_HOME is set"), "{}", stderr(&output));
    // A file, and folders that not even root can write into.
    for cache in ["/dev/null", "/proc/self/cache"] {
        let output = run(&["update"], Some(cache));
        assert!(stderr(&output).contains("the store can't be written"), "{}", stderr(&output));
    }
    assert!(!root.join("plimsoll.lock").exists());
    // A check of what the binary carries needs no store.
    succeed(root, &["update"]);
    for cache in [None, Some("/dev/null"), Some("/proc/self/cache")] {
        let output = run(&["check", "--locked", "--format", "json"], cache);
        assert!(output.status.code().is_some_and(|code| code < 2), "{}", stderr(&output));
    }
}

/// What a full disk does: a write ends half-way with an error.
#[cfg(unix)]
#[test]
fn when_nothing_more_can_be_written() {
    let folder = with_manifest("[plugins]\nsecurity = \"0.1\"\n");
    let root = folder.path();
    let limited = |blocks: u32, arguments: &[&str]| {
        let command = command_in(root, arguments);
        let text = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(text).arg(command.get_program()).args(command.get_args()).current_dir(root);
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?)))).output().unwrap()
    };
    // A component does not fit; a lock file would.
    let output = limited(8, &["update"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("the store can't be written"), "{}", stderr(&output));
    assert!(!root.join("plimsoll.lock").exists());
    let store = root.join(".user/cache/plimsoll/store");
    assert!(fs::read_dir(&store).unwrap().next().is_none(), "nothing half-written stays");
    succeed(root, &["update"]);
    let before = (read(root, "plimsoll.toml"), read(root, "plimsoll.lock"));
    fs::write(root.join("house.wasm"), component("house", "1.0.0")).unwrap();
    for arguments in [&["add", "house", "--path", "house.wasm"][..], &["remove", "security"], &["vendor"]] {
        let output = limited(0, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains("File too large"), "{arguments:?}: {}", stderr(&output));
        assert_eq!((read(root, "plimsoll.toml"), read(root, "plimsoll.lock")), before, "{arguments:?}");
    }
}

#[test]
fn a_preset_sets_levels_that_a_repository_inherits() {
    let preset = |preset: &'static str| {
        Component { name: "acme", plugin_version: "1.0.0", preset, ..Component::default() }.wasm()
    };
    let folder = repository(&[
        (
            "plimsoll.toml",
            "extends = { path = \"acme.wasm\" }\n[rules]\n\"docker\" = \"allow\"\n\"structure\" = \"warn\"\n",
        ),
        ("pyproject.toml", "[project]\nname = \"a\"\n"),
        ("src/a/__init__.py", "eval(input())\n"),
    ]);
    let root = folder.path();
    fs::write(
        root.join("acme.wasm"),
        preset(
            "adoption = \"progressive\"\n[plugins]\nsecurity = \"0.1\"\nstructure = \"0.1\"\ndocker = \"0.1\"\n[rules]\n\"security/dynamic-code-execution\" = \"forbid\"\n\"docker\" = \"deny\"\n",
        ),
    )
    .unwrap();
    succeed(root, &["update"]);
    assert!(read(root, "plimsoll.lock").contains("name = \"acme\"\nversion = \"1.0.0\"\nsource = \"path:acme.wasm\""));
    let (report, code) = check(root, &["--locked"]);
    let plugins: Vec<&str> =
        report["plugins"].as_array().unwrap().iter().map(|plugin| plugin["name"].as_str().unwrap()).collect();
    assert_eq!(plugins, ["acme", "docker", "security", "structure"]);
    assert_eq!(code, 1);
    let level = |report: &serde_json::Value, start: &str| {
        let findings = report["findings"].as_array().unwrap();
        let found = findings.iter().find(|finding| finding["rule"].as_str().unwrap().starts_with(start));
        found.map(|finding| finding["level"].as_str().unwrap().to_owned())
    };
    assert_eq!(level(&report, "security/dynamic").as_deref(), Some("forbid"));
    assert_eq!(level(&report, "structure/").as_deref(), Some("warn"));
    // The command line can't lower what the preset forbids either.
    let (report, _) = check(root, &["-A", "security"]);
    assert_eq!(level(&report, "security/dynamic").as_deref(), Some("forbid"));
    let said = stdout(&run_in(root, &["check", "-v", "-A", "structure"]));
    for line in [
        "structure = allow: the command line",
        "docker = allow: plimsoll.toml:3:1",
        "docker = deny: acme@1.0.0",
        "security/dynamic-code-execution = forbid: acme@1.0.0",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let manifest = read(root, "plimsoll.toml");
    fs::write(root.join("plimsoll.toml"), format!("{manifest}\"security/dynamic-code-execution\" = \"warn\"\n"))
        .unwrap();
    let said = fail(root, &["check"]);
    assert!(said.contains("plimsoll.toml:5:1: `security/dynamic-code-execution` is `forbid` in the preset"), "{said}");
    fs::write(root.join("plimsoll.toml"), manifest).unwrap();

    for (text, expected) in [
        ("exclude = []\n", "the preset of acme@1.0.0:1:1: a preset has no key `exclude`"),
        ("[plugins]\nx = { path = \"x\" }\n", "a preset lies in no repository"),
        ("[rules]\n\"docker\" = \"dney\"\n", "`dney` is not known; did you mean `deny`?"),
    ] {
        fs::write(root.join("acme.wasm"), preset(text)).unwrap();
        let said = fail(root, &["update"]);
        assert!(said.contains(expected), "{said}");
    }
    fs::write(root.join("acme.wasm"), component("acme", "1.0.0")).unwrap();
    assert!(fail(root, &["update"]).contains("`acme@1.0.0` carries no preset to extend"));
}

#[test]
fn paths_of_the_manifest_that_match_nothing() {
    let folder = repository(&[
        (
            "plimsoll.toml",
            "exclude = [\"legacy\", \"lagecy/**\"]\n[[overrides]]\npaths = [\"src/**\", \"scr/**\"]\nrules = { docker = \"warn\" }\n[[project]]\npath = \"backend\"\n",
        ),
        ("pyproject.toml", "[project]\nname = \"a\"\n"),
        ("src/a/__init__.py", ""),
        ("legacy/b.py", ""),
    ]);
    let said = stderr(&run_in(folder.path(), &["check", "-q"]));
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "warning: plimsoll.toml:1:22: `lagecy/**` matches no file",
            "warning: plimsoll.toml:3:20: `scr/**` matches no file",
            "warning: plimsoll.toml:6:8: there is no folder `backend`",
        ]
    );
}
