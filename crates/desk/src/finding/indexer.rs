//! Keeping the index current: sealed events are followed by cursor, and cursor and index are committed together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base::{Code, Error, Result};
use db::Tx;
use parking_lot::Mutex;
use search::{Change, Document, Kind};
use tokio::sync::Notify;
use trust::House;
use trust::access::{Reach, Via};
use trust::log::{EventCursor, SealedEvent, latest, since};
use trust::nouns::{TicketId, WorkspaceId};
use trust::{Cx, log};

use crate::Desk;
use crate::tickets::{Message, MessageId, MessageKind, Ticket};

/// A commit is followed by a pause of so many times what it took.
const RARER: u32 = 15;
/// The longest such pause: nothing is found later than this because of it.
const LONGEST: Duration = Duration::from_secs(3);

/// The index cannot be used.
static INDEX_UNAVAILABLE: Code = Code::new(
    base::Kind::Unavailable,
    "index_unavailable",
    "Searching is not possible at the moment.",
    "Try again in a moment; the index is rebuilt by itself when it is damaged.",
);

/// Events taken in one go.
const PAGE: usize = 500;
/// Pages between two commits while much is behind.
const PAGES: usize = 20;
/// Tickets and messages read in one query.
const HANDFUL: usize = 20;
/// Messages of a ticket that are read at once.
const MESSAGES: usize = 10_000;

/// An error of the index, as an error of the house.
pub fn index_problem(error: impl std::fmt::Display) -> Error {
    INDEX_UNAVAILABLE.error().retry_in(1).caused_by(error)
}

/// Follows the log and keeps the index current.
pub struct Indexer {
    house: Arc<House>,
    desk: Desk,
    dirty: Mutex<BTreeSet<WorkspaceId>>,
    poked: Notify,
    done: Mutex<BTreeMap<WorkspaceId, i64>>,
    /// What comes next may be in the index already: after a start, and after a failure until the next commit.
    may_repeat: AtomicBool,
    /// Workspaces that were read from rows: what their log says next was perhaps among them.
    by_rows: Mutex<BTreeSet<WorkspaceId>>,
}

impl Indexer {
    /// An indexer that goes on from the cursor the index was committed with.
    pub fn new(house: Arc<House>, desk: Desk, cursor: Option<&str>) -> Indexer {
        let (may_repeat, done) = (AtomicBool::new(cursor.is_some()), Mutex::new(read_cursor(cursor)));
        Indexer {
            house,
            desk,
            dirty: Mutex::default(),
            poked: Notify::new(),
            done,
            may_repeat,
            by_rows: Mutex::default(),
        }
    }

    /// Says that a workspace has new sealed events.
    pub fn poke(&self, workspace: WorkspaceId) {
        self.dirty.lock().insert(workspace);
        self.poked.notify_one();
    }

    /// Runs until the process ends: catches up, then follows. What arrives within `gather` goes into one commit; under
    /// load commits are rarer, so that what each costs by itself stays a small part of the whole.
    #[expect(clippy::disallowed_methods, reason = "the pace follows the real cost of a commit")]
    pub async fn run(&self, gather: Duration) {
        if let Err(error) = self.mark_all_behind().await {
            tracing::error!(code = error.name(), cause = error.cause().unwrap_or(""), "the index cannot catch up");
        }
        let (mut ended, mut took) = (Instant::now(), Duration::ZERO);
        loop {
            if self.dirty.lock().is_empty() {
                let patience = Duration::from_secs(30);
                if tokio::time::timeout(patience, self.poked.notified()).await.is_err()
                    && let Err(error) = self.desk.index().rest()
                {
                    tracing::warn!(%error, "the index did not come to rest");
                }
                continue;
            }
            let rest = (took * RARER).min(LONGEST).saturating_sub(ended.elapsed());
            tokio::time::sleep(rest.max(gather)).await;
            let started = Instant::now();
            if let Err(error) = self.catch_up().await {
                tracing::error!(code = error.name(), cause = error.cause().unwrap_or(""), "indexing failed");
                tokio::time::sleep(LONGEST).await;
            }
            (ended, took) = (Instant::now(), started.elapsed());
        }
    }

