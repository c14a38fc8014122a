//! Section 8 of the standard, with 3.2: tests.

mod async_test_without_plugin;
mod contradictory_marker;
mod coverage;
mod coverage_edits;
mod dependency_edits;
mod hand_made_benchmark;
mod hand_started_containers;
mod leftover_profiling;
mod low_coverage_threshold;
mod marker_edits;
mod measured_package_modules;
mod misplaced_fixture;
mod missing_branch_coverage;
mod missing_property_tests;
mod network;
mod other_factory_library;
mod other_fake_data_library;
mod other_http_mock;
mod other_mock_library;
mod repeated_fixture;
mod repeated_test_data;
mod serial_test_suite;
mod slow_test_without_marker;
mod suite;
mod unanswered_request;
mod unit_test_with_io;
mod unmarked_tests;
mod unmeasured_coverage;
mod unregistered_marker;
mod unsorted_tests;
mod wide_coverage_source;

plimsoll_sdk::plugin! {
    name: "testing",
    title: "Tests",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &async_test_without_plugin::ASYNC_TEST_WITHOUT_PLUGIN,
        &contradictory_marker::CONTRADICTORY_MARKER,
        &hand_made_benchmark::HAND_MADE_BENCHMARK,
        &hand_started_containers::HAND_STARTED_CONTAINERS,
        &leftover_profiling::LEFTOVER_PROFILING,
        &low_coverage_threshold::LOW_COVERAGE_THRESHOLD,
        &measured_package_modules::MEASURED_PACKAGE_MODULES,
        &misplaced_fixture::MISPLACED_FIXTURE,
        &missing_branch_coverage::MISSING_BRANCH_COVERAGE,
        &missing_property_tests::MISSING_PROPERTY_TESTS,
        &other_factory_library::OTHER_FACTORY_LIBRARY,
        &other_fake_data_library::OTHER_FAKE_DATA_LIBRARY,
        &other_http_mock::OTHER_HTTP_MOCK,
        &other_mock_library::OTHER_MOCK_LIBRARY,
        &repeated_fixture::REPEATED_FIXTURE,
        &repeated_test_data::REPEATED_TEST_DATA,
        &serial_test_suite::SERIAL_TEST_SUITE,
        &slow_test_without_marker::SLOW_TEST_WITHOUT_MARKER,
        &unanswered_request::UNANSWERED_REQUEST,
        &unit_test_with_io::UNIT_TEST_WITH_IO,
        &unmarked_tests::UNMARKED_TESTS,
        &unmeasured_coverage::UNMEASURED_COVERAGE,
        &unregistered_marker::UNREGISTERED_MARKER,
        &unsorted_tests::UNSORTED_TESTS,
        &wide_coverage_source::WIDE_COVERAGE_SOURCE,
    ],
}
