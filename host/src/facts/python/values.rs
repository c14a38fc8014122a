//! Turns expressions into values: what crosses to rules as arguments, bases and assigned values.

use ruff_python_ast::{Expr, InterpolatedStringElement, Number};

use super::names::{Binding, Names};
use super::span;
use crate::facts::value::Builder;
use crate::plugin::wit::{Node, NodeKind, Span};

/// Nodes of one value.
const MOST_NODES: usize = 500;
/// Nodes of it that come from following names.
const MOST_FOLLOWED: usize = 100;
/// Bytes of one text; longer ones are cut.
const LONGEST_TEXT: usize = 4 << 10;
/// Depth of one value.
const DEEPEST: usize = 40;
/// How far names are followed to what they are assigned.
const LONGEST_CHAIN: usize = 4;

/// The value of an expression.
pub(super) fn value<'a>(names: &Names<'a>, expression: &'a Expr) -> Vec<Node> {
    let mut writer = Writer { names, builder: Builder::default(), followed: 0 };
    writer.write(expression, 0, None, 0, 0);
    writer.builder.finish()
}

type Key = Option<(String, Span)>;

struct Writer<'n, 'a> {
    names: &'n Names<'a>,
    builder: Builder,
    followed: usize,
}

impl<'a> Writer<'_, 'a> {
    fn write(&mut self, expression: &'a Expr, parent: u32, key: Key, depth: usize, chain: usize) {
        let place = span(expression);
        self.followed += usize::from(chain > 0);
        if depth > DEEPEST || self.builder.len() >= MOST_NODES || chain > 0 && self.followed > MOST_FOLLOWED {
            if self.builder.len() < MOST_NODES + 10 && self.followed < MOST_FOLLOWED + 10 {
                self.builder.push(parent, key, NodeKind::Other, "…", place);
            }
            return;
        }
        let mut node = |kind, text: String| self.builder.push(parent, key.clone(), kind, text, place);
        match expression {
            Expr::StringLiteral(text) => {
                node(NodeKind::Text, clipped(text.value.to_str()));
            }
            Expr::BytesLiteral(bytes) => {
                let text: Vec<u8> = bytes.value.bytes().take(4096).collect();
                node(NodeKind::Bytes, String::from_utf8_lossy(&text).into_owned());
            }
            Expr::NumberLiteral(number) => {
                match &number.value {
                    Number::Int(int) => node(NodeKind::Integer, int.to_string()),
                    Number::Float(float) => node(NodeKind::Float, float.to_string()),
                    Number::Complex { .. } => node(NodeKind::Other, "complex".to_owned()),
                };
            }
            Expr::BooleanLiteral(boolean) => {
                node(NodeKind::Boolean, boolean.value.to_string());
            }
            Expr::NoneLiteral(_) => {
                node(NodeKind::Null, String::new());
            }
            Expr::EllipsisLiteral(_) => {
                node(NodeKind::Other, "ellipsis".to_owned());
            }
            Expr::FString(text) => {
                let index = node(NodeKind::Template, String::new());
                for part in &text.value {
                    match part {
                        ruff_python_ast::FStringPart::Literal(literal) => {
                            self.builder.push(index, None, NodeKind::Text, literal.as_str(), span(literal));
                        }
                        ruff_python_ast::FStringPart::FString(inner) => {
                            for element in &inner.elements {
                                match element {
                                    InterpolatedStringElement::Literal(literal) => {
                                        self.builder.push(
                                            index,
                                            None,
                                            NodeKind::Text,
                                            literal.value.to_string(),
                                            span(literal),
                                        );
                                    }
                                    InterpolatedStringElement::Interpolation(interpolation) => {
                                        self.write(&interpolation.expression, index, None, depth + 1, chain);
                                    }
                                }
                            }
                        }
                    }
                }
            }
            Expr::List(list) => {
                let index = node(NodeKind::List, String::new());
                self.all(list.elts.iter(), index, depth, chain);
            }
            Expr::Tuple(tuple) => {
                let index = node(NodeKind::Tuple, String::new());
                self.all(tuple.elts.iter(), index, depth, chain);
            }
            Expr::Set(set) => {
                let index = node(NodeKind::Set, String::new());
                self.all(set.elts.iter(), index, depth, chain);
            }
            Expr::Dict(dict) => {
                let index = node(NodeKind::Table, String::new());
                for item in &dict.items {
                    let key = match &item.key {
                        Some(Expr::StringLiteral(text)) => Some((text.value.to_str().to_owned(), span(text))),
                        _ => None,
                    };
                    self.write(&item.value, index, key, depth + 1, chain);
                }
            }
            Expr::Name(name) => self.name(name.id.as_str(), expression, parent, key, depth, chain),
            Expr::Attribute(_) => {
                node(NodeKind::Name, self.names.resolve(expression));
            }
            Expr::Call(call) => self.call(call, parent, key, depth, chain),
            Expr::BinOp(operation) => {
                let index = node(NodeKind::Operator, operation.op.as_str().to_owned());
                self.write(&operation.left, index, None, depth + 1, chain);
                self.write(&operation.right, index, None, depth + 1, chain);
            }
            Expr::BoolOp(operation) => {
                let index = node(NodeKind::Operator, operation.op.as_str().to_owned());
                self.all(operation.values.iter(), index, depth, chain);
            }
            Expr::UnaryOp(operation) => {
                let text = operation.op.as_str();
                // A negative number is a number.
                if let (ruff_python_ast::UnaryOp::USub, Expr::NumberLiteral(number)) =
                    (operation.op, operation.operand.as_ref())
                    && let Number::Int(int) = &number.value
                {
                    node(NodeKind::Integer, format!("-{int}"));
                    return;
                }
                let index = node(NodeKind::Operator, text.to_owned());
                self.write(&operation.operand, index, None, depth + 1, chain);
            }
            Expr::Compare(compare) => {
                let text = compare.ops.first().map_or("", |operator| operator.as_str());
                let index = node(NodeKind::Operator, text.to_owned());
                self.write(&compare.left, index, None, depth + 1, chain);
                self.all(compare.comparators.iter(), index, depth, chain);
            }
            Expr::Subscript(subscript) => {
                let index = node(NodeKind::Subscript, String::new());
                self.write(&subscript.value, index, None, depth + 1, chain);
                self.write(&subscript.slice, index, None, depth + 1, chain);
            }
            Expr::Starred(starred) => {
                let index = node(NodeKind::Other, "starred".to_owned());
                self.write(&starred.value, index, None, depth + 1, chain);
            }
            Expr::Await(inner) => {
                let index = node(NodeKind::Other, "await".to_owned());
                self.write(&inner.value, index, None, depth + 1, chain);
            }
            Expr::If(conditional) => {
                let index = node(NodeKind::Other, "conditional".to_owned());
                self.write(&conditional.body, index, None, depth + 1, chain);
                self.write(&conditional.test, index, None, depth + 1, chain);
                self.write(&conditional.orelse, index, None, depth + 1, chain);
            }
            Expr::ListComp(comprehension) => {
                let index = node(NodeKind::Other, "comprehension".to_owned());
                self.write(&comprehension.elt, index, None, depth + 1, chain);
            }
            Expr::Generator(comprehension) => {
                let index = node(NodeKind::Other, "comprehension".to_owned());
                self.write(&comprehension.elt, index, None, depth + 1, chain);
            }
            Expr::SetComp(comprehension) => {
                let index = node(NodeKind::Other, "comprehension".to_owned());
                self.write(&comprehension.elt, index, None, depth + 1, chain);
            }
            Expr::Named(named) => self.write(&named.value, parent, key, depth + 1, chain),
            Expr::Lambda(_) => {
                node(NodeKind::Other, "lambda".to_owned());
            }
            _ => {
                node(NodeKind::Other, "expression".to_owned());
            }
        }
    }

    fn call(&mut self, call: &'a ruff_python_ast::ExprCall, parent: u32, key: Key, depth: usize, chain: usize) {
        let index = self.builder.push(parent, key, NodeKind::Call, self.names.resolve(&call.func), span(call));
        // What a method is called on is a child of its own, so that `text.format(x)` shows its text.
        if let Expr::Attribute(attribute) = call.func.as_ref()
            && !matches!(attribute.value.as_ref(), Expr::Name(_) | Expr::Attribute(_))
        {
            let receiver = Some(("receiver".to_owned(), span(attribute.value.as_ref())));
            self.write(&attribute.value, index, receiver, depth + 1, chain);
        }
        self.all(call.arguments.args.iter(), index, depth, chain);
        for keyword in &call.arguments.keywords {
            match &keyword.arg {
                Some(name) => {
                    let key = Some((name.as_str().to_owned(), span(name)));
                    self.write(&keyword.value, index, key, depth + 1, chain);
                }
                None => {
                    let star = self.builder.push(index, None, NodeKind::Other, "double-star", span(keyword));
                    self.write(&keyword.value, star, None, depth + 1, chain);
                }
            }
        }
    }

    fn all(&mut self, expressions: impl Iterator<Item = &'a Expr>, parent: u32, depth: usize, chain: usize) {
        for expression in expressions {
            self.write(expression, parent, None, depth + 1, chain);
        }
    }

    fn name(&mut self, name: &str, expression: &'a Expr, parent: u32, key: Key, depth: usize, chain: usize) {
        let place = span(expression);
        let binding = self.names.lookup(name);
        if let Some((Binding::Parameter(annotation), 1, _)) = &binding {
            let index = self.builder.push(parent, key, NodeKind::Parameter, name, place);
            if let Some(annotation) = annotation {
                let text = self.names.annotation(annotation, 0).unwrap_or_default();
                let place = span(*annotation);
                self.builder.push(index, Some(("annotation".to_owned(), place)), NodeKind::Name, text, place);
            }
            return;
        }
        let text = self
            .names
            .resolve_known(expression, 0)
            .filter(|text| text != "builtins.str")
            .unwrap_or_else(|| name.to_owned());
        let index = self.builder.push(parent, key, NodeKind::Name, text, place);
        let assigned = match binding {
            Some((Binding::Value(value), 1, _)) => Some(value),
            Some((Binding::Annotated(_, value), 1, _)) => value,
            _ => None,
        };
        if let Some(value) = assigned.filter(|_| chain < LONGEST_CHAIN) {
            self.write(value, index, Some(("value".to_owned(), span(value))), depth + 1, chain + 1);
        }
    }
}

/// The value of a call, with its arguments.
pub(super) fn call_value<'a>(names: &Names<'a>, call: &'a ruff_python_ast::ExprCall) -> Vec<Node> {
    let mut writer = Writer { names, builder: Builder::default(), followed: 0 };
    writer.call(call, 0, None, 0, 0);
    writer.builder.finish()
}

/// A text, cut at a character boundary when it is long.
fn clipped(text: &str) -> String {
    let end = (0..=text.len().min(LONGEST_TEXT)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text[..end].to_owned()
}
