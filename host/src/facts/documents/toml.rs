//! TOML 1.1 as a value. Keys come in the order in which the file first names them.
//!
//! The parser's own tree of a lock file takes some twenty times its bytes. Such a file is one long list of tables, which
//! are therefore parsed one after the other, in the same memory: see [`Pieces`].

use std::ops::Range;

use ::toml::Spanned;
use ::toml::de::{DeInteger, DeTable, DeValue};

use super::{Invalid, check_size};
use crate::facts::value::Builder;
use crate::plugin::wit::{Node, NodeKind, Span};

/// Bytes of a document that is worth parsing in pieces.
const LONG: usize = 16 << 10;

pub(super) fn parse(text: &str) -> Result<Vec<Node>, Invalid> {
    let pieces = if text.len() < LONG { None } else { Pieces::of(text) };
    // Where a piece is no document, the whole may be one, or tells what is wrong.
    pieces.and_then(Pieces::parse).map_or_else(|| parse_whole(text), Ok)
}

fn parse_whole(text: &str) -> Result<Vec<Node>, Invalid> {
    let (mut builder, root) = Builder::with_root();
    let source = Source { text, start: 0 };
    source.add_table(&mut builder, root, source.parse()?, 1)?;
    Ok(builder.finish())
}

/// A document that is a head and one list of tables, cut before each `[[name]]`. If each piece is a document by itself,
/// nothing that begins in one ends in another; and since the tables of a list know nothing of each other, the pieces say
/// together what the whole says.
struct Pieces<'t> {
    name: &'t str,
    head: Source<'t>,
    tables: Vec<Source<'t>>,
}

impl<'t> Pieces<'t> {
    /// None of a document that is no such list, as far as its lines tell.
    fn of(text: &'t str) -> Option<Self> {
        let lines = || memchr::memmem::find_iter(text.as_bytes(), "\n[").map(|newline| newline + 1);
        let is_bare = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let name_at = |start: usize| {
            let (line, _) = text[start..].split_once('\n').unwrap_or((&text[start..], ""));
            let (name, _) = line.strip_prefix("[[")?.split_once("]]")?;
            is_bare(name).then_some(name)
        };
        let (first, name) = lines().find_map(|start| Some((start, name_at(start)?)))?;
        let mut starts = Vec::new();
        for start in lines().filter(|start| *start >= first) {
            if name_at(start) == Some(name) {
                starts.push(start);
            } else {
                let header = text[start..].trim_start_matches('[');
                header.strip_prefix(name).filter(|rest| rest.starts_with('.'))?;
            }
        }
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let table = |(start, end): (&usize, usize)| Source { text: &text[*start..end], start: *start };
        let tables = starts.iter().zip(ends).map(table).collect();
        Some(Self { name, head: Source { text: &text[..first], start: 0 }, tables })
    }

    /// None where a piece is broken, or speaks of something else.
    fn parse(self) -> Option<Vec<Node>> {
        let (mut builder, root) = Builder::with_root();
        let head = self.head.parse().ok().filter(|head| !head.contains_key(self.name))?;
        self.head.add_table(&mut builder, root, head, 1).ok()?;
        let mut list = None;
        for source in self.tables {
            let mut entries = source.parse().ok()?.into_iter();
            let (Some((key, value)), None) = (entries.next(), entries.next()) else { return None };
            let own = source.span(value.span());
            let DeValue::Array(items) = value.into_inner() else { return None };
            let key_span = source.span(key.span());
            let list = *list.get_or_insert_with(|| {
                builder.push(root, Some((key.into_inner().into_owned(), key_span)), NodeKind::List, "", own)
            });
            source.add_items(&mut builder, list, items, 2).ok()?;
        }
        Some(builder.finish())
    }
}

/// A document, or a piece of one that begins at an offset of it.
struct Source<'t> {
    text: &'t str,
    start: usize,
}

