//! A durable queue in the same database: work that is done after the commit that asked for it, at least once.
//! Rule: a job is enqueued only inside a transaction, carries ids, and is finished only by the holder of its lease.

mod kind;
mod queue;
mod schedule;
mod timer;
mod worker;

pub use kind::{Kind, Run};
pub use queue::{
    Dead, Enqueued, Figures, JOB_LOST, JOB_NOT_DEAD, Job, JobId, LEASE_SECONDS, NewJob, cancel, claim, dead, enqueue,
    extend, fail, figures, finish, replay,
};
pub use schedule::Schedule;
pub use timer::Timer;
pub use worker::Worker;

/// The schema of the queue.
pub static MIGRATIONS: &[db::Migration] =
    &[db::Migration { domain: "jobs", number: 1, sql: include_str!("schema.sql") }];

/// The codes of this crate.
pub static CODES: &[&base::Code] = &[&JOB_LOST, &JOB_NOT_DEAD];
