//! A finding's name across runs: it stays when lines above it come and go.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::finding::Finding;

use super::lines::{LineIndex, floor};

/// A line of more bytes counts only from the finding on, and only so far.
const LONG_LINE: usize = 1000;

/// Gives fingerprints to the findings of one report, in their order.
#[derive(Default)]
pub(crate) struct Fingerprints {
    seen: HashMap<[u8; 32], usize>,
}

impl Fingerprints {
    /// The digest of rule, path, message and the finding's first line, and a number that tells equal ones apart in
    /// order of the calls. Without the file's text the line counts as empty.
    pub(crate) fn fingerprint(&mut self, finding: &Finding, source: Option<(&str, &LineIndex)>) -> String {
        let line = source.map_or("", |(text, lines)| line_of(finding, text, lines));
        let mut hasher = Sha256::new();
        for part in [&finding.rule, &finding.location.path, &finding.message, line] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let occurrence = self.seen.entry(digest).or_default();
        *occurrence += 1;
        let hexadecimal: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{hexadecimal}:{occurrence}")
    }
}

/// The trimmed line where the finding starts; of a long line, as in minified code, what follows the start.
fn line_of<'a>(finding: &Finding, text: &'a str, lines: &LineIndex) -> &'a str {
    let start = floor(text, finding.location.span.0);
    let mut line = lines.line(text, lines.line_of(start));
    if line.len() > LONG_LINE {
        line.start = start.min(line.end);
        line.end = text.floor_char_boundary(line.end.min(start + LONG_LINE));
    }
    text.get(line).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::Fingerprints;
    use crate::finding::{Confidence, Finding, Level};
    use crate::output::LineIndex;

    fn check(texts: [&str; 2], are_equal: bool) {
        let [left, right] = texts.map(|text| {
            let lines = LineIndex::new(text);
            let start = text.find("eval").unwrap_or_default() as u32;
            let finding = Finding {
                rule: "a/b".to_owned(),
                level: Level::Warn,
                confidence: Confidence::High,
                location: lines.location("f", text, (start, start + 4)),
                message: String::new(),
                help: None,
                requirements: Vec::new(),
                project: String::new(),
                related: Vec::new(),
                fix: None,
            };
            Fingerprints::default().fingerprint(&finding, Some((text, &lines)))
        });
        assert_eq!(left == right, are_equal, "{texts:?}");
    }

    #[test]
    fn a_fingerprint_follows_its_line() {
        check(["eval(x)\n", "import a\n\n    eval(x)\n"], true);
        check(["eval(x)", "eval(y)"], false);
        let long = "a;".repeat(5000) + "eval(x)";
        check([&long, &("b;".to_owned() + &long)], true);
    }
}
