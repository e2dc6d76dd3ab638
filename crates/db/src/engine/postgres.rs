//! The server engine: connections on threads, one transaction per unit of work, prepared statements.
//! Rule: serialisation failures run the unit again; a lost connection is opened again by the next unit.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base::{Code, Error, Kind, Result, ToValue, Value};
use postgres::error::{Severity, SqlState};
use postgres::types::{Format, IsNull, ToSql, Type, private::BytesMut};
use postgres::{Client, Config, NoTls, Row as PgRow, Statement};

use super::lanes::{Lanes, Line};
use super::{Connection, Hooks, Options, RawRow, Task};
use crate::migrate::Migrations;
use crate::queue::{Lane, Queue};
use crate::tx::{Row, Tx};
use crate::{CORRUPT_ROW, DUPLICATE, Tenant, UNAVAILABLE};

const TRIES: u32 = 8;

/// Two units of work got in each other's way; the layer runs the unit again.
static AGAIN: Code = Code::new(
    Kind::Unavailable,
    "storage_busy",
    "Too many writes met on the same row; nothing was written.",
    "Try again.",
);

/// An open database server.
pub struct Postgres {
    config: Config,
    lanes: Lanes,
    hooks: Arc<Hooks>,
    version: String,
}

impl Postgres {
    pub(super) fn open(url: &str, options: &Options, hooks: Arc<Hooks>) -> Result<Postgres> {
        let mut config: Config = url
            .parse()
            .map_err(|error| UNAVAILABLE.because("`database.url` is not a PostgreSQL address.").caused_by(error))?;
        config.application_name("mainstay").connect_timeout(Duration::from_secs(5));
        let version = first_look(config.clone())?;
        let engine = Postgres { config, lanes: Lanes::new(options.queue), hooks, version };
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
        let (config, hooks) = (self.config.clone(), self.hooks.clone());
        let run = move || serve(&config, &line, &hooks, is_reader);
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
            session.batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
            if done? { session.raise_walls() } else { Ok(()) }
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

fn serve(config: &Config, line: &Queue<Box<dyn Task>>, hooks: &Hooks, is_reader: bool) {
    let mut session: Option<Session> = None;
    while let Some((tenant, mut task)) = line.pop() {
        match run(config, &mut session, tenant, task.as_mut(), is_reader) {
            Ok(notes) => {
                task.finish(None);
                hooks.tell(tenant, notes);
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

/// How a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It serves.
    Open,
    /// It waits for the answer to a commit.
    Committing,
    /// It was cut before a commit was sent, so nothing was written and the unit may run again.
    Lost,
    /// It was cut while the server committed; the unit must not run again, because it may be written.
    InDoubt,
}

/// One connection with its prepared statements.
pub(crate) struct Session {
    client: Client,
    statements: HashMap<String, Statement>,
    tenant: Option<Tenant>,
    state: State,
    /// A statement of this unit failed, and the server will answer its COMMIT with a rollback that looks like success.
    is_spoiled: bool,
}

impl Session {
    fn connect(config: &Config, is_reader: bool) -> Result<Session> {
        let mut session = Session::connect_as_owner(config)?;
        let read_only = if is_reader { "on" } else { "off" };
        session.batch(&format!(
            "SET default_transaction_read_only = {read_only}; SET statement_timeout = '60s'; \
             SET idle_in_transaction_session_timeout = '60s'; SET synchronous_commit = on"
        ))?;
        // A role above row-level security steps down to one that is under it.
        let steps_down = session.flag(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM pg_roles r WHERE r.rolname = current_user \
             AND (r.rolsuper OR r.rolbypassrls) AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'mainstay_server')",
        )?;
        if steps_down {
            session.batch("SET ROLE mainstay_server")?;
        }
        Ok(session)
    }

    fn connect_as_owner(config: &Config) -> Result<Session> {
        // Whatever keeps a server from letting us in, the house waits for it to pass.
        let client = config.connect(NoTls).map_err(|error| UNAVAILABLE.error().retry_in(1).caused_by(cause(&error)))?;
        Ok(Session { client, statements: HashMap::new(), tenant: None, state: State::Open, is_spoiled: false })
    }

    fn flag(&mut self, sql: &str) -> Result<bool> {
        let mut is_set = false;
        self.rows(sql, &[], &mut |row| {
            is_set = row.get::<i64>(0)? > 0;
            Ok(false)
        })?;
        Ok(is_set)
    }

    fn check_durability(&mut self) -> Result<String> {
        let mut settings = HashMap::new();
        let sql = "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'server_version')";
        self.rows(sql, &[], &mut |row| {
            settings.insert(row.get::<String>(0)?, row.get::<String>(1)?);
            Ok(true)
        })?;
        for name in ["fsync", "full_page_writes"] {
            if settings.get(name).is_some_and(|setting| setting == "off") {
                let message = format!("The database would answer before a write is on disk: `{name}` is off.");
                return Err(UNAVAILABLE.because(message));
            }
        }
        let asked = self.configured_commit()?;
        if asked == "off" {
            return Err(UNAVAILABLE
                .because("The database would answer before a write is on disk: `synchronous_commit` is off."));
        }
        Ok(settings.remove("server_version").unwrap_or_default())
    }

    /// What the server was set to before this session asked for more.
    fn configured_commit(&mut self) -> Result<String> {
        let mut asked = String::new();
        let sql = "SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit'";
        self.rows(sql, &[], &mut |row| {
            asked = row.get(0)?;
            Ok(false)
        })?;
        Ok(asked)
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(|error| self.fail(error))
    }

    /// Notes whether the error took the connection with it.
    fn fail(&mut self, error: postgres::Error) -> Error {
        self.is_spoiled = true;
        if self.client.is_closed() || cuts(&error) {
            self.state = match self.state {
                State::Committing | State::InDoubt => State::InDoubt,
                State::Open | State::Lost => State::Lost,
            };
        }
        failed(error)
    }

    /// Commits; a connection that is cut meanwhile leaves in doubt whether it happened.
    fn commit(&mut self) -> Result<()> {
        self.state = State::Committing;
        let ended = self.batch("COMMIT");
        if self.state == State::Committing {
            self.state = State::Open;
        }
        ended
    }

    fn unit(&mut self, tenant: Tenant, task: &mut dyn Task, is_reader: bool) -> Result<Vec<crate::tx::Note>> {
        self.begin(tenant, is_reader)?;
        let mut tx = Tx::new(Connection::Postgres(self), tenant);
        let outcome = task.run(&mut tx);
        let notes = tx.notes;
        if is_reader {
            return outcome.map(|()| notes);
        }
        let ended = match outcome {
            Ok(()) if self.is_spoiled => self.batch("ROLLBACK").and(Err(passed_over())),
            Ok(()) => self.commit().map(|()| notes),
            Err(error) => self.batch("ROLLBACK").and(Err(error)),
        };
        if ended.is_err() {
            // The setting was made in the transaction that opened with it, and went back with it.
            self.tenant = None;
        }
        ended
    }

    /// Names the workspace to row-level security when it changes, and opens the transaction, in one round trip.
    fn begin(&mut self, tenant: Tenant, is_reader: bool) -> Result<()> {
        let is_known = self.tenant == Some(tenant);
        match (is_known, is_reader) {
            (true, true) => {}
            (true, false) => self.batch("BEGIN")?,
            (false, true) => self.batch(&format!("SET mainstay.workspace = '{tenant}'"))?,
            (false, false) => self.batch(&format!("SET mainstay.workspace = '{tenant}'; BEGIN"))?,
        }
        self.tenant = Some(tenant);
        self.is_spoiled = false;
        Ok(())
    }

    fn prepared(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= 512 {
            self.statements.clear();
        }
        let statement = self.client.prepare(sql).map_err(|error| self.fail(error))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) fn exec(&mut self, sql: &str, values: &[&dyn ToValue]) -> Result<u64> {
        if values.is_empty() && sql.contains(';') {
            return self.batch(sql).map(|()| 0);
        }
        let statement = self.prepared(sql)?;
        let bound: Vec<Bound<'_>> = values.iter().map(|value| Bound(value.to_value())).collect();
        let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|value| value as _).collect();
        self.client.execute(&statement, &bound).map_err(|error| self.forget(error))
    }

    pub(super) fn rows(
        &mut self,
        sql: &str,
        values: &[&dyn ToValue],
        read: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let statement = self.prepared(sql)?;
        let bound: Vec<Bound<'_>> = values.iter().map(|value| Bound(value.to_value())).collect();
        let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|value| value as _).collect();
        let rows = self.client.query(&statement, &bound).map_err(|error| self.forget(error))?;
        for row in &rows {
            if !read(&Row::new(RawRow::Postgres(row)))? {
                break;
            }
        }
        Ok(())
    }

    /// Drops prepared statements whose plan a schema change made invalid, so that the next try prepares anew.
    fn forget(&mut self, error: postgres::Error) -> Error {
        let is_stale_plan = error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED);
        if is_stale_plan {
            self.statements.clear();
            self.is_spoiled = true;
            return AGAIN.error().caused_by(error);
        }
        self.fail(error)
    }

    /// Puts every tenant table behind row-level security, for its owner as well.
    fn raise_walls(&mut self) -> Result<()> {
        self.batch(WALLS)
    }
}

/// The nil workspace is the house itself: sealing, jobs and backups work across workspaces under that name.
const WALLS: &str = "
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

#[derive(Debug)]
struct Bound<'v>(Value<'v>);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match &self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) => match *ty {
                Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
                Type::BOOL => (*number != 0).to_sql(ty, out),
                _ => number.to_sql(ty, out),
            },
            Value::Real(number) => number.to_sql(ty, out),
            Value::Text(text) => text.as_ref().to_sql(ty, out),
            Value::Bytes(bytes) => bytes.as_ref().to_sql(ty, out),
            Value::Uuid(uuid) => uuid.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Binary
    }

    postgres::types::to_sql_checked!();
}

