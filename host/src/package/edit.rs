//! Edits of the manifest that keep its comments and its order.

use std::path::Path;

use anyhow::{Context, bail};
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

use super::lock::replace;
use super::manifest::Manifest;
use super::reference::Repository;

/// A manifest that is being edited.
pub(crate) struct Editor {
    path: String,
    document: DocumentMut,
}

/// What to write for a plugin.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Version(String),
    Path(String),
    Oci(Repository, String),
}

impl Editor {
    /// Opens the manifest of a root: `plimsoll.toml`, or the `pyproject.toml` that has the table; without either a
    /// `plimsoll.toml` that is not there yet.
    ///
    /// # Errors
    /// When it can't be read or does not parse.
    pub(crate) fn open(root: &Path, manifest: &Manifest) -> anyhow::Result<Self> {
        let path = manifest.name().to_owned();
        let text = match std::fs::read_to_string(root.join(&path)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).context(path),
        };
        let document = text.parse::<DocumentMut>().with_context(|| path.clone())?;
        Ok(Self { path, document })
    }

    /// The table of the manifest.
    fn table(&mut self) -> anyhow::Result<&mut Table> {
        let mut table = self.document.as_table_mut();
        if self.path == "pyproject.toml" {
            for key in ["tool", "plimsoll"] {
                table = below(table, key, &self.path)?;
            }
        }
        Ok(table)
    }

    /// Sets a plugin; one of the same name is replaced.
    ///
    /// # Errors
    /// When `plugins` is no table.
    pub(crate) fn set_plugin(&mut self, name: &str, entry: &Entry) -> anyhow::Result<()> {
        let path = self.path.clone();
        let plugins = below(self.table()?, "plugins", &path)?;
        let value = match entry {
            Entry::Version(version) => Value::from(version.as_str()),
            Entry::Path(path) => Value::from(InlineTable::from_iter([("path", path.as_str())])),
            Entry::Oci(repository, version) => {
                let pairs = [("oci", repository.to_string()), ("version", version.clone())];
                Value::from(InlineTable::from_iter(pairs))
            }
        };
        match plugins.get_mut(name).and_then(Item::as_value_mut) {
            // What stands behind the old value stays there.
            Some(old) => {
                let decor = old.decor().clone();
                *old = value;
                *old.decor_mut() = decor;
            }
            None => {
                plugins.insert(name, Item::Value(value));
            }
        }
        Ok(())
    }

    /// Takes a plugin out, and says whether it was there.
    ///
    /// # Errors
    /// When `plugins` is no table.
    pub(crate) fn remove_plugin(&mut self, name: &str) -> anyhow::Result<bool> {
        let path = self.path.clone();
        let table = self.table()?;
        if !table.contains_key("plugins") {
            return Ok(false);
        }
        Ok(below(table, "plugins", &path)?.remove(name).is_some())
    }

    /// Sets a key of the manifest to a text.
    ///
    /// # Errors
    /// When the manifest's table is none.
    pub(crate) fn set(&mut self, key: &str, text: &str) -> anyhow::Result<()> {
        self.table()?.insert(key, toml_edit::value(text));
        Ok(())
    }

    /// The manifest as it reads after the edits, so that an edit that breaks it is never written.
    ///
    /// # Errors
    /// When something in it is wrong.
    pub(crate) fn manifest(&self) -> anyhow::Result<Manifest> {
        let text = self.document.to_string();
        if self.path == "pyproject.toml" {
            return Ok(Manifest::parse_pyproject(&self.path, &text)?.unwrap_or_default());
        }
        Ok(Manifest::parse(&self.path, &text)?)
    }

    /// Writes the manifest, in whole or not at all.
    ///
    /// # Errors
    /// When the root can't be written.
    pub(crate) fn write(&self, root: &Path) -> anyhow::Result<()> {
        replace(&root.join(&self.path), &self.document.to_string())
    }
}

fn below<'a>(table: &'a mut Table, key: &str, path: &str) -> anyhow::Result<&'a mut Table> {
    let item = table.entry(key).or_insert_with(|| Item::Table(Table::new()));
    if item.is_inline_table() {
        let made = std::mem::take(item).into_table().unwrap_or_default();
        *item = Item::Table(made);
    }
    match item.as_table_mut() {
        Some(table) => Ok(table),
        None => bail!("{path}: `{key}` is no table"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, edit: impl Fn(&mut Editor)) -> String {
        let mut editor = Editor { path: "plimsoll.toml".to_owned(), document: text.parse().expect("TOML") };
        edit(&mut editor);
        editor.document.to_string()
    }

    #[test]
    fn comments_and_order_stay() {
        let text = "# ours\n[plugins]\nsecurity = \"0.1\" # pinned\n\n[rules]\n\"docker\" = \"warn\"\n";
        let repository = Repository::parse("r.example/acme").expect("a repository");
        assert_eq!(
            edited(text, |editor| {
                editor.set_plugin("acme", &Entry::Oci(repository.clone(), "2".to_owned())).expect("set");
                editor.set_plugin("security", &Entry::Version("0.2".to_owned())).expect("set");
            }),
            "# ours\n[plugins]\nsecurity = \"0.2\" # pinned\nacme = { oci = \"r.example/acme\", version = \"2\" }\n\n[rules]\n\"docker\" = \"warn\"\n"
        );
        assert_eq!(
            edited(text, |editor| assert!(editor.remove_plugin("security").expect("removed"))),
            "# ours\n[plugins]\n\n[rules]\n\"docker\" = \"warn\"\n"
        );
        assert_eq!(edited("", |editor| editor.set("vendor", "x").expect("set")), "vendor = \"x\"\n");
    }
}
