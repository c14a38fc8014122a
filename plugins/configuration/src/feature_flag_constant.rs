//! Feature flags that only a release can switch.

use plimsoll_sdk::prelude::*;

use crate::settings::is_application;

rule! {
    /// A feature flag is a constant in the code.
    ///
    /// Switching it takes a release, and all environments have the same value. Make it a boolean field of the settings
    /// class; services and tables of flags are fine too.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python bad src/app/main.py
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ENABLE_SEARCH = False  # error: the feature flag `ENABLE_SEARCH` is a constant
    ///
    /// def search():
    ///     if ENABLE_SEARCH:
    ///         return []
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python good src/app/main.py
    /// from fastapi import FastAPI
    /// from app.settings import settings
    /// app = FastAPI()
    /// ENABLE_SEARCH = settings.enable_search
    /// CACHE_ENABLED = True
    /// ```
    pub(crate) static FEATURE_FLAG_CONSTANT = {
        id: "feature-flag-constant",
        requirements: ["3.15.3", "14.3.4", "25.3.1"],
        check: Check::Project(feature_flag_constant),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Assignments(&[FLAGS])],
    }
}

const FLAGS: &str = "module:/^(ENABLE_[A-Z_]+|FEATURE_[A-Z_]+|USE_[A-Z_]+_FEATURE|[A-Z_]+_ENABLED)$/";

fn feature_flag_constant(report: &mut Report, project: &Project) {
    if !is_application(report, project, FEATURE_FLAG_CONSTANT.requirements) {
        return;
    }
    // Django and Flask read constants of a settings module as settings.
    let is_settings = |path: &str| path.contains("settings") || path.contains("config");
    for flag in &python::assignments(&[FLAGS]) {
        let value = flag.value.as_deref().and_then(Item::root);
        let is_literal = value.and_then(Item::boolean).is_some();
        let is_plain = flag.bindings == 1 && flag.reads > 0;
        if is_literal && is_plain && !is_settings(&flag.site.place.path) {
            report
                .finding(&flag.site.place, format!("the feature flag `{}` is a constant", flag.target))
                .help("make it a boolean field of the settings class");
        }
    }
}
