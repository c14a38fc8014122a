//! Visits one module and keeps the facts that are wanted.

use std::collections::{BTreeSet, HashMap};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Decorator, ExceptHandler, Expr, ModModule, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::names::{Names, Scope, ScopeKind};
use super::values::value;
use super::{Found, Wanted, last_part, span};
use crate::plugin::wit::python::{
    Assignment, Call, Definition, Handler, Import, Parameter, Site, Statement, Surroundings,
};
use crate::plugin::wit::{Node, Place, Role, Span};

/// Facts of one kind from one file; more than this is a data file.
const MOST_FACTS: usize = 20_000;

/// Extracts the wanted facts of a module.
pub(super) fn extract(wanted: &Wanted, module: &ModModule, text: &str, path: &str, name: &str, role: Role) -> Found {
    let is_package = path.ends_with("/__init__.py") || path == "__init__.py";
    let mut extractor = Extractor {
        wanted,
        text,
        path,
        role,
        names: Names::new(name, is_package, &module.body),
        found: Found::default(),
        surroundings: Surroundings::empty(),
        decorators: Vec::new(),
        managed: false,
    };
    for statement in &module.body {
        extractor.visit_stmt(statement);
    }
    let mut found = extractor.found;
    if found.assignments.iter().any(|assignment| assignment.scope == "module") {
        count_reads(module, &mut found.assignments);
    }
    found
}

struct Extractor<'w, 'a> {
    wanted: &'w Wanted,
    text: &'a str,
    path: &'a str,
    role: Role,
    names: Names<'a>,
    found: Found,
    surroundings: Surroundings,
    /// Decorators of the functions around, innermost last.
    decorators: Vec<&'a [Decorator]>,
    /// The next expression is directly managed by a `with`.
    managed: bool,
}

