//! What triage keeps in memory: the current model of each workspace that has one, and its newest tickets by meaning.
//! Rule: bounded in workspaces; what is not here is read from rows, and a change of settings is forgotten at once here and
//! noticed elsewhere within a second.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use base::{Result, Time};
use knowledge::Library;
use ml::{Classifier, Vector};
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use trust::Cx;
use trust::nouns::{TicketId, WorkspaceId};

use super::ModelId;
use super::models;
use super::near::Recent;
use super::report::Near;
use super::settings::{self, Known};

/// Texts that are read at once.
const AT_ONCE: usize = 2;
/// Workspaces whose models are in memory.
const WORKSPACES: usize = 64;

/// The room of triage in one process.
pub struct Room {
    library: Library,
    slots: Semaphore,
    known: Mutex<HashMap<WorkspaceId, (Time, Arc<Known>)>>,
    classifiers: Mutex<HashMap<WorkspaceId, (ModelId, Arc<Classifier>)>>,
    recent: Mutex<HashMap<WorkspaceId, Recent>>,
    training: Training,
}

/// The workspaces that are trained at this moment.
#[derive(Default)]
struct Training(Arc<Mutex<HashSet<WorkspaceId>>>);

/// The only place for training a workspace; it is free again when this is dropped, however the training ended.
pub(crate) struct Place {
    of: Arc<Mutex<HashSet<WorkspaceId>>>,
    workspace: WorkspaceId,
}

impl Training {
    fn begin(&self, workspace: WorkspaceId) -> Option<Place> {
        self.0.lock().insert(workspace).then(|| Place { of: self.0.clone(), workspace })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.of.lock().remove(&self.workspace);
    }
}

impl Room {
    /// A room beside the library, whose model it shares.
    pub fn new(library: Library) -> Room {
        Room {
            library,
            slots: Semaphore::new(AT_ONCE),
            known: Mutex::default(),
            classifiers: Mutex::default(),
            recent: Mutex::default(),
            training: Training::default(),
        }
    }

    pub(crate) fn library(&self) -> &Library {
        &self.library
    }

    /// Waits for a turn to read a text.
    pub(crate) async fn turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.slots.acquire().await.ok()
    }

    /// What the workspace has set, a second old at most.
    pub(crate) async fn known(&self, cx: &Cx) -> Result<Arc<Known>> {
        let now = cx.env().now();
        if let Some((at, known)) = self.known.lock().get(&cx.workspace())
            && *at <= now
            && now < at.plus_seconds(1)
        {
            return Ok(known.clone());
        }
        let known = Arc::new(cx.read(settings::known_with_names).await?);
        bounded(&mut self.known.lock(), cx.workspace()).insert(cx.workspace(), (now, known.clone()));
        Ok(known)
    }

    /// Forgets what a workspace has set.
    pub(crate) fn forget(&self, workspace: WorkspaceId) {
        self.known.lock().remove(&workspace);
    }

    /// The current model; read when it is not in memory.
    pub(crate) async fn classifier(&self, cx: &Cx, id: ModelId) -> Result<Option<Arc<Classifier>>> {
        if let Some((known, classifier)) = self.classifiers.lock().get(&cx.workspace())
            && *known == id
        {
            return Ok(Some(classifier.clone()));
        }
        let Some(bytes) = cx.read(move |tx, cx| models::weights(tx, cx, id)).await? else { return Ok(None) };
        let read = tokio::task::spawn_blocking(move || Classifier::from_bytes(&bytes)).await;
        let Some(classifier) = read.ok().flatten().map(Arc::new) else { return Ok(None) };
        bounded(&mut self.classifiers.lock(), cx.workspace()).insert(cx.workspace(), (id, classifier.clone()));
        Ok(Some(classifier))
    }

    /// Newest tickets that say nearly the same.
    pub(crate) async fn near(&self, cx: &Cx, vector: &Vector) -> Result<Vec<Near>> {
        let (workspace, now) = (cx.workspace(), cx.env().now());
        let known = self.recent.lock().get(&workspace).map(|recent| recent.since(now));
        let since = known.unwrap_or_else(|| Recent::begin(now).since(now));
        // Read without the lock: who arrives meanwhile is there, or is read.
        let read = match since {
            Some(since) => cx.read(move |tx, cx| Recent::read(tx, cx, since)).await?,
            None => Vec::new(),
        };
        let mut all = self.recent.lock();
        let recent = bounded(&mut all, workspace).entry(workspace).or_insert_with(|| Recent::begin(now));
        if since.is_some() {
            recent.take_in(read, now);
        }
        Ok(recent.near(vector, now))
    }

    /// Remembers a ticket that arrived.
    pub(crate) fn arrived(&self, workspace: WorkspaceId, ticket: TicketId, at: Time, vector: Vector) {
        if let Some(recent) = self.recent.lock().get_mut(&workspace) {
            recent.add(ticket, at, vector);
        }
    }

    /// Takes the only place for training a workspace; none when it is taken.
    pub(crate) fn start_training(&self, workspace: WorkspaceId) -> Option<Place> {
        self.training.begin(workspace)
    }
}

/// Empties a map that holds too many workspaces; what is needed again is read again.
fn bounded<T>(map: &mut HashMap<WorkspaceId, T>, next: WorkspaceId) -> &mut HashMap<WorkspaceId, T> {
    if map.len() >= WORKSPACES && !map.contains_key(&next) {
        map.clear();
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_training_that_is_broken_off_gives_its_place_back() {
        let (training, workspace) = (Training::default(), WorkspaceId::from_uuid(uuid::Uuid::from_u128(7)));
        let place = training.begin(workspace).unwrap();
        assert!(training.begin(workspace).is_none(), "one at a time");
        let task = tokio::spawn(async move {
            let _place = place;
            std::future::pending::<()>().await;
        });
        task.abort();
        task.await.unwrap_err();
        assert!(training.begin(workspace).is_some());
    }
}
