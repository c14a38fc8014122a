//! YAML with places. Aliases and merge keys are resolved; what they expand to is bounded.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{DEEPEST, Invalid, MOST_NODES, Tree, check_nesting};
use crate::plugin::wit::{NodeKind, Span};

/// Nodes that aliases may add.
const MOST_ALIASED: usize = 200_000;

/// A collection that is still open.
struct Open {
    tree: Tree,
    anchor: usize,
    /// The key that waits for its value.
    key: Option<(String, Span)>,
    is_mapping: bool,
    /// A key that is no scalar; its value is kept without a key.
    skipped_key: bool,
}

struct Reader<'a> {
    offsets: Offsets<'a>,
    stack: Vec<Open>,
    anchors: HashMap<usize, (Tree, usize)>,
    documents: Vec<Tree>,
    nodes: usize,
    aliased: usize,
}

pub(super) fn parse(text: &str) -> Result<Tree, Invalid> {
    check_nesting(text)?;
    let mut reader = Reader {
        offsets: Offsets::new(text),
        stack: Vec::new(),
        anchors: HashMap::new(),
        documents: Vec::new(),
        nodes: 0,
        aliased: 0,
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let at = reader.offsets.byte(error.marker().index());
            Invalid::new(at, at, error.info().to_owned())
        })?;
        let (start, end) = (reader.offsets.byte(span.start.index()), reader.offsets.byte(span.end.index()));
        reader.event(text, event, start, end)?;
    }
    let mut documents = reader.documents;
    Ok(match documents.len() {
        0 => Tree::new(NodeKind::Null, "", 0, 0),
        1 => documents.remove(0),
        _ => {
            let mut list = Tree::new(NodeKind::List, "documents", 0, text.len());
            list.children = documents.into_iter().map(|document| (None, document)).collect();
            list
        }
    })
}

impl Reader<'_> {
    fn event(&mut self, text: &str, event: Event<'_>, start: usize, end: usize) -> Result<(), Invalid> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(Invalid::new(start, end, format!("more than {MOST_NODES} nodes")));
        }
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str");
                let kind = if is_text { NodeKind::Text } else { plain_kind(&value) };
                let value = if kind == NodeKind::Null { String::new() } else { value.into_owned() };
                let value = if kind == NodeKind::Boolean { value.to_lowercase() } else { value };
                let (start, end) = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => block_span(text, start, end),
                    _ => (start, end),
                };
                self.add(Tree::new(kind, value, start, end), anchor)
            }
            Event::SequenceStart(anchor, _) => self.open(NodeKind::List, anchor, start, end),
            Event::MappingStart(anchor, _) => self.open(NodeKind::Table, anchor, start, end),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(mut open) = self.stack.pop() else { return Ok(()) };
                let last = open.tree.children.last().map_or(0, |(_, child)| child.span.end);
                // A block collection ends where its last child ends; a flow collection with its bracket.
                let end = if end > start { end as u32 } else { last.max(open.tree.span.start) };
                open.tree.span.end = open.tree.span.end.max(end);
                merge(&mut open.tree);
                self.add(open.tree, open.anchor)
            }
            Event::Alias(anchor) => {
                let Some((tree, size)) = self.anchors.get(&anchor).cloned() else {
                    return self.add(Tree::new(NodeKind::Null, "", start, end), 0);
                };
                self.aliased += size;
                if self.aliased > MOST_ALIASED {
                    return Err(Invalid::new(start, end, format!("aliases expand to more than {MOST_ALIASED} nodes")));
                }
                self.add(tree, 0)
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, kind: NodeKind, anchor: usize, start: usize, _end: usize) -> Result<(), Invalid> {
        if self.stack.len() >= DEEPEST {
            return Err(Invalid::new(start, start, format!("nested deeper than {DEEPEST} levels")));
        }
        let is_mapping = kind == NodeKind::Table;
        self.stack.push(Open {
            tree: Tree::new(kind, "", start, start),
            anchor,
            key: None,
            is_mapping,
            skipped_key: false,
        });
        Ok(())
    }

    fn add(&mut self, tree: Tree, anchor: usize) -> Result<(), Invalid> {
        if anchor > 0 {
            let size = size(&tree);
            self.anchors.insert(anchor, (tree.clone(), size));
        }
        let Some(open) = self.stack.last_mut() else {
            self.documents.push(tree);
            return Ok(());
        };
        if !open.is_mapping {
            open.tree.children.push((None, tree));
        } else if open.skipped_key {
            open.skipped_key = false;
            open.tree.children.push((None, tree));
        } else if let Some(key) = open.key.take() {
            open.tree.children.push((Some(key), tree));
        } else if matches!(tree.kind, NodeKind::List | NodeKind::Table) {
            open.skipped_key = true;
        } else {
            open.key = Some((tree.text, tree.span));
        }
        Ok(())
    }
}

