//! What the expressions of a job stand for, as far as files say it: values of its matrix, and inputs of a called workflow
//! or action as its caller gives them.

use std::collections::{BTreeMap, HashSet};

use super::graph::{Collector, Context};
use super::text::Script;
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;

/// Combinations of values that one text is read for.
const MOST_COMBINATIONS: usize = 64;
/// Each round fills in one reference; a text has few.
const MOST_REFERENCES: usize = 8;
/// Longer values are no names of tasks or folders, and could grow from call to call.
const LONGEST_VALUE: usize = 16 << 10;

/// The values that each input can have; of one that is not known there is none.
pub(super) type Inputs = BTreeMap<String, Vec<String>>;

/// The values that expressions can have.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) matrix: Option<View<'a>>,
}

impl Values<'_> {
    /// The values of a name, `matrix.python` or `inputs.target`; none when they are not known.
    fn of(&self, name: &str) -> Vec<String> {
        if let Some(path) = name.strip_prefix("matrix.") {
            return self.matrix.map_or(Vec::new(), |matrix| matrix_values(matrix, path));
        }
        let input = name.strip_prefix("inputs.").or_else(|| name.strip_prefix("github.event.inputs."));
        input.and_then(|name| self.inputs.get(name)).cloned().unwrap_or_default()
    }

    /// The first `${{ … }}` with known values.
    fn next_reference(&self, text: &str) -> Option<(String, Vec<String>)> {
        let mut rest = text;
        while let Some(start) = rest.find("${{") {
            let end = start + rest[start..].find("}}")? + 2;
            let name = rest[start + 3..end - 2].trim();
            let values = self.of(name);
            if !values.is_empty() {
                return Some((name.to_owned(), values));
            }
            rest = &rest[end..];
        }
        None
    }

    /// Adds a script once for each combination of the values that it uses.
    pub(super) fn run(&self, collector: &mut Collector<'_>, script: Script, context: &Context) {
        for script in self.filled(script, |script| &script.text, with_value) {
            collector.shell(script, context.clone());
        }
    }

    /// A text once for each combination of the values that it uses.
    pub(super) fn texts(&self, text: &str) -> Vec<String> {
        self.filled(text.to_owned(), String::as_str, |text, place, value| {
            [&text[..place.start], value, &text[place.end..]].concat()
        })
    }

    fn filled<T: Clone>(
        &self,
        whole: T,
        text: impl Fn(&T) -> &str,
        replaced: impl Fn(&T, std::ops::Range<usize>, &str) -> T,
    ) -> Vec<T> {
        let mut all = vec![whole];
        for _ in 0..MOST_REFERENCES {
            let Some((name, values)) = self.next_reference(text(&all[0])) else { break };
            if all.len() * values.len() > MOST_COMBINATIONS {
                break;
            }
            let fill = |one: &T, value: &str| {
                let mut one = one.clone();
                while let Some(place) = place_of(text(&one), &name) {
                    one = replaced(&one, place, value);
                }
                one
            };
            all = all.iter().flat_map(|one| values.iter().map(|value| fill(one, value))).collect();
        }
        all
    }
}

fn with_value(script: &Script, place: std::ops::Range<usize>, value: &str) -> Script {
    script.replaced(place, value)
}

/// Where the first expression that is just this name stands.
fn place_of(text: &str, name: &str) -> Option<std::ops::Range<usize>> {
    let mut from = 0;
    while let Some(start) = text[from..].find("${{").map(|start| from + start) {
        let end = start + text[start..].find("}}")? + 2;
        if text[start + 3..end - 2].trim() == name {
            return Some(start..end);
        }
        from = end;
    }
    None
}

fn matrix_values(matrix: View<'_>, path: &str) -> Vec<String> {
    let keys: Vec<&str> = path.split('.').collect();
    let Some((first, below)) = keys.split_first() else { return Vec::new() };
    let own = matrix.get(first).into_iter().flat_map(View::children);
    let included = matrix.get("include").into_iter().flat_map(View::children).filter_map(|entry| entry.get(first));
    literal(own.chain(included).filter_map(|value| value.at(below)).filter(is_scalar).map(|it| it.text().to_owned()))
}

fn is_scalar(value: &View<'_>) -> bool {
    !matches!(value.kind(), NodeKind::List | NodeKind::Table | NodeKind::Null)
}

/// The different values that need nothing filled in.
fn literal(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    values
        .filter(|value| !value.contains("${{") && value.len() <= LONGEST_VALUE)
        .filter(|value| seen.insert(value.clone()))
        .collect()
}

/// The inputs of a call: what the caller gives, else what the called one declares as default.
pub(super) fn inputs_of(declared: Option<View<'_>>, given: Option<View<'_>>, caller: Values<'_>) -> Inputs {
    let mut inputs = Inputs::new();
    for (input, value) in declared.into_iter().flat_map(View::children).filter_map(|it| Some((it, it.get("default")?)))
    {
        if is_scalar(&value) {
            inputs
                .insert(input.key().unwrap_or_default().to_owned(), literal(std::iter::once(value.text().to_owned())));
        }
    }
    for value in given.into_iter().flat_map(View::children).filter(is_scalar) {
        let values = literal(caller.texts(value.text()).into_iter());
        inputs.insert(value.key().unwrap_or_default().to_owned(), values);
    }
    inputs
}
