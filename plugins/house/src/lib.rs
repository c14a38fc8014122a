//! House rules: what a manifest bans and requires without code.
//!
//! The rules here are kinds. For each `[[ban]]` and `[[require]]` of a manifest the host makes a rule of its own, with the
//! entry's id, level and requirement, which calls the kind that fits with what the entry says as options. Every kind looks
//! only at the files that `paths` names, when it names any; files, commands and hooks that are required have no `paths`.

mod banned_call;
mod banned_command;
mod banned_dependency;
mod banned_file;
mod banned_hook;
mod banned_import;
mod banned_key;
mod entry;
mod missing_command;
mod missing_dependency;
mod missing_file;
mod missing_hook;
mod missing_key;
mod versions;

plimsoll_sdk::plugin! {
    name: "house",
    title: "House rules",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &banned_call::BANNED_CALL,
        &banned_command::BANNED_COMMAND,
        &banned_dependency::BANNED_DEPENDENCY,
        &banned_file::BANNED_FILE,
        &banned_hook::BANNED_HOOK,
        &banned_import::BANNED_IMPORT,
        &banned_key::BANNED_KEY,
        &missing_command::MISSING_COMMAND,
        &missing_dependency::MISSING_DEPENDENCY,
        &missing_file::MISSING_FILE,
        &missing_hook::MISSING_HOOK,
        &missing_key::MISSING_KEY,
    ],
}
