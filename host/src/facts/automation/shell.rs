//! Commands of shell text, read as a shell reads it: lists, pipelines, conditions, loops, functions, subshells and
//! command substitutions. What is only data (arguments of `echo`, here-documents, comments) gives no command.
//!
//! Text that is no shell, or too deep or too long, gives what can be read line by line, or nothing.

use std::collections::HashSet;
use std::ops::Range;

use brush_parser::ast::{
    self, AndOr, AndOrList, AssignmentName, AssignmentValue, Command, CommandPrefixOrSuffixItem, CompoundCommand,
    CompoundList, IoRedirect, SimpleCommand, SourceLocation,
};
use brush_parser::{Parser, ParserOptions, SourceSpan, Token};

use super::positions::{Origin, Positions};
use super::words::{Protected, Variables, resolve};
use crate::repository::join;

const LONGEST_TEXT: usize = 256 << 10;
/// Deeper nesting is written by no one, and costs the parser more than it is worth.
const DEEPEST_NESTING: usize = 60;
const DEEPEST_SUBSTITUTION: usize = 6;
const MOST_COMMANDS: usize = 20_000;

/// What surrounds a script.
#[derive(Clone, Debug, Default)]
pub(super) struct Setting {
    /// Where it starts, relative to the root.
    pub(super) folder: String,
    /// The folder of the file it stands in, when it is a script file: what `dirname "$0"` gives.
    pub(super) own_folder: Option<String>,
    /// Whether `cd` means a folder of the repository; not so in a container.
    pub(super) follows_folders: bool,
}

/// A simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invocation {
    /// Leading assignments, then the program and its arguments.
    pub(super) words: Vec<String>,
    /// Where it stands in the text.
    pub(super) range: Range<usize>,
    pub(super) folder: String,
    pub(super) tolerated: bool,
}

/// The commands of a text in the order in which they stand there.
pub(super) fn invocations(text: &str, setting: &Setting) -> Vec<Invocation> {
    if text.len() > LONGEST_TEXT || is_too_deep(text) {
        return Vec::new();
    }
    let protected = Protected::new(text);
    let mut walk = Walk {
        setting,
        protected: &protected,
        variables: Variables::new(),
        functions: HashSet::new(),
        found: Vec::new(),
        folder: setting.folder.clone(),
        previous: setting.folder.clone(),
        ignores_failure: false,
        collecting: true,
        depth: 0,
    };
    walk.text(&protected.text, &Origin::At(0));
    walk.collecting = false;
    walk.text(&protected.text, &Origin::At(0));
    walk.found
}

fn is_too_deep(text: &str) -> bool {
    let (mut depth, mut deepest) = (0_usize, 0);
    for word in text.split(|char: char| char.is_whitespace() || char == ';') {
        match word {
            "if" | "for" | "while" | "until" | "case" | "select" => depth += 1,
            "fi" | "done" | "esac" => depth = depth.saturating_sub(1),
            _ => {
                for byte in word.bytes() {
                    match byte {
                        b'(' | b'{' => depth += 1,
                        b')' | b'}' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    deepest = deepest.max(depth);
                }
            }
        }
        deepest = deepest.max(depth);
    }
    deepest > DEEPEST_NESTING
}

struct Walk<'a> {
    setting: &'a Setting,
    protected: &'a Protected,
    variables: Variables,
    functions: HashSet<String>,
    found: Vec<Invocation>,
    folder: String,
    previous: String,
    ignores_failure: bool,
    /// The first pass collects variables and functions, the second one commands.
    collecting: bool,
    depth: usize,
}

