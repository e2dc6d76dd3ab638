//! Schedules: a job of the house every so many seconds, on one node however many there are.

use base::{Env, Result, Time};
use db::Tx;
use uuid::Uuid;

use crate::queue::{NewJob, enqueue};

/// A job that comes back.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// The kind of the job; it gets the payload `null`.
    pub kind: &'static str,
    /// Seconds between two of them.
    pub every_seconds: i64,
}

/// Makes the rows of schedules that are new.
pub(crate) fn make(tx: &mut Tx<'_>, schedules: &[Schedule], now: Time) -> Result<()> {
    for schedule in schedules {
        let first = now.plus_seconds(schedule.every_seconds);
        tx.exec(
            "INSERT INTO job_schedule (name, next_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            &[&schedule.kind, &first],
        )?;
    }
    Ok(())
}

/// Whether a schedule is new or due.
pub(crate) fn are_due(tx: &mut Tx<'_>, schedules: &[Schedule], now: Time) -> Result<bool> {
    let waiting: Vec<String> = tx.all("SELECT name FROM job_schedule WHERE next_at > $1", &[&now], |row| row.get(0))?;
    Ok(schedules.iter().any(|schedule| !waiting.iter().any(|name| name == schedule.kind)))
}

/// Enqueues what is due; what was missed while nobody ran comes once.
pub(crate) fn advance(tx: &mut Tx<'_>, env: &Env, schedules: &[Schedule]) -> Result<()> {
    let now = env.now();
    let due: Vec<String> =
        tx.claim("SELECT name FROM job_schedule WHERE next_at <= $1 ORDER BY name", &[&now], |row| row.get(0))?;
    for schedule in schedules.iter().filter(|schedule| due.iter().any(|name| name == schedule.kind)) {
        enqueue(tx, env, Uuid::nil(), &NewJob::new(schedule.kind, &()).once("schedule"))?;
        let next = now.plus_seconds(schedule.every_seconds);
        tx.exec("UPDATE job_schedule SET next_at = $1 WHERE name = $2", &[&next, &schedule.kind])?;
    }
    Ok(())
}

/// When a schedule is due next.
pub(crate) fn next_due(tx: &mut Tx<'_>, schedules: &[Schedule]) -> Result<Option<Time>> {
    let mut next: Option<Time> = None;
    for schedule in schedules {
        let due: Option<Time> =
            tx.first("SELECT next_at FROM job_schedule WHERE name = $1", &[&schedule.kind], |row| row.get(0))?;
        next = next.into_iter().chain(due).min();
    }
    Ok(next)
}
