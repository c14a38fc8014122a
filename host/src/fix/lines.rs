//! How a file ends its lines and whether it begins with a byte order mark: both stay when its text changes.

use std::borrow::Cow;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// A text as a file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    has_mark: bool,
    /// Lines end with carriage return and line feed.
    has_returns: bool,
    has_final_newline: bool,
}

impl Manner {
    pub(super) fn of(text: &str) -> Self {
        let lines = text.matches('\n').count();
        let body = text.trim_start_matches(BYTE_ORDER_MARK);
        Self {
            has_mark: text.starts_with(BYTE_ORDER_MARK),
            has_returns: lines > 0 && text.matches("\r\n").count() * 2 > lines,
            has_final_newline: body.is_empty() || body.ends_with('\n'),
        }
    }

    /// A new part of the text, with its line ends.
    pub(super) fn adapt<'a>(self, part: &'a str) -> Cow<'a, str> {
        if !self.has_returns && !part.contains('\r') {
            return Cow::Borrowed(part);
        }
        let plain = part.replace("\r\n", "\n");
        Cow::Owned(if self.has_returns { plain.replace('\n', "\r\n") } else { plain })
    }

    /// A new text, with the end and the mark that the old one had.
    pub(super) fn finish(self, mut text: String) -> String {
        if !self.has_final_newline && text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        if self.has_mark && !text.starts_with(BYTE_ORDER_MARK) {
            text.insert(0, BYTE_ORDER_MARK);
        }
        text
    }

    /// Changes a text with plain line feeds and no mark, and carries the difference over to the text as it is: lines that
    /// stay keep the ends that they have.
    pub(super) fn change(
        self,
        text: &str,
        change: impl FnOnce(&str) -> Result<String, String>,
    ) -> Result<String, String> {
        let body = text.trim_start_matches(BYTE_ORDER_MARK);
        let plain = body.replace("\r\n", "\n");
        let new = change(&plain)?;
        if plain == body {
            return Ok(self.finish(new));
        }
        let starts: usize = common(plain.split_inclusive('\n'), new.split_inclusive('\n'));
        let rest = |text: &str| text.split_inclusive('\n').skip(starts).map(str::to_owned).collect::<Vec<_>>();
        let (old_rest, new_rest) = (rest(&plain), rest(&new));
        let ends = common(old_rest.iter().rev(), new_rest.iter().rev());
        let kept: Vec<&str> = body.split_inclusive('\n').collect();
        let head = kept[..starts].concat();
        let tail = kept[kept.len() - ends..].concat();
        let middle = new_rest[..new_rest.len() - ends].concat();
        Ok(self.finish(format!("{head}{}{tail}", self.adapt(&middle))))
    }
}

/// How many items two sequences share at their start.
fn common<T: PartialEq>(left: impl Iterator<Item = T>, right: impl Iterator<Item = T>) -> usize {
    left.zip(right).take_while(|(left, right)| left == right).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_marks_stay() {
        let check = |old: &str, from: &str, to: &str, expected: &str| {
            let new = Manner::of(old).change(old, |text| Ok(text.replace(from, to))).unwrap();
            assert_eq!(new, expected, "{old:?}");
        };
        check("a\r\nb\r\n", "a\n", "a\nx\n", "a\r\nx\r\nb\r\n");
        check("a\nb\r\nc\r\n", "b\n", "b\nx\n", "a\nb\r\nx\r\nc\r\n");
        check("\u{feff}a\r\nb", "b", "b\nx\n", "\u{feff}a\r\nb\r\nx");
        check("a\nb", "b", "b\nx\n", "a\nb\nx");
        check("", "", "a\n", "a\n");
    }
}
