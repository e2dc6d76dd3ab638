//! Doing what a rule says, action by action, by the verbs that people use.
//! Rule: what a verb refuses is an outcome and no failure; each action is one verb, which refuses before it writes.

use base::text::{Line, fold};
use base::{Code, Error, Kind, Patch, Result};
use db::Tx;
use jobs::{NewJob, enqueue};
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::nouns::{MemberId, TicketId};
use utoipa::ToSchema;
use web::IfMatch;

use super::RuleId;
use super::action::{Action, Listener};
use super::filling::fill;
use super::webhooks::{self, Call};
use crate::escalation::{EscalationCause, escalate};
use crate::notifications::{Notice, NoticeKind, Told, notify};
use crate::spam::check_automatic_reply;
use crate::tickets::{self, Changes, MessageKind, NewReply, Prepared, Target, Ticket};

/// Members of a team that one rule tells at most.
const TOLD: i64 = 200;

/// A variable has no value, so nothing is sent.
pub(super) static MISSING_VALUE: Code = Code::new(
    Kind::Unprocessable,
    "missing_value",
    "A variable in the text has no value for this ticket, so nothing was sent.",
    "Give the variable words for that case: `{{customer.name|there}}`.",
);

base::words! {
    /// What became of an action.
    pub enum EffectOutcome {
        /// It was done.
        Done = "done",
        /// There was nothing to do: it is so already.
        Nothing = "nothing",
        /// It was refused; `code` says why.
        Refused = "refused",
    }
}

/// What became of one action of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RuleEffect)]
pub(super) struct Effect {
    /// The action.
    #[serde(rename = "do")]
    pub action: String,
    /// What became of it.
    pub outcome: EffectOutcome,
    /// Why it was refused.
    #[serde(default)]
    pub code: Option<String>,
    /// Whether a macro, which runs right after the rule, has come to its end.
    #[serde(default)]
    pub settled: bool,
}

/// Which action of which run this is: what makes its effects one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub rule: RuleId,
    pub version: i64,
    pub ticket: TicketId,
    pub root: i64,
    pub index: usize,
    /// Whether the transaction is undone in the end, so that what else would be a job is done at once.
    pub is_trial: bool,
}

impl Place {
    /// The key of what this action writes.
    pub(super) fn key(self) -> String {
        format!("{}.{}.{}", self.rule, self.root, self.index)
    }
}

/// Does one action.
pub(super) fn act(tx: &mut Tx<'_>, cx: &Cx, place: Place, action: &Action) -> Result<Effect> {
    let (outcome, code) = match perform(tx, cx, place, action) {
        Ok(true) => (EffectOutcome::Done, None),
        Ok(false) => (EffectOutcome::Nothing, None),
        Err(error) if is_refusal(&error) => (EffectOutcome::Refused, Some(error.name().to_owned())),
        Err(error) => return Err(error),
    };
    Ok(Effect { action: action.word().to_owned(), outcome, code, settled: false })
}

/// Whether a verb said no before it wrote anything; what the database or the house got wrong is not that.
pub(super) fn is_refusal(error: &Error) -> bool {
    matches!(error.kind(), Kind::NotFound | Kind::Conflict | Kind::Unprocessable | Kind::Forbidden)
        && !db::is_duplicate(error)
}

/// Does it, and says whether there was something to do.
fn perform(tx: &mut Tx<'_>, cx: &Cx, place: Place, action: &Action) -> Result<bool> {
    let ticket = Ticket::find_locked(tx, &cx.reach, place.ticket)?;
    let (id, seen) = (ticket.id(), IfMatch(ticket.version()));
    let after = match action {
        Action::SetPriority { priority } => {
            tickets::patch(tx, cx, id, seen, &Changes { priority: Some(*priority), ..Changes::default() })?
        }
        Action::SetType { kind } => {
            tickets::patch(tx, cx, id, seen, &Changes { kind: Patch::Set(*kind), ..Changes::default() })?
        }
        Action::SetCategory { category_id } => {
            tickets::patch(tx, cx, id, seen, &Changes { category: Patch::Set(*category_id), ..Changes::default() })?
        }
        Action::SetField { key, value } => return set_field(tx, cx, &ticket, key, value),
        Action::SetStatus { status, waiting_on } => {
            let new = tickets::NewStatus { status: *status, waiting_on: *waiting_on, name: None };
            tickets::set_status(tx, cx, id, seen, new)?
        }
        Action::AddTags { tags } => return retag(tx, cx, &ticket, tags, true),
        Action::RemoveTags { tags } => return retag(tx, cx, &ticket, tags, false),
        Action::Assign { team_id, assignee_id } => {
            tickets::assign(tx, cx, id, seen, Target { team: *team_id, assignee: *assignee_id })?
        }
        Action::Unassign {} => tickets::unassign(tx, cx, id, seen)?,
        Action::Reply { body } => return write(tx, cx, place, &ticket, MessageKind::Reply, body),
        Action::Note { body } => return write(tx, cx, place, &ticket, MessageKind::Note, body),
        Action::Notify { to, member_ids, text } => return tell(tx, cx, place, &ticket, (to, member_ids, text)),
        Action::Snooze { minutes } => {
            tickets::snooze(tx, cx, id, cx.env().now().plus_seconds(minutes.saturating_mul(60)))?
        }
        Action::Escalate { tier, reason } => {
            let reason = filled(tx, cx, &ticket, reason)?;
            escalate(tx, cx, id, *tier, &reason, EscalationCause::Rule)?;
            return Ok(true);
        }
        Action::RunMacro { macro_id } if place.is_trial => {
            super::macros::run_now(tx, cx, id, *macro_id, place.key())?;
            Ticket::find_locked(tx, &cx.reach, id)?
        }
        Action::RunMacro { macro_id } => {
            super::macros::ask(tx, cx, place, *macro_id)?;
            return Ok(true);
        }
        Action::Webhook { .. } => return call(tx, cx, place),
    };
    Ok(after.version() != ticket.version())
}

