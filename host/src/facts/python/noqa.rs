//! What comments of other linters on a line accept: `# noqa`, `# nosec`, `# pragma: allowlist secret`.

/// The decisions that a line's comments write down.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// A bare `# noqa`.
    pub(crate) all_noqa: bool,
    /// Codes of `# noqa: …`.
    pub(crate) codes: Vec<String>,
    /// `# nosec`, with its codes; none of them means all.
    pub(crate) nosec: Option<Vec<String>>,
    pub(crate) allowlist_secret: bool,
}

/// Reads the comments of a line.
pub(crate) fn accepted_codes(line: &str) -> Accepted {
    let mut accepted = Accepted::default();
    for comment in line.split('#').skip(1).map(str::trim_start) {
        let lower = comment.to_ascii_lowercase();
        if let Some(rest) = lower.strip_prefix("noqa").or_else(|| lower.strip_prefix("ruff: noqa")) {
            match rest.trim_start().strip_prefix(':') {
                Some(codes) => accepted.codes.extend(codes_of(codes)),
                None => accepted.all_noqa = true,
            }
        } else if let Some(rest) = lower.strip_prefix("ruff: ignore[") {
            accepted.codes.extend(codes_of(rest.split(']').next().unwrap_or(rest)));
        } else if let Some(rest) = lower.strip_prefix("nosec") {
            accepted.nosec = Some(codes_of(rest.trim_start_matches([':', ' '])));
        } else if lower.starts_with("pragma: allowlist secret") || lower.starts_with("gitleaks:allow") {
            accepted.allowlist_secret = true;
        }
    }
    accepted
}

/// The codes at the start of a comment's rest, in capitals.
fn codes_of(text: &str) -> Vec<String> {
    text.split([',', ' '])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .take_while(|word| {
            let digits = word.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
            !digits.is_empty() && digits.len() < word.len() && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
        .map(str::to_ascii_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_name_codes_or_nothing() {
        let check = |line: &str| {
            let accepted = accepted_codes(line);
            (accepted.all_noqa, accepted.codes.join(","), accepted.nosec.map(|codes| codes.join(",")))
        };
        assert_eq!(check("eval(x)  # noqa: S307, PGH001 because"), (false, "S307,PGH001".into(), None));
        assert_eq!(check("eval(x)  # noqa"), (true, String::new(), None));
        assert_eq!(check("eval(x)  # nosec B307"), (false, String::new(), Some("B307".into())));
        assert_eq!(check("eval(x)  # nosec"), (false, String::new(), Some(String::new())));
        assert_eq!(check("eval(x)  # type: ignore # noqa: S307"), (false, "S307".into(), None));
        assert_eq!(check("eval(x)  # type: ignore"), (false, String::new(), None));
    }
}
