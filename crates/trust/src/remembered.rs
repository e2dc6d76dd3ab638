//! What workspaces have set (rules, policies, queues), read a moment ago and compiled, for paths that need it at every request.
//! Rule: the process that changes a setting forgets it at once; what another process changed is noticed within a second.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use base::Time;
use parking_lot::Mutex;

use crate::nouns::WorkspaceId;

/// Seconds after which a setting is read again.
const TRUSTED_SECONDS: i64 = 1;
/// Settings remembered; beyond that all are forgotten, which costs one more read each.
const REMEMBERED: usize = 10_000;

/// The note a verb leaves: settings of this workspace have changed.
#[derive(Clone, Copy, Debug)]
pub struct SettingsChanged(pub WorkspaceId);

/// What this process read lately, a value of each type for each workspace.
#[derive(Default)]
pub struct Remembered(Mutex<State>);

type Kept = (Time, Arc<dyn Any + Send + Sync>);

#[derive(Default)]
struct State {
    /// How often something was forgotten: what was read before the last time is not remembered.
    age: u64,
    kept: HashMap<(WorkspaceId, TypeId), Kept>,
}

impl Remembered {
    /// Forgets a workspace; called after a commit that changed its settings.
    pub fn forget(&self, workspace: WorkspaceId) {
        let mut state = self.0.lock();
        state.age += 1;
        state.kept.retain(|(of, _), _| *of != workspace);
    }

    /// The value when it is known and fresh, and the age to hand to `remember` when not.
    pub(crate) fn find<T: Send + Sync + 'static>(&self, workspace: WorkspaceId, now: Time) -> (Option<Arc<T>>, u64) {
        let state = self.0.lock();
        let known = state.kept.get(&(workspace, TypeId::of::<T>()));
        let fresh = known.filter(|(read_at, _)| *read_at <= now && now < read_at.plus_seconds(TRUSTED_SECONDS));
        (fresh.and_then(|(_, value)| value.clone().downcast().ok()), state.age)
    }

    /// Remembers what was read, unless something was forgotten meanwhile.
    pub(crate) fn remember<T: Send + Sync + 'static>(
        &self,
        workspace: WorkspaceId,
        read_at: Time,
        value: &Arc<T>,
        age: u64,
    ) {
        let mut state = self.0.lock();
        if state.age != age {
            return;
        }
        if state.kept.len() >= REMEMBERED {
            state.kept.clear();
        }
        state.kept.insert((workspace, TypeId::of::<T>()), (read_at, value.clone()));
    }
}