impl Walk<'_> {
    fn text(&mut self, text: &str, origin: &Origin) {
        if self.depth > DEEPEST_SUBSTITUTION {
            return;
        }
        self.depth += 1;
        let positions = Positions::new(text, origin);
        match parse(text) {
            Some(program) => {
                for list in &program.complete_commands {
                    self.list(list, false, &positions);
                }
            }
            None => self.lines(text, origin),
        }
        self.depth -= 1;
    }

    /// What can be had of a text that is no valid script: one line after the other.
    fn lines(&mut self, text: &str, origin: &Origin) {
        let mut here_end: Option<String> = None;
        let mut start = 0;
        while start < text.len() {
            let mut end = start;
            loop {
                end += text[end..].find('\n').map_or(text.len() - end, |length| length + 1);
                if end >= text.len() || !text[start..end].ends_with("\\\n") {
                    break;
                }
            }
            let line = &text[start..end];
            let inner = match origin {
                Origin::At(base) => Origin::At(base + start),
                Origin::Within(range) => Origin::Within(range.clone()),
            };
            start = end;
            if let Some(tag) = &here_end {
                if line.trim() == tag {
                    here_end = None;
                }
                continue;
            }
            let positions = Positions::new(line, &inner);
            if let Some(program) = parse(line) {
                for list in &program.complete_commands {
                    self.list(list, false, &positions);
                }
                continue;
            }
            here_end = line.split_once("<<").map(|(_, rest)| {
                let rest = rest.trim_start_matches(['-', ' ']);
                rest.split_whitespace().next().unwrap_or_default().trim_matches(['\'', '"']).to_owned()
            });
            self.tokens(line, &positions);
        }
    }

    fn tokens(&mut self, line: &str, positions: &Positions<'_>) {
        let options = ParserOptions::default().tokenizer_options();
        let Ok(tokens) = brush_parser::uncached_tokenize_str(line, &options) else { return };
        let operator = |token: &Token| matches!(token, Token::Operator(..));
        for part in tokens.split(operator) {
            let skipped = part.iter().take_while(|token| {
                matches!(token.to_str(), "if" | "then" | "else" | "elif" | "do" | "while" | "until" | "!" | "{" | "}")
                    || matches!(token.to_str(), "fi" | "done" | "esac" | "case" | "for" | "in")
            });
            let part = &part[skipped.count()..];
            if let (Some(first), Some(last)) = (part.first(), part.last()) {
                let span = SourceSpan { start: first.location().start.clone(), end: last.location().end.clone() };
                let words = part.iter().flat_map(|token| resolve(token.to_str(), &self.variables).fields).collect();
                self.add(words, positions.range(&span), false);
            }
        }
    }

    fn list(&mut self, list: &CompoundList, tolerated: bool, positions: &Positions<'_>) {
        for item in &list.0 {
            self.and_or(&item.0, tolerated, positions);
        }
    }

    fn and_or(&mut self, list: &AndOrList, tolerated: bool, positions: &Positions<'_>) {
        let saved = list.additional.iter().rposition(|item| matches!(item, AndOr::Or(other) if is_harmless(other)));
        // `a || echo … && exit 1` fails after all.
        let saved = saved.filter(|&index| {
            !list.additional[index + 1..].iter().any(|item| matches!(item, AndOr::And(next) if !is_harmless(next)))
        });
        // The first pipeline is number 0, `additional[i]` is number i + 1.
        let tolerated_until = saved.map_or(0, |index| index + 1);
        self.pipeline(&list.first, tolerated || 0 < tolerated_until, positions);
        for (index, item) in list.additional.iter().enumerate() {
            let (AndOr::And(pipeline) | AndOr::Or(pipeline)) = item;
            self.pipeline(pipeline, tolerated || index + 1 < tolerated_until, positions);
        }
    }

    fn pipeline(&mut self, pipeline: &ast::Pipeline, tolerated: bool, positions: &Positions<'_>) {
        for command in &pipeline.seq {
            self.command(command, tolerated, positions);
        }
    }

    fn command(&mut self, command: &Command, tolerated: bool, positions: &Positions<'_>) {
        match command {
            Command::Simple(simple) => self.simple(simple, tolerated, positions),
            Command::Compound(compound, _) => self.compound(compound, tolerated, positions),
            Command::Function(function) => {
                self.functions.insert(function.fname.value.clone());
                let folder = self.folder.clone();
                self.compound(&function.body.0, tolerated, positions);
                self.folder = folder;
            }
            Command::ExtendedTest(..) => {}
        }
    }

    fn compound(&mut self, compound: &CompoundCommand, tolerated: bool, positions: &Positions<'_>) {
        match compound {
            CompoundCommand::Arithmetic(_) => {}
            CompoundCommand::ArithmeticForClause(clause) => self.list(&clause.body.list, tolerated, positions),
            CompoundCommand::BraceGroup(group) => self.list(&group.list, tolerated, positions),
            CompoundCommand::Subshell(subshell) => self.subshell(subshell, tolerated, positions),
            CompoundCommand::ForClause(clause) => {
                if self.collecting {
                    self.variables.insert(clause.variable_name.clone(), None);
                }
                for word in clause.values.iter().flatten() {
                    self.word(word, positions);
                }
                self.list(&clause.body.list, tolerated, positions);
            }
            CompoundCommand::CaseClause(clause) => {
                self.word(&clause.value, positions);
                for list in clause.cases.iter().filter_map(|case| case.cmd.as_ref()) {
                    self.list(list, tolerated, positions);
                }
            }
            CompoundCommand::IfClause(clause) => {
                self.list(&clause.condition, tolerated, positions);
                self.list(&clause.then, tolerated, positions);
                for other in clause.elses.iter().flatten() {
                    if let Some(condition) = &other.condition {
                        self.list(condition, tolerated, positions);
                    }
                    self.list(&other.body, tolerated, positions);
                }
            }
            CompoundCommand::WhileClause(clause) | CompoundCommand::UntilClause(clause) => {
                self.list(&clause.0, tolerated, positions);
                self.list(&clause.1.list, tolerated, positions);
            }
            CompoundCommand::Coprocess(coprocess) => self.command(&coprocess.body, tolerated, positions),
        }
    }

    fn subshell(&mut self, subshell: &ast::SubshellCommand, tolerated: bool, positions: &Positions<'_>) {
        let (folder, previous, ignores) = (self.folder.clone(), self.previous.clone(), self.ignores_failure);
        self.list(&subshell.list, tolerated, positions);
        (self.folder, self.previous, self.ignores_failure) = (folder, previous, ignores);
    }

    /// The fields of a word; the commands in its substitutions are walked.
    fn word(&mut self, word: &ast::Word, positions: &Positions<'_>) -> Vec<String> {
        let resolved = resolve(&word.value, &self.variables);
        for part in &resolved.substitutions {
            let origin = match word.location() {
                Some(span) => positions.within(&span, &word.value, part),
                None => Origin::Within(0..0),
            };
            let folder = self.folder.clone();
            self.text(&part.text, &origin);
            self.folder = folder;
        }
        resolved.fields
    }

    fn simple(&mut self, simple: &SimpleCommand, tolerated: bool, positions: &Positions<'_>) {
        let prefix = simple.prefix.iter().flat_map(|prefix| &prefix.0);
        let suffix = simple.suffix.iter().flat_map(|suffix| &suffix.0);
        let program = simple.word_or_name.as_ref().map(|word| word.value.as_str());
        if self.collecting {
            self.collect(simple, program);
        }
        let mut words: Vec<String> = Vec::new();
        let mut ends: Option<Range<usize>> = None;
        let mut here_document = None;
        let mut take = |walk: &mut Self, word: &ast::Word| {
            words.append(&mut walk.word(word, positions));
            if let Some(span) = word.location() {
                let range = positions.range(&span);
                ends = Some(ends.as_ref().map_or(range.clone(), |ends| ends.start..range.end));
            }
        };
        for item in prefix {
            match item {
                CommandPrefixOrSuffixItem::AssignmentWord(_, word) => take(self, word),
                CommandPrefixOrSuffixItem::IoRedirect(IoRedirect::HereDocument(_, document)) => {
                    here_document = Some(document);
                }
                _ => {}
            }
        }
        if let Some(word) = &simple.word_or_name {
            take(self, word);
        }
        for item in suffix {
            match item {
                CommandPrefixOrSuffixItem::Word(word) | CommandPrefixOrSuffixItem::AssignmentWord(_, word) => {
                    take(self, word);
                }
                CommandPrefixOrSuffixItem::ProcessSubstitution(_, subshell) => {
                    self.subshell(subshell, tolerated, positions);
                }
                CommandPrefixOrSuffixItem::IoRedirect(IoRedirect::HereDocument(_, document)) => {
                    here_document = Some(document);
                }
                CommandPrefixOrSuffixItem::IoRedirect(_) => {}
            }
        }
        if self.collecting || program.is_none_or(|program| self.functions.contains(program)) {
            return;
        }
        if let (Some(document), Some("bash" | "sh")) = (here_document, program) {
            let range = document.doc.location().map_or(0..0, |span| positions.range(&span));
            self.text(&document.doc.value, &Origin::Within(range));
        }
        if let Some(range) = ends {
            self.add(words, range, tolerated);
        }
    }

    fn add(&mut self, words: Vec<String>, range: Range<usize>, tolerated: bool) {
        if self.collecting || words.is_empty() || self.found.len() >= MOST_COMMANDS {
            return;
        }
        let words: Vec<String> = words.iter().map(|word| self.protected.restore(word)).collect();
        let tolerated = tolerated || self.ignores_failure;
        let folder = self.folder.clone();
        self.change_state(&words);
        self.found.push(Invocation { words, range, folder, tolerated });
    }

    /// What `cd` and `set` change for later commands.
    fn change_state(&mut self, words: &[String]) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["set", option, ..] if option.starts_with('+') && option.contains('e') => self.ignores_failure = true,
            ["set", option, ..] if option.starts_with('-') && option.contains('e') => self.ignores_failure = false,
            ["cd" | "pushd", "-"] | ["popd"] if self.setting.follows_folders => {
                std::mem::swap(&mut self.folder, &mut self.previous);
            }
            ["cd" | "pushd", .., folder] if self.setting.follows_folders => {
                if let Some(folder) = target(folder, &self.folder, self.setting.own_folder.as_deref()) {
                    self.previous = std::mem::replace(&mut self.folder, folder);
                }
            }
            _ => {}
        }
    }

    fn collect(&mut self, simple: &SimpleCommand, program: Option<&str>) {
        let declares = matches!(program, Some("export" | "local" | "declare" | "readonly" | "typeset"));
        if program.is_none() || declares {
            let items = simple.prefix.iter().flat_map(|prefix| &prefix.0);
            for item in items.chain(simple.suffix.iter().flat_map(|suffix| &suffix.0)) {
                if let CommandPrefixOrSuffixItem::AssignmentWord(assignment, _) = item {
                    self.assign(assignment);
                }
            }
        }
        if matches!(program, Some("read" | "mapfile" | "readarray" | "getopts")) {
            for item in simple.suffix.iter().flat_map(|suffix| &suffix.0) {
                if let CommandPrefixOrSuffixItem::Word(word) = item {
                    self.variables.insert(word.value.clone(), None);
                }
            }
        }
    }

    fn assign(&mut self, assignment: &ast::Assignment) {
        let AssignmentName::VariableName(name) = &assignment.name else { return };
        let value = match &assignment.value {
            AssignmentValue::Scalar(word) if !assignment.append && !self.variables.contains_key(name) => {
                let resolved = resolve(&word.value, &self.variables);
                resolved.is_literal.then(|| resolved.fields.join(" "))
            }
            _ => None,
        };
        self.variables.insert(name.clone(), value);
    }
}

