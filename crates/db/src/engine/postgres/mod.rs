//! The server engine: connections on threads, one transaction per unit of work, prepared statements.
//! Rule: serialisation failures run the unit again; a lost connection is opened again by the next unit.

mod errors;
mod link;
mod session;
mod values;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base::{Code, Error, Kind, Result};
use tokio_postgres::Config;

use super::lanes::{Lanes, Line};
use super::{Connection, Hooks, Options, RawRow, Task};
use crate::migrate::Migrations;
use crate::queue::{Lane, Queue};
use crate::tx::Tx;
use crate::{Tenant, UNAVAILABLE};
pub(crate) use session::Session;
use session::State;
pub(super) use values::value;

const TRIES: u32 = 8;
/// Commits of this process after which the server is asked to look at its tables: plans that were made while a new
/// installation was empty are made anew, and it need not wait for the server's own round to be quick.
const LOOKS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// Two units of work got in each other's way; the layer runs the unit again.
static AGAIN: Code = Code::new(
    Kind::Unavailable,
    "storage_busy",
    "Too many writes met on the same row; nothing was written.",
    "Try again.",
);

/// What a unit says that has to run again.
pub(super) fn again() -> Error {
    AGAIN.error()
}

/// An open database server.
pub struct Postgres {
    config: Config,
    lanes: Lanes,
    hooks: Arc<Hooks>,
    commits: Arc<AtomicU64>,
    version: String,
}

impl Postgres {
    pub(super) fn open(url: &str, options: &Options, hooks: Arc<Hooks>) -> Result<Postgres> {
        let mut config: Config = url
            .parse()
            .map_err(|error| UNAVAILABLE.because("`database.url` is not a PostgreSQL address.").caused_by(error))?;
        config.application_name("mainstay").connect_timeout(Duration::from_secs(5));
        let version = first_look(config.clone())?;
        let lanes = Lanes::new(options.queue);
        let engine = Postgres { config, lanes, hooks, commits: Arc::default(), version };
        for number in 0..options.writers.max(1) {
            engine.spawn(&format!("db-writer-{number}"), engine.lanes.line(Lane::Write).clone(), false)?;
        }
        for number in 0..options.readers.max(1) {
            engine.spawn(&format!("db-reader-{number}"), engine.lanes.line(Lane::Read).clone(), true)?;
        }
        engine.spawn("db-long", engine.lanes.line(Lane::Long).clone(), true)?;
        Ok(engine)
    }

    fn spawn(&self, name: &str, line: Line, is_reader: bool) -> Result<()> {
        let (config, hooks, commits) = (self.config.clone(), self.hooks.clone(), self.commits.clone());
        let run = move || {
            serve(&config, &line, is_reader, |tenant, notes| {
                hooks.tell(tenant, notes);
                if !is_reader && LOOKS.contains(&(commits.fetch_add(1, Ordering::Relaxed) + 1)) {
                    look_again(&config);
                }
            });
        };
        self.lanes.spawn(name, run).map_err(|error| UNAVAILABLE.error().caused_by(error))
    }

    pub(super) fn lane(&self, lane: Lane) -> &Queue<Box<dyn Task>> {
        self.lanes.line(lane)
    }

    pub(super) fn hooks(&self) -> &Hooks {
        &self.hooks
    }

    pub(super) fn migrate(&self, migrations: &Migrations) -> Result<()> {
        let config = self.config.clone();
        let migrations = migrations.clone();
        // A connection blocks on a runtime of its own, which must not start inside another one.
        let migrated = std::thread::spawn(move || {
            let mut session = Session::connect_as_owner(&config)?;
            session.batch("BEGIN")?;
            let done = migrations.apply(&mut Tx::new(Connection::Postgres(&mut session), Tenant::nil()));
            // In the same transaction, and again whenever one is missing: no table stands without its wall.
            let done = done.and_then(|_| if session.lacks_walls()? { session.raise_walls() } else { Ok(()) });
            session.batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
            done
        });
        migrated.join().unwrap_or_else(|_| Err(super::task::lost()))
    }

