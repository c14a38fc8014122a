//! What a rule says in one call, and what it asked for meanwhile.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::wit::{Place, report};

/// What a rule said in one call.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) findings: Vec<report::Finding>,
    pub(crate) not_applicable: Vec<(String, String)>,
    pub(crate) unknown: Vec<(String, Option<Place>, String)>,
    pub(crate) messages: Vec<String>,
    /// Paths of documents that did not parse and that the rule asked for.
    pub(crate) broken: Vec<String>,
    pub(crate) asked: Asked,
}

impl Said {
    /// The files that its findings speak of.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        let places = self.findings.iter().flat_map(|finding| {
            std::iter::once(&finding.place).chain(finding.related.iter().map(|related| &related.place))
        });
        places.map(|place| place.path.as_str())
    }
}

/// What a rule asked for of single files, besides what it had declared. Projects and documents are not noted here, and must
/// not be: an instance may be told of them once for all its rules.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// Globs of files of which it was told whether they are empty.
    pub(crate) globs: BTreeSet<Vec<String>>,
    /// Files that it read as text.
    pub(crate) paths: BTreeSet<String>,
    /// Classes that it was told of, whether the repository defines them or not.
    pub(crate) classes: BTreeSet<String>,
}
