//! Runs through changes, one after the other, and what is still true after each.

use std::sync::Arc;

use super::*;
use crate::check::{Order, full_id, interest, run};
use crate::plugin::load::{Loaded, Loader};
use crate::repository::Repository;

/// Long after the files of an example were written, which is in 1970.
const LATER: i64 = 1_000_000_000_000;

fn facts(files: &[(&str, &str)], plugins: &[Source], kept: Kept) -> Arc<Facts> {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let interest = interest(plugins.iter().map(|plugin| plugin.description.as_ref()), &|_| true);
    Arc::new(Facts::new(Repository::from_files(files).noting_reads(), Git::default(), interest).with_kept(Some(kept)))
}

fn sections() -> Vec<Source> {
    let mut sections = crate::package::built_in::sections().unwrap();
    sections.retain(|section| matches!(section.description.name.as_str(), "security" | "structure"));
    sections
}

fn call(facts: &Arc<Facts>, plugins: &[Loaded], earlier: Option<&Earlier>) -> Vec<Outcome> {
    run(facts, plugins, &|_| true, &BTreeMap::new(), &[], Order::Declared, earlier)
}

/// Which of these rules are called again when a repository becomes another one; none where all of all are.
fn called(before: &[(&str, &str)], after: &[(&str, &str)], rules: &[&str], is_built_in: bool) -> Option<Vec<String>> {
    let mut sources = sections();
    sources.iter_mut().for_each(|source| source.is_built_in = is_built_in);
    let loader = Loader::new().unwrap();
    let load = |source: &Source| loader.load(source, &mut Vec::new()).unwrap().0;
    let plugins: Vec<Loaded> = sources.iter().map(load).collect();

    let first = facts(before, &sources, Kept::default());
    let kept = encode(&call(&first, &plugins, None)).unwrap();
    let body = put_together(&first, LATER, &reads(first.repository(), None), &kept).unwrap();

    let extracts = Kept::decode(first.to_keep(LATER).unwrap()).unwrap();
    let second = facts(after, &sources, extracts);
    let earlier = Entry::decode(body)?.recall(&second, &sources.iter().collect::<Vec<_>>())?;
    let id =
        |plugin: usize, rule: usize| full_id(&sources[plugin].description, &sources[plugin].description.rules[rule]);
    let known: BTreeSet<String> =
        earlier.results.lock().unwrap().keys().map(|(plugin, rule, _)| id(*plugin, *rule)).collect();
    let called = rules.iter().filter(|rule| !known.contains(**rule)).map(|rule| (*rule).to_owned()).collect();

    // What is said is what is said by a run that calls everybody.
    let outcomes = call(&second, &plugins, Some(&earlier));
    let anew = facts(after, &sources, Kept::default());
    assert_eq!(said(&outcomes), said(&call(&anew, &plugins, None)));
    assert_eq!(second.problems(), anew.problems());
    assert_eq!(second.marked(), anew.marked());
    Some(called)
}

fn said(outcomes: &[Outcome]) -> Vec<String> {
    let of = |outcome: &Outcome| {
        let said = match &outcome.result {
            RuleResult::Called(answer) => format!("{:?}", serde_json::to_value(&answer.said).unwrap()),
            RuleResult::NoEvidence(reason) => reason.clone(),
        };
        format!("{} {} {:?} {said}", outcome.plugin, outcome.rule, outcome.target)
    };
    outcomes.iter().map(of).collect()
}

const PROJECT: (&str, &str) = ("pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\n");
const RULES: &[&str] =
    &["security/dynamic-code-execution", "structure/function-name-case", "structure/tracked-build-output"];

fn check(before: &str, after: &str, expected: &[&str]) {
    let of = |text| [PROJECT, ("src/app/__init__.py", ""), ("src/app/a.py", text), ("src/app/b.py", "eval(input())\n")];
    assert_eq!(called(&of(before), &of(after), RULES, true).unwrap(), expected, "{before:?} to {after:?}");
}

