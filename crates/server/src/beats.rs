//! What is done at intervals beside the requests: flushing, sweeping, signing, forgetting.
//! Rule: each beat is small, and a failing one is logged and tried again at the next.

use std::sync::Arc;
use std::time::Duration;

use base::Result;
use desk::tickets;
use desk::uploads::Sweeper;
use knowledge::Library;
use trust::access::Via;
use trust::log::Fold;
use trust::{Cx, House};
use uuid::Uuid;
use web::Limits;

use crate::sealing;

#[expect(clippy::disallowed_methods, reason = "the process's own beat; what has a time of its own is a row of `jobs`")]
/// Runs the beats until the task is dropped; a beat is a second.
pub async fn run(
    house: Arc<House>,
    folds: Arc<[Fold]>,
    limits: Arc<Limits>,
    (sweeper, library): (Arc<Sweeper>, Library),
) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for beat in 0_u64.. {
        second.tick().await;
        note("access log", house.access_log.flush(&house.db).await);
        if beat % 30 == 0 {
            note("sealing", sealing::sweep(&house, &folds).await);
        }
        if beat % 60 == 1 {
            note("signing heads", sealing::sign_heads(&house).await);
            limits.forget_quiet();
            note("closing what was resolved", close_resolved(&house).await);
        }
        if beat % 10 == 3 {
            note("views of articles", library.views().flush(&house).await);
        }
        if beat % 3600 == 60 {
            note("sessions and links", forget_ended(&house).await);
        }
        if beat % 3600 == 120 {
            note("unused uploads", sweeper.forget_unused().await.map(drop));
        }
        if beat % 86_400 == 180 {
            note("unnamed blobs", sweeper.sweep().await);
        }
        // Often, so that each time forgets only the few keys of ten seconds.
        if beat % 10 == 5 {
            note("idempotency keys", forget_keys(&house).await);
        }
    }
}

async fn forget_keys(house: &Arc<House>) -> Result<()> {
    let now = house.env.now();
    let forgotten = house.db.write(Uuid::nil(), move |tx| trust::forget_old(tx, now));
    forgotten.await.map(|_| ())
}

/// Closes tickets that have been resolved for long enough, each in a transaction of its own.
async fn close_resolved(house: &Arc<House>) -> Result<()> {
    let now = house.env.now();
    let due = house.db.read(Uuid::nil(), move |tx| tickets::due_to_close(tx, now)).await?;
    for (workspace, id) in due {
        let cx = Cx::of_house(house, workspace, Via::Job);
        cx.write(move |tx, cx| tickets::close_resolved(tx, cx, id)).await?;
    }
    Ok(())
}

/// Forgets sessions, sign-in failures and links that ended long ago.
async fn forget_ended(house: &Arc<House>) -> Result<()> {
    let now = house.env.now();
    let forgotten = house.db.write(Uuid::nil(), move |tx| {
        trust::accounts::forget_ended(tx, now)?;
        trust::members::forget_ended_links(tx, now)
    });
    forgotten.await.map(|_| ())
}

fn note(beat: &str, outcome: Result<()>) {
    if let Err(error) = outcome {
        tracing::error!(beat, cause = ?error, "a beat failed; it runs again");
    }
}
