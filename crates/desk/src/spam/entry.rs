//! What was held back: the message with the id and number of the ticket it would have become.
//! Rule: its sender sees a ticket like any other; only the desk does not.

use base::{Cursor, Id, Page, Personal, Result, Time};
use db::{Query, Row, Tx};
use serde::Serialize;
use trust::Cx;
use trust::access::Audience;
use trust::log::{NewEvent, record};
use trust::nouns::{CustomerId, TicketId};

use super::cause::{SpamCause, Verdict};
use super::judging::Signs;
use super::more::{self, MOST_BYTES, More};
use crate::tickets::{Channel, MessageId, Opening};
use crate::uploads::{attach, forget_of_messages};

/// Days after which what nobody recovered is gone.
const KEPT_DAYS: i64 = 14;

/// A message that was held back.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) id: TicketId,
    pub(crate) number: i64,
    pub(super) cause: SpamCause,
    pub(super) score: Option<f64>,
    pub(crate) channel: Channel,
    pub(crate) customer: CustomerId,
    pub(crate) address: Option<Personal<String>>,
    pub(super) network: Option<Personal<String>>,
    pub(crate) subject: Personal<String>,
    pub(crate) body: Personal<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) message: MessageId,
    pub(crate) attachments: i64,
    pub(crate) follows: Option<TicketId>,
    pub(crate) received_at: Time,
    pub(super) purge_at: Time,
    /// What its sender added, oldest first.
    pub(crate) more: Vec<More>,
}

/// Characters of a message that a list shows, and of each that was added to it.
const EXCERPT: usize = 2_000;
const EXCERPT_OF_MORE: usize = 200;

const COLUMNS: &str = "id, number, cause, score, channel, customer_id, address, network, subject, body, client_id, message_id, \
    attachments, follows_id, received_at, purge_at";

fn read(row: &Row<'_>) -> Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        number: row.get(1)?,
        cause: row.get(2)?,
        score: row.get(3)?,
        channel: row.get(4)?,
        customer: row.get(5)?,
        address: row.get(6)?,
        network: row.get(7)?,
        subject: row.get(8)?,
        body: row.get(9)?,
        client_id: row.get(10)?,
        message: row.get(11)?,
        attachments: row.get(12)?,
        follows: row.get(13)?,
        received_at: row.get(14)?,
        purge_at: row.get(15)?,
        more: Vec::new(),
    })
}

/// The facts of what happened to a held message.
#[derive(Serialize)]
struct Facts {
    number: i64,
    cause: SpamCause,
    channel: Channel,
}

/// Holds a message back; it keeps its id and number for the day it is let out.
pub(crate) fn hold(
    tx: &mut Tx<'_>,
    cx: &Cx,
    customer: CustomerId,
    opening: &Opening,
    signs: &Signs,
    verdict: Verdict,
) -> Result<Entry> {
    let now = cx.env().now();
    let entry = Entry {
        id: Id::at(now, cx.cell(), cx.env().random()),
        number: opening.number,
        cause: verdict.cause,
        score: verdict.score,
        channel: opening.channel,
        customer,
        address: signs.claimed.clone().map(Personal::new),
        network: signs.address.map(|address| Personal::new(address.to_string())),
        subject: Personal::new(opening.subject.clone()),
        body: Personal::new(opening.body.source().to_owned()),
        client_id: opening.client_id.clone(),
        message: Id::at(now, cx.cell(), cx.env().random()),
        attachments: i64::try_from(opening.attachments.len()).unwrap_or(0),
        follows: opening.follows,
        received_at: now,
        purge_at: now.plus_days(KEPT_DAYS),
        more: Vec::new(),
    };
    tx.exec(
        "INSERT INTO quarantined (workspace_id, id, number, cause, score, channel, customer_id, address, network, subject, \
         body, client_id, message_id, attachments, follows_id, received_at, purge_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        &[
            &cx.workspace(), &entry.id, &entry.number, &entry.cause, &entry.score, &entry.channel, &entry.customer,
            &entry.address, &entry.network, &entry.subject, &entry.body, &entry.client_id, &entry.message,
            &entry.attachments, &entry.follows, &entry.received_at, &entry.purge_at,
        ],
    )?;
    // Files hang on the message it would have had, so that nobody sweeps them away.
    attach(tx, cx, entry.id, entry.message, &opening.attachments)?;
    tell(tx, cx, &entry, "quarantine.held")?;
    cx.forget_settings(tx);
    Ok(entry)
}

/// Tells of a held message, to staff alone.
pub(super) fn tell(tx: &mut Tx<'_>, cx: &Cx, entry: &Entry, kind: &'static str) -> Result<()> {
    let data = Facts { number: entry.number, cause: entry.cause, channel: entry.channel };
    let event: base::Id<()> = cx.new_id();
    record(tx, cx, &[NewEvent::new(kind, event.uuid(), 1, cx.env().now(), Audience::staff(), &data)])
}

