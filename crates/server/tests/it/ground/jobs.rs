//! The queue: a job exists with its commit alone, is done once by whoever holds its lease, and is never lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base::Time;
use jobs::{Job, Kind, LEASE_SECONDS, NewJob, Run, Schedule, Timer, Worker};
use tokio::sync::Semaphore;
use trust::access::{Audience, Via};
use trust::log::{NewEvent, record};
use trust::{Cx, House};
use uuid::Uuid;

use crate::harness::{World, both_engines};

/// Whether the flaky job works now; each story has a process of its own.
static WORKS: AtomicBool = AtomicBool::new(false);
/// Slow jobs that began, those that may end, and how often the bell was struck.
static BEGAN: Semaphore = Semaphore::const_new(0);
static MAY_END: Semaphore = Semaphore::const_new(0);
static STRUCK: Semaphore = Semaphore::const_new(0);

both_engines! {
    async fn old_keys_are_forgotten_and_young_ones_kept(world) {
        let (acme, now) = (world.acme, world.house().env.now());
        world.opened.worker.run_due().await.unwrap();
        let kept = world.house().db.write(acme.uuid(), move |tx| {
            for number in 0..1_200_i64 {
                let at = now.plus_seconds(if number % 100 == 0 { 3 * 3600 } else { 0 });
                tx.exec(
                    "INSERT INTO idempotency (workspace_id, caller, route, idempotency_key, body_hash, response, created_at) \
                     VALUES ($1, $1, 'openTicket', $2, $3, '{}', $4)",
                    &[&acme, &format!("k-{number}"), &[0_u8; 32], &at],
                )?;
            }
            Ok(())
        });
        kept.await.unwrap();
        world.clock.advance_seconds(25 * 3600);
        world.opened.worker.run_due().await.unwrap();
        let left = world.house().db.read(acme.uuid(), move |tx| {
            tx.first("SELECT COUNT(*) FROM idempotency WHERE workspace_id = $1", &[&acme], |row| row.get::<i64>(0))
        });
        assert_eq!(left.await.unwrap(), Some(12));
    }

    async fn a_job_is_done_once_after_its_commit(world) {
        enqueue(world, NewJob::new("note", &1)).await;
        assert_eq!(done(world).await, 0);
        let worker = worker(world, Vec::new());
        assert_eq!(worker.run_due().await.unwrap(), 1);
        assert_eq!(worker.run_due().await.unwrap(), 0);
        assert_eq!(done(world).await, 1);
    }

    async fn a_transaction_that_is_undone_enqueues_nothing(world) {
        let (acme, env) = (world.acme.uuid(), world.house().env.clone());
        let undone = world.house().db.write(acme, move |tx| {
            jobs::enqueue(tx, &env, acme, &NewJob::new("note", &1))?;
            Err::<(), _>(web::NOT_FOUND.error())
        });
        assert!(undone.await.is_err());
        assert_eq!(worker(world, Vec::new()).run_due().await.unwrap(), 0);
    }

    async fn a_timer_waits_for_its_time(world) {
        let due = world.house().env.now().plus_seconds(3600);
        enqueue(world, NewJob::new("note", &1).at(due)).await;
        let worker = worker(world, Vec::new());
        assert_eq!(worker.run_due().await.unwrap(), 0);
        world.clock.advance_seconds(3600);
        assert_eq!(worker.run_due().await.unwrap(), 1);
    }

    async fn a_job_asked_for_twice_while_it_waits_is_done_once(world) {
        for _ in 0..3 { enqueue(world, NewJob::new("note", &1).once("index")).await; }
        let claimed = claim(world).await;
        assert_eq!(claimed.len(), 1);
        // It runs now and may have read old rows: what happens from here on asks once more.
        enqueue(world, NewJob::new("note", &1).once("index")).await;
        assert_eq!(worker(world, Vec::new()).run_due().await.unwrap(), 1);
    }

    async fn a_crash_between_claim_and_finish_loses_nothing(world) {
        enqueue(world, NewJob::new("note", &1)).await;
        assert_eq!(claim(world).await.len(), 1);
        let worker = worker(world, Vec::new());
        assert_eq!(worker.run_due().await.unwrap(), 0, "its lease still holds");
        world.clock.advance_seconds(LEASE_SECONDS + 1);
        assert_eq!(worker.run_due().await.unwrap(), 1);
        assert_eq!(done(world).await, 1);
    }

    async fn who_lost_the_lease_changes_nothing(world) {
        enqueue(world, NewJob::new("note", &1)).await;
        let slow = claim(world).await.remove(0);
        world.clock.advance_seconds(LEASE_SECONDS + 1);
        let quick = claim(world).await.remove(0);
        let late = perform(world, slow).await;
        assert_eq!(late.unwrap_err().name(), "job_lost");
        assert_eq!(done(world).await, 0, "what it did was undone");
        perform(world, quick).await.unwrap();
        assert_eq!(done(world).await, 1);
    }

    async fn a_job_that_keeps_failing_is_given_up_and_can_be_replayed(world) {
        enqueue(world, NewJob::new("flaky", &1)).await;
        let worker = worker(world, Vec::new());
        for _ in 0..3 {
            assert_eq!(worker.run_due().await.unwrap(), 1);
            world.clock.advance_seconds(3600);
        }
        assert_eq!(worker.run_due().await.unwrap(), 0);
        let dead = dead(world).await;
        assert_eq!((dead.len(), dead[0].attempts, dead[0].last_error.as_deref()), (1, 3, Some("overloaded")));
        WORKS.store(true, Ordering::SeqCst);
        let (acme, now, id) = (world.acme.uuid(), world.house().env.now(), dead[0].id);
        world.house().db.write(acme, move |tx| jobs::replay(tx, acme, id, now)).await.unwrap();
        assert_eq!(worker.run_due().await.unwrap(), 1);
        assert_eq!(done(world).await, 1);
        WORKS.store(false, Ordering::SeqCst);
    }

    async fn a_job_at_an_edge_is_finished_after_its_answer(world) {
        enqueue(world, NewJob::new("edge", &1)).await;
        let worker = worker(world, Vec::new());
        assert_eq!(worker.run_due().await.unwrap(), 1);
        world.clock.advance_seconds(LEASE_SECONDS + 1);
        assert_eq!(worker.run_due().await.unwrap(), 0);
        assert_eq!(done(world).await, 1);
    }

    async fn a_schedule_comes_back_and_what_was_missed_comes_once(world) {
        let schedules = vec![Schedule { kind: "note", every_seconds: 60 }];
        let worker = worker(world, schedules);
        assert_eq!(worker.run_due().await.unwrap(), 0);
        world.clock.advance_seconds(61);
        assert_eq!(worker.run_due().await.unwrap(), 1);
        world.clock.advance_seconds(600);
        assert_eq!(worker.run_due().await.unwrap(), 1);
        assert_eq!(worker.run_due().await.unwrap(), 0);
    }

    async fn a_row_with_a_time_rings_when_it_is_due_and_not_before(world) {
        set_bell(world, world.house().env.now().plus_seconds(90)).await;
        let worker = worker_with(world, Vec::new(), vec![Timer { kind: "ring", next: bell }]);
        assert_eq!(worker.run_due().await.unwrap(), 0);
        assert_eq!(waiting(world).await, 0, "nothing is enqueued before its time");
        world.clock.advance_seconds(90);
        assert_eq!(worker.run_due().await.unwrap(), 1);
        assert_eq!(worker.run_due().await.unwrap(), 0);
    }

    async fn a_timer_whose_job_fails_waits_for_that_job_and_asks_for_no_second_one(world) {
        set_bell(world, world.house().env.now()).await;
        let worker = worker_with(world, Vec::new(), vec![Timer { kind: "flaky", next: bell }]);
        for _ in 0..3 {
            assert!(worker.run_due().await.unwrap() <= 1);
            assert_eq!(waiting(world).await, 1);
        }
    }

    async fn slow_jobs_hold_up_neither_timers_nor_the_jobs_behind_them(world) {
        for _ in 0..9 { enqueue(world, NewJob::new("slow", &1)).await; }
        let worker = worker_with(world, Vec::new(), vec![Timer { kind: "strike", next: bell }]);
        let working = tokio::spawn(worker.clone().run());
        BEGAN.acquire_many(8).await.unwrap().forget();
        let now = world.house().env.now();
        set_bell(world, now).await;
        worker.wake(now);
        STRUCK.acquire().await.unwrap().forget();
        MAY_END.add_permits(1);
        BEGAN.acquire().await.unwrap().forget();
        working.abort();
    }
}

