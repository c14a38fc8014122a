//! Projects without a license.

use plimsoll_sdk::prelude::*;

rule! {
    /// A project does not state its license.
    ///
    /// Without one nobody may use the code, and scanners of licenses can't tell that. Set `license` in `[project]`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no license
    /// name = "app"
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// license = "LicenseRef-Proprietary"
    /// ```
    pub(crate) static UNSTATED_LICENSE = {
        id: "unstated-license",
        requirements: ["NAME.1"],
        check: Check::Documents(&["pyproject.toml"], unstated_license),
    }
}

fn unstated_license(report: &mut Report, document: &Document) {
    if let Some(project) = document.root().and_then(|root| root.get("project"))
        && project.get("license").is_none()
    {
        let place = Place { path: document.path().to_owned(), span: project.span() };
        report.finding(&place, "no license").help("set `license` in `[project]`");
    }
}
