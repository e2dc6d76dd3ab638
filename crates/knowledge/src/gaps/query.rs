//! Settled searches: asked, clicked, followed by a ticket, forgotten.
//! Rule: what somebody typed is personal data until it is forgotten: 180 days, or when the person is erased.

use std::sync::Arc;

use base::{Result, Time};
use db::Tx;
use jobs::{Job, Run, Schedule};
use trust::nouns::{CustomerId, TicketId, WorkspaceId};
use trust::{Cx, House};
use uuid::Uuid;

use super::counting::{self, Delta};
use crate::nouns::{ArticleId, GapId, QueryId};

base::words! {
    /// Where somebody searched.
    pub enum AskedVia {
        /// The help centre.
        Help = "help",
        /// The widget.
        Widget = "widget",
        /// The console or a program of the workspace; counted apart, as nobody of the customers asked.
        Console = "console",
    }
}

/// Seconds in which a ticket after a search counts as caused by it.
const SOON: i64 = 30 * 60;
/// Days a search is kept.
const KEPT_DAYS: i64 = 180;
/// Searches of one person that a ticket can settle at once.
const MOST: i64 = 20;

/// The schedule that forgets old searches.
pub(crate) static FORGET: (jobs::Kind<Arc<House>>, Schedule) = (
    jobs::Kind { name: "knowledge.forget_searches", tries: 5, run: Run::Outside(forget_old) },
    Schedule { kind: "knowledge.forget_searches", every_seconds: 86_400 },
);

/// A search that somebody meant.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The words, cut to what is looked at.
    pub text: String,
    /// The language of the reader.
    pub locale: String,
    /// Where.
    pub via: AskedVia,
    /// How many articles were found.
    pub results: i64,
    /// How the search read and weighed it, as JSON, for a later learned weight.
    pub reading: Option<String>,
    /// The customer, when it is a known one.
    pub customer: Option<CustomerId>,
}

/// Keeps a settled search; empty ones are nobody's question.
pub fn ask(tx: &mut Tx<'_>, cx: &Cx, asked: &Asked) -> Result<Option<QueryId>> {
    let Some(gap) = counting::of_phrase(tx, cx, &asked.text, &asked.locale)? else { return Ok(None) };
    let id: QueryId = cx.new_id();
    tx.exec(
        "INSERT INTO search_query (workspace_id, id, gap_id, text, locale, via, results, reading, customer_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            &cx.workspace(), &id, &gap, &asked.text, &asked.locale, &asked.via, &asked.results, &asked.reading,
            &asked.customer, &cx.env().now(),
        ],
    )?;
    let without_results = i64::from(asked.results == 0);
    let delta = match asked.via {
        AskedVia::Console => Delta { agent_queries: 1, agent_without_results: without_results, ..Delta::default() },
        // A search counts as without a click until somebody clicks.
        AskedVia::Help | AskedVia::Widget => {
            Delta { queries: 1, without_results, without_click: 1, ..Delta::default() }
        }
    };
    counting::add(tx, cx, gap, delta)?;
    Ok(Some(id))
}

/// Notes that somebody opened an article that a search found.
pub fn click(tx: &mut Tx<'_>, cx: &Cx, query: QueryId, article: ArticleId) -> Result<()> {
    let found = tx.first_locked(
        "SELECT gap_id FROM search_query WHERE workspace_id = $1 AND id = $2 AND clicked_id IS NULL \
         AND via <> 'console'",
        &[&cx.workspace(), &query],
        |row| row.get::<GapId>(0),
    )?;
    let Some(gap) = found else { return Ok(()) };
    tx.exec(
        "UPDATE search_query SET clicked_id = $1 WHERE workspace_id = $2 AND id = $3",
        &[&article, &cx.workspace(), &query],
    )?;
    counting::add(tx, cx, gap, Delta { without_click: -1, ..Delta::default() })
}

