//! The description of a plugin: one JSON text, written at compile time, so that the host can read it from the
//! component's custom section without running anything.
//!
//! ```json
//! {
//!   "schema": 1,
//!   "name": "security", "version": "0.1.0", "title": "Security",
//!   "requirements": "TOML text: [[requirement]] with id, level, statement, when, and reason where no rule can see it",
//!   "preset": "TOML text: what repositories that extend the plugin inherit; left out where it is none",
//!   "rules": [{
//!     "id": "weak-hash", "title": "A hash …", "requirements": ["9.6.1"],
//!     "target": "project",
//!     "trigger": {"kind": "calls", "names": ["hashlib.md5"], "globs": []},
//!     "wants": [], "roles": ["source"], "accepts": ["S324"],
//!     "options": [{"name": "minimum", "default": "80", "description": "…"}]
//!   }]
//! }
//! ```
//!
//! `target` is `project` or `repository`: what the rule is called for. `"confidence": "low"` or `"medium"` caps that of its
//! findings; a rule of low confidence is called only when somebody asks for guesses. `trigger` is what it is handed; where the host
//! knows that nothing matches, the rule is not called. Kinds: `calls`, `imports`, `definitions`, `outlines`, `handlers`,
//! `assignments`, `statements`, `search`, `search-everywhere`, `files`, `documents`, `dependencies`, `commands`,
//! `actions`, `dockerfiles`, `compose-files`, `project`, `repository`. `names` are patterns, for `definitions` and `outlines` the names
//! with the kinds in `globs`, for searches the regular expressions. `roles` are those of the Python files that the rule
//! looks at, also where it searches, but for `search-everywhere`; all of them when empty.

use crate::bindings::plimsoll::plugin::types::Role;
use crate::plugin::Section;
use crate::report::Confidence;
use crate::rule::{Check, Rule, Want};

/// The length of a section's description in bytes.
pub const fn description_length(section: &Section) -> usize {
    let mut nothing = [];
    Writer::new(&mut nothing).section(section).length
}

/// A section's description; `LENGTH` is [`description_length`].
pub const fn write_description<const LENGTH: usize>(section: &Section) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    Writer::new(&mut bytes).section(section);
    bytes
}

/// A section's description at run time.
pub(crate) fn describe(section: &Section) -> String {
    let mut bytes = vec![0; description_length(section)];
    Writer::new(&mut bytes).section(section);
    String::from_utf8(bytes).unwrap_or_default()
}

/// Writes JSON into an array that may be too short: `length` counts on.
struct Writer<'a> {
    bytes: &'a mut [u8],
    length: usize,
}

