//! Kinds of jobs: a name and a plain function, or an async one for the edges.
//! Rule: a function may run more than once, so what it does can be done twice.

use std::pin::Pin;

use base::Result;
use db::Tx;

use crate::queue::Job;

/// The future of a job at an edge.
pub type Running = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// How a kind is run, in a context of `C`.
pub enum Run<C> {
    /// Inside one transaction of the job's workspace, which also ends the job: its rows change exactly once.
    Inside(fn(&mut Tx<'_>, &C, &Job) -> Result<()>),
    /// Outside transactions, for mail and other systems: at least once.
    Outside(fn(C, Job) -> Running),
}

/// A kind of job.
pub struct Kind<C> {
    /// Its name in the rows.
    pub name: &'static str,
    /// How often it is tried before it is given up.
    pub tries: i64,
    /// What it does.
    pub run: Run<C>,
}

// Written out, because deriving would ask the same of the context.
impl<C> Clone for Run<C> {
    fn clone(&self) -> Run<C> {
        *self
    }
}

impl<C> Copy for Run<C> {}

impl<C> Clone for Kind<C> {
    fn clone(&self) -> Kind<C> {
        *self
    }
}

impl<C> Copy for Kind<C> {}
