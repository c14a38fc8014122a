//! Section 9 of the standard, with 3.1, 3.18 and the security rows of 4 and 12: security.

mod assert_as_validation;
mod dynamic_code_execution;
mod hardcoded_secret;
mod jwt;
mod jwt_algorithm;
mod jwt_claims_unverified;
mod jwt_library;
mod jwt_lifetime;
mod jwt_sensitive_payload;
mod oauth_library;
mod obsolete_password_library;
mod origin;
mod path_traversal;
mod plain_password_hash;
mod sql_string_building;
mod unpickling;
mod weak_password_scheme;

plimsoll_sdk::plugin! {
    name: "security",
    title: "Security",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &assert_as_validation::ASSERT_AS_VALIDATION,
        &dynamic_code_execution::DYNAMIC_CODE_EXECUTION,
        &hardcoded_secret::HARDCODED_SECRET,
        &jwt_algorithm::JWT_ALGORITHM,
        &jwt_claims_unverified::JWT_CLAIMS_UNVERIFIED,
        &jwt_library::JWT_LIBRARY,
        &jwt_lifetime::JWT_LIFETIME,
        &jwt_sensitive_payload::JWT_SENSITIVE_PAYLOAD,
        &oauth_library::OAUTH_LIBRARY,
        &obsolete_password_library::OBSOLETE_PASSWORD_LIBRARY,
        &path_traversal::PATH_TRAVERSAL,
        &plain_password_hash::PLAIN_PASSWORD_HASH,
        &sql_string_building::SQL_STRING_BUILDING,
        &unpickling::UNPICKLING,
        &weak_password_scheme::WEAK_PASSWORD_SCHEME,
    ],
}
