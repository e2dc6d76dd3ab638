//! An event on its way into the log.
//! Rule: `data` holds ids, enums, numbers and times; what a person typed goes into `details`, which can be erased.

use std::sync::OnceLock;

use base::{Result, Time, ToValue, Value};
use db::{Tx, Unless};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::in_batch;
use super::seal::Recorded;
use crate::access::Audience;
use crate::house::Cx;

base::words! {
    /// Where an event comes from; imports and restores fire no rule, clock, notification or webhook.
    pub enum Origin {
        /// It happens now.
        Live = "live",
        /// It was brought from another system.
        Import = "import",
        /// It was brought back from a backup.
        Restore = "restore",
    }
}

/// Something that happened to a subject.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// What happened, as `ticket.opened`.
    pub kind: &'static str,
    /// The version of `data`.
    pub version: i64,
    /// What it happened to.
    pub subject: Uuid,
    /// The subject's version after it.
    pub subject_seq: i64,
    /// When it happened.
    pub occurred_at: Time,
    /// For whom it was done, when not for the actor.
    pub on_behalf_of: Option<Uuid>,
    /// Who may see it.
    pub audience: Audience,
    /// The facts, as JSON.
    pub data: String,
    /// What a person typed, as JSON, erasable.
    pub details: Option<String>,
}

impl NewEvent {
    /// An event with these facts.
    pub fn new(
        kind: &'static str,
        subject: Uuid,
        subject_seq: i64,
        at: Time,
        audience: Audience,
        data: &impl Serialize,
    ) -> NewEvent {
        let data = serde_json::to_string(data).unwrap_or_else(|_| "{}".to_owned());
        NewEvent {
            kind,
            version: 1,
            subject,
            subject_seq,
            occurred_at: at,
            on_behalf_of: None,
            audience,
            data,
            details: None,
        }
    }

    /// Names for whom it was done.
    #[must_use]
    pub fn on_behalf_of(mut self, somebody: Uuid) -> NewEvent {
        self.on_behalf_of = Some(somebody);
        self
    }

    /// Adds what a person typed.
    #[must_use]
    pub fn details(mut self, details: &impl Serialize) -> NewEvent {
        self.details = serde_json::to_string(details).ok();
        self
    }
}

const INSERT: &str = "INSERT INTO event (workspace_id, seq, hash, subject_id, subject_seq, cell, kind, version, occurred_at, \
    recorded_at, origin, actor_kind, actor_id, on_behalf_of, via, data, salt, details, details_hash, team_id, assignee_id, \
    customer_id, territory_id, restricted, internal) VALUES ";
/// The columns of the statement.
const WIDTH: usize = 25;
/// Events that one statement inserts at most.
const ROWS: usize = 4;

/// What a domain does in the transaction of an event that happens now, after the event is inserted; it looks at the kind first.
/// Imports and restores set nothing off.
pub type Reaction = fn(&mut Tx<'_>, &Cx, &NewEvent) -> Result<()>;

/// Inserts events, sealed at once where one writer makes every commit; elsewhere the sealer is poked after the commit.
pub fn record(tx: &mut Tx<'_>, cx: &Cx, events: &[NewEvent]) -> Result<()> {
    for some in events.chunks(ROWS) {
        let mut values: Vec<Value<'_>> = Vec::with_capacity(some.len() * WIDTH);
        for event in some {
            let now = cx.env().now();
            let mut row = bind(cx, event, now);
            if let Some(place) = in_batch::seal(tx, cx, event, now, &row)? {
                row.splice(SEQ..=HASH, place);
            }
            values.append(&mut row);
        }
        let bound: Vec<&dyn ToValue> = values.iter().map(|value| value as &dyn ToValue).collect();
        tx.exec_later(statement(some.len()), &bound, Unless::ANY)?;
    }
    if !events.is_empty() {
        tx.tell(Recorded::of(events.iter().map(|event| event.kind)));
    }
    if cx.origin != Origin::Live {
        return Ok(());
    }
    for event in events {
        cx.house().reactions.iter().try_for_each(|react| react(tx, cx, event))?;
    }
    Ok(())
}

/// The text that inserts so many events; made once, so that both engines find their prepared statement by it.
fn statement(rows: usize) -> &'static str {
    static TEXTS: [OnceLock<String>; ROWS] = [const { OnceLock::new() }; ROWS];
    let made = |rows: usize| {
        let places = |row: usize| (1..=WIDTH).map(|at| format!("${}", row * WIDTH + at)).collect::<Vec<_>>().join(", ");
        let rows: Vec<String> = (0..rows).map(|row| format!("({})", places(row))).collect();
        format!("{INSERT}{}", rows.join(", "))
    };
    TEXTS.get(rows.saturating_sub(1)).map_or(INSERT, |text| text.get_or_init(|| made(rows)))
}

/// Where `seq` and `hash` stand in a row's values, and where the columns that the chain covers do.
const SEQ: usize = 1;
const HASH: usize = 2;

/// The values of an event's row that the chain covers, in the chain's order.
pub(super) fn covered<'r, 'e>(row: &'r [Value<'e>]) -> impl Iterator<Item = &'r Value<'e>> {
    let at = |from: usize, to: usize| row.get(from..to).unwrap_or_default();
    at(3, 5).iter().chain(at(6, 16)).chain(at(18, 25))
}

fn bind<'e>(cx: &'e Cx, event: &'e NewEvent, now: Time) -> Vec<Value<'e>> {
    let (actor_kind, actor_id) = cx.actor.named();
    let salt: Option<[u8; 16]> = event.details.is_some().then(|| cx.env().random());
    let details_hash = event.details.as_deref().zip(salt).map(|(details, salt)| hash_details(&salt, details));
    let audience = &event.audience;
    let owned = |value: Value<'_>| value.into_owned();
    vec![
        cx.workspace().to_value().into_owned(),
        Value::Null,
        Value::Null,
        event.subject.to_value(),
        event.subject_seq.to_value(),
        Value::Int(cx.cell().get().into()),
        event.kind.to_value(),
        event.version.to_value(),
        event.occurred_at.to_value(),
        owned(now.to_value()),
        cx.origin.to_value(),
        Value::Text(actor_kind.into()),
        owned(actor_id.to_value()),
        event.on_behalf_of.to_value(),
        cx.actor.via.to_value(),
        event.data.to_value(),
        owned(salt.to_value()),
        event.details.to_value(),
        owned(details_hash.to_value()),
        audience.team.to_value(),
        audience.assignee.to_value(),
        audience.customer.to_value(),
        audience.territory.to_value(),
        audience.is_restricted.to_value(),
        audience.is_internal.to_value(),
    ]
}

/// The hash the chain keeps of salted details.
pub(super) fn hash_details(salt: &[u8], details: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(details.as_bytes()).finalize().into()
}
