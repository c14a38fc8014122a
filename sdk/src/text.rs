//! Words of messages.

/// Names in backticks, with commas between them.
pub fn quoted<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// `a`, `b` and `c`, in backticks.
pub fn listed<S: AsRef<str>>(names: &[S]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and `{}`", quoted(rest), last.as_ref()),
        _ => quoted(names),
    }
}

/// A word with the ending of the plural, unless there is one thing: `plural(2, "package")` is `packages`.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
