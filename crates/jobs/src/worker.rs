//! The worker: claims what is due, runs it, and sleeps to the earliest time something will be.
//! Rule: it holds a lease while it runs, and what it lost it leaves alone; a slow job takes one place and stops nothing else.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base::{Code, Env, Error, Result, Time};
use db::Db;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::kind::{Kind, Run, Running};
use crate::queue::{self, JOB_LOST, Job, LEASE_SECONDS, Lane};
use crate::schedule::{self, Schedule};
use crate::timer::{self, Timer};

/// Ordinary jobs that run at once; those of timers run beside them, one for each timer.
const AT_ONCE: usize = 8;
/// The longest sleep: another node may have enqueued something.
const LONGEST_SLEEP: Duration = Duration::from_secs(15);

static UNKNOWN_KIND: Code = Code::new(
    base::Kind::Internal,
    "unknown_job_kind",
    "This release does not know this kind of job.",
    "It waits for a release that does; see the dead jobs.",
);
static PANICKED: Code =
    Code::new(base::Kind::Internal, "job_panicked", "A job ended without an answer.", "See the logs of this time.");

/// Runs the jobs of one process in a context of `C`.
pub struct Worker<C> {
    db: Db,
    env: Env,
    context: C,
    kinds: HashMap<&'static str, Kind<C>>,
    schedules: Vec<Schedule>,
    timers: Vec<Timer>,
    woken: Notify,
    /// Until when it sleeps, in microseconds; the far future while it works.
    asleep_until: AtomicI64,
}

