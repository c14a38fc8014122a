//! Checks Python repositories against a written development standard.
//!
//! The way of a check, one module after the other:
//!
//! - [`repository`] finds and reads the files of the checked tree; nothing else touches it.
//! - [`facts`] parses them once: documents, Python, projects, automation, containers, history.
//! - [`setup`] is what a run starts from: root, manifest, plugins.
//! - [`package`] knows which plugins a repository wants: the manifest, the built-in sections, folders.
//! - [`plugin`] loads, compiles, limits and calls plugins; they ask for facts and report.
//! - [`check`] runs the rules on the facts; [`verdict`] turns what they said into findings with levels, less what a
//!   [`suppression`] silences; [`standard`] says of each requirement whether it is met.
//! - [`results`] keeps reports, and knows when one still holds; [`outcomes`] keeps what single rules said, and [`extracts`]
//!   what was found in files that did not change, for when it does not; [`cache_entry`] and [`user_folders`] say where.
//! - [`baseline`] takes out the findings that were there when the standard was taken up, each known by its
//!   [`fingerprint`].
//! - [`fix`] makes the edits that rules hand over with their findings; [`repository`] writes them.
//! - [`output`] prints findings, one module a format.
//! - [`cli`] is what a user types, one module a subcommand.
//! - [`parallel`] shares work among threads; who calls it decides what.
//!
//! Plugins get facts and give findings; they reach neither files nor clock nor network.

mod baseline;
mod cache_entry;
mod check;
pub mod cli;
mod example;
mod extracts;
mod facts;
mod finding;
mod fingerprint;
mod fix;
mod outcomes;
mod output;
mod package;
mod parallel;
mod plugin;
mod repository;
mod results;
mod setup;
mod standard;
mod suppression;
mod user_folders;
mod verdict;
