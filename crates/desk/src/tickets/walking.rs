//! Lists by tag, custom field, category or name of a status, and the list of what is due next: an index gives candidates in the
//! list's order, the rest of the filter is asked of each.
//! Rule: a page looks at a bounded number of candidates. One that found too few by then ends early and says where the
//! next goes on, so that a rare combination costs a reader several pages and the database never a long one.

use std::collections::HashMap;

use base::{Cursor, Page, Result};
use db::{Query, Tx};
use taxonomy::{CategoryId, FieldMatch, StatusNameId, TagId};
use trust::access::Reach;
use trust::nouns::{MemberId, TicketId, WorkspaceId};
use uuid::Uuid;

use super::listing::{Counted, Filter, Named, Sort, narrow};
use super::ticket::{COLUMNS, Ticket};
use super::words::Status;

/// Candidates looked at for one page.
const LOOKED_AT: usize = 5_000;
/// Candidates looked at for one count.
const COUNTED_OVER: usize = 20_000;
/// Candidates taken in one statement.
const AT_ONCE: usize = 500;

/// What the candidates have.
#[derive(Clone, Copy, Debug)]
pub enum Trail {
    /// A tag.
    Tag(TagId),
    /// A value of a field.
    Field(FieldMatch),
    /// A name of its status that is not the default.
    Named(StatusNameId),
    /// A status, for the default name of it.
    Status(Status),
    /// A category.
    Category(CategoryId),
    /// A promise that presses: what is broken first, then what breaks next. The clocks' own rows give the order.
    Due,
}

impl Trail {
    /// The trail of a filter by tag or field, if it is one.
    pub(super) fn of(filter: &Filter) -> Option<Trail> {
        if filter.sort == Some(Sort::Due) {
            return Some(Trail::Due);
        }
        let field = || filter.fields.first().copied().map(Trail::Field);
        let by_name =
            |named: Named| if named.is_default { Trail::Status(named.status) } else { Trail::Named(named.id) };
        let named = || filter.named.map(by_name);
        filter.tag.map(Trail::Tag).or_else(field).or_else(named).or_else(|| filter.category.map(Trail::Category))
    }

    /// The query of the next candidates after a place, for running and for explaining.
    pub fn query(self, workspace: WorkspaceId, after: Option<Cursor>, most: usize) -> Query {
        let mut query = match self {
            Trail::Tag(tag) => {
                let mut query = Query::new("SELECT opened_at, ticket_id FROM ticket_tag WHERE workspace_id = ");
                query.bind(workspace).push(" AND tag_id = ").bind(tag);
                query
            }
            Trail::Field(FieldMatch { field, key }) => {
                let mut query = Query::new("SELECT opened_at, ticket_id FROM ticket_field WHERE workspace_id = ");
                query.bind(workspace).push(" AND field_id = ").bind(field).push(" AND match_key = ").bind(key);
                query
            }
            Trail::Named(name) => {
                let mut query = Query::new("SELECT opened_at, ticket_id FROM ticket_status_name WHERE workspace_id = ");
                query.bind(workspace).push(" AND status_id = ").bind(name);
                query
            }
            Trail::Status(status) => {
                let mut query = Query::new("SELECT opened_at, id FROM ticket WHERE workspace_id = ");
                query.bind(workspace).push(" AND deleted_at IS NULL AND status = ").bind(status);
                query
            }
            Trail::Category(category) => {
                let mut query = Query::new("SELECT opened_at, id FROM ticket WHERE workspace_id = ");
                query.bind(workspace).push(" AND category_id = ").bind(category);
                query
            }
            Trail::Due => {
                let mut query = Query::new("SELECT presses_at, ticket_id FROM ticket_clock WHERE workspace_id = ");
                query.bind(workspace).push(" AND presses_at IS NOT NULL");
                query
            }
        };
        let (key, is_after, way) = self.order();
        let id = if matches!(self, Trail::Status(_) | Trail::Category(_)) { "id" } else { "ticket_id" };
        if let Some(after) = after {
            let place = format!(" AND ({key}, {id}) {is_after} (");
            query.push(&place).bind(after.key).push(", ").bind(after.id).push(")");
        }
        query.push(&format!(" ORDER BY {key} {way}, {id} {way} LIMIT ")).bind(i64::try_from(most).unwrap_or(1));
        query
    }

    /// The column that gives the order, how what follows compares, and the way.
    fn order(self) -> (&'static str, &'static str, &'static str) {
        if matches!(self, Trail::Due) { ("presses_at", ">", "ASC") } else { ("opened_at", "<", "DESC") }
    }

    fn next(self, tx: &mut Tx<'_>, reach: &Reach, after: Option<Cursor>, most: usize) -> Result<Vec<Cursor>> {
        let query = self.query(reach.workspace(), after, most);
        tx.all_of(&query, |row| Ok(Cursor { key: row.get(0)?, id: row.get(1)? }))
    }
}

