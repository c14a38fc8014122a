//! Documentation that is extensive and not in `docs/`.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// Extensive documentation lies outside `docs/`.
    ///
    /// People and tools look for a project's guides in `docs/`; guides in the root bury the files that belong there.
    /// Move them.
    ///
    /// ```markdown bad doc/guide.md
    /// # Guide
    /// ```
    /// ```markdown bad doc/install.md
    /// # Installation
    /// ```
    /// ```markdown bad doc/usage.md
    /// # Usage
    /// ```
    /// ```text expect
    /// doc/guide.md:1: documentation in `doc/`
    /// ```
    ///
    /// ```markdown good docs/guide.md
    /// # Guide
    /// ```
    /// ```markdown good README.md
    /// # Project
    /// ```
    /// ```markdown good CHANGELOG.md
    /// # Changes
    /// ```
    pub(crate) static MISPLACED_DOCS = {
        id: "misplaced-docs",
        requirements: ["4.3.2"],
        check: Check::Repository(misplaced_docs),
        confidence: Low,
    }
}

const FOLDERS: &[&str] = &["doc", "documentation", "manual"];
const KNOWN: &[&str] = &[
    "README",
    "CHANGE",
    "CONTRIBUT",
    "LICEN",
    "COPYING",
    "SECURITY",
    "CODE_OF_CONDUCT",
    "CODE-OF-CONDUCT",
    "MAINTAIN",
    "AUTHOR",
    "CREDITS",
    "RELEASE",
    "GOVERNANCE",
    "SUPPORT",
    "NOTICE",
    "AGENT",
    "CLAUDE",
    "GEMINI",
    "COPILOT",
    "TODO",
    "HISTORY",
    "NEWS",
    "ROADMAP",
    "DEVELOP",
    "THANKS",
    "INSTALL",
    "TRADEMARK",
    "CITATION",
    "MIGRAT",
    "UPGRAD",
    "WARP",
    "CURSOR",
    "SKILL",
    "STYLE",
    "HACKING",
    "FAQ",
    "VERSION",
    "BACKERS",
    "SPONSOR",
    "THIRD",
    "ACKNOWLEDG",
    "PRIVACY",
];

fn misplaced_docs(report: &mut Report) {
    let configured = documents::read("mkdocs.yml", &["docs_dir"]).ok();
    let configured = configured.as_deref().and_then(Item::root).and_then(Item::string).unwrap_or("docs");
    let help = "move it to `docs/`";
    for folder in FOLDERS.iter().filter(|folder| configured.trim_matches('/') != **folder) {
        let pages = repository::find(&[&format!("/{folder}/**/*.md"), &format!("/{folder}/**/*.rst")]);
        if pages.len() > 2 {
            report.finding(&layout::start(&pages[0].path), format!("documentation in `{folder}/`")).help(help);
            return;
        }
    }
    let pages = repository::find(&["*.md", "*.rst"]);
    let is_guide = |name: &str| !KNOWN.iter().any(|known| name.to_ascii_uppercase().starts_with(known));
    let guides: Vec<&str> =
        pages.iter().map(|file| file.path.as_str()).filter(|path| !path.contains('/') && is_guide(path)).collect();
    if guides.len() > 3 {
        let message = format!("guides in the root: {}", layout::quoted(&guides));
        report.finding(&layout::start(guides[0]), message).help(help);
    }
}
