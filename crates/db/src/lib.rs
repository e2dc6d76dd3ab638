//! One small layer over two engines: units of work as plain functions on database threads.
//! Rule: SQL is one text for both engines; engine names appear in `engine` and nowhere above it.

mod engine;
mod errors;
mod migrate;
mod query;
mod queue;
mod schema;
mod snapshot;
mod tx;
#[cfg(debug_assertions)]
mod watch;

pub use engine::{Backend, Options};
pub use errors::{CODES, CORRUPT_ROW, DUPLICATE, OVERLOADED, UNAVAILABLE, is_duplicate};
pub use migrate::{Migration, Migrations, is_marked, mark, unmark};
pub use query::Query;
pub use schema::{columns, snapshot, tables, unwalled};
pub use tx::{Carry, Note, Row, Tx, Unless};
#[cfg(debug_assertions)]
pub use watch::{watch, watched};

use std::sync::Arc;

use base::Result;
use uuid::Uuid;

/// The workspace a unit of work belongs to, in bytes; `Uuid::nil()` is the house itself.
pub type Tenant = Uuid;

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    backend: Arc<Backend>,
}

/// What runs after a commit, with the notes a unit of work left through `Tx::tell`.
pub type AfterCommit = Arc<dyn Fn(Tenant, Vec<tx::Note>) + Send + Sync>;

/// What runs on the single writer at the end of each batch, inside its commit, when something was carried through it.
pub type BeforeCommit = Arc<dyn Fn(&mut Tx<'_>) -> Result<()> + Send + Sync>;

impl Db {
    /// Opens the database and starts its threads.
    pub fn open(options: &Options) -> Result<Db> {
        Ok(Db { backend: Arc::new(Backend::open(options)?) })
    }

    /// Reads in one snapshot-free unit; the function may run again and must not write.
    pub async fn read<T: Send + 'static>(
        &self,
        tenant: Tenant,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.backend.submit(queue::Lane::Read, tenant, work).await
    }

    /// Reads that take long (exports, rebuilds), on their own lane.
    pub async fn read_long<T: Send + 'static>(
        &self,
        tenant: Tenant,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.backend.submit(queue::Lane::Long, tenant, work).await
    }

    /// Writes in one transaction; answers after the commit. The function may run again.
    pub async fn write<T: Send + 'static>(
        &self,
        tenant: Tenant,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.backend.submit(queue::Lane::Write, tenant, work).await
    }

    /// `read` for a thread that may block.
    pub fn read_now<T: Send + 'static>(
        &self,
        tenant: Tenant,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.backend.submit_blocking(queue::Lane::Read, tenant, work)
    }

    /// `write` for a thread that may block.
    pub fn write_now<T: Send + 'static>(
        &self,
        tenant: Tenant,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.backend.submit_blocking(queue::Lane::Write, tenant, work)
    }

    /// How many units of work wait in each lane, by its name.
    pub fn waiting(&self) -> [(&'static str, usize); 3] {
        queue::Lane::NAMED.map(|(name, lane)| (name, self.backend.waiting(lane)))
    }

    /// Sets what runs after commits; called once at boot.
    pub fn on_commit(&self, after: AfterCommit) {
        self.backend.hooks().set_after(after);
    }

    /// Sets what runs inside each commit on the single writer; engines with many writers never call it.
    pub fn before_commit(&self, before: BeforeCommit) {
        self.backend.hooks().set_before(before);
    }

    /// Whether one writer makes every commit, so that `before_commit` runs.
    pub fn has_single_writer(&self) -> bool {
        self.backend.has_single_writer()
    }

    /// Brings the schema up to date under a lease.
    pub fn migrate(&self, migrations: &Migrations) -> Result<()> {
        self.backend.migrate(migrations)
    }

    /// Takes what was deleted out of the engine's own files as far as it can; slow, for erasing a person.
    pub fn scrub(&self) -> Result<()> {
        self.backend.scrub()
    }

    /// A one-line description of the engine and its durability settings, for `doctor`.
    pub fn describe(&self) -> String {
        self.backend.describe()
    }

    /// Stops taking work, finishes what was taken, and closes.
    pub fn close(&self) {
        self.backend.close();
    }
}
