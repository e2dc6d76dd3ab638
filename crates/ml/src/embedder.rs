//! Who embeds: loads the model when the first text comes, lets it go when it has rested, and lets no more texts in at
//! once than there are processors. All calls block.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use base::Result;
use parking_lot::{Condvar, Mutex};
use rten::ThreadPool;

use crate::codes::{EMBEDDING_STOPPED, MODEL_ABSENT, MODEL_BUSY, MODEL_WRONG};
use crate::model::{LENGTH, Model};
use crate::vector::Vector;

/// How the model stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// No file in any of the places.
    Absent {
        /// The places, best first.
        looked_in: Vec<PathBuf>,
    },
    /// A file that is not the model.
    Wrong {
        /// Where it lies.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A file that is used.
    Ready {
        /// Where it lies.
        path: PathBuf,
        /// True while it is in memory.
        loaded: bool,
    },
}

/// Ends a batch from another thread.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// The batch ends after the texts it is at.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The embedder of a process; clones are the same one.
#[derive(Clone)]
pub struct Embedder(Arc<Inner>);

struct Inner {
    places: Vec<PathBuf>,
    state: Mutex<State>,
    slots: Mutex<Vec<Arc<ThreadPool>>>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    model: Option<Arc<Model>>,
    wrong: Option<Wrong>,
    used: Option<Instant>,
}

/// A file that failed, so that it is not read again for every question.
#[derive(Clone)]
struct Wrong {
    path: PathBuf,
    changed: Option<SystemTime>,
    cause: String,
}

impl Embedder {
    /// An embedder that looks for its file in these places, when it is first needed.
    pub fn new(places: Vec<PathBuf>) -> Embedder {
        // One thread per text: two threads on one text cost more than two texts.
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        let slots = (0..count).map(|_| Arc::new(ThreadPool::with_num_threads(1))).collect();
        Embedder(Arc::new(Inner { places, state: Mutex::default(), slots: Mutex::new(slots), freed: Condvar::new() }))
    }

    /// True when a file that could be the model lies in one of the places.
    pub fn is_there(&self) -> bool {
        matches!(self.status(), Status::Ready { .. })
    }

    /// How the model stands: by the file's length, and by its hash once it was loaded.
    pub fn status(&self) -> Status {
        let Some(path) = self.0.found() else {
            return Status::Absent { looked_in: self.0.places.clone() };
        };
        let state = self.0.state.lock();
        if let Some(wrong) = state.wrong.as_ref().filter(|wrong| wrong.is_still(&path)) {
            return Status::Wrong { path, cause: wrong.cause.clone() };
        }
        match fs::metadata(&path).map(|file| file.len()) {
            Ok(LENGTH) => Status::Ready { path, loaded: state.model.is_some() },
            Ok(length) => Status::Wrong { path, cause: format!("it has {length} bytes instead of {LENGTH}") },
            Err(cause) => Status::Wrong { path, cause: cause.to_string() },
        }
    }

    /// Loads the model now and checks every byte of it.
    pub fn check(&self) -> Result<()> {
        self.0.model().map(drop)
    }

    /// The meaning of one text; its first 256 tokens count. Waits at most `patience` for its turn.
    pub fn embed(&self, text: &str, patience: Duration) -> Result<Vector> {
        let model = self.0.model()?;
        let slot = self.0.take(patience).ok_or_else(|| MODEL_BUSY.error().retry_in(1))?;
        let vector = model.embed(text, &slot);
        self.0.give(slot);
        vector
    }

    /// The meanings of many texts, in their order, on at most `threads` threads of its own. `stop` is looked at before
    /// each text, `told` hears how many are done.
    pub fn embed_all(
        &self,
        texts: &[String],
        threads: usize,
        stop: &Stop,
        told: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Vector>> {
        let model = self.0.model()?;
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let share = || self.share(&model, texts, (&next, &done), stop, told);
        let shares = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads.clamp(1, texts.len().max(1))).map(|_| scope.spawn(share)).collect();
            let mut shares = vec![share()];
            shares.extend(others.into_iter().map(|other| other.join().unwrap_or_else(|_| Err(MODEL_BUSY.error()))));
            shares
        });
        let mut all: Vec<(usize, Vector)> =
            shares.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        if all.len() < texts.len() {
            return Err(EMBEDDING_STOPPED.error());
        }
        all.sort_unstable_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, vector)| vector).collect())
    }

    /// What one thread does of a batch: the next text, until there is none.
    fn share(
        &self,
        model: &Model,
        texts: &[String],
        (next, done): (&AtomicUsize, &AtomicUsize),
        stop: &Stop,
        told: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<(usize, Vector)>> {
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        let mut found = Vec::new();
        while !stop.is_stopped() {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(text) = texts.get(at) else { break };
            found.push((at, model.embed(text, &pool)?));
            self.0.touch();
            told(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
        Ok(found)
    }

    /// Lets the model's memory go when nothing was embedded for `idle`; true when it is out of memory.
    pub fn rest(&self, idle: Duration) -> bool {
        let mut state = self.0.state.lock();
        if state.used.is_none_or(|used| used.elapsed() >= idle) {
            state.model = None;
        }
        state.model.is_none()
    }
}

impl Inner {
    fn found(&self) -> Option<PathBuf> {
        self.places.iter().find(|place| place.is_file()).cloned()
    }

    /// The model, loaded when it is not in memory. Others wait here while it loads.
    fn model(&self) -> Result<Arc<Model>> {
        let mut state = self.state.lock();
        state.used = Some(now());
        if let Some(model) = &state.model {
            return Ok(model.clone());
        }
        let path = self.found().ok_or_else(|| MODEL_ABSENT.error())?;
        if let Some(wrong) = state.wrong.as_ref().filter(|wrong| wrong.is_still(&path)) {
            return Err(MODEL_WRONG.error().caused_by(&wrong.cause));
        }
        match Model::load(&path) {
            Ok(model) => {
                state.wrong = None;
                Ok(state.model.insert(Arc::new(model)).clone())
            }
            Err(error) => {
                tracing::warn!(%error, "the embedding model cannot be used");
                let cause = error.message().to_owned();
                state.wrong = Some(Wrong { changed: changed(&path), path, cause });
                Err(error)
            }
        }
    }

    fn touch(&self) {
        self.state.lock().used = Some(now());
    }

    /// A free slot, waited for.
    fn take(&self, patience: Duration) -> Option<Arc<ThreadPool>> {
        let mut slots = self.slots.lock();
        let until = now() + patience;
        loop {
            if let Some(slot) = slots.pop() {
                return Some(slot);
            }
            if self.freed.wait_until(&mut slots, until).timed_out() {
                return slots.pop();
            }
        }
    }

    fn give(&self, slot: Arc<ThreadPool>) {
        self.slots.lock().push(slot);
        self.freed.notify_one();
    }
}

impl Wrong {
    /// True while the file is the one that failed.
    fn is_still(&self, path: &Path) -> bool {
        self.path == path && self.changed == changed(path)
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long memory lies idle and a caller waits; nothing that is kept or shown"
)]
fn now() -> Instant {
    Instant::now()
}
