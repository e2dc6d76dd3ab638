//! Topics inside one process: what was committed is told to whoever listens now.
//! Rule: a frame is a hint over a cursor; who was away or too slow reads again from the database.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::broadcast;
use uuid::Uuid;

/// Frames a slow listener may lag behind before it is told to read again.
const LAG: usize = 256;

/// One topic per workspace, carrying frames of `F`.
pub struct Bus<F> {
    topics: Mutex<HashMap<Uuid, broadcast::Sender<Arc<F>>>>,
}

/// Somebody listening to one topic.
pub struct Listener<F>(broadcast::Receiver<Arc<F>>);

/// What a listener hears.
pub enum Heard<F> {
    /// A frame.
    Frame(Arc<F>),
    /// Frames were missed: read again from the last cursor.
    Missed,
    /// The process is shutting down.
    Closed,
}

impl<F: Send + Sync + 'static> Default for Bus<F> {
    fn default() -> Bus<F> {
        Bus { topics: Mutex::default() }
    }
}

impl<F: Send + Sync + 'static> Bus<F> {
    /// Tells everybody who listens to `topic`.
    pub fn tell(&self, topic: Uuid, frame: F) {
        let mut topics = self.topics.lock();
        let Some(sender) = topics.get(&topic) else {
            return;
        };
        if sender.send(Arc::new(frame)).is_err() {
            // The last listener left.
            topics.remove(&topic);
        }
    }

    /// Listens to `topic` from now on.
    pub fn listen(&self, topic: Uuid) -> Listener<F> {
        let mut topics = self.topics.lock();
        Listener(topics.entry(topic).or_insert_with(|| broadcast::channel(LAG).0).subscribe())
    }

    /// Ends every listener, at shutdown.
    pub fn close(&self) {
        self.topics.lock().clear();
    }
}

impl<F> Listener<F> {
    /// Waits for the next frame.
    pub async fn next(&mut self) -> Heard<F> {
        match self.0.recv().await {
            Ok(frame) => Heard::Frame(frame),
            Err(broadcast::error::RecvError::Lagged(_)) => Heard::Missed,
            Err(broadcast::error::RecvError::Closed) => Heard::Closed,
        }
    }
}
