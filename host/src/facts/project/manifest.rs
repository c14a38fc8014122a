//! The files that declare a project, each parsed once for everything that is read from them.

use std::sync::Arc;

use super::setup_py::{self, Setup};
use super::{inside, start_of};
use crate::facts::Facts;
use crate::facts::value::View;
use crate::plugin::wit::{Node, Place};

/// A configuration file, there or not.
pub(super) struct Document {
    pub(super) path: String,
    nodes: Option<Arc<Vec<Node>>>,
}

impl Document {
    pub(super) fn load(facts: &Facts, path: String) -> Self {
        Self { nodes: facts.documents().load(facts, &path).ok(), path }
    }

    /// The whole file; none when it is missing or broken.
    pub(super) fn root(&self) -> Option<View<'_>> {
        self.nodes.as_ref().and_then(|nodes| View::root(nodes))
    }

    /// The value at a key path.
    pub(super) fn at(&self, keys: &[&str]) -> Option<View<'_>> {
        self.root()?.at(keys)
    }

    /// The first of these key paths that has a value.
    pub(super) fn first(&self, paths: &[&[&str]]) -> Option<View<'_>> {
        paths.iter().find_map(|keys| self.at(keys))
    }

    /// The entries below a key path; nothing where there is no table or list.
    pub(super) fn entries<'a>(&'a self, keys: &[&str]) -> impl Iterator<Item = View<'a>> + use<'a> {
        self.at(keys).into_iter().flat_map(View::children)
    }

    /// Where a value of this file stands.
    pub(super) fn place(&self, view: View<'_>) -> Place {
        view.place(&self.path)
    }

    /// Where a key of this file stands.
    pub(super) fn key_place(&self, view: View<'_>) -> Place {
        Place { path: self.path.clone(), span: view.key_span() }
    }

    /// The lines of a value of an INI file with their places, without comments.
    pub(super) fn lines(&self, facts: &Facts, view: View<'_>) -> Vec<(String, Place)> {
        let span = view.span();
        let text = facts.repository().read(&self.path).unwrap_or_default();
        let written = text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let mut offset = span.start as usize;
        let mut lines = Vec::new();
        for raw in written.split_inclusive('\n') {
            let line = raw.trim();
            let start = offset + (raw.len() - raw.trim_start().len());
            offset += raw.len();
            if !line.is_empty() && !line.starts_with(['#', ';']) {
                lines.push((line.to_owned(), super::place(&self.path, start, line.len())));
            }
        }
        lines
    }
}

/// What declares a project in one folder.
pub(super) struct Manifest {
    /// The folder.
    pub(super) root: String,
    pub(super) pyproject: Document,
    pub(super) setup_cfg: Document,
    pub(super) hatch: Document,
    pub(super) setup_py: Option<Setup>,
}

impl Manifest {
    /// Reads what a folder has of these files.
    pub(super) fn load(facts: &Facts, root: &str) -> Self {
        Self {
            root: root.to_owned(),
            pyproject: Document::load(facts, inside(root, "pyproject.toml")),
            setup_cfg: Document::load(facts, inside(root, "setup.cfg")),
            hatch: Document::load(facts, inside(root, "hatch.toml")),
            setup_py: setup_py::read(facts, &inside(root, "setup.py")),
        }
    }

    /// Whether these files declare a project: a `pyproject.toml` or `setup.cfg` may only configure tools.
    pub(super) fn declares(&self, facts: &Facts) -> bool {
        if self.setup_py.is_some() || self.header().is_some() {
            return true;
        }
        // A broken file most likely declares one; the host reports it.
        let path = &self.pyproject.path;
        self.pyproject.root().is_none()
            && facts
                .repository()
                .read(path)
                .is_ok_and(|text| text.lines().map(str::trim).any(|line| matches!(line, "[project]" | "[tool.poetry]")))
    }

    /// The table that declares the project.
    fn header(&self) -> Option<Place> {
        let tables: [&[&str]; 3] = [&["project"], &["tool", "poetry"], &["tool", "flit", "metadata"]];
        if let Some(table) = self.pyproject.first(&tables) {
            // A table that only its subtables imply starts with the first of them.
            return Some(self.pyproject.place(table));
        }
        let is_named = self.setup_cfg.at(&["metadata", "name"]).is_some() || self.setup_cfg.at(&["options"]).is_some();
        let table = self.setup_cfg.at(&["metadata"]).or_else(|| self.setup_cfg.at(&["options"]));
        table.filter(|_| is_named).map(|table| self.setup_cfg.place(table))
    }

