//! Reading values: lists of nodes in preorder, as `wit/` defines them.

use crate::plugin::wit::{Node, NodeKind, Place, Span};

/// A node in its value, with its children in reach.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    nodes: &'a [Node],
    index: usize,
}

impl<'a> View<'a> {
    /// The root of a value; none for an empty list.
    pub(crate) fn root(nodes: &'a [Node]) -> Option<Self> {
        (!nodes.is_empty()).then_some(Self { nodes, index: 0 })
    }

    pub(crate) fn node(self) -> &'a Node {
        &self.nodes[self.index]
    }

    pub(crate) fn kind(self) -> NodeKind {
        self.node().kind
    }

    /// The scalar's text, whatever its kind; empty for lists and tables.
    pub(crate) fn text(self) -> &'a str {
        &self.node().text
    }

    /// The text of a string node.
    pub(crate) fn string(self) -> Option<&'a str> {
        (self.kind() == NodeKind::Text).then(|| self.text())
    }

    pub(crate) fn key(self) -> Option<&'a str> {
        self.node().key.as_deref()
    }

    pub(crate) fn span(self) -> Span {
        self.node().span
    }

    pub(crate) fn key_span(self) -> Span {
        self.node().key_span
    }

    pub(crate) fn place(self, path: &str) -> Place {
        Place { path: path.to_owned(), span: self.span() }
    }

    /// The children in order.
    pub(crate) fn children(self) -> impl Iterator<Item = View<'a>> + use<'a> {
        let (nodes, parent) = (self.nodes, self.index);
        (parent + 1..nodes.len())
            .take_while(move |&index| nodes[index].parent as usize >= parent)
            .filter(move |&index| nodes[index].parent as usize == parent)
            .map(move |index| View { nodes, index })
    }

    /// The child of this key; of repeated keys the last.
    pub(crate) fn get(self, key: &str) -> Option<View<'a>> {
        self.children().filter(|child| child.key() == Some(key)).last()
    }

    /// The node at a key path; a number is an index into a list.
    pub(crate) fn at(self, keys: &[impl AsRef<str>]) -> Option<View<'a>> {
        keys.iter().try_fold(self, |view, key| view.child(key.as_ref()))
    }

    fn child(self, key: &str) -> Option<View<'a>> {
        match self.kind() {
            NodeKind::List => self.children().nth(key.parse().ok()?),
            _ => self.get(key),
        }
    }

    /// The value at a key path. In a list `*` is every item, each with nothing but what the rest of the path names.
    pub(crate) fn pick(self, keys: &[impl AsRef<str>]) -> Option<Vec<Node>> {
        match keys.split_first() {
            None => Some(self.to_value()),
            Some((key, rest)) if self.is_every(key.as_ref()) => {
                let mut nodes = vec![Node { parent: 0, ..self.node().clone() }];
                self.children().for_each(|item| item.add_picked(rest, 0, &mut nodes));
                Some(nodes)
            }
            Some((key, rest)) => self.child(key.as_ref())?.pick(rest),
        }
    }

    fn is_every(self, key: &str) -> bool {
        key == "*" && self.kind() == NodeKind::List
    }

    /// Adds the node, with nothing below it but what a key path names.
    fn add_picked(self, keys: &[impl AsRef<str>], parent: u32, nodes: &mut Vec<Node>) {
        let index = nodes.len() as u32;
        let Some((key, rest)) = keys.split_first() else {
            nodes.extend(self.to_value().into_iter().map(|node| Node { parent: node.parent + index, ..node }));
            nodes[index as usize].parent = parent;
            return;
        };
        nodes.push(Node { parent, ..self.node().clone() });
        if self.is_every(key.as_ref()) {
            self.children().for_each(|item| item.add_picked(rest, index, nodes));
        } else if let Some(child) = self.child(key.as_ref()) {
            child.add_picked(rest, index, nodes);
        }
    }

    /// The strings of a list, or the single string that stands in its place.
    pub(crate) fn strings(self) -> Vec<&'a str> {
        match self.kind() {
            NodeKind::Text => vec![self.text()],
            _ => self.children().filter_map(View::string).collect(),
        }
    }

    /// The node with all below it as a value of its own.
    pub(crate) fn to_value(self) -> Vec<Node> {
        let end = (self.index + 1..self.nodes.len())
            .find(|&index| (self.nodes[index].parent as usize) < self.index)
            .unwrap_or(self.nodes.len());
        let base = self.index as u32;
        self.nodes[self.index..end]
            .iter()
            .map(|node| Node { parent: node.parent.saturating_sub(base), ..node.clone() })
            .collect()
    }
}

/// Builds a value node by node.
#[derive(Default)]
pub(crate) struct Builder {
    nodes: Vec<Node>,
}

