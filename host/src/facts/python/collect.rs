//! Visits the tree of a module once and notes scopes, bindings and the places that may become facts.

use std::cell::Cell;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    Comprehension, ExceptHandler, Expr, ExprContext, ExprLambda, ModModule, Parameters, Pattern, Stmt, StmtClassDef,
    StmtFunctionDef, StmtIf, StmtTry, TypeParam, WithItem,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::interest::Wanted;
use super::module::{
    AssignmentSpot, Binding, Bound, CallSpot, DefinitionSpot, HandlerSpot, ImportSpot, Map, Module, Read, Scope,
    ScopeId, ScopeKind, Spot, StatementSpot, Target,
};
use crate::plugin::wit::python::Surroundings;

/// Nodes of values that one file may fill; far above what code written by people needs.
const MOST_NODES: usize = 400_000;

/// Visits a module.
pub(super) fn collect<'a>(
    tree: &'a ModModule,
    source: &'a str,
    name: &'a str,
    is_package: bool,
    wanted: &Wanted,
) -> Module<'a> {
    let module = Module {
        source,
        name,
        is_package,
        scopes: vec![Scope { kind: ScopeKind::Module, parent: 0, receiver: None, elsewhere: Vec::new() }],
        symbols: Map::default(),
        bindings: Map::default(),
        attributes: Map::default(),
        imports: Vec::new(),
        calls: Vec::new(),
        definitions: Vec::new(),
        handlers: Vec::new(),
        assignments: Vec::new(),
        statements: Vec::new(),
        reads: Vec::new(),
        steps: Cell::new(0),
        nodes: Cell::new(MOST_NODES),
    };
    let mut collector = Collector {
        module,
        scope: 0,
        surroundings: Surroundings::empty(),
        direct: Surroundings::empty(),
        in_function: false,
        notes_assignments: wanted.wants_assignments(),
    };
    collector.visit_body(&tree.body);
    collector.module
}

struct Collector<'a> {
    module: Module<'a>,
    scope: ScopeId,
    surroundings: Surroundings,
    /// What holds for the next expression only.
    direct: Surroundings,
    in_function: bool,
    notes_assignments: bool,
}

