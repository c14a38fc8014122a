//! Resolves names: where the thing comes from that a name, attribute or call stands for. Works on demand, on what
//! [`super::collect`] noted; knows one module at a time, not what other modules define.

use std::collections::HashSet;
use std::sync::LazyLock;

use ruff_python_ast::{Alias, BoolOp, Expr, Operator, StmtFunctionDef, StmtImportFrom};

use super::collect::is_named;
use super::module::{Binding, Bound, Module, ScopeId, ScopeKind};

/// Steps that resolving one name may take, and bytes it may grow to; a name beyond is unknown.
const MOST_STEPS: u32 = 300;
const LONGEST_NAME: usize = 600;
/// Annotations are cut beyond this many bytes.
const LONGEST_ANNOTATION: usize = 1_000;

impl<'a> Module<'a> {
    /// The resolved name of a callee, base, decorator or exception. What is unknown is `?`; a name that nothing binds
    /// keeps its last part: `?.name`.
    pub(super) fn name_of(&self, expression: &Expr, scope: ScopeId) -> String {
        let mut name = String::new();
        self.write_name_of(expression, scope, &mut name);
        name
    }

    /// As [`Module::name_of`], into a string that is emptied first.
    pub(super) fn write_name_of(&self, expression: &Expr, scope: ScopeId, out: &mut String) {
        out.clear();
        self.steps.set(MOST_STEPS);
        self.write(expression, scope, false, out);
        if let (Expr::Name(name), "?") = (expression, out.as_str()) {
            out.push('.');
            out.push_str(&name.id);
        }
    }

    /// The resolved name of a name or attribute chain where it is a value: an alias resolves, a variable with any other
    /// value keeps its name.
    pub(super) fn value_name(&self, expression: &Expr, scope: ScopeId) -> String {
        let mut out = String::new();
        self.steps.set(MOST_STEPS);
        if let Expr::Name(name) = expression {
            let mut current = (name, scope);
            // Variables of variables, as long as they are names.
            for _ in 0..8 {
                let Some((_, binding)) = self.lookup(&current.0.id, current.1) else { break };
                match binding.bound {
                    Bound::Value(Expr::Name(next)) => current = (next, binding.scope),
                    Bound::Value(Expr::Attribute(_)) | Bound::Import(..) | Bound::Definition(_) => break,
                    _ => return name.id.to_string(),
                }
            }
        }
        let known = self.write(expression, scope, false, &mut out);
        match expression {
            Expr::Name(name) if !known => name.id.to_string(),
            _ => out,
        }
    }

    /// Writes the name of an expression and says whether all of it is known. Of a `receiver` the literal types count.
    fn write(&self, expression: &Expr, scope: ScopeId, receiver: bool, out: &mut String) -> bool {
        let left = self.steps.get();
        if left == 0 || out.len() > LONGEST_NAME {
            return unknown(out);
        }
        self.steps.set(left - 1);
        let start = out.len();
        match expression {
            Expr::Name(name) => self.write_variable(&name.id, self.lookup(&name.id, scope), receiver, out),
            Expr::Attribute(attribute) => {
                let known = if let Expr::Name(name) = &*attribute.value {
                    let found = self.lookup(&name.id, scope);
                    let class = found.and_then(|(found, binding)| self.receiver_class(&name.id, found, binding));
                    if let Some(class) = class {
                        return self.write_member(class, &attribute.attr, receiver, out);
                    }
                    self.write_variable(&name.id, found, true, out)
                } else {
                    self.write(&attribute.value, scope, true, out)
                };
                out.push('.');
                out.push_str(&attribute.attr);
                known
            }
            Expr::Call(call) => {
                let known = self.write(&call.func, scope, false, out);
                if &out[start..] != "?" {
                    out.push_str("()");
                }
                known
            }
            Expr::Await(awaited) => self.write(&awaited.value, scope, receiver, out),
            Expr::Named(named) => self.write(&named.value, scope, receiver, out),
            Expr::If(conditional) => self.write_first([&*conditional.body, &*conditional.orelse], scope, receiver, out),
            Expr::BoolOp(operation) if operation.op == BoolOp::Or => {
                self.write_first(&operation.values, scope, receiver, out)
            }
            Expr::Subscript(subscript) => {
                // A generic class with its arguments; not an item of a container.
                let known = self.write(&subscript.value, scope, false, out);
                let last = out[start..].rsplit('.').next().unwrap_or("");
                let is_class = last.starts_with(|first: char| first.is_uppercase())
                    && last.contains(|letter: char| letter.is_lowercase())
                    && !last.ends_with(')');
                if known && is_class {
                    return true;
                }
                out.truncate(start);
                unknown(out)
            }
            literal if receiver => match literal_type(literal) {
                Some(kind) => {
                    out.push_str("builtins.");
                    out.push_str(kind);
                    true
                }
                None => unknown(out),
            },
            _ => unknown(out),
        }
    }

