//! TOML 1.1 as a value. Keys come in the order in which the file first names them.

use ::toml::Spanned;
use ::toml::de::{DeInteger, DeTable, DeValue};

use super::{Invalid, check_size, span};
use crate::facts::value::Builder;
use crate::plugin::wit::{Node, NodeKind, Span};

pub(super) fn parse(text: &str) -> Result<Vec<Node>, Invalid> {
    let table = DeTable::parse(text).map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        match error.message() {
            "cannot recurse further; max recursion depth met" | "recursion limit" => {
                Invalid::new(text, range.start, range.end, "nested deeper than 80 levels")
            }
            message => Invalid::new(text, range.start, range.end, message),
        }
    })?;
    let mut builder = Builder::default();
    let root = builder.push(0, None, NodeKind::Table, "", span(0..0));
    add_table(&mut builder, text, root, table.into_inner(), 1)?;
    Ok(builder.finish())
}

fn add_table(builder: &mut Builder, text: &str, parent: u32, table: DeTable<'_>, depth: usize) -> Result<(), Invalid> {
    let mut entries: Vec<_> = table.into_iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in entries {
        let key_span = span(key.span());
        add_value(builder, text, parent, Some((key.into_inner().into_owned(), key_span)), value, depth)?;
    }
    Ok(())
}

fn add_value(
    builder: &mut Builder,
    text: &str,
    parent: u32,
    key: Option<(String, Span)>,
    value: Spanned<DeValue<'_>>,
    depth: usize,
) -> Result<(), Invalid> {
    let range = value.span();
    // Dotted keys inside nested inline tables multiply what the parser's own limit allows.
    check_size(text, range.start, depth, builder.len())?;
    let own = span(range.clone());
    let (kind, scalar) = match value.into_inner() {
        DeValue::Table(table) => {
            let index = builder.push(parent, key, NodeKind::Table, "", own);
            return add_table(builder, text, index, table, depth + 1);
        }
        DeValue::Array(array) => {
            let index = builder.push(parent, key, NodeKind::List, "", own);
            return array.into_iter().try_for_each(|item| add_value(builder, text, index, None, item, depth + 1));
        }
        DeValue::String(string) => (NodeKind::Text, string.into_owned()),
        DeValue::Boolean(boolean) => (NodeKind::Boolean, boolean.to_string()),
        DeValue::Integer(integer) => (NodeKind::Integer, decimal(&integer)),
        DeValue::Float(_) => (NodeKind::Float, text.get(range).unwrap_or_default().to_owned()),
        DeValue::Datetime(_) => (NodeKind::Datetime, text.get(range).unwrap_or_default().to_owned()),
    };
    builder.push(parent, key, kind, scalar, own);
    Ok(())
}

fn decimal(integer: &DeInteger<'_>) -> String {
    match i128::from_str_radix(integer.as_str(), integer.radix()) {
        Ok(number) => number.to_string(),
        Err(_) => integer.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_refused};

    #[test]
    fn spans_of_tables_and_values() {
        check(
            "pyproject.toml",
            "requires = [\"a\", 'b']  # c\r\n[tool.ruff.lint]\r\nselect = 'é'\r\n[project]\r\na.\"b c\".d = { x = 0x1F, y = +1_0 }\r\n[tool.ruff]\r\nf = 1e3\r\nt = true\r\nd = 2020-01-01 10:00:00\r\n[[z]]\r\n[[z]]\r\ni = 0b11\r\n",
            r#"$ table "" <>
            $.requires list "" <["a", 'b']>
            $.requires- text "a" <"a">
            $.requires- text "b" <'b'>
            $.tool table "" <tool>
            $.tool.ruff table "" <[tool.ruff]>
            $.tool.ruff.lint table "" <[tool.ruff.lint]>
            $.tool.ruff.lint.select text "é" <'é'>
            $.tool.ruff.f float "1e3" <1e3>
            $.tool.ruff.t boolean "true" <true>
            $.tool.ruff.d datetime "2020-01-01 10:00:00" <2020-01-01 10:00:00>
            $.project table "" <[project]>
            $.project.a table "" <a>
            $.project.a."b c" table "" <"b c">
            $.project.a."b c".d table "" <{ x = 0x1F, y = +1_0 }>
            $.project.a."b c".d.x integer "31" <0x1F>
            $.project.a."b c".d.y integer "10" <+1_0>
            $.z list "" <[[z]]>
            $.z- table "" <[[z]]>
            $.z- table "" <[[z]]>
            $.z-.i integer "3" <0b11>"#,
        );
        check("a.toml", "", "$ table \"\" <>");
        check(
            "a.toml",
            "a = {\n  b = 1, # TOML 1.1\n}",
            "$ table \"\" <>\n$.a table \"\" <{\n  b = 1, # TOML 1.1\n}>\n$.a.b integer \"1\" <1>",
        );
    }

    #[test]
    fn errors_have_a_place() {
        check("a.toml", "[a]\nb = \"x\n", "invalid at 10 <>: invalid basic string, expected `\"`");
        check("a.toml", "a = 1\na = 2\na = 3", "invalid at 6 <a>: duplicate key");
        check("a.toml", "['é']\n['é']", "invalid at 8 <'é'>: duplicate key");
    }

    #[test]
    fn hostile_input_is_refused() {
        check_refused("a.toml", &format!("a = {}", "[".repeat(1_000_000)), "nested deeper than 80 levels");
        check_refused("a.toml", &"[".repeat(1_000_000), "");
        check_refused("a.toml", &format!("a = {}", "{a=".repeat(300_000)), "nested deeper than 80 levels");
        check_refused("a.toml", &"a.".repeat(500_000), "");
        check_refused("a.toml", &format!("{}b = 1", "a.".repeat(500_000)), "nested deeper than 80 levels");
        let dotted = format!("{}z = ", "a.".repeat(78));
        let nested = format!("{}1{}", format!("{{{dotted}").repeat(70), "}".repeat(70));
        check_refused("a.toml", &format!("{dotted}{nested}"), "nested deeper than 500 levels");
    }
}
