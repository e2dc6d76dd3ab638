//! The shapes of events and of the access log.

use base::{Noun, Time};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::access::Access;
use crate::log::{EventCursor, Origin, SealedEvent};
use crate::nouns::{Account, Customer, IdentityKey, Member, Team, Territory, Ticket, Token, WidgetKey, Workspace};

/// The prefixes of ids by the word that events and the access log use for a thing.
pub type Prefixes = [(&'static str, &'static str)];

/// The prefixes of this floor's things; the floors above declare theirs.
pub(crate) static PREFIXES: &Prefixes = &[
    ("ticket", Ticket::PREFIX),
    ("customer", Customer::PREFIX),
    ("member", Member::PREFIX),
    ("team", Team::PREFIX),
    ("territory", Territory::PREFIX),
    ("workspace", Workspace::PREFIX),
    ("account", Account::PREFIX),
    // A session is shown as the member whose it is.
    ("session", Member::PREFIX),
    ("token", Token::PREFIX),
    ("widget_key", WidgetKey::PREFIX),
    ("identity_key", IdentityKey::PREFIX),
];

/// The id of a thing as it is shown; a thing of an unknown kind shows its bare UUID.
pub fn shown_id(prefixes: &Prefixes, kind: &str, id: Uuid) -> String {
    let Some((_, prefix)) = prefixes.iter().find(|(name, _)| *name == kind) else {
        return id.to_string();
    };
    let any = crate::nouns::WorkspaceId::from_uuid(id).to_string();
    let letters = any.split_once('_').map_or("", |(_, letters)| letters);
    format!("{prefix}_{letters}")
}

/// The first part of an event's kind or an action: the word for what it is about.
fn subject_of(kind: &str) -> &str {
    kind.split('.').next().unwrap_or(kind)
}

/// Who did something.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ActorOut {
    /// `member`, `token`, `customer` or `house`.
    pub kind: String,
    /// The id; null for the house.
    pub id: Option<String>,
}

impl ActorOut {
    /// An actor as events name it.
    pub fn new(prefixes: &Prefixes, kind: &str, id: Option<Uuid>) -> ActorOut {
        ActorOut { kind: kind.to_owned(), id: id.map(|id| shown_id(prefixes, kind, id)) }
    }
}

/// What something happened to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SubjectOut {
    /// What it is, as `ticket`.
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// An event.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EventOut {
    /// Its place in the log; null while it has none yet.
    pub cursor: Option<String>,
    /// What happened, as `ticket.opened`.
    pub kind: String,
    /// The version of `data`.
    pub version: i64,
    /// When it happened.
    pub occurred_at: Time,
    /// When it was written down.
    pub recorded_at: Time,
    /// Whether it happened here, or was brought from elsewhere.
    pub origin: Origin,
    /// Through which door it came.
    pub via: String,
    /// Who did it.
    pub actor: ActorOut,
    /// What it happened to.
    pub subject: SubjectOut,
    /// The facts: ids, enums, numbers, times.
    #[schema(value_type = Object)]
    pub data: Box<RawValue>,
}

impl EventOut {
    /// An event of the log of `cell`.
    pub fn new(prefixes: &Prefixes, event: &SealedEvent, cell: i64) -> EventOut {
        let kind = subject_of(&event.kind);
        let cursor = EventCursor { cell, seq: event.seq };
        EventOut {
            cursor: (event.seq > 0).then(|| cursor.encode()),
            version: event.version,
            occurred_at: event.occurred_at,
            recorded_at: event.recorded_at,
            origin: event.origin,
            via: event.via.clone(),
            actor: ActorOut::new(prefixes, &event.actor_kind, event.actor),
            subject: SubjectOut { kind: kind.to_owned(), id: shown_id(prefixes, kind, event.subject) },
            data: RawValue::from_string(event.data.clone()).unwrap_or_default(),
            kind: event.kind.clone(),
        }
    }
}

/// A stretch of the feed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EventsOut {
    /// The events within your reach, in order.
    pub items: Vec<EventOut>,
    /// Where to go on; ask again with it, also when `items` is empty.
    pub next: String,
}

/// Where to start in the feed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// The cursor after which to start; the oldest event when not given.
    #[param(max_length = 200)]
    pub since: Option<String>,
    /// How many events, 1 to 1000; 100 when not given.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

/// Where to start in the stream.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StreamQuery {
    /// The cursor after which to start; now when not given. `Last-Event-ID` counts before it.
    #[param(max_length = 200)]
    pub since: Option<String>,
}

/// An entry of the access log.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AccessOut {
    /// Its number.
    pub number: i64,
    /// When.
    pub at: Time,
    /// Who.
    pub actor: ActorOut,
    /// What was done or asked for.
    pub action: String,
    /// What it was about.
    pub object: Option<String>,
    /// `allowed` or `denied`.
    pub outcome: crate::log::Outcome,
    /// Through which door.
    pub via: String,
}

impl AccessOut {
    pub(super) fn new(prefixes: &Prefixes, entry: Access) -> AccessOut {
        AccessOut {
            number: entry.seq,
            at: entry.at,
            actor: ActorOut::new(prefixes, &entry.actor_kind, entry.actor),
            object: entry.object.map(|id| shown_id(prefixes, subject_of(&entry.action), id)),
            action: entry.action,
            outcome: entry.outcome,
            via: entry.via,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nouns::TicketId;

    #[test]
    fn ids_show_the_prefix_of_what_they_name() {
        let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
        assert_eq!(shown_id(PREFIXES, "ticket", id), TicketId::from_uuid(id).to_string());
        assert_eq!(shown_id(PREFIXES, "comet", id), id.to_string());
    }
}
