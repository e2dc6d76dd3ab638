//! What is found out about a message before its ticket is opened: outside the transaction, and by a deadline.
//! Rule: nobody waits for it longer than that; what came too late is not there, and the ticket is opened without it.

use std::time::Duration;

use taxonomy::nouns::CategoryId;
use trust::Cx;
use trust::nouns::TeamId;

use crate::Desk;
use crate::routing;
use crate::sla::Policies;
use crate::tickets::{Channel, Opening};
use crate::triage;

/// How long a door waits.
const DEADLINE: Duration = Duration::from_millis(100);

/// A message on its way to becoming a ticket.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// What it is about, in one line.
    pub subject: &'a str,
    /// Its text as it was written.
    pub body: &'a str,
    /// How it came in.
    pub channel: Channel,
}

/// What was found out about it.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The category it seems to belong to.
    pub category: Option<CategoryId>,
    /// The team it seems to be for.
    pub team: Option<TeamId>,
    /// What its text says.
    pub triage: triage::Prepared,
}

impl<'a> Draft<'a> {
    /// The draft of an opening.
    pub fn of(opening: &'a Opening) -> Draft<'a> {
        Draft { subject: &opening.subject, body: opening.body.open_text(), channel: opening.channel }
    }
}

/// Finds out what can be found out by the deadline.
pub async fn prepare(cx: &Cx, desk: &Desk, draft: Draft<'_>) -> Findings {
    // What the text says by itself costs no waiting, so no deadline takes it away.
    let read = triage::read(draft.subject, draft.body);
    let late = || Findings { triage: read.clone().late(), ..Findings::default() };
    tokio::time::timeout(DEADLINE, look(cx, desk, read.clone())).await.unwrap_or_else(|_| late())
}

/// Asks everybody who knows something about a message; each of them keeps what it finds in `Findings`.
async fn look(cx: &Cx, _: &Desk, read: triage::Prepared) -> Findings {
    // Nothing that is found out: only so that the transaction need not read it.
    if let Err(error) = routing::warm(cx).await {
        tracing::warn!(code = error.name(), "routing settings were not read ahead");
    }
    if let Err(error) = Policies::warm(cx).await {
        tracing::warn!(code = error.name(), "policies were not read ahead");
    }
    Findings { triage: triage::prepare(cx, read).await, ..Findings::default() }
}
