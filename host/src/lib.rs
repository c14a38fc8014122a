//! Checks Python repositories against a written development standard.
//!
//! The way of a check, one module after the other:
//!
//! - [`repository`] finds and reads the files of the checked tree; nothing else touches it.
//! - [`facts`] parses them once: documents, Python, projects, automation, containers, history.
//! - [`package`] knows which plugins a repository wants: the manifest, the built-in sections, folders.
//! - [`plugin`] loads, compiles, limits and calls plugins; they ask for facts and report.
//! - [`check`] puts these together and turns reports into findings with levels.
//! - [`output`] prints findings, one module a format.
//! - [`cli`] is what a user types, one module a subcommand.
//!
//! Plugins get facts and give findings; they reach neither files nor clock nor network.

pub mod cli;
mod facts;
mod finding;
// Nothing calls it until the check is put together.
#[allow(dead_code, unused_imports)]
mod output;
mod plugin;
mod repository;
