//! `plimsoll test --update`: what a rule really reports goes into the markers of its bad examples, where they stand in
//! the plugin's sources.
//!
//! An example is known as the plugin's documentation has it, and looked for line by line: each line of the source is a
//! prefix, the same for all of them (indentation, `///`, ` * `), and a line of the documentation. Where several places
//! look alike, the one whose surroundings agree best is meant. Nothing but markers and lists of expectations changes,
//! and only if the example reads back as what the rule reports.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use self::changes::{Change, changes};
use self::spelling::{Line, Spelling, opening};
use super::Case;
use super::sources::sources;
use crate::example::{Example, Expectation, examples};

mod changes;
mod spelling;

/// Larger files hold no documentation of rules.
const LARGEST_SOURCE: u64 = 1 << 20;

/// What is to be written, collected while the rules run.
pub(super) struct Updates {
    folder: PathBuf,
    sources: Vec<Source>,
    /// By the indices of the source and of its line.
    lines: BTreeMap<(usize, usize), Line>,
}

struct Source {
    path: PathBuf,
    text: String,
}

/// Where an example stands.
struct Spot {
    source: usize,
    /// Line of the example's first fence, from 0.
    line: usize,
    prefix: String,
    spelling: Spelling,
}

impl Updates {
    /// Reads the sources of the plugin in a folder.
    pub(super) fn new(folder: &Path) -> Self {
        let is_small = |path: &PathBuf| path.metadata().is_ok_and(|metadata| metadata.len() <= LARGEST_SOURCE);
        let read = |path: PathBuf| std::fs::read_to_string(&path).ok().map(|text| Source { path, text });
        let sources = sources(folder).into_iter().filter(is_small).filter_map(read).collect();
        Self { folder: folder.to_owned(), sources, lines: BTreeMap::new() }
    }

    /// Marks what was found in an example.
    ///
    /// # Errors
    /// Why the example is left as it is.
    pub(super) fn mark(&mut self, case: &Case<'_>, found: &[Expectation]) -> Result<(), String> {
        let (lines, example): (Vec<&str>, &Example) = (case.text.lines().collect(), &case.example);
        let changes = changes(&lines, example, found);
        check(&lines, &changes, example, found)?;
        let spot = self.locate(&lines, case)?;
        let first = example.fences.first().map_or(0, |fence| fence.opening);
        let new: Vec<((usize, usize), Line)> = changes
            .into_iter()
            .map(|(line, change)| {
                let place = (spot.source, spot.line + line - first);
                (place, Line { change, prefix: spot.prefix.clone(), spelling: spot.spelling })
            })
            .collect();
        // Two rules may share their documentation and find different things in it.
        if new.iter().any(|(place, line)| self.lines.get(place).is_some_and(|other| other != line)) {
            let path = self.shown(spot.source);
            return Err(format!(
                "the example in {path}:{} is another rule's, too, which wants other markers",
                spot.line + 1
            ));
        }
        self.lines.extend(new);
        Ok(())
    }

