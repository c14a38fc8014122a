//! What scalars of YAML mean, and where exactly they are written.

use std::ops::Range;

use saphyr_parser::{ScalarStyle, Tag};

use crate::plugin::wit::NodeKind;

/// Kind and text of a scalar. Tags of other schemas (`!Ref`, `!!python/name:…`) make text.
pub(super) fn typed(value: String, style: ScalarStyle, tag: Option<&Tag>) -> (NodeKind, String) {
    let is_typed = match tag {
        None => style == ScalarStyle::Plain,
        Some(tag) => tag.is_yaml_core_schema() && matches!(tag.suffix.as_str(), "null" | "bool" | "int" | "float"),
    };
    if !is_typed {
        return (NodeKind::Text, value);
    }
    match value.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => (NodeKind::Null, String::new()),
        "true" | "True" | "TRUE" => (NodeKind::Boolean, "true".to_owned()),
        "false" | "False" | "FALSE" => (NodeKind::Boolean, "false".to_owned()),
        text => match integer(text) {
            Some(number) => (NodeKind::Integer, number),
            None if is_float(text) => (NodeKind::Float, value),
            None => (NodeKind::Text, value),
        },
    }
}

/// The decimal form of an integer of the core schema.
fn integer(text: &str) -> Option<String> {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let is_number = digits.bytes().all(|byte| char::from(byte).is_digit(radix));
            return u128::from_str_radix(digits, radix).ok().filter(|_| is_number).map(|number| number.to_string());
        }
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    Some(if significant.is_empty() { "0".to_owned() } else { format!("{sign}{significant}") })
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && are_digits(digits)
    });
    is_exponent && are_digits(whole) && are_digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

/// The end of a quoted scalar, after its closing quote. What the parser gives reaches up to the next token.
pub(super) fn quoted_end(text: &str, start: usize, end: usize) -> usize {
    let bytes = text.as_bytes();
    let Some(&quote) = bytes.get(start) else { return end };
    let mut index = start + 1;
    while index < end {
        match bytes[index] {
            b'\\' if quote == b'"' => index += 1,
            byte if byte == quote && quote == b'\'' && bytes.get(index + 1) == Some(&quote) => index += 1,
            byte if byte == quote => return index + 1,
            _ => {}
        }
        index += 1;
    }
    end
}

/// Where a block scalar's content stands. `start` is what the parser gives: the first character of the first line
/// that is not blank, or the `|` when there was an anchor or tag, or no content. `last_end` is where what comes before
/// ends.
pub(super) fn block_range(text: &str, last_end: usize, start: usize, end: usize, value: &str) -> Range<usize> {
    let content = value.trim_start_matches('\n');
    if content.is_empty() {
        let upto = text.ceil_char_boundary((start + 1).min(text.len()));
        let indicator = text[last_end..upto].rfind(['|', '>']).map_or(start, |index| last_end + index);
        return indicator..upto.min(indicator + 1);
    }
    let blank_lines = value.len() - content.len();
    let spaces = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let line_start = |index: usize| text[..index].rfind('\n').map_or(0, |newline| newline + 1);
    let starts_content = {
        let line = &text[line_start(start)..];
        start <= line_start(start) + spaces(line)
    };
    let mut first = line_start(start);
    if !starts_content || text[start..].starts_with(['|', '>']) && !content.starts_with(&text[start..start + 1]) {
        // At the indicator: the content begins below it, perhaps after blank lines.
        let below = text[start..end].find('\n').map_or(end, |newline| start + newline + 1);
        let rest = &text[below..end];
        first = line_start(below + rest.len() - rest.trim_start().len());
    }
    let indent = spaces(&text[first..end.max(first)]).saturating_sub(spaces(content));
    for _ in 0..blank_lines {
        first = line_start(first.saturating_sub(1));
    }
    let begin = first + spaces(&text[first..]).min(indent);
    let trimmed = begin + text[begin..end.max(begin)].trim_end().len();
    let last_line = text[trimmed..].find(['\r', '\n']).map_or(text.len(), |newline| trimmed + newline);
    begin..last_line.min(end.max(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_schema() {
        let check = |value: &str, kind: NodeKind, text: &str| {
            let found = typed(value.to_owned(), ScalarStyle::Plain, None);
            assert_eq!(found, (kind, text.to_owned()), "{value}");
        };
        for (value, text) in [("0", "0"), ("-12", "-12"), ("+7", "7"), ("0o14", "12"), ("0xfF", "255"), ("0644", "644")]
        {
            check(value, NodeKind::Integer, text);
        }
        for value in ["3.10", "1e3", "-.5", "1.", "+.inf", ".nan"] {
            check(value, NodeKind::Float, value);
        }
        for value in ["on", "yes", "No", "1.2.3", ".", "e3", "1e", "0x", "0x+1", "-", "1_000", "12:30", "2020-01-01"] {
            check(value, NodeKind::Text, value);
        }
        check("~", NodeKind::Null, "");
        check("True", NodeKind::Boolean, "true");
        assert_eq!(typed("1".to_owned(), ScalarStyle::DoubleQuoted, None).0, NodeKind::Text);
    }
}
