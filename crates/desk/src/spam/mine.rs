//! What somebody sees whose message was held back: a ticket like any other.
//! Rule: no door tells it from one that the desk has; what they add is kept with it.

use base::{Id, Page, Result};
use db::Tx;
use trust::Cx;
use trust::nouns::{Ticket as TicketNoun, TicketId};
use web::{Access, Method, Op, PathId, Query, Reply};

use super::entry::{self, Entry};
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

/// Adds what somebody writes to their held message, and shows it as sent.
pub(crate) fn write_more(tx: &mut Tx<'_>, cx: &Cx, entry: &Entry, reply: &NewReply) -> Result<MyMessageOut> {
    let text = reply.body.source();
    entry::add(tx, cx, entry, text)?;
    let now = cx.env().now();
    let id = Id::at(now, cx.cell(), cx.env().random());
    Ok(my_words(id, entry.id, text, reply.client_id.clone(), now))
}

impl Entry {
    /// The ticket that its sender sees.
    pub(crate) fn my_ticket(&self) -> MyTicketOut {
        MyTicketOut {
            id: self.id,
            number: self.number,
            subject: self.subject.reveal().clone(),
            status: Status::Open,
            opened_at: self.received_at,
            last_message_at: self.received_at,
            preview: redact::preview(self.body.reveal(), 140),
        }
    }

    /// The message that its sender sees.
    pub(crate) fn my_message(&self) -> MyMessageOut {
        my_words(self.message, self.id, self.body.reveal(), self.client_id.clone(), self.received_at)
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
                let mut message = entry.my_message();
                let mut files = attachments_of(tx, &cx, entry.id, &[entry.message])?;
                message.attachments = files.remove(&entry.message).unwrap_or_default();
                let items = Some(message).filter(|message| after.is_none_or(|after| message.id > after));
                Ok(Page { items: items.into_iter().collect(), next: None })
            }
            None => my_message_page(tx, &cx, id, after, limit),
        }
    });
    Ok(Reply::new(page.await?))
}
