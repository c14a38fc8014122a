//! Compiled code of the built-in sections in this program: its build script compiles them, so that nobody's first run has
//! to. It is as trustworthy as the program that it stands in.
//!
//! The code is for every machine of the architecture. Where it does not fit (`ulimit -v` asks for other settings), the
//! sections are compiled like other plugins.

use std::ptr::NonNull;

use wasmtime::component::Component;
use wasmtime::{Config, Engine};

/// Bytes at the beginning of a page, whatever a page is on this architecture.
#[repr(C)]
#[cfg_attr(target_arch = "x86_64", repr(align(4096)))]
#[cfg_attr(not(target_arch = "x86_64"), repr(align(16)))]
pub(crate) struct Aligned<T: ?Sized>(pub(crate) T);

/// Lets the engine run code where it stands in this program.
pub(crate) fn allow_in_place(config: &mut Config) {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    config.with_custom_code_memory(Some(std::sync::Arc::new(in_place::Pages)));
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    let _ = config;
}

/// The component of some code of this program, to be asked for once: the runtime takes one component at an address. None
/// when it was compiled with other settings than the engine's.
pub(crate) fn load(engine: &Engine, code: &'static [u8]) -> Option<Component> {
    if code.is_empty() {
        return None;
    }
    let can_run_here = cfg!(all(target_os = "linux", target_arch = "x86_64"));
    // SAFETY: whoever could change these bytes could change the program as well, which they are part of; they come from
    // its own compiler, and the runtime refuses what another version or other settings made. They are never written to,
    // and live as long as the process.
    let component = unsafe {
        if can_run_here {
            Component::deserialize_raw(engine, NonNull::from(code))
        } else {
            Component::deserialize(engine, code)
        }
    };
    component.ok()
}

/// Code runs where the program was mapped: nothing is read that no rule calls. Elsewhere than on Linux a signed program's
/// pages can't become executable, and other processors than those of x86 keep caches of instructions, so that there the
/// runtime copies the code and does what is due.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod in_place {
    use rustix::mm::{MprotectFlags, mprotect};
    use wasmtime::CustomCodeMemory;

    pub(super) struct Pages;

    impl CustomCodeMemory for Pages {
        fn required_alignment(&self) -> usize {
            4096
        }

        fn publish_executable(&self, start: *const u8, length: usize) -> wasmtime::Result<()> {
            protect(start, length, MprotectFlags::READ | MprotectFlags::EXEC)
        }

        fn unpublish_executable(&self, start: *const u8, length: usize) -> wasmtime::Result<()> {
            protect(start, length, MprotectFlags::READ)
        }
    }

    fn protect(start: *const u8, length: usize, flags: MprotectFlags) -> wasmtime::Result<()> {
        // SAFETY: the runtime hands over pages of code alone, which nothing writes to once they are published; it runs
        // none of them before they are, or after they cease to be.
        unsafe { mprotect(start.cast_mut().cast(), length, flags) }.map_err(Into::into)
    }
}
