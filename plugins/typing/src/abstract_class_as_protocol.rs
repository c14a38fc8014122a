//! Abstract classes that hold nothing but a list of methods.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::prelude::*;

use crate::source::{Modules, block, indent};

rule! {
    /// An abstract class is nothing but a list of methods.
    ///
    /// Whoever implements it has to import it and derive from it, though nothing is inherited. A `Protocol` asks for the
    /// methods alone, so that other people's classes fit as well. Derive from `typing.Protocol` and drop the decorators.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/port.py
    /// from abc import ABC, abstractmethod
    ///
    /// class Crane(ABC):  # error: `Crane` has nothing but abstract methods
    ///     """Lifts things."""
    ///
    ///     @abstractmethod
    ///     def lift(self, weight: int) -> bool:
    ///         """Lifts one thing."""
    ///
    ///     @abstractmethod
    ///     def lower(self) -> None:
    ///         raise NotImplementedError
    /// ```
    /// ```python bad src/app/steam.py
    /// from app.port import Crane
    ///
    /// class SteamCrane(Crane): ...
    /// ```
    /// ```python bad src/app/hand.py
    /// from app import port
    ///
    /// class HandCrane(port.Crane): ...
    /// ```
    ///
    /// Shared behaviour is what base classes are for:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/port.py
    /// from abc import ABC, abstractmethod
    /// from typing import Protocol
    ///
    /// class Crane(ABC):
    ///     @abstractmethod
    ///     def lift(self, weight: int) -> bool: ...
    ///
    ///     def lift_all(self, weights: list[int]) -> bool:
    ///         return all(self.lift(weight) for weight in weights)
    ///
    /// class Hook(Protocol):
    ///     def grip(self) -> None: ...
    /// ```
    /// ```python good src/app/steam.py
    /// from app.port import Crane
    ///
    /// class SteamCrane(Crane): ...
    /// ```
    /// ```python good src/app/hand.py
    /// from app.port import Crane
    ///
    /// class HandCrane(Crane): ...
    /// ```
    pub(crate) static ABSTRACT_CLASS_AS_PROTOCOL = {
        id: "abstract-class-as-protocol",
        requirements: ["7.3.4"],
        check: Check::Repository(abstract_class_as_protocol),
        confidence: Low,
        roles: [Role::Source],
        wants: [
            Want::Search(ABSTRACT, PYTHON),
            Want::Search(BASES, PYTHON),
            Want::Search(QUESTIONS, PYTHON),
            Want::Assignments(&["__all__"]),
        ],
    }
}

const ABSTRACT: &[&str] = &[r"(?m)^class ([A-Za-z_]\w*)\((?:(?:abc\.)?ABC|metaclass=(?:abc\.)?ABCMeta)\)[ \t]*:"];
const BASES: &[&str] = &[r"(?m)^[ \t]*class [A-Za-z_]\w*\(([^()\n]+)\)[ \t]*:"];
/// What a protocol would not answer by itself.
const QUESTIONS: &[&str] = &[r"(?-u:\b)(?:isinstance|issubclass)\(([^\n]+)"];
const PYTHON: &[&str] = &["*.py"];
const IMPLEMENTERS: usize = 2;

fn abstract_class_as_protocol(report: &mut Report) {
    let mut modules = Modules::default();
    let mut candidates: BTreeMap<String, Match> = BTreeMap::new();
    for found in repository::search(ABSTRACT, PYTHON) {
        if is_purely_abstract(modules.code(&found.place.path), found.place.span.start as usize) {
            candidates.insert(found.text.clone(), found);
        }
    }
    if candidates.is_empty() {
        return;
    }
    let mut implementers: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for found in repository::search(BASES, PYTHON) {
        for base in found.text.split(',') {
            let name = base.trim().rsplit('.').next().unwrap_or_default();
            let candidate = candidates.get_key_value(name).filter(|(_, class)| class.place.path != found.place.path);
            if let Some((name, _)) = candidate {
                implementers.entry(name).or_default().insert(found.place.path.clone());
            }
        }
    }
    let wanted: Vec<&str> =
        implementers.iter().filter(|(_, paths)| paths.len() >= IMPLEMENTERS).map(|(name, _)| *name).collect();
    if wanted.is_empty() {
        return;
    }
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for assignment in python::assignments(&["__all__"]) {
        let value = assignment.value.as_deref().and_then(Item::root);
        taken.extend(value.into_iter().flat_map(Item::descendants).filter_map(Item::string).map(str::to_owned));
    }
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    for found in repository::search(QUESTIONS, PYTHON) {
        taken.extend(found.text.split(|character| !is_word(character)).map(str::to_owned));
    }
    for class in wanted.into_iter().filter(|name| !taken.contains(*name)).filter_map(|name| candidates.get(name)) {
        report
            .finding(&class.place, format!("`{}` has nothing but abstract methods", class.text))
            .help("derive it from `typing.Protocol` and drop the decorators");
    }
}

/// Whether the body of a class has abstract methods that do nothing, and no more.
fn is_purely_abstract(code: &str, at: usize) -> bool {
    let Some(body) = block(code, at).and_then(|(start, end)| code.get(start..end)) else { return false };
    let Some(level) = body.lines().find_map(indent) else { return false };
    let mut is_abstract = false;
    let mut methods = 0;
    for line in body.lines().filter(|line| !line.trim().is_empty()) {
        let words = line.trim();
        let is_nothing = words.starts_with(['"', '\'']) || matches!(words, "..." | "pass");
        if indent(line) != Some(level) {
            // Bodies that do nothing, and the lines of long signatures.
            let is_signature = words.ends_with([',', '(']) || words.starts_with(')');
            if !is_nothing && !is_signature && !words.starts_with("raise NotImplementedError") {
                return false;
            }
        } else if words.starts_with('@') {
            is_abstract |= words.ends_with("abstractmethod");
        } else if words.starts_with("def ") || words.starts_with("async def ") {
            let is_inline = !words.ends_with([':', '(', ',']);
            if !is_abstract || is_inline && !words.ends_with("...") && !words.ends_with("pass") {
                return false;
            }
            (is_abstract, methods) = (false, methods + 1);
        } else if !is_nothing && !words.starts_with(')') {
            return false;
        }
    }
    methods > 0
}
