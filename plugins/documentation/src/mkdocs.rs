//! The configuration of MkDocs, and the pages beside it.

use plimsoll_sdk::prelude::*;

/// The configuration of MkDocs in the target.
pub(crate) struct Site {
    pub(crate) path: String,
    value: documents::Nodes,
}

impl Site {
    /// All of it.
    pub(crate) fn root(&self) -> Option<Item<'_>> {
        Item::root(&self.value)
    }

    /// A key of it, in a file that it inherits from too.
    pub(crate) fn has(&self, keys: &[&str]) -> bool {
        self.root().is_some_and(|root| root.at(keys).is_some() || root.get("INHERIT").is_some())
    }

    /// Where a key stands, or the start of the file.
    pub(crate) fn place(&self, key: &str) -> Place {
        let item = self.root().and_then(|root| root.get(key));
        item.map_or_else(|| plimsoll_sdk::paths::start(&self.path), |item| item.key_place(&self.path))
    }

    /// The names of its plugins: of a list or a table.
    pub(crate) fn plugins(&self) -> Vec<String> {
        let plugins = self.root().and_then(|root| root.get("plugins"));
        let children = plugins.into_iter().flat_map(Item::children);
        children
            .flat_map(|item| {
                let own = item.string().or_else(|| item.key()).map(str::to_owned);
                let inner = item.children().filter_map(|inner| inner.key().map(str::to_owned));
                own.into_iter().chain(inner).collect::<Vec<_>>()
            })
            .collect()
    }
}

/// The site of the product, if MkDocs makes one.
pub(crate) fn site() -> Option<Site> {
    let files = repository::find(&["mkdocs.yml", "mkdocs.yaml"]);
    let is_own = |file: &&File| {
        !plimsoll_sdk::product::is_beside(&file.path) && !file.path.contains("{{") && file.path.split('/').count() < 4
    };
    let file = files.iter().find(is_own)?;
    let value = documents::read(&file.path, &[]).ok()?;
    Some(Site { path: file.path.clone(), value })
}
