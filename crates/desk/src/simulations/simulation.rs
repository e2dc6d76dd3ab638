//! The row of a run: what was asked, how far it is, what it has found.

use std::collections::{BTreeSet, HashSet};

use base::{Code, Cursor, Kind, Page, Result, Time};
use db::{Row, Tx};
use serde::Serialize;
use trust::access::Right;
use trust::nouns::TicketId;
use trust::{Cx, PageQuery};

use super::outcome::Found;
use super::page;
use super::request::{Question, Request};
use crate::tickets::Ticket;

base::noun! {
    /// A what-if run.
    SimulationNoun, SimulationId, "sim"
}

/// The range makes no sense.
pub static BAD_RANGE: Code = Code::new(
    Kind::Unprocessable,
    "bad_range",
    "The range of a what-if run makes no sense.",
    "Send `from` before `to`, at most 1,100 days apart.",
);
/// Too many runs wait.
pub static TOO_MANY_SIMULATIONS: Code = Code::new(
    Kind::TooMany,
    "too_many_simulations",
    "Several what-if runs are under way already.",
    "Wait for one to end, or cancel it.",
);
/// The kind of the job of a run.
pub(super) const RUN: &str = "run_simulation";
/// Runs a workspace may have under way.
const MOST_RUNNING: i64 = 3;
/// Days a run may cover.
const MOST_DAYS: i64 = 1_100;

base::words! {
    /// How a run stands.
    pub enum State {
        /// It is under way.
        Running = "running",
        /// It has looked at everything.
        Done = "done",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// It could not go on.
        Failed = "failed",
    }
}

/// A run.
#[derive(Clone, Debug)]
pub(crate) struct Simulation {
    pub(super) id: SimulationId,
    pub(super) state: State,
    pub(super) request: Request,
    pub(super) from: Time,
    pub(super) to: Time,
    pub(super) as_of: Time,
    pub(super) looked_at: i64,
    pub(super) total: i64,
    pub(super) found: Found,
    pub(super) made_at: Time,
    pub(super) ended_at: Option<Time>,
}

const COLUMNS: &str = "id, state, request, from_at, to_at, as_of, looked_at, total, outcome, made_at, ended_at";

fn read(row: &Row<'_>) -> Result<Simulation> {
    let corrupt = |error: serde_json::Error| db::CORRUPT_ROW.error().caused_by(error);
    let state = row.get(1)?;
    let found = Found::read(&row.get::<String>(8)?);
    Ok(Simulation {
        id: row.get(0)?,
        // An answer that nobody can read any more is none; a run that is under way begins anew.
        state: if found.is_none() && state == State::Done { State::Failed } else { state },
        request: serde_json::from_str(&row.get::<String>(2)?).map_err(corrupt)?,
        from: row.get(3)?,
        to: row.get(4)?,
        as_of: row.get(5)?,
        looked_at: row.get(6)?,
        total: row.get(7)?,
        found: found.unwrap_or_default(),
        made_at: row.get(9)?,
        ended_at: row.get(10)?,
    })
}

impl Simulation {
    /// Looks over what is asked of history and counts the tickets, all of it reading; `begin` writes it down.
    pub(crate) fn prepare(tx: &mut Tx<'_>, cx: &Cx, question: Question, from: Time, to: Time) -> Result<Simulation> {
        cx.require(Right::SettingsWrite)?;
        if to <= from || to > from.plus_days(MOST_DAYS) {
            return Err(BAD_RANGE.error().field("/to", "out_of_range", "lies after `from`, at most 1,100 days"));
        }
        has_room(tx, cx)?;
        let request = question.checked(tx, cx)?;
        let now = cx.env().now();
        Ok(Simulation {
            id: cx.new_id(),
            state: State::Running,
            request,
            from,
            to,
            as_of: now,
            looked_at: 0,
            total: page::count(tx, &cx.reach, from, to)?,
            found: Found::default(),
            made_at: now,
            ended_at: None,
        })
    }

    /// Asks history what was prepared, unless others were quicker.
    pub(crate) fn begin(&self, tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
        cx.require(Right::SettingsWrite)?;
        has_room(tx, cx)?;
        self.insert(tx, cx)?;
        jobs::enqueue(tx, cx.env(), cx.workspace().uuid(), &jobs::NewJob::new(RUN, &self.id))
    }

