//! Moving the tickets of a category that was replaced to what took its place.
//! Rule: some tickets per transaction, in the order of an index; where it goes on is in the job, so a crash loses nothing.

use std::sync::Arc;

use base::{Cursor, Result};
use db::Tx;
use jobs::{Job, Kind, NewJob, Run, enqueue};
use serde::{Deserialize, Serialize};
use taxonomy::CategoryId;
use taxonomy::categories::{Replaced, category_leads_to};
use trust::access::Via;
use trust::log::NewEvent;
use trust::nouns::{TicketId, WorkspaceId};
use trust::{Cx, House};

use crate::tickets::move_category;

const MOVE: &str = "desk.move_category";
/// Tickets that one transaction moves.
const AT_ONCE: usize = 100;

/// Which tickets are to be moved, and after which place the next ones are.
#[derive(Serialize, Deserialize)]
struct Moving {
    category: CategoryId,
    after: Option<String>,
}

pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![Kind { name: MOVE, tries: 10, run: Run::Inside(go_on) }]
}

/// Begins to move when a category was replaced.
pub(crate) fn react(tx: &mut Tx<'_>, cx: &Cx, event: &NewEvent) -> Result<()> {
    if event.kind != Replaced::KIND {
        return Ok(());
    }
    let moving = Moving { category: base::Id::from_uuid(event.subject), after: None };
    enqueue(tx, cx.env(), cx.workspace().uuid(), &NewJob::new(MOVE, &moving))
}

fn go_on(tx: &mut Tx<'_>, house: &Arc<House>, job: &Job) -> Result<()> {
    let moving: Moving = job.payload()?;
    let cx = Cx::of_house(house, WorkspaceId::from_uuid(job.workspace), Via::Job);
    let into = category_leads_to(tx, &cx, moving.category)?;
    // Somebody brought the category back meanwhile.
    if into == moving.category {
        return Ok(());
    }
    let after = moving.after.as_deref().and_then(Cursor::decode);
    let after = after.unwrap_or(Cursor { key: i64::MIN, id: uuid::Uuid::nil() });
    let some: Vec<(i64, TicketId)> = tx.all(
        "SELECT opened_at, id FROM ticket WHERE workspace_id = $1 AND category_id = $2 AND (opened_at, id) > ($3, $4) \
         ORDER BY opened_at, id LIMIT $5",
        &[&cx.workspace(), &moving.category, &after.key, &after.id, &i64::try_from(AT_ONCE).unwrap_or(1)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (_, ticket) in &some {
        move_category(tx, &cx, *ticket, moving.category, into)?;
    }
    match some.last() {
        Some((opened_at, last)) if some.len() == AT_ONCE => {
            let after = Some(Cursor { key: *opened_at, id: last.uuid() }.encode());
            enqueue(tx, cx.env(), job.workspace, &NewJob::new(MOVE, &Moving { after, ..moving }))
        }
        _ => Ok(()),
    }
}
