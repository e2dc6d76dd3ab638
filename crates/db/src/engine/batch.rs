//! The batches of the single writer: units of work that share one commit, each answered after it.
//! Rule: a unit that fails loses nothing but itself. A batch runs without savepoints, which copy every page a unit
//! touches; when a unit fails after it has changed something, the batch is undone and runs again with them.

use std::time::{Duration, Instant};

use base::{Error, Result};
use rusqlite::Connection as Raw;

use super::lanes::Line;
use super::sqlite::step;
use super::{Connection, Hooks, Task};
use crate::tx::{Carried, Note, Tx};
use crate::{Tenant, UNAVAILABLE};

const BATCH: usize = 256;
const BATCH_TIME: Duration = Duration::from_millis(5);

/// Serves the line of writes until it is closed and empty.
pub(super) fn write_loop(raw: &Raw, line: &Line, hooks: &Hooks) {
    while let Some(first) = line.pop() {
        Batch::begin(raw, hooks).run(line, first, BATCH_TIME);
    }
}

/// A unit of work that ran and waits for its batch to be committed.
struct Done {
    tenant: Tenant,
    task: Box<dyn Task>,
    notes: Vec<Note>,
}

/// Units of work in one transaction.
struct Batch<'r> {
    raw: &'r Raw,
    hooks: &'r Hooks,
    carries: bool,
    carried: Carried,
    done: Vec<Done>,
    /// What broke the whole transaction.
    broken: Option<Error>,
    /// A unit failed after it had changed something: from now on each unit can be undone alone.
    is_careful: bool,
}