fn set_field(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, key: &str, value: &serde_json::Value) -> Result<bool> {
    let id = ticket.id();
    let now = tickets::fields_of(tx, cx.workspace(), &[id])?.remove(&id).unwrap_or_default();
    if now.get(key).unwrap_or(&serde_json::Value::Null) == value {
        return Ok(false);
    }
    let fields = serde_json::Map::from_iter([(key.to_owned(), value.clone())]);
    let changes = Changes { fields: Some(fields), ..Changes::default() };
    tickets::patch(tx, cx, id, IfMatch(ticket.version()), &changes)?;
    Ok(true)
}

/// Adds tags, or takes them away; tags that are as wished are no change.
fn retag(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, wanted: &[Line<60>], adds: bool) -> Result<bool> {
    let id = ticket.id();
    let now = tickets::tags_of(tx, cx.workspace(), &[id])?.remove(&id).unwrap_or_default();
    let is_among = |names: &[Line<60>], name: &str| names.iter().any(|one| fold(one) == fold(name));
    let known: Vec<Line<60>> = now.iter().filter_map(|name| Line::new(name).ok()).collect();
    let mut next: Vec<Line<60>> = known.clone();
    if adds {
        next.extend(wanted.iter().filter(|name| !is_among(&known, name)).cloned());
    } else {
        next.retain(|name| !is_among(wanted, name));
    }
    if next.len() == known.len() {
        return Ok(false);
    }
    let changes = Changes { tags: Some(next), ..Changes::default() };
    tickets::patch(tx, cx, id, IfMatch(ticket.version()), &changes)?;
    Ok(true)
}

/// Writes a reply or a note, under a key of its own so that it is written once; a reply only if the customer may get one.
fn write(tx: &mut Tx<'_>, cx: &Cx, place: Place, ticket: &Ticket, kind: MessageKind, text: &str) -> Result<bool> {
    let reply = NewReply {
        kind,
        body: Prepared::text(filled(tx, cx, ticket, text)?),
        last_seen: None,
        client_id: Some(place.key()),
        attachments: Vec::new(),
    };
    if kind == MessageKind::Reply {
        ticket.check_not_closed()?;
        check_automatic_reply(tx, cx, ticket.id(), ticket.customer())?;
    }
    tickets::add(tx, cx, ticket.id(), &reply)?;
    Ok(true)
}

/// A text with the ticket's values in it; refused when one is missing.
pub(super) fn filled(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, text: &str) -> Result<String> {
    if !super::filling::has_any(text) {
        return Ok(text.to_owned());
    }
    let customer = people::customers::refs(tx, cx.workspace(), &[ticket.customer()])?.remove(&ticket.customer());
    let mut name = |sql: &str, id: Option<uuid::Uuid>| -> Result<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        tx.first(sql, &[&cx.workspace(), &id], |row| row.get(0))
    };
    let member = "SELECT name FROM member WHERE workspace_id = $1 AND id = $2";
    let assignee = name(member, ticket.assignee().map(base::Id::uuid))?;
    let team = name("SELECT name FROM team WHERE workspace_id = $1 AND id = $2", ticket.team().map(base::Id::uuid))?;
    let value = |variable: &str| match variable {
        "ticket.number" => Some(ticket.number().to_string()),
        "ticket.subject" => Some(ticket.subject().to_owned()),
        "customer.name" => customer.as_ref().and_then(|customer| customer.name.clone()),
        "customer.email" => customer.as_ref().and_then(|customer| customer.email.clone()),
        "assignee.name" => assignee.clone(),
        "team.name" => team.clone(),
        _ => None,
    };
    fill(text, value).map_err(|missing| MISSING_VALUE.error().with("missing", missing.into()))
}

fn tell(
    tx: &mut Tx<'_>,
    cx: &Cx,
    place: Place,
    ticket: &Ticket,
    (to, named, text): (&[Listener], &[MemberId], &Line<300>),
) -> Result<bool> {
    let mut members: Vec<MemberId> = named.to_vec();
    if to.contains(&Listener::Assignee) {
        members.extend(ticket.assignee());
    }
    if let Some(team) = ticket.team().filter(|_| to.contains(&Listener::Team)) {
        members.extend(tx.all(
            "SELECT m.id FROM team_member t JOIN member m ON m.workspace_id = t.workspace_id AND m.id = t.member_id \
             WHERE t.workspace_id = $1 AND t.team_id = $2 AND m.is_active = 1 ORDER BY m.id LIMIT $3",
            &[&cx.workspace(), &team, &TOLD],
            |row| row.get::<MemberId>(0),
        )?);
    }
    members.sort_unstable();
    members.dedup();
    let key = place.key();
    for member in &members {
        let notice =
            Notice { kind: NoticeKind::Rule, ticket: ticket.id(), key: &key, told: Told::Once, reason: Some(text) };
        notify(tx, cx, *member, &notice)?;
    }
    Ok(!members.is_empty())
}

fn call(tx: &mut Tx<'_>, cx: &Cx, place: Place) -> Result<bool> {
    let call =
        Call { rule: place.rule, version: place.version, ticket: place.ticket, root: place.root, index: place.index };
    enqueue(tx, cx.env(), cx.workspace().uuid(), &NewJob::new(webhooks::KIND, &call))?;
    Ok(true)
}
