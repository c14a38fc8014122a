//! Work on threads of their own with a chosen stack, rather than on a shared pool: a pool's worker that waits for facts
//! could pick up another task that needs these very facts, and wait for itself. Who hands out work takes part in it where
//! its own stack is large enough.
//!
//! Where a choice is left, a thread is started only if a processor has nothing to do. One more would share a processor,
//! and when the other falls idle, Linux may leave both where they are for some milliseconds; a thread that starts while
//! one is idle begins there.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle};

/// Bytes of the largest stack that some work needs.
pub(crate) const LARGEST_STACK: usize = 256 << 20;

/// Bytes of stack of the other thread where two things are done at once.
const OTHER_STACK: usize = 2 << 20;

/// Busy threads of this process, beyond which no more are started.
const MOST_THREADS: usize = 16;

/// Threads started here that do not wait for others here. Those that wait for a fact count as busy.
static BUSY: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Bytes of this thread's stack, where it was started here.
    static STACK: Cell<usize> = const { Cell::new(0) };
}

/// Counts a thread as busy until it is dropped.
struct Busy;

impl Busy {
    fn new() -> Self {
        BUSY.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts this thread as not busy until it is dropped.
struct Waiting;

impl Waiting {
    /// None on a thread that is not counted.
    fn new() -> Option<Self> {
        (STACK.get() > 0).then(|| {
            BUSY.fetch_sub(1, Ordering::Relaxed);
            Self
        })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        BUSY.fetch_add(1, Ordering::Relaxed);
    }
}

/// Does something on a thread with a stack of so many bytes: on this one where it has them, or where the system has no
/// other left.
pub(crate) fn with_stack<R: Send>(stack: usize, action: impl Fn() -> R + Sync) -> R {
    if STACK.get() >= stack {
        return action();
    }
    std::thread::scope(|scope| match spawn(scope, stack, &action) {
        Some(thread) => join(thread),
        None => action(),
    })
}

/// Starts a thread with a stack of so many bytes; none where the system has none left.
pub(crate) fn spawn<'scope, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    stack: usize,
    action: impl FnOnce() -> R + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, R>> {
    Builder::new().stack_size(stack).spawn_scoped(scope, counted(stack, action)).ok()
}

/// What is to be done ahead, and how many threads do so.
struct Ahead {
    threads: usize,
    next: VecDeque<Box<dyn FnOnce() + Send>>,
}

static AHEAD: Mutex<Ahead> = Mutex::new(Ahead { threads: 0, next: VecDeque::new() });

/// Does something that others would have to do later: at once where there is a processor for it, else after what is being
/// done ahead already. Nobody may rely on it: where the system has no threads left, it is not done.
pub(crate) fn ahead(action: impl FnOnce() + Send + 'static) {
    let mut ahead = AHEAD.lock().unwrap_or_else(PoisonError::into_inner);
    ahead.next.push_back(Box::new(action));
    if ahead.threads == 0 || idle() > 0 {
        ahead.threads += 1;
        drop(ahead);
        let one = AheadThread;
        drop(Builder::new().stack_size(LARGEST_STACK).spawn(counted(LARGEST_STACK, move || one.run())));
    }
}

/// A thread that does what is to be done ahead, until nothing is left.
struct AheadThread;

impl AheadThread {
    fn run(self) {
        loop {
            let mut ahead = AHEAD.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(action) = ahead.next.pop_front() else {
                // While nobody can ask for more.
                ahead.threads -= 1;
                std::mem::forget(self);
                return;
            };
            drop(ahead);
            action();
        }
    }
}

impl Drop for AheadThread {
    /// It could not be started, or panicked.
    fn drop(&mut self) {
        let mut ahead = AHEAD.lock().unwrap_or_else(PoisonError::into_inner);
        ahead.threads -= 1;
        if ahead.threads == 0 {
            ahead.next.clear();
        }
    }
}

/// What a thread with a stack of so many bytes does, which counts as busy from now on.
fn counted<R>(stack: usize, action: impl FnOnce() -> R) -> impl FnOnce() -> R {
    let busy = Busy::new();
    move || {
        let _busy = busy;
        STACK.set(stack);
        action()
    }
}

/// Waits for a thread. What made it panic makes this one panic.
pub(crate) fn join<R>(thread: ScopedJoinHandle<'_, R>) -> R {
    let _waiting = Waiting::new();
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Does two things at once, the first on another thread; or one after the other on this thread, where there is no
/// processor or no thread left for both.
pub(crate) fn both<A: Send, B>(first: impl Fn() -> A + Sync, second: impl FnOnce() -> B) -> (A, B) {
    if idle() == 0 {
        return (first(), second());
    }
    std::thread::scope(|scope| {
        let worker = spawn(scope, OTHER_STACK, &first);
        let second = second();
        (worker.map_or_else(&first, join), second)
    })
}

/// Processors that have nothing to do, as far as this process knows.
fn idle() -> usize {
    // To ask the system means to read what limits the process's control groups.
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    let processors = *PROCESSORS.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from));
    processors.min(MOST_THREADS).saturating_sub(BUSY.load(Ordering::Relaxed))
}

/// Does something for each item and gives the results in the items' order. Each thread has a workspace that it hands
/// from item to item. Where the system has no threads left, the work is done here.
pub(crate) fn map<I: Sync, W, R: Send>(
    items: &[I],
    stack: usize,
    workspace: impl Fn() -> W + Sync,
    action: impl Fn(&mut W, &I) -> R + Sync,
) -> Vec<R> {
    let work = Work::new(items.len());
    work.take_part(stack, workspace, |workspace, index| action(workspace, &items[index]));
    let mut results = work.finish();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Some pieces of work that threads do together which need the results, rather than wait for the first that came. No piece
/// may need the results of all: it would wait for itself.
pub(crate) struct Work<R> {
    pieces: usize,
    next: AtomicUsize,
    done: Mutex<Done<R>>,
    /// Told when a thread has no piece left to begin.
    is_over: Condvar,
}

struct Done<R> {
    /// By piece.
    results: Vec<(usize, R)>,
    /// Whether a result will never come: its thread panicked, or somebody has taken it.
    is_broken: bool,
}

impl<R: Send> Work<R> {
    pub(crate) fn new(pieces: usize) -> Self {
        let done = Mutex::new(Done { results: Vec::with_capacity(pieces), is_broken: false });
        Self { pieces, next: AtomicUsize::new(0), done, is_over: Condvar::new() }
    }

    /// Does what no other thread has begun, on this thread and on others with a stack of so many bytes. Other threads may
    /// not be done yet when this returns.
    pub(crate) fn take_part<W>(
        &self,
        stack: usize,
        workspace: impl Fn() -> W + Sync,
        action: impl Fn(&mut W, usize) -> R + Sync,
    ) {
        let left = self.left();
        if left == 0 {
            return;
        }
        let work = |before_each: &mut dyn FnMut()| {
            let mut part = Part { work: self, results: Vec::new(), is_whole: false };
            let mut workspace = workspace();
            loop {
                let index = self.next.fetch_add(1, Ordering::Relaxed);
                if index >= self.pieces {
                    part.is_whole = true;
                    return;
                }
                before_each();
                part.results.push((index, action(&mut workspace, index)));
            }
        };
        let alone = || work(&mut || ());
        let takes_part = STACK.get() >= stack;
        let more = if takes_part { idle().min(left - 1) } else { idle().clamp(1, left) };
        std::thread::scope(|scope| {
            // Processors fall idle while there is still work.
            let with_others = || {
                let mut others = Vec::new();
                work(&mut || {
                    if self.left() > 0 && idle() > 0 {
                        others.extend(spawn(scope, stack, alone));
                    }
                });
                others.into_iter().for_each(join);
            };
            let workers: Vec<_> = (0..more).filter_map(|_| spawn(scope, stack, with_others)).collect();
            if takes_part || workers.is_empty() {
                with_others();
            }
            workers.into_iter().for_each(join);
        });
    }

    /// How many pieces nobody has begun.
    fn left(&self) -> usize {
        self.pieces.saturating_sub(self.next.load(Ordering::Relaxed))
    }

    /// Waits until all is done. Gives each piece's result to the first who asks, in any order; whoever asks later panics.
    pub(crate) fn finish(&self) -> Vec<(usize, R)> {
        let mut done = self.lock();
        let is_done = |done: &Done<R>| done.is_broken || done.results.len() == self.pieces;
        if !is_done(&done) {
            let _waiting = Waiting::new();
            done = self.is_over.wait_while(done, |done| !is_done(done)).unwrap_or_else(PoisonError::into_inner);
        }
        assert!(!done.is_broken, "a thread panicked that did a part of some work");
        done.is_broken = true;
        std::mem::take(&mut done.results)
    }

    fn lock(&self) -> MutexGuard<'_, Done<R>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one thread does of some work, handed in when it is dropped.
struct Part<'w, R: Send> {
    work: &'w Work<R>,
    results: Vec<(usize, R)>,
    is_whole: bool,
}

impl<R: Send> Drop for Part<'_, R> {
    fn drop(&mut self) {
        let mut done = self.work.lock();
        done.results.append(&mut self.results);
        done.is_broken |= !self.is_whole;
        drop(done);
        self.work.is_over.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Barrier;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    const STACK: usize = 1 << 20;

    #[test]
    fn results_come_in_the_order_of_their_items() {
        let items: Vec<usize> = (0..1_000).collect();
        assert_eq!(map(&items, STACK, || (), |(), item| item * 2), (0..2_000).step_by(2).collect::<Vec<_>>());
        assert_eq!(map(&items, STACK, || 0, |seen, _| std::mem::replace(seen, 1)).iter().min(), Some(&0));
        assert_eq!(map(&[(); 0], STACK, || (), |(), ()| ()), []);
        assert_eq!(both(|| 1, || 2), (1, 2));
    }

    #[test]
    fn who_needs_some_work_takes_part_in_it() {
        let work = Work::new(2);
        // Each waits for the other: one thread alone would never be done with its first piece.
        let barrier = Barrier::new(2);
        let take_part = || {
            with_stack(STACK, || {
                work.take_part(
                    STACK,
                    || (),
                    |(), piece| {
                        barrier.wait();
                        piece
                    },
                );
            });
        };
        std::thread::scope(|scope| {
            scope.spawn(take_part);
            take_part();
            assert_eq!(work.finish().into_iter().map(|(piece, result)| piece + result).sum::<usize>(), 2);
        });
        assert!(catch_unwind(AssertUnwindSafe(|| work.finish())).is_err());
        work.take_part(STACK, || (), |(), _| panic!("nothing is left"));
    }

    #[test]
    fn nobody_waits_for_a_thread_that_panicked() {
        let work = Work::new(3);
        let take_part = || work.take_part(STACK, || (), |(), piece| assert_ne!(piece, 1));
        assert!(catch_unwind(AssertUnwindSafe(take_part)).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| work.finish())).is_err());
    }

    #[test]
    fn work_ahead_is_done_one_after_the_other_or_at_once() {
        let (sender, receiver) = mpsc::channel();
        for number in 0..50 {
            let sender = sender.clone();
            ahead(move || sender.send(number).expect("sent"));
        }
        let mut done: Vec<i32> =
            (0..50).map(|_| receiver.recv_timeout(Duration::from_secs(60)).expect("done")).collect();
        done.sort_unstable();
        assert_eq!(done, (0..50).collect::<Vec<_>>());
    }
}
