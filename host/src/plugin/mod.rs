//! Plugins: WebAssembly components that are read, compiled, limited and called. The only module that names wasmtime.
//!
//! - [`component`] looks into a component without running it: what it imports, what it says of itself.
//! - [`crossing`] counts the bytes that go to and fro.
//! - [`description`] is what a plugin says of itself.
//! - [`engine`] is the one engine of a process, [`settings`] what decides about its code.
//! - [`compiled`] keeps compiled code in the user's own cache, [`embedded`] takes that of the sections from this program.
//! - [`host`] answers the imports from the facts.
//! - [`memories`] uses the memories of instances again.
//! - [`run`] calls rules, with limits, and says why one failed.

pub(crate) mod compiled;
pub(crate) mod component;
pub(crate) mod crossing;
pub(crate) mod description;
pub(crate) mod embedded;
pub(crate) mod engine;
pub(crate) mod host;
#[cfg(target_os = "linux")]
mod memories;
mod option;
pub(crate) mod run;
pub(crate) mod settings;
pub(crate) mod wit;
