//! A plugin whose rules do what no plugin should, and one that behaves. The tests check that the host survives the first
//! and still hears the last.

use plimsoll_sdk::prelude::*;

macro_rules! hostile {
    ($name:ident, $id:literal, $check:ident) => {
        rule! {
            /// A rule that does harm.
            ///
            /// It stands for a mistake, or for an attack.
            static $name = { id: $id, requirements: ["1.1"], check: Check::Repository($check) }
        }
    };
}

hostile!(LOOP, "a-loop", endless_loop);
hostile!(MEMORY, "b-memory", memory);
hostile!(RECURSION, "c-recursion", recursion);
hostile!(PANIC, "d-panic", panics);
hostile!(FLOOD, "e-flood", flood);
hostile!(OUTPUT, "f-output", output);
hostile!(REQUIREMENT, "g-requirement", requirement);
hostile!(SPAN, "h-span", span);
hostile!(UNDECLARED, "i-undeclared", undeclared);
hostile!(ESCAPES, "j-escapes", escapes);
hostile!(EDITS, "k-edits", edits);
hostile!(HONEST, "z-honest", honest);

plugin! {
    name: "hostile",
    title: "Rules that do harm",
    requirements: include_str!("../requirements.toml"),
    rules: [&LOOP, &MEMORY, &RECURSION, &PANIC, &FLOOD, &OUTPUT, &REQUIREMENT, &SPAN, &UNDECLARED, &ESCAPES, &EDITS, &HONEST],
}

fn place(start: u32, end: u32) -> Place {
    Place { path: "app.py".to_owned(), span: Span { start, end } }
}

fn endless_loop(report: &mut Report) {
    report.finding(&place(0, 2), "said before the loop");
    let mut number = 0u64;
    loop {
        number = std::hint::black_box(number.wrapping_add(1));
    }
}

fn memory(_: &mut Report) {
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    loop {
        blocks.push(vec![1; 16 << 20]);
    }
}

fn recursion(_: &mut Report) {
    fn deeper(number: u64) -> u64 {
        if std::hint::black_box(number) == u64::MAX { 0 } else { deeper(number + 1) + 1 }
    }
    std::hint::black_box(deeper(0));
}

fn panics(_: &mut Report) {
    panic!("the text of a panic");
}

fn flood(report: &mut Report) {
    for number in 0..1_000_000 {
        report.finding(&place(0, 2), format!("finding {number}"));
    }
}

fn output(report: &mut Report) {
    report.finding(&place(0, 2), "x".repeat(100 << 20));
}

fn requirement(report: &mut Report) {
    report.finding(&place(0, 2), "breaks what it has not declared").requirement("9.9");
}

fn span(report: &mut Report) {
    report.finding(&place(5, 5_000_000), "far outside");
    // The file starts with a letter of two bytes.
    report.finding(&place(0, 1), "inside a character");
}

fn undeclared(_: &mut Report) {
    python::calls(&["builtins.eval"]);
}

fn escapes(report: &mut Report) {
    report.finding(&place(0, 2), "\u{1b}[31mred\u{1b}[0m \u{202e}desrever");
}

fn edits(report: &mut Report) {
    let edits = (0..1_000).map(|number| Edit::DeleteFile(format!("{number}.py"))).collect();
    report.finding(&place(0, 2), "a fix without end").fix(Applicability::Safe, edits);
}

fn honest(report: &mut Report) {
    report.finding(&place(0, 2), "an honest finding");
}
