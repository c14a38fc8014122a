//! Work on threads of their own with a chosen stack, rather than on a shared pool: a pool's worker that waits for facts
//! could pick up another task that needs these very facts, and wait for itself. Who hands out work takes part in it where
//! its own stack is large enough.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

const MOST_THREADS: usize = 16;

thread_local! {
    /// Bytes of this thread's stack, where it was started here.
    static STACK: Cell<usize> = const { Cell::new(0) };
}

/// Does something on a thread with a stack of so many bytes: on this one where it has them, or where the system has no
/// other left.
pub(crate) fn with_stack<R: Send>(stack: usize, action: impl Fn() -> R + Sync) -> R {
    if STACK.get() >= stack {
        return action();
    }
    std::thread::scope(|scope| match spawn(scope, stack, &action) {
        Some(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        None => action(),
    })
}

/// Starts a thread with a stack of so many bytes; none where the system has none left.
pub(crate) fn spawn<'scope, R: Send + 'scope>(
    scope: &'scope std::thread::Scope<'scope, '_>,
    stack: usize,
    action: impl FnOnce() -> R + Send + 'scope,
) -> Option<std::thread::ScopedJoinHandle<'scope, R>> {
    let action = move || {
        STACK.set(stack);
        action()
    };
    std::thread::Builder::new().stack_size(stack).spawn_scoped(scope, action).ok()
}

/// Does two things at once, or one after the other where the system has no thread left.
pub(crate) fn both<A: Send, B>(first: impl Fn() -> A + Sync, second: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().spawn_scoped(scope, &first).ok();
        let second = second();
        let first = match worker {
            Some(worker) => worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            None => first(),
        };
        (first, second)
    })
}

/// How many threads are worth starting for so many items.
fn threads(items: usize) -> usize {
    // To ask the system means to read what limits the process's control groups.
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    let processors = *PROCESSORS.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from));
    processors.min(MOST_THREADS).min(items.max(1))
}

/// Does something for each item and gives the results in the items' order. Each thread has a workspace that it hands
/// from item to item. Where the system has no threads left, the work is done here.
pub(crate) fn map<I: Sync, W, R: Send>(
    items: &[I],
    stack: usize,
    workspace: impl Fn() -> W + Sync,
    action: impl Fn(&mut W, &I) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut workspace, mut done) = (workspace(), Vec::new());
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return done };
            done.push((index, action(&mut workspace, item)));
        }
    };
    let takes_part = STACK.get() >= stack;
    let more = threads(items.len()) - usize::from(takes_part);
    let mut done: Vec<(usize, R)> = Vec::with_capacity(items.len());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..more).filter_map(|_| spawn(scope, stack, work)).collect();
        if takes_part || workers.is_empty() {
            done.extend(work());
        }
        for worker in workers {
            match worker.join() {
                Ok(part) => done.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
