//! The door of ticket search.

use base::Result;
use search::{Kind, MAX_HITS};
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::nouns::TicketId;
use utoipa::{IntoParams, ToSchema};
use web::{Access, Class, Method, Op, Query, Reply};

use super::index_problem;
use crate::Desk;
use crate::tickets::{Message, MessageId, Ticket, TicketOut, ticket_outs};

/// Hits looked at first for a reader who does not see everything; ten times as many when they leave too few.
const SOME_HITS: usize = 400;
/// What stands before a word that was asked for; what a person wrote is escaped and never looks like it.
const MARK: &str = "<mark>";

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/search/tickets", "searchTickets", Access::Member("tickets:read"), find)
            .about("Finds tickets by their words, best first.")
            .class(Class::Search)
            .query::<SearchQuery>()
            .gives::<FoundTickets>(200),
    ]
}

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    /// The words; quotes keep words together. At most 1,000 characters count.
    q: String,
    /// How many, 1 to 100; 20 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
struct FoundTickets {
    /// The tickets, best first.
    items: Vec<FoundTicket>,
    /// Always null: searches have one page.
    next: Option<String>,
    /// Whether the search ended before it was sure to have found all that you may see; more words find more.
    is_cut: bool,
}

/// A ticket that was found.
#[derive(Serialize, ToSchema)]
struct FoundTicket {
    /// The ticket.
    ticket: TicketOut,
    /// Where the words are, as safe HTML with `mark` around them.
    snippet: String,
    /// How well it fits; higher is better, comparable within one answer only.
    score: f32,
}

struct Hit {
    ticket: TicketId,
    part: [u8; 16],
    score: f32,
}

async fn find(cx: Cx, desk: Desk, Query(asked): Query<SearchQuery>) -> web::Result<Reply<FoundTickets>> {
    let limit = crate::tickets::page_limit(asked.limit.or(Some(20)))?;
    let words = asked.q;
    let steps: &[(usize, usize)] =
        if cx.reach.is_everything() { &[(0, limit)] } else { &[(0, SOME_HITS), (SOME_HITS, MAX_HITS)] };
    cx.note_read("tickets.searched", None);
    let mut items: Vec<FoundTicket> = Vec::new();
    let mut is_cut = false;
    for (offset, upto) in steps {
        let (wanted, missing) = (upto - offset, limit - items.len());
        let hits = hits(&cx, &desk, &words, *offset, wanted).await?;
        is_cut = hits.len() == wanted;
        let known: Vec<TicketId> = items.iter().map(|item| item.ticket.id).collect();
        let searched = words.clone();
        let hits: Vec<Hit> = hits.into_iter().filter(|hit| !known.contains(&hit.ticket)).collect();
        items.extend(cx.read(move |tx, cx| draw(tx, cx, &hits, &searched, missing)).await?);
        if items.len() >= limit || !is_cut {
            break;
        }
    }
    is_cut = is_cut && items.len() < limit;
    Ok(Reply::new(FoundTickets { items, next: None, is_cut }))
}

/// Hits in the whole workspace, best first, after so many.
async fn hits(cx: &Cx, desk: &Desk, words: &str, offset: usize, limit: usize) -> web::Result<Vec<Hit>> {
    let (desk, words, workspace) = (desk.clone(), words.to_owned(), cx.workspace().uuid().into_bytes());
    let hits = tokio::task::spawn_blocking(move || {
        let query = search::Query { workspace, text: &words, kinds: &Kind::ALL, limit, offset };
        desk.index().search(&query).map_err(index_problem)
    });
    let hit = |hit: search::Hit| Hit {
        ticket: TicketId::from_uuid(uuid::Uuid::from_bytes(hit.owner)),
        part: hit.part,
        score: hit.score,
    };
    Ok(hits.await.map_err(index_problem)??.into_iter().map(hit).collect())
}

/// Reads the hits again within the reach, best first, up to `limit`.
fn draw(tx: &mut db::Tx<'_>, cx: &Cx, hits: &[Hit], words: &str, limit: usize) -> Result<Vec<FoundTicket>> {
    let mut items = Vec::new();
    for some in hits.chunks(100) {
        let ids: Vec<TicketId> = some.iter().map(|hit| hit.ticket).collect();
        let visible = Ticket::find_many(tx, &cx.reach, &ids)?;
        for ticket in ticket_outs(tx, cx, visible)? {
            let Some(hit) = some.iter().find(|hit| hit.ticket == ticket.id) else { continue };
            let snippet = snippet_of(tx, cx, &ticket, hit.part, words)?;
            items.push(FoundTicket { snippet, score: hit.score, ticket });
            if items.len() == limit {
                return Ok(items);
            }
        }
    }
    Ok(items)
}

/// The words of the part that was found; those of the subject when only they answer.
fn snippet_of(tx: &mut db::Tx<'_>, cx: &Cx, ticket: &TicketOut, part: [u8; 16], asked: &str) -> Result<String> {
    let part = MessageId::from_uuid(uuid::Uuid::from_bytes(part));
    let subject = || search::snippet(&ticket.subject, asked);
    let Some(message) = Message::find(tx, cx.workspace(), ticket.id, part)? else { return Ok(subject()) };
    let own = search::snippet(&message.words(), asked);
    if own.contains(MARK) {
        return Ok(own);
    }
    let subject = subject();
    Ok(if subject.contains(MARK) { subject } else { own })
}