/// Notes that a customer opened a ticket: their unanswered searches of the last half hour led to it.
pub fn ticket_opened(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId, ticket: TicketId, at: Time) -> Result<()> {
    let searches = tx.all(
        "SELECT id FROM search_query WHERE workspace_id = $1 AND customer_id = $2 AND created_at >= $3 \
         AND ticket_id IS NULL ORDER BY created_at DESC LIMIT $4",
        &[&cx.workspace(), &customer, &at.plus_seconds(-SOON), &MOST],
        |row| row.get(0),
    )?;
    ticket_opened_after(tx, cx, &searches, ticket, at)
}

/// The same for somebody nobody knows, whose page carried the searches along.
pub fn ticket_opened_after(tx: &mut Tx<'_>, cx: &Cx, searches: &[QueryId], ticket: TicketId, at: Time) -> Result<()> {
    let mut ordered = searches.to_vec();
    ordered.sort_unstable();
    ordered.dedup();
    for query in ordered.into_iter().take(usize::try_from(MOST).unwrap_or(20)) {
        let gap = tx.first_locked(
            "SELECT gap_id FROM search_query WHERE workspace_id = $1 AND id = $2 AND ticket_id IS NULL AND created_at >= $3 \
             AND via <> 'console'",
            &[&cx.workspace(), &query, &at.plus_seconds(-SOON)],
            |row| row.get::<GapId>(0),
        )?;
        let Some(gap) = gap else { continue };
        tx.exec(
            "UPDATE search_query SET ticket_id = $1 WHERE workspace_id = $2 AND id = $3",
            &[&ticket, &cx.workspace(), &query],
        )?;
        counting::add(tx, cx, gap, Delta { tickets: 1, ..Delta::default() })?;
    }
    Ok(())
}

/// Forgets what a customer looked for; gaps that were theirs alone go with it.
pub(crate) fn forget_customer(tx: &mut Tx<'_>, cx: &Cx, customer: CustomerId) -> Result<u64> {
    let gaps: Vec<GapId> = tx.all(
        "SELECT DISTINCT gap_id FROM search_query WHERE workspace_id = $1 AND customer_id = $2",
        &[&cx.workspace(), &customer],
        |row| row.get(0),
    )?;
    let forgotten = tx
        .exec("DELETE FROM search_query WHERE workspace_id = $1 AND customer_id = $2", &[&cx.workspace(), &customer])?;
    counting::recount(tx, cx.workspace(), gaps)?;
    Ok(forgotten)
}

fn forget_old(house: Arc<House>, _: Job) -> crate::Running {
    Box::pin(async move {
        let before = house.env.now().plus_days(-KEPT_DAYS);
        let old: Vec<WorkspaceId> = house.db.read(Uuid::nil(), move |tx| with_old(tx, before)).await?;
        for workspace in old {
            let forget = move |tx: &mut Tx<'_>| forget_before(tx, workspace, before);
            while house.db.write(workspace.uuid(), forget).await? {}
        }
        Ok(())
    })
}

/// The workspaces that have searches older than this.
fn with_old(tx: &mut Tx<'_>, before: Time) -> Result<Vec<WorkspaceId>> {
    tx.all("SELECT DISTINCT workspace_id FROM search_query WHERE created_at < $1 LIMIT 1000", &[&before], |row| {
        row.get(0)
    })
}

/// Forgets some old searches of a workspace; says whether there may be more.
fn forget_before(tx: &mut Tx<'_>, workspace: WorkspaceId, before: Time) -> Result<bool> {
    let old: Vec<(QueryId, GapId)> = tx.all(
        "SELECT id, gap_id FROM search_query WHERE workspace_id = $1 AND created_at < $2 LIMIT 200",
        &[&workspace, &before],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (query, _) in &old {
        tx.exec("DELETE FROM search_query WHERE workspace_id = $1 AND id = $2", &[&workspace, query])?;
    }
    counting::recount(tx, workspace, old.iter().map(|(_, gap)| *gap).collect())?;
    Ok(old.len() == 200)
}
