//! What somebody sees whose message was held back: a ticket like any other.
//! Rule: no door tells it from one that the desk has; what they add is kept with it, message by message.

use std::collections::HashMap;

use base::{Page, Result};
use db::Tx;
use trust::Cx;
use trust::nouns::{Ticket as TicketNoun, TicketId};
use web::{Access, Method, Op, PathId, Query, Reply};

use super::WRITTEN_ENOUGH;
use super::entry::{self, Entry};
use super::more::{self, More};
use super::settings::guard;
use crate::tickets::*;
use crate::uploads::attachments_of;

const ME: Access = Access::Customer;

pub(super) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/me/tickets", "listMyTickets", ME, list)
            .about("Lists the customer's own tickets.")
            .query::<PageQuery>()
            .gives::<Page<MyTicketOut>>(200),
        Op::new(Method::Get, "/api/v1/me/tickets/{id}", "getMyTicket", ME, get)
            .about("Reads a ticket of the customer.")
            .gives::<MyTicketOut>(200),
        Op::new(Method::Get, "/api/v1/me/tickets/{id}/messages", "listMyMessages", ME, messages)
            .about("Lists the messages of a ticket of the customer, oldest first.")
            .query::<PageQuery>()
            .gives::<Page<MyMessageOut>>(200),
    ]
}

/// What is held back of the person who asks, under an id.
pub(crate) fn held(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Option<Entry>> {
    if !guard(tx, cx)?.holds_any {
        return Ok(None);
    }
    Ok(entry::find(tx, cx, id)?.filter(|entry| cx.reach.person().contains(&entry.customer)))
}

/// Everything held back of the person who asks.
pub(crate) fn held_list(tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<Entry>> {
    if !guard(tx, cx)?.holds_any {
        return Ok(Vec::new());
    }
    entry::of_customers(tx, cx, cx.reach.person(), 50)
}

/// The same, locked until the commit.
pub(crate) fn held_locked(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Option<Entry>> {
    if held(tx, cx, id)?.is_none() {
        return Ok(None);
    }
    // One that was let out meanwhile is a ticket now.
    entry::find_locked(tx, cx, id)
}

/// Adds what somebody writes to their held message, which is locked, and shows it as sent.
pub(crate) fn write_more(tx: &mut Tx<'_>, cx: &Cx, entry: &Entry, reply: &NewReply) -> Result<MyMessageOut> {
    let mut shown = match entry.sent_before(reply.client_id.as_deref()) {
        Some(sent) => sent,
        None => {
            entry.check_room(reply.body.source())?;
            my_more(entry.id, &more::add(tx, cx, (entry.id, entry.message), reply)?)
        }
    };
    let mut files = attachments_of(tx, cx, entry.id, &[shown.id])?;
    shown.attachments = files.remove(&shown.id).unwrap_or_default();
    Ok(shown)
}

fn my_more(ticket: TicketId, more: &More) -> MyMessageOut {
    my_words(more.id, ticket, more.body.reveal(), more.client_id.clone(), more.received_at)
}

impl Entry {
    /// The ticket that its sender sees.
    pub(crate) fn my_ticket(&self) -> MyTicketOut {
        let newest = self.more.last();
        MyTicketOut {
            id: self.id,
            number: self.number,
            subject: self.subject.reveal().clone(),
            status: Status::Open,
            opened_at: self.received_at,
            last_message_at: newest.map_or(self.received_at, |more| more.received_at),
            preview: redact::preview(newest.map_or(&self.body, |more| &more.body).reveal(), 140),
        }
    }

    /// The message that its sender sees.
    pub(crate) fn my_message(&self) -> MyMessageOut {
        my_words(self.message, self.id, self.body.reveal(), self.client_id.clone(), self.received_at)
    }

    /// What was sent under this client id before.
    fn sent_before(&self, client_id: Option<&str>) -> Option<MyMessageOut> {
        let client_id = client_id?;
        self.my_messages().into_iter().find(|message| message.client_id.as_deref() == Some(client_id))
    }

    /// Refuses what is more than is kept.
    fn check_room(&self, text: &str) -> Result<()> {
        let more = self.more.iter().map(|more| more.body.reveal().len()).sum::<usize>();
        let is_full = self.more.len() >= more::MOST;
        let is_long = self.body.reveal().len() + more + text.len() > more::MOST_BYTES;
        if is_full || is_long { Err(WRITTEN_ENOUGH.error()) } else { Ok(()) }
    }

    /// All its messages as its sender sees them, oldest first.
    fn my_messages(&self) -> Vec<MyMessageOut> {
        std::iter::once(self.my_message()).chain(self.more.iter().map(|more| my_more(self.id, more))).collect()
    }
}

async fn list(cx: Cx, Query(asked): Query<PageQuery>) -> web::Result<Reply<Page<MyTicketOut>>> {
    let (limit, after) = (page_limit(asked.limit)?, cursor(asked.after.as_deref())?);
    let page = cx.read(move |tx, cx| {
        let Some(cx) = known(tx, cx)? else { return Ok(Page { items: Vec::new(), next: None }) };
        let mut page = my_list(tx, &cx, after, limit)?;
        if after.is_none() {
            page.items.extend(held_list(tx, &cx)?.iter().map(Entry::my_ticket));
            page.items.sort_by_key(|ticket| std::cmp::Reverse((ticket.opened_at, ticket.id)));
        }
        Ok(page)
    });
    Ok(Reply::new(page.await?))
}

async fn get(cx: Cx, PathId(id): PathId<TicketNoun>) -> web::Result<Reply<MyTicketOut>> {
    let ticket = cx.read(move |tx, cx| {
        let cx = known(tx, cx)?.ok_or_else(gone)?;
        match held(tx, &cx, id)? {
            Some(entry) => Ok(entry.my_ticket()),
            None => Ticket::find(tx, &cx.reach, id).map(my_ticket),
        }
    });
    Ok(Reply::new(ticket.await?))
}

async fn messages(
    cx: Cx,
    PathId(id): PathId<TicketNoun>,
    Query(asked): Query<PageQuery>,
) -> web::Result<Reply<Page<MyMessageOut>>> {
    let limit = page_limit(asked.limit)?;
    let after = message_cursor(asked.after.as_deref())?;
    let page = cx.read(move |tx, cx| {
        let cx = known(tx, cx)?.ok_or_else(gone)?;
        match held(tx, &cx, id)? {
            Some(entry) => {
                let mut found = entry.my_messages();
                found.retain(|message| after.is_none_or(|after| message.id > after));
                let mut page = Page::cut(found, limit, |message| message.id.to_string());
                let ids: Vec<MessageId> = page.items.iter().map(|message| message.id).collect();
                let mut files = if ids.is_empty() { HashMap::new() } else { attachments_of(tx, &cx, entry.id, &ids)? };
                for message in &mut page.items {
                    message.attachments = files.remove(&message.id).unwrap_or_default();
                }
                Ok(page)
            }
            None => my_message_page(tx, &cx, id, after, limit),
        }
    });
    Ok(Reply::new(page.await?))
}
