//! What events do not carry and conditions may ask all the same: texts, names, how well a customer is known. Read once for a page of tickets.
//! Rule: only what some condition speaks of is read.

use std::collections::{HashMap, HashSet};

use base::{Result, Time};
use db::{Query, Tx};
use serde_json::{Map, Value};
use taxonomy::nouns::TagId;
use trust::log::SealedEvent;
use trust::nouns::{TicketId, WorkspaceId};
use uuid::Uuid;

use crate::tickets::{self, MessageId, Written};

/// What some conditions may ask beyond what events carry.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    texts: bool,
    bodies: bool,
    tags: bool,
    fields: bool,
    names: bool,
    newness: bool,
    accounts: bool,
}

impl Asked {
    /// By the sources of the conditions. A word may stand in a text too, so this errs towards reading more.
    pub fn by<'a>(sources: impl Iterator<Item = &'a str>) -> Asked {
        sources.fold(Asked::default(), |so_far, source| {
            let has = |word: &str| source.contains(word);
            Asked {
                texts: so_far.texts || has("text"),
                bodies: so_far.bodies || has("body"),
                tags: so_far.tags || has("tags"),
                fields: so_far.fields || has("fields"),
                names: so_far.names || has("category") || has("team"),
                newness: so_far.newness || has("is_new"),
                accounts: so_far.accounts || has("age_days") || has("earlier_tickets"),
            }
        })
    }
}

impl Asked {
    /// Tickets whose facts are held at once: texts may be long.
    #[must_use]
    pub fn at_once(self) -> usize {
        if self.texts || self.bodies { 25 } else { 250 }
    }

    /// What either asks.
    #[must_use]
    pub fn and(self, other: Asked) -> Asked {
        Asked {
            texts: self.texts || other.texts,
            bodies: self.bodies || other.bodies,
            tags: self.tags || other.tags,
            fields: self.fields || other.fields,
            names: self.names || other.names,
            newness: self.newness || other.newness,
            accounts: self.accounts || other.accounts,
        }
    }
}

/// A ticket's row, as far as no event tells it.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub subject: String,
    pub kind: Option<String>,
    pub language: Option<String>,
    pub customer: Option<trust::nouns::CustomerId>,
    pub tags: Vec<String>,
    pub fields: Map<String, Value>,
    pub is_new: bool,
    /// Since when there is the customer's account.
    pub customer_since: Option<Time>,
    /// Tickets of the customer before this one, a hundred at most.
    pub earlier: i64,
}

/// What was read for a page.
#[derive(Debug, Default)]
pub struct Backdrop {
    rows: HashMap<Uuid, Row>,
    texts: HashMap<(Uuid, Uuid), String>,
    bodies: HashMap<(Uuid, Uuid), String>,
    tags: HashMap<String, String>,
    names: HashMap<String, String>,
}

impl Backdrop {
    /// Reads what conditions may ask about tickets with these events.
    pub fn read(
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        ids: &[TicketId],
        events: &[&[SealedEvent]],
        asked: Asked,
    ) -> Result<Backdrop> {
        let mut backdrop = Backdrop::default();
        if ids.is_empty() {
            return Ok(backdrop);
        }
        backdrop.read_rows(tx, workspace, ids)?;
        if asked.newness {
            backdrop.find_new(tx, workspace, ids)?;
        }
        if asked.accounts {
            backdrop.read_accounts(tx, workspace, ids)?;
        }
        if asked.tags {
            backdrop.read_tags(tx, workspace, ids)?;
        }
        if asked.fields {
            for (id, fields) in tickets::fields_of(tx, workspace, ids)? {
                backdrop.rows.entry(id.uuid()).or_default().fields = fields;
            }
        }
        if asked.bodies {
            let first: Vec<_> = events.iter().filter_map(|events| written(events.first()?)).collect();
            let found = Written::find_many(tx, workspace, &first)?;
            backdrop.bodies = found.into_iter().map(|one| (one.place(), one.source())).collect();
        }
        if asked.texts {
            let all: Vec<_> = events.iter().flat_map(|events| events.iter()).filter_map(written).collect();
            let found = Written::find_many(tx, workspace, &all)?;
            let of_customer = found.into_iter().filter(Written::is_of_customer);
            backdrop.texts = of_customer.map(|one| (one.place(), one.words())).collect();
        }
        if asked.names {
            backdrop.read_names(tx, workspace)?;
        }
        Ok(backdrop)
    }

    /// With one row, for proofs.
    #[cfg(test)]
    pub(super) fn of_row(ticket: Uuid, row: Row) -> Backdrop {
        Backdrop { rows: HashMap::from([(ticket, row)]), ..Backdrop::default() }
    }

    fn read_rows(&mut self, tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[TicketId]) -> Result<()> {
        let mut query = Query::new("SELECT id, subject, kind, customer_id, language FROM ticket WHERE workspace_id = ");
        query.bind(workspace).push(" AND id IN (").bind_list(ids.iter()).push(")");
        self.rows = tx
            .all_of(&query, |row| {
                let (subject, kind, customer, language) = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
                Ok((row.get::<Uuid>(0)?, Row { subject, kind, customer, language, ..Row::default() }))
            })?
            .into_iter()
            .collect();
        Ok(())
    }

