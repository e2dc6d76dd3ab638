//! The two engines behind one face; the only place that knows their names.
//! Rule: everything above speaks of lanes, units of work and values.

mod batch;
mod lanes;
mod postgres;
mod sqlite;
mod task;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use base::{Result, ToValue, Value};
use parking_lot::RwLock;

use crate::migrate::Migrations;
use crate::queue::Lane;
use crate::tx::{Row, Tx, Unless};
use crate::{AfterCommit, BeforeCommit, Tenant};

pub(crate) use task::Task;

/// Where the data is and how many threads serve it.
#[derive(Clone, Debug)]
pub struct Options {
    /// `postgres://…`, or `None` for the embedded database.
    pub url: Option<String>,
    /// The folder of the embedded database.
    pub folder: PathBuf,
    /// Threads for short reads.
    pub readers: usize,
    /// Threads for writes where the engine allows several.
    pub writers: usize,
    /// Units of work that may wait in each lane.
    pub queue: usize,
    /// SQLite's `synchronous`; anything below FULL is refused.
    pub synchronous: String,
    /// A SQLite VFS by name, for tests of durability.
    pub vfs: Option<String>,
}

impl Options {
    /// The embedded database in a folder.
    pub fn embedded(folder: impl Into<PathBuf>) -> Options {
        Options {
            url: None,
            folder: folder.into(),
            readers: 2,
            writers: 16,
            queue: 8192,
            synchronous: "FULL".to_owned(),
            vfs: None,
        }
    }

    /// A PostgreSQL server.
    pub fn server(url: impl Into<String>) -> Options {
        Options { url: Some(url.into()), readers: 8, ..Options::embedded("") }
    }
}

/// What runs around commits; set at boot.
#[derive(Default)]
pub(crate) struct Hooks {
    after: RwLock<Option<AfterCommit>>,
    before: RwLock<Option<BeforeCommit>>,
}

impl Hooks {
    pub(crate) fn set_after(&self, after: AfterCommit) {
        *self.after.write() = Some(after);
    }

    pub(crate) fn set_before(&self, before: BeforeCommit) {
        *self.before.write() = Some(before);
    }

    fn before(&self) -> Option<BeforeCommit> {
        self.before.read().clone()
    }

    fn tell(&self, tenant: Tenant, notes: Vec<crate::tx::Note>) {
        if notes.is_empty() {
            return;
        }
        if let Some(after) = self.after.read().clone() {
            after(tenant, notes);
        }
    }
}

/// An open database of either engine.
pub enum Backend {
    /// The embedded engine.
    Sqlite(sqlite::Sqlite),
    /// The server engine.
    Postgres(postgres::Postgres),
}

impl Backend {
    pub(crate) fn open(options: &Options) -> Result<Backend> {
        let hooks = Arc::new(Hooks::default());
        match &options.url {
            None => sqlite::Sqlite::open(options, hooks).map(Backend::Sqlite),
            Some(url) => postgres::Postgres::open(url, options, hooks).map(Backend::Postgres),
        }
    }

    pub(crate) async fn submit<T: Send + 'static>(
        &self,
        lane: Lane,
        tenant: Tenant,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (task, answer) = task::unit(work);
        self.push(lane, tenant, task)?;
        answer.await.unwrap_or_else(|_| Err(task::lost()))
    }

    pub(crate) fn submit_blocking<T: Send + 'static>(
        &self,
        lane: Lane,
        tenant: Tenant,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (task, answer) = task::unit(work);
        self.push(lane, tenant, task)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(task::lost()))
    }

    fn push(&self, lane: Lane, tenant: Tenant, task: Box<dyn Task>) -> Result<()> {
        match self {
            Backend::Sqlite(engine) => engine.lane(lane).push(tenant, task),
            Backend::Postgres(engine) => engine.lane(lane).push(tenant, task),
        }
    }

    pub(crate) fn waiting(&self, lane: Lane) -> usize {
        match self {
            Backend::Sqlite(engine) => engine.lane(lane).waiting(),
            Backend::Postgres(engine) => engine.lane(lane).waiting(),
        }
    }

    pub(crate) fn hooks(&self) -> &Hooks {
        match self {
            Backend::Sqlite(engine) => engine.hooks(),
            Backend::Postgres(engine) => engine.hooks(),
        }
    }

    pub(crate) fn has_single_writer(&self) -> bool {
        matches!(self, Backend::Sqlite(_))
    }

    pub(crate) fn migrate(&self, migrations: &Migrations) -> Result<()> {
        match self {
            Backend::Sqlite(engine) => engine.migrate(migrations),
            Backend::Postgres(engine) => engine.migrate(migrations),
        }
    }

    pub(crate) fn scrub(&self) -> Result<()> {
        match self {
            Backend::Sqlite(engine) => engine.scrub(),
            Backend::Postgres(engine) => engine.scrub(),
        }
    }

    pub(crate) fn describe(&self) -> String {
        match self {
            Backend::Sqlite(engine) => engine.describe(),
            Backend::Postgres(engine) => engine.describe(),
        }
    }

    pub(crate) fn close(&self) {
        match self {
            Backend::Sqlite(engine) => engine.close(),
            Backend::Postgres(engine) => engine.close(),
        }
    }
}

