//! Gaps in the order of what they cost: the list, dismissing one, and the article that fills it.

use base::{Cursor, Result, Time};
use db::{Query, Row, Tx};
use trust::Cx;
use trust::access::Right;

use crate::articles::gone;
use crate::nouns::{ArticleId, GapId};

/// A gap with its counts.
#[derive(Clone, Debug)]
pub struct Ranked {
    pub(crate) id: GapId,
    pub(crate) text: String,
    pub(crate) locale: String,
    pub(crate) queries: i64,
    pub(crate) without_results: i64,
    pub(crate) without_click: i64,
    pub(crate) tickets: i64,
    pub(crate) score: i64,
    pub(crate) article: Option<ArticleId>,
    pub(crate) last_at: Time,
    pub(crate) agent_queries: i64,
    pub(crate) agent_without_results: i64,
    pub(crate) agent_score: i64,
}

base::words! {
    /// Whose searches a list of gaps ranks.
    pub enum AskedBy {
        /// Customers, in the help centre and the widget.
        Customers = "customers",
        /// Members, in the console.
        Agents = "agents",
    }
}

impl AskedBy {
    /// What orders the list.
    pub(crate) fn score_of(self, gap: &Ranked) -> i64 {
        match self {
            AskedBy::Customers => gap.score,
            AskedBy::Agents => gap.agent_score,
        }
    }
}

const COLUMNS: &str = "id, text, locale, queries, without_results, without_click, tickets, score, article_id, last_at, \
    agent_queries, agent_without_results, agent_score";

fn read(row: &Row<'_>) -> Result<Ranked> {
    Ok(Ranked {
        id: row.get(0)?,
        text: row.get(1)?,
        locale: row.get(2)?,
        queries: row.get(3)?,
        without_results: row.get(4)?,
        without_click: row.get(5)?,
        tickets: row.get(6)?,
        score: row.get(7)?,
        article: row.get(8)?,
        last_at: row.get(9)?,
        agent_queries: row.get(10)?,
        agent_without_results: row.get(11)?,
        agent_score: row.get(12)?,
    })
}

/// The query of the gaps, dearest first, for running and for explaining.
pub fn rank_query(cx: &Cx, by: AskedBy, after: Option<Cursor>, limit: usize) -> Query {
    let (some, place, order) = match by {
        AskedBy::Customers => (" AND score > 0", "(score, id) <", " ORDER BY score DESC, id DESC LIMIT "),
        AskedBy::Agents => {
            (" AND agent_score > 0", "(agent_score, id) <", " ORDER BY agent_score DESC, id DESC LIMIT ")
        }
    };
    let mut query = Query::new(&format!("SELECT {COLUMNS} FROM search_gap WHERE workspace_id = "));
    query.bind(cx.workspace()).push(some).push(" AND dismissed_at IS NULL");
    query.after(place, after);
    query.push(order).bind(i64::try_from(limit + 1).unwrap_or(101));
    query
}

/// Up to `limit` + 1 gaps.
pub(crate) fn list(tx: &mut Tx<'_>, cx: &Cx, by: AskedBy, after: Option<Cursor>, limit: usize) -> Result<Vec<Ranked>> {
    tx.all_of(&rank_query(cx, by, after, limit), read)
}

/// Finds a gap and locks its row until the commit.
pub(crate) fn find_locked(tx: &mut Tx<'_>, cx: &Cx, id: GapId) -> Result<Ranked> {
    let found = tx.first_locked(
        &format!("SELECT {COLUMNS} FROM search_gap WHERE workspace_id = $1 AND id = $2"),
        &[&cx.workspace(), &id],
        read,
    )?;
    found.ok_or_else(gone)
}

/// Says that a gap is none, so that it leaves the list.
pub(crate) fn dismiss(tx: &mut Tx<'_>, cx: &Cx, id: GapId) -> Result<()> {
    cx.require(Right::KnowledgeWrite)?;
    let dismissed = tx.exec(
        "UPDATE search_gap SET dismissed_at = $1 WHERE workspace_id = $2 AND id = $3",
        &[&cx.env().now(), &cx.workspace(), &id],
    )?;
    if dismissed == 1 { Ok(()) } else { Err(gone()) }
}

/// Names the article that is to fill a gap.
pub(crate) fn filled_by(tx: &mut Tx<'_>, cx: &Cx, id: GapId, article: ArticleId) -> Result<()> {
    let filled = tx.exec(
        "UPDATE search_gap SET article_id = $1 WHERE workspace_id = $2 AND id = $3",
        &[&article, &cx.workspace(), &id],
    )?;
    let unknown = || web::INVALID_FIELD.error().field("/gap_id", "unknown", "is no gap of this workspace");
    if filled == 1 { Ok(()) } else { Err(unknown()) }
}
