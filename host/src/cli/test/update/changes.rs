//! What has to change in the documentation of a rule, so that an example expects what was found.

use std::collections::BTreeMap;

use super::spelling::Spelling;
use crate::example::{ANGLES, Example, Expectation, FURTHER, Fence, HASH, Mark, SLASHES, expectation, marked};

/// What becomes of a line of the documentation, and what comes after it.
#[derive(Default, PartialEq)]
pub(super) struct Change {
    pub(super) line: NewLine,
    pub(super) after: Vec<String>,
}

#[derive(Default, PartialEq)]
pub(super) enum NewLine {
    #[default]
    Same,
    Gone,
    Text(String),
    /// The same code, and this behind it: the space and the marker, or nothing.
    Marker(String),
}

impl Change {
    /// What stands in the place of a line, without what comes after it.
    pub(super) fn own(&self, line: &str, spelling: Spelling) -> Option<String> {
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
    pub(super) fn markers(&self) -> usize {
        let after = self.after.iter().filter(|line| expectation(line).is_some()).count();
        after + usize::from(self.line != NewLine::Same)
    }
}

/// What has to change in the documentation, by line, so that an example expects what was found.
pub(super) fn changes(lines: &[&str], example: &Example, found: &[Expectation]) -> BTreeMap<usize, Change> {
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
