//! What the edits of one fix make of the files that they touch. Everything that a plugin hands over is checked: its paths
//! stay in the repository, its places in their files, and the result must parse.

use std::collections::BTreeMap;

use super::document::{self, Change};
use super::lines::Manner;
use crate::facts::{documents, python};
use crate::finding::Edit;
use crate::repository::{LARGEST_FILE, Repository, file_name};

/// Bytes of stack of the thread that parses Python.
const PARSER_STACK: usize = 256 << 20;
/// Files that decide what is checked: no rule changes them.
const OWN_FILES: [&str; 2] = ["plimsoll.toml", "plimsoll.lock"];

/// A file before and after; none where it is not there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Before {
    pub(crate) old: Option<String>,
    pub(crate) new: Option<String>,
}

/// What a fix makes of the files that it touches.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Proposal {
    pub(crate) files: BTreeMap<String, Before>,
}

impl Proposal {
    /// Applies the edits of a fix to the texts of their files.
    ///
    /// # Errors
    /// Why they can't all be applied, as a fragment that names the file.
    pub(crate) fn new(repository: &Repository, edits: &[Edit]) -> Result<Self, String> {
        if edits.is_empty() {
            return Err("it has no edits".to_owned());
        }
        let mut by_path: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
        for edit in edits {
            by_path.entry(edit.path()).or_default().push(edit);
        }
        let mut files = BTreeMap::new();
        for (path, edits) in by_path {
            let file = file(repository, path, &edits).map_err(|reason| format!("{path}: {reason}"))?;
            if file.old == file.new {
                return Err(format!("{path}: it changes nothing"));
            }
            files.insert(path.to_owned(), file);
        }
        Ok(Self { files })
    }
}

fn file(repository: &Repository, path: &str, edits: &[&Edit]) -> Result<Before, String> {
    check_path(path)?;
    let is_there = repository.file(path).is_some();
    if let [Edit::CreateFile { text, .. }] = edits {
        if is_there {
            return Err("is there already".to_owned());
        }
        repository.refusal(path).map_or(Ok(()), Err)?;
        let new = checked_text(text.clone())?;
        parses(path, &new)?;
        return Ok(Before { old: None, new: Some(new) });
    }
    if !is_there {
        return Err("is no file of the repository".to_owned());
    }
    repository.refusal(path).map_or(Ok(()), Err)?;
    let old = repository.read(path).map_err(|error| error.to_string())?;
    if let [Edit::DeleteFile { .. }] = edits {
        return Ok(Before { old: Some(old), new: None });
    }
    let could_parse = parses(path, &old);
    // What parses Dockerfiles here knows less than Docker does: an odd one is not broken.
    if let Err(reason) = &could_parse
        && !is_dockerfile(path)
    {
        return Err(format!("{reason}; mend that first"));
    }
    let new = if could_parse.is_ok() { text_after(path, &old, edits)? } else { edited(path, &old, edits)? };
    Ok(Before { old: Some(old), new: Some(new) })
}

/// The text of a file after some edits of it, none of which makes or deletes it.
///
/// # Errors
/// Why they can't all be applied, or that the file would not parse any more.
pub(crate) fn text_after(path: &str, old: &str, edits: &[&Edit]) -> Result<String, String> {
    let new = edited(path, old, edits)?;
    parses(path, &new).map_err(|reason| format!("after the fix: {reason}"))?;
    Ok(new)
}

/// Replaces ranges, which are those of the text as it is, and then makes the changes at key paths in their order.
fn edited(path: &str, old: &str, edits: &[&Edit]) -> Result<String, String> {
    let manner = Manner::of(old);
    let mut ranges: Vec<(usize, usize, &str)> = Vec::new();
    for edit in edits {
        match edit {
            Edit::Replace { start, end, text, .. } => ranges.push((*start as usize, *end as usize, text)),
            Edit::CreateFile { .. } | Edit::DeleteFile { .. } => {
                return Err("is made or deleted, and also edited".to_owned());
            }
            Edit::SetKey { .. } | Edit::RemoveKey { .. } | Edit::AppendItem { .. } => {}
        }
    }
    ranges.sort_by_key(|(start, end, _)| (*start, *end));
    if ranges.windows(2).any(|pair| pair[0].1 > pair[1].0) {
        return Err("the edits of the fix overlap".to_owned());
    }
    let mut text = old.to_owned();
    for (start, end, part) in ranges.into_iter().rev() {
        if start > end || !old.is_char_boundary(start) || !old.is_char_boundary(end) {
            return Err(format!("bytes {start} to {end} are not in the file"));
        }
        text.replace_range(start..end, &manner.adapt(part));
    }
    text = manner.finish(text);
    for edit in edits {
        let (keys, change) = match edit {
            Edit::SetKey { keys, value, .. } => (keys, Change::Set(value)),
            Edit::RemoveKey { keys, .. } => (keys, Change::Remove),
            Edit::AppendItem { keys, value, .. } => (keys, Change::Append(value)),
            Edit::Replace { .. } | Edit::CreateFile { .. } | Edit::DeleteFile { .. } => continue,
        };
        text = manner.change(&text, |text| document::edit(path, text, keys, change))?;
    }
    checked_text(text)
}

/// Refuses paths that leave the repository, or that lead to what is no part of it.
fn check_path(path: &str) -> Result<(), String> {
    let is_odd = |part: &str| {
        matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git") || part.chars().any(char::is_control)
    };
    if path.len() > 4096 || path.contains('\\') || path.split('/').any(is_odd) {
        return Err("is no path in the repository".to_owned());
    }
    if OWN_FILES.contains(&path) {
        return Err("says what is checked, and no rule changes that".to_owned());
    }
    Ok(())
}

fn checked_text(text: String) -> Result<String, String> {
    match () {
        () if text.len() as u64 > LARGEST_FILE => Err("would be larger than what is read".to_owned()),
        () if text.contains('\0') => Err("would hold a NUL character".to_owned()),
        () => Ok(text),
    }
}

fn is_dockerfile(path: &str) -> bool {
    let name = file_name(path);
    ["Dockerfile", "Containerfile"].iter().any(|word| name.starts_with(word) || name.ends_with(word))
}

/// Whether a text parses in the language that its file name says; texts of other languages do.
pub(super) fn parses(path: &str, text: &str) -> Result<(), String> {
    let name = file_name(path);
    if documents::language(path).is_some() {
        return match documents::parse(path, text) {
            Ok(_) => Ok(()),
            Err(invalid) => Err(format!("it does not parse: {}", invalid.message)),
        };
    }
    if name.ends_with(".py") || name.ends_with(".pyi") {
        let parse = || python::parse_module(text).is_some();
        let parsed = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(PARSER_STACK).spawn_scoped(scope, parse);
            thread.is_ok_and(|thread| thread.join().unwrap_or(false))
        });
        return if parsed { Ok(()) } else { Err("it does not parse as Python".to_owned()) };
    }
    if is_dockerfile(path) && parse_dockerfile::parse(text.trim_start_matches('\u{feff}')).is_err() {
        return Err("it does not parse as a Dockerfile".to_owned());
    }
    Ok(())
}