/// A connection lent to one unit of work.
pub(crate) enum Connection<'c> {
    /// The embedded engine's.
    Sqlite(&'c rusqlite::Connection),
    /// The server engine's.
    Postgres(&'c mut postgres::Session),
}

impl Connection<'_> {
    pub(crate) fn exec(&mut self, sql: &str, values: &[&dyn ToValue]) -> Result<u64> {
        match self {
            Connection::Sqlite(connection) => sqlite::exec(connection, sql, values),
            Connection::Postgres(session) => session.exec(sql, values),
        }
    }

    pub(crate) fn exec_later(&mut self, sql: &str, values: &[&dyn ToValue], unless: Unless) -> Result<()> {
        match self {
            Connection::Sqlite(connection) => sqlite::exec(connection, sql, values).and_then(|n| unless.check(n)),
            Connection::Postgres(session) => session.exec_later(sql, values, unless),
        }
    }

    /// Sees to it that the row a statement finds stays as it is until the commit, beside others who want the same; the
    /// unit runs again when there is none any more. With one writer nobody is beside.
    pub(crate) fn keep(&mut self, sql: &str, values: &[&dyn ToValue]) -> Result<()> {
        match self {
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(session) => {
                session.exec_later(&format!("{sql} FOR SHARE"), values, Unless::touched(postgres::again))
            }
        }
    }

    pub(crate) fn rows(
        &mut self,
        sql: &str,
        values: &[&dyn ToValue],
        read: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        match self {
            Connection::Sqlite(connection) => sqlite::rows(connection, sql, values, read),
            Connection::Postgres(session) => session.rows(sql, values, read),
        }
    }

    /// The statement with the engine's way of locking the row it reads; one writer needs none.
    pub(crate) fn locking<'s>(&self, sql: &'s str) -> Cow<'s, str> {
        match self {
            Connection::Sqlite(_) => Cow::Borrowed(sql),
            Connection::Postgres(_) => Cow::Owned(format!("{sql} FOR UPDATE")),
        }
    }

    /// The statement with the engine's way of claiming rows that nobody else holds; one writer needs none.
    pub(crate) fn claiming<'s>(&self, sql: &'s str) -> Cow<'s, str> {
        match self {
            Connection::Sqlite(_) => Cow::Borrowed(sql),
            Connection::Postgres(_) => Cow::Owned(format!("{sql} FOR UPDATE SKIP LOCKED")),
        }
    }

    pub(crate) fn explaining(&self, sql: &str) -> String {
        match self {
            Connection::Sqlite(_) => format!("EXPLAIN QUERY PLAN {sql}"),
            Connection::Postgres(_) => format!("EXPLAIN {sql}"),
        }
    }

    pub(crate) fn explained_column(&self) -> usize {
        match self {
            Connection::Sqlite(_) => 3,
            Connection::Postgres(_) => 0,
        }
    }

    pub(crate) fn is_embedded(&self) -> bool {
        matches!(self, Connection::Sqlite(_))
    }
}

/// A row of either engine.
pub(crate) enum RawRow<'r> {
    /// The embedded engine's.
    Sqlite(&'r rusqlite::Row<'r>),
    /// The server engine's.
    Postgres(&'r tokio_postgres::Row),
}

impl RawRow<'_> {
    pub(crate) fn value(&self, index: usize) -> Result<Value<'_>> {
        match self {
            RawRow::Sqlite(row) => sqlite::value(row, index),
            RawRow::Postgres(row) => postgres::value(row, index),
        }
    }

    pub(crate) fn width(&self) -> usize {
        match self {
            RawRow::Sqlite(row) => row.as_ref().column_count(),
            RawRow::Postgres(row) => row.len(),
        }
    }
}
