//! What must stand in a text so that a regular expression can match. Most files lack it for most expressions, which then
//! are not run. Also part of this crate's build script, which finds it out for the patterns of the built-in sections.

use std::collections::BTreeSet;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::{Extractor, Seq};
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// Shorter literals stand in nearly every text.
const SHORTEST: usize = 3;
/// More literals than this for one expression cost more than they spare.
const MOST_LITERALS: usize = 32;
/// More gates than this rarely keep a text out that these let through.
const MOST_GATES: usize = 3;
/// Parts of a sequence that are looked at; few have as many.
const MOST_PARTS: usize = 64;
/// Literals are cut to so many bytes: what follows rarely tells more.
const LONGEST: usize = 12;

/// Words that nearly every module of Python has: they keep nothing out and are found too often.
const COMMON: &[&[u8]] = &[
    b"as", b"assert", b"async", b"class", b"def", b"for", b"from", b"if", b"import", b"in", b"raise", b"return",
    b"self",
];

/// One gate: literals of which each match contains at least one.
pub(super) type Gate = Vec<Vec<u8>>;

/// What is known of a pattern before it is compiled.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Needs {
    /// It needs the tables of Unicode.
    pub(super) is_unicode: bool,
    /// No match holds the end of a line.
    pub(super) is_of_one_line: bool,
    /// The most useful first.
    pub(super) gates: Vec<Gate>,
    /// In lower case, where nothing better is known: gates for a text whose case does not matter.
    pub(super) folded: Vec<Gate>,
    /// Punctuation that each match has, beyond what the gates have: too common to look for in a text, but not in a line.
    pub(super) marks: Vec<u8>,
}

/// Looks at a pattern; none of a broken one.
pub(super) fn needs(pattern: &str) -> Option<Needs> {
    let (parsed, is_unicode) = parse(pattern)?;
    let (is_of_one_line, gates) = (is_of_one_line(&parsed), gates(&parsed));
    let folded = if gates.is_empty() { self::gates(&folded(&parsed)) } else { Vec::new() };
    let mut marks = marks(&parsed);
    marks.retain(|mark| !gates.iter().any(|gate| gate.iter().all(|literal| literal.contains(mark))));
    Some(Needs { is_unicode, is_of_one_line, gates, folded, marks: marks.into_iter().collect() })
}

/// The punctuation that each match of an expression has.
fn marks(expression: &Hir) -> BTreeSet<u8> {
    match expression.kind() {
        HirKind::Literal(literal) => literal.0.iter().copied().filter(u8::is_ascii_punctuation).collect(),
        HirKind::Capture(capture) => marks(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => marks(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().flat_map(marks).collect(),
        HirKind::Alternation(branches) => {
            branches.iter().map(marks).reduce(|left, right| &left & &right).unwrap_or_default()
        }
        HirKind::Repetition(_) | HirKind::Class(_) | HirKind::Empty | HirKind::Look(_) => BTreeSet::new(),
    }
}

/// An expression that matches the text in lower case where the given one matches the text.
fn folded(expression: &Hir) -> Hir {
    match expression.kind() {
        HirKind::Literal(literal) => Hir::literal(literal.0.to_ascii_lowercase()),
        HirKind::Class(class) => match one_letter(class) {
            Some(letter) => Hir::literal([letter]),
            None => expression.clone(),
        },
        HirKind::Capture(capture) => folded(&capture.sub),
        HirKind::Repetition(repetition) => {
            let sub = Box::new(folded(&repetition.sub));
            Hir::repetition(Repetition { sub, ..repetition.clone() })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(folded).collect()),
        HirKind::Alternation(branches) => Hir::alternation(branches.iter().map(folded).collect()),
        HirKind::Empty | HirKind::Look(_) => expression.clone(),
    }
}

/// The letter that a class stands for in both cases, in lower case.
fn one_letter(class: &Class) -> Option<u8> {
    let members: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (u32::from(range.start()), u32::from(range.end()))).collect(),
        Class::Bytes(class) => class.iter().map(|range| (u32::from(range.start()), u32::from(range.end()))).collect(),
    };
    match members[..] {
        [(upper, upper_end), (lower, lower_end)] if upper == upper_end && lower == lower_end => {
            let lower = u8::try_from(lower).ok().filter(u8::is_ascii_lowercase)?;
            (u32::from(lower.to_ascii_uppercase()) == upper).then_some(lower)
        }
        _ => None,
    }
}

