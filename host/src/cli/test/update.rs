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

use super::Case;
use super::sources::sources;
use crate::example::{
    ANGLES, Example, Expectation, FURTHER, Fence, HASH, Mark, SLASHES, examples, expectation, marked,
};

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

/// What becomes of a line of a source.
#[derive(PartialEq)]
struct Line {
    change: Change,
    prefix: String,
    spelling: Spelling,
}

/// What becomes of a line of the documentation, and what comes after it.
#[derive(Default, PartialEq)]
struct Change {
    line: NewLine,
    after: Vec<String>,
}

#[derive(Default, PartialEq)]
enum NewLine {
    #[default]
    Same,
    Gone,
    Text(String),
    /// The same code, and this behind it: the space and the marker, or nothing.
    Marker(String),
}

/// How a source spells the text of the documentation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Plain,
    /// Python, in quotes that know escapes.
    Docstring,
    /// JavaScript, between backticks.
    Template,
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
                let Some((prefix, spelling)) = opening(source, &raw, line, lines[first.opening]) else { continue };
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

/// The prefix and the spelling of a line, if it may open the example that `fence` opens in the documentation.
fn opening(source: &Source, raw: &[&str], line: usize, fence: &str) -> Option<(String, Spelling)> {
    // Few lines end like that, and a path is spelled the same everywhere.
    let path = fence.split_whitespace().last().unwrap_or(fence);
    if !raw[line].trim_end().ends_with(path) {
        return None;
    }
    let extension = source.path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    let spelling = match extension {
        "py" | "pyi" => {
            let quotes =
                raw[..=line].iter().rev().find_map(|line| Some((line, line.find("\"\"\"").or(line.find("'''"))?)));
            let is_raw = quotes.is_some_and(|(line, at)| line[..at].ends_with(['r', 'R']));
            if is_raw { Spelling::Plain } else { Spelling::Docstring }
        }
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx"
            if !raw[line].trim_start().starts_with(['*', '/']) =>
        {
            Spelling::Template
        }
        _ => Spelling::Plain,
    };
    let text = spelling.read(raw[line]);
    let prefix = text.trim_end().strip_suffix(fence.trim_end())?;
    (!prefix.contains(char::is_alphanumeric)).then(|| (prefix.to_owned(), spelling))
}

impl Spelling {
    /// The text that a line of the source stands for.
    fn read(self, line: &str) -> String {
        if self == Self::Plain {
            return line.to_owned();
        }
        let mut text = String::new();
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            let escaped = letters.next_if(|next| letter == '\\' && matches!(next, '\\' | '`' | '$' | '"' | '\''));
            text.push(escaped.unwrap_or(letter));
        }
        text
    }

    /// How the source has to spell a text.
    fn write(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Docstring => text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\"\"").replace("'''", "\\'''"),
            Self::Template => text.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${"),
        }
    }
}

impl Line {
    /// The line as it will be in the source, from what it is.
    fn rewritten(&self, raw: &str) -> String {
        let line = raw.trim_end_matches(['\n', '\r']);
        let end = &raw[line.len()..];
        let between = if end == "\r\n" { end } else { "\n" };
        let with_prefix = |text: String| match text.as_str() {
            "" => self.prefix.trim_end().to_owned(),
            _ => format!("{}{text}", self.prefix),
        };
        // A line without text may lack the prefix, or the space at its end.
        let content = line.strip_prefix(&self.prefix).unwrap_or("");
        let own = match self.change.line {
            NewLine::Same => Some(line.to_owned()),
            _ => self.change.own(content, self.spelling).map(with_prefix),
        };
        let after = self.change.after.iter().map(|text| with_prefix(self.spelling.write(text)));
        let lines: Vec<String> = own.into_iter().chain(after).collect();
        if lines.is_empty() { String::new() } else { lines.join(between) + end }
    }
}

impl Change {
    /// What stands in the place of a line, without what comes after it.
    fn own(&self, line: &str, spelling: Spelling) -> Option<String> {
        match &self.line {
            NewLine::Same => Some(line.to_owned()),
            NewLine::Gone => None,
            NewLine::Text(text) => Some(spelling.write(text)),
            NewLine::Marker(marker) => {
                let code = marked(line).map_or(line.trim_end(), |marked| marked.code);
                Some(format!("{code}{}", spelling.write(marker)))
            }
        }
    }

    /// How many markers, or lines of a list, it changes.
    fn markers(&self) -> usize {
        let after = self.after.iter().filter(|line| expectation(line).is_some()).count();
        after + usize::from(self.line != NewLine::Same)
    }
}