    /// Indexes everything that is sealed by now.
    pub async fn catch_up(&self) -> Result<()> {
        let dirty = std::mem::take(&mut *self.dirty.lock());
        let done = self.index(&dirty).await;
        if done.is_err() {
            // What was not committed is gone with the writer that failed: the log is followed from the last commit again.
            self.may_repeat.store(true, Ordering::Relaxed);
            *self.done.lock() = read_cursor(self.desk.index().cursor().as_deref());
            self.dirty.lock().extend(dirty);
        }
        done
    }

    async fn index(&self, dirty: &BTreeSet<WorkspaceId>) -> Result<()> {
        for workspace in dirty {
            let mut pages = 0;
            while self.index_page(*workspace).await? {
                pages += 1;
                if pages % PAGES == 0 {
                    self.commit().await?;
                }
            }
        }
        self.commit().await
    }

    /// Marks the workspaces whose log is ahead of the index.
    pub async fn mark_all_behind(&self) -> Result<()> {
        let cell = i64::from(self.house.cell.get());
        let heads: Vec<(WorkspaceId, i64)> = self
            .house
            .db
            .read(uuid::Uuid::nil(), move |tx| {
                tx.all("SELECT workspace_id, seq FROM log_head WHERE cell = $1", &[&cell], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
            })
            .await?;
        let done = self.done.lock();
        let behind = heads.into_iter().filter(|(workspace, seq)| done.get(workspace).is_none_or(|known| known < seq));
        self.dirty.lock().extend(behind.map(|(workspace, _)| workspace));
        Ok(())
    }

    async fn index_page(&self, workspace: WorkspaceId) -> Result<bool> {
        let cx = Cx::of_house(&self.house, workspace, Via::Job);
        let after = self.done.lock().get(&workspace).copied().unwrap_or(0);
        let page = match cx.read(move |tx, cx| page(tx, cx, after)).await {
            // What is behind retention is read from rows: all of them, because nobody says which of them changed.
            Err(error) if error.code() == &log::CURSOR_EXPIRED => return self.index_rows(&cx).await.map(|()| true),
            page => page?,
        };
        let Page { changes, erased, upto, more } = page;
        if !erased.is_empty() {
            // Erasing shows what is applied under the cursor of the last commit: after a crash this page comes again,
            // and what came before it must not.
            self.commit().await?;
        }
        let may_repeat = self.may_repeat.load(Ordering::Relaxed) || self.by_rows.lock().contains(&workspace);
        let changes =
            if may_repeat || !erased.is_empty() { changes.into_iter().map(Change::again).collect() } else { changes };
        if !changes.is_empty() {
            self.desk.index().apply(changes).map_err(index_problem)?;
        }
        self.erase(workspace, erased).await?;
        self.done.lock().insert(workspace, upto.max(after));
        Ok(more)
    }

    /// Indexes every ticket of a workspace out of its rows, and follows the log from where it stood before.
    async fn index_rows(&self, cx: &Cx) -> Result<()> {
        let cell = i64::from(cx.cell().get());
        let (from, _) = cx.read(move |tx, cx| latest(tx, &cx.reach, cell)).await?;
        let (mut last, mut handfuls) = (TicketId::from_uuid(uuid::Uuid::nil()), 0);
        loop {
            let Rows { tickets, changes, emptied } = cx.read(move |tx, cx| rows_after(tx, cx, last)).await?;
            let Some(end) = tickets.last().copied() else { break };
            self.desk.index().apply(changes).map_err(index_problem)?;
            handfuls += 1;
            if handfuls % PAGE == 0 || !emptied.is_empty() {
                self.commit().await?;
            }
            self.erase(cx.workspace(), emptied).await?;
            last = end;
        }
        self.by_rows.lock().insert(cx.workspace());
        self.done.lock().insert(cx.workspace(), from);
        self.commit().await
    }

    /// Takes the words of tickets out of the files of the index.
    async fn erase(&self, workspace: WorkspaceId, tickets: Vec<TicketId>) -> Result<()> {
        for ticket in tickets {
            let desk = self.desk.clone();
            let (workspace, ticket) = (workspace.uuid().into_bytes(), ticket.uuid().into_bytes());
            let erased = tokio::task::spawn_blocking(move || desk.index().erase(workspace, ticket)).await;
            erased.map_err(index_problem)?.map_err(index_problem)?;
        }
        Ok(())
    }

    /// Puts what was indexed on disk, and the place in the log with it.
    async fn commit(&self) -> Result<()> {
        let cursor = serde_json::to_string(&*self.done.lock()).unwrap_or_default();
        let desk = self.desk.clone();
        let committed = tokio::task::spawn_blocking(move || desk.index().commit(&cursor)).await;
        committed.map_err(index_problem)?.map_err(index_problem)?;
        self.may_repeat.store(false, Ordering::Relaxed);
        Ok(())
    }
}

/// How far each workspace's log is in the index, as a commit says it.
fn read_cursor(cursor: Option<&str>) -> BTreeMap<WorkspaceId, i64> {
    cursor.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// What one page of the log asks of the index.
struct Page {
    changes: Vec<Change>,
    /// Tickets whose words leave the files of the index as well.
    erased: Vec<TicketId>,
    upto: i64,
    more: bool,
}

/// What one page of the log asks of the index.
fn page(tx: &mut Tx<'_>, cx: &Cx, after: i64) -> Result<Page> {
    let cell = i64::from(cx.cell().get());
    // An index that is ahead of a restored log waits for the log to come by.
    let after = after.min(latest(tx, &cx.reach, cell)?.0);
    let start = since(tx, &cx.reach, EventCursor { cell, seq: after }, PAGE)?;
    let written = written(tx, &cx.reach, &start.events)?;
    let mut changes = Vec::new();
    for event in start.events.iter().filter(|event| event.kind.starts_with("ticket.")) {
        changes.extend(changes_of(tx, &cx.reach, event, &written)?);
    }
    let mut erased = Vec::new();
    for event in start.events.iter().filter(|event| event.kind == "customer.erased") {
        erased.extend(tickets_of(tx, cx, event.subject)?);
    }
    let (last, _) = latest(tx, &cx.reach, cell)?;
    Ok(Page { changes, erased, upto: start.upto, more: start.upto < last })
}

/// Some tickets, and what puts them as they are now in the place of what the index has of them.
struct Rows {
    tickets: Vec<TicketId>,
    changes: Vec<Change>,
    /// Those without a subject: their words were erased.
    emptied: Vec<TicketId>,
}

fn rows_after(tx: &mut Tx<'_>, cx: &Cx, last: TicketId) -> Result<Rows> {
    let (reach, workspace) = (&cx.reach, cx.workspace());
    let tickets: Vec<TicketId> = tx.all(
        "SELECT id FROM ticket WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        &[&workspace, &last, &i64::try_from(HANDFUL).unwrap_or(1)],
        |row| row.get(0),
    )?;
    let bytes = |id: &TicketId| (workspace.uuid().into_bytes(), id.uuid().into_bytes());
    let mut changes: Vec<Change> =
        tickets.iter().map(bytes).map(|(workspace, owner)| Change::RemoveOwner { workspace, owner }).collect();
    let mut emptied = Vec::new();
    for ticket in Ticket::find_many(tx, reach, &tickets)? {
        if ticket.subject.reveal().is_empty() {
            emptied.push(ticket.id);
            continue;
        }
        changes.extend(whole(tx, reach, &ticket)?);
    }
    Ok(Rows { tickets, changes, emptied })
}

/// A ticket with all of its messages.
fn whole(tx: &mut Tx<'_>, reach: &Reach, ticket: &Ticket) -> Result<Vec<Change>> {
    let messages = Message::list(tx, reach.workspace(), ticket.id, None, false, MESSAGES)?;
    let Some((first, others)) = messages.split_first() else { return Ok(Vec::new()) };
    let first = Change::Put(first_document(reach, ticket, first));
    let others = others.iter().map(|message| Change::Put(message_document(reach, message)));
    Ok(std::iter::once(first).chain(others).collect())
}

fn tickets_of(tx: &mut Tx<'_>, cx: &Cx, customer: uuid::Uuid) -> Result<Vec<TicketId>> {
    tx.all("SELECT id FROM ticket WHERE workspace_id = $1 AND customer_id = $2", &[&cx.workspace(), &customer], |row| {
        row.get(0)
    })
}

#[derive(serde::Deserialize)]
struct Facts {
    message_id: Option<MessageId>,
    #[serde(default)]
    changed: Vec<String>,
}

/// Messages with the tickets they belong to, by message.
type Written = BTreeMap<MessageId, (Ticket, Message)>;

/// The messages that events speak of and their tickets, a handful in each query.
fn written(tx: &mut Tx<'_>, reach: &Reach, events: &[SealedEvent]) -> Result<Written> {
    let with_message =
        events.iter().filter(|event| matches!(event.kind.as_str(), "ticket.opened" | "ticket.message_added"));
    let named: Vec<(TicketId, MessageId)> = with_message
        .filter_map(|event| {
            let facts: Facts = serde_json::from_str(&event.data).ok()?;
            Some((TicketId::from_uuid(event.subject), facts.message_id?))
        })
        .collect();
    let mut written = Written::new();
    for some in named.chunks(HANDFUL) {
        let tickets: Vec<TicketId> = full(some.iter().map(|(ticket, _)| *ticket));
        let tickets = Ticket::find_many(tx, reach, &tickets)?;
        let messages = Message::find_many(tx, reach.workspace(), &full(some.iter().copied()))?;
        written.extend(messages.into_iter().filter_map(|message| {
            let ticket = tickets.iter().find(|ticket| ticket.id == message.ticket)?;
            Some((message.id, (ticket.clone(), message)))
        }));
    }
    Ok(written)
}

/// Repeats the last until there is a handful: a query of one length is prepared once.
fn full<T: Copy>(some: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = some.collect();
    if let Some(last) = all.last().copied() {
        all.resize(HANDFUL, last);
    }
    all
}

fn changes_of(tx: &mut Tx<'_>, reach: &Reach, event: &SealedEvent, written: &Written) -> Result<Vec<Change>> {
    let id = TicketId::from_uuid(event.subject);
    let (workspace, owner) = (reach.workspace().uuid().into_bytes(), event.subject.into_bytes());
    let Ok(facts) = serde_json::from_str::<Facts>(&event.data) else { return Ok(Vec::new()) };
    let message = facts.message_id.and_then(|message| written.get(&message));
    match (event.kind.as_str(), message) {
        ("ticket.deleted" | "ticket.purged", _) => Ok(vec![Change::RemoveOwner { workspace, owner }]),
        ("ticket.opened", Some((ticket, first))) => Ok(vec![Change::Add(first_document(reach, ticket, first))]),
        ("ticket.message_added", Some((_, message))) => Ok(vec![Change::Add(message_document(reach, message))]),
        ("ticket.updated", _) if facts.changed.iter().any(|name| name == "subject") => {
            let Ok(ticket) = Ticket::find(tx, reach, id) else { return Ok(Vec::new()) };
            let first = Message::list(tx, reach.workspace(), id, None, false, 1)?;
            Ok(first.first().map(|first| Change::Put(first_document(reach, &ticket, first))).into_iter().collect())
        }
        ("ticket.restored", _) => {
            let Ok(ticket) = Ticket::find(tx, reach, id) else { return Ok(Vec::new()) };
            whole(tx, reach, &ticket)
        }
        _ => Ok(Vec::new()),
    }
}

/// The first message with what the ticket is called by: a question may have words of both, and each part costs.
fn first_document(reach: &Reach, ticket: &Ticket, first: &Message) -> Document {
    let mut document = message_document(reach, first);
    document.title.clone_from(ticket.subject.reveal());
    let number = format!("#{} {}", ticket.number, ticket.external_id.as_deref().unwrap_or_default());
    document.body = format!("{}\n{}", number.trim_end(), document.body);
    document
}

fn message_document(reach: &Reach, message: &Message) -> Document {
    let kind = if message.kind == MessageKind::Note { Kind::Internal } else { Kind::Public };
    Document {
        workspace: reach.workspace().uuid().into_bytes(),
        owner: message.ticket.uuid().into_bytes(),
        part: message.id.uuid().into_bytes(),
        kind,
        title: String::new(),
        body: message.words(),
        stamp: message.created_at.micros(),
    }
}