    /// Writes what a variable stands for that was looked up.
    fn write_variable(
        &self,
        name: &str,
        found: Option<(ScopeId, &Binding<'a>)>,
        receiver: bool,
        out: &mut String,
    ) -> bool {
        match found {
            Some((found, binding)) => self.write_bound(name, found, binding, receiver, out),
            None if is_builtin(name) => {
                out.push_str("builtins.");
                out.push_str(name);
                true
            }
            None => unknown(out),
        }
    }

    /// Writes the first of several alternatives that is known.
    fn write_first<'e>(
        &self,
        alternatives: impl IntoIterator<Item = &'e Expr>,
        scope: ScopeId,
        receiver: bool,
        out: &mut String,
    ) -> bool {
        let start = out.len();
        for alternative in alternatives {
            out.truncate(start);
            if !alternative.is_none_literal_expr() && self.write(alternative, scope, receiver, out) {
                return true;
            }
        }
        out.truncate(start);
        unknown(out)
    }

    fn write_bound(&self, name: &str, found: ScopeId, binding: &Binding<'a>, receiver: bool, out: &mut String) -> bool {
        let start = out.len();
        match binding.bound {
            Bound::Import(alias, from) => {
                self.write_import(alias, from, true, out);
                return true;
            }
            Bound::Definition(scope) => {
                self.write_qualified(scope, out);
                return true;
            }
            Bound::Value(value) | Bound::Managed(value) => {
                if self.write(value, binding.scope, receiver, out) {
                    return true;
                }
            }
            Bound::Parameter => {
                if self.scope(found).receiver == Some(name) {
                    self.write_qualified(self.scope(found).parent, out);
                    return true;
                }
            }
            Bound::Annotated | Bound::Opaque => {}
        }
        let opaque = matches!(binding.bound, Bound::Opaque);
        if let (Some(annotation), false) = (binding.annotation, opaque && binding.count == 1) {
            out.truncate(start);
            if self.write_annotation(annotation, binding.scope, out) {
                return true;
            }
        }
        out.truncate(start);
        unknown(out)
    }

    /// Writes the name of an attribute of an object of a class.
    fn write_member(&self, class: ScopeId, name: &str, receiver: bool, out: &mut String) -> bool {
        let start = out.len();
        let mut is_set = false;
        if let Some(binding) = self.attribute(class, name) {
            is_set = true;
            if self.write_bound(name, class, binding, receiver, out) {
                return true;
            }
            out.truncate(start);
        }
        if let Some(binding) = self.binding(class, name) {
            is_set = true;
            if let Some((method, returns)) = self.property(binding) {
                if self.write_annotation(returns, method, out) {
                    return true;
                }
                out.truncate(start);
            }
            if self.write_bound(name, class, binding, receiver, out) {
                return true;
            }
            out.truncate(start);
        }
        if !is_set && self.write_inherited(class, name, receiver, out) {
            return true;
        }
        out.truncate(start);
        out.push_str("?.");
        out.push_str(name);
        false
    }

    /// The scope around a property and what it returns.
    fn property(&self, binding: &Binding<'a>) -> Option<(ScopeId, &'a Expr)> {
        let Bound::Definition(scope) = binding.bound else { return None };
        let ScopeKind::Function(function) = self.scope(scope).kind else { return None };
        let is_property =
            |expression: &Expr| is_named(expression, "property") || is_named(expression, "cached_property");
        let found = function.decorator_list.iter().any(|decorator| is_property(&decorator.expression));
        found.then_some(())?;
        Some((self.scope(scope).parent, function.returns.as_deref()?))
    }