impl<'a> Extractor<'_, 'a> {
    fn site(&self, place: Span) -> Site {
        let decorators = self.decorators.last().copied().unwrap_or_default();
        Site {
            place: Place { path: self.path.to_owned(), span: place },
            role: self.role,
            module: self.names.module().to_owned(),
            function: self.names.enclosing(ScopeKind::Function).map(str::to_owned),
            class: self.names.enclosing(ScopeKind::Class).map(str::to_owned),
            decorators: decorators.iter().rev().map(|one| self.decorator_name(one)).collect(),
            surroundings: self.surroundings,
        }
    }

    fn decorator_name(&self, decorator: &'a Decorator) -> String {
        match &decorator.expression {
            Expr::Call(call) => self.names.resolve(&call.func),
            other => self.names.resolve(other),
        }
    }

    fn within(&mut self, more: Surroundings, visit: impl FnOnce(&mut Self)) {
        let before = self.surroundings;
        self.surroundings |= more;
        visit(self);
        self.surroundings = before;
    }

    fn body(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.visit_stmt(statement);
        }
    }

    fn scoped(&mut self, scope: Scope<'a>, surroundings: Surroundings, visit: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.surroundings, surroundings);
        self.names.scopes.push(scope);
        visit(self);
        self.names.scopes.pop();
        self.surroundings = before;
    }

    fn function(&mut self, function: &'a StmtFunctionDef) {
        let in_class = self.names.scopes.last().is_some_and(|scope| scope.kind == ScopeKind::Class);
        self.definition_of_function(function, if in_class { "method" } else { "function" });
        self.within(Surroundings::DECORATOR, |this| {
            for decorator in &function.decorator_list {
                this.visit_expr(&decorator.expression);
            }
        });
        for parameter in function.parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                let name = parameter.parameter.name.as_str();
                let annotation = parameter.parameter.annotation.as_deref();
                self.assignment(name, "parameter", span(&parameter.parameter.name), annotation, Some(default));
                self.visit_expr(default);
            }
        }
        self.within(Surroundings::ANNOTATION, |this| {
            let annotations = function.parameters.iter().filter_map(|parameter| parameter.annotation());
            for annotation in annotations.chain(function.returns.as_deref()) {
                this.visit_expr(annotation);
            }
        });
        let kept = self.surroundings & (Surroundings::TYPE_CHECKING | Surroundings::MAIN_GUARD);
        let surroundings = if function.is_async { kept | Surroundings::ASYNC } else { kept };
        let scope = Scope::new(ScopeKind::Function, function.name.as_str(), &function.body, Some(&function.parameters));
        self.decorators.push(&function.decorator_list);
        self.scoped(scope, surroundings, |this| this.body(&function.body));
        self.decorators.pop();
    }

    fn class(&mut self, class: &'a StmtClassDef) {
        self.definition_of_class(class);
        self.within(Surroundings::DECORATOR, |this| {
            for decorator in &class.decorator_list {
                this.visit_expr(&decorator.expression);
            }
        });
        if let Some(arguments) = &class.arguments {
            self.visit_arguments(arguments);
        }
        let kept = self.surroundings & (Surroundings::TYPE_CHECKING | Surroundings::MAIN_GUARD);
        let scope = Scope::new(ScopeKind::Class, class.name.as_str(), &class.body, None);
        self.scoped(scope, kept, |this| this.body(&class.body));
    }

    fn wants_definition(&self, kind: &str, name: &str) -> bool {
        self.wanted.definitions.get(kind).is_some_and(|names| names.is_match(name))
            && self.found.definitions.len() < MOST_FACTS
    }

    fn definition_of_function(&mut self, function: &'a StmtFunctionDef, kind: &str) {
        if !self.wants_definition(kind, function.name.as_str()) {
            return;
        }
        let scope = Scope::new(ScopeKind::Function, function.name.as_str(), &function.body, Some(&function.parameters));
        self.names.scopes.push(scope);
        let mut calls = Calls { names: &self.names, found: BTreeSet::new() };
        for statement in &function.body {
            calls.visit_stmt(statement);
        }
        let calls = calls.found.into_iter().collect();
        self.names.scopes.pop();
        let parameters = function
            .parameters
            .iter()
            .map(|one| Parameter {
                name: one.name().as_str().to_owned(),
                span: span(one.name()),
                annotation: one.annotation().map(|annotation| self.annotation_text(annotation)),
                optional: one.default().is_some() || one.is_variadic(),
            })
            .collect();
        let definition = Definition {
            site: self.site(span(&function.name)),
            kind: kind.to_owned(),
            name: function.name.as_str().to_owned(),
            decorators: function.decorator_list.iter().map(|one| value(&self.names, &one.expression)).collect(),
            bases: Vec::new(),
            parameters,
            returns: function.returns.as_deref().map(|annotation| self.annotation_text(annotation)),
            docstring: docstring(&function.body),
            is_async: function.is_async,
            calls,
            extent: span(function),
        };
        self.found.definitions.push(definition);
    }

    fn definition_of_class(&mut self, class: &'a StmtClassDef) {
        if !self.wants_definition("class", class.name.as_str()) {
            return;
        }
        let mut parameters = Vec::new();
        for statement in &class.body {
            let (name, annotation, optional) = match statement {
                Stmt::AnnAssign(assign) => match assign.target.as_ref() {
                    Expr::Name(name) => {
                        ((name.id.as_str(), span(name)), Some(&*assign.annotation), assign.value.is_some())
                    }
                    _ => continue,
                },
                Stmt::Assign(assign) => match assign.targets.first() {
                    Some(Expr::Name(name)) => ((name.id.as_str(), span(name)), None, true),
                    _ => continue,
                },
                Stmt::FunctionDef(function) => ((function.name.as_str(), span(&function.name)), None, false),
                _ => continue,
            };
            parameters.push(Parameter {
                name: name.0.to_owned(),
                span: name.1,
                annotation: annotation.map(|annotation| self.annotation_text(annotation)),
                optional,
            });
        }
        let bases = class.arguments.as_ref().map_or(&[][..], |arguments| &arguments.args);
        let definition = Definition {
            site: self.site(span(&class.name)),
            kind: "class".to_owned(),
            name: class.name.as_str().to_owned(),
            decorators: class.decorator_list.iter().map(|one| value(&self.names, &one.expression)).collect(),
            bases: bases.iter().map(|base| value(&self.names, base)).collect(),
            parameters,
            returns: None,
            docstring: docstring(&class.body),
            is_async: false,
            calls: Vec::new(),
            extent: span(class),
        };
        self.found.definitions.push(definition);
    }

    fn type_alias(&mut self, name: &'a Expr, aliased: &'a Expr, extent: Span) {
        let Expr::Name(name) = name else { return };
        if !self.wants_definition("type-alias", name.id.as_str()) {
            return;
        }
        let definition = Definition {
            site: self.site(span(name)),
            kind: "type-alias".to_owned(),
            name: name.id.as_str().to_owned(),
            decorators: Vec::new(),
            bases: vec![value(&self.names, aliased)],
            parameters: Vec::new(),
            returns: None,
            docstring: None,
            is_async: false,
            calls: Vec::new(),
            extent,
        };
        self.found.definitions.push(definition);
    }

    /// An annotation as its resolved name, or as written.
    fn annotation_text(&self, annotation: &'a Expr) -> String {
        self.names.annotation(annotation, 0).unwrap_or_else(|| self.text[annotation.range()].to_owned())
    }

    fn import(&mut self, name: String, bound: &str, place: Span) {
        if self.wanted.imports.is_match(&name) && self.found.imports.len() < MOST_FACTS {
            let import = Import { site: self.site(place), name, bound: bound.to_owned() };
            self.found.imports.push(import);
        }
    }

    fn assignment(
        &mut self,
        target: &str,
        scope: &str,
        place: Span,
        annotation: Option<&'a Expr>,
        assigned: Option<&'a Expr>,
    ) {
        if !self.wanted.assignments.is_match(scope, last_part(target)) || self.found.assignments.len() >= MOST_FACTS {
            return;
        }
        let assignment = Assignment {
            site: self.site(place),
            target: target.to_owned(),
            scope: scope.to_owned(),
            annotation: annotation.map(|annotation| self.annotation_text(annotation)),
            value: assigned.map(|assigned| value(&self.names, assigned)),
            bindings: self.names.bindings_of(target),
            reads: 0,
        };
        self.found.assignments.push(assignment);
    }

    fn assign_to(&mut self, target: &'a Expr, annotation: Option<&'a Expr>, assigned: Option<&'a Expr>) {
        match target {
            Expr::Name(name) => {
                let scope = match self.names.scopes.last().map(|scope| scope.kind) {
                    Some(ScopeKind::Module) | None => "module",
                    Some(ScopeKind::Class) => "class",
                    Some(ScopeKind::Function) => "function",
                };
                self.assignment(name.id.as_str(), scope, span(name), annotation, assigned);
            }
            Expr::Attribute(attribute) => {
                // Only simple chains have a name to speak of.
                if let Expr::Name(receiver) = attribute.value.as_ref() {
                    let target = format!("{}.{}", receiver.id, attribute.attr);
                    self.assignment(&target, "attribute", span(&attribute.attr), annotation, assigned);
                }
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| self.assign_to(item, None, None)),
            Expr::List(list) => list.elts.iter().for_each(|item| self.assign_to(item, None, None)),
            _ => {}
        }
    }

    fn statement(&mut self, kind: &str, place: Span, expression: Option<&'a Expr>) {
        if self.wanted.statements.is_match(kind) && self.found.statements.len() < MOST_FACTS {
            let statement = Statement {
                site: self.site(place),
                kind: kind.to_owned(),
                value: expression.map(|expression| value(&self.names, expression)),
            };
            self.found.statements.push(statement);
        }
    }

    fn handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(handler) = handler;
        let exceptions: Vec<String> = match handler.type_.as_deref() {
            None => Vec::new(),
            Some(Expr::Tuple(tuple)) => tuple.elts.iter().map(|one| self.names.resolve(one)).collect(),
            Some(one) => vec![self.names.resolve(one)],
        };
        let wanted = match exceptions.is_empty() {
            true => self.wanted.handlers.is_match("bare"),
            false => exceptions.iter().any(|name| self.wanted.handlers.is_match(name)),
        };
        if wanted && self.found.handlers.len() < MOST_FACTS {
            let actions: BTreeSet<&str> = handler.body.iter().map(|statement| self.action(statement)).collect();
            let start = handler.range().start();
            let end = handler.type_.as_ref().map_or(start + ruff_text_size::TextSize::from(6), |one| one.range().end());
            let fact = Handler {
                site: self.site(Span { start: start.into(), end: end.into() }),
                exceptions,
                actions: actions.into_iter().map(str::to_owned).collect(),
            };
            self.found.handlers.push(fact);
        }
        self.within(Surroundings::HANDLER, |this| this.body(&handler.body));
    }

    /// What a statement of a handler does.
    fn action(&self, statement: &'a Stmt) -> &'static str {
        match statement {
            Stmt::Pass(_) => "pass",
            Stmt::Raise(_) => "raise",
            Stmt::Return(_) => "return",
            Stmt::Continue(_) => "continue",
            Stmt::Break(_) => "break",
            Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) => "assign",
            Stmt::Expr(expression) => match expression.value.as_ref() {
                Expr::Call(call) => match call.func.as_ref() {
                    Expr::Attribute(attribute)
                        if matches!(
                            attribute.attr.as_str(),
                            "exception"
                                | "error"
                                | "warning"
                                | "info"
                                | "debug"
                                | "critical"
                                | "log"
                                | "aexception"
                                | "warn"
                        ) =>
                    {
                        "log"
                    }
                    _ => "call",
                },
                Expr::EllipsisLiteral(_) => "pass",
                Expr::StringLiteral(_) => "pass",
                _ => "other",
            },
            _ => "other",
        }
    }

    fn is_type_checking(&self, test: &'a Expr) -> bool {
        match test {
            Expr::Name(name) => name.id.as_str() == "TYPE_CHECKING",
            Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
            _ => false,
        }
    }

    fn is_main_guard(test: &Expr) -> bool {
        let Expr::Compare(compare) = test else { return false };
        let is_name = |one: &Expr| matches!(one, Expr::Name(name) if name.id.as_str() == "__name__");
        let is_main = |one: &Expr| matches!(one, Expr::StringLiteral(text) if text.value.to_str() == "__main__");
        let other = compare.comparators.first();
        is_name(&compare.left) && other.is_some_and(is_main) || is_main(&compare.left) && other.is_some_and(is_name)
    }

    /// Whether the last part of a callee can be wanted at all; resolving names costs more.
    fn call(&mut self, call: &'a ruff_python_ast::ExprCall) {
        let name = self.names.resolve(&call.func);
        if self.wanted.statements.is_match("exit")
            && matches!(name.as_str(), "sys.exit" | "os._exit" | "builtins.exit" | "builtins.quit")
        {
            let statement = Statement { site: self.site(span(call)), kind: "exit".to_owned(), value: None };
            self.found.statements.push(statement);
        }
        if self.wanted.calls.is_match(&name) && self.found.calls.len() < MOST_FACTS {
            let fact = Call {
                site: self.site(span(call)),
                name,
                callee: span(call.func.as_ref()),
                value: self.call_value(call),
            };
            self.found.calls.push(fact);
        }
    }

    fn call_value(&self, call: &'a ruff_python_ast::ExprCall) -> Vec<Node> {
        super::values::call_value(&self.names, call)
    }
}

