//! The texts of the files that findings point at, read when a format wants to show them. Keeps the last few only:
//! formats go through findings file by file.

use std::collections::HashMap;
use std::rc::Rc;

use super::lines::LineIndex;

/// How many texts are kept at a time.
const KEPT: usize = 16;

/// A file's text with its lines.
pub(super) struct Source {
    pub(super) text: String,
    pub(super) lines: LineIndex,
}

/// Reads files through the caller's function, each once in a row.
pub(super) struct Sources<'a> {
    read: &'a dyn Fn(&str) -> Option<String>,
    kept: HashMap<String, Option<Rc<Source>>>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(read: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { read, kept: HashMap::new() }
    }

    /// The file's text; nothing if it can't be read.
    pub(super) fn source(&mut self, path: &str) -> Option<Rc<Source>> {
        if let Some(source) = self.kept.get(path) {
            return source.clone();
        }
        if self.kept.len() >= KEPT {
            self.kept.clear();
        }
        let source = (self.read)(path).map(|text| {
            let lines = LineIndex::new(&text);
            Rc::new(Source { text, lines })
        });
        self.kept.insert(path.to_owned(), source.clone());
        source
    }
}
