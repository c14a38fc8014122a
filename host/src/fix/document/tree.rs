//! What a document says, without where and in which order: what a change must leave alone.

use crate::facts::value::View;
use crate::plugin::wit::NodeKind;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tree {
    Table(Vec<(Option<String>, Tree)>),
    List(Vec<Tree>),
    Scalar(String, String),
}

impl Tree {
    pub(super) fn of(view: View<'_>) -> Self {
        match view.kind() {
            NodeKind::Table => {
                Self::Table(view.children().map(|child| (child.key().map(str::to_owned), Self::of(child))).collect())
            }
            NodeKind::List => Self::List(view.children().map(Self::of).collect()),
            kind => Self::Scalar(format!("{kind:?}"), view.text().to_owned()),
        }
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Scalar(format!("{:?}", NodeKind::Text), text.to_owned())
    }

    /// The same with the keys of tables sorted.
    pub(super) fn normal(self) -> Self {
        match self {
            Self::Table(entries) => {
                let mut entries: Vec<_> = entries.into_iter().map(|(key, value)| (key, value.normal())).collect();
                entries.sort();
                Self::Table(entries)
            }
            Self::List(items) => Self::List(items.into_iter().map(Self::normal).collect()),
            scalar => scalar,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(kind, _) if *kind == format!("{:?}", NodeKind::Null))
    }

    /// The value of a key, made if it is missing.
    fn entry(&mut self, key: &str) -> Result<&mut Self, String> {
        if self.is_null() {
            *self = Self::Table(Vec::new());
        }
        match self {
            Self::Table(entries) => {
                let index = entries.iter().rposition(|(known, _)| known.as_deref() == Some(key));
                let index = index.unwrap_or_else(|| {
                    entries.push((Some(key.to_owned()), Self::Table(Vec::new())));
                    entries.len() - 1
                });
                Ok(&mut entries[index].1)
            }
            Self::List(items) => {
                let index = key.parse::<usize>().ok();
                let item = index.and_then(|index| items.get_mut(index));
                item.ok_or_else(|| format!("the list has no item `{key}`"))
            }
            Self::Scalar(..) => Err(format!("the parent of `{key}` is no table")),
        }
    }

    pub(super) fn set(&mut self, keys: &[String], value: Self) -> Result<(), String> {
        let mut tree = self;
        for key in keys {
            tree = tree.entry(key)?;
        }
        *tree = value;
        Ok(())
    }

    pub(super) fn append(&mut self, keys: &[String], value: Self) -> Result<(), String> {
        let mut tree = self;
        for key in keys {
            tree = tree.entry(key)?;
        }
        match tree {
            Self::List(items) => items.push(value),
            Self::Table(entries) if entries.is_empty() => *tree = Self::List(vec![value]),
            null if null.is_null() => *null = Self::List(vec![value]),
            _ => return Err(format!("`{}` is no list", keys.join("."))),
        }
        Ok(())
    }

    /// Whether an empty table stands at a key path.
    pub(super) fn is_empty_at(&self, keys: &[String]) -> bool {
        match (self, keys.split_first()) {
            (Self::Table(entries), None) => entries.is_empty(),
            (Self::Table(entries), Some((first, rest))) => {
                let found = entries.iter().rfind(|(known, _)| known.as_ref() == Some(first));
                found.is_some_and(|(_, below)| below.is_empty_at(rest))
            }
            _ => false,
        }
    }

    pub(super) fn remove(&mut self, keys: &[String]) -> Result<(), String> {
        let missing = || format!("there is no `{}`", keys.join("."));
        let (last, parents) = keys.split_last().ok_or_else(missing)?;
        let mut tree = self;
        for key in parents {
            tree = tree.entry(key)?;
        }
        match tree {
            Self::Table(entries) => {
                let index = entries.iter().rposition(|(known, _)| known.as_ref() == Some(last)).ok_or_else(missing)?;
                entries.remove(index);
            }
            Self::List(items) => {
                let index = last.parse().ok().filter(|&index: &usize| index < items.len()).ok_or_else(missing)?;
                items.remove(index);
            }
            Self::Scalar(..) => return Err(missing()),
        }
        Ok(())
    }
}