fn is_of_one_line(expression: &Hir) -> bool {
    match expression.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => !literal.0.contains(&b'\n'),
        HirKind::Class(Class::Unicode(class)) => {
            !class.iter().any(|range| (range.start()..=range.end()).contains(&'\n'))
        }
        HirKind::Class(Class::Bytes(class)) => {
            !class.iter().any(|range| (range.start()..=range.end()).contains(&b'\n'))
        }
        HirKind::Repetition(repetition) => is_of_one_line(&repetition.sub),
        HirKind::Capture(capture) => is_of_one_line(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_of_one_line),
    }
}

/// Parses a pattern, and tells whether it needs the tables of Unicode. Classes are those of ASCII, whose tables are
/// small; a pattern that names others gets them.
fn parse(pattern: &str) -> Option<(Hir, bool)> {
    let parse = |is_unicode| ParserBuilder::new().unicode(is_unicode).utf8(false).build().parse(pattern).ok();
    // `\x22` is a plain character by its number, `\x{e9}` or `\xe9` need not be one.
    let is_number = |rest: &str| rest.starts_with(|first: char| ('0'..'8').contains(&first));
    let is_plain = pattern.is_ascii()
        && !["\\p", "\\P", "\\u", "\\U"].iter().any(|name| pattern.contains(name))
        && pattern.split("\\x").skip(1).all(is_number);
    let plain = parse(false).filter(|_| is_plain).map(|parsed| (parsed, false));
    plain.or_else(|| Some((parse(true)?, true)))
}

/// The gates of an expression: a text that lacks all literals of one of them has no match. None when nothing useful is
/// known.
fn gates(expression: &Hir) -> Vec<Gate> {
    let mut gates = all_gates(expression);
    gates.sort();
    gates.dedup();
    gates.sort_by_key(|gate| std::cmp::Reverse(usefulness(gate)));
    gates.truncate(MOST_GATES);
    gates
}

