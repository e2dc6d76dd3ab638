//! Running a macro because a rule says so: a job with a transaction of its own.
//! Rule: a macro is done whole or not at all, so a step that is refused must not leave the others behind in the rule's own
//! transaction. The run says in the macro's own transaction that it is done, so that it is done once; what was refused is
//! told in the run and in the ticket's timeline.

use std::sync::Arc;

use base::Result;
use db::Tx;
use jobs::{Job, Kind, NewJob, Run, enqueue};
use serde::{Deserialize, Serialize};
use trust::access::Via;
use trust::nouns::{TicketId, WorkspaceId};
use trust::{Cause, Cx, House};

use super::acting::{Effect, EffectOutcome, Place, is_refusal};
use super::runs::Errand;
use crate::macros::{self, Asked, MacroId};

const KIND: &str = "run_macro_of_rule";
const TRIES: i64 = 3;

#[derive(Clone, Serialize, Deserialize)]
struct Asking {
    ticket: TicketId,
    id: MacroId,
    client_id: String,
    cause: Option<Cause>,
    /// Absent in jobs of an earlier release.
    errand: Option<Errand>,
}

/// The job of one macro.
pub(super) fn kind() -> Kind<Arc<House>> {
    Kind { name: KIND, tries: TRIES, run: Run::Outside(|house, job| Box::pin(run(house, job))) }
}

/// Asks for a macro to be run after the rule; the key makes its reply one.
pub(super) fn ask(tx: &mut Tx<'_>, cx: &Cx, place: Place, id: MacroId) -> Result<()> {
    let Place { rule, version, ticket, root, index, .. } = place;
    let errand = Some(Errand { rule, version, ticket, root, index });
    let asking = Asking { ticket, id, client_id: place.key(), cause: cx.cause, errand };
    enqueue(tx, cx.env(), cx.workspace().uuid(), &NewJob::new(KIND, &asking))
}

async fn run(house: Arc<House>, job: Job) -> Result<()> {
    let asking: Asking = job.payload()?;
    let mut cx = Cx::of_house(&house, WorkspaceId::from_uuid(job.workspace), Via::Job);
    cx.cause = asking.cause;
    let errand = asking.errand;
    let Err(error) = cx.write(move |tx, cx| run_once(tx, cx, &asking)).await else { return Ok(()) };
    let is_last = job.attempts >= TRIES;
    let Some(errand) = errand.filter(|_| is_refusal(&error) || is_last) else { return Err(error) };
    let code = error.name().to_owned();
    cx.write(move |tx, cx| errand.settle(tx, cx, Some(&code))).await?;
    // What a verb refuses it refuses again; anything else stays to be looked into.
    if is_refusal(&error) { Ok(()) } else { Err(error) }
}

fn run_once(tx: &mut Tx<'_>, cx: &Cx, asking: &Asking) -> Result<()> {
    if let Some(errand) = asking.errand {
        // One that was given up is not done: somebody may have its job run again.
        let is_done = |effect: Effect| effect.settled && effect.outcome == EffectOutcome::Done;
        if errand.effect(tx, cx)?.is_none_or(is_done) {
            return Ok(());
        }
        errand.settle(tx, cx, None)?;
    }
    run_now(tx, cx, asking.ticket, asking.id, asking.client_id.clone())
}

/// Runs a macro in this very transaction.
pub(super) fn run_now(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, id: MacroId, client_id: String) -> Result<()> {
    let asked = Asked { client_id: Some(client_id), ..Asked::default() };
    macros::run(tx, cx, ticket, id, &asked).map(drop)
}
