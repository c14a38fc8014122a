//! The `plimsoll` command: arguments in, exit code out.

use std::io::Write;

/// Facts are many small allocations on several threads. Huge pages are off: in a virtual machine that gave free memory back
/// to its host, clearing them takes half of a short run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let code = plimsoll::cli::main();
    // What can't be written any more nobody reads.
    let _ = std::io::stdout().flush();
    // SAFETY: nothing is left to be done. What runs at a usual end gives the memory back piece by piece, which takes as
    // long as reading some files, and the system does it better.
    unsafe { libc::_exit(i32::from(code)) }
}
