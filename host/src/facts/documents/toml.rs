//! TOML with places.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Invalid, Tree, check_nesting};
use crate::plugin::wit::{NodeKind, Span};

pub(super) fn parse(text: &str) -> Result<Tree, Invalid> {
    check_nesting(text)?;
    let (table, errors) = DeTable::parse_recoverable(text);
    if let Some(error) = errors.first() {
        let span = error.span().unwrap_or(0..0);
        let message: Vec<&str> = error.message().lines().collect();
        return Err(Invalid::new(span.start, span.end, message.join(", ")));
    }
    let mut root = Tree::new(NodeKind::Table, "", 0, 0);
    root.children = children(table.get_ref());
    Ok(root)
}

fn children(table: &DeTable<'_>) -> Vec<(Option<(String, Span)>, Tree)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, value)| (key.span().start, value.span().start));
    entries
        .into_iter()
        .map(|(key, value)| {
            let span = Span { start: key.span().start as u32, end: key.span().end as u32 };
            (Some((key.get_ref().to_string(), span)), tree(value))
        })
        .collect()
}

fn tree(value: &Spanned<DeValue<'_>>) -> Tree {
    let span = value.span();
    let node = |kind, text: String| Tree::new(kind, text, span.start, span.end);
    match value.get_ref() {
        DeValue::String(text) => node(NodeKind::Text, text.to_string()),
        DeValue::Integer(number) => {
            let decimal = i128::from_str_radix(number.as_str(), number.radix()).map(|number| number.to_string());
            node(NodeKind::Integer, decimal.unwrap_or_else(|_| number.as_str().to_owned()))
        }
        DeValue::Float(number) => node(NodeKind::Float, number.as_str().to_owned()),
        DeValue::Boolean(value) => node(NodeKind::Boolean, value.to_string()),
        DeValue::Datetime(value) => node(NodeKind::Datetime, value.to_string()),
        DeValue::Array(items) => {
            let mut list = node(NodeKind::List, String::new());
            list.children = items.iter().map(|item| (None, tree(item))).collect();
            list
        }
        DeValue::Table(table) => {
            let mut node = node(NodeKind::Table, String::new());
            node.children = children(table);
            node
        }
    }
}
