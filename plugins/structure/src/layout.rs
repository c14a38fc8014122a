//! What the rules about files and names share.

pub(crate) use plimsoll_sdk::paths::{file_name, is_below, join, nearest, parent, role, start, upwards};
pub(crate) use plimsoll_sdk::product::{is_monorepo, is_product, main_project};
pub(crate) use plimsoll_sdk::text::quoted;

/// Whether a name is in mixedCase: one of its words begins in lower case and has a capital later.
pub(crate) fn is_mixed_case(name: &str) -> bool {
    let words = name.split('_').filter(|word| word.starts_with(|first: char| first.is_ascii_lowercase()));
    let has_hump = |word: &str| {
        word.as_bytes().windows(2).any(|pair| !pair[0].is_ascii_uppercase() && pair[1].is_ascii_uppercase())
    };
    words.into_iter().any(has_hump)
}