async fn slow() -> base::Result<()> {
    BEGAN.add_permits(1);
    MAY_END.acquire().await.unwrap().forget();
    Ok(())
}

async fn strike(house: Arc<House>) -> base::Result<()> {
    house.db.write(Uuid::nil(), |tx| tx.exec("DELETE FROM job_schedule WHERE name = 'bell'", &[])).await?;
    STRUCK.add_permits(1);
    Ok(())
}

/// The row of the story's timer.
async fn set_bell(world: &World, at: Time) {
    let set = world
        .house()
        .db
        .write(Uuid::nil(), move |tx| tx.exec("INSERT INTO job_schedule (name, next_at) VALUES ('bell', $1)", &[&at]));
    set.await.unwrap();
}

fn bell(tx: &mut db::Tx<'_>) -> base::Result<Option<Time>> {
    tx.first("SELECT next_at FROM job_schedule WHERE name = 'bell'", &[], |row| row.get(0))
}

fn ring(tx: &mut db::Tx<'_>, house: &Arc<House>, job: &Job) -> base::Result<()> {
    tx.exec("DELETE FROM job_schedule WHERE name = 'bell'", &[])?;
    note(tx, house, job)
}

/// Jobs of the house that wait or rest.
async fn waiting(world: &World) -> i64 {
    let read = world.house().db.read(Uuid::nil(), |tx| {
        tx.first("SELECT COUNT(*) FROM job WHERE workspace_id = $1", &[&Uuid::nil()], |row| row.get(0))
    });
    read.await.unwrap().unwrap()
}

