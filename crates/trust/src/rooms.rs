//! What domains keep in memory in this process (models, indexes), for jobs and verbs that have only the house.
//! Rule: one room of each type; whoever needs one that is not there goes on without it.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

/// The rooms of a process.
#[derive(Default)]
pub struct Rooms(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Rooms {
    /// Puts a room up; a second one of its type takes its place.
    pub fn put<T: Send + Sync + 'static>(&self, room: T) {
        self.0.lock().insert(TypeId::of::<T>(), Arc::new(room));
    }

    /// The room of a type.
    pub fn find<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.0.lock().get(&TypeId::of::<T>()).cloned()?.downcast().ok()
    }
}
