//! Bounds how deeply a Python file nests, so that visiting and dropping its tree can't exhaust the stack and nested
//! f-strings can't exhaust the parser's patience.
//!
//! One pass over the bytes that knows strings, comments, brackets and indentation and counts what may nest. It counts
//! too much rather than too little: every operator between two commas or line ends is taken for a level. It leaves
//! judging the syntax to the parser.

/// More levels than this are refused.
pub(crate) const DEEPEST: u32 = 2_000;
/// What an f-string in an f-string weighs: the parser's time grows with the square of their depth, and Python itself
/// stops at 150.
const TEMPLATE_WEIGHT: u32 = 20;

/// Where a text nests deeper than [`DEEPEST`] levels; none when it nowhere does.
pub(crate) fn too_deep(text: &str) -> Option<usize> {
    Scanner { bytes: text.as_bytes(), ..Scanner::default() }.run()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Other,
    Word,
    Quote,
    Open,
    Close,
    Comma,
    Newline,
    Semicolon,
    Comment,
    Backslash,
    Colon,
    Equals,
    Operator,
}

static CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => Class::Word,
            b'\'' | b'"' => Class::Quote,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b',' => Class::Comma,
            b'\n' | b'\r' => Class::Newline,
            b';' => Class::Semicolon,
            b'#' => Class::Comment,
            b'\\' => Class::Backslash,
            b':' => Class::Colon,
            b'=' => Class::Equals,
            b'.' | b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'~' | b'<' | b'>' => Class::Operator,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
}

/// What a frame on the stack is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Bracket,
    /// The literal text of an f-string.
    Template,
    /// The braces of an f-string.
    Interpolation,
    /// The format specification of an interpolation: literal text again.
    Specification,
}

/// How many levels are open at a place.
#[derive(Clone, Copy, Default)]
struct Levels {
    /// What encloses the expression.
    base: u32,
    /// What binds weaker than `and` and `or`: `lambda`, `else`, `=`.
    weak: u32,
    /// What binds stronger: operators, attributes, calls.
    strong: u32,
    /// `lambda`s whose parameters are not over yet: their commas end nothing.
    lambdas: u32,
}

struct Frame {
    inside: Inside,
    quote: u8,
    triple: bool,
    levels: Levels,
}

#[derive(Default)]
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    levels: Levels,
    frames: Vec<Frame>,
    indents: Vec<u32>,
    refused: bool,
}

