//! Which sequences of three bytes a text has, whatever their case. One quick pass over a text spares looking for each of
//! some hundred literals, most of which are in few files.

use memchr::memmem::Finder;

/// Entries of the table; sequences that share one are told apart by looking.
const SIZE: usize = 1 << 15;
const LENGTH: usize = 3;
/// Sequences that are worked at together.
const TOGETHER: usize = 64;

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
        let mut rest = text;
        // First the entries of many sequences, with the wide registers of a processor, then the marks.
        while let Some(chunk) = rest.first_chunk::<{ TOGETHER + LENGTH - 1 }>() {
            let mut entries = [0; TOGETHER];
            for (at, entry) in entries.iter_mut().enumerate() {
                *entry = self::entry(chunk[at], chunk[at + 1], chunk[at + 2]);
            }
            entries.iter().for_each(|entry| self.0[usize::from(*entry) % SIZE] = 1);
            rest = &rest[TOGETHER..];
        }
        for sequence in rest.windows(LENGTH) {
            if let [first, second, third] = *sequence {
                self.0[usize::from(entry(first, second, third)) % SIZE] = 1;
            }
        }
    }

    /// Whether the noted text may have a literal.
    fn may_have(&self, literal: &[u8]) -> bool {
        literal.windows(LENGTH).all(|sequence| match *sequence {
            [first, second, third] => self.0[usize::from(entry(first, second, third)) % SIZE] == 1,
            _ => true,
        })
    }
}

/// The entry of a sequence, before it is cut to the size of the table. Each is made from its own bytes alone, so that a
/// processor works at several at once.
#[inline(always)]
fn entry(first: u8, second: u8, third: u8) -> u16 {
    u16::from(first | CASE) << 10 ^ u16::from(second | CASE) << 5 ^ u16::from(third | CASE)
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
        let long = "abcdefghij".repeat(30) + "xyz";
        trigrams.note(long.as_bytes());
        check(&trigrams, &long, "xyz", &[300]);
        assert!((1..9).all(|length| may_be(&long[150..150 + length], &trigrams)) && may_be("jxy", &trigrams));
        assert!(!may_be("jac", &trigrams) && !may_be("import", &trigrams));
        trigrams.note(b"ab");
        check(&trigrams, "ab", "import", &[]);
        check(&trigrams, "ab", "b", &[1]);
    }
}
