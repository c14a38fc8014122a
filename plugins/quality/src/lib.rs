//! Section 6 of the standard.

plimsoll_sdk::plugin! {
    name: "quality",
    title: "Code quality with Ruff",
    requirements: include_str!("../requirements.toml"),
    rules: [],
}
