//! INI: a section and a key in it. A list is a text, by commas or over several lines.

use super::{Change, line_end, line_start, spliced, with_lines_after, without_lines};
use crate::facts::value::View;

pub(super) fn edit(text: &str, root: View<'_>, keys: &[String], change: Change<'_>) -> Result<String, String> {
    let (section, key) = match keys {
        [key] => (None, key),
        [section, key] => (Some(section), key),
        _ => return Err("a key path of more than a section and a key".to_owned()),
    };
    if key.contains(['=', ':', '[', ']']) || section.is_some_and(|section| section.contains(['[', ']'])) {
        return Err("a key that INI can't hold".to_owned());
    }
    let table = section.map_or(Some(root), |section| root.get(section));
    let old = table.and_then(|table| table.get(key));
    let span = |view: View<'_>| (view.span().start as usize, view.span().end as usize);
    match (change, old) {
        (Change::Remove, Some(old)) => {
            let (_, end) = span(old);
            let start = old.key_span().start as usize;
            without_lines(text, start, end.max(line_end(text, start)))
                .ok_or_else(|| "it does not stand alone on its lines".to_owned())
        }
        (Change::Remove, None) => Err(format!("there is no `{}`", keys.join("."))),
        (Change::Set(value), Some(old)) => {
            let (start, end) = span(old);
            Ok(spliced(text, start..end, &spaced(text, start, value.trim())))
        }
        (Change::Append(value), Some(old)) => {
            let (start, end) = span(old);
            let written = &text[start..end];
            let value = value.trim();
            let new = match written.rsplit_once('\n') {
                _ if written.trim().is_empty() => spaced(text, start, value),
                Some((_, last)) => {
                    let indent = &last[..last.len() - last.trim_start().len()];
                    format!("{written}\n{indent}{value}")
                }
                None if written.contains(',') => format!("{written}, {value}"),
                // A value that begins below its key has one line so far.
                None if line_start(text, start) > old.key_span().start as usize => {
                    format!("{written}\n{}{value}", &text[line_start(text, start)..start])
                }
                None => format!("\n    {written}\n    {value}"),
            };
            Ok(spliced(text, start..end, &new))
        }
        (Change::Set(value) | Change::Append(value), None) => {
            let line = format!("{key} = {}", value.trim());
            let Some(table) = table else {
                let section = section.ok_or("no section")?;
                let gap = if text.is_empty() || text.ends_with("\n\n") { "" } else { "\n" };
                let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
                return Ok(format!("{text}{end}{gap}[{section}]\n{line}\n"));
            };
            let last = table.children().last().map_or(span(table).1, |last| span(last).1);
            if section.is_none() {
                return Err("a key outside of all sections".to_owned());
            }
            Ok(with_lines_after(text, text[..last].trim_end().len(), &line))
        }
    }
}

/// A value with the space that it needs behind its delimiter.
fn spaced(text: &str, start: usize, value: &str) -> String {
    if text[..start].ends_with(['=', ':']) { format!(" {value}") } else { value.to_owned() }
}
