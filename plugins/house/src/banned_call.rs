//! Calls that the organisation does not want.

use plimsoll_sdk::prelude::*;

use crate::entry::{Paths, find, slices, texts};

rule! {
    /// A banned function is called.
    ///
    /// `[[ban]] calls = ["subprocess.run"]`: dotted names as they are resolved. With `arguments = { shell = true }` only
    /// calls that give these values, with `without = ["timeout"]` only calls that give none of these.
    pub(crate) static BANNED_CALL = {
        id: "banned-call",
        requirements: ["house"],
        check: Check::Repository(banned_call),
    }
}

fn banned_call(report: &mut Report) {
    let paths = Paths::of(report);
    let (names, without) = (texts(report, "calls"), texts(report, "without"));
    for call in python::calls(&slices(&names)) {
        let Some(value) = Item::root(&call.value) else { continue };
        let given = report.option("arguments").is_none_or(|wanted| {
            let mut wanted = wanted.children();
            wanted.all(|wanted| {
                let argument = wanted.key().and_then(|key| value.get(key)).map(Item::resolved);
                argument.is_some_and(|argument| argument.kind() == wanted.kind() && argument.text() == wanted.text())
            })
        });
        // What is unpacked may give everything.
        let is_unpacked = value.children().any(|argument| argument.text() == "double-star");
        let lacks = without.is_empty() || !is_unpacked && !without.iter().any(|name| value.get(name).is_some());
        if given && lacks && paths.has(&call.site.place) {
            let missing =
                if without.is_empty() { String::new() } else { format!(" without `{}`", without.join("`, `")) };
            drop(find(report, &call.site.place, format!("`{}` is called{missing}", call.name)));
        }
    }
}
