//! What rules did: a row per rule, ticket and first event, and an entry in the ticket's timeline.
//! Rule: the row's key is what makes a run one, however often its job is run.

use base::{Cursor, Result, Time};
use db::{Query, Row, Tx};
use rules::Fault;
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::nouns::TicketId;

use super::acting::{Effect, EffectOutcome};
use super::listening::Moment;
use super::rule::RuleRow;
use super::{RuleId, RunId};
use crate::tickets::{Ticket, tell_next};

base::words! {
    /// What became of a run.
    pub enum RunOutcome {
        /// The condition held and the actions were done.
        Ran = "ran",
        /// The condition could not be decided, so it did not match.
        Erred = "erred",
        /// The chain of rules that led here was too long, so nothing was done.
        CutOff = "cut_off",
        /// The rule acted as often as it may within an hour, and rests until the hour is over.
        HeldBack = "held_back",
    }
}

/// The timeline's entry.
#[derive(Serialize)]
struct RuleRan<'a> {
    number: i64,
    rule_id: RuleId,
    rule_version: i64,
    outcome: RunOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    moment: Option<Moment>,
    root_seq: i64,
    effects: &'a [Effect],
}

/// A run as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub id: RunId,
    pub ticket: TicketId,
    pub version: i64,
    pub outcome: RunOutcome,
    pub fault: Option<String>,
    pub effects: Vec<Effect>,
    pub ran_at: Time,
}

impl Kept {
    fn read(row: &Row<'_>) -> Result<Kept> {
        let effects: String = row.get(5)?;
        Ok(Kept {
            id: row.get(0)?,
            ticket: row.get(1)?,
            version: row.get(2)?,
            outcome: row.get(3)?,
            fault: row.get(4)?,
            effects: serde_json::from_str(&effects).unwrap_or_default(),
            ran_at: row.get(6)?,
        })
    }
}

/// Whether a rule has had its turn: for this first event, or at all when it acts once per ticket.
pub(super) fn is_done(tx: &mut Tx<'_>, cx: &Cx, rule: &RuleRow, ticket: TicketId, root: i64) -> Result<bool> {
    let done = tx.first(
        "SELECT 1 FROM automation_run WHERE workspace_id = $1 AND rule_id = $2 AND ticket_id = $3 \
         AND (root_seq = $4 OR ($5 = 1 AND outcome = 'ran')) LIMIT 1",
        &[&cx.workspace(), &rule.id, &ticket, &root, &i64::from(rule.definition.once)],
        |_| Ok(()),
    )?;
    Ok(done.is_some())
}

/// What a run came to.
pub(super) struct Outcome<'a> {
    pub moment: Option<Moment>,
    pub root: i64,
    pub outcome: RunOutcome,
    pub fault: Option<&'a Fault>,
    pub effects: &'a [Effect],
}

/// Keeps a run and tells of it in the ticket's timeline.
pub(super) fn record(tx: &mut Tx<'_>, cx: &Cx, rule: &RuleRow, ticket: TicketId, result: &Outcome<'_>) -> Result<()> {
    let id: RunId = cx.new_id();
    let effects = serde_json::to_string(result.effects).unwrap_or_else(|_| "[]".to_owned());
    tx.exec(
        "INSERT INTO automation_run (workspace_id, rule_id, ticket_id, root_seq, id, version, outcome, fault, effects, ran_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            &cx.workspace(), &rule.id, &ticket, &result.root, &id, &rule.version, &result.outcome,
            &result.fault.map(ToString::to_string), &effects, &cx.env().now(),
        ],
    )?;
    let mut ticket = Ticket::find_locked(tx, &cx.reach, ticket)?;
    let number = ticket.number();
    let data = RuleRan {
        number,
        rule_id: rule.id,
        rule_version: rule.version,
        outcome: result.outcome,
        moment: result.moment,
        root_seq: result.root,
        effects: result.effects,
    };
    tell_next(tx, cx, &mut ticket, "ticket.rule_ran", &data)
}

/// The timeline's entry when an action that runs after the rule came to nothing.
#[derive(Serialize)]
struct RuleActionRefused<'a> {
    number: i64,
    rule_id: RuleId,
    rule_version: i64,
    #[serde(rename = "do")]
    action: &'a str,
    code: &'a str,
}

/// An action of a run, done in a job of its own.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Errand {
    pub rule: RuleId,
    pub version: i64,
    pub ticket: TicketId,
    pub root: i64,
    pub index: usize,
}

impl Errand {
    /// What became of it so far, its run locked until the commit; nothing when the run was forgotten.
    pub(super) fn effect(self, tx: &mut Tx<'_>, cx: &Cx) -> Result<Option<Effect>> {
        Ok(self.effects(tx, cx)?.into_iter().nth(self.index))
    }

    fn effects(self, tx: &mut Tx<'_>, cx: &Cx) -> Result<Vec<Effect>> {
        let effects = tx.first_locked(
            "SELECT effects FROM automation_run WHERE workspace_id = $1 AND rule_id = $2 AND ticket_id = $3 AND root_seq = $4",
            &[&cx.workspace(), &self.rule, &self.ticket, &self.root],
            |row| row.get::<String>(0),
        )?;
        Ok(effects.and_then(|effects| serde_json::from_str(&effects).ok()).unwrap_or_default())
    }

    /// Keeps in its run what became of it, and tells the ticket when it was refused.
    pub(super) fn settle(self, tx: &mut Tx<'_>, cx: &Cx, refused: Option<&str>) -> Result<()> {
        let mut effects = self.effects(tx, cx)?;
        let Some(effect) = effects.get_mut(self.index) else { return Ok(()) };
        let outcome = if refused.is_some() { EffectOutcome::Refused } else { EffectOutcome::Done };
        let now = Effect { action: effect.action.clone(), outcome, code: refused.map(str::to_owned), settled: true };
        if *effect == now {
            return Ok(());
        }
        let action = effect.action.clone();
        *effect = now;
        tx.exec(
            "UPDATE automation_run SET effects = $1 WHERE workspace_id = $2 AND rule_id = $3 AND ticket_id = $4 AND root_seq = $5",
            &[
                &serde_json::to_string(&effects).unwrap_or_else(|_| "[]".to_owned()), &cx.workspace(), &self.rule, &self.ticket,
                &self.root,
            ],
        )?;
        let Some(code) = refused else { return Ok(()) };
        let Some(mut ticket) = Ticket::find_any_locked(tx, &cx.reach, self.ticket)? else { return Ok(()) };
        let (number, rule_id, rule_version) = (ticket.number(), self.rule, self.version);
        let data = RuleActionRefused { number, rule_id, rule_version, action: &action, code };
        tell_next(tx, cx, &mut ticket, "ticket.rule_action_refused", &data)
    }
}

/// The query of a rule's runs, newest first, for running and for explaining.
pub fn runs_query(cx: &Cx, rule: RuleId, after: Option<Cursor>, limit: usize) -> Query {
    let mut query = Query::new(
        "SELECT id, ticket_id, version, outcome, fault, effects, ran_at FROM automation_run WHERE workspace_id = ",
    );
    query.bind(cx.workspace()).push(" AND rule_id = ").bind(rule);
    query.after("(ran_at, id) <", after);
    query.push(" ORDER BY ran_at DESC, id DESC LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(101));
    query
}

/// Up to `limit` + 1 runs of a rule.
pub(super) fn list(tx: &mut Tx<'_>, cx: &Cx, rule: RuleId, after: Option<Cursor>, limit: usize) -> Result<Vec<Kept>> {
    tx.all_of(&runs_query(cx, rule, after, limit), Kept::read)
}
