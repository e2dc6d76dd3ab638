//! The lanes of an engine and the threads that serve them; the same for both engines.

use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::Mutex;

use super::Task;
use crate::queue::{Lane, Queue};

/// One lane's line.
pub(super) type Line = Arc<Queue<Box<dyn Task>>>;

/// Three lines and whoever serves them.
pub(super) struct Lanes {
    write: Line,
    read: Line,
    long: Line,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Lanes {
    /// Empty lines, each with room for `limit` units of work.
    pub(super) fn new(limit: usize) -> Lanes {
        let line = || Arc::new(Queue::new(limit));
        Lanes { write: line(), read: line(), long: line(), threads: Mutex::default() }
    }

    /// The line of a lane.
    pub(super) fn line(&self, lane: Lane) -> &Line {
        match lane {
            Lane::Read => &self.read,
            Lane::Write => &self.write,
            Lane::Long => &self.long,
        }
    }

    /// Starts a thread that is waited for at the end.
    pub(super) fn spawn(&self, name: &str, run: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run)?;
        self.threads.lock().push(thread);
        Ok(())
    }

    /// Takes no more work, finishes what is in line, and ends the threads.
    pub(super) fn close(&self) {
        for line in [&self.write, &self.read, &self.long] {
            line.close();
        }
        for thread in self.threads.lock().drain(..) {
            drop(thread.join());
        }
    }
}
