//! Conditions of rules, compiled once per version in this process.

use std::collections::HashMap;
use std::sync::LazyLock;

use parking_lot::Mutex;
use rules::{Condition, Fault};
use trust::nouns::WorkspaceId;

use super::RuleId;
use crate::facts::TICKET;

/// Conditions kept; beyond that all are let go, which costs compiling them again.
const KEPT: usize = 5_000;

type Key = (WorkspaceId, RuleId, i64);
static COMPILED: LazyLock<Mutex<HashMap<Key, Condition>>> = LazyLock::new(Mutex::default);

/// The condition of a version of a rule; nothing when it has none.
pub(super) fn condition(
    workspace: WorkspaceId,
    rule: RuleId,
    version: i64,
    source: &str,
) -> Result<Option<Condition>, Fault> {
    if source.is_empty() {
        return Ok(None);
    }
    let key = (workspace, rule, version);
    if let Some(known) = COMPILED.lock().get(&key) {
        return Ok(Some(known.clone()));
    }
    let condition = Condition::compile(source, &TICKET)?;
    let mut kept = COMPILED.lock();
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(key, condition.clone());
    Ok(Some(condition))
}
