//! Versions of dependencies: which one is installed, as far as the repository shows it.

use std::str::FromStr;

use pep440_rs::{Operator, Version, VersionSpecifiers};
use plimsoll_sdk::prelude::*;

/// A dependency as an entry names it: `requests`, `requests<2.32`.
pub(crate) struct Wanted {
    pub(crate) name: String,
    /// As written; empty for all versions.
    pub(crate) written: String,
    versions: VersionSpecifiers,
}

impl Wanted {
    /// None for what can't be read: the host has checked it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
        let end = text.find(|letter| !is_of_name(letter)).unwrap_or(text.len());
        let (name, written) = text.split_at(end);
        let versions = VersionSpecifiers::from_str(written.trim()).ok()?;
        Some(Self { name: normalised(name), written: written.trim().to_owned(), versions })
    }

    /// Whether it is about all versions.
    pub(crate) fn is_any(&self) -> bool {
        self.written.is_empty()
    }

    /// Whether a dependency has one of these versions.
    pub(crate) fn has(&self, dependency: &Dependency) -> Found {
        if self.is_any() {
            return Found::Yes(None);
        }
        if let Some(locked) = project::locked(&dependency.name).and_then(|text| Version::from_str(&text).ok()) {
            return if self.versions.contains(&locked) { Found::Yes(Some(locked)) } else { Found::No(Some(locked)) };
        }
        match lowest(&dependency.specifier) {
            Some(lowest) if self.versions.contains(&lowest) => Found::Yes(Some(lowest)),
            Some(lowest) => Found::No(Some(lowest)),
            None => Found::Unknown,
        }
    }
}

/// Whether a dependency has one of some versions, and by which version one sees it: the locked one, else the lowest that is
/// allowed.
pub(crate) enum Found {
    Yes(Option<Version>),
    No(Option<Version>),
    /// It is neither locked nor has it a lowest version.
    Unknown,
}

/// The lowest version that specifiers allow.
fn lowest(specifiers: &str) -> Option<Version> {
    let specifiers = VersionSpecifiers::from_str(specifiers).ok()?;
    let is_floor = |operator: &Operator| {
        matches!(
            operator,
            Operator::GreaterThanEqual
                | Operator::GreaterThan
                | Operator::Equal
                | Operator::ExactEqual
                | Operator::TildeEqual
                | Operator::EqualStar
        )
    };
    let floors = specifiers.iter().filter(|specifier| is_floor(specifier.operator()));
    floors.map(|specifier| specifier.version().clone()).max()
}

/// A name as PEP 503 compares it.
fn normalised(name: &str) -> String {
    let mut result = String::new();
    for letter in name.chars() {
        match letter {
            '-' | '_' | '.' if result.ends_with('-') => {}
            '-' | '_' | '.' => result.push('-'),
            letter => result.push(letter.to_ascii_lowercase()),
        }
    }
    result
}
