"""Projects without a license."""

from plimsoll_sdk import Document, Report, rule


@rule.documents("pyproject.toml", requirements=["NAME.1"])
def unstated_license(report: Report, document: Document) -> None:
    """A project does not state its license.

    Without one nobody may use the code, and scanners of licenses can't tell that. Set `license` in `[project]`.

    ```toml bad pyproject.toml
    [project]  # error: no license
    name = "app"
    ```
    ```toml good pyproject.toml
    [project]
    name = "app"
    license = "LicenseRef-Proprietary"
    ```
    """
    project = document.at("project")
    if project is not None and project.get("license") is None:
        report.finding(project.place(document.path), "no license", help="set `license` in `[project]`")
