//! A message of a ticket: a reply, a note, or a word of the system.
//! Rule: messages of a ticket are in the order of their ids, which is the order they were written in; a message is written
//! once; what one sender sent twice under one `client_id` is one message.

use std::collections::HashMap;

use base::{Id, Personal, Result, Time};
use db::{Query, Row, Tx, Unless};
use trust::Cx;
use trust::nouns::{TicketId, WorkspaceId};
use uuid::Uuid;

use super::body::Prepared;
use super::words::{BodyFormat, Direction, MessageId, MessageKind};

/// A message.
#[derive(Clone, Debug)]
pub struct Message {
    pub(crate) id: MessageId,
    pub(crate) ticket: TicketId,
    pub(crate) kind: MessageKind,
    pub(crate) direction: Direction,
    pub(crate) author_kind: String,
    pub(crate) author: Option<Uuid>,
    pub(crate) format: BodyFormat,
    pub(crate) body: Personal<String>,
    pub(crate) html: Option<Personal<String>>,
    pub(crate) sanitiser: i64,
    pub(crate) client_id: Option<String>,
    pub(crate) attachments: i64,
    pub(crate) created_at: Time,
}

/// A message about to be written.
pub(crate) struct NewMessage<'b> {
    /// Its id, when it had one before.
    pub id: Option<MessageId>,
    pub kind: MessageKind,
    pub direction: Direction,
    pub author_kind: &'static str,
    pub author: Option<Uuid>,
    pub body: &'b Prepared,
    pub client_id: Option<&'b str>,
    pub attachments: i64,
    pub at: Time,
}

