//! Section 4 of the standard, with the file rows of sections 2 and 3.

plimsoll_sdk::plugin! {
    name: "structure",
    title: "Project structure",
    requirements: include_str!("../requirements.toml"),
    rules: [],
}
