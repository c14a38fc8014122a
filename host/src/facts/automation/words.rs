//! Words of a shell: quotes taken off, known variables filled in, template expressions kept whole.

use std::collections::HashMap;
use std::ops::Range;

use brush_parser::ParserOptions;
use brush_parser::word::{Parameter, ParameterExpr, WordPiece, WordPieceWithSource};

/// Template expressions longer than this are taken for ordinary text.
const LONGEST_EXPRESSION: usize = 2_000;
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// Text in which every `${{ … }}` and `{{ … }}` is one plain word of the same length in bytes.
#[derive(Default)]
pub(super) struct Protected {
    pub(super) text: String,
    saved: Vec<String>,
}

impl Protected {
    pub(super) fn new(text: &str) -> Self {
        let mut protected = Self { text: String::with_capacity(text.len()), saved: Vec::new() };
        let mut rest = text;
        while let Some(found) = rest.find("{{") {
            let start = if rest[..found].ends_with('$') { found - 1 } else { found };
            let limit = rest.len().min(found + LONGEST_EXPRESSION);
            let close = rest.as_bytes()[found..limit].windows(2).position(|pair| pair == b"}}");
            protected.push(&rest[..start]);
            let Some(close) = close else {
                protected.push(&rest[start..found + 2]);
                rest = &rest[found + 2..];
                continue;
            };
            let mut end = found + close + 2;
            // In just and Jinja `}}}` ends with the last brace only where one more was opened.
            if rest[found..].starts_with("{{{") && rest[end..].starts_with('}') {
                end += 1;
            }
            let expression = &rest[start..end];
            let width = expression.len() - 2;
            let index = in_base_36(protected.saved.len(), width);
            match index {
                Some(index) => {
                    protected.text.push(OPEN);
                    protected.text.push_str(&index);
                    protected.text.push(CLOSE);
                    protected.saved.push(expression.to_owned());
                }
                None => protected.push(expression),
            }
            rest = &rest[end..];
        }
        protected.push(rest);
        protected
    }

    /// Own marks of the text would be confused with ours.
    fn push(&mut self, text: &str) {
        self.text.extend(text.chars().map(|char| if matches!(char, OPEN | CLOSE) { ' ' } else { char }));
    }

    /// Puts the expressions back into a word.
    pub(super) fn restore(&self, word: &str) -> String {
        if self.saved.is_empty() || !word.contains(OPEN) {
            return word.to_owned();
        }
        let mut restored = String::with_capacity(word.len());
        let mut rest = word;
        while let Some((before, after)) = rest.split_once(OPEN) {
            restored.push_str(before);
            let Some((index, after)) = after.split_once(CLOSE) else { break };
            let saved = usize::from_str_radix(index, 36).ok().and_then(|index| self.saved.get(index));
            restored.push_str(saved.map_or("", String::as_str));
            rest = after;
        }
        restored.push_str(rest);
        restored
    }
}

fn in_base_36(mut number: usize, width: usize) -> Option<String> {
    let mut digits = vec!['0'; width];
    for digit in digits.iter_mut().rev() {
        *digit = char::from_digit((number % 36) as u32, 36)?;
        number /= 36;
    }
    (number == 0).then(|| digits.into_iter().collect())
}

/// A command substitution within a word: its text and where that begins, in bytes of the word.
pub(super) struct Substitution {
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

/// A word after the shell's expansions as far as they are known.
#[derive(Default)]
pub(super) struct Resolved {
    /// Mostly one; more when an unquoted variable holds several words, none when it is empty.
    pub(super) fields: Vec<String>,
    pub(super) substitutions: Vec<Substitution>,
    /// Whether everything in it is known.
    pub(super) is_literal: bool,
}

/// Values of variables; `None` for one that is assigned more than once or to something unknown.
pub(super) type Variables = HashMap<String, Option<String>>;

/// Takes the quotes off a word and fills in variables.
pub(super) fn resolve(word: &str, variables: &Variables) -> Resolved {
    if !word.contains(['\'', '"', '\\', '$', '`', '~']) {
        return Resolved { fields: vec![word.to_owned()], substitutions: Vec::new(), is_literal: true };
    }
    let options = ParserOptions { tilde_expansion_at_word_start: false, ..ParserOptions::default() };
    let Ok(pieces) = brush_parser::word::parse(word, &options) else {
        let field = brush_parser::unquote_str(word);
        return Resolved { fields: vec![field], substitutions: Vec::new(), is_literal: false };
    };
    let mut resolver =
        Resolver { word, variables, fields: Vec::new(), field: None, substitutions: Vec::new(), literal: true };
    resolver.pieces(&pieces, false, 0);
    resolver.fields.extend(resolver.field.take());
    Resolved { fields: resolver.fields, substitutions: resolver.substitutions, is_literal: resolver.literal }
}

struct Resolver<'a> {
    word: &'a str,
    variables: &'a Variables,
    fields: Vec<String>,
    field: Option<String>,
    substitutions: Vec<Substitution>,
    literal: bool,
}

