//! YAML as a value, from the parser's events. Anchors, aliases and merge keys are resolved (in `resolve`), several
//! documents make a list, repeated keys are all kept. Plain scalars have the types of YAML 1.2's core schema, so that
//! `on` and `no` are text.
//!
//! The span of what an alias stands for is where the value is written, at the anchor; the key's span is at the alias.
//! The span of a block scalar starts with the content's first line, after its indentation, so that line `n` of the
//! text is line `n` of the span; it ends with the last line that is not blank.

mod indentation;
mod resolve;
mod scalar;

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::{Invalid, check_size, span};
use crate::plugin::wit::{Node, NodeKind, Span};

pub(super) fn parse(text: &str) -> Result<Vec<Node>, Invalid> {
    parse_strictly(text).or_else(|refusal| indentation::parse(text, refusal))
}

fn parse_strictly(text: &str) -> Result<Vec<Node>, Invalid> {
    let positions = Positions::new(text);
    let mut reader = Reader::new(text);
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, place) = event.map_err(|error| {
            let start = positions.byte(error.marker().index());
            match error.info() {
                "recursion limit exceeded" => {
                    Invalid::new(text, start, start, "brackets nested deeper than 255 levels")
                }
                message => Invalid::new(text, start, start, message),
            }
        })?;
        reader.take(event, positions.byte(place.start.index()), positions.byte(place.end.index()))?;
    }
    reader.finish()
}

/// What a node's key is, while its value is awaited.
enum Key {
    Scalar(String, Span),
    /// A list or table as key: the value has no key.
    Complex,
}

/// A list or table whose end is still to come.
struct Open {
    node: u32,
    is_table: bool,
    is_bracketed: bool,
    /// In a table: the key whose value comes next; none when a key comes next.
    key: Option<Key>,
}

/// What an anchor names.
enum Anchor {
    Node(u32),
    /// A key of a table.
    Key(Node),
}

/// The tree while it is read: one list of documents, in preorder.
struct Tree<'a> {
    text: &'a str,
    nodes: Vec<Node>,
    /// For each node the index after the last node below it; zero while it is open.
    ends: Vec<u32>,
    /// For each node that is an alias, what it stands for.
    aliases: HashMap<u32, u32>,
    has_merge_keys: bool,
}

