//! Section 26 of the standard: repositories with several packages.

mod missing_uv_workspace;
mod package_outside_packages;
mod scattered_infrastructure;
mod scattered_scripts;
mod stray_member_lock;
mod unfiltered_ci;
mod unlinked_workspace_dependency;
mod unlisted_member;
mod unowned_package;
mod unusual_member_name;
mod workspace;

plimsoll_sdk::plugin! {
    name: "monorepo",
    title: "Monorepos",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &missing_uv_workspace::MISSING_UV_WORKSPACE,
        &package_outside_packages::PACKAGE_OUTSIDE_PACKAGES,
        &scattered_infrastructure::SCATTERED_INFRASTRUCTURE,
        &scattered_scripts::SCATTERED_SCRIPTS,
        &stray_member_lock::STRAY_MEMBER_LOCK,
        &unfiltered_ci::UNFILTERED_CI,
        &unlinked_workspace_dependency::UNLINKED_WORKSPACE_DEPENDENCY,
        &unlisted_member::UNLISTED_MEMBER,
        &unowned_package::UNOWNED_PACKAGE,
        &unusual_member_name::UNUSUAL_MEMBER_NAME,
    ],
}
