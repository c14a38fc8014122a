//! A line on the terminal while a command takes longer than a moment.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Nothing is shown for what ends sooner.
const PATIENCE: Duration = Duration::from_secs(1);
const INTERVAL: Duration = Duration::from_millis(250);

/// Shows what is being done until it is dropped, and leaves no trace.
pub(super) struct Progress {
    line: Option<(Sender<&'static str>, JoinHandle<()>)>,
}

impl Progress {
    /// A line on standard error, if that is a terminal and something may be said there.
    pub(super) fn new(quiet: bool) -> Self {
        let is_shown = !quiet && std::io::stderr().is_terminal();
        let start = || {
            let (sender, receiver) = mpsc::channel();
            let thread = std::thread::Builder::new().spawn(move || show(&receiver)).ok()?;
            Some((sender, thread))
        };
        Self { line: is_shown.then(start).flatten() }
    }

    /// Says what is done now.
    pub(super) fn step(&self, what: &'static str) {
        if let Some((sender, _)) = &self.line {
            // Without the line there is nobody to tell.
            let _ = sender.send(what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.line.take() {
            drop(sender);
            let _ = thread.join();
        }
    }
}

fn show(steps: &mpsc::Receiver<&'static str>) {
    let start = Instant::now();
    let mut step = "";
    let mut is_drawn = false;
    loop {
        match steps.recv_timeout(INTERVAL) {
            Ok(next) => step = next,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if start.elapsed() >= PATIENCE {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K{step} … {} s", start.elapsed().as_secs());
            is_drawn = true;
        }
    }
    if is_drawn {
        let _ = write!(std::io::stderr(), "\r\u{1b}[K");
    }
}