struct Reader<'a> {
    tree: Tree<'a>,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchor>,
    /// How many lists and tables are open inside a key, which is not kept.
    ignored: usize,
    /// How many bytes of text aliases of or as keys have copied.
    copied: usize,
    /// Where the last thing read ends.
    last_end: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let tree = Tree { text, nodes: Vec::new(), ends: Vec::new(), aliases: HashMap::new(), has_merge_keys: false };
        let mut reader = Self { tree, open: Vec::new(), anchors: HashMap::new(), ignored: 0, copied: 0, last_end: 0 };
        let root = reader.push(NodeKind::List, String::new(), span(0..0));
        reader.open.push(Open { node: root, is_table: false, is_bracketed: false, key: None });
        reader
    }

    /// Takes an event with its place in bytes.
    fn take(&mut self, event: Event<'_>, start: usize, end: usize) -> Result<(), Invalid> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
            Event::SequenceStart(anchor, tag) => {
                let start = self.without_properties(start, end, anchor, tag.as_deref());
                match start < end {
                    true => self.open(NodeKind::List, anchor, start, true)?,
                    false => self.open(NodeKind::List, anchor, self.dash(start), false)?,
                }
            }
            Event::MappingStart(anchor, tag) => {
                let start = self.without_properties(start, end, anchor, tag.as_deref());
                self.open(NodeKind::Table, anchor, start, start < end)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(end),
            Event::Scalar(value, style, anchor, tag) => {
                if self.ignored == 0 {
                    check_size(self.tree.text, start, 0, self.tree.nodes.len())?;
                    let start = self.without_properties(start, end, anchor, tag.as_deref());
                    self.scalar(value.into_owned(), style, anchor, tag.as_deref(), start, end);
                }
            }
            Event::Alias(anchor) => {
                if self.ignored == 0 {
                    check_size(self.tree.text, start, 0, self.tree.nodes.len())?;
                    self.alias(anchor, start, end)?;
                    self.last_end = end;
                }
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Node>, Invalid> {
        self.tree.ends[0] = self.tree.nodes.len() as u32;
        let mut nodes = self.tree.resolve()?;
        // A last `---` that nothing follows begins no document.
        while nodes.len() > 2 && nodes.last().is_some_and(|node| node.parent == 0 && is_absent(node)) {
            nodes.pop();
        }
        let documents = nodes.iter().skip(1).filter(|node| node.parent == 0).count();
        match documents {
            0 => nodes[0].kind = NodeKind::Null,
            1 => {
                nodes.remove(0);
                for node in &mut nodes {
                    node.parent = node.parent.saturating_sub(1);
                }
            }
            _ => {
                let start = nodes[1].span.start;
                nodes[0].span = Span { start, end: (self.last_end as u32).max(start) };
                nodes[0].key_span = nodes[0].span;
            }
        }
        Ok(nodes)
    }

    /// Adds a node with the key that awaits it.
    fn push(&mut self, kind: NodeKind, text: String, own: Span) -> u32 {
        let index = self.tree.nodes.len() as u32;
        let (parent, key) = match self.open.last_mut() {
            Some(open) => (open.node, open.key.take()),
            None => (0, None),
        };
        let (key, key_span) = match key {
            Some(Key::Scalar(key, key_span)) => (Some(key), key_span),
            Some(Key::Complex) | None => (None, own),
        };
        self.tree.nodes.push(Node { parent, key, key_span, kind, text, span: own });
        self.tree.ends.push(index + 1);
        index
    }

    fn awaits_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.is_table && open.key.is_none())
    }

    fn set_key(&mut self, key: Key) {
        if let Some(open) = self.open.last_mut() {
            open.key = Some(key);
        }
    }

    fn open(&mut self, kind: NodeKind, anchor: usize, start: usize, is_bracketed: bool) -> Result<(), Invalid> {
        check_size(self.tree.text, start, self.open.len() + self.ignored, self.tree.nodes.len())?;
        self.last_end = self.last_end.max(start + usize::from(is_bracketed));
        if self.ignored > 0 || self.awaits_key() {
            self.ignored += 1;
            return Ok(());
        }
        let node = self.push(kind, String::new(), span(start..start));
        self.tree.ends[node as usize] = 0;
        if anchor > 0 {
            self.anchors.insert(anchor, Anchor::Node(node));
        }
        self.open.push(Open { node, is_table: kind == NodeKind::Table, is_bracketed, key: None });
        Ok(())
    }

    fn close(&mut self, end: usize) {
        let text = self.tree.text;
        if self.ignored > 0 {
            self.ignored -= 1;
            if self.ignored == 0 {
                let upto = text[..end].trim_end().len();
                self.last_end = self.last_end.max(upto);
                self.set_key(Key::Complex);
            }
            return;
        }
        let Some(open) = self.open.pop() else { return };
        if open.is_bracketed {
            // After a trailing comma the parser gives the comma's place.
            let mut index = self.skip(self.last_end, text.len(), false);
            while let Some(b',' | b':' | b'?') = text.as_bytes().get(index) {
                index = self.skip(index + 1, text.len(), false);
            }
            if let Some(b']' | b'}') = text.as_bytes().get(index) {
                self.last_end = index + 1;
            }
        }
        let index = open.node as usize;
        self.tree.ends[index] = self.tree.nodes.len() as u32;
        let node = &mut self.tree.nodes[index];
        node.span.end = (self.last_end as u32).max(node.span.start);
        if node.key.is_none() {
            node.key_span = node.span;
        }
    }

    fn scalar(
        &mut self,
        value: String,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        start: usize,
        end: usize,
    ) {
        let text = self.tree.text;
        let range = match style {
            ScalarStyle::Plain if value.is_empty() => {
                let place = if anchor > 0 || tag.is_some() { end } else { self.absent(start) };
                place..place
            }
            ScalarStyle::Plain => start..start + text[start..end].trim_end().len(),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => start..scalar::quoted_end(text, start, end),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                scalar::block_range(text, self.last_end.min(start), start, end, &value)
            }
        };
        self.last_end = self.last_end.max(range.end);
        let own = span(range);
        if !self.awaits_key() {
            let (kind, value) = scalar::typed(value, style, tag);
            let node = self.push(kind, value, own);
            if anchor > 0 {
                self.anchors.insert(anchor, Anchor::Node(node));
            }
            return;
        }
        if style == ScalarStyle::Plain && value == "<<" {
            self.tree.has_merge_keys = true;
        }
        if anchor > 0 {
            let (kind, text) = scalar::typed(value.clone(), style, tag);
            let node = Node { parent: 0, key: None, key_span: own, kind, text, span: own };
            self.anchors.insert(anchor, Anchor::Key(node));
        }
        self.set_key(Key::Scalar(value, own));
    }

    fn alias(&mut self, anchor: usize, start: usize, end: usize) -> Result<(), Invalid> {
        let own = span(start..end);
        let is_key = self.awaits_key();
        let target = match self.anchors.get(&anchor) {
            Some(Anchor::Node(target)) if !is_key => {
                let target = *target;
                if self.tree.ends[target as usize] == 0 {
                    return Err(Invalid::new(self.tree.text, start, end, "an alias of a value that it is a part of"));
                }
                let node = self.push(NodeKind::Null, String::new(), own);
                self.tree.aliases.insert(node, target);
                return Ok(());
            }
            Some(Anchor::Node(target)) => Some(&self.tree.nodes[*target as usize]),
            Some(Anchor::Key(node)) => Some(node),
            // An anchor inside a key that is a list or table.
            None => None,
        };
        let target = target.filter(|target| !matches!(target.kind, NodeKind::List | NodeKind::Table));
        let copy = target.map(|target| (target.kind, target.text.clone(), target.span));
        self.copied += copy.as_ref().map_or(0, |(_, text, _)| text.len());
        if self.copied > resolve::MOST_BYTES {
            return Err(resolve::too_many_bytes(self.tree.text, start, end));
        }
        match copy {
            Some((_, text, _)) if is_key => self.set_key(Key::Scalar(text, own)),
            Some((kind, text, place)) => {
                self.push(kind, text, place);
            }
            None if is_key => self.set_key(Key::Complex),
            None => {
                self.push(NodeKind::Null, String::new(), own);
            }
        }
        Ok(())
    }

    /// Where a value starts after its anchor and tag.
    fn without_properties(&self, start: usize, end: usize, anchor: usize, tag: Option<&Tag>) -> usize {
        match anchor > 0 || tag.is_some() {
            true => self.skip(start, end, true),
            false => start,
        }
    }

    /// Where a list by indentation starts. In a table the parser gives the place after the first `-`.
    fn dash(&self, start: usize) -> usize {
        if !self.open.last().is_some_and(|open| open.is_table) {
            return start;
        }
        let bytes = self.tree.text.as_bytes();
        let colon = self.skip(self.last_end, start, false);
        let from = if bytes.get(colon) == Some(&b':') { colon + 1 } else { colon };
        let dash = self.skip(from, start, true);
        if bytes.get(dash) == Some(&b'-') { dash } else { start }
    }

    /// Where a value stands that is not there: after the `:` or `-` that announces it.
    fn absent(&self, start: usize) -> usize {
        let announced = match self.open.last() {
            Some(open) if open.is_table => b':',
            Some(open) if open.node > 0 => b'-',
            _ => return self.last_end,
        };
        let index = self.skip(self.last_end, start + 1, false);
        if self.tree.text.as_bytes().get(index) == Some(&announced) { index + 1 } else { self.last_end }
    }

    /// Skips white space, comments, and if asked to, anchors and tags.
    fn skip(&self, from: usize, end: usize, properties: bool) -> usize {
        let bytes = self.tree.text.as_bytes();
        let end = end.min(bytes.len());
        let mut index = from;
        while index < end {
            let past = |stop: fn(&u8) -> bool| bytes[index..end].iter().position(stop).map_or(end, |step| index + step);
            index = match bytes[index] {
                b' ' | b'\t' | b'\r' | b'\n' => index + 1,
                b'#' => past(|byte| *byte == b'\n'),
                b'!' if properties && bytes.get(index + 1) == Some(&b'<') => past(|byte| *byte == b'>') + 1,
                b'&' | b'!' if properties => {
                    past(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}'))
                }
                _ => break,
            };
        }
        self.tree.text.ceil_char_boundary(index.min(end.max(from)))
    }
}

/// Whether a node is a null that no character stands for.
fn is_absent(node: &Node) -> bool {
    node.kind == NodeKind::Null && node.span.start == node.span.end
}

/// Where characters are in bytes. The parser counts characters.
struct Positions<'a> {
    text: &'a str,
    /// The byte of every [`STEP`]th character; empty when every character is one byte.
    steps: Vec<u32>,
}

const STEP: usize = 64;

impl<'a> Positions<'a> {
    fn new(text: &'a str) -> Self {
        let steps = match text.is_ascii() {
            true => Vec::new(),
            false => text.char_indices().step_by(STEP).map(|(byte, _)| byte as u32).collect(),
        };
        Self { text, steps }
    }

    fn byte(&self, character: usize) -> usize {
        if self.steps.is_empty() {
            return character.min(self.text.len());
        }
        let Some(&start) = self.steps.get(character / STEP) else { return self.text.len() };
        let rest = &self.text[start as usize..];
        rest.char_indices().nth(character % STEP).map_or(self.text.len(), |(byte, _)| start as usize + byte)
    }
}

#[cfg(test)]
mod tests;
