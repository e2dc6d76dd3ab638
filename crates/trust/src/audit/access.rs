//! Reading the access log, newest first; the reading itself is an entry.

use base::{Cursor, Page, Result, Time};
use db::Tx;
use uuid::Uuid;

use crate::access::Right;
use crate::house::Cx;
use crate::log::Outcome;
use crate::paging::PageQuery;

/// An entry of the access log.
#[derive(Debug)]
pub(super) struct Access {
    pub(super) seq: i64,
    pub(super) at: Time,
    pub(super) actor_kind: String,
    pub(super) actor: Option<Uuid>,
    pub(super) action: String,
    pub(super) object: Option<Uuid>,
    pub(super) outcome: Outcome,
    pub(super) via: String,
}

/// A page of the log, written down before it is answered.
pub(super) fn read(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<Access>> {
    cx.require(Right::AuditRead)?;
    let limit = page.limit()?;
    let before = page.cursor()?.map_or(i64::MAX, |cursor| cursor.key);
    let found = tx.all(
        "SELECT seq, at, actor_kind, actor_id, action, object_id, outcome, via FROM access_log \
         WHERE workspace_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
        &[&cx.workspace(), &before, &i64::try_from(limit + 1).unwrap_or(1)],
        |row| {
            Ok(Access {
                seq: row.get(0)?,
                at: row.get(1)?,
                actor_kind: row.get(2)?,
                actor: row.get(3)?,
                action: row.get(4)?,
                object: row.get(5)?,
                outcome: row.get(6)?,
                via: row.get(7)?,
            })
        },
    )?;
    cx.house().access_log.write_now(tx, &cx.actor, "access_log.read", None)?;
    Ok(Page::cut(found, limit, |entry| Cursor { key: entry.seq, id: Uuid::nil() }.encode()))
}
