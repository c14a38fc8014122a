//! JSON as a value: with comments and trailing commas, because the tools that read these files allow them.
//! Repeated keys are all kept.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{DEEPEST, Invalid, check_size, span};
use crate::facts::value::Builder;
use crate::plugin::wit::{Node, NodeKind, Span};

/// What is allowed beyond plain JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    WithComments,
    Json5,
}

pub(super) fn parse(text: &str, dialect: Dialect) -> Result<Vec<Node>, Invalid> {
    let json5 = dialect == Dialect::Json5;
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_missing_commas: false,
        allow_loose_object_property_names: json5,
        allow_single_quoted_strings: json5,
        allow_hexadecimal_numbers: json5,
        allow_unary_plus_numbers: json5,
        allow_bare_decimal_point_numbers: json5,
        allow_non_finite_numbers: json5,
        allow_extended_string_escapes: json5,
    };
    let result = parse_to_ast(text, &CollectOptions::default(), &options).map_err(|error| {
        let range = error.range();
        match error.kind() {
            ParseErrorKind::NestingDepthExceeded => {
                Invalid::new(text, range.start, range.start, &format!("nested deeper than {DEEPEST} levels"))
            }
            kind => Invalid::new(text, range.start, range.end, &kind.to_string()),
        }
    })?;
    let Some(value) = result.value else {
        return Err(Invalid::new(text, text.len(), text.len(), "no value"));
    };
    let mut builder = Builder::default();
    add_value(&mut builder, text, 0, None, value, 0)?;
    Ok(builder.finish())
}

fn add_value(
    builder: &mut Builder,
    text: &str,
    parent: u32,
    key: Option<(String, Span)>,
    value: Value<'_>,
    depth: usize,
) -> Result<(), Invalid> {
    let range = value.range();
    check_size(text, range.start, depth, builder.len())?;
    let own = span(range.start..range.end);
    let (kind, scalar) = match value {
        Value::Object(object) => {
            let index = builder.push(parent, key, NodeKind::Table, "", own);
            return object.properties.into_iter().try_for_each(|property| {
                let name = property.name.range();
                let key = match property.name {
                    ObjectPropName::String(name) => name.value.into_owned(),
                    ObjectPropName::Word(name) => name.value.to_owned(),
                };
                let key = Some((key, span(name.start..name.end)));
                add_value(builder, text, index, key, property.value, depth + 1)
            });
        }
        Value::Array(array) => {
            let index = builder.push(parent, key, NodeKind::List, "", own);
            return array
                .elements
                .into_iter()
                .try_for_each(|element| add_value(builder, text, index, None, element, depth + 1));
        }
        Value::StringLit(string) => (NodeKind::Text, string.value.into_owned()),
        Value::BooleanLit(boolean) => (NodeKind::Boolean, boolean.value.to_string()),
        Value::NullKeyword(_) => (NodeKind::Null, String::new()),
        Value::NumberLit(number) => number_of(number.value),
    };
    builder.push(parent, key, kind, scalar, own);
    Ok(())
}

fn number_of(written: &str) -> (NodeKind, String) {
    let (sign, digits) = match written.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", written.strip_prefix('+').unwrap_or(written)),
    };
    if let Some(hexadecimal) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        let number = u128::from_str_radix(hexadecimal, 16);
        return (NodeKind::Integer, number.map_or_else(|_| written.to_owned(), |number| format!("{sign}{number}")));
    }
    match digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => (NodeKind::Integer, format!("{sign}{digits}")),
        false => (NodeKind::Float, written.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_refused};

    #[test]
    fn spans_of_values() {
        check(
            "devcontainer.json",
            "// top\r\n{\r\n  \"é\\n\": [1, -2.50, null,], /* c */ \"a\": {\"b\": true},\r\n  \"a\": \"x\\u00e9\",\r\n}\r\n",
            r#"$ table "" <{␍
              "é\n": [1, -2.50, null,], /* c */ "a": {"b": true},␍
              "a": "x\u00e9",␍
            }>
            $."é\n" list "" <[1, -2.50, null,]>
            $."é\n"- integer "1" <1>
            $."é\n"- float "-2.50" <-2.50>
            $."é\n"- null "" <null>
            $."a" table "" <{"b": true}>
            $."a"."b" boolean "true" <true>
            $."a" text "xé" <"x\u00e9">"#,
        );
        check(
            "renovate.json5",
            "{a: 'b', c: 0x1F}",
            "$ table \"\" <{a: 'b', c: 0x1F}>\n$.a text \"b\" <'b'>\n$.c integer \"31\" <0x1F>",
        );
    }

    #[test]
    fn errors_have_a_place() {
        check("a.json", "", "invalid at 0 <>: no value");
        check("a.json", "{\"a\": 1 \"b\": 2}", "invalid at 7 <>: expected comma");
        check("a.json", "{\"a\": é}", "invalid at 6 <é>: unexpected token");
        check("a.json", "{a: 1}", "invalid at 1 <a>: expected string for object property");
        check("a.json", "[1] [2]", "invalid at 4 <[>: text cannot contain more than one JSON value");
    }

    #[test]
    fn hostile_input_is_refused() {
        check_refused("a.json", &"[".repeat(1_000_000), "nested deeper than 500 levels");
        check_refused("a.json", &"{\"a\":".repeat(200_000), "nested deeper than 500 levels");
        check_refused("a.json", &format!("[{}1]", "1,".repeat(1_000_000)), "more than 1000000 values");
        check_refused("a.json", &"\"\\".repeat(500_000), "");
        check_refused("a.json", &"/* ".repeat(500_000), "unterminated comment block");
    }
}
