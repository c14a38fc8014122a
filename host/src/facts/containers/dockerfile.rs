//! The syntax of Dockerfiles: directives, continuation lines, heredocs, flags, exec form. What an instruction means is
//! not looked at here. One bad instruction does not hide the ones after it, and a heredoc may begin anywhere in a
//! line, as BuildKit has it.

use crate::plugin::wit::containers::Instruction;
use crate::plugin::wit::{Place, Span};

use super::heredoc;
use super::words::{self, Operators};

/// More problems of one file are not reported.
const MOST_PROBLEMS: usize = 20;
const MARK: char = '\u{feff}';

const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// The instructions of a file in order, FROM included, and what could not be read.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) instructions: Vec<Instruction>,
    pub(super) problems: Vec<(Span, String)>,
}

/// Parses a Dockerfile.
pub(super) fn parse(path: &str, text: &str) -> Parsed {
    let mut parser = Parser { path, text, position: 0, escape: '\\', result: Parsed::default() };
    if text.starts_with(MARK) {
        parser.position = MARK.len_utf8();
    }
    parser.escape = escape(&text[parser.position..]);
    while let Some(logical) = parser.logical_line() {
        parser.instruction(&logical);
    }
    parser.result.problems.truncate(MOST_PROBLEMS);
    parser.result
}

struct Parser<'a> {
    path: &'a str,
    text: &'a str,
    position: usize,
    escape: char,
    result: Parsed,
}

/// A line with its continuation lines joined.
struct Logical {
    text: String,
    /// Where parts of `text` stand in the file: offset there, offset here.
    origins: Vec<(usize, usize)>,
    start: usize,
    end: usize,
}

impl Logical {
    fn origin(&self, offset: usize) -> usize {
        let part = self.origins.partition_point(|&(joined, _)| joined <= offset).saturating_sub(1);
        self.origins.get(part).map_or(self.start, |&(joined, source)| source + (offset - joined))
    }
}

/// A heredoc's content.
struct Heredoc {
    body: String,
    end: usize,
}

impl Parser<'_> {
    /// The next line of the file, without its end.
    fn line(&mut self) -> Option<(usize, &str)> {
        let start = self.position;
        let rest = &self.text[start..];
        if rest.is_empty() {
            return None;
        }
        let length = rest.find('\n').unwrap_or(rest.len());
        self.position = start + (length + 1).min(rest.len());
        Some((start, rest[..length].strip_suffix('\r').unwrap_or(&rest[..length])))
    }

    fn logical_line(&mut self) -> Option<Logical> {
        let escape = self.escape;
        let mut logical: Option<Logical> = None;
        while let Some((start, line)) = self.line() {
            let trimmed = line.trim_start();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let (content, start) = match logical {
                Some(_) => (line, start),
                None => (trimmed, start + line.len() - trimmed.len()),
            };
            let logical =
                logical.get_or_insert_with(|| Logical { text: String::new(), origins: Vec::new(), start, end: start });
            logical.origins.push((logical.text.len(), start));
            logical.end = start + content.trim_end().len();
            match continued(content, escape) {
                Some(content) => logical.text.push_str(content),
                None => {
                    logical.text.push_str(content.trim_end());
                    break;
                }
            }
        }
        logical
    }

    fn instruction(&mut self, logical: &Logical) {
        let keyword_end = logical.text.find(char::is_whitespace).unwrap_or(logical.text.len());
        let (keyword, rest) = logical.text.split_at(keyword_end);
        let keyword = keyword.to_ascii_uppercase();
        if !KEYWORDS.contains(&keyword.as_str()) {
            let shown: String = logical.text[..keyword_end].chars().take(40).collect();
            return self.problem(logical, logical.start + keyword_end, format!("unknown instruction `{shown}`"));
        }
        let heredocs = if heredoc::takes_heredocs(&keyword, rest) { self.heredocs(rest) } else { Vec::new() };
        let end = heredocs.last().map_or(logical.end, |heredoc| heredoc.end);
        let (flags, content) = flags(rest);
        let content = content.trim_start();
        if content.is_empty() {
            return self.problem(logical, end, format!("`{keyword}` without arguments"));
        }
        let begin = logical.origin(logical.text.len() - content.len()).min(end);
        let (words, exec_form) = arguments(&keyword, content, &heredocs);
        self.result.instructions.push(Instruction {
            place: Place { path: self.path.to_owned(), span: Span { start: logical.start as u32, end: end as u32 } },
            keyword,
            flags,
            words,
            exec_form,
            text: self.text[begin..end].to_owned(),
        });
    }

    fn problem(&mut self, logical: &Logical, end: usize, message: String) {
        let end = end.clamp(logical.start, logical.end.max(logical.start));
        let end = self.text.floor_char_boundary(end);
        self.result.problems.push((Span { start: logical.start as u32, end: end as u32 }, message));
    }

    /// Reads the heredocs that a line opens. One that never ends is none: its lines are read as instructions.
    fn heredocs(&mut self, line: &str) -> Vec<Heredoc> {
        let mut heredocs = Vec::new();
        // Each one without an end costs a look at the rest of the file.
        if self.result.problems.len() >= MOST_PROBLEMS {
            return heredocs;
        }
        for (delimiter, strips_tabs) in heredoc::openers(line) {
            let begin = self.position;
            let mut found = None;
            while let Some((start, line)) = self.line() {
                let candidate = if strips_tabs { line.trim_start_matches('\t') } else { line };
                if candidate == delimiter {
                    found = Some((start, start + line.len()));
                    break;
                }
            }
            let Some((start, end)) = found else {
                self.position = begin;
                let span = Span { start: begin as u32, end: begin as u32 };
                self.result.problems.push((span, format!("the heredoc `{delimiter}` has no end")));
                break;
            };
            heredocs.push(Heredoc { body: self.text[begin..start].to_owned(), end });
        }
        heredocs
    }
}