    fn insert(&self, tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
        let by = cx.actor.member().map(|member| member.id);
        let (request, found) = (text(&self.request), text(&self.found));
        tx.exec(
            "INSERT INTO simulation (workspace_id, id, kind, state, request, from_at, to_at, as_of, looked_at, total, \
             outcome, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            &[
                &cx.workspace(),
                &self.id,
                &self.request.word(),
                &self.state,
                &request,
                &self.from,
                &self.to,
                &self.as_of,
                &self.looked_at,
                &self.total,
                &found,
                &by,
                &self.made_at,
            ],
        )?;
        Ok(())
    }

    /// Finds a run.
    pub(crate) fn find(tx: &mut Tx<'_>, cx: &Cx, id: SimulationId) -> Result<Simulation> {
        let sql = format!("SELECT {COLUMNS} FROM simulation WHERE workspace_id = $1 AND id = $2");
        tx.first(&sql, &[&cx.workspace(), &id], read)?.ok_or_else(|| web::NOT_FOUND.error())
    }

    /// Finds a run for somebody: figures are for whoever reads settings, tickets are named to those who may see them.
    pub(crate) fn find_for(tx: &mut Tx<'_>, cx: &Cx, id: SimulationId) -> Result<Simulation> {
        let mut simulation = Simulation::find(tx, cx, id)?;
        let differences = &mut simulation.found.differences;
        if !cx.reach.is_everything() && !differences.is_empty() {
            let named: BTreeSet<TicketId> = differences.iter().map(|difference| difference.ticket_id).collect();
            let named: Vec<TicketId> = named.into_iter().collect();
            let seen: HashSet<TicketId> = Ticket::find_many(tx, &cx.reach, &named)?.iter().map(Ticket::id).collect();
            differences.retain(|difference| seen.contains(&difference.ticket_id));
        }
        Ok(simulation)
    }

    /// Runs, newest first.
    pub(crate) fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<Simulation>> {
        let limit = page.limit()?;
        let before = page.cursor()?.map_or(uuid::Uuid::max(), |cursor| cursor.id);
        let sql =
            format!("SELECT {COLUMNS} FROM simulation WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
        let found = tx.all(&sql, &[&cx.workspace(), &before, &i64::try_from(limit + 1).unwrap_or(1)], read)?;
        Ok(Page::cut(found, limit, |last| Cursor { key: 0, id: last.id.uuid() }.encode()))
    }

    /// Notes how far a run has come, unless somebody stopped it; says whether it goes on.
    pub(super) fn note(&self, tx: &mut Tx<'_>, cx: &Cx) -> Result<bool> {
        let noted = tx.exec(
            "UPDATE simulation SET state = $1, looked_at = $2, outcome = $3, ended_at = $4 \
             WHERE workspace_id = $5 AND id = $6 AND state = 'running'",
            &[&self.state, &self.looked_at, &text(&self.found), &self.ended_at, &cx.workspace(), &self.id],
        )?;
        Ok(noted == 1)
    }

    /// Notes that a run could not go on.
    pub(super) fn fail(tx: &mut Tx<'_>, cx: &Cx, id: SimulationId) -> Result<()> {
        Simulation::end(tx, cx, id, State::Failed)
    }

    fn end(tx: &mut Tx<'_>, cx: &Cx, id: SimulationId, state: State) -> Result<()> {
        tx.exec(
            "UPDATE simulation SET state = $1, ended_at = $2 WHERE workspace_id = $3 AND id = $4 AND state = 'running'",
            &[&state, &cx.env().now(), &cx.workspace(), &id],
        )?;
        Ok(())
    }

    /// Stops a run; what it has found stays to be read.
    pub(crate) fn cancel(tx: &mut Tx<'_>, cx: &Cx, id: SimulationId) -> Result<()> {
        cx.require(Right::SettingsWrite)?;
        Simulation::find(tx, cx, id)?;
        Simulation::end(tx, cx, id, State::Cancelled)
    }
}

fn has_room(tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
    let sql = "SELECT COUNT(*) FROM simulation WHERE workspace_id = $1 AND state = 'running'";
    let running = tx.first(sql, &[&cx.workspace()], |row| row.get::<i64>(0))?.unwrap_or(0);
    if running < MOST_RUNNING { Ok(()) } else { Err(TOO_MANY_SIMULATIONS.error().retry_in(30)) }
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
