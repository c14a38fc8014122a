//! Comments of shell scripts, and of files whose lines are commands: recipes and Dockerfiles.

use super::comments::{Comment, Line, lines};

/// The comment of a line whose quotes end with it. Without an escape, quotes are letters.
pub(super) fn in_line(line: Line<'_>, escape: Option<char>) -> Option<Comment> {
    let mut quote = None;
    find(line, escape.is_some(), &mut quote)
}

/// Finds the `#` that begins a comment: at the start of the line, or after a blank or a semicolon, outside of quotes.
fn find(line: Line<'_>, has_quotes: bool, quote: &mut Option<u8>) -> Option<Comment> {
    let bytes = line.text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match *quote {
            Some(b'"') if byte == b'\\' => at += 1,
            Some(open) if byte == open => *quote = None,
            Some(_) => {}
            None => match byte {
                b'#' if at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b';' | b'@') || line.indent() == at => {
                    return Some(line.comment(at, 1));
                }
                b'\\' if has_quotes => at += 1,
                b'"' | b'\'' if has_quotes => *quote = Some(byte),
                _ => {}
            },
        }
        at += 1;
    }
    None
}

/// More here-documents on one line are not looked for.
const MOST_DOCUMENTS: usize = 8;

/// The comments of a script. Quotes go on over lines; the texts of here-documents have none.
pub(super) fn shell_lines<'t>(script: impl Iterator<Item = Line<'t>>) -> Vec<Comment> {
    let (mut found, mut quote) = (Vec::new(), None);
    let mut documents: Vec<&str> = Vec::new();
    for line in script {
        if let Some(end) = documents.first() {
            if line.text.trim() == *end {
                documents.remove(0);
            }
            continue;
        }
        let comment = find(line, true, &mut quote);
        let end = comment.as_ref().map_or(line.text.len(), |comment| comment.span.start - line.start);
        documents.extend(here_documents(&line.text[..end]));
        found.extend(comment);
    }
    found
}

/// The words that end the here-documents which a line begins.
fn here_documents(line: &str) -> impl Iterator<Item = &str> {
    let found = line.match_indices("<<").filter_map(|(at, _)| {
        let rest = &line[at + 2..];
        if rest.starts_with('<') || line[..at].ends_with('<') {
            return None;
        }
        let word = rest.trim_start_matches(['-', '~']).trim_start().trim_start_matches(['"', '\'', '\\']);
        let length = word.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let is_word = word.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
        is_word.then(|| &word[..length])
    });
    found.take(MOST_DOCUMENTS)
}

/// The comments of a Dockerfile: lines that begin with `#`, also between the lines of an instruction, and what the
/// shell of a `RUN` takes for one.
pub(super) fn dockerfile(text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    let (mut is_continued, mut is_run) = (false, false);
    let mut documents: Vec<&str> = Vec::new();
    for line in lines(text) {
        let code = line.text.trim();
        if let Some(end) = documents.first() {
            if code == *end {
                documents.remove(0);
            } else if is_run {
                found.extend(in_line(line, Some('\\')));
            }
            continue;
        }
        if code.starts_with('#') {
            found.push(line.comment(line.indent(), 1));
            continue;
        }
        if !is_continued {
            is_run = code.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("run "));
        }
        let comment = if is_run { in_line(line, Some('\\')) } else { None };
        let end = comment.as_ref().map_or(line.text.len(), |comment| comment.span.start - line.start);
        documents.extend(here_documents(&line.text[..end]));
        is_continued = line.text[..end].trim_end().ends_with('\\');
        found.extend(comment);
    }
    found
}
