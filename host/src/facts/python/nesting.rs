//! Bounds how deep a tree can get before the text is parsed: the parser survives depth, but visiting and dropping the
//! tree recurse, and nested f-strings take the parser quadratic time.
//!
//! One pass over the bytes counts what may nest, never too little: open brackets, and within them operators, dots and
//! keywords since the last comma or end of statement.

/// Deeper than this is refused. Code that people write stays below a hundred.
pub(super) const DEEPEST: usize = 2_000;
/// f-strings within f-strings.
const DEEPEST_FORMAT: usize = 60;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Bracket,
    /// An interpolation of an f-string; back in the string when it closes.
    Interpolation {
        quote: u8,
        triple: bool,
    },
}

/// Checks a text; the error is the place where it gets too deep.
pub(super) fn check(text: &str) -> Result<(), u32> {
    let bytes = text.as_bytes();
    let mut stack: Vec<(Open, usize)> = Vec::new();
    // What nests since the last comma or statement, in the innermost bracket, and in all brackets around it.
    let mut run = 0usize;
    let mut around = 0usize;
    let mut formats = 0usize;
    let mut at = 0;
    let mut line_start = true;
    let mut indent = 0usize;
    while at < bytes.len() {
        let byte = bytes[at];
        if line_start {
            if byte == b' ' || byte == b'\t' {
                indent += 1;
                at += 1;
                if indent > DEEPEST && stack.is_empty() {
                    return Err(at as u32);
                }
                continue;
            }
            line_start = false;
        }
        match byte {
            b'\n' | b'\r' => {
                if stack.is_empty() {
                    run = 0;
                }
                line_start = true;
                indent = 0;
            }
            b'#' => {
                while at < bytes.len() && bytes[at] != b'\n' && bytes[at] != b'\r' {
                    at += 1;
                }
                continue;
            }
            b'\\' => at += 1,
            b'"' | b'\'' => {
                let is_format = is_format_prefix(bytes, at);
                let triple = bytes.get(at + 1) == Some(&byte) && bytes.get(at + 2) == Some(&byte);
                let start = at + if triple { 3 } else { 1 };
                if is_format {
                    match format_string(bytes, start, byte, triple) {
                        Part::Interpolation(next) => {
                            formats += 1;
                            if formats > DEEPEST_FORMAT {
                                return Err(at as u32);
                            }
                            around += run + 1;
                            stack.push((Open::Interpolation { quote: byte, triple }, run));
                            run = 0;
                            at = next;
                            continue;
                        }
                        Part::End(next) => {
                            at = next;
                            continue;
                        }
                    }
                }
                at = string_end(bytes, start, byte, triple);
                continue;
            }
            b'(' | b'[' | b'{' => {
                around += run + 1;
                stack.push((Open::Bracket, run));
                run = 0;
            }
            b')' | b']' | b'}' => {
                if let Some((open, before)) = stack.pop() {
                    around = around.saturating_sub(before + 1);
                    // What was just closed is the operand of a call, a subscript or an attribute that may follow.
                    run = before + 1;
                    if let Open::Interpolation { quote, triple } = open {
                        formats = formats.saturating_sub(1);
                        run = before;
                        match format_string(bytes, at + 1, quote, triple) {
                            Part::Interpolation(next) => {
                                formats += 1;
                                around += run + 1;
                                stack.push((Open::Interpolation { quote, triple }, run));
                                run = 0;
                                at = next;
                            }
                            Part::End(next) => at = next,
                        }
                        continue;
                    }
                }
            }
            b',' | b';' => run = 0,
            b'.' | b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'~' | b'<' | b'>' => run += 1,
            b'a'..=b'z' if at == 0 || !is_word(bytes[at - 1]) => {
                let end = (at..bytes.len()).find(|&end| !is_word(bytes[end])).unwrap_or(bytes.len());
                match &bytes[at..end] {
                    b"not" | b"lambda" | b"else" | b"await" | b"elif" | b"yield" => run += 1,
                    _ => {}
                }
                // A prefix of a string belongs to it.
                if end < bytes.len() && matches!(bytes[end], b'"' | b'\'') {
                    at = end;
                    continue;
                }
                at = end;
                if around + run > DEEPEST {
                    return Err(at as u32);
                }
                continue;
            }
            _ => {}
        }
        if around + run > DEEPEST {
            return Err(at as u32);
        }
        at += 1;
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn is_format_prefix(bytes: &[u8], quote: usize) -> bool {
    let start = (0..quote)
        .rev()
        .take(3)
        .find(|&index| !is_word(bytes[index]))
        .map_or(quote.saturating_sub(3), |index| index + 1);
    let prefix = &bytes[start..quote];
    prefix.len() <= 2
        && prefix.iter().any(|byte| matches!(byte, b'f' | b'F' | b't' | b'T'))
        && prefix.iter().all(u8::is_ascii_alphabetic)
}

enum Part {
    /// An interpolation opens; the offset is after its brace.
    Interpolation(usize),
    /// The string ends; the offset is after it.
    End(usize),
}

/// Goes on in an f-string to its next interpolation or its end.
fn format_string(bytes: &[u8], mut at: usize, quote: u8, triple: bool) -> Part {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'{' if bytes.get(at + 1) == Some(&b'{') => at += 1,
            b'{' => return Part::Interpolation(at + 1),
            b'\n' if !triple => return Part::End(at),
            byte if byte == quote => {
                if !triple {
                    return Part::End(at + 1);
                }
                if bytes.get(at + 1) == Some(&quote) && bytes.get(at + 2) == Some(&quote) {
                    return Part::End(at + 3);
                }
            }
            _ => {}
        }
        at += 1;
    }
    Part::End(bytes.len())
}

fn string_end(bytes: &[u8], mut at: usize, quote: u8, triple: bool) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if !triple => return at,
            byte if byte == quote => {
                if !triple {
                    return at + 1;
                }
                if bytes.get(at + 1) == Some(&quote) && bytes.get(at + 2) == Some(&quote) {
                    return at + 3;
                }
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_depth_is_refused() {
        let many = 100_000;
        let mut formats = "x".to_owned();
        for _ in 0..200 {
            formats = format!("f'{{{formats}}}'");
        }
        for shape in [
            "(".repeat(many),
            "[".repeat(many),
            "-".repeat(many) + "1",
            "not ".repeat(many) + "x",
            "1+".repeat(many) + "1",
            format!("x{}", ".b()".repeat(many)),
            "lambda: ".repeat(many) + "1",
            "x if y else ".repeat(many) + "z",
            format!("x{}", "[0]".repeat(many)),
            format!("match x:\n case {}", "[".repeat(many)),
            formats,
            "await ".repeat(many) + "x",
            "x**".repeat(many) + "x",
            format!("f'{}", "{f'".repeat(many)),
        ] {
            assert!(check(&shape).is_err(), "{}", &shape[..20]);
        }
    }

    #[test]
    fn code_that_people_write_is_not() {
        let numbers = format!("x = [{}]", "-1.5, ".repeat(100_000));
        let lines = "x = a.b(c)[0] + d.e() * 2  # a.b.c.d\n".repeat(10_000);
        let strings = "x = f\"{a.b} and {c!r:>{width}}\" 'it''s' \"\"\"a\n\"quoted\" \"\"\"\n".repeat(10_000);
        let texts = format!("x = ({})", "'a'\n".repeat(5_000));
        for text in [numbers, lines, strings, texts] {
            assert_eq!(check(&text), Ok(()));
        }
    }
}
