//! The rules of NAME, one a file.

mod print_call;
mod unstated_license;

plimsoll_sdk::plugin! {
    name: "NAME",
    title: "TITLE",
    requirements: include_str!("../requirements.toml"),
    rules: [&print_call::PRINT_CALL, &unstated_license::UNSTATED_LICENSE],
}
