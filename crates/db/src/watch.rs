//! Statements as they are run, for tests that ask the engine how it would run each of them.
//! Rule: only builds with debug assertions can look; in a release nothing of it is there.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use base::{ToValue, Value};
use parking_lot::Mutex;

use crate::Query;

static IS_ON: AtomicBool = AtomicBool::new(false);
static SEEN: Mutex<BTreeMap<String, Vec<Value<'static>>>> = Mutex::new(BTreeMap::new());

/// Begins to keep every statement of this process, with the values it is run with first.
pub fn watch() {
    IS_ON.store(true, Ordering::Release);
}

/// The statements that were kept, each once; nothing is kept any longer.
pub fn watched() -> Vec<Query> {
    IS_ON.store(false, Ordering::Release);
    let seen = std::mem::take(&mut *SEEN.lock());
    seen.into_iter().map(|(text, values)| Query::of(text, values)).collect()
}

/// Keeps a statement while somebody watches.
pub(crate) fn saw(sql: &str, values: &[&dyn ToValue]) {
    if !IS_ON.load(Ordering::Acquire) {
        return;
    }
    let mut seen = SEEN.lock();
    if !seen.contains_key(sql) {
        seen.insert(sql.to_owned(), values.iter().map(|value| value.to_value().into_owned()).collect());
    }
}
