//! Expressions as values: lists of nodes, as `wit/` defines them. Bounded in nodes, depth and text, so that no file can
//! make its facts much larger than itself.

use ruff_python_ast::{
    Arguments, Expr, ExprBinOp, ExprCall, FStringPart, InterpolatedStringElement, Number, Operator, UnaryOp,
};
use ruff_text_size::{Ranged, TextRange};

use super::super::value::Builder;
use super::module::{Bound, Module, ScopeId};
use crate::plugin::wit::{Node, NodeKind, Span};

/// Nodes of one value.
const MOST_NODES: usize = 500;
/// Nodes of it that come from following variables.
const MOST_FOLLOWED_NODES: usize = 100;
/// Levels of one value.
const DEEPEST: usize = 40;
/// Variables that are followed to what is assigned to them, one through the other.
const MOST_FOLLOWED: usize = 4;
/// Bytes of a scalar's text; longer ones are cut.
const LONGEST_TEXT: usize = 4 << 10;
/// Bytes of text that count as one more node.
const TEXT_PER_NODE: usize = 64;

pub(super) fn span(range: TextRange) -> Span {
    Span { start: range.start().to_u32(), end: range.end().to_u32() }
}

/// An expression as a value; `key` is the keyword before it, if there is one.
pub(super) fn value(module: &Module, expression: &Expr, scope: ScopeId, key: Option<(&str, TextRange)>) -> Vec<Node> {
    let mut converter = Converter::new(module);
    converter.expression(expression, &Position { parent: 0, key, scope, depth: 0 });
    converter.finish()
}

/// A call as a value.
pub(super) fn call(module: &Module, call: &ExprCall, scope: ScopeId) -> Vec<Node> {
    let mut converter = Converter::new(module);
    let root = Position { parent: 0, key: None, scope, depth: 0 };
    converter.call(call, &root);
    converter.finish()
}

/// A list of expressions that has no syntax of its own, as one value.
pub(super) fn list(module: &Module, items: &[Expr], scope: ScopeId, range: TextRange) -> Vec<Node> {
    let mut converter = Converter::new(module);
    let root = Position { parent: 0, key: None, scope, depth: 0 };
    let parent = converter.push(&root, NodeKind::List, "", range);
    for item in items {
        converter.expression(item, &root.below(parent));
    }
    converter.finish()
}

struct Converter<'m, 'a> {
    module: &'m Module<'a>,
    builder: Builder,
    /// Where the expressions of the variables start that are being followed.
    followed: Vec<TextRange>,
    nodes: usize,
    /// Expressions met while following variables.
    followed_nodes: usize,
    /// Whether something was left out because the value or the file has too many nodes.
    truncated: bool,
}

/// Where the next node goes.
struct Position<'k> {
    parent: u32,
    key: Option<(&'k str, TextRange)>,
    scope: ScopeId,
    depth: usize,
}

impl Position<'_> {
    fn below(&self, parent: u32) -> Position<'static> {
        Position { parent, key: None, scope: self.scope, depth: self.depth + 1 }
    }

    fn keyed<'k>(&self, parent: u32, key: &'k str, range: TextRange) -> Position<'k> {
        Position { parent, key: Some((key, range)), scope: self.scope, depth: self.depth + 1 }
    }
}

impl<'m, 'a> Converter<'m, 'a> {
    fn new(module: &'m Module<'a>) -> Self {
        Self {
            module,
            builder: Builder::default(),
            followed: Vec::new(),
            nodes: 0,
            followed_nodes: 0,
            truncated: false,
        }
    }

    fn finish(self) -> Vec<Node> {
        self.module.nodes.set(self.module.nodes.get().saturating_sub(self.nodes));
        self.builder.finish()
    }

    fn push(&mut self, position: &Position, kind: NodeKind, text: &str, range: TextRange) -> u32 {
        let mut end = text.len().min(LONGEST_TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.nodes += 1 + end / TEXT_PER_NODE;
        let key = position.key.map(|(key, range)| (key.to_owned(), span(range)));
        self.builder.push(position.parent, key, kind, &text[..end], span(range))
    }

    fn children<'e>(&mut self, position: &Position, parent: u32, children: impl IntoIterator<Item = &'e Expr>) {
        for child in children {
            self.expression(child, &position.below(parent));
            if self.truncated {
                break;
            }
        }
    }

