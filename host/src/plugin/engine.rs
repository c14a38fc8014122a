//! The one engine of a process. Whatever compiles or runs a plugin calls this.

use std::hash::{Hash, Hasher};

use rustix::process::{Resource, getrlimit};
use wasmtime::Engine;

use super::settings::settings;

/// The engine of this process. Where address space is limited (`ulimit -v`), memories reserve little of it, and compiled
/// code checks what it touches.
///
/// # Errors
/// When the machine can't run compiled WebAssembly.
pub(crate) fn engine() -> wasmtime::Result<Engine> {
    let mut config = settings();
    if getrlimit(Resource::As).current.is_some() {
        config.memory_reservation(16 << 20).memory_guard_size(64 << 10);
    } else {
        #[cfg(target_os = "linux")]
        config.with_host_memory(std::sync::Arc::new(super::memories::Memories::default()));
    }
    super::embedded::allow_in_place(&mut config);
    Engine::new(&config)
}

/// A short name for what compiled code depends on besides the WebAssembly: the engine, its settings and the machine.
pub(crate) fn compatibility(engine: &Engine) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