    /// Writes the sources that change and gives their paths, below the folder, with the number of markers.
    ///
    /// # Errors
    /// When a source can't be written, or is no longer what it was.
    pub(super) fn write(&self) -> anyhow::Result<Vec<(String, usize)>> {
        let mut written = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            let (mut text, mut markers) = (String::new(), 0);
            for (number, raw) in source.text.split_inclusive('\n').enumerate() {
                match self.lines.get(&(index, number)) {
                    Some(line) => {
                        text.push_str(&line.rewritten(raw));
                        markers += line.change.markers();
                    }
                    None => text.push_str(raw),
                }
            }
            if markers > 0 {
                replace(source, &text).with_context(|| source.path.display().to_string())?;
                written.push((self.shown(index), markers));
            }
        }
        Ok(written)
    }

    /// Finds the one place in the sources where an example stands.
    fn locate(&self, lines: &[&str], case: &Case<'_>) -> Result<Spot, String> {
        let (Some(first), Some(last)) = (case.example.fences.first(), case.example.fences.last()) else {
            return Err("the example has no fence".to_owned());
        };
        let beside = case.beside.map(|name| self.folder.join("tests").join(name));
        // How many lines around the example agree, and where it is.
        let mut spots: Vec<(usize, Spot)> = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            if beside.as_ref().is_some_and(|path| *path != source.path) {
                continue;
            }
            let raw: Vec<&str> = source.text.lines().collect();
            for line in 0..raw.len() {
                if beside.is_some() && line != first.opening {
                    continue;
                }
                let Some((prefix, spelling)) = opening(&source.path, &raw, line, lines[first.opening]) else {
                    continue;
                };
                let agrees = |raw: &str, line: &str| {
                    let raw = spelling.read(raw);
                    let (raw, line) = (raw.trim_end(), line.trim_end());
                    raw.strip_prefix(&prefix) == Some(line)
                        || line.is_empty() && (raw.is_empty() || raw == prefix.trim_end())
                };
                let length = last.closing - first.opening + 1;
                if line + length > raw.len()
                    || !(0..length).all(|offset| agrees(raw[line + offset], lines[first.opening + offset]))
                {
                    continue;
                }
                let above = raw[..line].iter().rev().zip(lines[..first.opening].iter().rev());
                let below = raw[line + length..].iter().zip(&lines[last.closing + 1..]);
                let around = above.take_while(|(raw, line)| agrees(raw, line)).count()
                    + below.take_while(|(raw, line)| agrees(raw, line)).count();
                spots.push((around, Spot { source: index, line, prefix, spelling }));
            }
        }
        let most = spots.iter().map(|(around, _)| *around).max().unwrap_or(0);
        spots.retain(|(around, _)| *around == most);
        let places: Vec<String> =
            spots.iter().map(|(_, spot)| format!("{}:{}", self.shown(spot.source), spot.line + 1)).collect();
        match spots.pop() {
            Some((_, spot)) if spots.is_empty() => Ok(spot),
            Some(_) => Err(format!("the example stands in several places, {}", places.join(" and "))),
            None => Err("no file of the plugin has the example as the documentation shows it".to_owned()),
        }
    }

    fn shown(&self, source: usize) -> String {
        let path = &self.sources[source].path;
        path.strip_prefix(&self.folder).unwrap_or(path).display().to_string()
    }
}

/// Reads the changed documentation back.
///
/// # Errors
/// When the example would not expect exactly what was found, or would be another one.
fn check(
    lines: &[&str],
    changes: &BTreeMap<usize, Change>,
    example: &Example,
    found: &[Expectation],
) -> Result<(), String> {
    let mut new = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        match changes.get(&index) {
            Some(change) => {
                new.extend(change.own(line, Spelling::Plain).into_iter().chain(change.after.iter().cloned()))
            }
            None => new.push((*line).to_owned()),
        }
    }
    let opening = |example: &Example| example.fences.first().map(|fence| fence.opening);
    let read = examples(&new.join("\n"))?;
    let same = read.iter().find(|one| opening(one) == opening(example));
    if same.is_some_and(|one| one.expected == found && one.files == example.files && one.kind == example.kind) {
        return Ok(());
    }
    Err("what the rule reports can't be written as markers".to_owned())
}

