//! What triage does by itself: training every night, making up for what came too late, and answering where that is allowed.

use std::sync::Arc;

use base::Result;
use db::Tx;
use jobs::{Kind, NewJob, Run, Schedule, enqueue};
use serde::{Deserialize, Serialize};
use trust::access::Via;
use trust::nouns::{TicketId, WorkspaceId};
use trust::{Cx, House};

use super::codes::{ALREADY_TRAINING, NOT_ENOUGH};
use super::{again, answering, near, teaching};

const NIGHTLY: &str = "train_triage_nightly";
const TRAIN: &str = "train_triage";
const TRIAGE: &str = "triage_ticket";
const ANSWER: &str = "answer_ticket";

/// When.
pub(crate) static SCHEDULES: &[Schedule] = &[Schedule { kind: NIGHTLY, every_seconds: 86_400 }];

/// What.
pub(crate) fn kinds() -> Vec<Kind<Arc<House>>> {
    vec![
        Kind { name: NIGHTLY, tries: 3, run: Run::Outside(|house, _| Box::pin(nightly(house))) },
        Kind { name: TRAIN, tries: 2, run: Run::Outside(|house, job| Box::pin(train(house, job.workspace))) },
        Kind { name: TRIAGE, tries: 5, run: Run::Outside(|house, job| Box::pin(triage(house, job))) },
        Kind { name: ANSWER, tries: 5, run: Run::Outside(|house, job| Box::pin(answer(house, job))) },
    ]
}

#[derive(Serialize, Deserialize)]
struct Of {
    ticket: TicketId,
}

/// Asks for a training; a second one while it waits is the same.
pub fn train_later(tx: &mut Tx<'_>, cx: &Cx) -> Result<()> {
    enqueue(tx, cx.env(), cx.workspace().uuid(), &NewJob::new(TRAIN, &()).once("train_triage")).map(drop)
}

/// Asks for a ticket to be looked at again.
pub(crate) fn triage_later(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<()> {
    enqueue(tx, cx.env(), cx.workspace().uuid(), &NewJob::new(TRIAGE, &Of { ticket })).map(drop)
}

/// Asks for a ticket to be answered.
pub(crate) fn answer_later(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId) -> Result<()> {
    enqueue(tx, cx.env(), cx.workspace().uuid(), &NewJob::new(ANSWER, &Of { ticket })).map(drop)
}

/// Forgets what is too old to be compared with, and asks for a training of every workspace that set triage up or gave
/// examples.
async fn nightly(house: Arc<House>) -> Result<()> {
    // Triage is on until somebody switches it off, so whoever gave examples is taught without having set anything.
    let find = "SELECT workspace_id FROM triage_settings WHERE is_on = 1 UNION SELECT workspace_id FROM triage_model \
        UNION SELECT DISTINCT workspace_id FROM triage_example WHERE workspace_id NOT IN \
        (SELECT workspace_id FROM triage_settings WHERE is_on = 0) ORDER BY workspace_id LIMIT 10000";
    let all: Vec<WorkspaceId> = house.db.read(uuid::Uuid::nil(), move |tx| tx.all(find, &[], |row| row.get(0))).await?;
    for workspace in all {
        Cx::of_house(&house, workspace, Via::Job).write(train_later).await?;
    }
    forget(&house).await
}

async fn forget(house: &Arc<House>) -> Result<()> {
    let find = "SELECT id FROM workspace";
    let all: Vec<WorkspaceId> = house.db.read(uuid::Uuid::nil(), move |tx| tx.all(find, &[], |row| row.get(0))).await?;
    for workspace in all {
        while Cx::of_house(house, workspace, Via::Job).write(near::forget).await? {}
    }
    Ok(())
}

async fn train(house: Arc<House>, workspace: uuid::Uuid) -> Result<()> {
    match teaching::teach(&house, WorkspaceId::from_uuid(workspace)).await {
        Err(error) if [&NOT_ENOUGH, &ALREADY_TRAINING].contains(&error.code()) => {
            tracing::info!(code = error.name(), "a workspace was not trained");
            Ok(())
        }
        other => other.map(drop),
    }
}

async fn triage(house: Arc<House>, job: jobs::Job) -> Result<()> {
    let Of { ticket } = job.payload()?;
    again::look(&Cx::of_house(&house, WorkspaceId::from_uuid(job.workspace), Via::Job), ticket).await
}

async fn answer(house: Arc<House>, job: jobs::Job) -> Result<()> {
    let Of { ticket } = job.payload()?;
    answering::answer(&Cx::of_house(&house, WorkspaceId::from_uuid(job.workspace), Via::Job), ticket).await
}