/// What a target is bound by.
#[derive(Clone, Copy)]
enum Binder<'a> {
    Assignment(&'a Expr),
    With(&'a Expr),
    /// A part of an assigned value that is not written out.
    Part,
    Other,
}

impl<'a> Collector<'a> {
    fn spot(&self, range: TextRange) -> Spot {
        Spot { range, scope: self.scope, surroundings: self.surroundings }
    }

    /// Does something under other surroundings.
    fn under(&mut self, surroundings: Surroundings, action: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.surroundings, surroundings);
        action(self);
        self.surroundings = before;
    }

    /// Does something with surroundings added.
    fn also(&mut self, surroundings: Surroundings, action: impl FnOnce(&mut Self)) {
        self.under(self.surroundings | surroundings, action);
    }

    fn open_scope(&mut self, kind: ScopeKind<'a>, receiver: Option<&'a str>) -> ScopeId {
        let scope = self.module.scopes.len() as ScopeId;
        self.module.scopes.push(Scope { kind, parent: self.scope, receiver, elsewhere: Vec::new() });
        scope
    }

    fn within(&mut self, scope: ScopeId, action: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.scope, scope);
        action(self);
        self.scope = before;
    }

    /// What a function's body keeps of the surroundings of its definition.
    fn body_surroundings(&self, is_async: bool) -> Surroundings {
        let kept = self.surroundings & (Surroundings::TYPE_CHECKING | Surroundings::MAIN_GUARD);
        if is_async { kept | Surroundings::ASYNC } else { kept }
    }

    fn bind(&mut self, name: &'a str, bound: Bound<'a>, annotation: Option<&'a Expr>) {
        let elsewhere = &self.module.scope(self.scope).elsewhere;
        let scope = elsewhere.iter().find(|(other, _)| *other == name).map_or(self.scope, |(_, scope)| *scope);
        self.bind_in(scope, name, bound, annotation);
    }

    fn bind_in(&mut self, scope: ScopeId, name: &'a str, bound: Bound<'a>, annotation: Option<&'a Expr>) {
        let new = Binding { bound, annotation, scope: self.scope, count: 1 };
        let fallback = self.surroundings.contains(Surroundings::HANDLER);
        let symbol = self.module.symbol(name);
        self.module.bindings.entry((scope, symbol)).and_modify(|old| merge(old, new, fallback)).or_insert(new);
    }

    fn bind_attribute(&mut self, class: ScopeId, name: &'a str, bound: Bound<'a>, annotation: Option<&'a Expr>) {
        let new = Binding { bound, annotation, scope: self.scope, count: 1 };
        let symbol = self.module.symbol(name);
        self.module.attributes.entry((class, symbol)).and_modify(|old| merge(old, new, false)).or_insert(new);
    }

    fn note_assignment(
        &mut self,
        range: TextRange,
        target: Target<'a>,
        annotation: Option<&'a Expr>,
        value: Option<&'a Expr>,
    ) {
        if self.notes_assignments {
            let last = target.last_part().len() as u32;
            let spot =
                self.spot(TextRange::new(range.end() - TextSize::new(last.min(range.len().to_u32())), range.end()));
            self.module.assignments.push(AssignmentSpot { spot, written: range, target, annotation, value });
        }
    }

    fn note_statement(&mut self, range: TextRange, kind: &'static str, value: Option<&'a Expr>) {
        let spot = self.spot(range);
        self.module.statements.push(StatementSpot { spot, kind, values: &[], value });
    }

    fn target(&mut self, target: &'a Expr, binder: Binder<'a>, annotation: Option<&'a Expr>, bare: bool) {
        let bound = match binder {
            _ if bare => Bound::Annotated,
            Binder::Assignment(value) => Bound::Value(value),
            Binder::With(value) => Bound::Managed(value),
            Binder::Part | Binder::Other => Bound::Opaque,
        };
        let value = match binder {
            Binder::Assignment(value) => Some(value),
            _ => None,
        };
        let noted = value.is_some() || annotation.is_some() || matches!(binder, Binder::Part);
        match target {
            Expr::Name(name) => {
                self.bind(&name.id, bound, annotation);
                if noted {
                    self.note_assignment(name.range, Target::Name(&name.id), annotation, value);
                }
            }
            Expr::Attribute(attribute) => {
                self.visit_expr(&attribute.value);
                let class = match &*attribute.value {
                    Expr::Name(name) => self.own_class(&name.id),
                    _ => None,
                };
                if let Some(class) = class {
                    self.bind_attribute(class, &attribute.attr, bound, annotation);
                }
                if noted {
                    let place = Target::Attribute(&attribute.attr, class);
                    self.note_assignment(attribute.range, place, annotation, value);
                }
            }
            Expr::Subscript(subscript) => {
                self.visit_expr(&subscript.value);
                self.visit_expr(&subscript.slice);
            }
            Expr::Tuple(_) | Expr::List(_) => {
                let parts = elements(target);
                let part_binder = if noted { Binder::Part } else { Binder::Other };
                let values = value.map(elements).filter(|values| {
                    values.len() == parts.len() && !parts.iter().chain(*values).any(|part| part.is_starred_expr())
                });
                for (index, part) in parts.iter().enumerate() {
                    match values {
                        Some(values) => self.target(part, Binder::Assignment(&values[index]), None, false),
                        None => self.target(part, part_binder, None, false),
                    }
                }
            }
            Expr::Starred(starred) => {
                let binder = if noted { Binder::Part } else { Binder::Other };
                self.target(&starred.value, binder, None, false);
            }
            other => self.visit_expr(other),
        }
    }

    /// The class whose method the current function is, if it calls its object by this name.
    fn own_class(&self, name: &str) -> Option<ScopeId> {
        let scope = self.module.scope(self.scope);
        (scope.receiver == Some(name)).then_some(scope.parent)
    }

    fn function(&mut self, statement: &'a Stmt, function: &'a StmtFunctionDef) {
        self.also(Surroundings::DECORATOR, |this| {
            for decorator in &function.decorator_list {
                this.visit_expr(&decorator.expression);
            }
        });
        let receiver = self.receiver(function);
        let inner = self.open_scope(ScopeKind::Function(function), receiver);
        self.bind(&function.name, Bound::Definition(inner), None);
        self.type_parameters(inner, function.type_params.as_deref());
        self.parameters(inner, &function.parameters);
        if let Some(returns) = &function.returns {
            self.visit_annotation(returns);
        }
        let spot = self.spot(function.name.range);
        let place = self.module.definitions.len();
        let first = self.module.calls.len();
        self.module.definitions.push(DefinitionSpot { spot, statement, inner, calls: (first, first) });
        let before = std::mem::replace(&mut self.in_function, true);
        self.under(self.body_surroundings(function.is_async), |this| {
            this.within(inner, |this| this.visit_body(&function.body));
        });
        self.in_function = before;
        self.module.definitions[place].calls.1 = self.module.calls.len();
    }

    /// What a method calls its object: the first parameter of a function in a class that is not static.
    fn receiver(&self, function: &'a StmtFunctionDef) -> Option<&'a str> {
        let is_static = function
            .decorator_list
            .iter()
            .any(|decorator| matches!(&decorator.expression, Expr::Name(name) if name.id.as_str() == "staticmethod"));
        if is_static || !matches!(self.module.scope(self.scope).kind, ScopeKind::Class(_)) {
            return None;
        }
        let parameters = &function.parameters;
        let first = parameters.posonlyargs.first().or_else(|| parameters.args.first())?;
        Some(first.parameter.name.as_str())
    }

    fn class(&mut self, statement: &'a Stmt, class: &'a StmtClassDef) {
        self.also(Surroundings::DECORATOR, |this| {
            for decorator in &class.decorator_list {
                this.visit_expr(&decorator.expression);
            }
        });
        if let Some(arguments) = &class.arguments {
            self.visit_arguments(arguments);
        }
        let inner = self.open_scope(ScopeKind::Class(class), None);
        self.bind(&class.name, Bound::Definition(inner), None);
        self.type_parameters(inner, class.type_params.as_deref());
        let spot = self.spot(class.name.range);
        let place = self.module.definitions.len();
        let first = self.module.calls.len();
        self.module.definitions.push(DefinitionSpot { spot, statement, inner, calls: (first, first) });
        self.within(inner, |this| this.visit_body(&class.body));
        self.module.definitions[place].calls.1 = self.module.calls.len();
    }

    fn type_parameters(&mut self, inner: ScopeId, parameters: Option<&'a ruff_python_ast::TypeParams>) {
        let Some(parameters) = parameters else { return };
        for parameter in &parameters.type_params {
            let name = match parameter {
                TypeParam::TypeVar(parameter) => &parameter.name,
                TypeParam::TypeVarTuple(parameter) => &parameter.name,
                TypeParam::ParamSpec(parameter) => &parameter.name,
            };
            self.bind_in(inner, name, Bound::Opaque, None);
        }
        self.visit_type_params(parameters);
    }

    /// Visits defaults and annotations outside, binds the names inside.
    fn parameters(&mut self, inner: ScopeId, parameters: &'a Parameters) {
        for any in parameters {
            let parameter = any.as_parameter();
            if let Some(default) = any.default() {
                self.visit_expr(default);
                self.within(inner, |this| {
                    let target = Target::Parameter(&parameter.name);
                    this.note_assignment(parameter.name.range, target, parameter.annotation.as_deref(), Some(default));
                });
            }
            if let Some(annotation) = &parameter.annotation {
                self.visit_annotation(annotation);
            }
            let annotation = if any.is_variadic() { None } else { parameter.annotation.as_deref() };
            self.bind_in(inner, &parameter.name, Bound::Parameter, annotation);
        }
    }

    fn lambda(&mut self, lambda: &'a ExprLambda) {
        let inner = self.open_scope(ScopeKind::Lambda, None);
        if let Some(parameters) = &lambda.parameters {
            self.parameters(inner, parameters);
        }
        self.under(self.body_surroundings(false), |this| this.within(inner, |this| this.visit_expr(&lambda.body)));
    }

    fn comprehension(&mut self, elements: &[&'a Expr], generators: &'a [Comprehension]) {
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        let inner = self.open_scope(ScopeKind::Comprehension, None);
        let is_conditional = generators.iter().any(|generator| !generator.ifs.is_empty());
        let repeated = if is_conditional { Surroundings::CONDITIONAL } else { Surroundings::empty() };
        self.also(Surroundings::LOOP, |this| {
            this.within(inner, |this| {
                for (index, generator) in generators.iter().enumerate() {
                    if index > 0 {
                        this.visit_expr(&generator.iter);
                    }
                    this.target(&generator.target, Binder::Other, None, false);
                    for condition in &generator.ifs {
                        this.visit_expr(condition);
                    }
                }
                this.also(repeated, |this| {
                    for element in elements {
                        this.visit_expr(element);
                    }
                });
            });
        });
    }

    fn conditional(&mut self, statement: &'a StmtIf) {
        self.visit_expr(&statement.test);
        let guard = if is_main_guard(&statement.test) {
            let header = TextRange::new(statement.range.start(), statement.test.range().end());
            self.note_statement(header, "main-guard", Some(&statement.test));
            Surroundings::MAIN_GUARD
        } else if is_type_checking(&statement.test) {
            Surroundings::TYPE_CHECKING
        } else {
            Surroundings::CONDITIONAL
        };
        self.also(guard, |this| this.visit_body(&statement.body));
        self.also(Surroundings::CONDITIONAL, |this| {
            for clause in &statement.elif_else_clauses {
                this.visit_elif_else_clause(clause);
            }
        });
    }

    fn attempt(&mut self, statement: &'a StmtTry) {
        self.also(Surroundings::TRY, |this| this.visit_body(&statement.body));
        for handler in &statement.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let start = handler.range.start();
            let end = match (&handler.name, &handler.type_) {
                (Some(name), _) => name.range.end(),
                (None, Some(kind)) => kind.range().end(),
                (None, None) => start + TextSize::new("except".len() as u32),
            };
            let spot = self.spot(TextRange::new(start, end.max(start)));
            self.module.handlers.push(HandlerSpot { spot, kind: handler.type_.as_deref(), body: &handler.body });
            if let Some(kind) = &handler.type_ {
                self.visit_expr(kind);
            }
            self.also(Surroundings::HANDLER, |this| {
                if let Some(name) = &handler.name {
                    this.bind(name, Bound::Opaque, None);
                }
                this.visit_body(&handler.body);
            });
        }
        self.visit_body(&statement.orelse);
        self.also(Surroundings::FINALLY, |this| this.visit_body(&statement.finalbody));
    }

    /// Names that a function binds elsewhere.
    fn declare_elsewhere(&mut self, names: &'a [ruff_python_ast::Identifier], global: bool) {
        for name in names {
            let scope = if global {
                0
            } else {
                let is_function = |scope: &ScopeId| matches!(self.module.scope(*scope).kind, ScopeKind::Function(_));
                let outer: Vec<ScopeId> = self.module.outwards(self.scope).skip(1).filter(is_function).collect();
                let holder = outer.iter().find(|&&scope| self.module.binding(scope, name).is_some());
                holder.or(outer.first()).copied().unwrap_or(0)
            };
            let current = self.scope as usize;
            self.module.scopes[current].elsewhere.push((name.as_str(), scope));
        }
    }

    fn call(&mut self, call: &'a ruff_python_ast::ExprCall, direct: Surroundings) {
        let surroundings = self.surroundings | direct;
        self.module.calls.push(CallSpot { call, scope: self.scope, surroundings });
        self.visit_expr(&call.func);
        let name = match &*call.func {
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::Name(name) => name.id.as_str(),
            _ => "",
        };
        let manages = match name {
            "enter_context" | "enter_async_context" => true,
            "closing" | "aclosing" => direct.contains(Surroundings::MANAGED),
            _ => false,
        };
        for argument in &call.arguments.args {
            if manages {
                self.direct = Surroundings::MANAGED;
            }
            self.visit_expr(argument);
        }
        for keyword in &call.arguments.keywords {
            self.visit_expr(&keyword.value);
        }
    }
}

