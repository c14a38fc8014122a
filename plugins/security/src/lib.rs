//! Section 9 of the standard, with 3.1, 3.18 and the security rows of 4 and 12: security.

mod action_updates_missing;
mod assert_as_validation;
mod audit_command;
mod code_scan_checks_off;
mod dependabot;
mod dynamic_code_execution;
mod gates;
mod hardcoded_secret;
mod image_updates_missing;
mod jwt;
mod jwt_algorithm;
mod jwt_claims_unverified;
mod jwt_library;
mod jwt_lifetime;
mod jwt_sensitive_payload;
mod lines;
mod missing_code_scan;
mod missing_dependency_audit;
mod missing_image_scan;
mod missing_local_dependency_audit;
mod missing_secret_hook;
mod missing_secret_scan;
mod missing_update_bot;
mod oauth_library;
mod obsolete_password_library;
mod origin;
mod partial_image_scan;
mod path_traversal;
mod plain_password_hash;
mod python_updates_missing;
mod renovate;
mod secret_detectors_off;
mod sql_string_building;
mod ungrouped_updates;
mod unpickling;
mod unscheduled_dependency_audit;
mod unused_semgrep_rules;
mod update_entries;
mod weak_password_scheme;
mod workflow_edits;

plimsoll_sdk::plugin! {
    name: "security",
    title: "Security",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &action_updates_missing::ACTION_UPDATES_MISSING,
        &assert_as_validation::ASSERT_AS_VALIDATION,
        &code_scan_checks_off::CODE_SCAN_CHECKS_OFF,
        &dynamic_code_execution::DYNAMIC_CODE_EXECUTION,
        &hardcoded_secret::HARDCODED_SECRET,
        &image_updates_missing::IMAGE_UPDATES_MISSING,
        &jwt_algorithm::JWT_ALGORITHM,
        &jwt_claims_unverified::JWT_CLAIMS_UNVERIFIED,
        &jwt_library::JWT_LIBRARY,
        &jwt_lifetime::JWT_LIFETIME,
        &jwt_sensitive_payload::JWT_SENSITIVE_PAYLOAD,
        &missing_code_scan::MISSING_CODE_SCAN,
        &missing_dependency_audit::MISSING_DEPENDENCY_AUDIT,
        &missing_image_scan::MISSING_IMAGE_SCAN,
        &missing_local_dependency_audit::MISSING_LOCAL_DEPENDENCY_AUDIT,
        &missing_secret_hook::MISSING_SECRET_HOOK,
        &missing_secret_scan::MISSING_SECRET_SCAN,
        &missing_update_bot::MISSING_UPDATE_BOT,
        &oauth_library::OAUTH_LIBRARY,
        &obsolete_password_library::OBSOLETE_PASSWORD_LIBRARY,
        &partial_image_scan::PARTIAL_IMAGE_SCAN,
        &path_traversal::PATH_TRAVERSAL,
        &plain_password_hash::PLAIN_PASSWORD_HASH,
        &python_updates_missing::PYTHON_UPDATES_MISSING,
        &secret_detectors_off::SECRET_DETECTORS_OFF,
        &sql_string_building::SQL_STRING_BUILDING,
        &ungrouped_updates::UNGROUPED_UPDATES,
        &unpickling::UNPICKLING,
        &unscheduled_dependency_audit::UNSCHEDULED_DEPENDENCY_AUDIT,
        &unused_semgrep_rules::UNUSED_SEMGREP_RULES,
        &weak_password_scheme::WEAK_PASSWORD_SCHEME,
    ],
}
