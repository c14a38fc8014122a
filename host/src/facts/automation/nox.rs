//! Task runners that are written in Python: nox, invoke and duty. Their files are parsed, never run: a call
//! `session.run("ruff", "check")` gives its literal words, a name that is no constant stays as `$name`.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, FStringPart, InterpolatedStringElement, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::graph::{Collector, Context, TableId, UnitId};
use super::text::{Script, span};
use crate::plugin::wit::Place;
use crate::repository::{file_name, join, parent};

const LARGEST_FILE: usize = 200 << 10;
const DEEPEST_BRACKETS: usize = 200;
const DEEPEST_CODE: usize = 400;
const DEEPEST_CALLS: usize = 4;
const MOST_VISITS: usize = 20_000;

pub(super) fn collect(collector: &mut Collector<'_>) {
    for path in super::own_files(collector, |path| file_name(path) == "noxfile.py") {
        file(collector, &path, "nox");
    }
    for path in super::own_files(collector, |path| matches!(file_name(path), "tasks.py" | "duties.py")) {
        let runner = if file_name(&path) == "tasks.py" { "invoke" } else { "duty" };
        file(collector, &path, runner);
    }
}

type Constants<'a> = BTreeMap<&'a str, &'a Expr>;

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    runner: &'static str,
    constants: Constants<'a>,
    functions: BTreeMap<&'a str, &'a StmtFunctionDef>,
    visits: usize,
}

fn file(collector: &mut Collector<'_>, path: &str, runner: &'static str) {
    let Ok(text) = collector.facts.repository().read(path) else { return };
    let imported = if runner == "nox" { "nox" } else { runner };
    if text.len() > LARGEST_FILE || is_too_deep(&text) || !text.contains(imported) {
        return;
    }
    let Ok(parsed) = ruff_python_parser::parse_module(&text) else { return };
    let body = &parsed.syntax().body;
    let mut reader =
        Reader { path, text: &text, runner, constants: Constants::new(), functions: BTreeMap::new(), visits: 0 };
    let mut default: Option<Vec<String>> = None;
    let mut assigned: BTreeSet<&str> = BTreeSet::new();
    for statement in body {
        match statement {
            Stmt::FunctionDef(function) => {
                reader.functions.insert(function.name.as_str(), function);
            }
            Stmt::Assign(assignment) => {
                if let [Expr::Name(name)] = assignment.targets.as_slice() {
                    if assigned.insert(name.id.as_str()) {
                        reader.constants.insert(name.id.as_str(), &assignment.value);
                    } else {
                        reader.constants.remove(name.id.as_str());
                    }
                }
                if let [Expr::Attribute(attribute)] = assignment.targets.as_slice()
                    && attribute.attr.as_str() == "sessions"
                {
                    default = Some(reader.words(&assignment.value, 0));
                }
            }
            _ => {}
        }
    }
    let table = collector.table(if runner == "nox" { "nox" } else { "invoke" }, parent(path), path);
    let mut by_default: Vec<String> = Vec::new();
    for statement in body {
        let Stmt::FunctionDef(function) = statement else { continue };
        let Some(task) = reader.task(function) else { continue };
        if task.is_default {
            by_default.push(task.name.clone());
        }
        reader.add(collector, table, function, &task);
    }
    collector.tables[table].default = match runner {
        "nox" => Some(default.unwrap_or(by_default)),
        _ => Some(Vec::new()),
    };
}

fn is_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST_BRACKETS
    })
}

/// A function that the runner offers.
struct Task {
    name: String,
    is_default: bool,
    /// Tasks that run before it.
    needs: Vec<String>,
    tags: Vec<String>,
}

fn dotted(expression: &Expr) -> String {
    match expression {
        Expr::Name(name) => name.id.to_string(),
        Expr::Attribute(attribute) if attribute.value.is_name_expr() => {
            format!("{}.{}", dotted(&attribute.value), attribute.attr)
        }
        _ => String::new(),
    }
}

