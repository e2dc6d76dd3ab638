//! When tokens were last used: written at most once an hour each, after the request that noticed it went on.

use std::collections::HashMap;
use std::sync::Arc;

use base::{Result, Time};
use db::Tx;
use parking_lot::Mutex;

use crate::house::House;
use crate::nouns::{TokenId, WorkspaceId};

/// Seconds between two writes about one token.
const EVERY: i64 = 3600;
/// Tokens remembered; beyond that all are forgotten, which costs one more write each.
const REMEMBERED: usize = 10_000;

/// What this process wrote lately.
#[derive(Default)]
pub(super) struct Uses(Mutex<HashMap<TokenId, Time>>);

impl Uses {
    /// Notes that a token was used; nobody waits for it.
    pub(super) fn note(&self, house: &Arc<House>, workspace: WorkspaceId, token: TokenId) {
        let now = house.env.now();
        if !self.is_due(token, now) {
            return;
        }
        let house = house.clone();
        tokio::spawn(async move {
            let write = move |tx: &mut Tx<'_>| write_down(tx, workspace, token, now);
            if let Err(error) = house.db.write(workspace.uuid(), write).await {
                tracing::debug!(code = error.name(), "the last use of a token was not written");
            }
        });
    }

    fn is_due(&self, token: TokenId, now: Time) -> bool {
        let mut known = self.0.lock();
        let is_due = known.get(&token).is_none_or(|at| now >= at.plus_seconds(EVERY));
        if is_due {
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(token, now);
        }
        is_due
    }
}

fn write_down(tx: &mut Tx<'_>, workspace: WorkspaceId, token: TokenId, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE api_token SET used_at = $1 WHERE workspace_id = $2 AND id = $3 AND (used_at IS NULL OR used_at < $4)",
        &[&now, &workspace, &token, &now.plus_seconds(-EVERY)],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_token_is_written_down_once_an_hour() {
        let uses = Uses::default();
        let token = TokenId::from_uuid(uuid::Uuid::from_u128(1));
        let start = Time::from_micros(0);
        assert!(uses.is_due(token, start));
        assert!(!uses.is_due(token, start.plus_seconds(3599)));
        assert!(uses.is_due(token, start.plus_seconds(3600)));
    }
}
