//! Puts in the place of every alias and merge key what it stands for, within a budget: a few lines of aliases of
//! aliases can stand for more than any memory holds.

use std::collections::HashSet;

use super::Tree;
use crate::facts::documents::{Invalid, check_size};
use crate::plugin::wit::{Node, NodeKind, Span};

/// Nodes that aliases and merge keys may add to a document.
const MOST_NODES: usize = 200_000;
/// Bytes of text that they may add.
pub(super) const MOST_BYTES: usize = 16 << 20;

impl Tree<'_> {
    /// The nodes with all aliases and merge keys resolved.
    pub(super) fn resolve(self) -> Result<Vec<Node>, Invalid> {
        if self.aliases.is_empty() && !self.has_merge_keys {
            return Ok(self.nodes);
        }
        let nodes = Vec::with_capacity(self.nodes.len());
        let mut resolver = Resolver { tree: &self, nodes, added_nodes: 0, added_bytes: 0 };
        resolver.copy(0, 0, 0, None)?;
        Ok(resolver.nodes)
    }

    fn children(&self, node: u32) -> impl Iterator<Item = u32> {
        let end = self.ends[node as usize];
        let first = Some(node + 1).filter(|&child| child < end);
        std::iter::successors(first, move |&child| Some(self.ends[child as usize]).filter(|&next| next < end))
    }

    /// What a node stands for: itself, unless it is an alias.
    fn target(&self, node: u32) -> u32 {
        self.aliases.get(&node).copied().unwrap_or(node)
    }

    /// The tables that a merge key merges, the first being the strongest; none for any other node.
    fn merged(&self, node: u32) -> Option<Vec<u32>> {
        let Node { key, key_span, .. } = &self.nodes[node as usize];
        // A quoted `"<<"` is an ordinary key.
        if key.as_deref() != Some("<<") || !self.text[key_span.start as usize..].starts_with("<<") {
            return None;
        }
        let value = self.target(node);
        let is_table = |node: &u32| self.nodes[*node as usize].kind == NodeKind::Table;
        match self.nodes[value as usize].kind {
            NodeKind::Table => Some(vec![value]),
            NodeKind::List => {
                let items: Vec<u32> = self.children(value).map(|item| self.target(item)).collect();
                items.iter().all(is_table).then_some(items)
            }
            _ => None,
        }
    }
}

struct Resolver<'a> {
    tree: &'a Tree<'a>,
    nodes: Vec<Node>,
    added_nodes: usize,
    added_bytes: usize,
}

impl<'a> Resolver<'a> {
    /// Copies a node below a parent. `source` is the alias or merge key for whose sake it is copied, if any.
    fn copy(&mut self, node: u32, parent: u32, depth: usize, source: Option<u32>) -> Result<(), Invalid> {
        let target = self.tree.target(node);
        let source = source.or((target != node).then_some(node));
        let written = &self.tree.nodes[node as usize];
        check_size(self.tree.text, written.span.start as usize, depth, 0)?;
        if let Some(source) = source {
            self.spend(target, source)?;
        }
        let index = self.nodes.len() as u32;
        let found = &self.tree.nodes[target as usize];
        let key_span = if written.key.is_some() { written.key_span } else { found.span };
        self.nodes.push(Node { parent, key: written.key.clone(), key_span, ..found.clone() });
        let tree = self.tree;
        let mut seen: Option<HashSet<&'a str>> = None;
        for child in tree.children(target) {
            let Some(tables) = tree.merged(child) else {
                self.copy(child, index, depth + 1, source)?;
                continue;
            };
            let source = source.unwrap_or(child);
            if seen.is_none() {
                let explicit = tree.children(target).filter(|&child| tree.merged(child).is_none());
                seen = Some(explicit.filter_map(|child| tree.nodes[child as usize].key.as_deref()).collect());
            }
            if let Some(seen) = &mut seen {
                for table in tables {
                    self.merge(table, index, depth + 1, source, seen)?;
                }
            }
        }
        Ok(())
    }

    /// Copies what a table holds into another one, without the keys that are there already.
    fn merge(
        &mut self,
        table: u32,
        parent: u32,
        depth: usize,
        source: u32,
        seen: &mut HashSet<&'a str>,
    ) -> Result<(), Invalid> {
        let tree = self.tree;
        check_size(tree.text, tree.nodes[source as usize].span.start as usize, depth, 0)?;
        let mut inherited = Vec::new();
        for child in tree.children(table) {
            match (tree.merged(child), &tree.nodes[child as usize].key) {
                (Some(tables), _) => inherited.extend(tables),
                (None, Some(key)) if seen.insert(key) => self.copy(child, parent, depth, Some(source))?,
                (None, _) => self.spend(child, source)?,
            }
        }
        self.spend(table, source)?;
        inherited.into_iter().try_for_each(|table| self.merge(table, parent, depth + 1, source, seen))
    }

    fn spend(&mut self, node: u32, source: u32) -> Result<(), Invalid> {
        let Node { key, text, .. } = &self.tree.nodes[node as usize];
        self.added_nodes += 1;
        self.added_bytes += text.len() + key.as_ref().map_or(0, String::len);
        if self.added_nodes <= MOST_NODES && self.added_bytes <= MOST_BYTES {
            return Ok(());
        }
        let Span { start, end } = self.tree.nodes[source as usize].span;
        let (start, end) = (start as usize, end as usize);
        Err(match self.added_nodes > MOST_NODES {
            true => {
                let message = format!("aliases expand to more than {MOST_NODES} nodes");
                Invalid::new(self.tree.text, start, end, &message)
            }
            false => too_many_bytes(self.tree.text, start, end),
        })
    }
}

/// An alias at this place brings the text that aliases add over the budget.
pub(super) fn too_many_bytes(text: &str, start: usize, end: usize) -> Invalid {
    Invalid::new(text, start, end, &format!("aliases expand to more than {MOST_BYTES} bytes"))
}
