//! Plugins that no SDK would make, written by hand: more memory than there is, another host's interface, endless texts.

use std::fs;
use std::process::Output;

use super::{check, repository, run, stderr, stdout};

/// A component of the interface whose module and imports are the caller's.
pub(super) struct Component {
    pub(super) name: &'static str,
    pub(super) plugin_version: &'static str,
    /// The preset that it carries, as TOML; none when empty.
    pub(super) preset: &'static str,
    /// Further imports of the component.
    pub(super) imports: String,
    /// The version of the interface that it exports.
    pub(super) version: &'static str,
    /// Further fields of its module.
    pub(super) fields: String,
    pub(super) rules: &'static [&'static str],
    /// What the module's functions do: they return the place of their result.
    pub(super) docs: &'static str,
    pub(super) check: &'static str,
    /// Further instances of the module.
    pub(super) instances: usize,
}

impl Default for Component {
    fn default() -> Self {
        Self {
            name: "by-hand",
            plugin_version: "1.2.3",
            preset: "",
            imports: String::new(),
            version: "0.1.0",
            fields: String::new(),
            rules: &["only"],
            docs: "i32.const 16",
            check: "i32.const 16",
            instances: 0,
        }
    }
}

/// The description up to the rules.
const DESCRIPTION: &str = r#"{"schema": 1, "name": "by-hand", "version": "1.2.3", "title": "By \u001b[31mhand",
    "requirements": "[[requirement]]\nid = \"1.1\"\nlevel = \"must\"\nstatement = \"\\u001b[31m \\u202e\"\n",
    "rules": ["#;

/// A rule of it, after its name.
const RULE: &str = r#"", "title": "red \u001b[31m \u202e", "requirements": ["1.1"], "target": "repository",
    "trigger": {"kind": "repository", "names": [], "globs": []}, "wants": [], "accepts": [],
    "options": [{"name": "red", "default": "1", "description": "\u001b[31m"}]}"#;