fn all_gates(expression: &Hir) -> Vec<Gate> {
    match expression.kind() {
        HirKind::Capture(capture) => all_gates(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => all_gates(&repetition.sub),
        HirKind::Alternation(branches) => {
            let branches: Option<Vec<Gate>> = branches
                .iter()
                .map(|branch| all_gates(branch).into_iter().max_by_key(|gate| usefulness(gate)))
                .collect();
            let mut literals: Gate = branches.into_iter().flatten().flatten().collect();
            literals.sort();
            literals.dedup();
            if literals.is_empty() || literals.len() > MOST_LITERALS { Vec::new() } else { vec![literals] }
        }
        HirKind::Concat(parts) => {
            let parts = flatten(parts);
            let begun = (0..parts.len().min(MOST_PARTS)).filter_map(|start| {
                let end = parts.len().min(start + LONGEST);
                prefixes(&Hir::concat(parts[start..end].to_vec()))
            });
            // What a literal begins with is known by now.
            let others = parts.iter().filter(|part| !matches!(part.kind(), HirKind::Literal(_)));
            begun.chain(others.take(MOST_PARTS).flat_map(all_gates)).collect()
        }
        _ => prefixes(expression).into_iter().collect(),
    }
}

/// The parts of a sequence, with those of the groups in it.
fn flatten(parts: &[Hir]) -> Vec<Hir> {
    let mut flat = Vec::new();
    for part in parts {
        match part.kind() {
            HirKind::Capture(capture) => flat.extend(flatten(std::slice::from_ref(&capture.sub))),
            HirKind::Concat(parts) => flat.extend(flatten(parts)),
            _ => flat.push(part.clone()),
        }
    }
    flat
}

/// What an expression's matches begin with.
fn prefixes(expression: &Hir) -> Option<Gate> {
    // More than these would be thrown away below.
    let mut literals: Seq = Extractor::new().limit_total(MOST_LITERALS).extract(expression);
    literals.keep_first_bytes(LONGEST);
    literals.sort();
    literals.dedup();
    let literals: Gate = literals.literals()?.iter().map(|literal| literal.as_bytes().to_vec()).collect();
    let is_useful = !literals.is_empty() && literals.iter().all(|literal| is_rare(literal));
    (is_useful && literals.len() <= MOST_LITERALS).then_some(literals)
}

fn is_rare(literal: &[u8]) -> bool {
    literal.trim_ascii().len() >= SHORTEST && !COMMON.contains(&literal.trim_ascii())
}

/// The longer the shortest literal, the rarer; of equals the fewer, the better.
fn usefulness(gate: &[Vec<u8>]) -> (usize, std::cmp::Reverse<usize>) {
    let shortest = gate.iter().map(Vec::len).min().unwrap_or(0);
    (shortest, std::cmp::Reverse(gate.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, expected: &[&str]) {
        let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(expression).unwrap();
        let found = gates(&parsed);
        let text = |literal: &Vec<u8>| String::from_utf8_lossy(literal).into_owned();
        let found: Vec<String> = found.iter().map(|gate| gate.iter().map(text).collect::<Vec<_>>().join("|")).collect();
        assert_eq!(found, expected, "{expression}");
    }

    #[test]
    fn knows_what_stays_in_a_line() {
        let check = |pattern: &str, expected: bool| {
            assert_eq!(needs(pattern).map(|needs| needs.is_of_one_line), Some(expected), "{pattern}");
        };
        check(r"(?m)^def[ \t]+(test_\w+).*$", true);
        check(r"[^a\n]+x{0,3}(?:b|\r)", true);
        check(r"[^a]+", false);
        check(r"a\s+b", false);
        check(r"(?s)a.b", false);
        check(r"(a|b(?:c\n)?)*", false);
        check(r"\x22[^\x0a]", true);
        check(r"\p{Greek}[^a]", false);
        check(r"\p{Greek}.", true);
    }

    #[test]
    fn finds_the_rarest_literals() {
        check("abcd", &["abcd"]);
        check(r"(?m)^[ \t]+(assert[ \t]+x)", &[]);
        check(
            r"(?m)^class \w+\((?:abc\.)?(?:ABC|Meta)\)",
            &["(ABC)|(Meta)|(abc.ABC)|(abc.Meta)", "ABC)|Meta)", "ABC)|Meta)|abc.ABC)|abc.Meta)"],
        );
        check(r"\w+(?:one|three)\w*", &["one|three"]);
        check(r"\w+((?:one|three)two)?\w*", &[]);
        check(r"(?:[^x]one)+", &["one"]);
        check(r"ab|cde", &[]);
        check(r"(?i)env", &["ENV|ENv|EnV|Env|eNV|eNv|enV|env"]);
    }

    #[test]
    fn marks_are_what_each_match_has() {
        let check = |pattern: &str, expected: &str| {
            let marks = needs(pattern).map(|needs| needs.marks);
            assert_eq!(marks, Some(expected.as_bytes().to_vec()), "{pattern}");
        };
        check(r"[a-z]{2,20}://\w+:([^@]{4,80})@\w", "@");
        check(r"open\((?:\w+\.)*(\w+)\)", ")");
        check(r"\w(?:\(b|c\()+[,;]d?", "(");
        check(r"\w(?:\(b|c)[;](?:=|:)?", ";");
        check(r"(?i)\w=\w", "=");
    }

    #[test]
    fn case_is_left_out_where_it_does_not_matter() {
        let check = |pattern: &str, expected: &[&str]| {
            let needs = needs(pattern).unwrap();
            let text = |literal: &Vec<u8>| String::from_utf8_lossy(literal).into_owned();
            let text = |gate: &Gate| gate.iter().map(text).collect::<Vec<_>>().join("|");
            assert_eq!(needs.folded.iter().map(text).collect::<Vec<_>>(), expected, "{pattern}");
        };
        check(r"(?i)health|liveness|readiness", &["health|liveness|readiness"]);
        check(r"(?i)\b[ab]+(?:sonar|\d+)", &[]);
        // There are gates that tell more.
        check("Health", &[]);
        check(r"(?i)env", &[]);
    }
}
