//! Parameters of type `str` that take a few words only.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::prelude::*;

use crate::source::{Modules, block, bracketed, enclosing_function, indent, is_decorated, line_at};

rule! {
    /// A parameter takes any string and accepts a few.
    ///
    /// The function knows which words it takes and refuses all others when it runs; the type could have refused them
    /// while they were typed. Use `Literal["fast", "slow"]` or an enumeration.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/crane.py
    /// def lift(weight: int, mode: str = "fast") -> int:  # error: `mode` is any string, and 2 are accepted
    ///     if mode == "fast":
    ///         return weight
    ///     if mode == "slow":
    ///         return weight * 2
    ///     raise ValueError(f"unknown mode {mode}")
    ///
    /// def lower(
    ///     weight: int,
    ///     side: str,  # error: `side` is any string, and 2 are accepted
    /// ) -> None:
    ///     if side not in ("left", "right"):
    ///         raise ValueError("no such side")
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/crane.py
    /// from typing import Literal
    ///
    /// def lift(weight: int, mode: Literal["fast", "slow"]) -> int:
    ///     if mode == "fast":
    ///         return weight
    ///     if mode == "slow":
    ///         return weight * 2
    ///     raise ValueError(f"unknown mode {mode}")
    ///
    /// def parse(word: str) -> bool:
    ///     if word.lower() in ("yes", "on"):
    ///         return True
    ///     raise ValueError(f"no {word}")
    ///
    /// SIDES = ["bow", "stern"]
    ///
    /// def turn(side: str) -> int:
    ///     if side == "left":
    ///         return -1
    ///     elif side == "right":
    ///         return 1
    ///     elif side in SIDES:
    ///         return 0
    ///     raise ValueError(f"no side {side}")
    ///
    /// def bound(name: str, value: float) -> float:
    ///     assert name in ("least", "most")
    ///     if value < 0:
    ///         raise ValueError(f"negative {name}")
    ///     return value
    /// ```
    pub(crate) static UNRESTRICTED_CHOICE = {
        id: "unrestricted-choice",
        requirements: ["7.3.6"],
        check: Check::Repository(unrestricted_choice),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Search(REFUSALS, PYTHON)],
    }
}

const REFUSALS: &[&str] = &[r"[ \t](raise (?:\w+\.)*(?:ValueError|(?:Invalid|Unknown|Unsupported)\w*)\()"];
const PYTHON: &[&str] = &["*.py"];
const MOST_FINDINGS: usize = 5;
/// Longer functions do more than to choose.
const LONGEST_BODY: usize = 20_000;
const MOST_PARAMETERS: usize = 50;
/// Parts of the names of functions that read what people or files say.
const READERS: &[&str] =
    &["parse", "check", "valid", "convert", "coerce", "from_str", "from_string", "__getattr__", "__setattr__"];

fn unrestricted_choice(report: &mut Report) {
    let mut modules = Modules::default();
    let mut seen: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for found in repository::search(REFUSALS, PYTHON) {
        let (path, start) = (found.place.path.clone(), found.place.span.start as usize);
        if !may_take_string(modules.text(&path), start) {
            continue;
        }
        let (code, text) = modules.both(&path);
        let Some((name, place, count)) = choice(code, text, start) else { continue };
        let known = seen.entry(path.clone()).or_default();
        if known.len() < MOST_FINDINGS && known.insert(place.start) {
            report
                .finding(&Place { path, span: place }, format!("`{name}` is any string, and {count} are accepted"))
                .help("give it the type `Literal[…]` or an enumeration");
        }
    }
}

/// Whether the function around a byte may take a string by the look of it: most that refuse values do not, and their
/// modules need no closer look.
fn may_take_string(text: &str, at: usize) -> bool {
    let own = indent(line_at(text, at)).unwrap_or(0);
    let mut before = text.get(..at).unwrap_or_default();
    while let Some(start) = before.rfind("def ") {
        let rest = text.get(start..at).unwrap_or_default();
        let outer = indent(line_at(text, start)).unwrap_or(0);
        if outer < own {
            return rest.contains(": str") || rest.contains("[str]");
        }
        before = &before[..start];
    }
    false
}