fn parse(text: &str) -> Option<ast::Program> {
    Parser::new(text.as_bytes(), &ParserOptions::default()).parse_program().ok()
}

/// The folder that `cd` goes to from the current one, as far as that is known. `own` is the script file's.
fn target(folder: &str, current: &str, own: Option<&str>) -> Option<String> {
    let folder = folder.trim_end_matches('/');
    if folder.starts_with("$(") || folder.starts_with('`') {
        let end = folder.rfind([')', '`'])?;
        let (call, rest) = (&folder[..end], &folder[end + 1..]);
        if call.contains("show-toplevel") {
            return join("", rest.trim_start_matches('/'));
        }
        if call.contains("dirname") && (call.contains("$0") || call.contains("BASH_SOURCE")) {
            let own = own?;
            // `$(cd "$(dirname "$0")/.." && pwd)`
            let inner = call.rsplit_once(')').map_or("", |(_, inner)| inner.trim_start_matches(['"', '\'']));
            let inner = inner.split(['"', ' ', '&', ';']).next().unwrap_or_default();
            return join(&join(own, inner.trim_start_matches('/'))?, rest.trim_start_matches(['"', '/']));
        }
        return None;
    }
    for root in ["${{ github.workspace }}", "$GITHUB_WORKSPACE", "${GITHUB_WORKSPACE}", "$CI_PROJECT_DIR"] {
        if let Some(rest) = folder.strip_prefix(root) {
            return join("", rest.trim_start_matches('/'));
        }
    }
    (!folder.contains(['$', '`', '{', '~']) && !folder.starts_with('/')).then(|| join(current, folder))?
}