impl<'a> Reader<'a> {
    fn task(&self, function: &StmtFunctionDef) -> Option<Task> {
        let names: &[&str] = match self.runner {
            "nox" => &["nox.session", "session", "nox_poetry.session", "nox_uv.session"],
            "invoke" => &["task", "invoke.task"],
            _ => &["duty"],
        };
        let decorator = function.decorator_list.iter().find(|decorator| {
            let target = match &decorator.expression {
                Expr::Call(call) => &call.func,
                other => other,
            };
            names.contains(&dotted(target).as_str())
        })?;
        let own = function.name.to_string();
        let mut task = Task { name: own, is_default: true, needs: Vec::new(), tags: Vec::new() };
        if let Expr::Call(call) = &decorator.expression {
            // `@task(lint, test)`
            task.needs.extend(call.arguments.args.iter().map(dotted).filter(|name| !name.is_empty()));
            for keyword in &call.arguments.keywords {
                match keyword.arg.as_ref().map(ruff_python_ast::Identifier::as_str) {
                    Some("name") => task.name = self.words(&keyword.value, 0).pop().unwrap_or(task.name),
                    Some("default") => {
                        task.is_default = !matches!(&keyword.value, Expr::BooleanLiteral(value) if !value.value)
                    }
                    Some("requires") => task.needs.extend(self.words(&keyword.value, 0)),
                    Some("tags") => task.tags = self.words(&keyword.value, 0),
                    Some("pre" | "post") => {
                        if let Expr::List(list) = &keyword.value {
                            task.needs.extend(list.elts.iter().map(dotted));
                        }
                    }
                    _ => {}
                }
            }
        }
        Some(task)
    }

    fn add(&mut self, collector: &mut Collector<'_>, table: TableId, function: &'a StmtFunctionDef, task: &Task) {
        let place = Place { path: self.path.to_owned(), span: range(function.name.range()) };
        let unit = collector.task(table, self.runner, &task.name, place);
        for tag in &task.tags {
            collector.tables[table].names.entry(format!("{}#{tag}", task.name)).or_insert(unit);
        }
        for need in &task.needs {
            collector.need(unit, table, need);
        }
        let folder = parent(self.path).to_owned();
        let context = Context { unit, source: self.runner, name: task.name.clone(), folder, ..Context::default() };
        self.body(collector, table, function, context, unit, 0);
    }

