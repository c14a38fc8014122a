//! The settings of a tool, wherever the tool reads them, with its own precedence.

use crate::bindings::plimsoll::plugin::report::KeyPath;
use crate::bindings::plimsoll::plugin::types::Place;
use crate::documents;
use crate::paths::{join, parent, resolve, upwards};
use crate::value::Item;

/// A tool, by the files that it reads.
pub struct Tool {
    /// The names of its files, those first that win.
    pub files: &'static [Table],
    /// Whether it looks in the folders above as well.
    pub upwards: bool,
    /// The key that names a file which these settings build on.
    pub extend: Option<&'static str>,
}

/// A file, and where the tool's settings stand in it.
pub struct Table {
    /// The file's name.
    pub file: &'static str,
    /// The keys of the table.
    pub keys: &'static [&'static str],
    /// What the first key of each setting begins with, for tools that have several sections in a shared file.
    pub prefix: &'static str,
}

const fn whole(file: &'static str) -> Table {
    Table { file, keys: &[], prefix: "" }
}

const fn table(file: &'static str, keys: &'static [&'static str]) -> Table {
    Table { file, keys, prefix: "" }
}

const fn sections(file: &'static str, prefix: &'static str) -> Table {
    Table { file, keys: &[], prefix }
}

/// Ruff.
pub const RUFF: Tool = Tool {
    files: &[whole(".ruff.toml"), whole("ruff.toml"), table("pyproject.toml", &["tool", "ruff"])],
    upwards: true,
    extend: Some("extend"),
};

/// pytest.
pub const PYTEST: Tool = Tool {
    files: &[
        table("pytest.toml", &["pytest"]),
        table(".pytest.toml", &["pytest"]),
        table("pytest.ini", &["pytest"]),
        table(".pytest.ini", &["pytest"]),
        table("pyproject.toml", &["tool", "pytest", "ini_options"]),
        table("pyproject.toml", &["tool", "pytest"]),
        table("tox.ini", &["pytest"]),
        table("setup.cfg", &["tool:pytest"]),
    ],
    upwards: true,
    extend: None,
};

/// Coverage.py; its sections are the first key: `run`, `report`, `paths`.
pub const COVERAGE: Tool = Tool {
    files: &[
        whole(".coveragerc"),
        table(".coveragerc.toml", &["tool", "coverage"]),
        sections("setup.cfg", "coverage:"),
        sections("tox.ini", "coverage:"),
        table("pyproject.toml", &["tool", "coverage"]),
    ],
    upwards: false,
    extend: None,
};

/// mypy.
pub const MYPY: Tool = Tool {
    files: &[
        table("mypy.ini", &["mypy"]),
        table(".mypy.ini", &["mypy"]),
        table("pyproject.toml", &["tool", "mypy"]),
        table("setup.cfg", &["mypy"]),
    ],
    upwards: true,
    extend: None,
};

/// Pyright.
pub const PYRIGHT: Tool = Tool {
    files: &[whole("pyrightconfig.json"), table("pyproject.toml", &["tool", "pyright"])],
    upwards: true,
    extend: Some("extends"),
};

/// basedpyright.
pub const BASEDPYRIGHT: Tool = Tool {
    files: &[
        whole("pyrightconfig.json"),
        table("pyproject.toml", &["tool", "basedpyright"]),
        table("pyproject.toml", &["tool", "pyright"]),
    ],
    upwards: true,
    extend: Some("extends"),
};

/// uv.
pub const UV: Tool =
    Tool { files: &[whole("uv.toml"), table("pyproject.toml", &["tool", "uv"])], upwards: true, extend: None };

/// A file that takes part.
pub struct Layer {
    /// Its path.
    pub path: String,
    /// What it holds for the tool.
    table: documents::Nodes,
    /// Where that stands.
    origin: &'static Table,
}

/// A setting, and where it stands.
#[derive(Clone)]
pub struct Setting<'a> {
    /// Its value.
    pub value: Item<'a>,
    /// Its key.
    pub place: Place,
    /// Its file and keys, for edits.
    pub key_path: KeyPath,
}