/// Whether a pipeline does nothing but succeed, so that what stands before `||` may fail.
fn is_harmless(pipeline: &ast::Pipeline) -> bool {
    let [command] = pipeline.seq.as_slice() else { return false };
    match command {
        Command::Simple(simple) => {
            let argument = simple.suffix.iter().flat_map(|suffix| &suffix.0).find_map(|item| match item {
                CommandPrefixOrSuffixItem::Word(word) => Some(word.value.as_str()),
                _ => None,
            });
            match simple.word_or_name.as_ref().map(|word| word.value.as_str()) {
                Some("true" | ":" | "echo" | "printf") => !pipeline.bang,
                Some("exit" | "return") => argument == Some("0"),
                _ => false,
            }
        }
        Command::Compound(CompoundCommand::BraceGroup(ast::BraceGroupCommand { list, .. }), _)
        | Command::Compound(CompoundCommand::Subshell(ast::SubshellCommand { list, .. }), _) => {
            list.0.iter().all(|item| item.0.additional.is_empty() && is_harmless(&item.0.first))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let setting = Setting { folder: String::new(), own_folder: Some("scripts".to_owned()), follows_folders: true };
        let lines: Vec<String> = invocations(text, &setting)
            .into_iter()
            .map(|found| {
                assert!(text.get(found.range.clone()).is_some(), "{:?}", found.range);
                let folder = if found.folder.is_empty() { String::new() } else { format!("{}: ", found.folder) };
                let tolerated = if found.tolerated { " (tolerated)" } else { "" };
                format!("{folder}{}{tolerated}", found.words.join("|"))
            })
            .collect();
        assert_eq!(lines, expected, "{text}");
    }

    #[test]
    fn lists_and_loops() {
        check("a 1 && b; c | d & e\nf # g\n", &["a|1", "b", "c", "d", "e", "f"]);
        check("if a; then b; elif c; then d; else e; fi", &["a", "b", "c", "d", "e"]);
        check("for x in $(a b); do c $x; done\nwhile a; do b; done", &["a|b", "c|$x", "a", "b"]);
        check("case $1 in x) a;; *) b;; esac", &["a", "b"]);
        check("f() { a; }\nf\nb \"$(c d)\" >out 2>&1", &["a", "c|d", "b|$(c d)"]);
        check("! a\ntime b\n[[ -f x ]] && c\n", &["a", "b", "c"]);
    }

    #[test]
    fn data_is_no_command() {
        check("cat <<EOF\nruff check\nEOF\necho 'pytest && x'\n# mypy\n", &["cat", "echo|pytest && x"]);
        check("bash <<EOF\nruff check\nEOF\n", &["ruff|check", "bash"]);
    }

    #[test]
    fn variables() {
        check("P=venv/bin/\n${P}ruff check\n", &["venv/bin/ruff|check"]);
        check("P=''\nif a; then P=x/; fi\n${P}ruff\n", &["a", "${P}ruff"]);
        check("export A=b\nA=b c $A", &["export|A=b", "A=b|c|b"]);
    }

    #[test]
    fn tolerance() {
        check(
            "a || true; b || exit 1; c || exit 0",
            &["a (tolerated)", "true", "b", "exit|1", "c (tolerated)", "exit|0"],
        );
        check("set +e\na\nset -e\nb", &["set|+e", "a (tolerated)", "set|-e (tolerated)", "b"]);
        check("a || { echo no; exit 1; }", &["a", "echo|no", "exit|1"]);
    }

    #[test]
    fn folders() {
        check("cd x && a\n(cd y; b)\nc", &["cd|x", "x: a", "x: cd|y", "x/y: b", "x: c"]);
        check(
            "cd \"$(dirname \"$0\")/..\"\na\ncd web\nb",
            &["dirname|$0", "cd|$(dirname \"$0\")/..", "a", "cd|web", "web: b"],
        );
        check("cd $X; a; cd /tmp; b", &["cd|$X", "a", "cd|/tmp", "b"]);
    }

    #[test]
    fn expressions_and_broken_text() {
        check("a ${{ x == 'y z' && z }} \"${{ b }}\"", &["a|${{ x == 'y z' && z }}|${{ b }}"]);
        check("a && b\nfi\nif c; then\n ruff check\n", &["a", "b", "c", "ruff|check"]);
        check(&"(".repeat(100_000), &[]);
        check(&format!("{}a{}", "{ ( ".repeat(20), " ); }".repeat(20)), &["a"]);
        check("$( $( a ) )", &["a", "$( a )", "$( $( a ) )"]);
        check("é \"é $(ü a)\" b", &["ü|a", "é|é $(ü a)|b"]);
    }
}