#[test]
fn rules_are_called_that_see_something_new() {
    check("x = 1\n", "x = 1\n", &[]);
    check("x = 1\n", "x = 2  # plimsoll: allow(security) -- no\n", &[]);
    check("x = 1\n", "x = 1\neval(input())\n", &["security/dynamic-code-execution"]);
    check("eval(input())\n", "x = 1\n", &["security/dynamic-code-execution"]);
    check("eval(input())\n", "eval(input())\n# More.\n", &[]);
    check("eval(input())\n", "\neval(input())\n", &["security/dynamic-code-execution"]);
    check("x = 1\n", "def aB(): ...\n", &["structure/function-name-case"]);
    // Its text was read.
    check("def aB(): ...\n", "def aB(): ...\nx = 'aB'\n", &["structure/function-name-case"]);
    // What is broken is complained of, and so is what was.
    check("x = 1\n", "def (:\n", &[]);
}

#[test]
fn a_class_concerns_those_who_were_told_of_it() {
    let called = |base: &str, other: &str, base_now: &str, other_now: &str| {
        let child = "from app.base import Base\n\nclass Child(Base):\n    def aB(self): ...\n";
        let of = |base, other| {
            let files = [("src/app/base.py", base), ("src/app/child.py", child), ("src/app/other.py", other)];
            [&[PROJECT, ("src/app/__init__.py", "")][..], &files].concat()
        };
        called(&of(base, other), &of(base_now, other_now), &["structure/function-name-case"], true).unwrap()
    };
    let (base, other) = ("class Base: ...\n", "class Other: ...\n");
    let named = "class Base:\n    aB = 1\n";
    let told = ["structure/function-name-case"];
    assert_eq!(called(base, other, named, other), told);
    assert_eq!(called(named, other, base, other), told);
    assert_eq!(called(base, other, "", other), told);
    assert_eq!(called("", other, base, other), told);
    assert_eq!(called(base, other, base, "class Other:\n    aB = 1\n"), [""; 0]);
    assert_eq!(called(base, other, base, ""), [""; 0]);
    // Which one of a name is the last. In memory only another size tells another file.
    assert_eq!(called(&format!("{named}{base}"), other, &format!("{base}{named}\n"), other), told);
}

#[test]
fn all_rules_are_called_where_more_than_one_file_may_count() {
    let is_all = |before: &[(&str, &str)], after: &[(&str, &str)]| called(before, after, RULES, true).is_none();
    let module = ("src/app/a.py", "x = 1\n");
    let renamed = ("pyproject.toml", "[project]\nname = \"other\"\nversion = \"1\"\n");
    assert!(is_all(&[PROJECT, module], &[renamed, module]));
    assert!(is_all(&[PROJECT, module], &[PROJECT, module, ("src/app/b.py", "")]));
    assert!(is_all(&[PROJECT, module], &[PROJECT]));
    // A script of this size is passed over.
    let (large, small) = ("# \n".repeat(100_000) + "ls\n", "# \n".repeat(20_000) + "ls\n");
    assert!(is_all(&[PROJECT, module, ("ci.sh", &large)], &[PROJECT, module, ("ci.sh", &small)]));
    // Profiles come of calls.
    let served = ("src/app/a.py", "import fastapi\napp = fastapi.FastAPI()\n");
    assert!(is_all(&[PROJECT, module], &[PROJECT, served]));
}

type State = BTreeMap<String, String>;

