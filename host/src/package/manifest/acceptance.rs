//! `[[allow]]`: findings that a repository accepts, where no comment can say so.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::reader::globs_of;
use super::tree::Mistakes;
use super::{Globs, selects};
use crate::suppression::Date;

pub(super) const ACCEPTANCE_KEYS: &[&str] = &["path", "rule", "reason", "until"];

/// One entry.
#[derive(Clone, Debug)]
pub(crate) struct Acceptance {
    pub(crate) paths: Globs,
    /// Rules and sections, each with its place.
    pub(crate) rules: Vec<(Range<usize>, String)>,
    pub(crate) reason: String,
    /// The last day on which it counts.
    pub(crate) until: Option<Date>,
    /// Where the entry begins.
    pub(crate) span: Range<usize>,
}

impl Acceptance {
    /// Whether it is about a finding of a rule in a file.
    pub(crate) fn covers(&self, rule: &str, path: &str) -> bool {
        self.rules.iter().any(|(_, selector)| selects(selector, rule)) && self.paths.set.is_match(path)
    }

    /// What it names, as people are told.
    pub(crate) fn names(&self) -> String {
        let names: Vec<String> = self.rules.iter().map(|(_, name)| format!("`{name}`")).collect();
        names.join(", ")
    }

    /// What deleting the entry takes out of the manifest; none when it is no table of its own.
    pub(crate) fn removal(&self, text: &str) -> Option<Range<usize>> {
        let rest = text.get(self.span.start..).filter(|rest| rest.starts_with("[["))?;
        let mut end = 0;
        for (index, line) in rest.split_inclusive('\n').enumerate() {
            // What stands above the next table belongs to that.
            if index > 0 && (line.starts_with('[') || line.starts_with('#')) {
                break;
            }
            end += line.len();
        }
        Some(self.span.start..self.span.start + end)
    }
}

/// Reads the entries.
pub(super) fn acceptances(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Vec<Acceptance> {
    let mut found = Vec::new();
    for (span, table) in mistakes.tables_of(value) {
        mistakes.unknown_keys(table, ACCEPTANCE_KEYS, "`[[allow]]`");
        let (Some(path), Some(rule), Some(reason)) = (table.get("path"), table.get("rule"), table.get("reason")) else {
            mistakes.add(&span, "`[[allow]]` needs a `path`, a `rule` and a `reason`");
            continue;
        };
        let paths = mistakes.text_or_texts_of(path);
        let paths = globs_of(mistakes, paths, &path.span());
        let rules = mistakes.text_or_texts_of(rule);
        let text = mistakes.text_of(reason).unwrap_or_default().trim().to_owned();
        if text.is_empty() {
            mistakes.add(&reason.span(), "the `reason` says nothing");
        }
        let until = table.get("until").and_then(|until| date(mistakes, until));
        found.push(Acceptance { paths, rules, reason: text, until, span });
    }
    found
}

/// A day, as a string or as TOML's own date.
fn date(mistakes: &mut Mistakes<'_>, value: &Spanned<DeValue<'_>>) -> Option<Date> {
    let text = match value.get_ref() {
        DeValue::Datetime(date) => date.to_string(),
        _ => mistakes.text_of(value)?.to_owned(),
    };
    text.parse().map_err(|error: String| mistakes.add(&value.span(), error)).ok()
}
