//! Facts of one kind, found by project and name without looking at all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::pattern::Pattern;
use super::super::postings::Names;
use super::module::Map;
use crate::plugin::wit::python::{Assignment, Call, Definition, Handler, Import, Outline, Site, Statement};

/// What an index asks of a fact.
pub(in crate::facts) trait Indexed: Clone {
    fn site(&self) -> &Site;
    /// The names it is found by.
    fn names(&self) -> Vec<&str>;
    /// What a pattern may be limited to.
    fn scope(&self) -> &str {
        ""
    }
}

impl Indexed for Import {
    fn site(&self) -> &Site {
        &self.site
    }
    fn names(&self) -> Vec<&str> {
        vec![&self.name]
    }
}

impl Indexed for Call {
    fn site(&self) -> &Site {
        &self.site
    }
    fn names(&self) -> Vec<&str> {
        vec![&self.name]
    }
}

impl Indexed for Definition {
    fn site(&self) -> &Site {
        &self.site
    }
    fn names(&self) -> Vec<&str> {
        vec![&self.name]
    }
}

impl Indexed for Outline {
    fn site(&self) -> &Site {
        &self.site
    }
    fn names(&self) -> Vec<&str> {
        vec![&self.name]
    }
}

impl Indexed for Handler {
    fn site(&self) -> &Site {
        &self.site
    }
    fn names(&self) -> Vec<&str> {
        if self.exceptions.is_empty() { vec!["bare"] } else { self.exceptions.iter().map(String::as_str).collect() }
    }
}

impl Indexed for Assignment {
    fn site(&self) -> &Site {
        &self.site
    }
    fn names(&self) -> Vec<&str> {
        vec![last_part(&self.target)]
    }
    fn scope(&self) -> &str {
        &self.scope
    }
}

impl Indexed for Statement {
    fn site(&self) -> &Site {
        &self.site
    }
    fn names(&self) -> Vec<&str> {
        vec![&self.kind]
    }
}

/// The last part of an assignment's target: `b` of `a.b`.
fn last_part(target: &str) -> &str {
    target.rsplit('.').next().unwrap_or(target).trim_start()
}

/// The file of a fact, and its place among the file's facts.
type Address = (u32, u32);

/// Names with the facts that have them, both sorted.
type ByName = Vec<(String, Vec<Address>)>;

fn sorted(names: Map<&str, Vec<Address>>) -> ByName {
    let mut names: ByName = names.into_iter().map(|(name, addresses)| (name.to_owned(), addresses)).collect();
    names.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
    names
}

pub(in crate::facts) struct Index<T> {
    /// Those of each file as they came: to put all of them side by side would copy them.
    files: Vec<Vec<T>>,
    /// Of all projects, where there are several.
    all: ByName,
    projects: BTreeMap<String, ByName>,
}

impl<T: Indexed> Index<T> {
    /// Takes the facts of each file, sorted by span; the files are sorted by path. `root_of` gives the root of the project
    /// that a path belongs to.
    pub(super) fn new<'a>(mut files: Vec<Vec<T>>, root_of: impl Fn(&str) -> &'a str) -> Self {
        files.retain(|facts| !facts.is_empty());
        let mut projects: BTreeMap<&str, Map<&str, Vec<Address>>> = BTreeMap::new();
        for (file, facts) in files.iter().enumerate() {
            let Some(first) = facts.first() else { continue };
            let project = projects.entry(root_of(&first.site().place.path)).or_default();
            for (place, fact) in facts.iter().enumerate() {
                for name in fact.names() {
                    project.entry(name).or_default().push((file as u32, place as u32));
                }
            }
        }
        let mut all: Map<&str, Vec<Address>> = Map::default();
        if projects.len() > 1 {
            for (name, addresses) in projects.values().flatten() {
                all.entry(name).or_default().extend(addresses);
            }
        }
        let projects = projects.into_iter().map(|(root, names)| (root.to_owned(), sorted(names))).collect();
        Self { all: sorted(all), projects, files }
    }

    /// All names, with the numbers of the files that have facts of them.
    pub(in crate::facts) fn names(&self, number_of: &dyn Fn(&str) -> Option<u32>) -> Names<'_> {
        let number = |facts: &Vec<T>| number_of(&facts.first()?.site().place.path);
        let numbers: Vec<Option<u32>> = self.files.iter().map(number).collect();
        let of = |addresses: &Vec<Address>| addresses.iter().filter_map(|(file, _)| numbers[*file as usize]).collect();
        self.everywhere().iter().map(|(name, addresses)| (name.as_str(), of(addresses))).collect()
    }

    /// The names of all projects.
    fn everywhere(&self) -> &ByName {
        match self.projects.len() {
            1 => self.projects.values().next().unwrap_or(&self.all),
            _ => &self.all,
        }
    }

    fn fact(&self, (file, place): Address) -> &T {
        &self.files[file as usize][place as usize]
    }

    /// The facts of a project, or of all, with a name that one of the patterns matches in its scope, if it has one;
    /// sorted by place.
    pub(super) fn query(&self, project: Option<&str>, patterns: &[(Option<&str>, Arc<Pattern>)]) -> Vec<&T> {
        let names = match project {
            None => self.everywhere(),
            Some(root) => match self.projects.get(root) {
                Some(names) => names,
                None => return Vec::new(),
            },
        };
        let mut found: Vec<Address> = Vec::new();
        for (scope, pattern) in patterns {
            let mut add = |addresses: &[Address]| match scope {
                None => found.extend(addresses),
                Some(scope) => {
                    found.extend(addresses.iter().filter(|address| self.fact(**address).scope() == *scope));
                }
            };
            match &**pattern {
                Pattern::Exact(exact) => {
                    if let Ok(index) = names.binary_search_by(|(name, _)| name.as_str().cmp(exact)) {
                        add(&names[index].1);
                    }
                }
                Pattern::Prefix(prefix) => {
                    let start = names.partition_point(|(name, _)| name.as_str() < prefix.as_str());
                    names[start..]
                        .iter()
                        .take_while(|(name, _)| name.starts_with(prefix))
                        .for_each(|(_, addresses)| add(addresses));
                }
                pattern => {
                    names.iter().filter(|(name, _)| pattern.matches(name)).for_each(|(_, addresses)| add(addresses))
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|address| self.fact(address)).collect()
    }
}
