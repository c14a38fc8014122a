//! The lines that something stands on, for fixes that have to write more of the same.

use plimsoll_sdk::prelude::*;

/// The text at a place.
pub(crate) fn text_at(place: &Place) -> Option<String> {
    let text = repository::read(&place.path).ok()?;
    text.get(place.span.start as usize..place.span.end as usize).map(str::to_owned)
}

/// What stands before a place on its line.
pub(crate) fn before(place: &Place) -> Option<String> {
    let text = repository::read(&place.path).ok()?;
    let before = text.get(..place.span.start as usize)?;
    before.rsplit('\n').next().map(str::to_owned)
}

/// What stands behind a place on its line.
pub(crate) fn behind(place: &Place) -> Option<String> {
    let text = repository::read(&place.path).ok()?;
    text.get(place.span.end as usize..)?.lines().next().map(str::to_owned).or(Some(String::new()))
}

/// The column of a place, in characters.
pub(crate) fn column(place: &Place) -> Option<usize> {
    before(place).map(|before| before.chars().count())
}