impl Builder {
    /// A value that is a table, at the empty place at the start of a file; also the table's index.
    pub(crate) fn with_root() -> (Self, u32) {
        let mut builder = Self::default();
        let root = builder.push(0, None, NodeKind::Table, "", Span { start: 0, end: 0 });
        (builder, root)
    }

    /// Adds a node and returns its index. The first one is the root, whose parent is itself; afterwards a node must be
    /// added after its parent and before the parent's next sibling.
    pub(crate) fn push(
        &mut self,
        parent: u32,
        key: Option<(String, Span)>,
        kind: NodeKind,
        text: impl Into<String>,
        span: Span,
    ) -> u32 {
        let index = self.nodes.len() as u32;
        let (key, key_span) = match key {
            Some((key, key_span)) => (Some(key), key_span),
            None => (None, span),
        };
        self.nodes.push(Node { parent: parent.min(index), key, key_span, kind, text: text.into(), span });
        index
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn finish(self) -> Vec<Node> {
        self.nodes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{a: {b: [1, {c: 2}]}, a: 3, d: [x, y]}`, every span being the node's index.
    fn sample() -> Vec<Node> {
        let mut builder = Builder::default();
        let mut add = |parent: u32, key: Option<&str>, kind: NodeKind, text: &str| {
            let index = builder.len() as u32;
            let span = Span { start: index, end: index };
            builder.push(parent, key.map(|key| (key.to_owned(), span)), kind, text, span)
        };
        let root = add(0, None, NodeKind::Table, "");
        let first = add(root, Some("a"), NodeKind::Table, "");
        let list = add(first, Some("b"), NodeKind::List, "");
        add(list, None, NodeKind::Integer, "1");
        let item = add(list, None, NodeKind::Table, "");
        add(item, Some("c"), NodeKind::Integer, "2");
        add(root, Some("a"), NodeKind::Integer, "3");
        let last = add(root, Some("d"), NodeKind::List, "");
        add(last, None, NodeKind::Text, "x");
        add(last, None, NodeKind::Text, "y");
        builder.finish()
    }

    #[test]
    fn views_find_what_is_below() {
        let nodes = sample();
        let root = View::root(&nodes).unwrap();
        let check = |keys: &[&str], expected: Option<u32>| {
            assert_eq!(root.at(keys).map(|view| view.span().start), expected, "{keys:?}");
        };
        check(&[], Some(0));
        check(&["a"], Some(6));
        check(&["d", "1"], Some(9));
        check(&["d", "2"], None);
        check(&["d", "x"], None);
        check(&["x"], None);
        let starts: Vec<u32> = root.children().map(|child| child.span().start).collect();
        assert_eq!(starts, [1, 6, 7]);
        assert_eq!(root.get("d").unwrap().strings(), ["x", "y"]);
        assert!(View::root(&[]).is_none());
    }

    #[test]
    fn a_part_is_a_value_of_its_own() {
        let nodes = sample();
        let list = View { nodes: &nodes, index: 2 }.to_value();
        let parents: Vec<u32> = list.iter().map(|node| node.parent).collect();
        assert_eq!(parents, [0, 0, 0, 2]);
        assert_eq!(View::root(&list).unwrap().at(&["1", "c"]).unwrap().text(), "2");
        assert_eq!(View { nodes: &nodes, index: 7 }.to_value().len(), 3);
    }

    #[test]
    fn every_item_of_a_list_is_picked_with_what_is_named() {
        let document = super::super::documents::parse(
            "a.toml",
            "[[p]]\nname = 'x'\nsize = 1\nlist = [{ n = 1, m = 2 }, { m = 3 }]\n[[p]]\nsize = 2\n[[p]]\nname = 'y'\n[t]\n'*' = 1\n",
        )
        .unwrap();
        let check = |keys: &[&str], expected: &str| {
            let picked = View::root(&document).unwrap().pick(keys);
            let shown = picked.map(|nodes| {
                let parents: Vec<String> = nodes
                    .iter()
                    .map(|it| format!("{}{}{}", it.parent, it.key.as_deref().unwrap_or("-"), it.text))
                    .collect();
                parents.join(" ")
            });
            assert_eq!(shown.unwrap_or_default(), expected, "{keys:?}");
        };
        check(&["p", "*", "name"], "0p 0- 1namex 0- 0- 4namey");
        check(&["p", "*", "list", "*", "n"], "0p 0- 1list 2- 3n1 2- 0- 0-");
        check(&["p", "1"], "0- 0size2");
        check(&["p", "1", "*"], "");
        check(&["t", "*"], "0*1");
        check(&["p", "*", "list", "0", "m"], "0p 0- 1list 2- 3m2 0- 0-");
    }
}
