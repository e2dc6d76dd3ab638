//! Running a macro because a rule says so: a job with a transaction of its own.
//! Rule: a macro is done whole or not at all, so a step that is refused must not leave the others behind in the rule's own
//! transaction; a macro that is refused is a dead job with its code.

use std::sync::Arc;

use base::Result;
use db::Tx;
use jobs::{Job, Kind, NewJob, Run, enqueue};
use serde::{Deserialize, Serialize};
use trust::access::Via;
use trust::nouns::{TicketId, WorkspaceId};
use trust::{Cause, Cx, House};

use crate::macros::{self, Asked, MacroId};

const KIND: &str = "run_macro_of_rule";

#[derive(Serialize, Deserialize)]
struct Asking {
    ticket: TicketId,
    id: MacroId,
    client_id: String,
    cause: Option<Cause>,
}

/// The job of one macro.
pub(super) fn kind() -> Kind<Arc<House>> {
    Kind { name: KIND, tries: 3, run: Run::Inside(run) }
}

/// Asks for a macro to be run after the rule; the key makes its reply one.
pub(super) fn ask(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, id: MacroId, client_id: String) -> Result<()> {
    let asking = Asking { ticket, id, client_id, cause: cx.cause };
    enqueue(tx, cx.env(), cx.workspace().uuid(), &NewJob::new(KIND, &asking))
}

fn run(tx: &mut Tx<'_>, house: &Arc<House>, job: &Job) -> Result<()> {
    let asking: Asking = job.payload()?;
    let mut cx = Cx::of_house(house, WorkspaceId::from_uuid(job.workspace), Via::Job);
    cx.cause = asking.cause;
    run_now(tx, &cx, asking.ticket, asking.id, asking.client_id)
}

/// Runs a macro in this very transaction.
pub(super) fn run_now(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, id: MacroId, client_id: String) -> Result<()> {
    let asked = Asked { client_id: Some(client_id), ..Asked::default() };
    macros::run(tx, cx, ticket, id, &asked).map(drop)
}