/// Replaces a source at once.
fn replace(source: &Source, text: &str) -> anyhow::Result<()> {
    if std::fs::read_to_string(&source.path)? != source.text {
        bail!("it changed while the examples ran: run this again");
    }
    let folder = source.path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(source.path.metadata()?.permissions())?;
    file.persist(&source.path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes what was found into the first example of the documentation, which stands in a source of this name with
    /// this prefix, and gives the source.
    #[track_caller]
    fn check(name: &str, source: &str, docs: &str, found: &[(&str, u32, &str)], expected: Result<&str, &str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, source).unwrap();
        let example = examples(docs).unwrap().remove(0);
        let case = Case { place: String::new(), example, text: docs, beside: None };
        let mut found: Vec<Expectation> =
            found.iter().map(|(path, line, message)| ((*path).to_owned(), *line, (*message).to_owned())).collect();
        found.sort();
        let mut updates = Updates::new(folder.path());
        let marked = updates.mark(&case, &found);
        updates.write().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(marked.as_ref().map(|()| text.as_str()).map_err(String::as_str), expected);
    }

    #[test]
    fn markers_are_changed_added_and_removed_behind_a_prefix() {
        check(
            "a.rs",
            "    /// Title.\r\n    ///\r\n    /// ```python bad a.py\r\n    /// x()  # error: old\r\n    /// y()\r\n    ///\r\n    /// \
             z() # error: gone\r\n    /// ```\r\n",
            "Title.\n\n```python bad a.py\nx()  # error: old\ny()\n\nz() # error: gone\n```\n",
            &[("a.py", 1, "new"), ("a.py", 2, "one"), ("a.py", 2, "two"), ("a.py", 3, "empty")],
            Ok("    /// Title.\r\n    ///\r\n    /// ```python bad a.py\r\n    /// x()  # error: new\r\n    /// \
                y()  # error: one # error: two\r\n    /// # error: empty\r\n    /// z()\r\n    /// ```\r\n"),
        );
    }

    #[test]
    fn what_can_not_be_marked_goes_to_a_list() {
        let docs = "```json bad a.json\n{}\n```\n";
        check(
            "a.md",
            docs,
            docs,
            &[("a.json", 1, "empty"), ("b", 1, "missing")],
            Ok("```json bad a.json\n{}\n```\n```text expect\na.json:1: empty\nb:1: missing\n```\n"),
        );
        let docs = "  ```json bad a.json\n  {}\n  ```\n  ```text expect\n  a.json:2: empty\n  b:1: gone\n  ```";
        check(
            "a.md",
            docs,
            docs,
            &[("a.json", 1, "empty"), ("c", 1, "missing")],
            Ok("  ```json bad a.json\n  {}\n  ```\n  ```text expect\n  a.json:1: empty\n  c:1: missing\n  ```"),
        );
    }

    #[test]
    fn each_language_has_its_own_escapes() {
        check(
            "a.js",
            "const docs = `\n\\`\\`\\`python bad a.py\nx()  # error: \\`old\\`\n\\`\\`\\`\n`;\n",
            "```python bad a.py\nx()  # error: `old`\n```\n",
            &[("a.py", 1, "`new` \\d")],
            Ok("const docs = `\n\\`\\`\\`python bad a.py\nx()  # error: \\`new\\` \\\\d\n\\`\\`\\`\n`;\n"),
        );
        check(
            "a.js",
            "/**\n * ```js bad a.js\n * x()\n * ```\n */\n",
            "```js bad a.js\nx()\n```\n",
            &[("a.js", 1, "`new`")],
            Ok("/**\n * ```js bad a.js\n * x() // error: `new`\n * ```\n */\n"),
        );
        for (quote, written) in [("\"\"\"", "\\\\d"), ("r\"\"\"", "\\d")] {
            let source = |marker: &str| {
                format!("    {quote}T.\n\n    ```python bad a.py\n    x(){marker}\n    ```\n    \"\"\"\n")
            };
            check(
                "a.py",
                &source(""),
                "T.\n\n```python bad a.py\nx()\n```\n",
                &[("a.py", 1, "\\d")],
                Ok(&source(&format!("  # error: {written}"))),
            );
        }
    }

    #[test]
    fn the_surroundings_tell_like_examples_apart() {
        let example = "```python bad a.py\nx()\n```\n";
        let docs = format!("Second.\n\n{example}");
        check(
            "a.md",
            &format!("First.\n\n{example}\nSecond.\n\n{example}"),
            &docs,
            &[("a.py", 1, "new")],
            Ok(&format!("First.\n\n{example}\nSecond.\n\n```python bad a.py\nx()  # error: new\n```\n")),
        );
        check(
            "a.md",
            &format!("{docs}\n{docs}"),
            &docs,
            &[("a.py", 1, "new")],
            Err("the example stands in several places, a.md:3 and a.md:9"),
        );
        check(
            "a.md",
            "nothing",
            &docs,
            &[("a.py", 1, "new")],
            Err("no file of the plugin has the example as the documentation shows it"),
        );
    }

    #[test]
    fn what_would_not_read_back_is_left() {
        let docs = "```python bad a.py\nx()\n```\n";
        let found = [("a.py", 1, "two\nlines")];
        check("a.md", docs, docs, &found, Err("what the rule reports can't be written as markers"));
        // The space at the end is part of the example.
        check(
            "a.md",
            "```python bad a.py\nx() \n```\n",
            "```python bad a.py\nx() \n```\n",
            &[("a.py", 1, "space")],
            Ok("```python bad a.py\nx() \n```\n```text expect\na.py:1: space\n```\n"),
        );
    }
}
