//! Resolves names: through imports, aliases, annotations and variables with a single assignment.

use std::cell::OnceCell;
use std::collections::HashMap;

use ruff_python_ast::{Expr, Parameters, Stmt};

/// How far a chain of assignments is followed.
const LONGEST_CHAIN: usize = 8;

/// What a name stands for in its scope.
#[derive(Clone, Debug)]
pub(super) enum Binding<'a> {
    /// Something imported, by its dotted name.
    Import(String),
    /// A function or class of the module.
    Defined(&'a str),
    /// The only assignment.
    Value(&'a Expr),
    /// `with value as name`.
    Managed(&'a Expr),
    /// A parameter, with its annotation.
    Parameter(Option<&'a Expr>),
    /// A variable with an annotation.
    Annotated(&'a Expr, Option<&'a Expr>),
    /// Bound more than once, or in a way that says nothing.
    Unknown,
}

/// The kinds of scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function,
}

/// A scope, whose names are collected when one is first looked up.
pub(super) struct Scope<'a> {
    pub(super) kind: ScopeKind,
    name: &'a str,
    body: &'a [Stmt],
    parameters: Option<&'a Parameters>,
    bindings: OnceCell<HashMap<&'a str, (Binding<'a>, u32)>>,
    /// Attributes of `self` that methods assign, for a class.
    attributes: OnceCell<HashMap<&'a str, Binding<'a>>>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(kind: ScopeKind, name: &'a str, body: &'a [Stmt], parameters: Option<&'a Parameters>) -> Self {
        Self { kind, name, body, parameters, bindings: OnceCell::new(), attributes: OnceCell::new() }
    }
}

/// The scopes around a place, and the module that they are in.
pub(super) struct Names<'a> {
    pub(super) scopes: Vec<Scope<'a>>,
    module: String,
    /// Whether the module is a package's `__init__`.
    is_package: bool,
}

impl<'a> Names<'a> {
    pub(super) fn new(module: &str, is_package: bool, body: &'a [Stmt]) -> Self {
        let scope = Scope::new(ScopeKind::Module, "", body, None);
        Self { scopes: vec![scope], module: module.to_owned(), is_package }
    }

