//! Sections 10 and 3.3 of the standard, with the rows of 4.5 and 27 about the same: documentation.

mod docstrings;
mod foreign_docstring_style;
mod incomplete_docstring;
mod missing_api_reference;
mod missing_changelog;
mod missing_contributing_guide;
mod mkdocs;
mod other_documentation_generator;
mod other_documentation_theme;
mod ruff_rules;
mod site_edits;
mod thin_readme;
mod undescribed_attributes;
mod undocumented_definition;
mod undocumented_module;

plimsoll_sdk::plugin! {
    name: "documentation",
    title: "Documentation",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &foreign_docstring_style::FOREIGN_DOCSTRING_STYLE,
        &incomplete_docstring::INCOMPLETE_DOCSTRING,
        &missing_api_reference::MISSING_API_REFERENCE,
        &missing_changelog::MISSING_CHANGELOG,
        &missing_contributing_guide::MISSING_CONTRIBUTING_GUIDE,
        &other_documentation_generator::OTHER_DOCUMENTATION_GENERATOR,
        &other_documentation_theme::OTHER_DOCUMENTATION_THEME,
        &thin_readme::THIN_README,
        &undescribed_attributes::UNDESCRIBED_ATTRIBUTES,
        &undocumented_definition::UNDOCUMENTED_DEFINITION,
        &undocumented_module::UNDOCUMENTED_MODULE,
    ],
}