    /// Where the project is declared; none when only requirements make it one.
    pub(super) fn place(&self, facts: &Facts) -> Option<Place> {
        let in_pyproject = self.header().filter(|place| place.path == self.pyproject.path);
        in_pyproject
            .or_else(|| {
                let declares = self.setup_py.is_none() && self.header().is_none() && self.declares(facts);
                declares.then(|| start_of(&self.pyproject.path))
            })
            .or_else(|| self.setup_py.as_ref().map(|setup| setup.place.clone()))
            .or_else(|| self.header())
    }

    /// Name of the distribution.
    pub(super) fn name(&self) -> Option<String> {
        let names: [&[&str]; 2] = [&["project", "name"], &["tool", "poetry", "name"]];
        let in_pyproject = self.pyproject.first(&names).and_then(View::string).map(str::to_owned);
        in_pyproject
            .or_else(|| self.setup_cfg.at(&["metadata", "name"]).map(|name| name.text().to_owned()))
            .or_else(|| self.setup_py.as_ref().and_then(|setup| setup.name.clone()))
            .filter(|name| !name.trim().is_empty())
    }

    /// Import name of the build backend. A folder with a `setup.py` and no `[build-system]` is built by setuptools.
    pub(super) fn backend(&self) -> Option<String> {
        if let Some(system) = self.pyproject.at(&["build-system"]) {
            let named = system.get("build-backend").and_then(View::string);
            return Some(named.unwrap_or("setuptools.build_meta").to_owned());
        }
        let is_built = self.setup_py.is_some() || self.setup_cfg.at(&["metadata", "name"]).is_some();
        is_built.then(|| "setuptools.build_meta".to_owned())
    }

    /// The supported Python versions, and where they are declared.
    pub(super) fn requires_python(&self) -> Option<(String, Place)> {
        let versions: [&[&str]; 3] = [
            &["project", "requires-python"],
            &["tool", "poetry", "dependencies", "python"],
            &["tool", "flit", "metadata", "requires-python"],
        ];
        if let Some(view) = self.pyproject.first(&versions) {
            let view = view.get("version").unwrap_or(view);
            if let Some(text) = view.string() {
                return Some((text.to_owned(), self.pyproject.place(view)));
            }
        }
        if let Some(view) = self.setup_cfg.at(&["options", "python_requires"]) {
            return Some((view.text().to_owned(), self.setup_cfg.place(view)));
        }
        self.setup_py.as_ref().and_then(|setup| setup.requires_python.clone())
    }

    /// The declared classifiers with the place of the list.
    pub(super) fn classifiers(&self) -> Option<(Vec<String>, Place)> {
        let lists: [&[&str]; 3] = [
            &["project", "classifiers"],
            &["tool", "poetry", "classifiers"],
            &["tool", "flit", "metadata", "classifiers"],
        ];
        if let Some(view) = self.pyproject.first(&lists) {
            return Some((view.strings().into_iter().map(str::to_owned).collect(), self.pyproject.place(view)));
        }
        let ini: [&[&str]; 2] = [&["metadata", "classifiers"], &["metadata", "classifier"]];
        if let Some(view) = self.setup_cfg.first(&ini) {
            return Some((
                view.text().lines().map(|line| line.trim().to_owned()).collect(),
                self.setup_cfg.place(view),
            ));
        }
        let setup = self.setup_py.as_ref()?;
        (!setup.classifiers.is_empty()).then(|| (setup.classifiers.clone(), setup.place.clone()))
    }

    /// The commands that the project installs: what each calls, and where that is declared.
    pub(super) fn scripts(&self, facts: &Facts) -> Vec<(String, Place)> {
        let mut scripts = Vec::new();
        let tables: [&[&str]; 4] = [
            &["project", "scripts"],
            &["project", "gui-scripts"],
            &["tool", "poetry", "scripts"],
            &["tool", "flit", "scripts"],
        ];
        for keys in tables {
            for script in self.pyproject.entries(keys) {
                let target = script.get("callable").or_else(|| script.get("reference")).unwrap_or(script);
                scripts.push((target.text().to_owned(), self.pyproject.place(script)));
            }
        }
        if let Some(view) = self.setup_cfg.at(&["options.entry_points", "console_scripts"]) {
            scripts.extend(self.setup_cfg.lines(facts, view));
        }
        if let Some(setup) = &self.setup_py {
            scripts.extend(setup.scripts.iter().cloned());
        }
        // In INI and `setup.py` the command's name stands before the target.
        scripts
            .into_iter()
            .map(|(text, place)| match text.split_once('=') {
                Some((_, target)) => (target.trim().to_owned(), place),
                None => (text, place),
            })
            .collect()
    }
}