/// Joins what a scope binds a name to. The first import stays when a handler replaces it, and `None` as a placeholder
/// does not count.
fn merge<'a>(old: &mut Binding<'a>, new: Binding<'a>, fallback: bool) {
    let count = old.count.saturating_add(1);
    let annotation = old.annotation.or(new.annotation);
    let is_none = |bound: Bound| matches!(bound, Bound::Value(Expr::NoneLiteral(_)));
    let keeps = match (old.bound, new.bound) {
        (Bound::Import(..), Bound::Import(..)) | (Bound::Definition(_), Bound::Definition(_)) => true,
        (Bound::Import(..) | Bound::Definition(_), _) if fallback => true,
        (_, Bound::Annotated) => true,
        (Bound::Import(..) | Bound::Value(_) | Bound::Managed(_), bound) if is_none(bound) => true,
        _ => false,
    };
    if !keeps {
        let replaces = matches!(old.bound, Bound::Annotated) || is_none(old.bound);
        let bound = if replaces { new.bound } else { Bound::Opaque };
        *old = Binding { bound, ..new };
    }
    old.count = count;
    old.annotation = annotation;
}

/// The parts of a tuple or list; the expression itself otherwise.
pub(super) fn elements(expression: &Expr) -> &[Expr] {
    match expression {
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        other => std::slice::from_ref(other),
    }
}

