//! The rows: enqueued in a transaction, claimed by a lease with a fence, finished or tried again.
//! Rule: who lost the lease changes nothing, because every later claim raises the fence.

use base::{CellNumber, Code, Env, Error, Id, Kind, Result, Time};
use db::{Query, Row, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// Seconds a claim holds before another worker may take the job.
pub const LEASE_SECONDS: i64 = 60;
/// The longest wait between two tries.
const LONGEST_WAIT_SECONDS: i64 = 3600;

/// The lease went to somebody else.
pub static JOB_LOST: Code = Code::new(
    Kind::Conflict,
    "job_lost",
    "Another worker took this job over.",
    "Nothing to do: the other worker finishes it.",
);
/// There is no dead job with this id.
pub static JOB_NOT_DEAD: Code = Code::new(
    Kind::NotFound,
    "job_not_dead",
    "There is no dead job with this id.",
    "List the dead jobs again; it may have been replayed.",
);
static BAD_PAYLOAD: Code = Code::new(
    Kind::Internal,
    "internal",
    "Something went wrong on our side.",
    "Tell your administrator the reference; the logs say more.",
);

base::noun! {
    /// A job.
    JobNoun, JobId, "job"
}

/// The note an enqueuing transaction leaves: a worker may have something to do at this time.
#[derive(Clone, Copy, Debug)]
pub struct Enqueued(pub Time);

/// Work to be done later.
#[derive(Clone, Debug)]
pub struct NewJob {
    kind: &'static str,
    payload: String,
    unique_key: Option<String>,
    due_at: Option<Time>,
}

impl NewJob {
    /// A job of a kind; the payload carries ids, never what a person typed.
    pub fn new(kind: &'static str, payload: &impl Serialize) -> NewJob {
        NewJob {
            kind,
            payload: serde_json::to_string(payload).unwrap_or_else(|_| "null".to_owned()),
            unique_key: None,
            due_at: None,
        }
    }

    /// Not before this time: a timer.
    #[must_use]
    pub fn at(mut self, due_at: Time) -> NewJob {
        self.due_at = Some(due_at);
        self
    }

    /// At most one such job waits; a second one only makes it come earlier.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> NewJob {
        self.unique_key = Some(key.into());
        self
    }
}

/// A claimed job.
#[derive(Clone, Debug)]
pub struct Job {
    /// The workspace it belongs to; nil is the house.
    pub workspace: Uuid,
    /// Its id.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    /// The number of this claim.
    pub fence: i64,
    payload: String,
}

impl Job {
    /// The payload.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.payload).map_err(|error| BAD_PAYLOAD.error().caused_by(error))
    }

    fn read(row: &Row<'_>) -> Result<Job> {
        Ok(Job {
            workspace: row.get(0)?,
            id: row.get(1)?,
            kind: row.get(2)?,
            payload: row.get(3)?,
            attempts: row.get::<i64>(4)? + 1,
            fence: row.get::<i64>(5)? + 1,
        })
    }
}

/// A job that was given up.
#[derive(Clone, Debug)]
pub struct Dead {
    /// Its id.
    pub id: JobId,
    /// What it was to do.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// The code of the last error.
    pub last_error: Option<String>,
    /// When it was given up.
    pub died_at: Time,
}

/// Puts a job in line, as part of the transaction.
pub fn enqueue(tx: &mut Tx<'_>, env: &Env, workspace: Uuid, job: &NewJob) -> Result<()> {
    let now = env.now();
    let (id, due): (JobId, Time) = (Id::new(env, CellNumber::new(0)), job.due_at.unwrap_or(now));
    tx.exec(
        "INSERT INTO job (workspace_id, id, kind, payload, unique_key, due_at, fence, attempts, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7) ON CONFLICT (workspace_id, kind, unique_key) DO UPDATE SET \
         due_at = CASE WHEN job.due_at < excluded.due_at THEN job.due_at ELSE excluded.due_at END",
        &[&workspace, &id, &job.kind, &job.payload, &job.unique_key, &due, &now],
    )?;
    tx.tell(Enqueued(due));
    Ok(())
}

/// Takes back the waiting job with a unique key; says whether there was one.
pub fn cancel(tx: &mut Tx<'_>, workspace: Uuid, kind: &str, key: &str) -> Result<bool> {
    let gone = tx.exec(
        "DELETE FROM job WHERE workspace_id = $1 AND kind = $2 AND unique_key = $3",
        &[&workspace, &kind, &key],
    )?;
    Ok(gone > 0)
}

/// Which jobs are meant: those of timers have places of their own, so that they never wait for others.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lane<'a> {
    /// Every job.
    Any,
    /// All but those of these timers.
    Ordinary(&'a [&'static str]),
    /// Those of these timers, which belong to the house.
    Timed(&'a [&'static str]),
}

impl Lane<'_> {
    fn limit(self, query: &mut Query) {
        match self {
            Lane::Any | Lane::Ordinary([]) => {}
            Lane::Ordinary(kinds) => {
                query.push(" AND kind NOT IN (").bind_list(kinds.iter().copied()).push(")");
            }
            Lane::Timed(kinds) => {
                query.push(" AND workspace_id = ").bind(Uuid::nil());
                query.push(" AND kind IN (").bind_list(kinds.iter().copied()).push(")");
            }
        }
    }

    /// When the first of these jobs is due.
    pub(crate) fn next_due(self, tx: &mut Tx<'_>) -> Result<Option<Time>> {
        let mut query = Query::new("SELECT due_at FROM job WHERE died_at IS NULL");
        self.limit(&mut query);
        query.push(" ORDER BY due_at LIMIT 1");
        Ok(tx.all_of(&query, |row| row.get(0))?.pop())
    }
}

