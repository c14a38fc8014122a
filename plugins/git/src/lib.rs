//! Section 11 of the standard, with the rows of 24 and 27 about the same: commits, versions, branches and hooks.

mod commits;
mod direct_push;
mod malformed_breaking_change;
mod missing_commit_hook;
mod odd_prerelease_tag;
mod odd_version;
mod other_commit_type;
mod second_trunk;
mod unconventional_commit;
mod unmarked_revert;
mod versions;

plimsoll_sdk::plugin! {
    name: "git",
    title: "Version control",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &direct_push::DIRECT_PUSH,
        &malformed_breaking_change::MALFORMED_BREAKING_CHANGE,
        &missing_commit_hook::MISSING_COMMIT_HOOK,
        &odd_prerelease_tag::ODD_PRERELEASE_TAG,
        &odd_version::ODD_VERSION,
        &other_commit_type::OTHER_COMMIT_TYPE,
        &second_trunk::SECOND_TRUNK,
        &unconventional_commit::UNCONVENTIONAL_COMMIT,
        &unmarked_revert::UNMARKED_REVERT,
    ],
}