/// The parameter that a refusal is about, where it stands, and how many strings it may be.
fn choice(code: &str, text: &str, refusal: usize) -> Option<(String, Span, usize)> {
    let function = enclosing_function(code, refusal)?;
    let open = function + code.get(function..)?.find('(')?;
    let name = code.get(function..open)?.trim();
    let signature = bracketed(code.get(open..)?)?;
    let (start, end) = block(code, function)?;
    if is_decorated(code, function) || READERS.iter().any(|reader| name.contains(reader)) {
        return None;
    }
    let body = code.get(start..end).filter(|body| body.len() < LONGEST_BODY)?;
    let raised = code.get(refusal..)?;
    let raised = refusal + raised.find('(')? + bracketed(raised.get(raised.find('(')?..)?)?.len();
    let said = text.get(refusal..raised)?;
    let condition = line_at(code, code.get(..refusal)?.trim_end().len().checked_sub(1)?);
    strings(signature, open).into_iter().take(MOST_PARAMETERS).find_map(|(parameter, span)| {
        let is_meant = has_word(said, &parameter) || has_word(condition, &parameter);
        let is_changed = ["", ".lower()", ".upper()", ".strip()"].iter().any(|change| match *change {
            "" => body.lines().any(|line| line.trim().starts_with(&format!("{parameter} = "))),
            change => body.contains(&format!("{parameter}{change}")),
        });
        let is_of_other = condition.trim_start().starts_with(['i', 'e'])
            && condition.contains("if ")
            && !has_word(condition, &parameter);
        if !is_meant || is_changed || is_of_other {
            return None;
        }
        if is_open(body, text.get(start..end)?, &parameter) {
            return None;
        }
        let accepted = accepted(body, text.get(start..end)?, &parameter);
        (accepted.len() >= 2).then_some((parameter, span, accepted.len()))
    })
}

/// The parameters of a signature, which stands at `offset`, that are annotated as strings.
fn strings(signature: &str, offset: usize) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    for (at, _) in signature.match_indices(':') {
        let Some((before, after)) = signature.get(..at).zip(signature.get(at + 1..)) else { continue };
        let name: String = before.chars().rev().take_while(|&character| is_word(character)).collect();
        let name: String = name.chars().rev().collect();
        let annotation: String = after.split([',', '=', ')']).next().unwrap_or_default().split_whitespace().collect();
        if !name.is_empty() && matches!(annotation.as_str(), "str" | "str|None" | "Optional[str]") {
            let start = (offset + at - name.len()) as u32;
            let end = start + name.len() as u32;
            found.push((name, Span { start, end }));
        }
    }
    found
}

/// The strings that a body compares a name with.
fn accepted<'a>(code: &str, text: &'a str, name: &str) -> BTreeSet<&'a str> {
    let mut accepted = BTreeSet::new();
    for (at, _) in code.match_indices(name) {
        let end = at + name.len();
        let is_whole = !code.get(..at).is_some_and(|before| before.ends_with(|last| is_word(last) || last == '.'));
        let is_assertion = line_at(code, at).trim_start().starts_with("assert ");
        let Some(rest) = code.get(end..).filter(|_| is_whole && !is_assertion) else { continue };
        let skipped = rest.len() - rest.trim_start_matches(' ').len();
        let words = rest.trim_start_matches(' ');
        let operator = ["== ", "!= ", "in ", "not in "].into_iter().find(|operator| words.starts_with(operator));
        let Some(operator) = operator else { continue };
        let from = end + skipped + operator.len();
        let operand = code.get(from..).unwrap_or_default();
        let length = if operator.ends_with("= ") {
            operand.find(['\n', ':']).unwrap_or(operand.len())
        } else {
            bracketed(operand).map_or(0, str::len)
        };
        let Some(operand) = text.get(from..from + length) else { continue };
        let wanted = if operator.ends_with("= ") { 1 } else { 50 };
        let is_literal = operand.starts_with(['"', '\'', '(', '[', '{']);
        let parts = operand.split(['"', '\'']).skip(1).step_by(2).take(if is_literal { wanted } else { 0 });
        // Operators and other marks are tokens of some language, not choices.
        accepted.extend(parts.filter(|part| part.starts_with(|first: char| first.is_ascii_alphanumeric())));
    }
    accepted
}

/// Whether a branch takes what no word names: `elif name in NAMES`, `if name == other`, `if name.startswith("x-")`.
fn is_open(code: &str, text: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let line = line_at(code, at).trim_start();
        let is_branch = line.starts_with("if ") || line.starts_with("elif ");
        let is_whole = !code.get(..at).is_some_and(|before| before.ends_with(|last| is_word(last) || last == '.'));
        let rest = at + name.len();
        let words = code.get(rest..).unwrap_or_default();
        let is_asked = [".startswith(", ".endswith(", ".is"].iter().any(|method| words.starts_with(method));
        let compared = [" == ", " in "].iter().find(|operator| words.starts_with(**operator));
        let operand = compared.and_then(|operator| text.get(rest + operator.len()..));
        let is_named = operand.is_some_and(|operand| operand.starts_with(|first: char| first.is_alphabetic()));
        is_branch && is_whole && (is_asked || is_named)
    })
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn has_word(text: &str, name: &str) -> bool {
    text.split(|character| !is_word(character)).any(|word| word == name)
}
