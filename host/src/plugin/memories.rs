//! Memories of plugins that are used again. A run makes an instance for each plugin and target, most of them for well
//! under a millisecond: mapping and unmapping their memories, and the system's clearing of each page when it is first
//! touched, would be a twentieth of a small run.
//!
//! What a memory held is gone before the next instance sees it, and what lies behind its end is out of reach, whoever had
//! it before.

use std::ops::Range;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap_anonymous, mprotect, munmap};
use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

/// Memories that wait for their next use; more are given back.
const MOST_IDLE: usize = 16;
/// Bytes of the largest memory that is used again.
const LARGEST_IDLE: usize = 2 << 20;
/// Bytes at the beginning of a memory that are not cleared but given back: rustc puts a stack of so many bytes there, and
/// few plugins touch more than some pages of it.
const STACK: usize = 1 << 20;

/// All memories of an engine.
#[derive(Default)]
pub(super) struct Memories {
    idle: Arc<Mutex<Vec<Pages>>>,
}

// SAFETY: a memory begins at a page, is as large as was asked for, and has the bytes without access around it that were
// asked for. It is zero: fresh pages are, and pages that were used are cleared before they are idle. It belongs to one
// instance until that is dropped.
unsafe impl MemoryCreator for Memories {
    fn new_memory(
        &self,
        _: MemoryType,
        minimum: usize,
        _: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        let reserved = reserved.unwrap_or(minimum);
        let mut idle = lock(&self.idle);
        let place = idle.iter().rposition(|pages| (pages.reserved, pages.guard) == (reserved, guard));
        let used_before = place.map(|place| idle.swap_remove(place));
        drop(idle);
        let mut pages = used_before.map_or_else(|| Pages::new(reserved, guard), Ok)?;
        pages.resize(minimum)?;
        Ok(Box::new(InUse { pages: Some(pages), idle: Arc::clone(&self.idle) }))
    }
}

fn lock(idle: &Mutex<Vec<Pages>>) -> MutexGuard<'_, Vec<Pages>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A memory of an instance.
struct InUse {
    /// None once it is dropped.
    pages: Option<Pages>,
    idle: Arc<Mutex<Vec<Pages>>>,
}

// SAFETY: the pages are this memory's own, and do not move when it grows.
unsafe impl LinearMemory for InUse {
    fn byte_size(&self) -> usize {
        self.pages.as_ref().map_or(0, |pages| pages.size)
    }

    fn byte_capacity(&self) -> usize {
        self.pages.as_ref().map_or(0, |pages| pages.reserved)
    }

    fn grow_to(&mut self, size: usize) -> wasmtime::Result<()> {
        match &mut self.pages {
            Some(pages) => pages.resize(size).map_err(wasmtime::Error::msg),
            None => Ok(()),
        }
    }

    fn as_ptr(&self) -> *mut u8 {
        self.pages.as_ref().map_or(std::ptr::null_mut(), Pages::start)
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        let Some(mut pages) = self.pages.take() else { return };
        let is_worth_it = pages.size <= LARGEST_IDLE && lock(&self.idle).len() < MOST_IDLE;
        if is_worth_it && pages.is_sound && gives_back() && pages.clear() {
            let mut idle = lock(&self.idle);
            if idle.len() < MOST_IDLE {
                idle.push(pages);
            }
        }
    }
}

/// Addresses for a memory, with some before and behind it that nobody may touch.
struct Pages {
    first: NonNull<u8>,
    /// Bytes that can be touched.
    size: usize,
    /// Bytes that it can grow to.
    reserved: usize,
    /// Bytes before it, and as many behind it.
    guard: usize,
    /// Whether no byte behind its size was ever within reach, or all such bytes are zero.
    is_sound: bool,
}

// SAFETY: the addresses are this value's own.
unsafe impl Send for Pages {}
// SAFETY: nothing is changed through a shared reference.
unsafe impl Sync for Pages {}

impl Pages {
    fn new(reserved: usize, guard: usize) -> Result<Self, String> {
        let length = guard.checked_mul(2).and_then(|guards| guards.checked_add(reserved));
        let length = length.ok_or("a memory larger than all addresses")?;
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: the system chooses the addresses, so that nothing else is there.
        let first = unsafe { mmap_anonymous(std::ptr::null_mut(), length, ProtFlags::empty(), flags) };
        let first = first.map_err(|error| format!("no addresses for a memory: {error}"))?;
        let first = NonNull::new(first.cast()).ok_or("no addresses for a memory")?;
        Ok(Self { first, size: 0, reserved, guard, is_sound: true })
    }

    fn start(&self) -> *mut u8 {
        self.first.as_ptr().wrapping_add(self.guard)
    }

    /// Lets so many bytes be touched and no more. Bytes that could not be touched before are zero.
    fn resize(&mut self, size: usize) -> Result<(), String> {
        if size > self.reserved {
            return Err("a memory larger than its addresses".to_owned());
        }
        let changed = match size < self.size {
            true => self.protect(size..self.size, MprotectFlags::empty()),
            false => self.protect(self.size..size, MprotectFlags::READ | MprotectFlags::WRITE),
        };
        if let Err(error) = changed {
            // A part of it may be within reach nevertheless.
            self.is_sound = false;
            let outside = self.size.min(size)..self.size.max(size);
            let _ = self.protect(outside, MprotectFlags::empty());
            return Err(format!("a memory can't be resized: {error}"));
        }
        self.size = size;
        Ok(())
    }

