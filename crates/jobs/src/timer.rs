//! Timers: rows of a domain that say when they are due, and the job of the house that sees to those that are.
//! Rule: nothing is enqueued before its time, so setting a timer costs its own row and nothing else; the worker sleeps to
//! the earliest of them.

use base::{Env, Result, Time};
use db::Tx;
use uuid::Uuid;

use crate::queue::{NewJob, enqueue};

/// A kind of job that runs when the earliest of a domain's rows is due.
#[derive(Clone, Copy)]
pub struct Timer {
    /// The kind of the job; it gets the payload `null`, belongs to the house, and takes care of everything that is due.
    pub kind: &'static str,
    /// When the earliest row of all workspaces is due: one step into an index, run under the nil workspace.
    pub next: fn(&mut Tx<'_>) -> Result<Option<Time>>,
}

/// The timers whose time has come and whose job does not wait already.
pub(crate) fn due(tx: &mut Tx<'_>, timers: &[Timer], now: Time) -> Result<Vec<Timer>> {
    let mut due = Vec::new();
    for timer in timers {
        if (timer.next)(tx)?.is_some_and(|at| at <= now) && !is_waiting(tx, timer)? {
            due.push(*timer);
        }
    }
    Ok(due)
}

/// Enqueues the jobs of timers.
pub(crate) fn raise(tx: &mut Tx<'_>, env: &Env, due: &[Timer]) -> Result<()> {
    due.iter().try_for_each(|timer| enqueue(tx, env, Uuid::nil(), &NewJob::new(timer.kind, &()).once("timer")))
}

/// When the earliest timer is due whose job does not wait already.
pub(crate) fn next_due(tx: &mut Tx<'_>, timers: &[Timer]) -> Result<Option<Time>> {
    let mut earliest: Option<Time> = None;
    for timer in timers {
        if let Some(at) = (timer.next)(tx)?
            && !is_waiting(tx, timer)?
        {
            earliest = earliest.into_iter().chain([at]).min();
        }
    }
    Ok(earliest)
}

/// Whether the job waits, runs, or rests after a failure; one that was given up does not hold its timer up.
fn is_waiting(tx: &mut Tx<'_>, timer: &Timer) -> Result<bool> {
    let job = tx.first(
        "SELECT 1 FROM job WHERE workspace_id = $1 AND kind = $2 AND died_at IS NULL LIMIT 1",
        &[&Uuid::nil(), &timer.kind],
        |_| Ok(()),
    )?;
    Ok(job.is_some())
}
