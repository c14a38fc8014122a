//! Settings that pydantic can't check.

use plimsoll_sdk::prelude::*;

use crate::settings::{self, KINDS, NAMES, is_application};

rule! {
    /// A setting has no type that says anything, or is not checked.
    ///
    /// Whatever stands in the environment gets through, and the error shows far from its cause. Give each field the
    /// type that the code expects, and leave validation on.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python bad src/app/settings.py
    /// from typing import Any
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings, SettingsConfigDict
    ///
    /// class Settings(BaseSettings):
    ///     model_config = SettingsConfigDict(validate_default=False)  # error: defaults are not validated
    ///     limits: dict  # error: `limits` has the type `dict`, which checks little
    ///     backend: Any = None  # error: `backend` has the type `Any`, which checks nothing
    ///     names: list[str]
    ///
    /// app = FastAPI()
    /// settings = Settings.model_construct()  # error: `model_construct` skips all validation
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi", "pydantic-settings"]
    /// ```
    /// ```python good src/app/settings.py
    /// from typing import ClassVar, Any
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     registry: ClassVar[dict] = {}
    ///     limits: dict[str, int]
    ///
    /// app = FastAPI()
    /// settings = Settings()
    /// ```
    pub(crate) static UNVALIDATED_SETTING = {
        id: "unvalidated-setting",
        requirements: ["14.1.4", "14.2.3"],
        check: Check::Project(unvalidated_setting),
        roles: [Role::Source],
        wants: [Want::Definitions(KINDS, &[NAMES]), Want::Lineages, Want::Calls(CALLS)],
    }
}

const CALLS: &[&str] = &["pydantic_settings.SettingsConfigDict", "*.model_construct"];

fn unvalidated_setting(report: &mut Report, project: &Project) {
    if !is_application(report, project, UNVALIDATED_SETTING.requirements) {
        return;
    }
    let classes = settings::classes();
    for class in &classes {
        for (field, annotation) in settings::fields(class) {
            let last = annotation.rsplit('.').next().unwrap_or(annotation);
            let what = match last {
                "Any" | "object" => "nothing",
                "dict" | "list" | "tuple" | "set" | "Dict" | "List" | "Tuple" | "Set" => "little",
                _ => continue,
            };
            let message = format!("`{}` has the type `{last}`, which checks {what}", field.name);
            let finding = report
                .finding(&settings::place(class, field), message)
                .help("give it the type that the code expects")
                .requirement("14.2.3")
                .medium();
            if what == "nothing" {
                drop(finding.requirement("14.1.4"));
            }
        }
    }
    for call in &python::calls(CALLS) {
        let class = call.name.strip_suffix(".model_construct");
        let is_settings = |class: &str| classes.iter().any(|one| class.rsplit('.').next() == Some(one.name.as_str()));
        let off = || Item::root(&call.value).and_then(|root| root.get("validate_default"));
        if class.is_some_and(is_settings) {
            report
                .finding(&call.site.place, "`model_construct` skips all validation")
                .help("call the class")
                .requirement("14.1.4");
        } else if let Some(off) = off().filter(|value| value.boolean() == Some(false)) {
            report
                .finding(&off.key_place(&call.site.place.path), "defaults are not validated")
                .help("delete the argument: settings validate their defaults")
                .requirement("14.1.4");
        }
    }
}