fn is_main_guard(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    let is_name = |side: &Expr| matches!(side, Expr::Name(name) if name.id.as_str() == "__name__");
    let is_main = |side: &Expr| matches!(side, Expr::StringLiteral(text) if text.value.to_str() == "__main__");
    match (&*compare.ops, &*compare.comparators) {
        ([ruff_python_ast::CmpOp::Eq], [right]) => {
            (is_name(&compare.left) && is_main(right)) || (is_main(&compare.left) && is_name(right))
        }
        _ => false,
    }
}

fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id.as_str() == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}

impl<'a> Visitor<'a> for Collector<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(statement, function),
            Stmt::ClassDef(class) => self.class(statement, class),
            Stmt::Assign(assign) => {
                self.visit_expr(&assign.value);
                for target in &assign.targets {
                    self.target(target, Binder::Assignment(&assign.value), None, false);
                }
            }
            Stmt::AnnAssign(assign) => {
                self.visit_annotation(&assign.annotation);
                let binder = match &assign.value {
                    Some(value) => {
                        self.visit_expr(value);
                        Binder::Assignment(value)
                    }
                    None => Binder::Other,
                };
                if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value)
                    && is_named(&assign.annotation, "TypeAlias")
                {
                    let spot = self.spot(name.range);
                    let calls = (self.module.calls.len(), self.module.calls.len());
                    self.module.definitions.push(DefinitionSpot { spot, statement, inner: self.scope, calls });
                    self.bind(&name.id, Bound::Value(value), None);
                    return;
                }
                self.target(&assign.target, binder, Some(&assign.annotation), assign.value.is_none());
            }
            Stmt::AugAssign(assign) => {
                self.visit_expr(&assign.value);
                if let Expr::Name(name) = &*assign.target {
                    self.read(&name.id, false);
                }
                self.target(&assign.target, Binder::Other, None, false);
            }
            Stmt::TypeAlias(alias) => {
                self.visit_annotation(&alias.value);
                let spot = self.spot(alias.name.range());
                let calls = (self.module.calls.len(), self.module.calls.len());
                self.module.definitions.push(DefinitionSpot { spot, statement, inner: self.scope, calls });
                if let Expr::Name(name) = &*alias.name {
                    self.bind(&name.id, Bound::Value(&alias.value), None);
                }
            }
            Stmt::For(statement) => {
                self.visit_expr(&statement.iter);
                self.target(&statement.target, Binder::Other, None, false);
                self.also(Surroundings::LOOP, |this| this.visit_body(&statement.body));
                self.visit_body(&statement.orelse);
            }
            Stmt::While(statement) => {
                let header = TextRange::new(statement.range.start(), statement.test.range().end());
                self.note_statement(header, "while", Some(&statement.test));
                self.also(Surroundings::LOOP, |this| {
                    this.visit_expr(&statement.test);
                    this.visit_body(&statement.body);
                });
                self.visit_body(&statement.orelse);
            }
            Stmt::If(statement) => self.conditional(statement),
            Stmt::Try(statement) => self.attempt(statement),
            Stmt::Match(statement) => {
                self.visit_expr(&statement.subject);
                self.also(Surroundings::CONDITIONAL, |this| {
                    for case in &statement.cases {
                        this.visit_match_case(case);
                    }
                });
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let spot = self.spot(alias.name.range);
                    self.module.imports.push(ImportSpot { spot, alias, from: None });
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    let name = name.split_once('.').map_or(name, |(first, _)| first);
                    self.bind(name, Bound::Import(alias, None), None);
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let spot = self.spot(alias.name.range);
                    self.module.imports.push(ImportSpot { spot, alias, from: Some(import) });
                    if alias.name.as_str() != "*" {
                        let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                        self.bind(name, Bound::Import(alias, Some(import)), None);
                    }
                }
            }
            Stmt::Assert(assert) => {
                self.note_statement(assert.range, "assert", Some(&assert.test));
                visitor::walk_stmt(self, statement);
            }
            Stmt::Raise(raise) => {
                self.note_statement(raise.range, "raise", raise.exc.as_deref());
                visitor::walk_stmt(self, statement);
            }
            Stmt::Delete(delete) => {
                let spot = self.spot(delete.range);
                let values = delete.targets.as_slice();
                self.module.statements.push(StatementSpot { spot, kind: "delete", values, value: None });
                visitor::walk_stmt(self, statement);
            }
            Stmt::Global(global) => {
                self.note_statement(global.range, "global", None);
                self.declare_elsewhere(&global.names, true);
            }
            Stmt::Nonlocal(nonlocal) => self.declare_elsewhere(&nonlocal.names, false),
            Stmt::Expr(statement) => {
                self.direct = Surroundings::STATEMENT;
                self.visit_expr(&statement.value);
            }
            other => visitor::walk_stmt(self, other),
        }
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        self.also(Surroundings::ANNOTATION, |this| this.visit_expr(annotation));
    }

    fn visit_with_item(&mut self, item: &'a WithItem) {
        self.direct = Surroundings::MANAGED;
        self.visit_expr(&item.context_expr);
        if let Some(target) = &item.optional_vars {
            self.target(target, Binder::With(&item.context_expr), None, false);
        }
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name, Bound::Opaque, None);
        }
        visitor::walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let direct = std::mem::take(&mut self.direct);
        match expression {
            Expr::Name(name) => {
                if name.ctx == ExprContext::Load {
                    self.read(&name.id, false);
                }
            }
            Expr::Attribute(attribute) => {
                if attribute.ctx == ExprContext::Load {
                    self.read(&attribute.attr, true);
                }
                self.visit_expr(&attribute.value);
            }
            Expr::Call(call) => self.call(call, direct),
            Expr::Await(awaited) => {
                self.direct = direct | Surroundings::AWAITED;
                self.visit_expr(&awaited.value);
                self.direct = Surroundings::empty();
            }
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::ListComp(comprehension) => self.comprehension(&[&comprehension.elt], &comprehension.generators),
            Expr::SetComp(comprehension) => self.comprehension(&[&comprehension.elt], &comprehension.generators),
            Expr::Generator(comprehension) => self.comprehension(&[&comprehension.elt], &comprehension.generators),
            Expr::DictComp(comprehension) => match &comprehension.key {
                Some(key) => self.comprehension(&[key, &comprehension.value], &comprehension.generators),
                None => self.comprehension(&[&comprehension.value], &comprehension.generators),
            },
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                let is_inner = |scope: &ScopeId| matches!(self.module.scope(*scope).kind, ScopeKind::Comprehension);
                let scope = self.module.outwards(self.scope).find(|scope| !is_inner(scope)).unwrap_or(0);
                if let Expr::Name(name) = &*named.target {
                    self.bind_in(scope, &name.id, Bound::Value(&named.value), None);
                    self.note_assignment(name.range, Target::Name(&name.id), None, Some(&named.value));
                }
            }
            Expr::If(conditional) => {
                self.visit_expr(&conditional.test);
                self.also(Surroundings::CONDITIONAL, |this| {
                    this.visit_expr(&conditional.body);
                    this.visit_expr(&conditional.orelse);
                });
            }
            Expr::BoolOp(operation) => {
                if let Some((first, rest)) = operation.values.split_first() {
                    self.visit_expr(first);
                    self.also(Surroundings::CONDITIONAL, |this| {
                        for operand in rest {
                            this.visit_expr(operand);
                        }
                    });
                }
            }
            Expr::StringLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::EllipsisLiteral(_) => {}
            other => visitor::walk_expr(self, other),
        }
    }
}

impl<'a> Collector<'a> {
    fn read(&mut self, name: &'a str, is_attribute: bool) {
        if self.in_function && self.notes_assignments {
            self.module.reads.push(Read { name, scope: self.scope, is_attribute });
        }
    }
}

/// Whether an expression is this name or an attribute of this name.
pub(super) fn is_named(expression: &Expr, wanted: &str) -> bool {
    match expression {
        Expr::Name(name) => name.id.as_str() == wanted,
        Expr::Attribute(attribute) => attribute.attr.as_str() == wanted,
        _ => false,
    }
}