impl<'a> Visitor<'a> for Extractor<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Import(import) => {
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.import(alias.name.as_str().to_owned(), bound, span(alias));
                }
            }
            Stmt::ImportFrom(import) => {
                if !self.wanted.imports.is_empty() {
                    let module =
                        self.names.imported_module(import.module.as_ref().map(|name| name.as_str()), import.level);
                    for alias in &import.names {
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                        let name =
                            if module.is_empty() { alias.name.to_string() } else { format!("{module}.{}", alias.name) };
                        self.import(name, bound, span(alias));
                    }
                }
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign_to(target, None, Some(&assign.value));
                    if !target.is_name_expr() {
                        self.visit_expr(target);
                    }
                }
                self.visit_expr(&assign.value);
            }
            Stmt::AnnAssign(assign) => {
                let annotation = &*assign.annotation;
                let is_alias = matches!(annotation, Expr::Name(name) if name.id.as_str() == "TypeAlias")
                    || matches!(annotation, Expr::Attribute(attribute) if attribute.attr.as_str() == "TypeAlias");
                match &assign.value {
                    Some(aliased) if is_alias => self.type_alias(&assign.target, aliased, span(assign)),
                    value => self.assign_to(&assign.target, Some(annotation), value.as_deref()),
                }
                self.within(Surroundings::ANNOTATION, |this| this.visit_expr(annotation));
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                }
            }
            Stmt::TypeAlias(alias) => self.type_alias(&alias.name, &alias.value, span(alias)),
            Stmt::For(block) => {
                self.visit_expr(&block.iter);
                self.within(Surroundings::LOOP, |this| this.body(&block.body));
                self.body(&block.orelse);
            }
            Stmt::While(block) => {
                self.statement(
                    "while",
                    Span { start: span(block).start, end: span(&*block.test).end },
                    Some(&block.test),
                );
                self.visit_expr(&block.test);
                self.within(Surroundings::LOOP, |this| this.body(&block.body));
                self.body(&block.orelse);
            }
            Stmt::If(block) => {
                self.visit_expr(&block.test);
                let mut kind = Surroundings::CONDITIONAL;
                if self.is_type_checking(&block.test) {
                    kind |= Surroundings::TYPE_CHECKING;
                } else if Self::is_main_guard(&block.test) {
                    self.statement("main-guard", Span { start: span(block).start, end: span(&*block.test).end }, None);
                    kind |= Surroundings::MAIN_GUARD;
                }
                self.within(kind, |this| this.body(&block.body));
                for clause in &block.elif_else_clauses {
                    if let Some(test) = &clause.test {
                        self.visit_expr(test);
                    }
                    self.within(Surroundings::CONDITIONAL, |this| this.body(&clause.body));
                }
            }
            Stmt::With(block) => {
                for item in &block.items {
                    self.managed = true;
                    self.visit_expr(&item.context_expr);
                    self.managed = false;
                }
                self.body(&block.body);
            }
            Stmt::Match(block) => {
                self.visit_expr(&block.subject);
                for case in &block.cases {
                    self.within(Surroundings::CONDITIONAL, |this| this.body(&case.body));
                }
            }
            Stmt::Try(block) => {
                self.within(Surroundings::TRY, |this| this.body(&block.body));
                for handler in &block.handlers {
                    self.handler(handler);
                }
                self.body(&block.orelse);
                self.within(Surroundings::FINALLY, |this| this.body(&block.finalbody));
            }
            Stmt::Assert(assert) => {
                // Tests are full of them; who wants those asks for them.
                let kind = if self.role == Role::Test { "test-assert" } else { "assert" };
                self.statement(kind, span(assert), Some(&assert.test));
                self.visit_expr(&assert.test);
            }
            Stmt::Raise(raise) => {
                self.statement("raise", span(raise), raise.exc.as_deref());
                let is_exit = raise.exc.as_deref().is_some_and(|exception| {
                    let name = match exception {
                        Expr::Call(call) => self.names.resolve(&call.func),
                        other => self.names.resolve(other),
                    };
                    name == "builtins.SystemExit"
                });
                if is_exit {
                    self.statement("exit", span(raise), None);
                }
                walk_stmt(self, statement);
            }
            Stmt::Global(global) => self.statement("global", span(global), None),
            Stmt::Delete(delete) => {
                self.statement("delete", span(delete), None);
                walk_stmt(self, statement);
            }
            Stmt::Expr(expression) => {
                self.within(Surroundings::STATEMENT, |this| this.visit_expr(&expression.value));
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => {
                let managed = std::mem::take(&mut self.managed);
                if managed {
                    self.surroundings |= Surroundings::MANAGED;
                }
                self.call(call);
                let before = self.surroundings;
                self.surroundings &= !(Surroundings::STATEMENT | Surroundings::AWAITED | Surroundings::MANAGED);
                walk_expr(self, expression);
                self.surroundings = before & !Surroundings::MANAGED;
            }
            Expr::Await(_) => {
                let managed = self.managed;
                self.within(Surroundings::AWAITED, |this| walk_expr(this, expression));
                self.managed = managed && self.managed;
            }
            // Names and constants hold nothing below.
            Expr::Name(_)
            | Expr::StringLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::BooleanLiteral(_) => {
                self.managed = false;
            }
            _ => {
                self.managed = false;
                let before = self.surroundings;
                self.surroundings &= !(Surroundings::STATEMENT | Surroundings::AWAITED);
                walk_expr(self, expression);
                self.surroundings = before;
            }
        }
    }
}

