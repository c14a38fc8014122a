//! Section 13 of the standard.

plimsoll_sdk::plugin! {
    name: "docker",
    title: "Docker and containers",
    requirements: include_str!("../requirements.toml"),
    rules: [],
}