impl Scanner<'_> {
    fn run(mut self) -> Option<usize> {
        self.start_line();
        while self.at < self.bytes.len() && !self.refused {
            match self.frames.last() {
                Some(frame) if matches!(frame.inside, Inside::Template | Inside::Specification) => self.literal(),
                _ => self.code(),
            }
        }
        self.refused.then_some(self.at.min(self.bytes.len()))
    }

    fn peek(&self, offset: usize) -> u8 {
        self.bytes.get(self.at + offset).copied().unwrap_or(0)
    }

    fn check(&mut self) {
        let Levels { base, weak, strong, .. } = self.levels;
        self.refused |= base.saturating_add(weak).saturating_add(strong) > DEEPEST;
    }

    fn push(&mut self, inside: Inside, quote: u8, triple: bool, weight: u32) {
        self.frames.push(Frame { inside, quote, triple, levels: self.levels });
        let Levels { base, weak, strong, .. } = self.levels;
        self.levels = Levels { base: base + weak + strong + weight, ..Levels::default() };
        self.check();
    }

    fn pop(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.levels = frame.levels;
        }
    }

    fn end_expression(&mut self) {
        self.levels.weak = 0;
        self.levels.strong = 0;
    }

    /// One token of code.
    fn code(&mut self) {
        let (mut byte, mut class) = (self.bytes[self.at], Class::Other);
        while self.at < self.bytes.len() {
            byte = self.bytes[self.at];
            class = CLASSES[byte as usize];
            if class != Class::Other {
                break;
            }
            self.at += 1;
        }
        if class == Class::Word {
            return self.word();
        }
        if class == Class::Quote {
            return self.string(false);
        }
        self.at += 1;
        match class {
            // Only the text's end leaves the loop above with it.
            Class::Other | Class::Word | Class::Quote => self.at = self.bytes.len(),
            Class::Operator => {
                // A star may stand before an operand of `or`, where nothing else of its strength may.
                if byte == b'*' {
                    self.levels.weak += 1;
                } else {
                    self.levels.strong += 1;
                }
                if matches!(byte, b'<' | b'>') && self.peek(0) == b'=' {
                    self.at += 1;
                }
                self.check();
            }
            Class::Equals if self.peek(0) == b'=' => self.at += 1,
            Class::Equals => {
                if self.bytes.get(self.at.wrapping_sub(2)) != Some(&b'!') {
                    self.levels.weak += 1;
                    self.check();
                }
            }
            Class::Open => self.push(Inside::Bracket, 0, false, 1),
            Class::Close => match self.frames.last().map(|frame| frame.inside) {
                Some(Inside::Bracket) => {
                    self.pop();
                    self.levels.strong += 1;
                    self.check();
                }
                Some(Inside::Interpolation) if byte == b'}' => self.pop(),
                _ => {}
            },
            Class::Comma => {
                if self.levels.lambdas == 0 {
                    self.end_expression();
                }
            }
            Class::Semicolon => {
                if self.frames.is_empty() {
                    self.levels.lambdas = 0;
                    self.end_expression();
                }
            }
            Class::Colon => {
                if self.frames.last().is_some_and(|frame| frame.inside == Inside::Interpolation) {
                    let (quote, triple) = self.template();
                    self.push(Inside::Specification, quote, triple, 1);
                } else if self.levels.lambdas > 0 {
                    self.levels.lambdas -= 1;
                } else {
                    self.levels.weak += 1;
                    self.check();
                }
            }
            Class::Comment => {
                self.at = memchr::memchr2(b'\n', b'\r', &self.bytes[self.at..])
                    .map_or(self.bytes.len(), |length| self.at + length);
            }
            Class::Backslash => {
                if self.peek(0) == b'\r' && self.peek(1) == b'\n' {
                    self.at += 2;
                } else if matches!(self.peek(0), b'\n' | b'\r') {
                    self.at += 1;
                }
            }
            Class::Newline => {
                if self.frames.is_empty() {
                    self.start_line();
                }
            }
        }
    }

    /// Indentation of a line that starts a statement.
    fn start_line(&mut self) {
        let mut column = 0;
        loop {
            match self.peek(0) {
                b' ' => column += 1,
                b'\t' => column = (column / 8 + 1) * 8,
                b'\x0c' => column = 0,
                b'\n' | b'\r' if self.at < self.bytes.len() => column = 0,
                _ => break,
            }
            self.at += 1;
        }
        if self.peek(0) != b'#' {
            while self.indents.last().is_some_and(|&indent| indent > column) {
                self.indents.pop();
            }
            if column > self.indents.last().copied().unwrap_or(0) {
                self.indents.push(column);
            }
        }
        self.levels = Levels { base: self.indents.len() as u32, ..Levels::default() };
        self.check();
    }

    fn word(&mut self) {
        let start = self.at;
        while self.at < self.bytes.len()
            && (CLASSES[self.bytes[self.at] as usize] == Class::Word || self.bytes[self.at].is_ascii_digit())
        {
            self.at += 1;
        }
        match &self.bytes[start..self.at] {
            prefix if prefix.len() <= 2 && matches!(self.peek(0), b'\'' | b'"') => {
                self.string(prefix.iter().any(|byte| matches!(byte, b'f' | b'F' | b't' | b'T')));
            }
            b"lambda" => {
                self.levels.weak += 1;
                self.levels.lambdas += 1;
            }
            b"else" | b"yield" | b"await" | b"async" => self.levels.weak += 1,
            b"not" => self.levels.strong += 1,
            b"and" | b"or" => self.levels.strong = 0,
            _ => return,
        }
        self.check();
    }

    /// A string from its opening quotes.
    fn string(&mut self, template: bool) {
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        if template {
            self.push(Inside::Template, quote, triple, TEMPLATE_WEIGHT);
            return;
        }
        while let Some(length) = match triple {
            true => memchr::memchr2(quote, b'\\', &self.bytes[self.at..]),
            false => memchr::memchr3(quote, b'\\', b'\n', &self.bytes[self.at..]),
        } {
            self.at += length;
            match self.peek(0) {
                b'\\' => self.escape(),
                // The line's end is the string's, and code again.
                b'\n' => return,
                _ if !triple => {
                    self.at += 1;
                    return;
                }
                _ if self.peek(1) == quote && self.peek(2) == quote => {
                    self.at += 3;
                    return;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.bytes.len();
    }

    /// A backslash in a string, with the quote, backslash or line end after it.
    fn escape(&mut self) {
        self.at += 1;
        match self.peek(0) {
            b'\r' if self.peek(1) == b'\n' => self.at += 2,
            b'\'' | b'"' | b'\\' | b'\n' | b'\r' => self.at += 1,
            _ => {}
        }
        self.at = self.at.min(self.bytes.len());
    }

    /// The quotes of the innermost f-string.
    fn template(&self) -> (u8, bool) {
        let frame = self.frames.iter().rev().find(|frame| frame.inside == Inside::Template);
        frame.map_or((0, false), |frame| (frame.quote, frame.triple))
    }

    /// Literal text of an f-string, up to what ends it or an interpolation.
    fn literal(&mut self) {
        let Some((inside, quote, triple)) = self.frames.last().map(|frame| (frame.inside, frame.quote, frame.triple))
        else {
            return;
        };
        let specification = inside == Inside::Specification;
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' => self.escape(),
                b'{' if self.peek(1) == b'{' && !specification => self.at += 2,
                b'{' => {
                    self.at += 1;
                    return self.push(Inside::Interpolation, 0, false, 1);
                }
                b'}' if specification => {
                    self.at += 1;
                    self.pop();
                    return self.pop();
                }
                byte if byte == quote && (!triple || (self.peek(1) == quote && self.peek(2) == quote)) => {
                    self.at += if triple { 3 } else { 1 };
                    return self.end_template();
                }
                b'\n' if !triple => return self.end_template(),
                _ => self.at += 1,
            }
        }
    }

    /// Leaves the innermost f-string with all that is open in it.
    fn end_template(&mut self) {
        while let Some(frame) = self.frames.last() {
            let inside = frame.inside;
            self.pop();
            if inside == Inside::Template {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    fn repeat(part: &str, count: usize) -> String {
        part.repeat(count)
    }

    #[test]
    fn refuses_every_shape_that_nests() {
        let shapes = [
            ("(", "1", ")"),
            ("[", "1", "]"),
            ("{1: ", "1", "}"),
            ("-", "1", ""),
            ("~", "1", ""),
            ("not ", "1", ""),
            ("await ", "x", ""),
            ("1 + ", "1", ""),
            ("1 ** ", "1", ""),
            ("x or *", "x", ""),
            ("lambda: ", "1", ""),
            ("lambda a, b=1: ", "1", ""),
            ("x if y else ", "1", ""),
            ("", "x", ".b()"),
            ("", "x", ".b"),
            ("", "x", "[0]"),
            ("", "x", "()"),
            ("f(a, ", "x", ")"),
            ("f'{", "x", "}'"),
            ("f'{x:{", "x", "}}'"),
            ("'a' % ", "x", ""),
            ("lambda a=(1, 2), *b: ", "1", ""),
        ];
        for (before, middle, after) in shapes {
            let deep = format!("x = {}{middle}{}\n", repeat(before, 100_000), repeat(after, 100_000));
            assert!(too_deep(&deep).is_some(), "{before} {after}");
            let shallow = format!("x = {}{middle}{}\n", repeat(before, 60), repeat(after, 60));
            assert_eq!(too_deep(&shallow), None, "{before} {after}");
        }
        let blocks: String = (0..2_100).map(|level| format!("{}if x:\n", " ".repeat(level))).collect();
        assert!(too_deep(&blocks).is_some());
    }

    #[test]
    fn accepts_what_is_long_but_flat() {
        let flat = [
            format!("x = [{}]\n", repeat("1.5, -2, ", 100_000)),
            format!("x = {{{}}}\n", repeat("'a': [1, 2], ", 50_000)),
            format!("x = ({})\n", repeat("'a'\n", 5_000)),
            format!("x = ({})\n", repeat("f'{a.b}: {c!r:>{width}}'\n", 5_000)),
            format!("x = 1{}\n", repeat(" + 1", 500)),
            format!("x = ({})\n", repeat("a.b == c or ", 5_000)),
            repeat("x = a.b.c(d)[0] + 1\n", 50_000),
            repeat("def f(a, b):\n    return lambda x: x\n", 50_000),
            repeat("if a:\n    pass\nelif b:\n    pass\n", 20_000),
            format!("x = '''{}'''\n# {}\n", repeat("((((\\'''", 5_000), repeat("[", 5_000)),
            format!("x = '{}'\ny = \"{}\"\n", repeat("(\\'", 5_000), repeat("[", 5_000)),
            format!("handlers = {{{}}}\n", repeat("'a': lambda x, y: x + y, ", 5_000)),
            repeat("x = f'{{{a}}}' 'b' \\\r\n    'c'\r\n", 5_000),
        ];
        for text in flat {
            assert_eq!(too_deep(&text), None, "{}", &text[..40]);
        }
    }

    #[test]
    fn any_bytes_end() {
        for text in
            ["", "\u{feff}", "\\", "'", "'''", "f'", "f'{", "f'{x:", "f'{x:\n", "rf'\\", "}", ")]", "'\\", "\r", "f'{'"]
        {
            assert_eq!(too_deep(text), None);
            assert_eq!(too_deep(&text.repeat(3)), None);
        }
    }
}