fn size(tree: &Tree) -> usize {
    1 + tree.children.iter().map(|(_, child)| size(child)).sum::<usize>()
}

/// Resolves `<<`: the keys of the merged mappings that the mapping itself does not have.
fn merge(tree: &mut Tree) {
    if tree.kind != NodeKind::Table || !tree.children.iter().any(|(key, _)| is_merge(key)) {
        return;
    }
    let (merges, mut own): (Vec<_>, Vec<_>) =
        std::mem::take(&mut tree.children).into_iter().partition(|(key, _)| is_merge(key));
    for (_, merged) in merges {
        let sources = if merged.kind == NodeKind::List {
            merged.children.into_iter().map(|(_, child)| child).collect()
        } else {
            vec![merged]
        };
        for (key, child) in sources.into_iter().flat_map(|source| source.children) {
            let name = key.as_ref().map(|(name, _)| name.clone());
            if !own.iter().any(|(key, _)| key.as_ref().map(|(name, _)| name) == name.as_ref()) {
                own.push((key, child));
            }
        }
    }
    tree.children = own;
}

fn is_merge(key: &Option<(String, Span)>) -> bool {
    key.as_ref().is_some_and(|(name, _)| name == "<<")
}

/// The type of a plain scalar after YAML 1.2; `on` and `yes` are texts, as every tool that matters reads them.
fn plain_kind(text: &str) -> NodeKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => NodeKind::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => NodeKind::Boolean,
        _ if !text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) => NodeKind::Text,
        _ if text.parse::<i128>().is_ok() => NodeKind::Integer,
        _ if text.parse::<f64>().is_ok() && text.contains(|letter: char| letter.is_ascii_digit()) => NodeKind::Float,
        _ => NodeKind::Text,
    }
}

/// The content of a block scalar, without its header: from its first character that is no space to its last.
fn block_span(text: &str, start: usize, end: usize) -> (usize, usize) {
    let block = text.get(start..end).unwrap_or_default();
    let header = if block.starts_with(['|', '>']) { block.find('\n').map_or(block.len(), |at| at + 1) } else { 0 };
    let content = &block[header..];
    let first = start + header + (content.len() - content.trim_start().len());
    let last = start + block.trim_end().len();
    if first <= last { (first, last) } else { (start, end) }
}

/// Character positions as byte offsets: the parser counts characters.
struct Offsets<'a> {
    text: &'a str,
    /// Byte offset of every 64th character; none where characters are bytes.
    steps: Option<Vec<u32>>,
}

impl<'a> Offsets<'a> {
    fn new(text: &'a str) -> Self {
        let steps = (!text.is_ascii()).then(|| text.char_indices().step_by(64).map(|(at, _)| at as u32).collect());
        Self { text, steps }
    }

    fn byte(&self, character: usize) -> usize {
        let Some(steps) = &self.steps else { return character.min(self.text.len()) };
        let Some(&base) = steps.get(character / 64) else { return self.text.len() };
        let rest = &self.text[base as usize..];
        rest.char_indices().nth(character % 64).map_or(self.text.len(), |(at, _)| base as usize + at)
    }
}