/// A list that a trail leads through.
pub(super) struct Walk<'w> {
    pub(super) trail: Trail,
    pub(super) reach: &'w Reach,
    pub(super) filter: &'w Filter,
    pub(super) me: Option<MemberId>,
}

impl Walk<'_> {
    /// A page after a place.
    pub(super) fn page(&self, tx: &mut Tx<'_>, after: Option<Cursor>, limit: usize) -> Result<Page<Ticket>> {
        let (mut found, mut place, mut looked_at, mut most) = (Vec::new(), after, 0, limit + 1);
        loop {
            let candidates = self.trail.next(tx, self.reach, place, most)?;
            let Some(last) = candidates.last() else { return Ok(ended(found, None)) };
            place = Some(*last);
            looked_at += candidates.len();
            let mut some = tx.all_of(&self.chosen(COLUMNS, &candidates), Ticket::read)?;
            let places: HashMap<Uuid, (usize, Cursor)> =
                candidates.iter().enumerate().map(|(at, place)| (place.id, (at, *place))).collect();
            let place_of = |ticket: &Ticket| places.get(&ticket.id.uuid()).copied();
            some.sort_by_key(|ticket| place_of(ticket).map(|(at, _)| at));
            found.extend(some.into_iter().map(|ticket| (place_of(&ticket).map(|(_, place)| place), ticket)));
            if found.len() > limit {
                let page = Page::cut(found, limit, |(place, _)| place.map(Cursor::encode).unwrap_or_default());
                return Ok(page.map(|(_, ticket)| ticket));
            }
            if candidates.len() < most || looked_at >= LOOKED_AT {
                let next = place.filter(|_| candidates.len() == most).map(Cursor::encode);
                return Ok(ended(found, next));
            }
            most = (most * 2).min(AT_ONCE);
        }
    }

    /// Counts as far as `most` and as the candidates that may be looked at.
    pub(super) fn count(&self, tx: &mut Tx<'_>, most: usize) -> Result<Counted> {
        let (mut count, mut place, mut looked_at) = (0, None, 0);
        loop {
            let candidates = self.trail.next(tx, self.reach, place, AT_ONCE)?;
            let Some(last) = candidates.last() else { return Ok(Counted { count, is_more: false }) };
            place = Some(*last);
            looked_at += candidates.len();
            count += tx.all_of(&self.chosen("t.id", &candidates), |_| Ok(()))?.len();
            if count > most {
                return Ok(Counted { count: most, is_more: true });
            }
            if candidates.len() < AT_ONCE || looked_at >= COUNTED_OVER {
                return Ok(Counted { count, is_more: candidates.len() == AT_ONCE });
            }
        }
    }

    /// Those of the candidates that the whole filter and the reach let through.
    fn chosen(&self, columns: &str, candidates: &[Cursor]) -> Query {
        let mut query = Query::new(&format!("SELECT {columns} FROM ticket t WHERE t.workspace_id = "));
        query.bind(self.reach.workspace()).push(" AND t.id IN (");
        query.bind_list(candidates.iter().map(|candidate| TicketId::from_uuid(candidate.id))).push(")");
        narrow(&mut query, self.filter, self.me);
        if !self.filter.customers.is_empty() {
            query.push(" AND t.customer_id IN (").bind_list(&self.filter.customers).push(")");
        }
        if let (Trail::Due, Some(tag)) = (self.trail, self.filter.tag) {
            query.push(
                " AND EXISTS (SELECT 1 FROM ticket_tag g WHERE g.workspace_id = t.workspace_id AND g.ticket_id = t.id",
            );
            query.push(" AND g.tag_id = ").bind(tag).push(")");
        }
        for wanted in &self.filter.fields {
            query.push(
                " AND EXISTS (SELECT 1 FROM ticket_field v WHERE v.workspace_id = t.workspace_id AND v.ticket_id = t.id",
            );
            query.push(" AND v.field_id = ").bind(wanted.field).push(" AND v.match_key = ").bind(wanted.key).push(")");
        }
        if let Some(category) = self.filter.category {
            query.push(" AND t.category_id = ").bind(category);
        }
        if let Some(named) = self.filter.named {
            push_named(&mut query, named);
        }
        self.reach.limit(&mut query, "t");
        query
    }
}

/// The last page that a look gave.
fn ended(found: Vec<(Option<Cursor>, Ticket)>, next: Option<String>) -> Page<Ticket> {
    Page { items: found, next }.map(|(_, ticket)| ticket)
}

/// Tickets that show a name: those it was given to; for the default, those of its status that were given no other.
fn push_named(query: &mut Query, named: Named) {
    const GIVEN: &str =
        "EXISTS (SELECT 1 FROM ticket_status_name n WHERE n.workspace_id = t.workspace_id AND n.ticket_id = t.id";
    query.push(" AND t.status = ").bind(named.status);
    let (is, same) = if named.is_default { ("NOT ", "<>") } else { ("", "=") };
    query.push(&format!(" AND {is}{GIVEN} AND n.status_id {same} ")).bind(named.id).push(")");
}