impl Resolver<'_> {
    fn push(&mut self, text: &str) {
        self.field.get_or_insert_default().push_str(text);
    }

    fn raw(&mut self, piece: &WordPieceWithSource) {
        self.literal = false;
        let raw = self.word.get(piece.start_index..piece.end_index).unwrap_or_default().to_owned();
        self.push(&raw);
    }

    fn pieces(&mut self, pieces: &[WordPieceWithSource], quoted: bool, depth: usize) {
        for piece in pieces {
            match &piece.piece {
                WordPiece::Text(text) | WordPiece::SingleQuotedText(text) => self.push(text),
                WordPiece::AnsiCQuotedText(text) => self.push(&text.replace("\\n", "\n").replace("\\t", "\t")),
                WordPiece::DoubleQuotedSequence(inner) | WordPiece::GettextDoubleQuotedSequence(inner) => {
                    self.push("");
                    if depth < 8 {
                        self.pieces(inner, true, depth + 1);
                    }
                }
                WordPiece::EscapeSequence(text) => self.push(text.strip_prefix('\\').unwrap_or(text)),
                WordPiece::ParameterExpansion(expression) => self.parameter(piece, expression, quoted),
                WordPiece::CommandSubstitution(text) => self.substitution(piece, text, 2),
                WordPiece::BackquotedCommandSubstitution(text) => self.substitution(piece, text, 1),
                WordPiece::TildeExpansion(_) | WordPiece::ArithmeticExpression(_) => self.raw(piece),
            }
        }
    }

    fn substitution(&mut self, piece: &WordPieceWithSource, text: &str, skipped: usize) {
        let start = piece.start_index + skipped;
        let range = start..start + text.len();
        self.substitutions.push(Substitution { text: text.to_owned(), range });
        self.raw(piece);
    }

    fn parameter(&mut self, piece: &WordPieceWithSource, expression: &ParameterExpr, quoted: bool) {
        let (name, default) = match expression {
            ParameterExpr::Parameter { parameter: Parameter::Named(name), indirect: false } => (name, None),
            ParameterExpr::UseDefaultValues {
                parameter: Parameter::Named(name),
                indirect: false,
                default_value,
                ..
            } => (name, default_value.as_deref().filter(|value| !value.contains(['$', '`', '"', '\'']))),
            _ => return self.raw(piece),
        };
        let known = self.variables.get(name).and_then(Option::as_deref).or(default).map(str::to_owned);
        match known {
            None => self.raw(piece),
            Some(value) if quoted || !value.contains(char::is_whitespace) => {
                if quoted || !value.is_empty() {
                    self.push(&value);
                }
            }
            Some(value) => {
                for (index, part) in value.split_whitespace().enumerate() {
                    if index > 0 || value.starts_with(char::is_whitespace) {
                        self.fields.extend(self.field.take());
                    }
                    self.push(part);
                }
                if value.ends_with(char::is_whitespace) {
                    self.fields.extend(self.field.take());
                }
            }
        }
    }
}

/// The words of a text that no shell reads but that follows its quoting: an `entry`, a `command`.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (quote, char) {
            (Some(open), _) if char == open => quote = None,
            (Some('"') | None, '\\') => word.get_or_insert_default().extend(chars.next().filter(|char| *char != '\n')),
            (Some(_), _) => word.get_or_insert_default().push(char),
            (None, '\'' | '"') => {
                word.get_or_insert_default();
                quote = Some(char);
            }
            (None, _) if char.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, expected: &[&str]) {
        let variables = Variables::from([
            ("BIN".to_owned(), Some("venv/bin/".to_owned())),
            ("OPTIONS".to_owned(), Some("-q -x".to_owned())),
        ]);
        let protected = Protected::new(word);
        assert_eq!(protected.text.len(), word.len());
        let fields: Vec<String> =
            resolve(&protected.text, &variables).fields.iter().map(|field| protected.restore(field)).collect();
        assert_eq!(fields, expected);
    }

    #[test]
    fn resolved() {
        check("a\"b c\"'d'", &["ab cd"]);
        check("${BIN}ruff", &["venv/bin/ruff"]);
        check("$OPTIONS", &["-q", "-x"]);
        check("\"$OPTIONS\"", &["-q -x"]);
        check("\"$HOME/x\"", &["$HOME/x"]);
        check("${PYTHON:-python3}", &["python3"]);
        check("x${{matrix.é == 'a b'}}y", &["x${{matrix.é == 'a b'}}y"]);
        check("$(git ls-files)", &["$(git ls-files)"]);
        check("{{}", &["{{}"]);
    }

    #[test]
    fn splitting() {
        assert_eq!(split(r#"a "b c" 'd\' e\ f "#), ["a", "b c", "d\\", "e f"]);
    }
}
