//! Words as a shell splits them, and variables in them. No expansion but of variables with known values; what needs
//! more stays as written.

use std::collections::BTreeMap;

/// Defaults nested deeper than this count as unknown.
const DEEPEST_DEFAULT: usize = 8;

/// Whether `;`, `&&`, `|` and the like end a word, and `#` begins a comment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operators {
    /// They are words of their own; a line's end is the word `;`.
    Words,
    /// They are letters as any other.
    Letters,
}

/// Splits a text into words with quotes and backslashes resolved. Substitutions (`$(…)`, `${…}`, backticks) stay as
/// written, within their word.
pub(crate) fn split(text: &str, operators: Operators) -> Vec<String> {
    let mut splitter = Splitter { words: Vec::new(), word: String::new(), is_open: false };
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        rest = match letter {
            '\'' => splitter.quoted(after.split_once('\'').unwrap_or((after, ""))),
            '"' => splitter.double_quoted(after),
            '\\' => match after.chars().next() {
                Some('\n') => &after[1..],
                Some(escaped) => splitter.quoted(after.split_at(escaped.len_utf8())),
                None => after,
            },
            '`' => {
                let end = after.find('`').map_or(rest.len(), |end| end + 2);
                splitter.quoted(rest.split_at(end))
            }
            '$' if after.starts_with(['(', '{']) => splitter.quoted(rest.split_at(substitution_end(rest))),
            '\n' if operators == Operators::Words => splitter.operator(";", after),
            letter if letter.is_whitespace() => {
                splitter.end();
                after
            }
            '#' if operators == Operators::Words && !splitter.is_open => &rest[rest.find('\n').unwrap_or(rest.len())..],
            '&' | '|' | ';' | '(' | ')' if operators == Operators::Words => {
                let is_redirection = letter == '&' && (splitter.word.ends_with(['>', '<']) || after.starts_with('>'));
                let is_double = matches!(letter, '&' | '|' | ';') && after.starts_with(letter);
                match (is_redirection, is_double) {
                    (true, _) => splitter.quoted(rest.split_at(1)),
                    (false, true) => splitter.operator(&rest[..2], &after[1..]),
                    (false, false) => splitter.operator(&rest[..1], after),
                }
            }
            letter => splitter.quoted(rest.split_at(letter.len_utf8())),
        };
    }
    splitter.end();
    splitter.words
}

struct Splitter {
    words: Vec<String>,
    word: String,
    /// Whether a word has begun; it may be empty, for it may be quoted.
    is_open: bool,
}

impl Splitter {
    /// Takes the first part into the word, and returns the second.
    fn quoted<'a>(&mut self, (text, rest): (&str, &'a str)) -> &'a str {
        self.word.push_str(text);
        self.is_open = true;
        rest
    }

    fn double_quoted<'a>(&mut self, text: &'a str) -> &'a str {
        self.is_open = true;
        let mut letters = text.char_indices();
        while let Some((index, letter)) = letters.next() {
            match letter {
                '"' => return &text[index + 1..],
                '\\' => match letters.next() {
                    Some((_, escaped @ ('"' | '\\' | '$' | '`'))) => self.word.push(escaped),
                    Some((_, '\n')) | None => {}
                    Some((_, other)) => self.word.extend(['\\', other]),
                },
                letter => self.word.push(letter),
            }
        }
        ""
    }

    fn operator<'a>(&mut self, operator: &str, rest: &'a str) -> &'a str {
        self.end();
        if operator != ";" || self.words.last().is_some_and(|last| last != ";") {
            self.words.push(operator.to_owned());
        }
        rest
    }

    fn end(&mut self) {
        if self.is_open {
            self.words.push(std::mem::take(&mut self.word));
            self.is_open = false;
        }
    }
}

/// Length of the `$(…)` or `${…}` that a text begins with.
fn substitution_end(text: &str) -> usize {
    let mut depth = 0_usize;
    for (index, letter) in text.bytes().enumerate() {
        match letter {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return index + 1;
        }
    }
    text.len()
}

