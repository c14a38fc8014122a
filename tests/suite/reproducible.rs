//! A plugin's digest says what it is: the same sources give the same bytes, wherever they and cargo's home lie.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::{plimsoll, root, stderr};

/// A plugin that says, in its panics, where the source of a package lies that was fetched to build this program.
const PLUGIN: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[package]\nname = \"located\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n\
         [dependencies]\nmemchr = { version = \"2\", default-features = false }\nplimsoll-sdk.workspace = true\n",
    ),
    ("requirements.toml", "[[requirement]]\nid = \"1.1\"\nlevel = \"must\"\nstatement = \"x\"\n"),
    (
        "src/lib.rs",
        "use plimsoll_sdk::prelude::*;

         rule! {
             /// A file holds what it should not.
             static NEEDLE = { id: \"needle\", requirements: [\"1.1\"], check: Check::Repository(needle) }
         }

         fn needle(_: &mut Report) {
             for file in repository::find(&[\"**\"]) {
                 let found = memchr::memmem::find(file.path.as_bytes(), file.project.as_bytes());
                 assert_eq!(found, None);
             }
         }

         plugin! {
             name: \"located\",
             title: \"Located\",
             requirements: include_str!(\"../requirements.toml\"),
             rules: [&NEEDLE],
         }
        ",
    ),
];

#[test]
fn the_same_sources_give_the_same_bytes_everywhere() {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).unwrap_or_else(|| {
        Path::new(&std::env::var_os("HOME").expect("neither CARGO_HOME nor HOME is set")).join(".cargo")
    });
    let other_home = tempfile::tempdir().unwrap();
    mirror(&home, other_home.path());
    // Where the sources lie differs as well, and so do the lengths of the paths.
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let there = there.path().join("a/folder further down");
    let built = std::thread::scope(|scope| {
        [(here.path(), home.as_path()), (&there, other_home.path())]
            .map(|(workspace, home)| scope.spawn(move || build(workspace, home)))
            .map(|build| build.join().unwrap())
    });
    for path in [here.path(), &home, &there, other_home.path()] {
        let path = path.to_str().unwrap().as_bytes();
        let is_told = built.iter().any(|wasm| wasm.windows(path.len()).any(|window| window == path));
        assert!(!is_told, "the plugin tells of {}", String::from_utf8_lossy(path));
    }
    for told in ["/cargo/registry/src/", "sdk/src/"] {
        let is_told = built.iter().all(|wasm| wasm.windows(told.len()).any(|window| window == told.as_bytes()));
        assert!(is_told, "the plugin does not tell of {told}: this test shows nothing");
    }
    assert!(built[0] == built[1], "the digests differ");
}

/// Another home with the same content, down to the packages: what cargo locks and writes is the new one's own.
fn mirror(home: &Path, other: &Path) {
    for entry in fs::read_dir(home).unwrap().map(Result::unwrap) {
        if !entry.file_name().to_string_lossy().starts_with(".package-cache") {
            symlink(entry.path(), other.join(entry.file_name())).unwrap();
        }
    }
}

/// Builds the plugin in a copy of its workspace.
fn build(workspace: &Path, home: &Path) -> Vec<u8> {
    copy(&root().join("sdk"), &workspace.join("sdk"));
    let folder = workspace.join("located");
    fs::create_dir_all(folder.join("src")).unwrap();
    for (path, text) in PLUGIN {
        fs::write(folder.join(path), text).unwrap();
    }
    for file in ["Cargo.lock", "rust-toolchain.toml"] {
        fs::copy(root().join(file), workspace.join(file)).unwrap();
    }
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let manifest = without_host(manifest);
    fs::write(workspace.join("Cargo.toml"), manifest.to_string()).unwrap();
    let mut command = plimsoll(&["build", folder.to_str().unwrap()]);
    let output = command.env("CARGO_HOME", home).env("CARGO_NET_OFFLINE", "true").output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    fs::read(folder.join("target/plimsoll/plugin.wasm")).unwrap()
}

/// The workspace of the plugin and the SDK only.
fn without_host(mut manifest: toml::Table) -> toml::Table {
    let workspace = manifest["workspace"].as_table_mut().unwrap();
    workspace.remove("default-members");
    workspace.insert("members".to_owned(), vec!["sdk", "located"].into());
    manifest
}

/// Copies a folder, less what was built in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            if entry.file_name() != "target" {
                copy(&path, &to);
            }
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}
