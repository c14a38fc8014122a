//! Section 12 of the standard, with the rows of 2.1.9, 4.2, 5.4 and 26.4 about pipelines: continuous integration.

mod gates;
mod github;
mod lenient_ci_type_check;
mod missing_ci_workflow;
mod missing_coverage_report;
mod missing_format_check;
mod missing_lint_job;
mod missing_python_matrix;
mod missing_release_workflow;
mod missing_security_job;
mod missing_security_schedule;
mod missing_test_job;
mod missing_type_check_job;
mod new_jobs;
mod new_workflows;
mod other_test_runner_in_ci;
mod releases;
mod swallowed_failure;
mod unannotated_ruff;
mod uncached_uv;
mod uncancelled_runs;
mod unchecked_main_branch;
mod unlocked_sync;
mod unprotected_main_branch;
mod workflow_edits;

plimsoll_sdk::plugin! {
    name: "ci",
    title: "Continuous integration",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &lenient_ci_type_check::LENIENT_CI_TYPE_CHECK,
        &missing_ci_workflow::MISSING_CI_WORKFLOW,
        &missing_coverage_report::MISSING_COVERAGE_REPORT,
        &missing_format_check::MISSING_FORMAT_CHECK,
        &missing_lint_job::MISSING_LINT_JOB,
        &missing_python_matrix::MISSING_PYTHON_MATRIX,
        &missing_release_workflow::MISSING_RELEASE_WORKFLOW,
        &missing_security_job::MISSING_SECURITY_JOB,
        &missing_security_schedule::MISSING_SECURITY_SCHEDULE,
        &missing_test_job::MISSING_TEST_JOB,
        &missing_type_check_job::MISSING_TYPE_CHECK_JOB,
        &other_test_runner_in_ci::OTHER_TEST_RUNNER_IN_CI,
        &swallowed_failure::SWALLOWED_FAILURE,
        &unannotated_ruff::UNANNOTATED_RUFF,
        &uncached_uv::UNCACHED_UV,
        &uncancelled_runs::UNCANCELLED_RUNS,
        &unchecked_main_branch::UNCHECKED_MAIN_BRANCH,
        &unlocked_sync::UNLOCKED_SYNC,
        &unprotected_main_branch::UNPROTECTED_MAIN_BRANCH,
    ],
}
