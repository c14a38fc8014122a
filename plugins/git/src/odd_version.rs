//! Versions that are no MAJOR.MINOR.PATCH.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::text::listed;

use crate::versions::versions;

rule! {
    /// The version is no MAJOR.MINOR.PATCH.
    ///
    /// Users read from the number whether an update can break them. With two or four parts, or with dates, it says
    /// nothing. Write three numbers as SemVer defines them.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "lib"
    /// version = "1.2"  # error: `1.2` is no version of three numbers
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]  # error: tags `v1.0`, `v1.1` and `v1.2` are no versions of three numbers
    /// name = "lib"
    /// dynamic = ["version"]
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```text bad .git/commits
    /// feat: add it
    /// ```
    /// ```text bad .git/tags
    /// v1.0
    /// v1.1
    /// v1.2
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// version = "1.2.0rc1"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    /// ```text good .git/commits
    /// feat: add it
    /// ```
    /// ```text good .git/tags
    /// v1.0
    /// v1.1.0
    /// v1.2.0-rc.1
    /// core-v1.3.0
    /// ```
    ///
    /// An epoch stands before the three numbers:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// version = "1!2.0.0"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    pub(crate) static ODD_VERSION = {
        id: "odd-version",
        requirements: ["11.2.1", "27.3.5"],
        check: Check::Project(odd_version),
    }
}

/// How many of the newest tags are judged.
const JUDGED: usize = 10;

fn odd_version(report: &mut Report, project: &Project) {
    if !is_product(project) {
        return ODD_VERSION
            .requirements
            .iter()
            .for_each(|requirement| report.not_applicable(requirement, "no code of the product"));
    }
    let path = project.path("pyproject.toml");
    for keys in [["project", "version"].as_slice(), &["tool", "poetry", "version"]] {
        let value = documents::read(&path, keys).unwrap_or_default();
        let Some(item) = Item::root(&value) else { continue };
        // An epoch stands before the version.
        let written = item.text();
        let text = written.split_once('!').map_or(written, |(_, version)| version);
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
        let parts = text[..end].trim_end_matches('.').split('.').count();
        if text.starts_with(|first: char| first.is_ascii_digit()) && parts != 3 {
            let finding = report
                .finding(&item.place(&path), format!("`{written}` is no version of three numbers"))
                .help("write MAJOR.MINOR.PATCH");
            // A service is known by its deployment more than by its version.
            if project.has_profile("library") {
                finding.medium()
            } else {
                finding.low()
            };
            return;
        }
    }
    if project.root.is_empty() || project::projects().len() == 1 {
        let tags = git::tags();
        let versions = versions(&tags);
        let newest: Vec<_> = versions.iter().rev().take(JUDGED).collect();
        let odd: Vec<&str> =
            newest.iter().rev().filter(|version| version.numbers.len() != 3).map(|version| version.tag).collect();
        // A short tag among others moves along with a major version.
        if odd.len() * 2 > newest.len() {
            let shown = &odd[..odd.len().min(3)];
            report
                .finding(&project.place, format!("tags {} are no versions of three numbers", listed(shown)))
                .help("tag releases as `vMAJOR.MINOR.PATCH`")
                .low();
        }
    }
}
