//! What the settings of a build backend say about packages: hatchling, setuptools, Poetry, uv, PDM, flit, maturin,
//! scikit-build-core.

use crate::repository::file_name;

use super::{Finder, NodeKind, Package, Place, View, globs};

/// Arguments of setuptools' search for packages.
struct Search<'a> {
    folders: Vec<&'a str>,
    include: Vec<&'a str>,
    exclude: Vec<&'a str>,
    /// Whether folders without `__init__.py` count.
    has_namespaces: bool,
    place: Place,
}

impl<'a> Search<'a> {
    /// All that lies in a folder.
    fn all(folder: &'a str, place: Place) -> Self {
        Self { folders: vec![folder], include: Vec::new(), exclude: Vec::new(), has_namespaces: true, place }
    }
}

impl Finder<'_> {
    /// The packages that the build backend's settings name; none when it is left to look for them by itself.
    pub(super) fn declared(&self) -> Vec<Package> {
        let packages = self.in_pyproject();
        if !packages.is_empty() {
            return packages;
        }
        let packages = self.in_setup_cfg();
        if packages.is_empty() { self.in_setup_py() } else { packages }
    }

    fn in_pyproject(&self) -> Vec<Package> {
        let pyproject = &self.manifest.pyproject;
        let tool = |keys: &[&str]| pyproject.at(&["tool"]).and_then(|tool| tool.at(keys));
        let mut packages = Vec::new();
        self.hatch(&mut packages);
        self.setuptools(&mut packages);
        for item in tool(&["poetry", "packages"]).into_iter().flat_map(View::children) {
            let Some(include) = item.get("include").and_then(View::string) else { continue };
            let from = item.get("from").and_then(View::string).unwrap_or_default();
            let include = without_globs(include);
            let path = self.path(&format!("{from}/{include}"));
            let name = include.trim_end_matches(".py").replace('/', ".");
            let place = Some(pyproject.place(item));
            packages.extend(path.and_then(|path| self.package(&path, Some(name.as_str()), place)));
        }
        if let Some(uv) = tool(&["uv", "build-backend"]) {
            let root = uv.get("module-root").and_then(View::string).unwrap_or("src");
            match uv.get("module-name") {
                Some(names) => {
                    for name in names.strings() {
                        self.module(root, name, pyproject.place(names), &mut packages);
                    }
                }
                None => {
                    let setting = uv.get("module-root").zip(self.name);
                    if let Some((setting, name)) = setting {
                        let name = crate::facts::project::normalised(name).replace('-', "_");
                        self.module(root, &name, pyproject.place(setting), &mut packages);
                    }
                }
            }
        }
        for item in tool(&["pdm", "build", "includes"]).into_iter().flat_map(View::children) {
            self.add(item, &pyproject.path, &mut packages);
        }
        if let Some((view, name)) = tool(&["flit", "module", "name"]).and_then(|view| Some((view, view.string()?))) {
            self.module("", name, pyproject.place(view), &mut packages);
            self.module("src", name, pyproject.place(view), &mut packages);
        }
        let wheel = tool(&["scikit-build", "wheel", "packages"]);
        for item in wheel.into_iter().flat_map(View::children) {
            self.add(item, &pyproject.path, &mut packages);
        }
        if packages.is_empty() {
            for keys in [&["maturin", "python-source"][..], &["pdm", "build", "package-dir"]] {
                let Some(view) = tool(keys) else { continue };
                for folder in view.strings().into_iter().filter_map(|folder| self.path(folder)) {
                    packages.extend(self.children(&folder, Some(&pyproject.place(view))));
                }
            }
        }
        packages
    }

    fn hatch(&self, packages: &mut Vec<Package>) {
        let documents = [
            (&self.manifest.pyproject, &["tool", "hatch", "build", "targets", "wheel"][..]),
            (&self.manifest.pyproject, &["tool", "hatch", "build"]),
            (&self.manifest.hatch, &["build", "targets", "wheel"]),
            (&self.manifest.hatch, &["build"]),
        ];
        for (document, keys) in documents {
            let Some(table) = document.at(keys) else { continue };
            let selected = ["packages", "only-include", "include"].iter().find_map(|key| table.get(key));
            for item in selected.into_iter().flat_map(View::children) {
                self.add(item, &document.path, packages);
            }
            if !packages.is_empty() {
                return;
            }
        }
    }

    /// Adds what a path of a setting names: a package, or the packages in a folder that is none itself.
    fn add(&self, item: View<'_>, document: &str, packages: &mut Vec<Package>) {
        let Some(path) = item.string().and_then(|text| self.path(without_globs(text))) else { return };
        let place = item.place(document);
        // A folder of a usual name without modules of its own only holds packages.
        let is_holder = path == self.manifest.root
            || matches!(file_name(&path), "src" | "lib" | "python" | "source" | "packages")
                && !self.python(&path).any(|file| !file.contains('/'));
        if !is_holder {
            packages.extend(self.package(&path, None, Some(place)));
        } else {
            let children = self.children(&path, Some(&place));
            // `include = ["/"]` and the like mean what the folders show.
            let is_all = path == self.manifest.root;
            packages.extend(children.into_iter().filter(|package| !is_all || self.is_product(package)));
        }
    }

    fn module(&self, folder: &str, name: &str, place: Place, packages: &mut Vec<Package>) {
        let path = self.path(&format!("{folder}/{}", name.replace('.', "/")));
        packages.extend(path.and_then(|path| self.package(&path, Some(name), Some(place))));
    }

    fn setuptools(&self, packages: &mut Vec<Package>) {
        let pyproject = &self.manifest.pyproject;
        let Some(table) = pyproject.at(&["tool", "setuptools"]) else { return };
        let folders: Vec<(&str, &str)> = table
            .get("package-dir")
            .into_iter()
            .flat_map(View::children)
            .filter_map(|entry| Some((entry.key()?, entry.string()?)))
            .collect();
        let setting = table.get("packages");
        if let Some(list) = setting.filter(|setting| setting.kind() == NodeKind::List) {
            let names: Vec<(&str, Place)> =
                list.children().filter_map(|item| Some((item.string()?, pyproject.place(item)))).collect();
            self.listed(&names, &folders, packages);
        }
        if let Some(find) = setting.and_then(|setting| setting.get("find").or_else(|| setting.get("find-namespace"))) {
            let strings = |key: &str| find.get(key).map_or_else(Vec::new, View::strings);
            let where_place = find.get("where").or_else(|| find.get("include")).unwrap_or(find);
            let search = Search {
                folders: strings("where"),
                include: strings("include"),
                exclude: strings("exclude"),
                has_namespaces: find.get("namespaces").is_none_or(|value| value.text() != "false"),
                place: pyproject.place(where_place),
            };
            self.search(&search, packages);
        } else if setting.is_none()
            && let Some((_, folder)) = folders.iter().find(|(package, _)| package.is_empty())
        {
            let place = table.get("package-dir").map_or_else(|| pyproject.place(table), |view| pyproject.place(view));
            let search = Search::all(folder, place);
            self.search(&search, packages);
        }
        for item in table.get("py-modules").into_iter().flat_map(View::children) {
            if let Some(name) = item.string() {
                self.module(self.folder_of("", &folders), name, pyproject.place(item), packages);
            }
        }
    }

    fn in_setup_cfg(&self) -> Vec<Package> {
        let document = &self.manifest.setup_cfg;
        let mut packages = Vec::new();
        let lines = |keys: &[&str]| document.at(keys).map_or_else(Vec::new, |view| document.lines(self.facts, view));
        let folder_lines = lines(&["options", "package_dir"]);
        let folders: Vec<(&str, &str)> = folder_lines
            .iter()
            .filter_map(|(line, _)| line.split_once('='))
            .map(|(package, folder)| (package.trim(), folder.trim()))
            .collect();
        let setting = document.at(&["options", "packages"]);
        match setting.map(|view| view.text().trim()) {
            Some(kind @ ("find:" | "find_namespace:")) => {
                let option = |key: &str| document.at(&["options.packages.find", key]).map_or("", View::text);
                let list = |key: &str| {
                    option(key).split(['\n', ',']).map(str::trim).filter(|item| !item.is_empty()).collect::<Vec<_>>()
                };
                let mut searched = list("where");
                if searched.is_empty() {
                    searched
                        .extend(folders.iter().filter(|(package, _)| package.is_empty()).map(|(_, folder)| *folder));
                }
                let named = document.at(&["options.packages.find", "where"]).or(setting);
                if let Some(view) = named {
                    let place = document.place(view);
                    let search = Search {
                        folders: searched,
                        include: list("include"),
                        exclude: list("exclude"),
                        has_namespaces: kind == "find_namespace:",
                        place,
                    };
                    self.search(&search, &mut packages);
                }
            }
            Some(_) => {
                let listed = lines(&["options", "packages"]);
                let names: Vec<(&str, Place)> =
                    listed.iter().map(|(line, place)| (line.trim_end_matches(','), place.clone())).collect();
                self.listed(&names, &folders, &mut packages);
            }
            None => {}
        }
        for (name, place) in lines(&["options", "py_modules"]) {
            self.module(self.folder_of("", &folders), name.trim_end_matches(','), place, &mut packages);
        }
        packages
    }

    fn in_setup_py(&self) -> Vec<Package> {
        let Some(setup) = &self.manifest.setup_py else { return Vec::new() };
        let mut packages = Vec::new();
        let folders: Vec<(&str, &str)> =
            setup.folders.iter().map(|(package, folder)| (package.as_str(), folder.as_str())).collect();
        let names: Vec<(&str, Place)> =
            setup.packages.iter().map(|(name, place)| (name.as_str(), place.clone())).collect();
        self.listed(&names, &folders, &mut packages);
        let all = folders.iter().find(|(package, _)| package.is_empty()).map(|(_, folder)| *folder);
        if let Some(find) = &setup.find {
            let Some(folder) = find.folder.as_deref() else { return packages };
            let folder = Some(folder).filter(|folder| !folder.is_empty()).or(all);
            let search = Search {
                folders: folder.into_iter().collect(),
                include: find.include.iter().map(String::as_str).collect(),
                exclude: find.exclude.iter().map(String::as_str).collect(),
                has_namespaces: find.has_namespaces,
                place: find.place.clone(),
            };
            self.search(&search, &mut packages);
        } else if let (true, Some(folder)) = (packages.is_empty(), all) {
            let place = setup.place.clone();
            self.search(&Search::all(folder, place), &mut packages);
        }
        for (name, place) in &setup.modules {
            self.module(self.folder_of("", &folders), name, place.clone(), &mut packages);
        }
        packages
    }

    /// The folder that setuptools maps a package's parent to.
    fn folder_of<'f>(&self, package: &str, folders: &[(&'f str, &'f str)]) -> &'f str {
        folders.iter().find(|(name, _)| *name == package).map_or("", |(_, folder)| *folder)
    }

    /// Packages that are listed by name; what lies in another listed one is part of it.
    fn listed(&self, names: &[(&str, Place)], folders: &[(&str, &str)], packages: &mut Vec<Package>) {
        let mut sorted = names.to_vec();
        sorted.sort_by(|left, right| left.0.cmp(right.0));
        let is_part = |name: &str| {
            name.match_indices('.')
                .any(|(end, _)| sorted.binary_search_by(|(other, _)| (*other).cmp(&name[..end])).is_ok())
        };
        for (name, place) in &sorted {
            if is_part(name) {
                continue;
            }
            let mapped = folders.iter().find(|(package, _)| package == name).map(|(_, folder)| (*folder).to_owned());
            let folder =
                mapped.unwrap_or_else(|| format!("{}/{}", self.folder_of("", folders), name.replace('.', "/")));
            let path = self.path(&folder);
            packages.extend(path.and_then(|path| self.package(&path, Some(name), Some(place.clone()))));
        }
    }

    /// What setuptools finds: an `include` names packages, a search without one means the product only.
    fn search(&self, search: &Search<'_>, packages: &mut Vec<Package>) {
        let folders = if search.folders.is_empty() { vec![""] } else { search.folders.clone() };
        let (include, exclude) = (globs(search.include.iter().copied()), globs(search.exclude.iter().copied()));
        for folder in folders.into_iter().filter_map(|folder| self.path(folder)) {
            let is_meant = |package: &Package| {
                let is_named = search.include.iter().any(|pattern| *pattern != "*") && include.is_match(&package.name);
                let is_found = search.include.is_empty() || include.is_match(&package.name);
                let is_package = search.has_namespaces || self.has_init(package);
                is_found && is_package && !exclude.is_match(&package.name) && (is_named || self.is_product(package))
            };
            packages.extend(self.children(&folder, Some(&search.place)).into_iter().filter(is_meant));
        }
    }
}

/// The folder or file that a glob is about: what comes before the first part with a wildcard.
fn without_globs(pattern: &str) -> &str {
    let pattern = pattern.trim().trim_start_matches("./").trim_start_matches('/');
    match pattern.find(['*', '?', '[']) {
        Some(wildcard) => pattern[..wildcard].rsplit_once('/').map_or("", |(folder, _)| folder),
        None => pattern.trim_end_matches('/'),
    }
}