    fn bindings(&self, scope: &'_ Scope<'a>) -> HashMap<&'a str, (Binding<'a>, u32)> {
        let mut collected = HashMap::new();
        if let Some(parameters) = scope.parameters {
            for parameter in parameters.iter_non_variadic_params() {
                let parameter = &parameter.parameter;
                bind(&mut collected, parameter.name.as_str(), Binding::Parameter(parameter.annotation.as_deref()));
            }
            for parameter in parameters.vararg.iter().chain(&parameters.kwarg) {
                bind(&mut collected, parameter.name.as_str(), Binding::Parameter(None));
            }
        }
        self.collect(scope.body, &mut collected);
        collected
    }

    fn collect(&self, body: &'a [Stmt], into: &mut HashMap<&'a str, (Binding<'a>, u32)>) {
        for statement in body {
            match statement {
                Stmt::Import(import) => {
                    for alias in &import.names {
                        let name = alias.name.as_str();
                        match &alias.asname {
                            Some(bound) => bind(into, bound.as_str(), Binding::Import(name.to_owned())),
                            None => {
                                let first = name.split('.').next().unwrap_or(name);
                                // `import a.b` and `import a.c` bind the same `a`.
                                if !matches!(into.get(first), Some((Binding::Import(known), _)) if known == first) {
                                    bind(into, first, Binding::Import(first.to_owned()));
                                }
                            }
                        }
                    }
                }
                Stmt::ImportFrom(import) => {
                    let module = self.imported_module(import.module.as_ref().map(|name| name.as_str()), import.level);
                    for alias in &import.names {
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                        let name = join(&module, alias.name.as_str());
                        // The same name from two places, in the branches of a `try`: the first one counts.
                        if !matches!(into.get(bound), Some((Binding::Import(_), _))) {
                            bind(into, bound, Binding::Import(name));
                        }
                    }
                }
                Stmt::FunctionDef(function) => {
                    bind(into, function.name.as_str(), Binding::Defined(function.name.as_str()))
                }
                Stmt::ClassDef(class) => bind(into, class.name.as_str(), Binding::Defined(class.name.as_str())),
                Stmt::Assign(assign) => {
                    for target in &assign.targets {
                        match target {
                            Expr::Name(name) => bind(into, name.id.as_str(), Binding::Value(&assign.value)),
                            other => unknown_targets(into, other),
                        }
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let Expr::Name(name) = assign.target.as_ref() {
                        bind(into, name.id.as_str(), Binding::Annotated(&assign.annotation, assign.value.as_deref()));
                    }
                }
                Stmt::AugAssign(assign) => unknown_targets(into, &assign.target),
                Stmt::For(block) => {
                    unknown_targets(into, &block.target);
                    self.collect(&block.body, into);
                    self.collect(&block.orelse, into);
                }
                Stmt::While(block) => {
                    self.collect(&block.body, into);
                    self.collect(&block.orelse, into);
                }
                Stmt::If(block) => {
                    self.collect(&block.body, into);
                    for clause in &block.elif_else_clauses {
                        self.collect(&clause.body, into);
                    }
                }
                Stmt::With(block) => {
                    for item in &block.items {
                        match item.optional_vars.as_deref() {
                            Some(Expr::Name(name)) => {
                                bind(into, name.id.as_str(), Binding::Managed(&item.context_expr))
                            }
                            Some(other) => unknown_targets(into, other),
                            None => {}
                        }
                    }
                    self.collect(&block.body, into);
                }
                Stmt::Try(block) => {
                    self.collect(&block.body, into);
                    for handler in &block.handlers {
                        let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                        if let Some(name) = &handler.name {
                            bind(into, name.as_str(), Binding::Unknown);
                        }
                        self.collect(&handler.body, into);
                    }
                    self.collect(&block.orelse, into);
                    self.collect(&block.finalbody, into);
                }
                Stmt::Match(block) => {
                    for case in &block.cases {
                        self.collect(&case.body, into);
                    }
                }
                Stmt::Global(global) => {
                    for name in &global.names {
                        bind(into, name.as_str(), Binding::Unknown);
                    }
                }
                _ => {}
            }
        }
    }

    /// The dotted path of a module that is imported, relative imports resolved.
    pub(super) fn imported_module(&self, module: Option<&str>, level: u32) -> String {
        if level == 0 {
            return module.unwrap_or_default().to_owned();
        }
        let mut base = self.module.as_str();
        // One dot is the package of the module, which an `__init__` is itself.
        let up = if self.is_package { level - 1 } else { level };
        for _ in 0..up {
            base = base.rsplit_once('.').map_or("", |(parent, _)| parent);
        }
        join(base, module.unwrap_or_default())
    }

    /// What a name stands for here, with the number of times that its scope binds it.
    pub(super) fn lookup(&self, name: &str) -> Option<(Binding<'a>, u32, ScopeKind)> {
        let innermost = self.scopes.len() - 1;
        for (index, scope) in self.scopes.iter().enumerate().rev() {
            // A class's names are not seen from its methods.
            if scope.kind == ScopeKind::Class && index != innermost {
                continue;
            }
            let bindings = scope.bindings.get_or_init(|| self.bindings(scope));
            if let Some((binding, count)) = bindings.get(name) {
                return Some((binding.clone(), *count, scope.kind));
            }
        }
        None
    }

    /// How often the innermost scope binds a name.
    pub(super) fn bindings_of(&self, name: &str) -> u32 {
        let Some(scope) = self.scopes.last() else { return 0 };
        scope.bindings.get_or_init(|| self.bindings(scope)).get(name).map_or(0, |(_, count)| *count)
    }

    /// The dotted name of an expression; `?` stands for a part that can't be known.
    pub(super) fn resolve(&self, expression: &'a Expr) -> String {
        self.resolve_known(expression, 0).unwrap_or_else(|| "?".to_owned())
    }

    /// The dotted name of an expression, if it has one.
    pub(super) fn resolve_known(&self, expression: &'a Expr, depth: usize) -> Option<String> {
        if depth > LONGEST_CHAIN {
            return None;
        }
        match expression {
            Expr::Name(name) => self.resolve_name(name.id.as_str(), depth),
            Expr::Attribute(attribute) => {
                let name = attribute.attr.as_str();
                if let Expr::Name(receiver) = attribute.value.as_ref()
                    && matches!(receiver.id.as_str(), "self" | "cls")
                {
                    return Some(self.resolve_attribute(name, depth).unwrap_or_else(|| format!("self.{name}")));
                }
                let mut base = self.receiver(&attribute.value, depth);
                base.push('.');
                base.push_str(name);
                Some(base)
            }
            Expr::Call(call) => {
                let mut name = self.resolve_known(&call.func, depth + 1)?;
                name.push_str("()");
                Some(name)
            }
            Expr::Await(inner) => self.resolve_known(&inner.value, depth + 1),
            Expr::StringLiteral(_) | Expr::FString(_) => Some("builtins.str".to_owned()),
            _ => None,
        }
    }

    fn receiver(&self, expression: &'a Expr, depth: usize) -> String {
        self.resolve_known(expression, depth + 1).unwrap_or_else(|| "?".to_owned())
    }

    fn resolve_name(&self, name: &str, depth: usize) -> Option<String> {
        match self.lookup(name) {
            Some((binding, count, _)) => self.resolve_binding(name, &binding, count, depth),
            None if is_builtin(name) => Some(format!("builtins.{name}")),
            None => None,
        }
    }

    fn resolve_binding(&self, _name: &str, binding: &Binding<'a>, count: u32, depth: usize) -> Option<String> {
        match binding {
            Binding::Import(name) => Some(name.clone()),
            Binding::Defined(name) => Some(join(&self.module, name)),
            Binding::Value(value) if count == 1 => self.resolve_known(value, depth + 1),
            Binding::Managed(value) if count == 1 => self.resolve_known(value, depth + 1),
            Binding::Parameter(Some(annotation)) if count == 1 => self.annotation(annotation, depth + 1),
            Binding::Annotated(annotation, value) => self
                .annotation(annotation, depth + 1)
                .or_else(|| value.and_then(|value| self.resolve_known(value, depth + 1))),
            _ => None,
        }
    }

    /// What `self.name` is: an annotation in the class, or its only assignment in a method.
    fn resolve_attribute(&self, name: &str, depth: usize) -> Option<String> {
        let class = self.scopes.iter().rev().find(|scope| scope.kind == ScopeKind::Class)?;
        let attributes = class.attributes.get_or_init(|| attributes(class.body));
        match attributes.get(name)? {
            Binding::Annotated(annotation, _) => self.annotation(annotation, depth + 1),
            Binding::Value(value) => self.resolve_known(value, depth + 1),
            _ => None,
        }
    }

    /// The class that an annotation names: through `Annotated`, `Optional`, `X | None` and quotes.
    pub(super) fn annotation(&self, expression: &'a Expr, depth: usize) -> Option<String> {
        if depth > LONGEST_CHAIN {
            return None;
        }
        match expression {
            Expr::Name(name) => match self.lookup(name.id.as_str()) {
                Some((Binding::Value(value), 1, _)) => self.annotation(value, depth + 1),
                Some((Binding::Annotated(_, Some(value)), 1, _)) => self.annotation(value, depth + 1),
                Some((binding, count, _)) => self.resolve_binding(name.id.as_str(), &binding, count, depth + 1),
                None if is_builtin(name.id.as_str()) => Some(format!("builtins.{}", name.id)),
                None => None,
            },
            Expr::Attribute(_) => self.resolve_known(expression, depth),
            Expr::Subscript(subscript) => {
                let outer = self.resolve_known(&subscript.value, depth + 1)?;
                let last = outer.rsplit('.').next().unwrap_or(&outer);
                if !matches!(last, "Annotated" | "Optional" | "Required" | "NotRequired" | "ClassVar" | "Final") {
                    return Some(outer);
                }
                match subscript.slice.as_ref() {
                    Expr::Tuple(tuple) => self.annotation(tuple.elts.first()?, depth + 1),
                    inner => self.annotation(inner, depth + 1),
                }
            }
            Expr::BinOp(union) => {
                let is_none = |side: &Expr| side.is_none_literal_expr();
                match (is_none(&union.left), is_none(&union.right)) {
                    (true, _) => self.annotation(&union.right, depth + 1),
                    (_, true) => self.annotation(&union.left, depth + 1),
                    _ => None,
                }
            }
            Expr::StringLiteral(text) => {
                let text = text.value.to_str();
                let name = text.split('[').next().unwrap_or(text).trim_end_matches(" | None").trim();
                let (first, rest) = name.split_once('.').map_or((name, ""), |(first, rest)| (first, rest));
                let base = self.resolve_name(first, depth + 1)?;
                Some(if rest.is_empty() { base } else { join(&base, rest) })
            }
            _ => None,
        }
    }

    pub(super) fn enclosing(&self, kind: ScopeKind) -> Option<&'a str> {
        self.scopes.iter().rev().find(|scope| scope.kind == kind).map(|scope| scope.name)
    }

    /// The module's dotted path.
    pub(super) fn module(&self) -> &str {
        &self.module
    }
}

