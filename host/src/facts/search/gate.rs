//! What must stand in a text so that a regular expression can match. Most files lack it for most expressions, which then
//! are not run.

use regex_syntax::hir::literal::{Extractor, Seq};
use regex_syntax::hir::{Hir, HirKind};

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

/// The gates of an expression: a text that lacks all literals of one of them has no match. None when nothing useful is
/// known.
pub(super) fn gates(expression: &Hir) -> Vec<Gate> {
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
}