fn worker(world: &World, schedules: Vec<Schedule>) -> Arc<Worker<Arc<House>>> {
    worker_with(world, schedules, Vec::new())
}

fn worker_with(world: &World, schedules: Vec<Schedule>, timers: Vec<Timer>) -> Arc<Worker<Arc<House>>> {
    let kind = |name, run| Kind { name, tries: 3, run };
    let kinds = vec![
        kind("note", Run::Inside(note)),
        kind("flaky", Run::Inside(flaky)),
        kind("ring", Run::Inside(ring)),
        kind("slow", Run::Outside(|_, _| Box::pin(slow()))),
        kind("strike", Run::Outside(|house, _| Box::pin(strike(house)))),
        kind("edge", Run::Outside(|house, job| Box::pin(edge(house, job)))),
    ];
    let house = world.house();
    Arc::new(Worker::new(house.db.clone(), house.env.clone(), house.clone(), kinds, schedules, timers))
}

/// Leaves an event behind, so that what was done can be counted.
fn note(tx: &mut db::Tx<'_>, house: &Arc<House>, job: &Job) -> base::Result<()> {
    let cx = Cx::of_house(house, trust::nouns::WorkspaceId::from_uuid(job.workspace), Via::Job);
    let subject = Uuid::from_bytes(house.env.random());
    record(tx, &cx, &[NewEvent::new("job.done", subject, 1, house.env.now(), Audience::default(), &())])
}

fn flaky(tx: &mut db::Tx<'_>, house: &Arc<House>, job: &Job) -> base::Result<()> {
    note(tx, house, job)?;
    if WORKS.load(Ordering::SeqCst) { Ok(()) } else { Err(db::OVERLOADED.error()) }
}

async fn edge(house: Arc<House>, job: Job) -> base::Result<()> {
    let db = house.db.clone();
    db.write(job.workspace, move |tx| note(tx, &house, &job)).await
}

async fn enqueue(world: &World, job: NewJob) {
    let (acme, env) = (world.acme.uuid(), world.house().env.clone());
    let enqueued = world.house().db.write(acme, move |tx| jobs::enqueue(tx, &env, acme, &job));
    enqueued.await.unwrap();
}

async fn claim(world: &World) -> Vec<Job> {
    let now = world.house().env.now();
    let claimed = world.house().db.write(Uuid::nil(), move |tx| jobs::claim(tx, now, 10));
    claimed.await.unwrap()
}

/// What a worker does with a claimed job.
async fn perform(world: &World, job: Job) -> base::Result<()> {
    let house = world.house().clone();
    let performed = world.house().db.write(job.workspace, move |tx| {
        note(tx, &house, &job)?;
        jobs::finish(tx, &job)
    });
    performed.await
}

async fn dead(world: &World) -> Vec<jobs::Dead> {
    let acme = world.acme.uuid();
    world.house().db.read(acme, move |tx| jobs::dead(tx, acme, 10)).await.unwrap()
}

async fn done(world: &World) -> i64 {
    let acme = world.acme;
    let read = world.house().db.read(acme.uuid(), move |tx| {
        tx.first("SELECT COUNT(*) FROM event WHERE workspace_id = $1 AND kind = 'job.done'", &[&acme], |row| row.get(0))
    });
    read.await.unwrap().unwrap()
}