fn bind<'a>(into: &mut HashMap<&'a str, (Binding<'a>, u32)>, name: &'a str, binding: Binding<'a>) {
    match into.get_mut(name) {
        Some((known, count)) => {
            *count += 1;
            // The annotation holds however often the variable is set.
            if !matches!(known, Binding::Annotated(..)) {
                *known = Binding::Unknown;
            }
        }
        None => {
            into.insert(name, (binding, 1));
        }
    }
}

fn unknown_targets<'a>(into: &mut HashMap<&'a str, (Binding<'a>, u32)>, target: &'a Expr) {
    match target {
        Expr::Name(name) => bind(into, name.id.as_str(), Binding::Unknown),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| unknown_targets(into, item)),
        Expr::List(list) => list.elts.iter().for_each(|item| unknown_targets(into, item)),
        Expr::Starred(starred) => unknown_targets(into, &starred.value),
        _ => {}
    }
}

/// Attributes of a class: annotations in its body and assignments to `self` in its methods.
fn attributes(body: &[Stmt]) -> HashMap<&str, Binding<'_>> {
    let mut found: HashMap<&str, (Binding<'_>, u32)> = HashMap::new();
    for statement in body {
        match statement {
            Stmt::AnnAssign(assign) => {
                if let Expr::Name(name) = assign.target.as_ref() {
                    bind(&mut found, name.id.as_str(), Binding::Annotated(&assign.annotation, assign.value.as_deref()));
                }
            }
            Stmt::FunctionDef(function) => {
                let annotation = |name: &str| {
                    let parameter = function
                        .parameters
                        .iter_non_variadic_params()
                        .find(|one| one.parameter.name.as_str() == name)?;
                    parameter.parameter.annotation.as_deref()
                };
                for inner in &function.body {
                    match inner {
                        Stmt::Assign(assign) => {
                            for attribute in assign.targets.iter().filter_map(self_attribute) {
                                // `self.x = x` with an annotated parameter takes the annotation.
                                let binding = match assign.value.as_ref() {
                                    Expr::Name(value) => annotation(value.id.as_str())
                                        .map_or(Binding::Value(&assign.value), |annotation| {
                                            Binding::Annotated(annotation, None)
                                        }),
                                    _ => Binding::Value(&assign.value),
                                };
                                bind(&mut found, attribute, binding);
                            }
                        }
                        Stmt::AnnAssign(assign) => {
                            if let Some(attribute) = self_attribute(&assign.target) {
                                bind(
                                    &mut found,
                                    attribute,
                                    Binding::Annotated(&assign.annotation, assign.value.as_deref()),
                                );
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    found.into_iter().map(|(name, (binding, _))| (name, binding)).collect()
}

fn self_attribute(target: &Expr) -> Option<&str> {
    match target {
        Expr::Attribute(attribute) => match attribute.value.as_ref() {
            Expr::Name(name) if name.id.as_str() == "self" => Some(attribute.attr.as_str()),
            _ => None,
        },
        _ => None,
    }
}

fn join(base: &str, name: &str) -> String {
    match (base.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => base.to_owned(),
        _ => format!("{base}.{name}"),
    }
}

/// Whether a name is a builtin that rules ask for: functions, types and exceptions.
fn is_builtin(name: &str) -> bool {
    name.ends_with("Error")
        || matches!(
            name,
            "eval"
                | "exec"
                | "compile"
                | "open"
                | "print"
                | "input"
                | "assert"
                | "len"
                | "int"
                | "str"
                | "float"
                | "bool"
                | "bytes"
                | "list"
                | "dict"
                | "tuple"
                | "set"
                | "frozenset"
                | "isinstance"
                | "issubclass"
                | "getattr"
                | "setattr"
                | "hasattr"
                | "delattr"
                | "type"
                | "super"
                | "object"
                | "repr"
                | "format"
                | "map"
                | "filter"
                | "zip"
                | "range"
                | "sorted"
                | "sum"
                | "min"
                | "max"
                | "any"
                | "all"
                | "iter"
                | "next"
                | "id"
                | "hash"
                | "vars"
                | "dir"
                | "globals"
                | "locals"
                | "exit"
                | "quit"
                | "breakpoint"
                | "__import__"
                | "callable"
                | "property"
                | "staticmethod"
                | "classmethod"
                | "Exception"
                | "BaseException"
                | "KeyboardInterrupt"
                | "SystemExit"
                | "StopIteration"
                | "GeneratorExit"
                | "Warning"
                | "NotImplemented"
                | "abs"
                | "round"
                | "enumerate"
                | "reversed"
                | "bytearray"
                | "memoryview"
                | "complex"
                | "chr"
                | "ord"
                | "hex"
                | "oct"
                | "bin"
        )
}
