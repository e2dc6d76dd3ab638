//! Answering without a person: off unless somebody switches it on, only where the model is surer than nine in ten, once
//! per ticket, with an article that somebody chose for the category. Rule: it stops no clock, because its author is no
//! person, and it always says how to reach one.

use base::Result;
use db::Tx;
use knowledge::articles::{Live, Sight};
use knowledge::nouns::ArticleId;
use serde::Serialize;
use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::nouns::TicketId;

use super::settings;
use crate::spam::{REPLIED_ALREADY, may_reply_automatically};
use crate::tickets::{self, Added, BodyFormat, MessageKind, NewReply, Prepared, Status, Telling, Ticket};

/// The confidence above which an answer goes out.
pub(crate) const SURE: f64 = 0.9;

/// What is about to be answered.
struct Chosen {
    article: ArticleId,
    category: CategoryId,
    title: String,
    path: String,
    language: String,
}

/// The fact that a ticket was answered.
#[derive(Serialize)]
struct Answered {
    number: i64,
    article_id: ArticleId,
    category_id: CategoryId,
}

/// The fact that it was not, although an article would have answered.
#[derive(Serialize)]
struct KeptBack {
    number: i64,
    code: &'static str,
}

/// Answers a ticket, if all of it still holds.
pub(crate) async fn answer(cx: &Cx, id: TicketId) -> Result<()> {
    let chosen = cx.read(move |tx, cx| choose(tx, cx, id)).await;
    let chosen = match chosen {
        Err(error) if error.code() == &tickets::TICKET_NOT_FOUND => return Ok(()),
        other => other?,
    };
    let Some(chosen) = chosen else { return Ok(()) };
    let body = Prepared::new(words(&chosen), BodyFormat::Markdown).await?;
    cx.write(move |tx, cx| send(tx, cx, id, &chosen, &body)).await
}

/// The article that answers, if the workspace allows it and nobody was faster.
fn choose(tx: &mut Tx<'_>, cx: &Cx, id: TicketId) -> Result<Option<Chosen>> {
    let ticket = Ticket::find(tx, &cx.reach, id)?;
    let known = settings::known(tx, cx)?;
    if !known.settings.answers || ticket.status != Status::Open || ticket.first_response_at.is_some() {
        return Ok(None);
    }
    let sql = "SELECT category_id, category_confidence FROM ticket_triage WHERE workspace_id = $1 AND ticket_id = $2 \
        AND is_known = 1 AND answered_at IS NULL AND corrected_at IS NULL";
    let guessed: Option<(Option<CategoryId>, f64)> =
        tx.first(sql, &[&cx.workspace(), &id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some((Some(category), confidence)) = guessed else { return Ok(None) };
    let Some(article) = known.answers.get(&category).copied().filter(|_| confidence > SURE) else { return Ok(None) };
    let language = ticket.language.clone().unwrap_or_else(|| "en".to_owned());
    let live = Live::find(tx, cx, Sight::Customers, article, Some(&language))?;
    Ok(live.map(|live| Chosen {
        article,
        category,
        path: knowledge::help::article_path(live.locale().as_str(), &live.slug),
        title: live.title().to_owned(),
        language,
    }))
}

/// What is written: the article, and the way to a person.
fn words(chosen: &Chosen) -> String {
    let title = chosen.title.replace(['[', ']'], "");
    let link = format!("[{title}]({})", chosen.path);
    if chosen.language.starts_with("de") {
        return format!(
            "Dieser Artikel könnte Ihre Frage beantworten: {link}\n\nDas ist eine automatische Antwort. Ihre Anfrage bleibt \
             offen, und ein Mensch liest sie. Wenn der Artikel nicht hilft, antworten Sie einfach auf diese Nachricht."
        );
    }
    format!(
        "This article may answer your question: {link}\n\nThis is an automatic answer. Your request stays open, and a person \
         will read it. If the article does not help, just reply to this message."
    )
}

fn send(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, chosen: &Chosen, body: &Prepared) -> Result<()> {
    let ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    if ticket.first_response_at.is_some() || ticket.status != Status::Open {
        return Ok(());
    }
    // A customer who got an automatic reply of a rule gets no second one.
    if !may_reply_automatically(tx, cx, id, ticket.customer)? {
        if let Some(mut telling) = Telling::begin(tx, cx, id)? {
            let kept = KeptBack { number: ticket.number, code: REPLIED_ALREADY.name };
            telling.tell(tx, cx, "ticket.answer_kept_back", cx.env().now(), &kept)?;
        }
        return Ok(());
    }
    // Once per ticket: whoever sets the time sends.
    let is_first = tx.exec(
        "UPDATE ticket_triage SET answered_at = $1 WHERE workspace_id = $2 AND ticket_id = $3 AND answered_at IS NULL",
        &[&cx.env().now(), &cx.workspace(), &id],
    )?;
    if is_first == 0 {
        return Ok(());
    }
    let reply = NewReply {
        kind: MessageKind::Reply,
        body: body.clone(),
        last_seen: ticket.last_customer_message,
        client_id: Some("automatic-answer".to_owned()),
        attachments: Vec::new(),
    };
    if let Added::Written(_) = tickets::add(tx, cx, id, &reply)? {
        let answered = Answered { number: ticket.number, article_id: chosen.article, category_id: chosen.category };
        if let Some(mut telling) = Telling::begin(tx, cx, id)? {
            telling.tell(tx, cx, "ticket.answered_automatically", cx.env().now(), &answered)?;
        }
    }
    Ok(())
}
