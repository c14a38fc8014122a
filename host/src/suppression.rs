//! Comments in checked files that silence a finding.
//!
//! `# plimsoll: allow(security/weak-hash, docker) -- reason` stands at the end of the line that it is about, or on the
//! line above; `allow-file(…)` is about the whole file. Comments of other linters count where a rule says so: a
//! `# noqa: S307` on the line is a reviewed decision about the same fault.

use crate::facts::python::noqa::accepted_codes;
use crate::package::manifest::selects;

/// A comment of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suppression {
    /// Line of the comment, from 1.
    pub(crate) line: u32,
    /// Byte offset of the word `plimsoll`.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// About the whole file.
    pub(crate) file: bool,
    /// About the line below: there is nothing but the comment on its own line.
    pub(crate) alone: bool,
    pub(crate) selectors: Vec<String>,
    pub(crate) reason: Option<String>,
}

impl Suppression {
    /// Whether it is about a finding of this rule on this line.
    pub(crate) fn covers(&self, rule: &str, line: u32) -> bool {
        let place = self.file || line == self.line || (self.alone && line == self.line + 1);
        place && self.selectors.iter().any(|selector| selects(selector, rule))
    }
}

/// The suppressions of a text, in order.
pub(crate) fn suppressions(text: &str) -> Vec<Suppression> {
    const MARK: &str = "plimsoll: allow";
    if !text.contains(MARK) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut offset = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if let Some(at) = line.find(MARK) {
            found.extend(parse(line, at, index as u32 + 1, offset as u32));
        }
        offset += line.len();
    }
    found
}

fn parse(line: &str, at: usize, number: u32, offset: u32) -> Option<Suppression> {
    let before = line[..at].trim_end();
    let opener = ["#", "//", "<!--", ";", "/*"].into_iter().find(|opener| before.ends_with(opener))?;
    let rest = &line[at + "plimsoll: allow".len()..];
    let (file, rest) = match rest.strip_prefix("-file") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (names, after) = rest.strip_prefix('(')?.split_once(')')?;
    let reason = after.trim().trim_end_matches("-->").trim_end_matches("*/").trim();
    let reason = reason.strip_prefix("--").map(str::trim).filter(|reason| !reason.is_empty());
    Some(Suppression {
        line: number,
        start: offset + at as u32,
        end: offset + line.trim_end().len() as u32,
        file,
        alone: before.trim_end_matches(opener).trim().is_empty(),
        selectors: names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        reason: reason.map(str::to_owned),
    })
}

/// Which comment of another linter on a line accepts one of these codes: `noqa` or `nosec`.
pub(crate) fn accepted_elsewhere(line: &str, codes: &[String]) -> Option<&'static str> {
    if codes.is_empty() || !line.contains('#') {
        return None;
    }
    let accepted = accepted_codes(line);
    let names = |list: &[String]| list.iter().any(|code| codes.iter().any(|ours| ours.starts_with(code.as_str())));
    if accepted.all_noqa || names(&accepted.codes) {
        return Some("noqa");
    }
    match &accepted.nosec {
        Some(list) if list.is_empty() || names(list) => Some("nosec"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_names_rules_and_a_reason() {
        let check = |text: &str| {
            suppressions(text)
                .into_iter()
                .map(|one| format!("{} {:?} {} {:?}", one.line, one.selectors, one.alone, one.reason))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            check("x = 1\ny = eval(z)  # plimsoll: allow(security/weak-hash, docker) -- reviewed\n"),
            [r#"2 ["security/weak-hash", "docker"] false Some("reviewed")"#]
        );
        assert_eq!(check("# plimsoll: allow(docker)\nFROM x\n"), [r#"1 ["docker"] true None"#]);
        assert_eq!(check("<!-- plimsoll: allow-file(a/b) -- why -->"), [r#"1 ["a/b"] true Some("why")"#]);
        assert!(check("text plimsoll: allow(docker)").is_empty());
    }
}
