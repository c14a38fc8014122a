//! What a finding is known by from one run to the next: the rule, the project, what the message says and the text that
//! it points at, all without what formatters and neighbours change.
//!
//! Left out on purpose: lines and columns; whitespace, quotes, round brackets, commas and backslashes, which formatters
//! add and take away; the path, which those who use a fingerprint add; the requirements, because a new version of a
//! plugin may cite more of them for the same fault. Numbers that count (`12 functions`) are left out of the message, and
//! where there are any the text is left out too: such a finding speaks of many places and points at the first.

use sha2::{Digest, Sha256};

use crate::finding::Finding;

/// So many bytes of the text that a finding points at count.
const LONGEST_TEXT: usize = 4000;

/// A finding's fingerprint. Equal ones in one file are told apart by their number only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Fingerprint {
    digest: [u8; 8],
    /// Whether the message counts things.
    pub(crate) is_count: bool,
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.digest.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// The fingerprint of a finding. Without the file's text it points at nothing.
pub(crate) fn fingerprint(finding: &Finding, text: Option<&str>) -> Fingerprint {
    let (message, is_count) = without_counts(&finding.message);
    let text = if is_count { "" } else { text.map_or("", |text| text_of(finding, text)) };
    let mut hasher = Sha256::new();
    for part in [&finding.rule, &finding.project, &without_format(&message), &without_format(text)] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let whole: [u8; 32] = hasher.finalize().into();
    let mut digest = [0; 8];
    digest.copy_from_slice(&whole[..8]);
    Fingerprint { digest, is_count }
}

/// The text that a finding points at.
fn text_of<'a>(finding: &Finding, text: &'a str) -> &'a str {
    let start = text.floor_char_boundary(finding.location.span.0 as usize);
    let end = (finding.location.span.1 as usize).min(start + LONGEST_TEXT);
    text.get(start..text.floor_char_boundary(end)).unwrap_or_default()
}

/// A text without what a formatter changes.
fn without_format(text: &str) -> String {
    let is_kept = |character: &char| !character.is_whitespace() && !"'\"`(),\\".contains(*character);
    text.chars().filter(is_kept).collect()
}

/// A message with `#` in place of the numbers that count something, and in the plural; and whether there are any.
/// Numbers in code, in names and in versions count nothing.
fn without_counts(message: &str) -> (String, bool) {
    let is_mark = |character: char| "(),.:;".contains(character);
    let (mut words, mut is_code, mut is_count, mut is_after_count) = (Vec::new(), false, false, false);
    for word in message.split_whitespace() {
        let starts_in_code = is_code;
        is_code ^= word.matches('`').count() % 2 == 1;
        let bare = word.trim_matches(is_mark);
        let number = bare.strip_suffix('%').map_or(bare, |number| number);
        let is_share = bare.ends_with('%') && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if !starts_in_code && (is_number || is_share) {
            is_count = true;
            is_after_count = true;
            words.push("#");
            continue;
        }
        words.push(if is_after_count && !word.contains('`') { word.trim_end_matches('s') } else { word });
        is_after_count = false;
    }
    if is_count {
        for word in &mut words {
            *word = match *word {
                "has" => "have",
                "is" => "are",
                "was" => "were",
                "does" => "do",
                other => other,
            };
        }
    }
    (words.join(" "), is_count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Level};
    use crate::output::LineIndex;

    /// The fingerprint of a finding from `eval` on to the end of its call.
    fn of(text: &str, message: &str) -> Fingerprint {
        let start = text.find("eval").unwrap_or_default();
        let end = text[start..].find(";").map_or(text.len(), |length| start + length);
        let finding = Finding {
            rule: "a/b".to_owned(),
            level: Level::Warn,
            confidence: Confidence::High,
            location: LineIndex::new(text).location("f", text, (start as u32, end as u32)),
            message: message.to_owned(),
            help: None,
            requirements: Vec::new(),
            project: String::new(),
            related: Vec::new(),
            fix: None,
        };
        fingerprint(&finding, Some(text))
    }

    #[test]
    fn formatting_and_neighbours_change_nothing() {
        let check = |left: &str, right: &str, are_equal: bool| {
            assert_eq!(of(left, "m") == of(right, "m"), are_equal, "{left:?} {right:?}");
        };
        check("eval(x);", "import a\n\n    eval(x);", true);
        check("eval(x, 'y');", "eval(\n    x,\n    \"y\",\n);", true);
        check("a = eval(x);", "renamed = eval(x); # why", true);
        check("eval('a' 'b');", "eval(\"ab\");", true);
        check("eval(x);", "eval(y);", false);
        check("eval(x + 1);", "eval(x + 2);", false);
    }

    #[test]
    fn numbers_that_count_change_nothing() {
        let check = |left: &str, right: &str, are_equal: bool| {
            assert_eq!(of("eval(x);", left) == of("eval(x);", right), are_equal, "{left:?} {right:?}");
        };
        check("173 of 266 modules have no docstring", "1 of 2 modules has no docstring", true);
        check("1 module has no docstring", "12 modules have no docstring", true);
        check("coverage is 71.5% (of 90)", "coverage is 7% (of 90)", true);
        check("`Optional` in 4 places", "`Union` in 4 places", false);
        check("`f 3` is wrong", "`f 4` is wrong", false);
        check("`S307` is off", "`S308` is off", false);
        check("older than 3.12", "older than 3.13", false);
    }

    #[test]
    fn what_counts_points_at_nothing() {
        assert_eq!(of("eval(x);", "2 modules"), of("eval(y);", "3 modules"));
    }
}