    /// A customer is new with a ticket when no earlier one of theirs is there.
    fn find_new(&mut self, tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[TicketId]) -> Result<()> {
        // One step into the index of a customer's tickets for each, after the tickets were found by their keys.
        let mut query = Query::new(
            "SELECT t.id, (SELECT 1 FROM ticket e WHERE e.workspace_id = t.workspace_id AND e.customer_id = t.customer_id \
             AND (e.opened_at, e.id) < (t.opened_at, t.id) LIMIT 1) FROM ticket t WHERE t.workspace_id = ",
        );
        query.bind(workspace).push(" AND t.id IN (").bind_list(ids.iter()).push(")");
        let found = tx.all_of(&query, |row| Ok((row.get::<Uuid>(0)?, row.get::<Option<i64>>(1)?)))?;
        let known: HashSet<Uuid> =
            found.into_iter().filter(|(_, earlier)| earlier.is_some()).map(|(id, _)| id).collect();
        self.rows.iter_mut().for_each(|(id, row)| row.is_new = !known.contains(id));
        Ok(())
    }

    fn read_accounts(&mut self, tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[TicketId]) -> Result<()> {
        let mut query = Query::new(
            "SELECT t.id, c.created_at, (SELECT COUNT(*) FROM (SELECT 1 AS one FROM ticket e \
             WHERE e.workspace_id = t.workspace_id AND e.customer_id = t.customer_id \
             AND (e.opened_at, e.id) < (t.opened_at, t.id) LIMIT 100) earlier) FROM ticket t \
             JOIN customer c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id WHERE t.workspace_id = ",
        );
        query.bind(workspace).push(" AND t.id IN (").bind_list(ids.iter()).push(")");
        for (id, since, earlier) in tx.all_of(&query, |row| Ok((row.get::<Uuid>(0)?, row.get(1)?, row.get(2)?)))? {
            let row = self.rows.entry(id).or_default();
            (row.customer_since, row.earlier) = (Some(since), earlier);
        }
        Ok(())
    }

    fn read_tags(&mut self, tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[TicketId]) -> Result<()> {
        for (id, tags) in tickets::tags_of(tx, workspace, ids)? {
            self.rows.entry(id.uuid()).or_default().tags = tags;
        }
        let tags = tx.all("SELECT id, name FROM tag WHERE workspace_id = $1", &[&workspace], |row| {
            Ok((row.get::<TagId>(0)?.to_string(), row.get(1)?))
        })?;
        self.tags = tags.into_iter().collect();
        Ok(())
    }

    fn read_names(&mut self, tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<()> {
        let categories = tx.all("SELECT id, name FROM category WHERE workspace_id = $1", &[&workspace], |row| {
            Ok((row.get::<taxonomy::nouns::CategoryId>(0)?.to_string(), row.get(1)?))
        })?;
        let teams = tx.all("SELECT id, name FROM team WHERE workspace_id = $1", &[&workspace], |row| {
            Ok((row.get::<trust::nouns::TeamId>(0)?.to_string(), row.get(1)?))
        })?;
        self.names = categories.into_iter().chain(teams).collect();
        Ok(())
    }

    pub(super) fn row(&self, ticket: Uuid) -> Row {
        self.rows.get(&ticket).cloned().unwrap_or_default()
    }

    /// What a message of the customer said.
    pub(super) fn text(&self, ticket: Uuid, message: MessageId) -> Option<&str> {
        self.texts.get(&(ticket, message.uuid())).map(String::as_str)
    }

    /// What the customer sent, with its markup.
    pub(super) fn body(&self, ticket: Uuid, message: MessageId) -> Option<&str> {
        self.bodies.get(&(ticket, message.uuid())).map(String::as_str)
    }

    /// The name of a tag today; one that is gone has none.
    pub(super) fn tag(&self, id: &str) -> Option<&str> {
        self.tags.get(id).map(String::as_str)
    }

    /// The name of a category or a team today.
    pub fn name(&self, id: &str) -> Option<&str> {
        self.names.get(id).map(String::as_str)
    }
}

/// The message of the customer that an event tells of: the one a ticket was opened with, or an answer.
fn written(event: &SealedEvent) -> Option<(TicketId, MessageId)> {
    if !matches!(event.kind.as_str(), "ticket.opened" | "ticket.message_added") {
        return None;
    }
    let data: Value = serde_json::from_str(&event.data).ok()?;
    let is_ours = event.kind == "ticket.message_added" && data.get("is_from_customer") != Some(&Value::Bool(true));
    let id = data.get("message_id").and_then(Value::as_str).filter(|_| !is_ours)?;
    Some((TicketId::from_uuid(event.subject), id.parse().ok()?))
}
