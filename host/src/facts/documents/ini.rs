//! INI in the way of Python's `configparser`, with places: sections, keys with `=` or `:`, values that go on over
//! indented lines. Anything that it would refuse is passed over: these files have many dialects.

use super::Tree;
use crate::plugin::wit::{NodeKind, Span};

pub(super) fn parse(text: &str) -> Tree {
    let mut root = Tree::new(NodeKind::Table, "", 0, 0);
    let mut section: Option<usize> = None;
    let mut in_value = false;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let content = line.trim_end();
        let trimmed = content.trim_start();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let indent = content.len() - trimmed.len();
        let (begin, end) = (start + indent, start + content.len());
        let table = match section {
            Some(index) => &mut root.children[index].1,
            None => &mut root,
        };
        if indent > 0 && in_value {
            if let Some((_, value)) = table.children.last_mut() {
                if value.text.is_empty() {
                    value.span.start = begin as u32;
                } else {
                    value.text.push('\n');
                }
                value.text.push_str(trimmed);
                value.span.end = end as u32;
                continue;
            }
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(name, _)| name) {
            let span = Span { start: begin as u32 + 1, end: (begin + 1 + name.len()) as u32 };
            let header = Tree::new(NodeKind::Table, "", begin, begin + name.len() + 2);
            root.children.push((Some((name.trim().to_owned(), span)), header));
            section = Some(root.children.len() - 1);
            in_value = false;
            continue;
        }
        let Some(delimiter) = trimmed.find(['=', ':']) else {
            in_value = false;
            continue;
        };
        let key = trimmed[..delimiter].trim_end();
        let rest = &trimmed[delimiter + 1..];
        let value = rest.trim_start();
        let value_start = end - value.len();
        let span = Span { start: begin as u32, end: (begin + key.len()) as u32 };
        let value = Tree::new(NodeKind::Text, value, value_start, end);
        table.children.push((Some((key.to_lowercase(), span)), value));
        in_value = true;
    }
    root
}
