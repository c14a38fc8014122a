//! Write plimsoll rules in Rust.
//!
//! A plugin is a crate of type `cdylib` with a contents page and one file a rule:
//!
//! ```
//! use plimsoll_sdk::prelude::*;
//!
//! rule! {
//!     /// A test sleeps for a fixed time.
//!     ///
//!     /// The sleep is too short on a busy machine and too long on any other. Wait for the event.
//!     ///
//!     /// ```python bad tests/test_job.py
//!     /// import time
//!     /// time.sleep(5)  # error: `time.sleep` in a test
//!     /// ```
//!     /// ```python good tests/test_job.py
//!     /// assert job.wait(timeout=5)
//!     /// ```
//!     pub(crate) static SLEEP_IN_TEST = {
//!         id: "sleep-in-test",
//!         requirements: ["8.1.2"],
//!         check: Check::Calls(&["time.sleep"], sleep_in_test),
//!         roles: [Role::Test],
//!     }
//! }
//!
//! fn sleep_in_test(report: &mut Report, call: &Call) {
//!     report.finding(&call.site.place, format!("`{}` in a test", call.name));
//! }
//!
//! plugin! {
//!     name: "acme",
//!     title: "Acme's own rules",
//!     // In a plugin this is `include_str!("../requirements.toml")`.
//!     requirements: "[[requirement]]\nid = '8.1.2'\nlevel = 'must'\nstatement = 'Tests wait for events'",
//!     rules: [&SLEEP_IN_TEST],
//! }
//! # fn main() {}
//! ```
//!
//! The parts: [`rule!`] and [`Rule`], [`Check`] for what a rule is handed, [`Want`] for what else it may ask for,
//! [`Report`] for what it says, [`Item`] for reading values, [`plugin!`] for the contents page. What several sections
//! need beside facts: [`settings`] of tools, [`gates`], [`ruff`], [`product`], [`paths`], [`texts`] of files, words for
//! [`text`], Python [`version`]s, and changes of [`requirements`] and [`sections`].

#[doc(hidden)]
#[allow(clippy::all, clippy::pedantic, clippy::restriction, missing_docs, unreachable_pub, unused)]
#[rustfmt::skip]
pub mod bindings;
#[cfg(target_family = "wasm")]
mod compare;
mod description;
pub mod edit;
mod facts;
pub mod gates;
pub mod paths;
mod plugin;
pub mod product;
mod report;
pub mod requirements;
pub mod ruff;
mod rule;
#[doc(hidden)]
pub mod runners;
pub mod sections;
pub mod settings;
pub mod text;
pub mod texts;
mod value;
pub mod version;

pub use description::{description_length, write_description};
pub use facts::{Document, automation, containers, documents, git, project, python, repository};
pub use plugin::{Section, check, describe, docs, report_panics};
pub use report::{Confidence, Finding, Report};
pub use rule::{Check, Option_, Rule, Want};
pub use value::Item;

/// Everything that a rule needs by name.
pub mod prelude {
    pub use crate::automation::{Action, Command, Hook, Task, Workflow};
    pub use crate::bindings::plimsoll::plugin::report::{Applicability, Edit, KeyPath, Replacement};
    pub use crate::bindings::plimsoll::plugin::types::{Absence, Node, NodeKind, Place, Role, Span};
    pub use crate::containers::{ComposeFile, Dockerfile, Instruction, Stage};
    pub use crate::edit;
    pub use crate::project::{Dependency, Package, Profile, Project};
    pub use crate::python::{
        Assignment, Call, Definition, Handler, Import, Opening, Outline, Parameter, Site, Statement, Surroundings,
    };
    pub use crate::repository::{File, Match, Tally};
    pub use crate::{
        Check, Confidence, Document, Item, Report, Rule, Section, Want, automation, containers, documents, git, plugin,
        project, python, repository, rule,
    };
}
