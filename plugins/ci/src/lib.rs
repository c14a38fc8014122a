//! Section 12 of the standard, with the rows of 2.1.9, 4.2, 5.4 and 26.4 about pipelines: continuous integration.

mod gates;
mod github;
mod missing_ci_workflow;
mod missing_lint_job;
mod missing_security_job;
mod missing_test_job;
mod missing_type_check_job;

plimsoll_sdk::plugin! {
    name: "ci",
    title: "Continuous integration",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &missing_ci_workflow::MISSING_CI_WORKFLOW,
        &missing_lint_job::MISSING_LINT_JOB,
        &missing_security_job::MISSING_SECURITY_JOB,
        &missing_test_job::MISSING_TEST_JOB,
        &missing_type_check_job::MISSING_TYPE_CHECK_JOB,
    ],
}