    fn group<'e>(
        &mut self,
        position: &Position,
        kind: NodeKind,
        text: &str,
        range: TextRange,
        children: impl IntoIterator<Item = &'e Expr>,
    ) {
        let parent = self.push(position, kind, text, range);
        self.children(position, parent, children);
    }

    fn is_full(&self) -> bool {
        self.nodes >= MOST_NODES.min(self.module.nodes.get())
    }

    fn expression(&mut self, expression: &Expr, position: &Position) {
        let range = expression.range();
        let is_followed = !self.followed.is_empty();
        self.followed_nodes += usize::from(is_followed);
        if is_followed && self.followed_nodes > MOST_FOLLOWED_NODES {
            if self.followed_nodes == MOST_FOLLOWED_NODES + 1 {
                self.push(position, NodeKind::Other, "truncated", range);
            }
            return;
        }
        if position.depth >= DEEPEST || self.is_full() {
            if !self.truncated {
                self.push(position, NodeKind::Other, "truncated", range);
            }
            self.truncated |= self.is_full();
            return;
        }
        let other = NodeKind::Other;
        match expression {
            Expr::NoneLiteral(_) => drop(self.push(position, NodeKind::Null, "", range)),
            Expr::BooleanLiteral(literal) => {
                self.push(position, NodeKind::Boolean, if literal.value { "true" } else { "false" }, range);
            }
            Expr::NumberLiteral(literal) => self.number(&literal.value, "", position, range),
            Expr::StringLiteral(literal) => drop(self.push(position, NodeKind::Text, literal.value.to_str(), range)),
            Expr::BytesLiteral(_) => drop(self.push(position, NodeKind::Bytes, self.module.text(range), range)),
            Expr::EllipsisLiteral(_) => drop(self.push(position, other, "ellipsis", range)),
            Expr::FString(template) => {
                let parent = self.push(position, NodeKind::Template, "", range);
                for part in &template.value {
                    match part {
                        FStringPart::Literal(literal) => {
                            self.push(&position.below(parent), NodeKind::Text, &literal.value, literal.range);
                        }
                        FStringPart::FString(part) => self.template(&part.elements, position, parent),
                    }
                }
            }
            Expr::TString(template) => {
                let parent = self.push(position, NodeKind::Template, "", range);
                for part in &template.value {
                    self.template(&part.elements, position, parent);
                }
            }
            Expr::List(list) => self.group(position, NodeKind::List, "", range, &list.elts),
            Expr::Tuple(tuple) => self.group(position, NodeKind::Tuple, "", range, &tuple.elts),
            Expr::Set(set) => self.group(position, NodeKind::Set, "", range, &set.elts),
            Expr::Dict(dict) => {
                let parent = self.push(position, NodeKind::Table, "", range);
                for item in &dict.items {
                    match &item.key {
                        Some(Expr::StringLiteral(key)) => {
                            self.expression(&item.value, &position.keyed(parent, key.value.to_str(), key.range));
                        }
                        Some(_) => self.expression(&item.value, &position.below(parent)),
                        None => {
                            let below = position.below(parent);
                            self.group(&below, other, "double-star", item.value.range(), [&item.value]);
                        }
                    }
                    if self.truncated {
                        break;
                    }
                }
            }
            Expr::Name(name) => self.name(expression, &name.id, position, range),
            Expr::Attribute(_) => {
                let text = self.module.value_name(expression, position.scope);
                self.push(position, NodeKind::Name, &text, range);
            }
            Expr::Call(call) => self.call(call, position),
            Expr::BinOp(operation) => {
                let parent = self.push(position, NodeKind::Operator, operation.op.as_str(), range);
                self.children(position, parent, operands(operation));
            }
            Expr::BoolOp(operation) => {
                self.group(position, NodeKind::Operator, operation.op.as_str(), range, &operation.values);
            }
            Expr::Compare(comparison) => {
                let operators: Vec<&str> = comparison.ops.iter().map(|operator| operator.as_str()).collect();
                let operands = std::iter::once(&*comparison.left).chain(&*comparison.comparators);
                self.group(position, NodeKind::Operator, &operators.join(" "), range, operands);
            }
            Expr::UnaryOp(operation) => match (&*operation.operand, operation.op) {
                (Expr::NumberLiteral(literal), UnaryOp::USub) => self.number(&literal.value, "-", position, range),
                (operand, operator) => {
                    self.group(position, NodeKind::Operator, operator.as_str(), range, [operand]);
                }
            },
            Expr::Subscript(subscript) => {
                self.group(position, NodeKind::Subscript, "", range, [&*subscript.value, &*subscript.slice]);
            }
            Expr::Starred(starred) => self.group(position, other, "starred", range, [&*starred.value]),
            Expr::Lambda(lambda) => self.group(position, other, "lambda", range, [&*lambda.body]),
            Expr::Await(awaited) => self.group(position, other, "await", range, [&*awaited.value]),
            Expr::Yield(given) => self.group(position, other, "yield", range, given.value.as_deref()),
            Expr::YieldFrom(given) => self.group(position, other, "yield-from", range, [&*given.value]),
            Expr::Named(named) => self.expression(&named.value, position),
            Expr::If(conditional) => {
                let operands = [&*conditional.test, &*conditional.body, &*conditional.orelse];
                self.group(position, other, "conditional", range, operands);
            }
            Expr::Slice(slice) => {
                let bounds = [&slice.lower, &slice.upper, &slice.step];
                let bounds = bounds.into_iter().filter_map(|bound| bound.as_deref());
                self.group(position, other, "slice", range, bounds);
            }
            Expr::ListComp(comprehension) => {
                let iterated = comprehension.generators.iter().map(|generator| &generator.iter);
                let parts = std::iter::once(&*comprehension.elt).chain(iterated);
                self.group(position, other, "comprehension", range, parts);
            }
            Expr::SetComp(comprehension) => {
                let iterated = comprehension.generators.iter().map(|generator| &generator.iter);
                let parts = std::iter::once(&*comprehension.elt).chain(iterated);
                self.group(position, other, "comprehension", range, parts);
            }
            Expr::Generator(comprehension) => {
                let iterated = comprehension.generators.iter().map(|generator| &generator.iter);
                let parts = std::iter::once(&*comprehension.elt).chain(iterated);
                self.group(position, other, "comprehension", range, parts);
            }
            Expr::DictComp(comprehension) => {
                let iterated = comprehension.generators.iter().map(|generator| &generator.iter);
                let item = comprehension.key.as_deref().into_iter().chain([&*comprehension.value]);
                self.group(position, other, "comprehension", range, item.chain(iterated));
            }
            Expr::IpyEscapeCommand(_) => drop(self.push(position, other, "escape-command", range)),
        }
    }

    fn number(&mut self, number: &Number, sign: &str, position: &Position, range: TextRange) {
        let written = self.module.text(range);
        match number {
            Number::Int(integer) => self.push(position, NodeKind::Integer, &format!("{sign}{integer}"), range),
            Number::Float(_) => self.push(position, NodeKind::Float, written, range),
            Number::Complex { .. } => self.push(position, NodeKind::Other, "complex", range),
        };
    }

    fn template<'e>(
        &mut self,
        elements: impl IntoIterator<Item = &'e InterpolatedStringElement>,
        position: &Position,
        parent: u32,
    ) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    self.push(&position.below(parent), NodeKind::Text, &literal.value, literal.range);
                }
                InterpolatedStringElement::Interpolation(inner) => {
                    self.expression(&inner.expression, &position.below(parent));
                }
            }
        }
    }

    fn name(&mut self, expression: &Expr, name: &str, position: &Position, range: TextRange) {
        let module = self.module;
        module.steps.set(u32::MAX);
        let binding = module.lookup(name, position.scope).map(|(_, binding)| *binding);
        let Some(binding) = binding else {
            let text = module.value_name(expression, position.scope);
            self.push(position, NodeKind::Name, &text, range);
            return;
        };
        match binding.bound {
            Bound::Parameter => {
                let parent = self.push(position, NodeKind::Parameter, name, range);
                if let Some(annotation) = binding.annotation {
                    let text = module.promised(annotation, binding.scope);
                    let annotation = annotation.range();
                    self.push(&position.keyed(parent, "annotation", annotation), NodeKind::Name, &text, annotation);
                }
            }
            Bound::Value(assigned) if binding.count == 1 => {
                let text = module.value_name(expression, position.scope);
                let parent = self.push(position, NodeKind::Name, &text, range);
                let place = assigned.range();
                if self.followed.len() < MOST_FOLLOWED && !self.followed.contains(&place) {
                    self.followed.push(place);
                    let mut below = position.keyed(parent, "value", place);
                    below.scope = binding.scope;
                    self.expression(assigned, &below);
                    self.followed.pop();
                }
            }
            _ => {
                let text = module.value_name(expression, position.scope);
                self.push(position, NodeKind::Name, &text, range);
            }
        }
    }

    fn call(&mut self, call: &ExprCall, position: &Position) {
        let text = self.module.name_of(&call.func, position.scope);
        let parent = self.push(position, NodeKind::Call, &text, call.range());
        if let Expr::Attribute(callee) = &*call.func {
            // What is formatted, joined or asked further; of a plain chain the name above says it all.
            let is_plain = matches!(&*callee.value, Expr::Name(_) | Expr::Attribute(_));
            if !is_plain || text.starts_with("builtins.str.") {
                self.expression(&callee.value, &position.keyed(parent, "receiver", callee.value.range()));
            }
        }
        self.arguments(&call.arguments, position, parent);
    }

    fn arguments(&mut self, arguments: &Arguments, position: &Position, parent: u32) {
        self.children(position, parent, &arguments.args);
        for keyword in &arguments.keywords {
            match &keyword.arg {
                Some(name) => self.expression(&keyword.value, &position.keyed(parent, name, name.range)),
                None => {
                    let below = position.below(parent);
                    self.group(&below, NodeKind::Other, "double-star", keyword.range, [&keyword.value]);
                }
            }
        }
    }
}

/// The operands of an operation; of a sum of many terms all of them.
fn operands(operation: &ExprBinOp) -> Vec<&Expr> {
    let mut operands = vec![&*operation.right];
    let mut left = &*operation.left;
    while let (Expr::BinOp(inner), Operator::Add) = (left, operation.op)
        && inner.op == Operator::Add
    {
        operands.push(&inner.right);
        left = &inner.left;
    }
    operands.push(left);
    operands.reverse();
    operands
}