impl Component {
    fn text(&self) -> String {
        let Self { name, plugin_version, preset, imports, version, fields, rules, docs, check, instances } = self;
        let rules: Vec<String> = rules.iter().map(|rule| format!("{{\"id\": \"{rule}{RULE}")).collect();
        let start = DESCRIPTION.replace("by-hand", name).replace("1.2.3", plugin_version);
        let preset =
            if preset.is_empty() { String::new() } else { format!("\"preset\": {preset:?},\n    \"rules\": [") };
        let start = if preset.is_empty() { start } else { start.replace("\"rules\": [", &preset) };
        let description = format!("{start}{}]}}", rules.join(", "));
        let kinds = "\"null\" \"boolean\" \"integer\" \"float\" \"text\" \"template\" \"bytes\" \"datetime\" \"list\" \
            \"tuple\" \"set\" \"table\" \"name\" \"parameter\" \"call\" \"operator\" \"subscript\" \"other\"";
        let more = "(core instance (instantiate $module))\n".repeat(*instances);
        format!(
            r#"(component
  (import "plimsoll:plugin/types@0.1.0" (instance $types
    (type $span' (record (field "start" u32) (field "end" u32)))
    (export "span" (type $span (eq $span')))
    (type $kind' (enum {kinds}))
    (export "node-kind" (type $kind (eq $kind')))
    (type $node' (record (field "parent" u32) (field "key" (option string)) (field "key-span" $span)
      (field "kind" $kind) (field "text" string) (field "span" $span)))
    (export "node" (type $node (eq $node')))))
  (alias export $types "node" (type $node))
  {imports}
  (core module $module
    (memory $memory (export "memory") 1)
    {fields}
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)
    (func (export "describe") (result i32) i32.const 16)
    (func (export "docs") (param i32 i32) (result i32) {docs})
    (func (export "check") (param i32 i32 i32 i32) (result i32) {check}))
  (core instance $guest (instantiate $module))
  {more}
  (alias core export $guest "memory" (core memory $memory))
  (alias core export $guest "realloc" (core func $realloc))
  (func $describe (result string) (canon lift (core func $guest "describe") (memory $memory)))
  (func $docs (param "rule" string) (result string)
    (canon lift (core func $guest "docs") (memory $memory) (realloc $realloc)))
  (func $check (param "rule" string) (param "options" (list $node)) (result (result (error string)))
    (canon lift (core func $guest "check") (memory $memory) (realloc $realloc)))
  (instance $rules (export "describe" (func $describe)) (export "docs" (func $docs)) (export "check" (func $check)))
  (export "plimsoll:plugin/rules@{version}" (instance $rules))
  (@custom "plimsoll:description" {description:?}))"#
        )
    }

    /// The component's bytes.
    pub(super) fn wasm(&self) -> Vec<u8> {
        wat::parse_str(self.text()).unwrap()
    }

    /// The plugin in a repository of its own.
    fn written(&self) -> tempfile::TempDir {
        let folder = repository(&[("pyproject.toml", "[project]\nname = \"a\"\n")]);
        fs::write(folder.path().join("plugin.wasm"), wat::parse_str(self.text()).unwrap()).unwrap();
        folder
    }

    /// Kind and message of the error that the rule ends in.
    fn error(&self) -> Option<(String, String)> {
        let folder = self.written();
        let plugin = folder.path().join("plugin.wasm");
        let (report, code) = check(folder.path(), &["--plugin", plugin.to_str().unwrap(), "--select", "by-hand"]);
        let errors = report["errors"].as_array().unwrap();
        assert_eq!(code, if errors.is_empty() { 0 } else { 3 }, "{errors:#?}");
        assert!(errors.len() <= 1, "{errors:#?}");
        let error = errors.first()?;
        assert_eq!((&error["plugin"], &error["rule"]), (&"by-hand@1.2.3".into(), &"by-hand/only".into()));
        let text = |key: &str| error[key].as_str().unwrap().to_owned();
        Some((text("kind"), text("message")))
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let folder = self.written();
        let plugin = folder.path().join("plugin.wasm");
        let root = folder.path().to_str().unwrap();
        run(&[arguments, &["--root", root, "--plugin", plugin.to_str().unwrap()]].concat())
    }

    /// What is said of a plugin that is refused.
    fn refusal(&self) -> String {
        let output = self.run(&["check"]);
        assert_eq!(output.status.code(), Some(2), "{}{}", stdout(&output), stderr(&output));
        stderr(&output)
    }
}

#[test]
fn an_honest_component_by_hand_runs() {
    assert_eq!(Component::default().error(), None);
}

#[test]
fn what_a_plugin_says_of_itself_steers_no_terminal() {
    for arguments in [
        &["rules"] as &[&str],
        &["rules", "--format", "markdown"],
        &["rules", "--format", "json"],
        &["explain", "by-hand/only"],
        &["standard"],
        &["check", "--format", "full"],
        &["check", "--format", "sarif"],
    ] {
        let output = Component::default().run(arguments);
        let text = stdout(&output) + &stderr(&output);
        assert!(!text.is_empty() && !text.contains(['\u{1b}', '\u{202e}']), "{arguments:?}: {text:?}");
    }
}

#[test]
fn all_memories_and_tables_of_a_plugin_count_together() {
    // From the first moment: 8 memories of 62 MiB, 8 tables of 4 million entries.
    for field in ["(memory 1000)", "(table 4000000 funcref)"] {
        let error = Component { fields: field.repeat(8), ..Component::default() }.error();
        assert_eq!(error.map(|(kind, _)| kind).as_deref(), Some("memory"), "{field}");
    }
    // Each grows in turn until one may not.
    let memories: String = (0..20).map(|number| format!("(memory $m{number} 1)")).collect();
    let tables: String = (0..20).map(|number| format!("(table $t{number} 1 funcref)")).collect();
    let grow = "(loop $again
        (if (i32.eq (memory.grow $m0 (i32.const 16)) (i32.const -1)) (then unreachable))
        (if (i32.eq (memory.grow $m7 (i32.const 16)) (i32.const -1)) (then unreachable))
        (if (i32.eq (memory.grow $m19 (i32.const 16)) (i32.const -1)) (then unreachable))
        (if (i32.eq (table.grow $t3 (ref.null func) (i32.const 100000)) (i32.const -1)) (then unreachable))
        (br $again)) unreachable";
    let error = Component { fields: format!("{memories}{tables}"), check: grow, ..Component::default() }.error();
    let (kind, message) = error.unwrap();
    assert_eq!(kind, "memory", "{message}");
    assert!(message.contains("more than 256 MiB"), "{message}");
}

#[test]
fn many_instances_of_a_module_are_refused() {
    for (instances, fields) in [(20, "(memory 300)"), (500, "")] {
        let error = Component { instances, fields: fields.to_owned(), ..Component::default() }.error();
        assert_eq!(error.map(|(kind, _)| kind).as_deref(), Some("memory"), "{instances}");
    }
}

#[test]
fn a_plugin_of_a_later_interface_says_to_update() {
    for version in ["0.9.0", "1.0.0"] {
        let import = format!("(import \"plimsoll:plugin/python@{version}\" (instance))");
        for component in [
            Component { imports: import, ..Component::default() },
            // Nothing is imported of the later version.
            Component { version, ..Component::default() },
        ] {
            let refusal = component.refusal();
            assert!(refusal.contains(&format!("`plimsoll:plugin` {version}")), "{refusal}");
            assert!(refusal.contains("update plimsoll"), "{refusal}");
        }
    }
}

#[test]
fn a_foreign_import_is_named() {
    for (import, item) in [
        ("wasi:cli/environment@0.2.3", "(instance (export \"get-arguments\" (func (result (list string)))))"),
        ("wasi:filesystem/preopens@0.2.3", "(instance)"),
        ("house:rules/clock", "(instance (export \"now\" (func (result u64))))"),
        ("now", "(func (result u64))"),
        ("plimsoll:plugin/network@0.1.0", "(instance)"),
    ] {
        let refusal = Component { imports: format!("(import {import:?} {item})"), ..Component::default() }.refusal();
        assert!(refusal.contains(&format!("it imports `{import}`")), "{refusal}");
    }
    // A function that an interface of this host does not have.
    let import = "(import \"plimsoll:plugin/git@0.1.0\" (instance (export \"push\" (func))))".to_owned();
    let refusal = Component { imports: import, ..Component::default() }.refusal();
    assert!(refusal.contains("plimsoll:plugin/git@0.1.0") && refusal.contains("push"), "{refusal}");
}

#[test]
fn texts_without_end_are_not_copied() {
    // Half a gigabyte in a memory of one page, and as much as a plugin's memory holds.
    let far = "(i32.store (i32.const 16) (i32.const 32)) (i32.store (i32.const 20) (i32.const 536870912)) i32.const 16";
    let much = "(drop (memory.grow $memory (i32.const 3200)))
        (i32.store (i32.const 16) (i32.const 32)) (i32.store (i32.const 20) (i32.const 209715200)) i32.const 16";
    for (docs, words) in [(far, "out of bounds"), (much, "more than 4 MiB")] {
        let output = Component { docs, ..Component::default() }.run(&["explain", "by-hand/only"]);
        assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
        let stderr = stderr(&output);
        assert!(stderr.contains("by-hand/only of by-hand@1.2.3: ") && stderr.contains(words), "{stderr}");
    }
    let much = "(drop (memory.grow $memory (i32.const 3200))) (i32.store (i32.const 16) (i32.const 1))
        (i32.store (i32.const 20) (i32.const 32)) (i32.store (i32.const 24) (i32.const 209715200)) i32.const 16";
    let error = Component { check: much, ..Component::default() }.error();
    assert_eq!(error.map(|(kind, _)| kind).as_deref(), Some("output"));
}

#[test]
fn a_component_of_half_a_gigabyte_is_not_read() {
    let folder = repository(&[("plimsoll.toml", "[plugins]\nby-hand = { path = \"plugin.wasm\" }\n")]);
    let file = fs::File::create(folder.path().join("plugin.wasm")).unwrap();
    file.set_len(512 << 20).unwrap();
    let output = run(&["check", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("536870912 bytes, more than the 67108864"), "{}", stderr(&output));
}

#[test]
fn a_rule_that_depends_on_another_one_is_named() {
    // `other` fails where `only` ran before it in the same instance.
    let check = "(if (i32.eq (local.get 1) (i32.const 4))
        (then (global.set $ran (i32.const 1)))
        (else (i32.store (i32.const 16) (global.get $ran)) (i32.store (i32.const 20) (i32.const 32))))
        i32.const 16";
    let docs = "(i32.store (i32.const 16) (i32.const 64)) (i32.store (i32.const 20) (i32.const 42)) i32.const 16";
    let fields = r#"(global $ran (mut i32) (i32.const 0))
        (data (i32.const 64) "```toml good pyproject.toml\n[project]\n```\n")"#
        .to_owned();
    for (rules, is_told) in [(&["only", "other"] as &[&str], true), (&["other", "only"], true), (&["other"], false)] {
        let folder = Component { rules, check, docs, fields: fields.clone(), ..Component::default() }.written();
        let output = run(&["test", folder.path().join("plugin.wasm").to_str().unwrap()]);
        let text = stdout(&output) + &stderr(&output);
        assert!(text.contains("1 passed") || text.contains("2 passed"), "{text}");
        assert!(!text.contains("by-hand/only: it depends"), "{text}");
        assert_eq!(
            text.matches("by-hand/other: it depends on what another rule leaves behind").count(),
            is_told as usize
        );
    }
}
