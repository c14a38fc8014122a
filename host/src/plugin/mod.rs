//! Plugins: WebAssembly components that are loaded, compiled, limited and called. The only module that names wasmtime.

pub(crate) mod wit;