/// What a tool is told for the files of a folder.
pub struct Settings {
    /// The file that counts, then what it extends, outwards; empty where nothing is set.
    pub layers: Vec<Layer>,
    /// An `extend` that leads to a file that is not in the repository.
    pub opaque: Option<Place>,
}

impl Layer {
    /// Reads the settings of a tool from a file of any name; none when it has none.
    pub fn read(tool: &Tool, path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let known = tool.files.iter().filter(|table| table.file == name);
        let mut origins = known.chain(tool.files.iter().filter(|table| table.keys.is_empty()).take(1));
        origins.find_map(|origin| Self::at(path, origin))
    }

    fn at(path: &str, origin: &'static Table) -> Option<Self> {
        let table = documents::read(path, origin.keys).ok()?;
        let has_section = |item: Item<'_>| item.key().is_some_and(|key| key.starts_with(origin.prefix));
        let is_its = origin.prefix.is_empty() || Item::root(&table)?.children().any(has_section);
        is_its.then(|| Self { path: path.to_owned(), table, origin })
    }

    /// The table's header, or the start of a file of its own.
    pub fn place(&self) -> Option<Place> {
        Some(Item::root(&self.table)?.place(&self.path))
    }

    /// All of it.
    pub fn root(&self) -> Option<Item<'_>> {
        Item::root(&self.table)
    }

    /// The setting at these keys.
    pub fn setting(&self, keys: &[&str]) -> Option<Setting<'_>> {
        let (first, rest) = keys.split_first()?;
        let first = format!("{}{first}", self.origin.prefix);
        let value = Item::root(&self.table)?.get(&first)?.at(rest)?;
        let own = self.origin.keys.iter().map(|&key| key.to_owned());
        let keys = own.chain([first]).chain(rest.iter().map(|&key| key.to_owned())).collect();
        let key_path = KeyPath { path: self.path.clone(), keys };
        Some(Setting { value, place: value.key_place(&self.path), key_path })
    }
}

impl Settings {
    /// What a tool uses for the files of a folder: the first file that has something for it, with what that extends.
    pub fn of(tool: &'static Tool, folder: &str) -> Self {
        let folders = if tool.upwards { upwards(folder) } else { vec![folder] };
        let found = folders
            .into_iter()
            .find_map(|folder| tool.files.iter().find_map(|origin| Layer::at(&join(folder, origin.file), origin)));
        found.map_or(Self { layers: Vec::new(), opaque: None }, |layer| Self::from_layer(tool, layer))
    }

    /// What a tool uses that is given a file by name.
    pub fn named(tool: &'static Tool, path: &str) -> Option<Self> {
        Some(Self::from_layer(tool, Layer::read(tool, path)?))
    }

    fn from_layer(tool: &'static Tool, layer: Layer) -> Self {
        let mut settings = Self { layers: vec![layer], opaque: None };
        let Some(key) = tool.extend else { return settings };
        while let Some(extend) = settings.layers.last().and_then(|layer| layer.setting(&[key])) {
            let target = extend.value.string().and_then(|target| resolve(parent(&extend.place.path), target));
            if target.as_ref().is_some_and(|target| settings.layers.iter().any(|layer| layer.path == *target)) {
                break;
            }
            match target.and_then(|target| Layer::read(tool, &target)) {
                Some(layer) => settings.layers.push(layer),
                None => {
                    settings.opaque = Some(extend.place);
                    break;
                }
            }
        }
        settings
    }

    /// Whether anything is set.
    pub fn exists(&self) -> bool {
        !self.layers.is_empty()
    }

    /// Where the settings stand: the table's header or the start of the file.
    pub fn place(&self) -> Option<Place> {
        self.layers.first().and_then(Layer::place)
    }

    /// The setting that counts: the nearest one.
    pub fn setting(&self, keys: &[&str]) -> Option<Setting<'_>> {
        self.layers.iter().find_map(|layer| layer.setting(keys))
    }

    /// The folder that relative paths and globs start from.
    pub fn base(&self) -> &str {
        self.layers.first().map_or("", |layer| parent(&layer.path))
    }
}
