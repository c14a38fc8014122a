//! Section 8 of the standard, with 3.2: tests.

mod async_test_without_plugin;
mod hand_started_containers;
mod other_factory_library;
mod other_fake_data_library;
mod other_http_mock;
mod other_mock_library;
mod serial_test_suite;
mod suite;
mod unmeasured_coverage;

plimsoll_sdk::plugin! {
    name: "testing",
    title: "Tests",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &async_test_without_plugin::ASYNC_TEST_WITHOUT_PLUGIN,
        &hand_started_containers::HAND_STARTED_CONTAINERS,
        &other_factory_library::OTHER_FACTORY_LIBRARY,
        &other_fake_data_library::OTHER_FAKE_DATA_LIBRARY,
        &other_http_mock::OTHER_HTTP_MOCK,
        &other_mock_library::OTHER_MOCK_LIBRARY,
        &serial_test_suite::SERIAL_TEST_SUITE,
        &unmeasured_coverage::UNMEASURED_COVERAGE,
    ],
}
