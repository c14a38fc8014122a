//! Which sequences of three bytes a text has, whatever their case. One quick pass over a text spares looking for each of
//! some hundred literals, most of which are in few files.

use memchr::memmem::Finder;

/// Entries of the table; sequences that share one are told apart by looking.
const SIZE: usize = 1 << 15;
const LENGTH: usize = 3;

/// The table of one text; made once for each thread, as it is large.
pub(crate) struct Trigrams(Box<[u8; SIZE]>);

impl Default for Trigrams {
    fn default() -> Self {
        Self(Box::new([0; SIZE]))
    }
}

impl Trigrams {
    /// Forgets the last text and notes what this one has.
    pub(crate) fn note(&mut self, text: &[u8]) {
        self.0.fill(0);
        let (second, third) = (text.get(1..).unwrap_or_default(), text.get(2..).unwrap_or_default());
        for ((first, second), third) in text.iter().zip(second).zip(third) {
            self.0[entry(*first, *second, *third)] = 1;
        }
    }

    /// Whether the noted text may have a literal.
    fn may_have(&self, literal: &[u8]) -> bool {
        literal.windows(LENGTH).all(|sequence| match *sequence {
            [first, second, third] => self.0[entry(first, second, third)] == 1,
            _ => true,
        })
    }
}

/// The entry of a sequence. Each is made from its own bytes alone, so that a processor works at several at once.
#[inline(always)]
fn entry(first: u8, second: u8, third: u8) -> usize {
    (usize::from(first | CASE) << 10 ^ usize::from(second | CASE) << 5 ^ usize::from(third | CASE)) % SIZE
}

/// The bit that tells small letters from capitals; among other characters it tells few apart that matter.
const CASE: u8 = 0x20;

/// Something to look for.
pub(crate) struct Literal(Finder<'static>);

impl Literal {
    pub(crate) fn new(text: &[u8]) -> Self {
        Self(Finder::new(text).into_owned())
    }

    /// Whether the text, whose sequences were noted, has it.
    pub(crate) fn is_in(&self, text: &[u8], trigrams: &Trigrams) -> bool {
        trigrams.may_have(self.0.needle()) && self.0.find(text).is_some()
    }

    /// Whether the noted text may have it, in whatever case.
    pub(crate) fn may_be_in(&self, trigrams: &Trigrams) -> bool {
        trigrams.may_have(self.0.needle())
    }

    /// Whether a text that was not noted has it.
    pub(crate) fn is_anywhere_in(&self, text: &[u8]) -> bool {
        self.0.find(text).is_some()
    }

    /// Where the text has it, from left to right.
    pub(crate) fn find_in<'t>(&'t self, text: &'t [u8], trigrams: &Trigrams) -> impl Iterator<Item = usize> + use<'t> {
        let text = if trigrams.may_have(self.0.needle()) { text } else { &[] };
        self.0.find_iter(text)
    }

    pub(crate) fn text(&self) -> &[u8] {
        self.0.needle()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found() {
        let mut trigrams = Trigrams::default();
        let check = |trigrams: &Trigrams, text: &str, literal: &str, expected: &[usize]| {
            let literal = Literal::new(literal.as_bytes());
            assert_eq!(literal.find_in(text.as_bytes(), trigrams).collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(literal.is_in(text.as_bytes(), trigrams), !expected.is_empty(), "{text}");
        };
        let text = "import osmium as os\nimport os";
        trigrams.note(text.as_bytes());
        check(&trigrams, text, "os", &[7, 17, 27]);
        check(&trigrams, text, "import os", &[0, 20]);
        check(&trigrams, text, "export", &[]);
        let may_be = |literal: &str, trigrams: &Trigrams| Literal::new(literal.as_bytes()).may_be_in(trigrams);
        assert!(may_be("import OS", &trigrams) && may_be("osm", &trigrams) && !may_be("osn", &trigrams));
        trigrams.note(b"ab");
        check(&trigrams, "ab", "import", &[]);
        check(&trigrams, "ab", "b", &[1]);
    }
}