/// The escape character that a directive at the top sets.
fn escape(text: &str) -> char {
    for line in text.lines() {
        let Some((key, value)) = line.trim().strip_prefix('#').and_then(|comment| comment.split_once('=')) else {
            break;
        };
        let key = key.trim();
        if !key.chars().all(|letter| letter.is_ascii_alphanumeric()) {
            break;
        }
        if key.eq_ignore_ascii_case("escape") {
            return if value.trim() == "`" { '`' } else { '\\' };
        }
    }
    '\\'
}

/// A line that goes on, without its escape character.
fn continued(line: &str, escape: char) -> Option<&str> {
    let content = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!content.ends_with(escape)).then_some(content)
}

/// The flags that a text begins with, and the rest.
fn flags(text: &str) -> (Vec<(String, String)>, &str) {
    let mut flags = Vec::new();
    let mut rest = text.trim_start();
    while let Some(flag) = rest.strip_prefix("--") {
        let length = flag.find(char::is_whitespace).unwrap_or(flag.len());
        let word = &flag[..length];
        if word.is_empty() {
            break;
        }
        let (key, value) = word.split_once('=').unwrap_or((word, "true"));
        flags.push((key.to_owned(), words::split(value, Operators::Letters).concat()));
        rest = flag[length..].trim_start();
    }
    (flags, rest)
}

/// Words of an instruction, and whether they are in exec form. HEALTHCHECK begins with `CMD` or `NONE`, ONBUILD with the
/// instruction that it puts off.
fn arguments(keyword: &str, content: &str, heredocs: &[Heredoc]) -> (Vec<String>, bool) {
    match keyword {
        "ENV" | "LABEL" => (key_values(content), false),
        "HEALTHCHECK" | "ONBUILD" => {
            let length = content.find(char::is_whitespace).unwrap_or(content.len());
            let inner = content[..length].to_ascii_uppercase();
            let (_, rest) = flags(&content[length..]);
            let mut words = vec![inner.clone()];
            let mut exec_form = false;
            // Nothing may be put off twice.
            if !rest.is_empty() && !matches!(inner.as_str(), "ONBUILD" | "HEALTHCHECK") {
                let (inner_words, is_exec) = arguments(&inner, rest, heredocs);
                words.extend(inner_words);
                exec_form = is_exec;
            }
            (words, exec_form)
        }
        "RUN" | "CMD" | "ENTRYPOINT" | "SHELL" => exec(content).map_or_else(
            || {
                let mut words = words::split(content, Operators::Words);
                if heredoc::is_script(&words) {
                    for Heredoc { body, .. } in heredocs {
                        words.push(";".to_owned());
                        words.extend(words::split(body, Operators::Words));
                    }
                }
                (words, false)
            },
            |words| (words, true),
        ),
        "ADD" | "COPY" | "VOLUME" => {
            exec(content).map_or_else(|| (words::split(content, Operators::Letters), false), |words| (words, true))
        }
        _ => (words::split(content, Operators::Letters), false),
    }
}

/// The exec form's items.
fn exec(content: &str) -> Option<Vec<String>> {
    content.starts_with('[').then(|| serde_json::from_str(content).ok()).flatten()
}