/// Claims up to `limit` due jobs of all workspaces, for the house.
pub fn claim(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<Vec<Job>> {
    claim_in(tx, Lane::Any, now, limit)
}

/// Claims up to `limit` due jobs of a lane.
pub(crate) fn claim_in(tx: &mut Tx<'_>, lane: Lane<'_>, now: Time, limit: i64) -> Result<Vec<Job>> {
    let mut query =
        Query::new("SELECT workspace_id, id, kind, payload, attempts, fence FROM job WHERE died_at IS NULL");
    query.push(" AND due_at <= ").bind(now);
    lane.limit(&mut query);
    query.push(" ORDER BY due_at LIMIT ").bind(limit);
    let jobs = tx.claim_of(&query, Job::read)?;
    let until = now.plus_seconds(LEASE_SECONDS);
    for job in &jobs {
        // The key is given up, so that what happens from now on can ask for the work once more.
        tx.exec(
            "UPDATE job SET due_at = $1, fence = $2, attempts = $3, unique_key = NULL WHERE workspace_id = $4 AND id = $5",
            &[&until, &job.fence, &job.attempts, &job.workspace, &job.id],
        )?;
    }
    Ok(jobs)
}

/// Holds a claim for longer.
pub fn extend(tx: &mut Tx<'_>, job: &Job, now: Time) -> Result<()> {
    let until = now.plus_seconds(LEASE_SECONDS);
    let held = tx.exec(
        "UPDATE job SET due_at = $1 WHERE workspace_id = $2 AND id = $3 AND fence = $4 AND died_at IS NULL",
        &[&until, &job.workspace, &job.id, &job.fence],
    )?;
    held_by_one(held)
}

/// Ends a job that is done; refuses when the claim was lost, so that its transaction is undone.
pub fn finish(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let ended = tx.exec(
        "DELETE FROM job WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND died_at IS NULL",
        &[&job.workspace, &job.id, &job.fence],
    )?;
    held_by_one(ended)
}

/// Puts a failed job back in line after a growing, spread wait, or gives it up after `most` tries.
pub fn fail(tx: &mut Tx<'_>, env: &Env, job: &Job, most: i64, error: &Error) -> Result<()> {
    let now = env.now();
    let died = (job.attempts >= most).then_some(now);
    let due = now.plus_seconds(wait_seconds(env, job.attempts));
    let touched = tx.exec(
        "UPDATE job SET due_at = $1, last_error = $2, died_at = $3 \
         WHERE workspace_id = $4 AND id = $5 AND fence = $6 AND died_at IS NULL",
        &[&due, &error.name(), &died, &job.workspace, &job.id, &job.fence],
    )?;
    tx.tell(Enqueued(due));
    held_by_one(touched)
}

/// Twice as long after each try, up to an hour, spread by a quarter either way.
fn wait_seconds(env: &Env, attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 12)).unwrap_or(0);
    let wait = (1_i64 << doublings).min(LONGEST_WAIT_SECONDS);
    let [spread]: [u8; 1] = env.random();
    (wait * (192 + i64::from(spread) / 2) / 256).max(1)
}

fn held_by_one(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(JOB_LOST.error()) }
}

/// The jobs of a workspace that were given up, newest first.
pub fn dead(tx: &mut Tx<'_>, workspace: Uuid, limit: i64) -> Result<Vec<Dead>> {
    tx.all(
        "SELECT id, kind, attempts, last_error, died_at FROM job WHERE workspace_id = $1 AND died_at IS NOT NULL \
         ORDER BY died_at DESC LIMIT $2",
        &[&workspace, &limit],
        |row| {
            Ok(Dead {
                id: row.get(0)?,
                kind: row.get(1)?,
                attempts: row.get(2)?,
                last_error: row.get(3)?,
                died_at: row.get(4)?,
            })
        },
    )
}

/// Puts a job that was given up back in line, with all its tries.
pub fn replay(tx: &mut Tx<'_>, workspace: Uuid, id: JobId, now: Time) -> Result<()> {
    let raised = tx.exec(
        "UPDATE job SET died_at = NULL, attempts = 0, due_at = $1 \
         WHERE workspace_id = $2 AND id = $3 AND died_at IS NOT NULL",
        &[&now, &workspace, &id],
    )?;
    if raised == 0 {
        return Err(JOB_NOT_DEAD.error());
    }
    tx.tell(Enqueued(now));
    Ok(())
}

/// The queue in figures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Jobs that wait or run.
    pub waiting: i64,
    /// Jobs that were given up.
    pub dead: i64,
    /// When the first of those that wait is or was due.
    pub first_due: Option<Time>,
}

/// The queue in figures, for the whole house.
pub fn figures(tx: &mut Tx<'_>) -> Result<Figures> {
    let found = tx.first(
        "SELECT COUNT(*) FILTER (WHERE died_at IS NULL), COUNT(*) FILTER (WHERE died_at IS NOT NULL), \
         MIN(due_at) FILTER (WHERE died_at IS NULL) FROM job",
        &[],
        |row| Ok(Figures { waiting: row.get(0)?, dead: row.get(1)?, first_due: row.get(2)? }),
    )?;
    Ok(found.unwrap_or_default())
}
