//! The texts of files, each read once however often a rule looks into it.

use std::collections::HashMap;

use crate::repository;

/// Texts that were read so far.
#[derive(Default)]
pub struct Texts(HashMap<String, String>);

impl Texts {
    /// The text of a file; empty when it can't be read.
    pub fn of(&mut self, path: &str) -> &str {
        if !self.0.contains_key(path) {
            self.0.insert(path.to_owned(), repository::read(path).unwrap_or_default());
        }
        self.0.get(path).map_or("", String::as_str)
    }
}