impl<'t> Source<'t> {
    fn parse(&self) -> Result<DeTable<'t>, Invalid> {
        let table = DeTable::parse(self.text).map_err(|error| {
            let range = error.span().unwrap_or(0..0);
            match error.message() {
                "cannot recurse further; max recursion depth met" | "recursion limit" => {
                    Invalid::new(self.text, range.start, range.end, "nested deeper than 80 levels")
                }
                message => Invalid::new(self.text, range.start, range.end, message),
            }
        })?;
        Ok(table.into_inner())
    }

    fn span(&self, range: Range<usize>) -> Span {
        super::span(self.start + range.start..self.start + range.end)
    }

    fn add_table(&self, builder: &mut Builder, parent: u32, table: DeTable<'_>, depth: usize) -> Result<(), Invalid> {
        let mut entries: Vec<_> = table.into_iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let key_span = self.span(key.span());
            self.add_value(builder, parent, Some((key.into_inner().into_owned(), key_span)), value, depth)?;
        }
        Ok(())
    }

    fn add_items<'v>(
        &self,
        builder: &mut Builder,
        list: u32,
        items: impl IntoIterator<Item = Spanned<DeValue<'v>>>,
        depth: usize,
    ) -> Result<(), Invalid> {
        items.into_iter().try_for_each(|item| self.add_value(builder, list, None, item, depth))
    }

    fn add_value(
        &self,
        builder: &mut Builder,
        parent: u32,
        key: Option<(String, Span)>,
        value: Spanned<DeValue<'_>>,
        depth: usize,
    ) -> Result<(), Invalid> {
        let (text, range) = (self.text, value.span());
        // Dotted keys inside nested inline tables multiply what the parser's own limit allows.
        check_size(text, range.start, depth, builder.len())?;
        let own = self.span(range.clone());
        let (kind, scalar) = match value.into_inner() {
            DeValue::Table(table) => {
                let index = builder.push(parent, key, NodeKind::Table, "", own);
                return self.add_table(builder, index, table, depth + 1);
            }
            DeValue::Array(items) => {
                let index = builder.push(parent, key, NodeKind::List, "", own);
                return self.add_items(builder, index, items, depth + 1);
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
    use super::*;

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

    /// A document in pieces says what the whole says; whether it can be taken in pieces is as expected.
    #[track_caller]
    fn check_pieces(text: &str, is_taken: bool) {
        let pieces = Pieces::of(text).and_then(Pieces::parse);
        assert_eq!(pieces.is_some(), is_taken);
        if let Some(pieces) = pieces {
            assert_eq!(format!("{pieces:?}"), format!("{:?}", parse_whole(text).unwrap()));
        }
    }

    #[test]
    fn pieces_say_what_the_whole_says() {
        let head = "version = 1\nlist = [\n  1,\n]\n[manifest]\nmembers = ['a']\n";
        let tables = "[[package]]\nname = \"a\"\r\nd = [\n{ n = 1.5 },\n]\n[package.x]\ny = 1\n[[package.z]]\n[[package]] # é\nname = 'b'";
        check_pieces(&format!("{head}{tables}"), true);
        check_pieces("\n[[p]]", true);
        check_pieces("[[p]]\na = 1\n[[p]]\na = 2\n", false);
        check_pieces("a = 1\n[[\"q\"]]\n[[p]]\n", true);
        check_pieces("a = 1\n[[\"p\"]]\n[[p]]\n", false);
        // Another table, the list in two places, a name that is taken: the whole tells whether that is broken.
        check_pieces(&format!("{head}[[package]]\n[metadata]\n"), false);
        check_pieces(&format!("{head}[[package]]\n[[packages]]\n"), false);
        check_pieces("package = []\n[[package]]\n[[package]]\n", false);
        check_pieces("[package.a]\n[[package]]\n", false);
        check_pieces("\n[[package]]\n[package.x]\n[[package]]\n[package.x]\n[package.x]\n", false);
        // What begins in one piece and ends in another.
        check_pieces("\n[[p]]\na = \"\"\"\n[[p]]\n\"\"\"\n[[p]]\n", false);
        check_pieces("\n[[p]]\na = [\n[[p]]\n]\n", false);
        let broken = format!("{head}[[package]]\nname = {}\n", "x".repeat(LONG));
        assert_eq!(parse(&broken).unwrap_err(), parse_whole(&broken).unwrap_err());
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