/// The query of a page, newest first, for running and for explaining; of each message it reads the beginning.
pub fn list_query(cx: &Cx, cause: Option<SpamCause>, after: Option<Cursor>, limit: usize) -> Query {
    let columns = COLUMNS.replace(" body,", &format!(" SUBSTR(body, 1, {EXCERPT}),"));
    let mut query = Query::new(&format!("SELECT {columns} FROM quarantined WHERE workspace_id = "));
    query.bind(cx.workspace());
    if let Some(cause) = cause {
        query.push(" AND cause = ").bind(cause);
    }
    query.after("(received_at, id) <", after);
    query.push(" ORDER BY received_at DESC, id DESC LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(1));
    query
}

/// A page of what is held back.
pub(super) fn list(
    tx: &mut Tx<'_>,
    cx: &Cx,
    cause: Option<SpamCause>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<Entry>> {
    let mut found = tx.all_of(&list_query(cx, cause, after, limit), read)?;
    fill(tx, cx, &mut found, EXCERPT_OF_MORE)?;
    for entry in found.iter_mut().filter(|entry| entry.body.reveal().chars().count() == EXCERPT) {
        entry.body = Personal::new(format!("{}…", entry.body.reveal()));
    }
    let place = |last: &Entry| Cursor { key: last.received_at.micros(), id: last.id.uuid() }.encode();
    Ok(Page::cut(found, limit, place))
}

/// How much is held back for each cause.
pub(super) fn counts(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<(SpamCause, i64)>> {
    tx.all(
        "SELECT cause, COUNT(*) FROM quarantined WHERE workspace_id = $1 GROUP BY cause ORDER BY 2 DESC, cause",
        &[&cx.workspace()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// What is held back of these customers, newest first.
pub(super) fn of_customers(tx: &mut Tx<'_>, cx: &Cx, customers: &[CustomerId], limit: usize) -> Result<Vec<Entry>> {
    let mut query = Query::new(&format!("SELECT {COLUMNS} FROM quarantined WHERE workspace_id = "));
    query.bind(cx.workspace()).push(" AND customer_id IN (").bind_list(customers).push(")");
    query.push(" ORDER BY received_at DESC, id DESC LIMIT ").bind(i64::try_from(limit).unwrap_or(1));
    let mut found = tx.all_of(&query, read)?;
    fill(tx, cx, &mut found, MOST_BYTES)?;
    Ok(found)
}

/// What is held back under an id.
pub(crate) fn find(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Option<Entry>> {
    let sql = format!("SELECT {COLUMNS} FROM quarantined WHERE workspace_id = $1 AND id = $2");
    let found = tx.first(&sql, &[&cx.workspace(), &id], read)?;
    whole(tx, cx, found)
}

/// The same, locked until the commit.
pub(crate) fn find_locked(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Option<Entry>> {
    let sql = format!("SELECT {COLUMNS} FROM quarantined WHERE workspace_id = $1 AND id = $2");
    let found = tx.first_locked(&sql, &[&cx.workspace(), &id], read)?;
    whole(tx, cx, found)
}

/// Reads what was added to these entries.
fn fill(tx: &mut Tx<'_>, cx: &Cx, entries: &mut [Entry], characters: usize) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    for (held, more) in more::of(tx, cx, entries.iter().map(|entry| entry.id), characters)? {
        if let Some(entry) = entries.iter_mut().find(|entry| entry.id == held) {
            entry.more.push(more);
        }
    }
    Ok(())
}

/// An entry with what was added to it.
fn whole(tx: &mut Tx<'_>, cx: &Cx, mut found: Option<Entry>) -> Result<Option<Entry>> {
    fill(tx, cx, found.as_mut_slice(), MOST_BYTES)?;
    Ok(found)
}

impl Entry {
    /// All that its sender wrote, as one text.
    pub(super) fn text(&self) -> String {
        let more = self.more.iter().map(|more| more.body.reveal().as_str());
        std::iter::once(self.body.reveal().as_str()).chain(more).collect::<Vec<_>>().join("\n\n")
    }

    /// How many files hang on it.
    pub(super) fn files(&self) -> i64 {
        self.attachments + self.more.iter().map(|more| more.attachments).sum::<i64>()
    }

    /// The messages it is made of.
    pub(super) fn messages(&self) -> Vec<MessageId> {
        std::iter::once(self.message).chain(self.more.iter().map(|more| more.id)).collect()
    }
}

/// Takes an entry away because it became a ticket (its files stay) or because nobody wants it (they go).
pub(crate) fn remove(tx: &mut Tx<'_>, cx: &Cx, entry: &Entry, is_recovered: bool) -> Result<()> {
    if !is_recovered {
        forget_of_messages(tx, cx, entry.id, &entry.messages())?;
    }
    more::remove(tx, cx, entry.id)?;
    tx.exec("DELETE FROM quarantined WHERE workspace_id = $1 AND id = $2", &[&cx.workspace(), &entry.id])?;
    tell(tx, cx, entry, if is_recovered { "quarantine.recovered" } else { "quarantine.deleted" })?;
    cx.forget_settings(tx);
    Ok(())
}
