//! Profilers that were left in production code.

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_beside;

rule! {
    /// A profiler runs in production code.
    ///
    /// cProfile and its like make every call slower. Profile from the command line (`python -m cProfile -m app`), or let
    /// a setting turn the profiler on.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/ships.py
    /// import cProfile
    ///
    /// def find():
    ///     profiler = cProfile.Profile()  # error: `cProfile.Profile` runs at every call
    ///     profiler.enable()
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/cli.py
    /// import cProfile
    /// import os
    ///
    /// def main(profile: bool = False):
    ///     if profile:
    ///         cProfile.run("work()")
    ///     if os.environ.get("PROFILE"):
    ///         profiler = cProfile.Profile()
    /// ```
    /// ```python good scripts/profile_ships.py
    /// import cProfile
    ///
    /// cProfile.run("find()")
    /// ```
    /// ```python good src/app/extensions/pyinstrument.py
    /// from pyinstrument import Profiler
    ///
    /// class Extension:
    ///     def on_operation(self):
    ///         profiler = Profiler()
    ///         profiler.start()
    /// ```
    pub(crate) static LEFTOVER_PROFILING = {
        id: "leftover-profiling",
        requirements: ["8.8.3"],
        check: Check::Calls(
            &[
                "cProfile.run", "cProfile.runctx", "cProfile.Profile", "profile.run", "profile.runctx",
                "profile.Profile", "pyinstrument.Profiler", "line_profiler.LineProfiler",
            ],
            leftover_profiling,
        ),
        confidence: Low,
        roles: [Role::Source],
    }
}

fn leftover_profiling(report: &mut Report, call: &Call) {
    let site = &call.site;
    let names = [Some(&site.module), site.function.as_ref(), site.class.as_ref()];
    let offers = names.into_iter().flatten().any(|name| {
        let name = name.to_ascii_lowercase();
        ["prof", "debug", "bench", "perf", "stat", "trace", "dev", "pyinstrument"]
            .iter()
            .any(|word| name.contains(word))
    });
    let is_guarded = site.surroundings.intersects(Surroundings::CONDITIONAL | Surroundings::MAIN_GUARD);
    let is_beside = is_beside(&site.place.path) || file_name(&site.place.path).starts_with("conftest");
    if offers || is_guarded || is_beside {
        return;
    }
    report
        .finding(&site.place, format!("`{}` runs at every call", call.name))
        .help("profile from the command line, or let a setting turn it on");
}