    /// Writes the name of an attribute that a class does not set: that of a base of the same module, or of the only
    /// base that is defined elsewhere.
    fn write_inherited(&self, class: ScopeId, name: &str, receiver: bool, out: &mut String) -> bool {
        let ScopeKind::Class(definition) = self.scope(class).kind else { return false };
        let outer = self.scope(class).parent;
        let start = out.len();
        let mut foreign: Option<String> = None;
        for base in definition.bases() {
            let left = self.steps.get();
            if left == 0 {
                return false;
            }
            self.steps.set(left - 1);
            let plain = match base {
                Expr::Subscript(subscript) => &*subscript.value,
                other => other,
            };
            let local = match plain {
                Expr::Name(name) => self.lookup(&name.id, outer).map(|(_, binding)| binding.bound),
                _ => None,
            };
            if let Some(Bound::Definition(parent)) = local {
                if parent != class && self.write_member(parent, name, receiver, out) {
                    return true;
                }
                out.truncate(start);
                continue;
            }
            let mut base_name = String::new();
            let known = self.write(plain, outer, false, &mut base_name);
            let is_marker = matches!(
                base_name.as_str(),
                "builtins.object" | "abc.ABC" | "typing.Generic" | "typing.Protocol" | "typing_extensions.Protocol"
            );
            match (known && !is_marker, &foreign) {
                (true, None) => foreign = Some(base_name),
                (true, Some(_)) => return false,
                (false, _) => {}
            }
        }
        let Some(base) = foreign else { return false };
        out.push_str(&base);
        out.push('.');
        out.push_str(name);
        true
    }

    /// Writes what an import names; what a name is `bound` to is only the first part of `import a.b`.
    pub(super) fn write_import(&self, alias: &Alias, from: Option<&StmtImportFrom>, bound: bool, out: &mut String) {
        let name = alias.name.as_str();
        let Some(from) = from else {
            let cut = if bound && alias.asname.is_none() { name.split_once('.').map(|(first, _)| first) } else { None };
            out.push_str(cut.unwrap_or(name));
            return;
        };
        let start = out.len();
        if from.level > 0 {
            let up = from.level as usize - usize::from(self.is_package);
            let mut base = self.name;
            for _ in 0..up {
                base = base.rsplit_once('.').map_or("", |(parent, _)| parent);
            }
            out.push_str(base);
        }
        for part in [from.module.as_ref().map_or("", |module| module.as_str()), name] {
            if !part.is_empty() {
                if out.len() > start {
                    out.push('.');
                }
                out.push_str(part);
            }
        }
    }

    /// Writes the dotted path of a function or class of this module.
    pub(super) fn write_qualified(&self, scope: ScopeId, out: &mut String) {
        let mut parts: Vec<&str> = self
            .outwards(scope)
            .filter_map(|scope| match self.scope(scope).kind {
                ScopeKind::Class(class) => Some(class.name.as_str()),
                ScopeKind::Function(function) => Some(function.name.as_str()),
                ScopeKind::Module | ScopeKind::Lambda | ScopeKind::Comprehension => None,
            })
            .collect();
        parts.push(self.name);
        for (index, part) in parts.iter().rev().filter(|part| !part.is_empty()).enumerate() {
            if index > 0 {
                out.push('.');
            }
            out.push_str(part);
        }
    }

    /// The class that an annotation promises, or the whole annotation as text where it promises no single one.
    pub(super) fn promised(&self, annotation: &Expr, scope: ScopeId) -> String {
        let mut out = String::new();
        self.steps.set(MOST_STEPS);
        if self.write_annotation(annotation, scope, &mut out) { out } else { self.annotation_text(annotation, scope) }
    }