pub(super) fn value(row: &PgRow, index: usize) -> Result<Value<'_>> {
    fn get<'r, T: postgres::types::FromSql<'r>>(row: &'r PgRow, index: usize) -> Result<Option<T>> {
        row.try_get(index).map_err(|error| CORRUPT_ROW.error().caused_by(error))
    }
    let Some(column) = row.columns().get(index) else {
        return Err(CORRUPT_ROW.error().caused_by(format!("no column {index}")));
    };
    let found = match *column.type_() {
        Type::INT8 => get(row, index)?.map(Value::Int),
        Type::INT4 => get::<i32>(row, index)?.map(|number| Value::Int(number.into())),
        Type::INT2 => get::<i16>(row, index)?.map(|number| Value::Int(number.into())),
        Type::BOOL => get::<bool>(row, index)?.map(|flag| Value::Int(flag.into())),
        Type::FLOAT8 => get(row, index)?.map(Value::Real),
        Type::UUID => get(row, index)?.map(Value::Uuid),
        Type::BYTEA => get::<&[u8]>(row, index)?.map(|bytes| Value::Bytes(bytes.into())),
        _ => get::<&str>(row, index)?.map(|text| Value::Text(text.into())),
    };
    Ok(found.unwrap_or(Value::Null))
}

/// The error of a unit of work that went on after a failed statement.
fn passed_over() -> Error {
    CORRUPT_ROW.error().caused_by("a unit of work passed over a failed statement")
}

/// Whether the server ended the connection with this error, or is not there any more.
fn cuts(error: &postgres::Error) -> bool {
    let Some(told) = error.as_db_error() else {
        let source = std::error::Error::source(error);
        return error.is_closed() || source.is_some_and(|source| source.is::<std::io::Error>());
    };
    matches!(told.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}

/// What the server said, or else what went wrong on the way to it.
fn cause(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string)
}

fn failed(error: postgres::Error) -> Error {
    if cuts(&error) {
        return UNAVAILABLE.error().retry_in(1).caused_by(cause(&error));
    }
    let Some(state) = error.code() else {
        return UNAVAILABLE.error().retry_in(1).caused_by(error);
    };
    let code = match state.code() {
        "23505" => &DUPLICATE,
        "40001" | "40P01" => &AGAIN,
        code if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => &UNAVAILABLE,
        "25006" | "28000" | "28P01" | "3D000" => &UNAVAILABLE,
        _ => &CORRUPT_ROW,
    };
    let error = code.error().caused_by(cause(&error));
    if code == &UNAVAILABLE { error.retry_in(1) } else { error }
}
