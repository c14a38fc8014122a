//! Which signals the code handles itself, and with what.

use plimsoll_sdk::prelude::*;

/// The calls that register a handler.
pub(crate) const REGISTRATIONS: &[&str] = &["signal.signal", "*.add_signal_handler"];

/// A handler of the program's own for a signal.
pub(crate) struct Registration {
    pub(crate) call: Call,
    /// `SIGTERM` for instance; none where it can't be seen, in a loop over signals for instance.
    pub(crate) signal: Option<String>,
    /// The handler.
    pub(crate) action: Action,
}

/// What a signal does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A function or method, by the last part of its name.
    Function(String),
    /// A lambda, a partial, or another expression.
    Expression,
    /// Nothing: the signal is ignored.
    Ignored,
    /// What Python or the system does by itself, or what was registered before.
    Restored,
}

/// The registrations in the product's own code.
pub(crate) fn registrations() -> Vec<Registration> {
    let calls = python::calls(REGISTRATIONS).into_iter();
    calls.filter_map(registration).collect()
}

fn registration(call: Call) -> Option<Registration> {
    let (signal, action) = signal_and_action(Item::root(&call.value)?)?;
    Some(Registration { call, signal, action })
}

fn signal_and_action(call: Item<'_>) -> Option<(Option<String>, Action)> {
    let mut arguments = call.positional();
    let (signal, handler) = (arguments.next()?, arguments.next()?);
    let name = signal.resolved().text().rsplit('.').next().unwrap_or_default();
    let signal = (name.starts_with("SIG") && name != "SIG").then(|| name.to_owned());
    Some((signal, action(handler)))
}

fn action(handler: Item<'_>) -> Action {
    let is_kept = |item: &Item<'_>| matches!(item.text(), "signal.getsignal" | "signal.signal");
    if handler.descendants().any(|item| is_kept(&item)) {
        return Action::Restored;
    }
    let name = handler.text().rsplit('.').next().unwrap_or_default();
    let is_name = matches!(handler.kind(), NodeKind::Name | NodeKind::Parameter);
    let lower = name.to_ascii_lowercase();
    match name {
        "SIG_IGN" => Action::Ignored,
        "SIG_DFL" | "default_int_handler" => Action::Restored,
        _ if ["original", "previous", "prev_", "old_", "saved"].iter().any(|word| lower.contains(word)) => {
            Action::Restored
        }
        _ if is_name => Action::Function(name.to_owned()),
        _ => Action::Expression,
    }
}

/// The header and body of a function of this name in a module's text.
pub(crate) fn function<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut offset = 0;
    let mut found: Option<(usize, usize)> = None;
    for line in text.split_inclusive('\n') {
        let (start, code) = (offset, line.trim());
        offset += line.len();
        match found {
            None => {
                let header = code.strip_prefix("async ").unwrap_or(code).strip_prefix("def ");
                let rest = header.and_then(|rest| rest.strip_prefix(name));
                if rest.is_some_and(|rest| rest.trim_start().starts_with('(')) {
                    found = Some((start, indent(line)));
                }
            }
            // A header of several lines ends where it began.
            Some((from, depth)) if !code.is_empty() && !code.starts_with([')', '#']) && indent(line) <= depth => {
                return text.get(from..start);
            }
            Some(_) => {}
        }
    }
    text.get(found?.0..)
}

/// Whether some code calls something with one of these words in the last part of its name.
pub(crate) fn calls_any(code: &str, words: &[&str]) -> bool {
    let callees = code.lines().filter(|line| !line.trim_start().starts_with("def ")).flat_map(|line| line.split('('));
    callees.map(|before| before.rsplit(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')).any(
        |mut names| {
            let last = names.next().unwrap_or_default().to_ascii_lowercase();
            words.iter().any(|word| last.contains(word))
        },
    )
}