impl<'a> Writer<'a> {
    const fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes, length: 0 }
    }

    const fn byte(&mut self, byte: u8) {
        if self.length < self.bytes.len() {
            self.bytes[self.length] = byte;
        }
        self.length += 1;
    }

    const fn raw(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut index = 0;
        while index < bytes.len() {
            self.byte(bytes[index]);
            index += 1;
        }
    }

    const fn string_until(&mut self, text: &str, end: usize) {
        let bytes = text.as_bytes();
        self.byte(b'"');
        let mut index = 0;
        while index < end {
            match bytes[index] {
                byte @ (b'"' | b'\\') => {
                    self.byte(b'\\');
                    self.byte(byte);
                }
                b'\n' => self.raw("\\n"),
                b'\t' => self.raw("\\t"),
                b'\r' => self.raw("\\r"),
                byte if byte < 0x20 => self.byte(b' '),
                byte => self.byte(byte),
            }
            index += 1;
        }
        self.byte(b'"');
    }

    const fn string(&mut self, text: &str) {
        self.string_until(text, text.len());
    }

    const fn field(&mut self, name: &str, text: &str) {
        self.string(name);
        self.byte(b':');
        self.string(text);
        self.byte(b',');
    }

    const fn strings(&mut self, name: &str, texts: &[&str]) {
        self.string(name);
        self.raw(":[");
        let mut index = 0;
        while index < texts.len() {
            if index > 0 {
                self.byte(b',');
            }
            self.string(texts[index]);
            index += 1;
        }
        self.byte(b']');
    }

    const fn want(&mut self, kind: &str, names: &[&str], globs: &[&str]) {
        self.byte(b'{');
        self.field("kind", kind);
        self.strings("names", names);
        self.byte(b',');
        self.strings("globs", globs);
        self.byte(b'}');
    }

    const fn rule(&mut self, rule: &Rule) {
        self.byte(b'{');
        self.field("id", rule.id);
        self.string("title");
        self.byte(b':');
        let title = trimmed_first_line(rule.docs);
        self.string_until(title.0, title.1);
        self.byte(b',');
        self.strings("requirements", rule.requirements);
        self.byte(b',');
        self.field("target", if matches!(rule.check, Check::Repository(_)) { "repository" } else { "project" });
        match rule.confidence {
            Confidence::Low => self.field("confidence", "low"),
            Confidence::Medium => self.field("confidence", "medium"),
            Confidence::High => {}
        }
        self.raw("\"trigger\":");
        match rule.check {
            Check::Calls(names, _) => self.want("calls", names, &[]),
            Check::Imports(names, _) => self.want("imports", names, &[]),
            Check::Definitions(kinds, names, _) => self.want("definitions", names, kinds),
            Check::Outlines(kinds, names, _) => self.want("outlines", names, kinds),
            Check::Handlers(names, _) => self.want("handlers", names, &[]),
            Check::Assignments(names, _) => self.want("assignments", names, &[]),
            Check::Statements(kinds, _) => self.want("statements", kinds, &[]),
            Check::Matches(patterns, globs, _) => self.want("search", patterns, globs),
            Check::Files(globs, _) => self.want("files", &[], globs),
            Check::Documents(globs, _) => self.want("documents", &[], globs),
            Check::Dependencies(names, _) => self.want("dependencies", names, &[]),
            Check::Commands(names, _) => self.want("commands", names, &[]),
            Check::Actions(names, _) => self.want("actions", names, &[]),
            Check::Dockerfiles(_) => self.want("dockerfiles", &[], &[]),
            Check::ComposeFiles(_) => self.want("compose-files", &[], &[]),
            Check::Project(_) => self.want("project", &[], &[]),
            Check::Repository(_) => self.want("repository", &[], &[]),
        }
        self.raw(",\"wants\":[");
        let mut index = 0;
        while index < rule.wants.len() {
            if index > 0 {
                self.byte(b',');
            }
            match rule.wants[index] {
                Want::Calls(names) => self.want("calls", names, &[]),
                Want::Imports(names) => self.want("imports", names, &[]),
                Want::Definitions(kinds, names) => self.want("definitions", names, kinds),
                Want::Outlines(kinds, names) => self.want("outlines", names, kinds),
                Want::Handlers(names) => self.want("handlers", names, &[]),
                Want::Assignments(names) => self.want("assignments", names, &[]),
                Want::Statements(kinds) => self.want("statements", kinds, &[]),
                Want::Lineages => self.want("lineages", &[], &[]),
                Want::Search(patterns, globs) => self.want("search", patterns, globs),
                Want::SearchEverywhere(patterns, globs) => self.want("search-everywhere", patterns, globs),
            }
            index += 1;
        }
        self.raw("],\"roles\":[");
        let mut index = 0;
        while index < rule.roles.len() {
            if index > 0 {
                self.byte(b',');
            }
            self.string(role(rule.roles[index]));
            index += 1;
        }
        self.raw("],");
        self.strings("accepts", rule.accepts);
        self.raw(",\"options\":[");
        let mut index = 0;
        while index < rule.options.len() {
            if index > 0 {
                self.byte(b',');
            }
            let option = &rule.options[index];
            self.byte(b'{');
            self.field("name", option.name);
            self.field("default", option.default);
            self.string("description");
            self.byte(b':');
            self.string(option.description);
            let (minimum, maximum) = option.range;
            if !minimum.is_empty() {
                self.raw(",\"minimum\":");
                self.raw(minimum);
                self.raw(",\"maximum\":");
                self.raw(maximum);
            }
            if !option.choices.is_empty() {
                self.byte(b',');
                self.strings("choices", option.choices);
            }
            self.byte(b'}');
            index += 1;
        }
        self.raw("]}");
    }

    const fn section(mut self, section: &Section) -> Self {
        self.raw("{\"schema\":1,");
        self.field("name", section.name);
        self.field("version", section.version);
        self.field("title", section.title);
        self.field("requirements", section.requirements);
        if !section.preset.is_empty() {
            self.field("preset", section.preset);
        }
        self.raw("\"rules\":[");
        let mut index = 0;
        while index < section.rules.len() {
            if index > 0 {
                self.byte(b',');
            }
            self.rule(section.rules[index]);
            index += 1;
        }
        self.raw("]}");
        self
    }
}

/// The text after its leading space, and the length of its first line without a final full stop.
const fn trimmed_first_line(docs: &str) -> (&str, usize) {
    let mut rest = docs;
    while let Some((b' ', _)) = rest.as_bytes().split_first() {
        rest = rest.split_at(1).1;
    }
    let bytes = rest.as_bytes();
    let mut end = 0;
    while end < bytes.len() && bytes[end] != b'\n' {
        end += 1;
    }
    if end > 0 && bytes[end - 1] == b'.' {
        end -= 1;
    }
    (rest, end)
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::Source => "source",
        Role::Test => "test",
        Role::Script => "script",
        Role::Documentation => "documentation",
        Role::Example => "example",
        Role::Migration => "migration",
        Role::Generated => "generated",
        Role::Vendored => "vendored",
        Role::Template => "template",
    }
}
