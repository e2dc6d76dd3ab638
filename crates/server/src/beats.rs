//! What each process does at intervals for itself: its access log, its sealer, its signed heads, its blobs.
//! Rule: each beat is small, and a failing one is logged and tried again at the next. What the house does once, however
//! many processes it has, is a schedule of a domain.

use std::sync::Arc;
use std::time::Duration;

use base::Result;
use desk::uploads::Sweeper;
use knowledge::Library;
use trust::House;
use trust::log::Fold;
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
        }
        if beat % 10 == 3 {
            note("views of articles", library.views().flush(&house).await);
        }
        if beat % 86_400 == 180 {
            note("unnamed blobs", sweeper.sweep().await);
        }
    }
}

fn note(beat: &str, outcome: Result<()>) {
    if let Err(error) = outcome {
        tracing::error!(beat, cause = ?error, "a beat failed; it runs again");
    }
}
