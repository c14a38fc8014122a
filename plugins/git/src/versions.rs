//! Version numbers of tags.

/// A tag that names a version: the numbers, and what follows them.
pub(crate) struct TagVersion<'a> {
    pub(crate) tag: &'a str,
    pub(crate) numbers: Vec<u64>,
    /// A pre-release part with its separator: `-rc.1`, `rc1`.
    pub(crate) suffix: &'a str,
}

/// Reads `v1.2.3`, `1.2.3-rc.1`, and the same after a package's prefix: `pkg-v1.2.3`, `pkg@1.2.3`, `pkg/v1.2.3`.
pub(crate) fn version(tag: &str) -> Option<TagVersion<'_>> {
    let text = tag.rsplit(['/', '@']).next().unwrap_or(tag);
    let text = text.rsplit_once("-v").filter(|(_, rest)| starts_with_digit(rest)).map_or(text, |(_, rest)| rest);
    let text = text.strip_prefix(['v', 'V']).filter(|rest| starts_with_digit(rest)).unwrap_or(text);
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (numbers, suffix) = text.split_at(end);
    let parts: Option<Vec<u64>> = numbers.trim_end_matches('.').split('.').map(|part| part.parse().ok()).collect();
    let parts = parts.filter(|parts| starts_with_digit(text) && parts.len() > 1)?;
    Some(TagVersion { tag, numbers: parts, suffix: suffix.trim_start_matches('+') })
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

/// The versions among some tags, the newest last.
pub(crate) fn versions(tags: &[String]) -> Vec<TagVersion<'_>> {
    let mut versions: Vec<TagVersion<'_>> = tags.iter().filter_map(|tag| version(tag)).collect();
    versions.sort_by(|one, other| one.numbers.cmp(&other.numbers).then_with(|| one.tag.cmp(other.tag)));
    versions
}
