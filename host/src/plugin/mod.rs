//! Plugins: WebAssembly components that are read, compiled, limited and called. The only module that names wasmtime.
//!
//! - [`component`] looks into a component without running it: what it imports, what it says of itself.
//! - [`crossing`] counts the bytes that go to and fro.
//! - [`description`] is what a plugin says of itself.
//! - [`engine`] is the one engine of a process, [`settings`] what decides about its code.
//! - [`compiled`] keeps compiled code in the user's own cache, [`embedded`] takes that of the sections from this program.
//! - [`source`] is a plugin as it was read; [`load`] makes it ready to be called.
//! - [`host`] answers the imports from the facts, [`outside`] sums how long that takes.
//! - [`memories`] uses the memories of instances again.
//! - [`run`] calls rules, within [`limits`], and says why one failed; [`said`] is what one said.

pub(crate) mod compiled;
pub(crate) mod component;
pub(crate) mod crossing;
pub(crate) mod description;
pub(crate) mod embedded;
pub(crate) mod engine;
pub(crate) mod host;
pub(crate) mod limits;
pub(crate) mod load;
#[cfg(target_os = "linux")]
mod memories;
mod option;
mod outside;
pub(crate) mod run;
pub(crate) mod said;
pub(crate) mod settings;
pub(crate) mod source;
pub(crate) mod wit;