    fn body(
        &mut self,
        collector: &mut Collector<'_>,
        table: TableId,
        function: &'a StmtFunctionDef,
        context: Context,
        unit: UnitId,
        depth: usize,
    ) {
        let parameters = &function.parameters;
        let first = parameters.posonlyargs.first().or(parameters.args.first());
        let Some(first) = first else { return };
        let mut finder = Calls { receiver: first.parameter.name.as_str(), found: Vec::new(), depth: 0 };
        for statement in &function.body {
            finder.visit_stmt(statement);
        }
        let receiver = finder.receiver;
        let mut context = context;
        for (call, tolerated) in finder.found {
            self.visits += 1;
            if self.visits > MOST_VISITS {
                return;
            }
            match call.func.as_ref() {
                Expr::Name(name) => {
                    let helper = self.functions.get(name.id.as_str()).copied();
                    let is_handed_on = call.arguments.args.iter().any(|argument| dotted(argument) == receiver);
                    if let Some(helper) = helper.filter(|_| is_handed_on && depth < DEEPEST_CALLS) {
                        self.body(collector, table, helper, context.clone(), unit, depth + 1);
                    }
                }
                Expr::Attribute(attribute) => {
                    let place = Place { path: self.path.to_owned(), span: range(call.range()) };
                    let method = attribute.attr.as_str();
                    match (self.runner, method) {
                        ("nox", "run" | "run_install" | "run_always") => {
                            let words = self.arguments(call);
                            let accepts = keyword(call, "success_codes").is_some();
                            let context = Context { tolerated: tolerated || accepts, ..context.clone() };
                            collector.words(words, place, context);
                        }
                        ("nox", "install" | "conda_install") => {
                            let launcher = if method == "install" { "pip" } else { "conda" };
                            let mut words = vec![launcher.to_owned(), "install".to_owned()];
                            words.extend(self.arguments(call));
                            collector.words(words, place, Context { tolerated, ..context.clone() });
                        }
                        ("nox", "notify") => {
                            if let Some(name) = self.arguments(call).first() {
                                collector.need(unit, table, name);
                            }
                        }
                        ("nox", "chdir" | "cd") => {
                            let target = self.arguments(call).into_iter().next();
                            let target = target.filter(|target| !target.contains('$'));
                            context.folder =
                                target.and_then(|target| join(&context.folder, &target)).unwrap_or(context.folder);
                        }
                        ("invoke" | "duty", "run" | "sudo") => self.run_text(collector, call, &context, tolerated),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }

    /// `c.run("ruff check .", warn=True)`: shell text, or a list of words.
    fn run_text(&self, collector: &mut Collector<'_>, call: &ExprCall, context: &Context, tolerated: bool) {
        let Some(first) = call.arguments.args.first() else { return };
        let ignores = |name: &str| matches!(keyword(call, name), Some(Expr::BooleanLiteral(value)) if value.value);
        let tolerated = tolerated || ignores("warn") || ignores("nofail");
        let context = Context { tolerated, ..context.clone() };
        let place = Place { path: self.path.to_owned(), span: range(first.range()) };
        if matches!(first, Expr::List(_) | Expr::Tuple(_)) {
            collector.words(self.words(first, 0), place, context);
        } else if let Some(text) = self.word(first, 0) {
            collector.shell(Script::of_value(self.path, self.text, &text, place.span), context);
        }
    }

    fn arguments(&self, call: &ExprCall) -> Vec<String> {
        call.arguments.args.iter().flat_map(|argument| self.words(argument, 0)).collect()
    }

    /// The words of an argument: one text, a list of them, or a starred list.
    fn words(&self, expression: &Expr, depth: usize) -> Vec<String> {
        if depth > DEEPEST_CALLS {
            return Vec::new();
        }
        match expression {
            Expr::List(list) => list.elts.iter().flat_map(|item| self.words(item, depth + 1)).collect(),
            Expr::Tuple(tuple) => tuple.elts.iter().flat_map(|item| self.words(item, depth + 1)).collect(),
            Expr::Starred(starred) => match starred.value.as_ref() {
                Expr::Attribute(_) => Vec::new(),
                // `*(session.posargs or ["tests"])`
                Expr::BoolOp(operation) => operation
                    .values
                    .iter()
                    .rev()
                    .find(|value| value.is_list_expr() || value.is_tuple_expr() || value.is_name_expr())
                    .map_or(Vec::new(), |value| self.words(value, depth + 1)),
                Expr::If(conditional) => self.words(&conditional.orelse, depth + 1),
                value => self.words(value, depth + 1),
            },
            Expr::Name(name) => match self.constants.get(name.id.as_str()) {
                Some(value) => self.words(value, depth + 1),
                None => vec![format!("${}", name.id)],
            },
            other => self.word(other, depth).into_iter().collect(),
        }
    }

    fn word(&self, expression: &Expr, depth: usize) -> Option<String> {
        match expression {
            Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
            Expr::FString(text) => {
                let mut word = String::new();
                for part in text.value.as_slice() {
                    match part {
                        FStringPart::Literal(literal) => word.push_str(&literal.value),
                        FStringPart::FString(inner) => {
                            for element in &inner.elements {
                                match element {
                                    InterpolatedStringElement::Literal(literal) => word.push_str(&literal.value),
                                    InterpolatedStringElement::Interpolation(value) => {
                                        let text = if depth > DEEPEST_CALLS {
                                            None
                                        } else {
                                            self.word(&value.expression, depth + 1)
                                        };
                                        word.push_str(text.as_deref().unwrap_or("$value"));
                                    }
                                }
                            }
                        }
                    }
                }
                Some(word)
            }
            Expr::Name(name) => match self.constants.get(name.id.as_str()) {
                Some(value) if depth <= DEEPEST_CALLS => self.word(value, depth + 1),
                _ => Some(format!("${}", name.id)),
            },
            Expr::Attribute(attribute) if attribute.attr.as_str() == "posargs" => None,
            Expr::Call(call) if dotted(&call.func) == "str" && depth <= DEEPEST_CALLS => {
                self.word(call.arguments.args.first()?, depth + 1)
            }
            _ => Some("$value".to_owned()),
        }
    }
}

fn keyword<'a>(call: &'a ExprCall, name: &str) -> Option<&'a Expr> {
    let found =
        call.arguments.keywords.iter().find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name));
    found.map(|keyword| &keyword.value)
}

fn range(range: TextRange) -> crate::plugin::wit::Span {
    span(range.start().to_usize()..range.end().to_usize())
}

/// The calls of a function's body on its first parameter, and those that hand the parameter on.
struct Calls<'a> {
    receiver: &'a str,
    found: Vec<(&'a ExprCall, bool)>,
    depth: usize,
}

impl<'a> Visitor<'a> for Calls<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if self.depth < DEEPEST_CODE {
            self.depth += 1;
            walk_stmt(self, statement);
            self.depth -= 1;
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if self.depth >= DEEPEST_CODE {
            return;
        }
        self.depth += 1;
        if let Expr::Call(call) = expression {
            let is_own = match call.func.as_ref() {
                Expr::Attribute(attribute) => {
                    let target = dotted(&attribute.value);
                    target == self.receiver || target.split('.').next() == Some(self.receiver)
                }
                Expr::Name(_) => true,
                _ => false,
            };
            if is_own {
                self.found.push((call, false));
            }
        }
        walk_expr(self, expression);
        self.depth -= 1;
    }
}
