//! JSON with comments and trailing commas, with places.

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Invalid, Tree, check_nesting};
use crate::plugin::wit::{NodeKind, Span};

pub(super) fn parse(text: &str) -> Result<Tree, Invalid> {
    check_nesting(text)?;
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).map_err(|error| {
        let range = error.range();
        Invalid::new(range.start, range.end, error.kind().to_string().to_lowercase())
    })?;
    Ok(parsed.value.as_ref().map_or_else(|| Tree::new(NodeKind::Null, "", 0, 0), tree))
}

fn tree(value: &Value<'_>) -> Tree {
    let range = value.range();
    let node = |kind, text: &str| Tree::new(kind, text, range.start, range.end);
    match value {
        Value::StringLit(text) => node(NodeKind::Text, &text.value),
        Value::NumberLit(number) => {
            let whole = number.value.parse::<i128>().is_ok();
            node(if whole { NodeKind::Integer } else { NodeKind::Float }, number.value)
        }
        Value::BooleanLit(value) => node(NodeKind::Boolean, if value.value { "true" } else { "false" }),
        Value::NullKeyword(_) => node(NodeKind::Null, ""),
        Value::Array(array) => {
            let mut list = node(NodeKind::List, "");
            list.children = array.elements.iter().map(|item| (None, tree(item))).collect();
            list
        }
        Value::Object(object) => {
            let mut table = node(NodeKind::Table, "");
            table.children = object
                .properties
                .iter()
                .map(|property| {
                    let range = property.name.range();
                    let span = Span { start: range.start as u32, end: range.end as u32 };
                    (Some((property.name.as_str().to_owned(), span)), tree(&property.value))
                })
                .collect();
            table
        }
    }
}
