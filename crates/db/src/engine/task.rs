//! A unit of work in line: a function that may run again, and somebody who waits for its answer.

use std::panic::{AssertUnwindSafe, catch_unwind};

use base::{Error, Result};
use tokio::sync::oneshot;

use crate::{CORRUPT_ROW, Tx, UNAVAILABLE};

/// A unit of work whose result type is hidden.
pub(crate) trait Task: Send {
    /// Runs the function and keeps its result; a panic is an error like any other.
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<()>;
    /// Answers with the kept result, or with the error that undid it.
    fn finish(self: Box<Self>, undone: Option<Error>);
}

struct Unit<T, F> {
    work: F,
    result: Option<T>,
    answer: oneshot::Sender<Result<T>>,
}

/// A task, and where its answer will arrive.
pub(crate) fn unit<T: Send + 'static>(
    work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> (Box<dyn Task>, oneshot::Receiver<Result<T>>) {
    let (answer, receiver) = oneshot::channel();
    (Box::new(Unit { work, result: None, answer }), receiver)
}

/// The error of a unit of work whose thread went away.
pub(crate) fn lost() -> Error {
    UNAVAILABLE.error().retry_in(1).caused_by("the database thread ended before it answered")
}

impl<T: Send, F: Fn(&mut Tx<'_>) -> Result<T> + Send> Task for Unit<T, F> {
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        self.result = None;
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(tx)))
            .unwrap_or_else(|_| Err(CORRUPT_ROW.error().caused_by("a unit of work panicked")));
        match outcome {
            Ok(result) => {
                self.result = Some(result);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn finish(self: Box<Self>, undone: Option<Error>) {
        let answer = match (undone, self.result) {
            (Some(error), _) => Err(error),
            (None, Some(result)) => Ok(result),
            (None, None) => Err(lost()),
        };
        // Nobody waits any more when the request was dropped; the commit stands all the same.
        drop(self.answer.send(answer));
    }
}