/// `KEY=value` words; the old form `KEY value` as well.
fn key_values(content: &str) -> Vec<String> {
    let words = words::split(content, Operators::Letters);
    match words.split_first() {
        Some((key, values)) if !key.contains('=') => vec![format!("{key}={}", values.join(" "))],
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares keyword, words and text of each instruction, and the problems' messages.
    fn check(text: &str, expected: &[(&str, &[&str], &str)], problems: &[&str]) {
        let parsed = parse("Dockerfile", text);
        let found: Vec<(&str, Vec<&str>, &str)> = parsed
            .instructions
            .iter()
            .map(|found| {
                (found.keyword.as_str(), found.words.iter().map(String::as_str).collect(), found.text.as_str())
            })
            .collect();
        let expected: Vec<(&str, Vec<&str>, &str)> =
            expected.iter().map(|&(keyword, words, text)| (keyword, words.to_vec(), text)).collect();
        assert_eq!(found, expected);
        assert_eq!(parsed.problems.iter().map(|(_, message)| message.as_str()).collect::<Vec<_>>(), problems);
        for instruction in &parsed.instructions {
            let Span { start, end } = instruction.place.span;
            assert!(text[start as usize..end as usize].ends_with(&instruction.text));
        }
    }

    #[test]
    fn reads_forms_and_flags() {
        check(
            "# syntax=docker/dockerfile:1\n  from --platform=$X a AS b\r\nENV A=1 B=\"c d\"\nENV OLD the value\nARG V\nCMD [\"x\", \"y z\"]\nCOPY --from=b --link [\"a b\", \"c\"]\n",
            &[
                ("FROM", &["a", "AS", "b"], "a AS b"),
                ("ENV", &["A=1", "B=c d"], "A=1 B=\"c d\""),
                ("ENV", &["OLD=the value"], "OLD the value"),
                ("ARG", &["V"], "V"),
                ("CMD", &["x", "y z"], "[\"x\", \"y z\"]"),
                ("COPY", &["a b", "c"], "[\"a b\", \"c\"]"),
            ],
            &[],
        );
        let parsed = parse("Dockerfile", "COPY --from=b --link --chown=\"a:b\" x y\nRUN [ -f x ] && y");
        let flags = [("from", "b"), ("link", "true"), ("chown", "a:b")];
        assert_eq!(parsed.instructions[0].flags, flags.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert!(!parsed.instructions[1].exec_form);
    }

    #[test]
    fn joins_lines() {
        check(
            "RUN a \\\n  # comment\n\n  && b \\  \n  c\nRUN x \\\\\nUSER y",
            &[
                ("RUN", &["a", "&&", "b", "c"], "a \\\n  # comment\n\n  && b \\  \n  c"),
                ("RUN", &["x", "\\"], "x \\\\"),
                ("USER", &["y"], "y"),
            ],
            &[],
        );
        check("# escape=`\nRUN a `\n b\\", &[("RUN", &["a", "b"], "a `\n b\\")], &[]);
    }

    #[test]
    fn reads_heredocs() {
        check(
            "RUN <<EOF\nset -e\npip install x\nEOF\nRUN cat <<-'A' >/x <<B\n\tFROM y\n\tA\nz\nB\nRUN python <<< x\nUSER u\n",
            &[
                (
                    "RUN",
                    &["<<EOF", ";", "set", "-e", ";", "pip", "install", "x", ";"],
                    "<<EOF\nset -e\npip install x\nEOF",
                ),
                ("RUN", &["cat", "<<-A", ">/x", "<<B"], "cat <<-'A' >/x <<B\n\tFROM y\n\tA\nz\nB"),
                ("RUN", &["python", "<<<", "x"], "python <<< x"),
                ("USER", &["u"], "u"),
            ],
            &[],
        );
        check(
            "RUN cat <<EOF\nUSER u",
            &[("RUN", &["cat", "<<EOF"], "cat <<EOF"), ("USER", &["u"], "u")],
            &["the heredoc `EOF` has no end"],
        );
        check(
            "RUN echo \"<<EOF\"\nUSER u",
            &[("RUN", &["echo", "<<EOF"], "echo \"<<EOF\""), ("USER", &["u"], "u")],
            &[],
        );
    }

    #[test]
    fn goes_on_after_a_bad_instruction() {
        check(
            "FROM a\nINSTALL x \\\n y\nRUN\nCMD b\n",
            &[("FROM", &["a"], "a"), ("CMD", &["b"], "b")],
            &["unknown instruction `INSTALL`", "`RUN` without arguments"],
        );
        let nested = "ONBUILD ".repeat(100_000);
        check(&nested, &[("ONBUILD", &["ONBUILD"], nested["ONBUILD ".len()..].trim_end())], &[]);
        check(&"\\\n".repeat(1_000), &[], &["unknown instruction ``"]);
    }

    #[test]
    fn reads_nested_instructions() {
        check(
            "HEALTHCHECK --interval=5s CMD [\"a\", \"b\"]\nHEALTHCHECK NONE\nONBUILD RUN --network=none a && b",
            &[
                ("HEALTHCHECK", &["CMD", "a", "b"], "CMD [\"a\", \"b\"]"),
                ("HEALTHCHECK", &["NONE"], "NONE"),
                ("ONBUILD", &["RUN", "a", "&&", "b"], "RUN --network=none a && b"),
            ],
            &[],
        );
    }
}