    /// Writes the class that an annotation promises: `Optional[X]`, `X | None`, `Annotated[X, …]` and `"X"` are `X`.
    fn write_annotation(&self, annotation: &Expr, scope: ScopeId, out: &mut String) -> bool {
        let left = self.steps.get();
        if left == 0 {
            return unknown(out);
        }
        self.steps.set(left - 1);
        match annotation {
            Expr::Name(name) => {
                let binding = self.lookup(&name.id, scope).map(|(_, binding)| *binding);
                if let Some(Binding {
                    bound: Bound::Value(value @ (Expr::Subscript(_) | Expr::BinOp(_))), scope, ..
                }) = binding
                {
                    return self.write_annotation(value, scope, out);
                }
                self.write(annotation, scope, false, out)
            }
            Expr::StringLiteral(text) => self.write_quoted(text.value.to_str(), scope, out),
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                let side = if operation.left.is_none_literal_expr() { &operation.right } else { &operation.left };
                self.write_annotation(side, scope, out)
            }
            Expr::Subscript(subscript) => {
                let wrapper = match &*subscript.value {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => "",
                };
                if !is_wrapper(wrapper) {
                    return self.write(&subscript.value, scope, false, out);
                }
                let inner = super::collect::elements(&subscript.slice).iter().find(|part| !part.is_none_literal_expr());
                inner.is_some_and(|inner| self.write_annotation(inner, scope, out))
            }
            Expr::Attribute(_) => self.write(annotation, scope, false, out),
            _ => unknown(out),
        }
    }

    /// The same for an annotation in quotes, by its text.
    fn write_quoted(&self, text: &str, scope: ScopeId, out: &mut String) -> bool {
        let mut text = text.trim();
        while let Some((wrapper, rest)) = text.split_once('[') {
            if !is_wrapper(wrapper.rsplit('.').next().unwrap_or(wrapper).trim()) {
                break;
            }
            text = rest.trim_start();
        }
        let end = text.find(|letter: char| !is_name_part(letter)).unwrap_or(text.len());
        let (first, rest) =
            text[..end].split_once('.').map_or((&text[..end], None), |(first, rest)| (first, Some(rest)));
        if first.is_empty() || first == "None" || out.len() + text.len() > LONGEST_NAME {
            return unknown(out);
        }
        let known = self.write_variable(first, self.lookup(first, scope), false, out);
        if let Some(rest) = rest {
            out.push('.');
            out.push_str(rest);
        }
        known
    }

    /// An annotation as text with each name resolved: `typing.Annotated[app.models.User, fastapi.Depends()]` and the
    /// like. Names that are unknown stay as written, quotes around types are taken off.
    pub(super) fn annotation_text(&self, annotation: &Expr, scope: ScopeId) -> String {
        use ruff_text_size::Ranged;
        let source = self.text(annotation.range());
        let keeps_strings = source.contains("Literal") || source.contains("Annotated");
        let mut out = String::new();
        let mut rest = source;
        let mut quote: Option<char> = None;
        while let Some(first) = rest.chars().next() {
            if out.len() > LONGEST_ANNOTATION {
                out.push('…');
                break;
            }
            let length = match first {
                '"' | '\'' => {
                    if keeps_strings {
                        out.push(first);
                    }
                    quote = if quote == Some(first) { None } else { quote.or(Some(first)) };
                    first.len_utf8()
                }
                _ if quote.is_some() && keeps_strings => {
                    out.push(first);
                    first.len_utf8()
                }
                first if first.is_alphabetic() || first == '_' => {
                    let end = rest.find(|letter: char| !is_name_part(letter)).unwrap_or(rest.len());
                    self.write_chain(&rest[..end], scope, &mut out);
                    end
                }
                first if first.is_whitespace() => {
                    if !out.ends_with([' ', '[', '(']) && !rest.trim_start().starts_with([']', ')']) {
                        out.push(' ');
                    }
                    rest.len() - rest.trim_start().len()
                }
                first => {
                    out.push(first);
                    first.len_utf8()
                }
            };
            rest = &rest[length..];
        }
        out
    }

    /// Writes a dotted chain with its first name resolved, as written when that is unknown.
    fn write_chain(&self, chain: &str, scope: ScopeId, out: &mut String) {
        let first = chain.split_once('.').map_or(chain, |(first, _)| first);
        let start = out.len();
        self.steps.set(MOST_STEPS);
        let known = !matches!(first, "None" | "True" | "False")
            && match self.lookup(first, scope) {
                Some((found, binding)) => match binding.bound {
                    Bound::Import(..) | Bound::Definition(_) | Bound::Value(Expr::Name(_) | Expr::Attribute(_)) => {
                        self.write_bound(first, found, binding, false, out)
                    }
                    _ => false,
                },
                None if is_builtin(first) => {
                    out.push_str("builtins.");
                    out.push_str(first);
                    true
                }
                None => false,
            };
        if known {
            out.push_str(&chain[first.len()..]);
        } else {
            out.truncate(start);
            out.push_str(chain);
        }
    }

    /// The resolved names of a function's decorators, outermost first.
    pub(super) fn decorator_names(&self, function: &StmtFunctionDef, scope: ScopeId) -> Vec<String> {
        let name = |expression: &Expr| match expression {
            Expr::Call(call) => self.name_of(&call.func, scope),
            other => self.name_of(other, scope),
        };
        function.decorator_list.iter().map(|decorator| name(&decorator.expression)).collect()
    }
}

