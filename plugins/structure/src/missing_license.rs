//! Shared projects without a licence, and licence settings that name no file.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// A shared project has no licence file.
    ///
    /// Without the text nobody may use the code, whatever the metadata says. Add a `LICENSE` file.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// license = "MIT"  # error: no licence file
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// license-files = ["LICENCE.txt"]  # error: `LICENCE.txt` matches no file, so the build fails
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad LICENSE
    /// MIT License
    /// ```
    ///
    /// A private application needs none:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// classifiers = ["Private :: Do Not Upload"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// license = "MIT"
    /// license-files = ["LICENSE*"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good LICENSE
    /// MIT License
    /// ```
    pub(crate) static MISSING_LICENSE = {
        id: "missing-license",
        requirements: ["4.5.4"],
        check: Check::Project(missing_license),
        wants: [Want::Search(&[SECTION], &["README*"])],
    }
}

const SECTION: &str = r"(?im)^#+ +(licen[cs]e)\b|shields\.io/[a-z]+/license";
const NAMES: &[&str] = &["LICEN[SC]E*", "[Ll]icen[sc]e*", "COPYING*", "UNLICENSE*", "LICENSES/*", "*LICENSE*"];

const ABOVE: &[&str] = &["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "COPYING", "LICENSES"];

fn missing_license(report: &mut Report, project: &Project) {
    if !layout::is_product(project) {
        return;
    }
    let path = project.path("pyproject.toml");
    let metadata = documents::read(&path, &["project"]).unwrap_or_default();
    let metadata = Item::root(&metadata);
    let license = metadata.and_then(|metadata| metadata.get("license"));
    dangling(report, project, &path, metadata);
    let classifiers = metadata.and_then(|metadata| metadata.get("classifiers")).map(Item::strings).unwrap_or_default();
    let private = classifiers.iter().any(|classifier| classifier.starts_with("Private ::"));
    let open = |classifier: &&str| classifier.starts_with("License ::") && !classifier.contains("Proprietary");
    let proprietary = license.is_some_and(|license| license.text().to_ascii_lowercase().contains("proprietary"));
    let shared = license.is_some() || classifiers.iter().any(open) || is_published() || has_section(project);
    let files = repository::find(NAMES);
    let is_near = |file: &File| {
        let folder = layout::parent(&file.path);
        let folder = folder.strip_suffix("LICENSES").map_or(folder, |parent| parent.trim_end_matches('/'));
        folder == project.root || folder.is_empty()
    };
    let above = layout::nearest(&project.root, ABOVE).is_some();
    if shared && !above && !private && !proprietary && !files.iter().any(is_near) {
        let place = license.map_or_else(|| project.place.clone(), |license| license.place(&path));
        report.finding(&place, "no licence file").help("add the licence's text as `LICENSE`");
    }
}

fn is_published() -> bool {
    !automation::actions(&["pypa/gh-action-pypi-publish"]).is_empty()
        || automation::commands(&["twine"]).iter().any(|command| command.has_word(&["upload"]))
        || automation::commands(&["uv", "poetry", "hatch", "flit"]).iter().any(|command| command.has_word(&["publish"]))
}

fn has_section(project: &Project) -> bool {
    let found = repository::search(&[SECTION], &["README*"]);
    found.iter().any(|found| layout::parent(&found.place.path) == project.root && found.role != Role::Template)
}

/// Settings that name licence files which are not there.
fn dangling(report: &mut Report, project: &Project, path: &str, metadata: Option<Item<'_>>) {
    let Some(metadata) = metadata else { return };
    let files = metadata.get("license-files").into_iter().flat_map(Item::children);
    let file = metadata.at(&["license", "file"]);
    for item in files.chain(file) {
        let Some(glob) = item.string() else { continue };
        let full = format!("/{}", project.path(glob));
        let found = repository::exists(&project.path(glob)) || !repository::find(&[&full]).is_empty();
        if !found && !glob.starts_with("..") {
            report
                .finding(&item.place(path), format!("`{glob}` matches no file, so the build fails"))
                .help("name the licence file that exists");
        }
    }
}