    /// Frees the space of dead rows; the server overwrites it in time.
    pub(super) fn scrub(&self) -> Result<()> {
        let config = self.config.clone();
        let scrubbed = std::thread::spawn(move || Session::connect_as_owner(&config)?.batch("VACUUM"));
        scrubbed.join().unwrap_or_else(|_| Err(super::task::lost()))
    }

    pub(super) fn describe(&self) -> String {
        format!("PostgreSQL {}, fsync=on, synchronous_commit=on", self.version)
    }

    pub(super) fn close(&self) {
        self.lanes.close();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.close();
    }
}

/// The version of a server that is durable enough; a connection blocks on a runtime of its own, so it gets a thread.
fn first_look(config: Config) -> Result<String> {
    let looked = std::thread::spawn(move || Session::connect(&config, false)?.check_durability());
    looked.join().unwrap_or_else(|_| Err(super::task::lost()))
}

/// Asks the server to take the figures it plans by, beside everything else.
fn look_again(config: &Config) {
    let config = config.clone();
    let look = move || {
        if let Err(error) = Session::connect_as_owner(&config).and_then(|mut session| session.batch("ANALYZE")) {
            tracing::debug!(cause = ?error, "the tables were not looked at");
        }
    };
    drop(std::thread::Builder::new().name("db-figures".to_owned()).spawn(look));
}

fn serve(
    config: &Config,
    line: &Queue<Box<dyn Task>>,
    is_reader: bool,
    committed: impl Fn(Tenant, Vec<crate::tx::Note>),
) {
    let mut session: Option<Session> = None;
    while let Some((tenant, mut task)) = line.pop() {
        match run(config, &mut session, tenant, task.as_mut(), is_reader) {
            Ok(notes) => {
                committed(tenant, notes);
                task.finish(None);
            }
            Err(error) => task.finish(Some(error)),
        }
    }
}

fn run(
    config: &Config,
    session: &mut Option<Session>,
    tenant: Tenant,
    task: &mut dyn Task,
    is_reader: bool,
) -> Result<Vec<crate::tx::Note>> {
    let mut tries = 0;
    loop {
        tries += 1;
        let open = match session {
            Some(session) => session,
            None => session.insert(Session::connect(config, is_reader)?),
        };
        let outcome = open.unit(tenant, task, is_reader);
        let runs_again = match &outcome {
            Err(error) => error.code() == &AGAIN || open.state == State::Lost,
            Ok(_) => false,
        };
        if matches!(open.state, State::Lost | State::InDoubt) {
            *session = None;
        }
        if !runs_again || tries >= TRIES {
            return outcome;
        }
        pause(tries, tenant);
    }
}

#[expect(clippy::disallowed_methods, reason = "a database thread backs off before it runs a unit again")]
fn pause(tries: u32, tenant: Tenant) {
    let spread = (tenant.as_u128() % 7) as u64;
    std::thread::sleep(Duration::from_millis((1 << tries.min(6)) + spread));
}

/// How many tables have no wall, or cannot be reached by the role behind it.
pub(super) const MISSING_WALLS: &str = "
SELECT CAST(COUNT(*) AS BIGINT) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_roles r ON r.rolname = 'mainstay_server'
WHERE c.relkind = 'r' AND n.nspname = 'public' AND pg_has_role(c.relowner, 'USAGE') AND (
  (NOT c.relrowsecurity AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id'))
  OR (r.oid IS NOT NULL AND NOT has_table_privilege(r.oid, c.oid, 'SELECT')))";

/// The nil workspace is the house itself: sealing, jobs and backups work across workspaces under that name.
pub(super) const WALLS: &str = "
DO $$
DECLARE t record;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'mainstay_server')
     AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolcreaterole)) THEN
    BEGIN
      CREATE ROLE mainstay_server NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'mainstay_server') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO mainstay_server;
  END IF;
  FOR t IN
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname = 'public' AND NOT c.relrowsecurity
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.relname);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t.relname);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_setting(''mainstay.workspace'')::uuid OR current_setting(''mainstay.workspace'') = ''00000000-0000-0000-0000-000000000000'')',
      t.relname);
  END LOOP;
END $$";