fn unknown(out: &mut String) -> bool {
    out.push('?');
    false
}

fn is_name_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '.'
}

/// Forms that stand around a type without changing what may be called on its objects.
fn is_wrapper(name: &str) -> bool {
    matches!(
        name,
        "Annotated"
            | "ClassVar"
            | "Final"
            | "NotRequired"
            | "Optional"
            | "ReadOnly"
            | "Required"
            | "Type"
            | "Union"
            | "type"
    )
}

fn literal_type(literal: &Expr) -> Option<&'static str> {
    Some(match literal {
        Expr::StringLiteral(_) | Expr::FString(_) => "str",
        Expr::BytesLiteral(_) => "bytes",
        Expr::List(_) | Expr::ListComp(_) => "list",
        Expr::Dict(_) | Expr::DictComp(_) => "dict",
        Expr::Set(_) | Expr::SetComp(_) => "set",
        Expr::Tuple(_) => "tuple",
        _ => return None,
    })
}

/// The functions, types and exceptions of Python 3.8 to 3.14's `builtins`.
pub(super) fn is_builtin(name: &str) -> bool {
    static SET: LazyLock<HashSet<&str, foldhash::fast::RandomState>> =
        LazyLock::new(|| BUILTINS.iter().copied().collect());
    SET.contains(name)
}

#[rustfmt::skip]
static BUILTINS: &[&str] = &[
    "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BaseExceptionGroup", "BlockingIOError",
    "BrokenPipeError", "BufferError", "BytesWarning", "ChildProcessError", "ConnectionAbortedError", "ConnectionError",
    "ConnectionRefusedError", "ConnectionResetError", "DeprecationWarning", "EOFError", "Ellipsis", "EncodingWarning",
    "EnvironmentError", "Exception", "ExceptionGroup", "False", "FileExistsError", "FileNotFoundError",
    "FloatingPointError", "FutureWarning", "GeneratorExit", "IOError", "ImportError", "ImportWarning",
    "IndentationError", "IndexError", "InterruptedError", "IsADirectoryError", "KeyError", "KeyboardInterrupt",
    "LookupError", "MemoryError", "ModuleNotFoundError", "NameError", "None", "NotADirectoryError", "NotImplemented",
    "NotImplementedError", "OSError", "OverflowError", "PendingDeprecationWarning", "PermissionError",
    "ProcessLookupError", "PythonFinalizationError", "RecursionError", "ReferenceError", "ResourceWarning",
    "RuntimeError", "RuntimeWarning", "StopAsyncIteration", "StopIteration", "SyntaxError", "SyntaxWarning",
    "SystemError", "SystemExit", "TabError", "TimeoutError", "True", "TypeError", "UnboundLocalError",
    "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError", "UnicodeWarning",
    "UserWarning", "ValueError", "Warning", "ZeroDivisionError", "__build_class__", "__import__", "abs", "aiter",
    "all", "anext", "any", "ascii", "bin", "bool", "breakpoint", "bytearray", "bytes", "callable", "chr",
    "classmethod", "compile", "complex", "copyright", "credits", "delattr", "dict", "dir", "divmod", "enumerate",
    "eval", "exec", "exit", "filter", "float", "format", "frozenset", "getattr", "globals", "hasattr", "hash", "help",
    "hex", "id", "input", "int", "isinstance", "issubclass", "iter", "len", "license", "list", "locals", "map", "max",
    "memoryview", "min", "next", "object", "oct", "open", "ord", "pow", "print", "property", "quit", "range", "repr",
    "reversed", "round", "set", "setattr", "slice", "sorted", "staticmethod", "str", "sum", "super", "tuple", "type",
    "vars", "zip",
];
