//! A TOML document in which every key and value knows its place, and what is wrong with it.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ManifestError, Mistake, hint, place};

/// Whether a document has a table at a path. One that does not parse has none.
pub(super) fn has_table(text: &str, keys: &[&str]) -> bool {
    let Ok(document) = DeTable::parse(text) else { return false };
    find(document.get_ref(), keys).is_some()
}

/// The table below some keys.
pub(super) fn find<'a, 'i>(table: &'a DeTable<'i>, keys: &[&str]) -> Option<&'a DeTable<'i>> {
    keys.iter().try_fold(table, |table, key| match table.get(*key).map(Spanned::get_ref) {
        Some(DeValue::Table(table)) => Some(table),
        _ => None,
    })
}

/// Collects what is wrong.
pub(crate) struct Mistakes<'a> {
    path: &'a str,
    text: &'a str,
    found: Vec<(usize, Mistake)>,
}

impl<'a> Mistakes<'a> {
    /// For a text, under the name that its file has in messages.
    pub(crate) fn new(path: &'a str, text: &'a str) -> Self {
        Self { path, text, found: Vec::new() }
    }

    /// Something is wrong at a place.
    pub(crate) fn add(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.found.push((span.start, place(self.path, self.text, span.start, message.into())));
    }

    /// Says which keys of a table are none that it may have.
    pub(crate) fn unknown_keys(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            self.add(&key.span(), format!("{what} has no key `{name}`{}", hint(name, known.iter().copied())));
        }
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str) {
        self.add(&value.span(), format!("{} where {wanted} belongs", kind(value.get_ref())));
    }

    /// The string that the value should be.
    pub(crate) fn text_of<'v>(&mut self, value: &'v Spanned<DeValue<'_>>) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(value, "a string");
        }
        text
    }

    /// A number of things: at least one.
    pub(crate) fn count_of(&mut self, value: &Spanned<DeValue<'_>>) -> Option<u32> {
        let number = value.get_ref().as_integer();
        let count = number.and_then(|number| u32::from_str_radix(number.as_str(), number.radix()).ok());
        let count = count.filter(|count| *count > 0);
        if count.is_none() {
            self.wrong_type(value, "a whole number from 1");
        }
        count
    }

    pub(super) fn flag_of(&mut self, value: &Spanned<DeValue<'_>>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(value, "`true` or `false`");
        }
        flag
    }

    /// The table that the value should be.
    pub(crate) fn table_of<'v, 'i>(&mut self, value: &'v Spanned<DeValue<'i>>) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, "a table");
        }
        table
    }

    /// The strings of a list, each with its place.
    pub(super) fn texts_of(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<(Range<usize>, String)> {
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(value, "a list of strings");
            return Vec::new();
        };
        list.iter().filter_map(|one| Some((one.span(), self.text_of(one)?.to_owned()))).collect()
    }

    /// A string, or the strings of a list, each with its place.
    pub(super) fn text_or_texts_of(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<(Range<usize>, String)> {
        match value.get_ref() {
            DeValue::String(text) => vec![(value.span(), text.to_string())],
            _ => self.texts_of(value),
        }
    }

    /// The tables of a list of tables, each with its place.
    pub(super) fn tables_of<'v, 'i>(
        &mut self,
        value: &'v Spanned<DeValue<'i>>,
    ) -> Vec<(Range<usize>, &'v DeTable<'i>)> {
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(value, "a list of tables");
            return Vec::new();
        };
        list.iter().filter_map(|one| Some((one.span(), self.table_of(one)?))).collect()
    }

    /// A name out of a few.
    pub(super) fn one_of<T: Copy>(&mut self, value: &Spanned<DeValue<'_>>, known: &[(&str, T)]) -> Option<T> {
        let text = self.text_of(value)?;
        let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let names = known.iter().map(|(name, _)| *name);
            let all: Vec<String> = names.clone().map(|name| format!("`{name}`")).collect();
            let hint = hint(text, names);
            let hint = if hint.is_empty() { format!("; there are {}", all.join(", ")) } else { hint };
            self.add(&value.span(), format!("`{text}` is not known{hint}"));
        }
        found
    }

    /// The value, unless something is wrong.
    pub(crate) fn finish<T>(mut self, value: T) -> Result<T, ManifestError> {
        if self.found.is_empty() {
            return Ok(value);
        }
        self.found.sort_by_key(|(start, _)| *start);
        Err(ManifestError(self.found.into_iter().map(|(_, mistake)| mistake).collect()))
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
