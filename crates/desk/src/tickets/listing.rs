//! Lists of tickets: newest opened first, by view or filter, a page at a time.
//! Rule: every list has an index that gives its order, so that a page costs the same at any size.

use base::{Cursor, Result};
use db::{Query, Tx};
use trust::access::Reach;
use trust::nouns::{CustomerId, MemberId, TeamId};

use super::ticket::{COLUMNS, Ticket};
use super::words::Status;

base::words! {
    /// A built-in view.
    pub enum View {
        /// Open ones assigned to the reader.
        Mine = "mine",
        /// Open ones assigned to nobody.
        Unassigned = "unassigned",
        /// Everything with work left.
        Open = "open",
        /// Everything.
        All = "all",
    }
}

/// What a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The built-in view.
    pub view: Option<View>,
    /// The status.
    pub status: Option<Status>,
    /// The team.
    pub team: Option<TeamId>,
    /// The assignee.
    pub assignee: Option<MemberId>,
    /// The customer.
    pub customer: Option<CustomerId>,
}

/// Up to `limit` + 1 tickets of a list after a place.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    reach: &Reach,
    filter: &Filter,
    me: Option<MemberId>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Ticket>> {
    tx.all_of(&query(reach, filter, me, after, limit), Ticket::read)
}

/// The query of a list, for running and for explaining.
pub fn query(reach: &Reach, filter: &Filter, me: Option<MemberId>, after: Option<Cursor>, limit: usize) -> Query {
    let mut query = Query::new(&format!("SELECT {COLUMNS} FROM ticket t WHERE t.workspace_id = "));
    query.bind(reach.workspace());
    narrow(&mut query, filter, me);
    reach.limit(&mut query, "t");
    if let Some(after) = after {
        query.push(" AND (t.opened_at, t.id) < (").bind(after.key).push(", ").bind(after.id).push(")");
    }
    query.push(" ORDER BY t.opened_at DESC, t.id DESC LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(101));
    query
}

/// Adds the conditions of a filter, written as the indexes are.
fn narrow(query: &mut Query, filter: &Filter, me: Option<MemberId>) {
    query.push(" AND t.deleted_at IS NULL");
    match filter.view {
        None | Some(View::All) => {}
        Some(View::Open) => drop(query.push(" AND t.is_open = 1")),
        Some(View::Unassigned) => drop(query.push(" AND t.is_open = 1 AND t.assignee_id IS NULL")),
        Some(View::Mine) => drop(query.push(" AND t.is_open = 1 AND t.assignee_id = ").bind(me)),
    }
    if let Some(status) = filter.status {
        query.push(" AND t.status = ").bind(status);
    }
    if let Some(team) = filter.team {
        query.push(" AND t.team_id = ").bind(team);
    }
    if let Some(assignee) = filter.assignee {
        query.push(" AND t.assignee_id = ").bind(assignee);
    }
    if let Some(customer) = filter.customer {
        query.push(" AND t.customer_id = ").bind(customer);
    }
}

/// The place after a ticket.
pub(crate) fn place_after(ticket: &Ticket) -> Cursor {
    Cursor { key: ticket.opened_at.micros(), id: ticket.id.uuid() }
}
