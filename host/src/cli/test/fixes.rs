//! What the fixes of a rule make of its bad examples: they can be applied, they silence what they mend, and where every
//! finding has one the `fixed` example behind is the result, byte for byte.

use super::{Bench, Case};
use crate::example::Example;
use crate::finding::Report;
use crate::fix::{Fixed, Scope, run, unified_diff};
use crate::repository::Changes;

/// Applies the fixes of a bad example and says what is wrong with that. `report` is what the rule says of it.
pub(super) fn compare(bench: &Bench<'_>, case: &Case<'_>, mended: Option<&Case<'_>>, report: &Report) -> Vec<String> {
    let Case { place, example, .. } = case;
    let fixable = report.findings.iter().filter(|finding| Scope::Unsafe.covers(finding)).count();
    if fixable == 0 {
        return Vec::new();
    }
    let mut look = |changes: &Changes| {
        let (facts, outcomes) = bench.run(example, changes);
        Ok((bench.report(&facts, outcomes), facts))
    };
    let fixed = match run(Scope::Unsafe, &mut look, &mut |_, _| Ok(true)) {
        Ok(fixed) => fixed,
        Err(error) => return vec![format!("{place}: the fixes: {error:#}")],
    };
    let mut problems: Vec<String> =
        fixed.failed.iter().map(|failed| format!("{place}: {}: {}", failed.path, failed.reason)).collect();
    if let Some(mended) = mended.filter(|_| fixable == report.findings.len() && problems.is_empty()) {
        let differing = differences(example, &fixed, &mended.example);
        problems.extend(differing.into_iter().map(|difference| {
            format!("{}: the fixes of the bad example make something else of it:\n{difference}", mended.place)
        }));
    }
    problems
}

/// The difference between what fixes made of an example and what they should make of it, file by file.
fn differences(example: &Example, fixed: &Fixed, expected: &Example) -> Vec<String> {
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    let mut files: Changes = example.parts().0.iter().map(|(path, bytes)| (path.clone(), Some(text(bytes)))).collect();
    files.extend(fixed.changes.iter().map(|(path, new)| (path.clone(), new.clone())));
    let expected: Changes = expected.parts().0.iter().map(|(path, bytes)| (path.clone(), Some(text(bytes)))).collect();
    let paths: std::collections::BTreeSet<&String> = files.keys().chain(expected.keys()).collect();
    let side = |side: &Changes, path: &String| side.get(path).cloned().flatten();
    let differs = |path: &&&String| side(&files, path) != side(&expected, path);
    let show = |path: &String| unified_diff(path, side(&expected, path).as_deref(), side(&files, path).as_deref());
    paths.iter().filter(differs).map(|path| show(path)).collect()
}
