//! The lines that fixes change: whether two fixes meet, what they make of a file together, and the difference as people
//! read it.

use std::collections::BTreeMap;
use std::time::Duration;

use similar::{Algorithm, DiffOp, TextDiff, capture_diff_slices};

use super::proposal::{Before, Proposal, parses};
use crate::repository::file_name;

/// Of texts with more lines only the first and the last difference are looked for.
const MOST_LINES: usize = 20_000;
/// Lines around a difference.
const CONTEXT: usize = 3;
/// So long a difference is made as small as it can be.
const PATIENCE: Duration = Duration::from_secs(5);

/// New lines for a range of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hunk {
    start: usize,
    end: usize,
    new: Vec<String>,
}

impl Hunk {
    /// Whether two hunks can't both be applied: they share a line, or one inserts where the other changes.
    fn meets(&self, other: &Self) -> bool {
        let touches = self.start <= other.end && other.start <= self.end;
        let inserts = self.start == self.end || other.start == other.end;
        if inserts { touches } else { self.start < other.end && other.start < self.end }
    }

    fn is_insertion(&self) -> bool {
        self.start == self.end
    }
}

/// Whether the lines of a file are patterns of their own, so that several fixes may add some at one place.
fn is_list(path: &str) -> bool {
    let name = file_name(path);
    name.starts_with('.') && name.ends_with("ignore")
}

/// What fixes that do not meet make of files.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    files: BTreeMap<String, Drafted>,
}

#[derive(Clone, Debug)]
enum Drafted {
    /// Made or deleted.
    Whole(Before),
    Lines {
        old: Vec<String>,
        hunks: Vec<Hunk>,
    },
}

impl Draft {
    /// The draft with one more fix; none when that meets another.
    pub(super) fn with(&self, proposal: &Proposal) -> Option<Self> {
        let mut draft = self.clone();
        for (path, before) in &proposal.files {
            let (Some(old), Some(new)) = (&before.old, &before.new) else {
                match draft.files.get(path) {
                    Some(Drafted::Whole(known)) if known == before => continue,
                    Some(_) => return None,
                    None => drop(draft.files.insert(path.clone(), Drafted::Whole(before.clone()))),
                }
                continue;
            };
            let old: Vec<String> = lines(old);
            let found = hunks(&old, &lines(new));
            let known = draft.files.entry(path.clone()).or_insert(Drafted::Lines { old, hunks: Vec::new() });
            let Drafted::Lines { hunks, .. } = known else { return None };
            for hunk in found {
                // Two findings may ask for the same.
                if hunks.contains(&hunk) {
                    continue;
                }
                let is_beside = |known: &Hunk| is_list(path) && known.is_insertion() && hunk.is_insertion();
                if hunks.iter().any(|known| known.meets(&hunk) && !is_beside(known)) {
                    return None;
                }
                hunks.push(hunk);
            }
            hunks.sort_by_key(|hunk| hunk.start);
            // Each alone parses; together they may define a table twice.
            if self.files.contains_key(path) && known.text().is_some_and(|text| parses(path, &text).is_err()) {
                return None;
            }
        }
        Some(draft)
    }

    /// The new texts.
    pub(super) fn texts(self) -> impl Iterator<Item = (String, Option<String>)> {
        self.files.into_iter().map(|(path, drafted)| (path, drafted.text()))
    }
}

impl Drafted {
    fn text(&self) -> Option<String> {
        let (old, hunks) = match self {
            Self::Whole(before) => return before.new.clone(),
            Self::Lines { old, hunks } => (old, hunks),
        };
        let mut text = String::new();
        let mut next = 0;
        for hunk in hunks {
            text.extend(old[next..hunk.start].iter().map(String::as_str));
            text.extend(hunk.new.iter().map(String::as_str));
            next = hunk.end;
        }
        text.extend(old[next..].iter().map(String::as_str));
        Some(text)
    }
}

fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

fn hunks(old: &[String], new: &[String]) -> Vec<Hunk> {
    if old.len().max(new.len()) > MOST_LINES {
        let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let shared = old[start..].iter().rev().zip(new[start..].iter().rev());
        let rest = shared.take_while(|(old, new)| old == new).count();
        let new = new[start..new.len() - rest].to_vec();
        return vec![Hunk { start, end: old.len() - rest, new }];
    }
    let changed = |operation: DiffOp| {
        let (old, lines) = (operation.old_range(), operation.new_range());
        let is_equal = matches!(operation, DiffOp::Equal { .. });
        (!is_equal).then(|| Hunk { start: old.start, end: old.end, new: new[lines].to_vec() })
    };
    capture_diff_slices(Algorithm::Myers, old, new).into_iter().filter_map(changed).collect()
}

/// The difference of a file in the unified form that `git apply` and `patch` read.
pub(crate) fn unified_diff(path: &str, old: Option<&str>, new: Option<&str>) -> String {
    let name = |side: &str, text: Option<&str>| match text {
        Some(_) => format!("{side}/{path}"),
        None => "/dev/null".to_owned(),
    };
    let texts = (old.unwrap_or_default(), new.unwrap_or_default());
    let (from, to) = (name("a", old), name("b", new));
    let header = match (old, new) {
        (None, _) => format!("diff --git a/{path} b/{path}\nnew file mode 100644\n"),
        (_, None) => format!("diff --git a/{path} b/{path}\ndeleted file mode 100644\n"),
        _ => String::new(),
    };
    if texts.0 == texts.1 {
        // An empty file has no lines that could differ.
        return header;
    }
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(texts.0, texts.1);
    format!("{header}{}", diff.unified_diff().context_radius(CONTEXT).header(&from, &to))
}
