//! Open incidents and problems that a ticket may belong to: those with its category or one of its tags.
//! Rule: they are looked for when somebody reads, within their reach, so that one that was solved meanwhile is not offered.

use std::collections::HashSet;

use base::Result;
use db::{Query, Tx};
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::access::Reach;
use trust::nouns::TicketId;

/// Open incidents that are looked at, the newest.
const LOOKED_AT: i64 = 200;
/// Those that are offered.
const OFFERED: usize = 3;

/// The query of the newest open incidents, for running and for explaining.
pub fn incidents_query(reach: &Reach) -> Query {
    let mut query = Query::new("SELECT t.id, t.category_id FROM ticket t WHERE t.workspace_id = ");
    query.bind(reach.workspace());
    query.push(" AND t.kind IN ('incident', 'problem') AND t.is_open = 1 AND t.deleted_at IS NULL");
    reach.limit(&mut query, "t");
    query.push(" ORDER BY t.opened_at DESC, t.id DESC LIMIT ").bind(LOOKED_AT);
    query
}

/// Those that share the category, or a tag of the ticket, newest first; the ticket itself is none.
pub(super) fn alike(
    tx: &mut Tx<'_>,
    cx: &Cx,
    category: Option<CategoryId>,
    ticket: Option<TicketId>,
) -> Result<Vec<TicketId>> {
    let mut open: Vec<(TicketId, Option<CategoryId>)> =
        tx.all_of(&incidents_query(&cx.reach), |row| Ok((row.get(0)?, row.get(1)?)))?;
    open.retain(|(id, _)| Some(*id) != ticket);
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let tagged = match ticket {
        Some(ticket) => tagged_alike(tx, cx, ticket, open.iter().map(|(id, _)| *id))?,
        None => HashSet::new(),
    };
    let is_alike = |(id, of): &(TicketId, Option<CategoryId>)| (of.is_some() && *of == category) || tagged.contains(id);
    Ok(open.into_iter().filter(is_alike).map(|(id, _)| id).take(OFFERED).collect())
}

/// Those of some tickets that have a tag of this one.
fn tagged_alike(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: TicketId,
    of: impl Iterator<Item = TicketId>,
) -> Result<HashSet<TicketId>> {
    let mut query = Query::new(
        "SELECT DISTINCT o.ticket_id FROM ticket_tag own JOIN ticket_tag o ON o.workspace_id = own.workspace_id",
    );
    query.push(" AND o.tag_id = own.tag_id WHERE own.workspace_id = ").bind(cx.workspace());
    query.push(" AND own.ticket_id = ").bind(ticket).push(" AND o.ticket_id IN (").bind_list(of).push(")");
    Ok(tx.all_of(&query, |row| row.get(0))?.into_iter().collect())
}