/// Whose client ids are meant: what others sent under the same one is another message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sender {
    /// The customers of the ticket, who are one person.
    Customer,
    /// Somebody of ours, as the actor is named.
    Staff((&'static str, Option<Uuid>)),
}

const COLUMNS: &str = "m.id, m.ticket_id, m.kind, m.direction, m.author_kind, m.author_id, m.body_format, m.body, m.html, \
    m.sanitiser, m.client_id, m.attachments, m.created_at";

impl Message {
    fn read(row: &Row<'_>) -> Result<Message> {
        Ok(Message {
            id: row.get(0)?,
            ticket: row.get(1)?,
            kind: row.get(2)?,
            direction: row.get(3)?,
            author_kind: row.get(4)?,
            author: row.get(5)?,
            format: row.get(6)?,
            body: row.get(7)?,
            html: row.get(8)?,
            sanitiser: row.get(9)?,
            client_id: row.get(10)?,
            attachments: row.get(11)?,
            created_at: row.get(12)?,
        })
    }

    /// Writes a message and gives its row.
    pub(crate) fn write(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, new: &NewMessage<'_>) -> Result<Message> {
        let id = new.id.unwrap_or_else(|| Id::at(new.at, cx.cell(), cx.env().random()));
        let body = new.body;
        tx.exec_later(
            "INSERT INTO message (workspace_id, ticket_id, id, kind, direction, author_kind, author_id, body_format, body, \
             html, sanitiser, client_id, attachments, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            &[
                &cx.workspace(), &ticket, &id, &new.kind, &new.direction, &new.author_kind, &new.author, &body.format,
                &body.source, &body.html, &redact::SANITISER_VERSION, &new.client_id, &new.attachments, &new.at,
            ],
            Unless::ANY,
        )?;
        Ok(Message {
            id,
            ticket,
            kind: new.kind,
            direction: new.direction,
            author_kind: new.author_kind.to_owned(),
            author: new.author,
            format: body.format,
            body: Personal::new(body.source.clone()),
            html: body.html.clone().map(Personal::new),
            sanitiser: redact::SANITISER_VERSION,
            client_id: new.client_id.map(str::to_owned),
            attachments: new.attachments,
            created_at: new.at,
        })
    }

    /// The id of a message that is about to be written on a ticket whose row is locked: it comes after all that are there,
    /// also where the clock of another process was ahead.
    pub(crate) fn next_id(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, at: Time) -> Result<MessageId> {
        let newest = tx.first(
            "SELECT id FROM message WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY id DESC LIMIT 1",
            &[&cx.workspace(), &ticket],
            |row| row.get::<MessageId>(0),
        )?;
        let random = cx.env().random();
        Ok(MessageId::at(at, cx.cell(), random).after(newest, random))
    }

    /// Finds a message of a ticket.
    pub(crate) fn find(
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        ticket: TicketId,
        id: MessageId,
    ) -> Result<Option<Message>> {
        let sql =
            format!("SELECT {COLUMNS} FROM message m WHERE m.workspace_id = $1 AND m.ticket_id = $2 AND m.id = $3");
        tx.first(&sql, &[&workspace, &ticket, &id], Message::read)
    }

    /// Finds messages by ticket and id, in one query; those that are gone are left out.
    pub(crate) fn find_many(
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        ids: &[(TicketId, MessageId)],
    ) -> Result<Vec<Message>> {
        // Each branch is a whole key, so that the engines look up every one by itself.
        let mut query = Query::new(&format!("SELECT {COLUMNS} FROM message m WHERE "));
        for (place, (ticket, id)) in ids.iter().enumerate() {
            query.push(if place == 0 { "(m.workspace_id = " } else { " OR (m.workspace_id = " }).bind(workspace);
            query.push(" AND m.ticket_id = ").bind(*ticket).push(" AND m.id = ").bind(*id).push(")");
        }
        tx.all_of(&query, Message::read)
    }

    /// What can be searched for: the text without its markup; nothing of a sealed one.
    pub(crate) fn words(&self) -> String {
        words(self.format, self.body.reveal())
    }

    /// The message that this sender sent under this client id before.
    pub(crate) fn by_client_id(
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        ticket: TicketId,
        sender: Sender,
        client_id: &str,
    ) -> Result<Option<Message>> {
        let mut query = Query::new(&format!("SELECT {COLUMNS} FROM message m WHERE m.workspace_id = "));
        query.bind(workspace).push(" AND m.ticket_id = ").bind(ticket).push(" AND m.client_id = ").bind(client_id);
        match sender {
            Sender::Customer => query.push(" AND m.direction = ").bind(Direction::In),
            Sender::Staff((kind, author)) => {
                query.push(" AND m.direction = ").bind(Direction::Out).push(" AND m.author_kind = ").bind(kind);
                match author {
                    Some(author) => query.push(" AND m.author_id = ").bind(author),
                    None => query.push(" AND m.author_id IS NULL"),
                }
            }
        };
        query.push(" ORDER BY m.id LIMIT 1");
        Ok(tx.all_of(&query, Message::read)?.pop())
    }

    /// Messages of a ticket after one, oldest first; customers get no notes.
    pub(crate) fn list(
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        ticket: TicketId,
        after: Option<MessageId>,
        only_public: bool,
        limit: usize,
    ) -> Result<Vec<Message>> {
        let mut query = Query::new(&format!("SELECT {COLUMNS} FROM message m WHERE m.workspace_id = "));
        query.bind(workspace).push(" AND m.ticket_id = ").bind(ticket);
        if let Some(after) = after {
            query.push(" AND m.id > ").bind(after);
        }
        if only_public {
            query.push(" AND m.kind <> ").bind(MessageKind::Note);
        }
        query.push(" ORDER BY m.id LIMIT ").bind(i64::try_from(limit).unwrap_or(50));
        tx.all_of(&query, Message::read)
    }
}

pub(super) fn words(format: BodyFormat, body: &str) -> String {
    match format {
        BodyFormat::Sealed => String::new(),
        BodyFormat::Text => body.to_owned(),
        BodyFormat::Markdown => redact::derive(body, redact::Format::Markdown).text,
        BodyFormat::Html => redact::derive(body, redact::Format::Html).text,
    }
}

/// The names of members who wrote messages.
pub(crate) fn member_names(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    messages: &[Message],
) -> Result<HashMap<Uuid, String>> {
    let mut ids: Vec<Uuid> = messages
        .iter()
        .filter(|message| message.author_kind == "member")
        .filter_map(|message| message.author)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    names(tx, workspace, &ids)
}

/// The names of members.
pub(crate) fn names(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = Query::new("SELECT id, name FROM member WHERE workspace_id = ");
    query.bind(workspace).push(" AND id IN (").bind_list(ids.iter()).push(")");
    Ok(tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
}