/// A text with its variables replaced: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}`,
/// `${NAME+other}`. None when a value is needed and unknown.
pub(crate) fn substitute(text: &str, variables: &BTreeMap<String, String>) -> Option<String> {
    substitute_nested(text, variables, 0)
}

fn substitute_nested(text: &str, variables: &BTreeMap<String, String>, depth: usize) -> Option<String> {
    let mut result = String::new();
    let mut rest = text;
    while let Some(position) = rest.find(['$', '\\']) {
        result.push_str(&rest[..position]);
        let after = &rest[position + 1..];
        if rest.as_bytes()[position] == b'\\' {
            let escaped = after.chars().next().map_or(0, char::len_utf8);
            result.push_str(&after[..escaped]);
            rest = &after[escaped..];
        } else if after.starts_with('{') {
            let inside_end = substitution_end(&rest[position..]);
            let inside = rest[position..position + inside_end].strip_prefix("${")?.strip_suffix('}')?;
            result.push_str(&braces(inside, variables, depth)?);
            rest = &rest[position + inside_end..];
        } else {
            let length = name_length(after);
            if length == 0 {
                return None;
            }
            result.push_str(variables.get(&after[..length])?);
            rest = &after[length..];
        }
    }
    result.push_str(rest);
    Some(result)
}

fn braces(inside: &str, variables: &BTreeMap<String, String>, depth: usize) -> Option<String> {
    let (name, modifier) = inside.split_at(name_length(inside));
    let value = variables.get(name);
    if name.is_empty() || depth > DEEPEST_DEFAULT {
        return None;
    }
    let filled = value.filter(|value| !value.is_empty());
    let word = |word: &str| substitute_nested(word, variables, depth + 1);
    match modifier {
        "" => value.cloned(),
        _ if modifier.starts_with(":-") => filled.cloned().or_else(|| word(&modifier[2..])),
        _ if modifier.starts_with(":+") => filled.map_or(Some(String::new()), |_| word(&modifier[2..])),
        _ if modifier.starts_with('-') => value.cloned().or_else(|| word(&modifier[1..])),
        _ if modifier.starts_with('+') => value.map_or(Some(String::new()), |_| word(&modifier[1..])),
        _ => None,
    }
}

fn name_length(text: &str) -> usize {
    text.find(|letter: char| letter != '_' && !letter.is_ascii_alphanumeric()).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_words() {
        let check = |text: &str, expected: &[&str]| assert_eq!(split(text, Operators::Words), expected, "{text}");
        check(
            "apt-get update&&apt-get install -y \"a b\" c\\ d",
            &["apt-get", "update", "&&", "apt-get", "install", "-y", "a b", "c d"],
        );
        check("a 2>&1 | b &>/dev/null; (c) & # no d", &["a", "2>&1", "|", "b", "&>/dev/null", ";", "(", "c", ")", "&"]);
        check("x=$(a; b (c) ) ${y:-z z} '' \"\\\"\\n\"", &["x=$(a; b (c) )", "${y:-z z}", "", "\"\\n"]);
        check("a\n\n b#c\n# d\n", &["a", ";", "b#c", ";"]);
        check("'open `a", &["open `a"]);
        assert_eq!(split("a;b|c", Operators::Letters), ["a;b|c"]);
    }

    #[test]
    fn substitutes_variables() {
        let variables = BTreeMap::from([("A".to_owned(), "1".to_owned()), ("E".to_owned(), String::new())]);
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(substitute(text, &variables).as_deref(), expected, "{text}");
        };
        check("x:$A-slim", Some("x:1-slim"));
        check("${A}${E:-2}${E-3}${N:-${A}}${N-4}", Some("1214"));
        check("${A:+y}${N:+n}\\$A", Some("y$A"));
        check("$N", None);
        check("${A%%.*}", None);
        check("${A", None);
        check(&"${A:-".repeat(100_000), None);
        check(&format!("{}{}", "${N:-".repeat(50), "}".repeat(50)), None);
    }
}
