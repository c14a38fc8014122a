//! Reading values: configuration trees and Python expressions in one form.

use crate::bindings::plimsoll::plugin::types::{Node, NodeKind, Place, Span};

/// A node of a value, with its children in reach.
#[derive(Clone, Copy)]
pub struct Item<'a> {
    nodes: &'a [Node],
    index: usize,
}

impl<'a> Item<'a> {
    /// The root of a value.
    pub fn root(nodes: &'a [Node]) -> Option<Self> {
        (!nodes.is_empty()).then_some(Self { nodes, index: 0 })
    }

    fn node(self) -> &'a Node {
        &self.nodes[self.index]
    }

    /// What it is.
    pub fn kind(self) -> NodeKind {
        self.node().kind
    }

    /// The scalar's value, the name, the operator; empty for lists and tables.
    pub fn text(self) -> &'a str {
        &self.node().text
    }

    /// The value of a string.
    pub fn string(self) -> Option<&'a str> {
        (self.kind() == NodeKind::Text).then(|| self.text())
    }

    /// The value of a boolean.
    pub fn boolean(self) -> Option<bool> {
        (self.kind() == NodeKind::Boolean).then(|| self.text() == "true")
    }

    /// The value of a whole number.
    pub fn integer(self) -> Option<i64> {
        (self.kind() == NodeKind::Integer).then(|| self.text().parse().ok())?
    }

    /// The value of a number.
    pub fn number(self) -> Option<f64> {
        matches!(self.kind(), NodeKind::Integer | NodeKind::Float).then(|| self.text().replace('_', "").parse().ok())?
    }

    /// Its key in the parent.
    pub fn key(self) -> Option<&'a str> {
        self.node().key.as_deref()
    }

    /// Where the value stands.
    pub fn span(self) -> Span {
        self.node().span
    }

    /// Where the key stands; for a node without key, the value.
    pub fn key_span(self) -> Span {
        self.node().key_span
    }

    /// Where the value stands in its file.
    pub fn place(self, path: &str) -> Place {
        Place { path: path.to_owned(), span: self.span() }
    }

    /// Where the key stands in its file.
    pub fn key_place(self, path: &str) -> Place {
        Place { path: path.to_owned(), span: self.key_span() }
    }

    /// The children in order.
    pub fn children(self) -> impl Iterator<Item = Item<'a>> + use<'a> {
        let (nodes, parent) = (self.nodes, self.index);
        (parent + 1..nodes.len())
            .take_while(move |&index| nodes[index].parent as usize >= parent)
            .filter(move |&index| nodes[index].parent as usize == parent)
            .map(move |index| Item { nodes, index })
    }

    /// It and everything below it, in order.
    pub fn descendants(self) -> impl Iterator<Item = Item<'a>> + use<'a> {
        let (nodes, start) = (self.nodes, self.index);
        let below = (start + 1..nodes.len()).take_while(move |&index| nodes[index].parent as usize >= start);
        std::iter::once(start).chain(below).map(move |index| Item { nodes, index })
    }

    /// The node that it belongs to; the root belongs to itself.
    pub fn parent(self) -> Item<'a> {
        Item { nodes: self.nodes, index: self.node().parent as usize }
    }

    /// The child of this key.
    pub fn get(self, key: &str) -> Option<Item<'a>> {
        self.children().filter(|child| child.key() == Some(key)).last()
    }

    /// The node at a path of keys; a number is an index into a list.
    pub fn at(self, keys: &[&str]) -> Option<Item<'a>> {
        keys.iter().try_fold(self, |item, key| match item.kind() {
            NodeKind::List => item.children().nth(key.parse().ok()?),
            _ => item.get(key),
        })
    }

    /// The strings of a list, or the one that stands in its place.
    pub fn strings(self) -> Vec<&'a str> {
        match self.kind() {
            NodeKind::Text => vec![self.text()],
            _ => self.children().filter_map(Item::string).collect(),
        }
    }

    /// The arguments without keyword of a call.
    pub fn positional(self) -> impl Iterator<Item = Item<'a>> + use<'a> {
        self.children().filter(|child| child.key().is_none())
    }

    /// An argument of a call by its position or its keyword.
    pub fn argument(self, position: usize, keyword: &str) -> Option<Item<'a>> {
        self.get(keyword).or_else(|| self.positional().nth(position))
    }

    /// The value that a name stands for, through assignments; itself for anything else.
    pub fn resolved(self) -> Item<'a> {
        match self.kind() {
            NodeKind::Name => self.get("value").map_or(self, Item::resolved),
            _ => self,
        }
    }
}
