//! The `plimsoll` command: arguments in, exit code out.

use std::process::ExitCode;

/// Facts are many small allocations on several threads. Huge pages are off: clearing them would take half of a short run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    plimsoll::cli::main()
}
