//! Where heredocs open in a line of a Dockerfile, as BuildKit and the shell have it.

use super::words::{self, Operators};

/// A delimiter is cut after so many bytes.
const LONGEST_DELIMITER: usize = 256;
/// One line opens at most so many.
const MOST_HEREDOCS: usize = 64;

/// Whether an instruction's text may open heredocs.
pub(super) fn takes_heredocs(keyword: &str, rest: &str) -> bool {
    let is_one = |keyword: &str| ["RUN", "COPY", "ADD"].contains(&keyword);
    let inner = || rest.split_whitespace().next().map(str::to_ascii_uppercase);
    is_one(keyword) || (keyword == "ONBUILD" && inner().is_some_and(|keyword| is_one(&keyword)))
}

/// Delimiters of the heredocs in a line, and whether their tabs go. Quotes around `<<` are letters to the shell.
pub(super) fn openers(line: &str) -> Vec<(String, bool)> {
    if !line.contains("<<") {
        return Vec::new();
    }
    let mut openers: Vec<(String, bool)> = Vec::new();
    let mut quote: Option<char> = None;
    let mut at_word_start = true;
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        if quote.is_none() && at_word_start {
            let opener = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
            if let Some(delimiter) = opener.strip_prefix("<<").filter(|after| !after.starts_with('<')) {
                let (delimiter, strips_tabs) = match delimiter.strip_prefix('-') {
                    Some(delimiter) => (delimiter, true),
                    None => (delimiter, false),
                };
                let delimiter = &delimiter[..delimiter.floor_char_boundary(LONGEST_DELIMITER)];
                let length = delimiter.find(char::is_whitespace).unwrap_or(delimiter.len());
                let resolved = words::split(&delimiter[..length], Operators::Words);
                if let Some(resolved) = resolved.into_iter().next().filter(|name| !name.contains('<')) {
                    // Redirections and the like may follow without a space.
                    let name = resolved.split('>').next().unwrap_or_default().to_owned();
                    if !name.is_empty() && openers.len() < MOST_HEREDOCS {
                        openers.push((name, strips_tabs));
                    }
                }
            }
        }
        at_word_start = quote.is_none() && (letter.is_whitespace() || "|&;(".contains(letter));
        rest = &rest[letter.len_utf8()..];
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None | Some('"'), '\\') => rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..],
            _ => {}
        }
    }
    openers
}

/// Whether a command's heredoc is a script of the shell: it stands alone, or a shell reads it.
pub(super) fn is_script(words: &[String]) -> bool {
    let first = words.first().map_or("", |word| crate::repository::file_name(word));
    first.starts_with("<<") || matches!(first, "sh" | "bash" | "dash" | "ash" | "zsh")
}
