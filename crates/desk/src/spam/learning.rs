//! What the filter learns: from what people call spam, and from what they do not.
//! Rule: a ticket is one lesson; whoever corrects it takes the earlier lesson back.

use std::sync::Arc;

use base::Result;
use db::Tx;
use jobs::{Job, Kind, NewJob, Run, enqueue};
use trust::access::Via;
use trust::nouns::{TicketId, WorkspaceId};
use trust::{Cx, House};

use super::bayes::words;
use super::settings::{locked, store};
use crate::tickets::{Message, Ticket};

const ANSWERED: &str = "desk.learn_answered";
/// Answered tickets that it starts from.
const FIRST: i64 = 100;
/// Lessons of one transaction.
const AT_ONCE: usize = 20;

pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![Kind { name: ANSWERED, tries: 5, run: Run::Outside(|house, job| Box::pin(learn_answered(house, job))) }]
}

/// Learns that a message is spam, or is not.
pub fn learn(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, subject: &str, body: &str, is_spam: bool) -> Result<()> {
    let mut settings = locked(tx, cx)?;
    let known: Option<bool> = tx.first(
        "SELECT is_spam FROM spam_lesson WHERE workspace_id = $1 AND ticket_id = $2",
        &[&cx.workspace(), &ticket],
        |row| row.get(0),
    )?;
    if known == Some(is_spam) {
        return Ok(());
    }
    tx.exec(
        "INSERT INTO spam_lesson (workspace_id, ticket_id, is_spam, learned_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET is_spam = excluded.is_spam, learned_at = excluded.learned_at",
        &[&cx.workspace(), &ticket, &is_spam, &cx.env().now()],
    )?;
    let one = |is_it: bool| i64::from(is_it);
    let taken_back = |was: bool| one(known == Some(was));
    let (spam, fine) = (one(is_spam) - taken_back(true), one(!is_spam) - taken_back(false));
    for word in words(subject, body) {
        tx.exec(
            "INSERT INTO spam_word (workspace_id, word, spam, fine) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (workspace_id, word) DO UPDATE SET spam = spam_word.spam + $5, fine = spam_word.fine + $6",
            &[&cx.workspace(), &word, &spam.max(0), &fine.max(0), &spam, &fine],
        )?;
    }
    let is_first = is_spam && settings.spam_learned == 0;
    settings.spam_learned += spam;
    settings.fine_learned += fine;
    store(tx, cx, &settings)?;
    if is_first {
        enqueue(tx, cx.env(), cx.workspace().uuid(), &NewJob::new(ANSWERED, &()).once("first"))?;
    }
    Ok(())
}

/// Learns from a ticket: its subject and its first message.
pub fn learn_of_ticket(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, is_spam: bool) -> Result<()> {
    let first = Message::list(tx, cx.workspace(), ticket.id, None, true, 1)?.pop();
    let body = first.map(|message| message.words()).unwrap_or_default();
    learn(tx, cx, ticket.id, ticket.subject.reveal(), &body, is_spam)
}

/// With the first spam it learns what is not: the newest tickets that somebody answered.
async fn learn_answered(house: Arc<House>, job: Job) -> Result<()> {
    let cx = Cx::of_house(&house, WorkspaceId::from_uuid(job.workspace), Via::Job);
    let answered: Vec<TicketId> = cx
        .read(|tx, cx| {
            tx.all(
                "SELECT id FROM ticket WHERE workspace_id = $1 AND deleted_at IS NULL AND first_response_at IS NOT NULL \
                 AND NOT EXISTS (SELECT 1 FROM spam_lesson l WHERE l.workspace_id = ticket.workspace_id \
                 AND l.ticket_id = ticket.id) ORDER BY opened_at DESC, id DESC LIMIT $2",
                &[&cx.workspace(), &FIRST],
                |row| row.get(0),
            )
        })
        .await?;
    for some in answered.chunks(AT_ONCE) {
        let some = some.to_vec();
        cx.write(move |tx, cx| {
            for id in &some {
                // One that went meanwhile teaches nothing.
                if let Ok(ticket) = Ticket::find(tx, &cx.reach, *id) {
                    learn_of_ticket(tx, cx, &ticket, false)?;
                }
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}