impl<'r> Batch<'r> {
    fn begin(raw: &'r Raw, hooks: &'r Hooks) -> Batch<'r> {
        let broken = step(raw, "BEGIN IMMEDIATE").err();
        let carries = hooks.before().is_some();
        Batch { raw, hooks, carries, carried: None, done: Vec::new(), broken, is_careful: false }
    }

    #[expect(clippy::disallowed_methods, reason = "a batch is bounded by real time")]
    fn run(mut self, line: &Line, first: (Tenant, Box<dyn Task>), within: Duration) {
        let started = Instant::now();
        let mut next = Some(first);
        while let Some((tenant, task)) = next.take() {
            self.add(tenant, task);
            if self.broken.is_none() && self.done.len() < BATCH && started.elapsed() < within {
                next = line.try_pop();
            }
        }
        self.end();
    }

    /// Runs one more unit.
    fn add(&mut self, tenant: Tenant, task: Box<dyn Task>) {
        if self.raw.is_autocommit() {
            return task.finish(Some(UNAVAILABLE.error().retry_in(1)));
        }
        if self.is_careful {
            return self.add_carefully(tenant, task);
        }
        let before = self.raw.total_changes();
        let (done, outcome) = self.work(tenant, task);
        match outcome {
            Ok(()) => self.done.push(done),
            // It has changed nothing, so there is nothing to undo.
            Err(error) if self.raw.total_changes() == before && !self.raw.is_autocommit() => {
                self.settle(false);
                done.task.finish(Some(error));
            }
            Err(_) => self.again(done),
        }
    }

    /// Undoes the batch and runs its units again, each with a savepoint.
    fn again(&mut self, failed: Done) {
        let mut units = std::mem::take(&mut self.done);
        units.push(failed);
        self.is_careful = true;
        self.carried = None;
        let undone = if self.raw.is_autocommit() { Ok(()) } else { step(self.raw, "ROLLBACK") };
        self.broken = undone.and_then(|()| step(self.raw, "BEGIN IMMEDIATE")).err();
        for Done { tenant, task, .. } in units {
            self.add(tenant, task);
        }
    }

    /// Runs a unit in a savepoint.
    fn add_carefully(&mut self, tenant: Tenant, task: Box<dyn Task>) {
        if let Err(error) = step(self.raw, "SAVEPOINT unit") {
            task.finish(Some(UNAVAILABLE.error().retry_in(1)));
            return self.breaks(error);
        }
        let (done, outcome) = self.work(tenant, task);
        self.settle(outcome.is_ok());
        let ended = match outcome {
            Ok(()) => {
                self.done.push(done);
                step(self.raw, "RELEASE unit")
            }
            Err(error) => {
                done.task.finish(Some(error));
                if self.raw.is_autocommit() {
                    Err(UNAVAILABLE.error().caused_by("the engine rolled the batch back"))
                } else {
                    step(self.raw, "ROLLBACK TO unit").and_then(|()| step(self.raw, "RELEASE unit"))
                }
            }
        };
        if let Err(error) = ended {
            self.breaks(error);
        }
    }

    fn work(&mut self, tenant: Tenant, mut task: Box<dyn Task>) -> (Done, Result<()>) {
        let room = self.carries.then_some(&mut self.carried);
        let mut tx = Tx::in_batch(Connection::Sqlite(self.raw), tenant, room);
        let outcome = task.run(&mut tx);
        let notes = tx.notes;
        if outcome.is_ok() && !self.is_careful {
            self.settle(true);
        }
        (Done { tenant, task, notes }, outcome)
    }

    /// What the unit carried on stays, or goes with it.
    fn settle(&mut self, stays: bool) {
        if let Some(carry) = &mut self.carried {
            if stays { carry.keep() } else { carry.undo() }
        }
    }

    fn breaks(&mut self, error: Error) {
        self.broken.get_or_insert(error);
    }

    /// Commits, tells, and answers everybody.
    fn end(mut self) {
        let mut told = Vec::new();
        if let (None, Some(before), Some(_)) = (&self.broken, self.hooks.before(), &self.carried) {
            let mut tx = Tx::in_batch(Connection::Sqlite(self.raw), Tenant::nil(), Some(&mut self.carried));
            self.broken = before(&mut tx).err();
            told = tx.notes;
        }
        let broken = self.broken.or_else(|| step(self.raw, "COMMIT").err());
        if broken.is_some() && !self.raw.is_autocommit() {
            drop(step(self.raw, "ROLLBACK"));
        }
        if broken.is_none() {
            self.hooks.tell(Tenant::nil(), told);
        }
        for Done { tenant, task, notes } in self.done {
            let undone = broken.as_ref().map(|error| UNAVAILABLE.error().retry_in(1).caused_by(format!("{error:?}")));
            if undone.is_none() {
                // Told before it is answered: whoever has the answer finds the house knowing.
                self.hooks.tell(tenant, notes);
            }
            task.finish(undone);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base::Kind;

    use super::*;
    use crate::engine::task::unit;
    use crate::queue::Queue;

    static REFUSED: base::Code = base::Code::new(Kind::Conflict, "refused", "No.", "Ask for something else.");

    /// How far the units that stay have counted.
    #[derive(Default)]
    struct Count {
        now: i64,
        kept: i64,
    }

    impl crate::Carry for Count {
        fn keep(&mut self) {
            self.kept = self.now;
        }

        fn undo(&mut self) {
            self.now = self.kept;
        }
    }

    enum Ends {
        Well,
        Refused,
        RefusedBeforeItWrote,
        InPanic,
    }

    /// One batch of units that each count on and insert their number; what was answered, and what is in the table.
    fn batch_of(ends: Vec<Ends>) -> (Vec<bool>, Vec<(i64, i64)>) {
        let raw = Raw::open_in_memory().unwrap();
        raw.execute_batch("CREATE TABLE kept (number BIGINT, place BIGINT); CREATE TABLE total (n BIGINT)").unwrap();
        let hooks = Hooks::default();
        hooks.set_before(Arc::new(|tx| {
            let total = tx.carried::<Count>().map_or(0, |count| count.kept);
            tx.exec("INSERT INTO total (n) VALUES ($1)", &[&total]).map(drop)
        }));
        let line: Line = Arc::new(Queue::new(1000));
        let mut answers = Vec::new();
        for (number, end) in (1_i64..).zip(ends) {
            let (task, answer) = unit(move |tx| {
                if matches!(end, Ends::RefusedBeforeItWrote) {
                    return Err(REFUSED.error());
                }
                let place = tx.carried::<Count>().map_or(0, |count| {
                    count.now += 1;
                    count.now
                });
                tx.exec("INSERT INTO kept (number, place) VALUES ($1, $2)", &[&number, &place])?;
                match end {
                    Ends::Refused => Err(REFUSED.error()),
                    Ends::InPanic => panic!("a test panics"),
                    Ends::Well | Ends::RefusedBeforeItWrote => Ok(()),
                }
            });
            line.push(Tenant::nil(), task).unwrap();
            answers.push(answer);
        }
        line.close();
        let first = line.pop().unwrap();
        Batch::begin(&raw, &hooks).run(&line, first, Duration::from_secs(60));
        let answered = answers.into_iter().map(|mut answer| answer.try_recv().unwrap().is_ok()).collect();
        let mut kept = raw.prepare("SELECT number, place FROM kept ORDER BY number").unwrap();
        let kept: Vec<(i64, i64)> = kept
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(std::result::Result::unwrap)
            .collect();
        let total: i64 = raw.query_row("SELECT n FROM total", [], |row| row.get(0)).unwrap();
        assert_eq!(total, kept.len() as i64, "what is carried is what stays");
        (answered, kept)
    }

    #[test]
    fn a_unit_that_fails_after_it_wrote_loses_nothing_but_itself() {
        for bad in [Ends::Refused, Ends::InPanic] {
            let (answered, kept) = batch_of(vec![Ends::Well, Ends::Well, bad, Ends::Well, Ends::Refused, Ends::Well]);
            assert_eq!(answered, [true, true, false, true, false, true]);
            assert_eq!(kept, [(1, 1), (2, 2), (4, 3), (6, 4)]);
        }
    }

    #[test]
    fn a_unit_that_fails_before_it_wrote_undoes_nobody() {
        let (answered, kept) = batch_of(vec![Ends::Well, Ends::RefusedBeforeItWrote, Ends::Well]);
        assert_eq!(answered, [true, false, true]);
        assert_eq!(kept, [(1, 1), (3, 2)]);
    }
}
