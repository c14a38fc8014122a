//! Section 9 of the standard, with the libraries of 3.1 and 3.18: security.

mod dynamic_code_execution;

plimsoll_sdk::plugin! {
    name: "security",
    title: "Security",
    requirements: include_str!("../requirements.toml"),
    rules: [&dynamic_code_execution::DYNAMIC_CODE_EXECUTION],
}
