//! What holds for the sources themselves.

use std::fs;

use super::root;

fn rust_files(folder: &str) -> Vec<(String, String)> {
    let mut folders = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}

#[test]
fn each_file_says_what_it_is_for() {
    for folder in ["host/src", "sdk/src", "plugins", "tests/suite", "tests/plugins"] {
        for (path, text) in rust_files(folder) {
            assert!(text.starts_with("//!") || path.ends_with("bindings.rs"), "{path} has no `//!`");
        }
    }
}

#[test]
fn only_the_plugin_module_names_wasmtime() {
    for (path, text) in rust_files("host/src") {
        assert!(path.contains("/plugin/") || !text.contains("wasmtime::"), "{path} names wasmtime");
    }
}

#[test]
fn only_the_repository_module_reads_the_checked_tree() {
    for (path, text) in rust_files("host/src/facts") {
        let reads = text.contains("std::fs") || text.contains("fs::read") || text.contains("File::open");
        assert!(path.contains("/git/") || !reads, "{path} reads files");
    }
}

#[test]
fn a_rules_id_is_its_files_name() {
    for (path, text) in rust_files("plugins") {
        let Some((_, rest)) = text.split_once("id: \"") else { continue };
        let id = rest.split('"').next().unwrap();
        let name = path.rsplit('/').next().unwrap().trim_end_matches(".rs");
        assert_eq!(id.replace('-', "_"), name, "{path}");
    }
}

#[test]
fn every_item_of_the_interface_is_documented() {
    let wit = fs::read_to_string(root().join("wit/plugin.wit")).unwrap();
    let lines: Vec<&str> = wit.lines().map(str::trim).collect();
    for (index, line) in lines.iter().enumerate() {
        let is_item =
            ["interface ", "record ", "enum ", "variant ", "flags "].iter().any(|word| line.starts_with(word))
                || line.contains(": func(");
        if is_item && !line.starts_with("///") {
            assert!(lines[index - 1].starts_with("///"), "line {}: {line}", index + 1);
        }
    }
}
