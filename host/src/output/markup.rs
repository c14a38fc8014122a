//! Text of strangers inside XML and HTML.

use super::text::{is_unsafe, push_escape};

/// Text for the content of an element or a quoted attribute. What XML can't hold, or what would steer the reader's
/// terminal, becomes a visible escape; line ends and tabs stay, an attribute is given none.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(character),
            // Rust has no surrogates in text; these two are the only others that XML 1.0 has no place for.
            '\u{fffe}' | '\u{ffff}' => push_escape(character, &mut escaped),
            _ if is_unsafe(character) => push_escape(character, &mut escaped),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    fn check(text: &str, expected: &str) {
        assert_eq!(escape(text), expected);
    }

    #[test]
    fn nothing_reads_as_markup() {
        check("a < b && \"c\" > 'd'", "a &lt; b &amp;&amp; &quot;c&quot; &gt; &#39;d&#39;");
        check("]]><x/>", "]]&gt;&lt;x/&gt;");
        check("one\n\ttwo\r\0\u{1b}\u{ffff}\u{202e}", "one\n\ttwo\\r\\u{0}\\u{1b}\\u{ffff}\\u{202e}");
    }
}
