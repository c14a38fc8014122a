//! A plugin that asks every function of the interface once and says what it was told. Built once for each version of the
//! interface and kept beside the tests, it shows that plugins of that version still run:
//!
//! ```text
//! plimsoll build tests/plugins/witness
//! cp tests/plugins/witness/target/plimsoll/plugin.wasm tests/interfaces/VERSION.wasm
//! ```

use plimsoll_sdk::prelude::*;

rule! {
    /// What the witness was told.
    ///
    /// One number for each function.
    static SEEN = {
        id: "seen",
        requirements: ["1.1"],
        check: Check::Repository(seen),
        wants: [
            Want::Calls(&["builtins.print"]),
            Want::Imports(&["os"]),
            Want::Definitions(&["function"], &["*"]),
            Want::Outlines(&["class"], &["*"]),
            Want::Handlers(&["builtins.ValueError"]),
            Want::Assignments(&["limit"]),
            Want::Statements(&["assert"]),
            Want::Lineages,
            Want::Search(&["TODO"], &["*.py"]),
        ],
        options: [("greeting", "\"hello\"", "What the finding begins with")],
    }
}

rule! {
    /// A rule that fails.
    ///
    /// Its text reaches the user.
    static PANICS = { id: "panics", requirements: ["1.1"], check: Check::Repository(panics) }
}

plugin! {
    name: "witness",
    title: "Every function of the interface",
    requirements: include_str!("../requirements.toml"),
    rules: [&SEEN, &PANICS],
}

fn seen(report: &mut Report) {
    let Some(project) = project::projects().pop() else { return };
    let told = [
        ("find", repository::find(&["*.py"]).len()),
        ("exists", usize::from(repository::exists("pyproject.toml"))),
        ("read", repository::read("src/a.py").map_or(0, |text| text.len())),
        ("search", repository::search(&["TODO"], &["*.py"]).len()),
        ("tallies", repository::tallies(&["TODO"], &["*.py"]).iter().map(|tally| tally.count as usize).sum()),
        ("ignored", repository::ignored(&["a.log", "a.txt"]).iter().filter(|is| **is).count()),
        ("covered", repository::covered("", "src/**", &["src/a.py".to_owned()]).iter().filter(|is| **is).count()),
        ("documents", documents::read("pyproject.toml", &["project"]).map_or(0, |nodes| nodes.len())),
        ("imports", python::imports(&["os"]).len()),
        ("calls", python::calls(&["builtins.print"]).len()),
        ("definitions", python::definitions(&["function"], &["*"]).len()),
        ("outlines", python::outlines(&["class"], &["*"]).len()),
        ("handlers", python::handlers(&["builtins.ValueError"]).len()),
        ("assignments", python::assignments(&["limit"]).len()),
        ("statements", python::statements(&["assert"]).len()),
        ("lineages", python::lineages(&["a.B".to_owned()]).iter().flatten().count()),
        ("dependencies", project::dependencies(&["*"]).len()),
        ("locked", usize::from(project::locked("requests").is_some())),
        ("commands", automation::commands(&["pytest"]).len()),
        ("actions", automation::actions(&["actions/checkout"]).len()),
        ("hooks", automation::hooks(&["ruff"]).len()),
        ("workflows", automation::workflows().len()),
        ("tasks", automation::tasks().len()),
        ("opaque", automation::opaque_steps().len()),
        ("dockerfiles", containers::dockerfiles().len()),
        ("compose", containers::compose_files().len()),
        ("image", containers::ignored("Dockerfile", &["a.log", "src/a.py"]).iter().filter(|is| **is).count()),
        ("branches", git::branches().len()),
        ("tags", git::tags().len()),
        ("commits", git::newest(5).map_or(0, |commits| commits.len())),
    ];
    let greeting = report.option("greeting").map_or(String::new(), |it| it.text().to_owned());
    let told: Vec<String> = told.iter().map(|(name, count)| format!("{name} {count}")).collect();
    report.not_applicable("1.1", "said by the witness");
    report.unknown("1.1", Some(&project.place), "asked by the witness");
    report
        .finding(&project.place, format!("{greeting}: {}", told.join(", ")))
        .help("nothing to do")
        .requirement("1.1")
        .related(&project.place, "the same place")
        .low();
}

fn panics(_: &mut Report) {
    panic!("the witness has seen enough");
}
