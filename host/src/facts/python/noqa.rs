//! What the comment at the end of a line of Python accepts: the markers of ruff and Flake8, Bandit, detect-secrets and Gitleaks.
//! Which code stands for which rule of ours is not known here.

/// What a line accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// `# noqa` without codes.
    pub(crate) all_noqa: bool,
    /// The codes of `# noqa: …`, in capitals, as written.
    pub(crate) codes: Vec<String>,
    /// Whether what `noqa` says holds for the whole file: `# ruff: noqa`, `# flake8: noqa`.
    pub(crate) whole_file: bool,
    /// `# nosec`, with its tests if it names any.
    pub(crate) nosec: Option<Vec<String>>,
    /// `# pragma: allowlist secret`, `# gitleaks:allow`.
    pub(crate) allowlist_secret: bool,
}

/// Reads the markers of one line. They are looked for behind the first `#`; whether that stands in a string is not
/// asked, as the tools themselves don't.
pub(crate) fn accepted_codes(line: &str) -> Accepted {
    let mut accepted = Accepted::default();
    let Some(start) = line.find('#') else { return accepted };
    for comment in line[start + 1..].split('#') {
        let comment = comment.trim();
        let lower = comment.to_ascii_lowercase();
        let file_level = ["ruff:", "flake8:", "flake8="].iter().find_map(|tool| lower.strip_prefix(tool));
        let marker = file_level.map_or(lower.as_str(), str::trim_start);
        if let Some(rest) = word(marker, "noqa") {
            let codes = match rest.trim_start().strip_prefix(':') {
                Some(list) => codes(list),
                None => Vec::new(),
            };
            accepted.whole_file |= file_level.is_some();
            accepted.all_noqa |= codes.is_empty();
            accepted.codes.extend(codes);
        } else if let Some(rest) = word(marker, "nosec") {
            let tests = codes(rest.trim_start().trim_start_matches(':'));
            accepted.nosec.get_or_insert_default().extend(tests);
        } else if let Some(list) = lower.strip_prefix("ruff: ignore[") {
            accepted.codes.extend(codes(list.split(']').next().unwrap_or(list)));
        } else if let Some(rest) = marker.strip_prefix("pragma:") {
            let rest = rest.trim_start();
            accepted.allowlist_secret |= rest.starts_with("allowlist secret") || rest.starts_with("whitelist secret");
        } else if word(marker, "gitleaks:allow").is_some() {
            accepted.allowlist_secret = true;
        }
    }
    accepted
}

/// What follows a word, if the text starts with it and the word ends there.
fn word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.strip_prefix(word)
        .filter(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == '-'))
}

/// Codes separated by commas or blanks, up to the first word that is none.
fn codes(list: &str) -> Vec<String> {
    list.split([',', ' ', '\t'])
        .filter(|code| !code.is_empty())
        .map_while(|code| {
            let digits = code.trim_start_matches(|letter: char| letter.is_ascii_lowercase() || letter == '-');
            let named =
                digits.len() < code.len() && !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
            named.then(|| code.to_ascii_uppercase())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Accepted, accepted_codes};

    fn accepted(change: impl FnOnce(&mut Accepted)) -> Accepted {
        let mut accepted = Accepted::default();
        change(&mut accepted);
        accepted
    }

    #[test]
    fn reads_each_marker() {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let cases = [
            ("x = 1", Accepted::default()),
            ("x = 1  # noqa", accepted(|it| it.all_noqa = true)),
            ("x = 1  # NoQA: s101,E501 because", accepted(|it| it.codes = texts(&["S101", "E501"]))),
            ("x = 1  # noqa : S101 E501", accepted(|it| it.codes = texts(&["S101", "E501"]))),
            ("x  # type: ignore # noqa:F401", accepted(|it| it.codes = texts(&["F401"]))),
            ("x  # type: ignore", Accepted::default()),
            ("x  # noqabc", Accepted::default()),
            ("x  # nosec", accepted(|it| it.nosec = Some(Vec::new()))),
            ("x  # nosec B101, B102", accepted(|it| it.nosec = Some(texts(&["B101", "B102"])))),
            ("x  # nosec: b101 - checked", accepted(|it| it.nosec = Some(texts(&["B101"])))),
            ("# ruff: noqa: S101", accepted(|it| (it.whole_file, it.codes) = (true, texts(&["S101"])))),
            ("# flake8: noqa", accepted(|it| (it.whole_file, it.all_noqa) = (true, true))),
            ("x  # ruff: ignore[S101, E501]", accepted(|it| it.codes = texts(&["S101", "E501"]))),
            ("x  # gitleaks:allow", accepted(|it| it.allowlist_secret = true)),
            ("x  # pragma: allowlist secret", accepted(|it| it.allowlist_secret = true)),
        ];
        for (line, expected) in cases {
            assert_eq!(accepted_codes(line), expected, "{line}");
        }
    }
}