/// The resolved names of what some code calls.
struct Calls<'n, 'a> {
    names: &'n Names<'a>,
    found: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Calls<'_, 'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression
            && self.found.len() < 200
        {
            self.found.insert(self.names.resolve(&call.func));
        }
        walk_expr(self, expression);
    }
}

fn docstring(body: &[Stmt]) -> Option<String> {
    match body.first()? {
        Stmt::Expr(expression) => match expression.value.as_ref() {
            Expr::StringLiteral(text) => Some(text.value.to_str().chars().take(4096).collect()),
            _ => None,
        },
        _ => None,
    }
}

/// Counts how often the functions of a module read its variables.
fn count_reads(module: &ModModule, assignments: &mut [Assignment]) {
    let mut reads = Reads { counts: HashMap::new(), functions: 0 };
    for assignment in assignments.iter().filter(|assignment| assignment.scope == "module") {
        reads.counts.insert(assignment.target.clone(), 0);
    }
    for statement in &module.body {
        reads.visit_stmt(statement);
    }
    for assignment in assignments.iter_mut().filter(|assignment| assignment.scope == "module") {
        assignment.reads = reads.counts.get(&assignment.target).copied().unwrap_or(0);
    }
}

struct Reads {
    counts: HashMap<String, u32>,
    functions: usize,
}

impl<'a> Visitor<'a> for Reads {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let is_function = statement.is_function_def_stmt();
        self.functions += usize::from(is_function);
        walk_stmt(self, statement);
        self.functions -= usize::from(is_function);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression
            && self.functions > 0
            && name.ctx.is_load()
            && let Some(count) = self.counts.get_mut(name.id.as_str())
        {
            *count += 1;
        }
        walk_expr(self, expression);
    }
}