/// What has to change in the documentation, by line, so that an example expects what was found.
fn changes(lines: &[&str], example: &Example, found: &[Expectation]) -> BTreeMap<usize, Change> {
    let mut left = found.to_vec();
    let mut take = |wanted: &Expectation| {
        let index = left.iter().position(|found| found == wanted);
        index.map(|index| left.remove(index)).is_some()
    };

    // What a list says and was found, stays there.
    let mut stale: Vec<(usize, Expectation)> = Vec::new();
    let mut list: Option<&Fence> = None;
    for fence in example.fences.iter().filter(|fence| fence.file.is_none()) {
        list = Some(fence);
        for (index, line) in lines.iter().enumerate().take(fence.closing).skip(fence.opening + 1) {
            stale.extend(expectation(line).filter(|expected| !take(expected)).map(|expected| (index, expected)));
        }
    }
    // So does what a marker says.
    let mut messages: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for fence in &example.fences {
        let Some((_, path)) = &fence.file else { continue };
        for (index, line) in lines.iter().enumerate().take(fence.closing).skip(fence.opening + 1) {
            if let Some(marked) = marked(line) {
                let number = (index - fence.opening) as u32;
                let stays = |message: &&str| take(&(path.clone(), number, (*message).to_owned()));
                let stay = marked.messages.iter().copied().filter(stays).map(str::to_owned).collect();
                messages.insert(index, stay);
            }
        }
    }

    // The rest takes the place of what a list said of the same file, or is marked, or goes to a list.
    let mut changes: BTreeMap<usize, Change> = BTreeMap::new();
    let mut unmarkable = Vec::new();
    for (path, number, message) in left {
        let text = format!("{path}:{number}: {message}");
        let alike = stale.iter().enumerate().filter(|(_, (_, expected))| expected.0 == path);
        let nearest = alike.min_by_key(|(_, (_, expected))| (expected.2 != message, expected.1 != number));
        if let Some(index) = nearest.map(|(index, _)| index) {
            let (line, _) = stale.remove(index);
            changes.entry(line).or_default().line = NewLine::Text(format!("{}{text}", indentation(lines[line])));
        } else if let Some(line) = markable(lines, example, &path, number) {
            messages.entry(line).or_default().push(message);
        } else {
            unmarkable.push(text);
        }
    }
    for (line, _) in stale {
        changes.entry(line).or_default().line = NewLine::Gone;
    }
    for (line, messages) in messages {
        let old = marked(lines[line]);
        if old.as_ref().is_some_and(|old| old.messages == messages) {
            continue;
        }
        let marker = match style(lines, example, line) {
            Some(((open, close), gap)) if !messages.is_empty() => {
                let is_alone = old.as_ref().map_or(lines[line], |old| old.code).is_empty();
                let gap = if is_alone { "" } else { gap };
                format!("{gap}{open}{}{close}", messages.join(FURTHER))
            }
            _ => String::new(),
        };
        changes.entry(line).or_default().line = NewLine::Marker(marker);
    }
    if !unmarkable.is_empty() {
        let fence = list.or(example.fences.last());
        let Some(fence) = fence else { return changes };
        let indentation = indentation(lines[fence.opening]);
        let indented = unmarkable.iter().map(|text| format!("{indentation}{text}"));
        if list.is_some() {
            changes.entry(fence.closing - 1).or_default().after.extend(indented);
        } else {
            let after = &mut changes.entry(fence.closing).or_default().after;
            after.push(format!("{indentation}```text expect"));
            after.extend(indented);
            after.push(format!("{indentation}```"));
        }
    }
    changes
}

fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// The line of the documentation that shows a line of an example's file, if it can carry a marker.
fn markable(lines: &[&str], example: &Example, path: &str, number: u32) -> Option<usize> {
    let holds = |fence: &&Fence| fence.file.as_ref().is_some_and(|(_, file)| file == path);
    let fence = example.fences.iter().find(holds)?;
    let index = fence.opening + number as usize;
    let line = *lines.get(index).filter(|_| number > 0 && index < fence.closing)?;
    // Reading takes away the space before a marker, which may be what the example is about.
    let is_whole = marked(line).is_some() || line.trim_end() == line;
    (is_whole && style(lines, example, index).is_some()).then_some(index)
}

/// How a line is marked, and the space before the marker: as it is, as the others of its file are, or as its language
/// wants it.
fn style<'a>(lines: &[&'a str], example: &Example, index: usize) -> Option<(Mark, &'a str)> {
    if let Some(marked) = marked(lines[index]) {
        return Some((marked.mark, marked.gap));
    }
    let fence = example.fences.iter().find(|fence| (fence.opening..fence.closing).contains(&index))?;
    let others = lines[fence.opening + 1..fence.closing].iter();
    if let Some(marked) = others.filter_map(|line| marked(line)).find(|marked| !marked.code.is_empty()) {
        return Some((marked.mark, marked.gap));
    }
    let (language, path) = fence.file.as_ref()?;
    match mark_of(language, path)? {
        HASH => Some((HASH, "  ")),
        other => Some((other, " ")),
    }
}

/// The comments of a language; for `text`, of what a file's name says.
fn mark_of(language: &str, path: &str) -> Option<Mark> {
    const LANGUAGES: &[(Mark, &[&str])] = &[
        (
            HASH,
            &[
                "bash",
                "cfg",
                "conf",
                "dockerfile",
                "env",
                "hcl",
                "ini",
                "just",
                "make",
                "makefile",
                "properties",
                "py",
                "python",
                "pyi",
                "sh",
                "shell",
                "tf",
                "terraform",
                "toml",
                "yaml",
                "yml",
                "zsh",
            ],
        ),
        (
            SLASHES,
            &[
                "c",
                "cpp",
                "go",
                "java",
                "javascript",
                "js",
                "json5",
                "jsonc",
                "jsx",
                "proto",
                "rs",
                "rust",
                "ts",
                "tsx",
                "typescript",
            ],
        ),
        (ANGLES, &["html", "markdown", "md", "svg", "xml"]),
    ];
    const HASH_FILES: &[&str] = &[
        ".dockerignore",
        ".env",
        ".gitattributes",
        ".gitignore",
        "CODEOWNERS",
        "Containerfile",
        "Dockerfile",
        "Justfile",
        "Makefile",
        "justfile",
        "requirements.txt",
    ];
    let of = |word: &str| LANGUAGES.iter().find(|(_, words)| words.contains(&word)).map(|(mark, _)| *mark);
    if language != "text" {
        return of(language);
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    if HASH_FILES.contains(&name) {
        return Some(HASH);
    }
    of(name.rsplit_once('.')?.1)
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