    fn protect(&self, range: Range<usize>, access: MprotectFlags) -> rustix::io::Result<()> {
        if range.is_empty() {
            return Ok(());
        }
        // SAFETY: the addresses lie in the part reserved for this memory.
        unsafe { mprotect(self.start().wrapping_add(range.start).cast(), range.len(), access) }
    }

    /// Makes everything zero. Says whether it could.
    fn clear(&mut self) -> bool {
        let stack = self.size.min(STACK);
        // SAFETY: the bytes belong to this memory, can be written to, and no instance has them any more.
        unsafe { self.start().wrapping_add(stack).write_bytes(0, self.size - stack) };
        self.give_back(stack)
    }

    /// Gives the first bytes back to the system: they are zero when they are touched next. Says whether it could.
    fn give_back(&mut self, bytes: usize) -> bool {
        // SAFETY: the bytes belong to this memory, and no instance has them any more.
        bytes == 0 || unsafe { madvise(self.start().cast(), bytes, Advice::LinuxDontNeed) }.is_ok()
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: these addresses were mapped by `new`, and nothing refers to them any more. They stay mapped should this
        // fail, which does no harm.
        let _ = unsafe { munmap(self.first.as_ptr().cast(), self.guard * 2 + self.reserved) };
    }
}

/// Whether what is given back is zero afterwards: old emulators of Linux say that they did it, and leave everything as it
/// was.
fn gives_back() -> bool {
    static GIVES_BACK: OnceLock<bool> = OnceLock::new();
    let is_zero_afterwards = || {
        let bytes = 64 << 10;
        let mut pages = Pages::new(bytes, 0)?;
        pages.resize(bytes)?;
        // SAFETY: the byte is this memory's first, and can be touched.
        unsafe { pages.start().write_volatile(1) };
        // SAFETY: as above.
        Ok::<_, String>(pages.give_back(bytes) && unsafe { pages.start().read_volatile() } == 0)
    };
    *GIVES_BACK.get_or_init(|| is_zero_afterwards().unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use wasmtime::{Instance, Module, Store, Trap};

    use super::super::engine::engine;

    /// Writes everywhere in its memory, or reads at an address.
    const TEXT: &str = r#"(module
        (memory (export "memory") $SIZE 100)
        (func (export "fill") (memory.fill (i32.const 0) (i32.const 255) (i32.mul (memory.size) (i32.const 65536))))
        (func (export "grow") (result i32) (memory.grow (i32.const 10)))
        (func (export "sum") (result i64) (local $at i32) (local $sum i64)
            (loop $more
                (local.set $sum (i64.or (local.get $sum) (i64.load (local.get $at))))
                (local.set $at (i32.add (local.get $at) (i32.const 8)))
                (br_if $more (i32.lt_u (local.get $at) (i32.mul (memory.size) (i32.const 65536)))))
            (local.get $sum))
        (func (export "read") (param i32) (result i32) (i32.load8_u (local.get 0))))"#;

    #[test]
    fn a_memory_that_is_used_again_is_zero_and_ends_where_it_should() {
        let engine = engine().expect("an engine");
        let module = |pages: &str| {
            let wasm = wat::parse_str(TEXT.replace("$SIZE", pages)).expect("assembled");
            Module::new(&engine, wasm).expect("compiled")
        };
        let (small, large) = (module("1"), module("20"));
        let mut places = std::collections::BTreeSet::new();
        for round in 0..12 {
            let (module, pages) = if round % 3 == 0 { (&large, 20) } else { (&small, 1) };
            let mut store = Store::new(&engine, ());
            store.set_fuel(u64::MAX).expect("fuel");
            let instance = Instance::new(&mut store, module, &[]).expect("an instance");
            places.insert(instance.get_memory(&mut store, "memory").expect("a memory").data_ptr(&store).addr());
            let sum = instance.get_typed_func::<(), i64>(&mut store, "sum").expect("sum");
            let read = instance.get_typed_func::<i32, i32>(&mut store, "read").expect("read");
            assert_eq!(sum.call(&mut store, ()).expect("it runs"), 0, "in round {round}");
            assert_eq!(read.call(&mut store, (pages << 16) - 1).expect("it runs"), 0);
            let outside = read.call(&mut store, pages << 16).expect_err("outside");
            assert_eq!(outside.downcast_ref(), Some(&Trap::MemoryOutOfBounds), "in round {round}");

            let mut store = Store::new(&engine, ());
            store.set_fuel(u64::MAX).expect("fuel");
            let instance = Instance::new(&mut store, module, &[]).expect("an instance");
            let call = |store: &mut Store<()>, name: &str| {
                let function = instance.get_func(&mut *store, name).expect("a function");
                let mut results = vec![wasmtime::Val::I64(0); function.ty(&*store).results().len()];
                function.call(store, &[], &mut results).expect("it runs");
                results.first().and_then(|result| result.i32())
            };
            assert_eq!(call(&mut store, "grow"), Some(pages));
            let sum = instance.get_typed_func::<(), i64>(&mut store, "sum").expect("sum");
            assert_eq!(sum.call(&mut store, ()).expect("it runs"), 0, "what it grew by, in round {round}");
            assert_eq!(call(&mut store, "fill"), None);
            let read = instance.get_typed_func::<i32, i32>(&mut store, "read").expect("read");
            assert_eq!(read.call(&mut store, ((pages + 10) << 16) - 1).expect("it runs"), 255);
            assert!(read.call(&mut store, (pages + 10) << 16).is_err());
        }
        assert!(places.len() <= 2, "memories at {places:x?}");
    }
}
