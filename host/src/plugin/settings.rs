//! What decides about compiled code. Also part of this crate's build script, which compiles the built-in sections.
//!
//! Fuel alone limits time, so that a verdict never depends on how busy a machine is; everything whose result may differ
//! between machines is off. Each memory reserves all addresses that its plugin could name, so that the hardware finds
//! what lies outside and compiled code has no checks of its own: it is a fifth smaller, and compiled in three quarters of
//! the time.
//! What a memory holds at first is copied: images of it that are mapped fit the runtime's own memories only, and cost more
//! than they spare where an instance lives for a millisecond.
//! There are no backtraces: a panic's text says where it was, and the tables for more would be a sixth of all compiled
//! code. Compiled code is not optimised once more: rustc did that, and it would cost a fifth of a plugin's first run. Only
//! the build script does so, for the sections: no user waits for it, and a fifth of the time in their code is spared.

use wasmtime::{Config, OperatorCost, OptLevel, VariableOperatorCost, WasmBacktraceDetails};

/// Bytes that a plugin's 32 bits can name.
const ALL_ADDRESSES: u64 = 4 << 30;
/// Bytes of stack that a plugin may use; threads that run plugins need some more.
const WASM_STACK: usize = 1 << 20;
/// Bytes of stack of a thread that compiles or runs plugins.
pub(crate) const THREAD_STACK: usize = 16 << 20;

/// The settings of a process that may have as many addresses as the machine has.
pub(crate) fn settings() -> Config {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .operator_cost(operator_cost())
        .max_wasm_stack(WASM_STACK)
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .concurrency_support(false)
        .memory_reservation(ALL_ADDRESSES)
        .memory_reservation_for_growth(16 << 20)
        .memory_guard_size(32 << 20)
        .memory_init_cow(false)
        .cranelift_opt_level(OptLevel::None)
        .parallel_compilation(true)
        .wasm_backtrace_max_frames(None)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .generate_address_map(false)
        .native_unwind_info(false);
    config
}

/// What running costs: one unit an operator, and one a byte for those that move memory. Part of every budget, so it
/// is fixed here and not left to the runtime's defaults.
fn operator_cost() -> OperatorCost {
    OperatorCost {
        variable: VariableOperatorCost {
            memory_copy_per_byte: 1,
            memory_fill_per_byte: 1,
            memory_init_per_byte: 1,
            memory_grow_per_page: 255,
            table_copy_per_element: 1,
            table_fill_per_element: 1,
            table_init_per_element: 1,
            table_grow_per_element: 1,
            ..VariableOperatorCost::new()
        },
        ..OperatorCost::new()
    }
}