impl<C: Clone + Send + Sync + 'static> Worker<C> {
    /// A worker for these kinds, schedules and timers.
    pub fn new(
        db: Db,
        env: Env,
        context: C,
        kinds: Vec<Kind<C>>,
        schedules: Vec<Schedule>,
        timers: Vec<Timer>,
    ) -> Worker<C> {
        Worker {
            db,
            env,
            context,
            kinds: kinds.into_iter().map(|kind| (kind.name, kind)).collect(),
            schedules,
            timers,
            woken: Notify::new(),
            asleep_until: AtomicI64::new(i64::MAX),
        }
    }

    /// Says that something will be due at a time; it wakes only for what comes before it would wake anyway.
    pub fn wake(&self, due: Time) {
        if due.micros() < self.asleep_until.load(Ordering::SeqCst) {
            self.woken.notify_one();
        }
    }

    /// Works until the task is dropped.
    pub async fn run(self: Arc<Self>) {
        let mut places = Places::default();
        loop {
            match self.fill(&mut places).await {
                Ok(_) => self.sleep(&mut places).await,
                Err(error) => {
                    tracing::error!(cause = ?error, "the queue does not answer; trying again");
                    rest(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Runs what is due now, until nothing is; says how many jobs it ran.
    pub async fn run_due(self: &Arc<Self>) -> Result<usize> {
        let (mut places, mut ran) = (Places::default(), 0);
        loop {
            ran += self.fill(&mut places).await?;
            if !places.free_one().await {
                return Ok(ran);
            }
        }
    }

    /// Begins what is due, as far as there are places; says how many jobs it began.
    async fn fill(self: &Arc<Self>, places: &mut Places) -> Result<usize> {
        places.clear();
        self.advance_schedules().await?;
        self.raise_timers().await?;
        let timed = self.begin(true, &mut places.timed, self.timers.len()).await?;
        Ok(timed + self.begin(false, &mut places.ordinary, AT_ONCE).await?)
    }

    /// Begins due jobs, of timers or all others, as many as there are places left.
    async fn begin(self: &Arc<Self>, is_timed: bool, running: &mut JoinSet<()>, most: usize) -> Result<usize> {
        let free = i64::try_from(most.saturating_sub(running.len())).unwrap_or(0);
        if free == 0 || !self.is_due(is_timed).await? {
            return Ok(0);
        }
        let (env, kinds) = (self.env.clone(), self.timer_kinds());
        let claim = move |tx: &mut db::Tx<'_>| queue::claim_in(tx, lane(&kinds, is_timed), env.now(), free);
        let claimed = self.db.write(Uuid::nil(), claim).await?;
        let began = claimed.len();
        for job in claimed {
            let worker = self.clone();
            running.spawn(async move { worker.run_one(job).await });
        }
        Ok(began)
    }

    fn timer_kinds(&self) -> Vec<&'static str> {
        self.timers.iter().map(|timer| timer.kind).collect()
    }

    async fn advance_schedules(&self) -> Result<()> {
        let (env, schedules) = (self.env.clone(), self.schedules.clone());
        let (now, asked) = (env.now(), schedules.clone());
        // Looked at with a read, so that an idle worker writes nothing.
        if !self.db.read(Uuid::nil(), move |tx| schedule::are_due(tx, &asked, now)).await? {
            return Ok(());
        }
        let advanced = self.db.write(Uuid::nil(), move |tx| {
            schedule::make(tx, &schedules, env.now())?;
            schedule::advance(tx, &env, &schedules)
        });
        advanced.await
    }

    /// Enqueues the jobs of timers whose time has come; looked at with a read, as schedules are.
    async fn raise_timers(&self) -> Result<()> {
        let (env, timers, now) = (self.env.clone(), self.timers.clone(), self.env.now());
        let due = self.db.read(Uuid::nil(), move |tx| timer::due(tx, &timers, now)).await?;
        if due.is_empty() {
            return Ok(());
        }
        self.db.write(Uuid::nil(), move |tx| timer::raise(tx, &env, &due)).await
    }

    /// Looked at with a read, so that an idle worker writes nothing.
    async fn is_due(&self, is_timed: bool) -> Result<bool> {
        let (now, kinds) = (self.env.now(), self.timer_kinds());
        let next = self.db.read(Uuid::nil(), move |tx| lane(&kinds, is_timed).next_due(tx));
        Ok(next.await?.is_some_and(|due| due <= now))
    }

    /// Sleeps until something is due that there is a place for, a place becomes free, or it is woken.
    async fn sleep(&self, places: &mut Places) {
        let (schedules, timers, kinds) = (self.schedules.clone(), self.timers.clone(), self.timer_kinds());
        let has_place = places.ordinary.len() < AT_ONCE;
        let next = self.db.read(Uuid::nil(), move |tx| {
            let (planned, timed) = (schedule::next_due(tx, &schedules)?, timer::next_due(tx, &timers)?);
            let job = if kinds.is_empty() { None } else { lane(&kinds, true).next_due(tx)? };
            let ordinary = if has_place { lane(&kinds, false).next_due(tx)? } else { None };
            Ok([planned, timed, job, ordinary].into_iter().flatten().min())
        });
        let now = self.env.now();
        let micros = match next.await {
            Ok(Some(due)) => due.micros_since(now).max(0),
            _ => i64::MAX,
        };
        let wait = Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(LONGEST_SLEEP);
        // What was asked for since the look left its mark in `woken`, because until here everything wakes it.
        let until = now.micros().saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
        self.asleep_until.store(until, Ordering::SeqCst);
        tokio::select! {
            () = self.woken.notified() => {}
            true = places.free_one() => {}
            () = rest(wait) => {}
        }
        self.asleep_until.store(i64::MAX, Ordering::SeqCst);
    }

    async fn run_one(&self, job: Job) {
        let kind = self.kinds.get(job.kind.as_str()).copied();
        let outcome = match kind.map(|kind| kind.run) {
            Some(Run::Inside(run)) => self.run_inside(run, &job).await,
            Some(Run::Outside(run)) => self.run_outside(run, &job).await,
            None => Err(UNKNOWN_KIND.error()),
        };
        let Err(error) = outcome else {
            return;
        };
        if error.code() == &JOB_LOST {
            tracing::warn!(kind = job.kind, job = %job.id, "another worker took the job over");
            return;
        }
        tracing::warn!(kind = job.kind, job = %job.id, attempts = job.attempts, cause = ?error, "a job failed");
        self.put_back(job, kind.map_or(i64::MAX, |kind| kind.tries), error).await;
    }

    async fn run_inside(&self, run: fn(&mut db::Tx<'_>, &C, &Job) -> Result<()>, job: &Job) -> Result<()> {
        let (context, own) = (self.context.clone(), job.clone());
        let done = self.db.write(job.workspace, move |tx| {
            run(tx, &context, &own)?;
            queue::finish(tx, &own)
        });
        done.await
    }

    async fn run_outside(&self, run: fn(C, Job) -> Running, job: &Job) -> Result<()> {
        // On a task of its own, so that a panic is an answer too.
        let mut running = tokio::spawn(run(self.context.clone(), job.clone()));
        let third = Duration::from_secs(u64::try_from(LEASE_SECONDS / 3).unwrap_or(1));
        let outcome = loop {
            tokio::select! {
                outcome = &mut running => break outcome.unwrap_or_else(|_| Err(PANICKED.error())),
                () = rest(third) => {}
            }
            if let Err(error) = self.hold(job).await
                && error.code() == &JOB_LOST
            {
                running.abort();
                return Err(error);
            }
        };
        outcome?;
        let own = job.clone();
        self.db.write(job.workspace, move |tx| queue::finish(tx, &own)).await
    }

    async fn hold(&self, job: &Job) -> Result<()> {
        let (own, now) = (job.clone(), self.env.now());
        self.db.write(job.workspace, move |tx| queue::extend(tx, &own, now)).await
    }

    async fn put_back(&self, job: Job, most: i64, error: Error) {
        let (env, error) = (self.env.clone(), Arc::new(error));
        let failed = self.db.write(job.workspace, move |tx| queue::fail(tx, &env, &job, most, &error));
        if let Err(error) = failed.await {
            // Its lease ends by itself, and it is claimed again.
            tracing::error!(cause = ?error, "a failed job was not put back");
        }
    }
}

/// What runs at this moment.
#[derive(Default)]
struct Places {
    ordinary: JoinSet<()>,
    timed: JoinSet<()>,
}

impl Places {
    /// Frees the places of what has ended.
    fn clear(&mut self) {
        for running in [&mut self.ordinary, &mut self.timed] {
            while running.try_join_next().is_some() {}
        }
    }

    /// Waits until something ends; says whether anything ran.
    async fn free_one(&mut self) -> bool {
        tokio::select! {
            Some(_) = self.ordinary.join_next() => true,
            Some(_) = self.timed.join_next() => true,
            else => false,
        }
    }
}

fn lane<'a>(kinds: &'a [&'static str], is_timed: bool) -> Lane<'a> {
    if is_timed { Lane::Timed(kinds) } else { Lane::Ordinary(kinds) }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the worker's own beat: rows say when something is due, this only waits for it"
)]
async fn rest(time: Duration) {
    tokio::time::sleep(time).await;
}