/// Runs through states of a repository, each with what the run before kept, and tells which of them write down anew
/// what was found in all files. What is said is what is said by runs that know nothing.
fn run_through(states: impl IntoIterator<Item = State>) -> Vec<bool> {
    let sources = sections();
    let loader = Loader::new().unwrap();
    let plugins: Vec<Loaded> = sources.iter().map(|it| loader.load(it, &mut Vec::new()).unwrap().0).collect();
    let (mut extracts, mut entry): (Option<Vec<u8>>, Option<Vec<u8>>) = (None, None);
    let run = |(step, state): (usize, State)| {
        let files: Vec<(&str, &str)> = state.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let mut kept = extracts.clone().and_then(Kept::decode).unwrap_or_default();
        let mut earlier = entry.take().and_then(Entry::decode);
        earlier.iter_mut().for_each(|entry| entry.complete(&mut kept));
        let now = facts(&files, &sources, kept);
        let earlier = earlier.and_then(|entry| entry.recall(&now, &sources.iter().collect::<Vec<_>>()));
        assert_eq!(earlier.is_some(), step > 0, "step {step}");
        let outcomes = call(&now, &plugins, earlier.as_ref());
        let anew = facts(&files, &sources, Kept::default());
        assert_eq!(said(&outcomes), said(&call(&anew, &plugins, None)), "step {step}");
        assert_eq!(now.problems(), anew.problems(), "step {step}");
        let begun = LATER + step as i64;
        let written = now.to_keep(begun);
        let is_anew = written.is_some();
        extracts = written.or(extracts.take());
        let kept = encode(&outcomes).unwrap();
        entry = put_together(&now, begun, &reads(now.repository(), earlier), &kept);
        is_anew
    };
    states.into_iter().enumerate().map(run).collect()
}

/// The states that changes lead through.
fn states<const N: usize>(first: &[(&str, &str)], changes: [Vec<(String, String)>; N]) -> Vec<State> {
    let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
    let mut states: Vec<State> = vec![[PROJECT].iter().chain(first).map(owned).collect()];
    for change in changes {
        let mut next = states.last().unwrap().clone();
        next.extend(change);
        states.push(next);
    }
    states
}

#[test]
fn one_change_after_the_other() {
    let base = "from app.root import Root\n\nclass Base(Root):\n    kept = 1\n";
    let child = "from app.base import Base\n\nclass Child(Base):\n    def aB(self): ...\n";
    let secret = "password = 'hunter2hunter2'  # nosec\n";
    let first = [
        ("src/app/__init__.py", ""),
        ("src/app/root.py", "class Root: ...\n"),
        ("src/app/base.py", base),
        ("src/app/child.py", child),
        ("src/app/calls.py", "eval(input())\n"),
        ("src/app/secret.py", secret),
    ];
    let to = |name: &str, text: &str| vec![(format!("src/app/{name}.py"), text.to_owned())];
    let changes = [
        to("calls", "\neval(input())\n"),
        // Broken, with something to be found all the same.
        to("secret", &format!("{secret}{secret}def (:\n")),
        to("calls", "\n\neval(input())\n"),
        to("root", "class Root:\n    aB = 1\n"),
        to("secret", &format!("{secret}{secret}{secret}")),
        to("child", &format!("\n{child}")),
        to("base", "class Other: ...\n"),
        to("child", &format!("\n\n{child}")),
    ];
    let written = run_through(states(&first, changes));
    assert_eq!(written.iter().position(|is_anew| !is_anew), Some(1));
    assert!(!written[1..].contains(&true));
}

#[test]
fn after_many_changes_all_is_written_down_anew() {
    let names: Vec<String> = (0..60).map(|number| format!("src/app/m{number}.py")).collect();
    let first: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "eval(input())\n")).collect();
    let to = |some: &[String], text: &str| some.iter().map(|name| (name.clone(), text.to_owned())).collect();
    let changes = [
        to(&names[..30], "x = 1\neval(input())\n"),
        to(&names[30..], "x = 22\neval(input())\n"),
        to(&names[5..6], "x = 333\neval(input())\n"),
        to(&names[5..40], "eval(1)\n"),
    ];
    assert_eq!(run_through(states(&first, changes)), [true, false, true, false, false]);
}

#[test]
fn plugins_that_may_remember_are_called_for_all_or_nothing() {
    let of = |text| [PROJECT, ("src/app/a.py", text)];
    let called = |after| called(&of("x = 1\n"), &of(after), RULES, false).unwrap();
    assert_eq!(called("x = 2\n"), [""; 0]);
    assert_eq!(called("def aB(): ...\n"), ["structure/function-name-case", "structure/tracked-build-output"]);
}
