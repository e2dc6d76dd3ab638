//! The embedded engine: one writer that commits in batches, readers beside it, write-ahead log.
//! Rule: an answer is sent after the commit, and a commit is on disk (`synchronous=FULL`).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::{Error, Result, ToValue, Value};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection as Raw, ErrorCode, OpenFlags};

use super::batch::write_loop;
use super::lanes::{Lanes, Line};
use super::{Connection, Hooks, Options, RawRow, Task};
use crate::migrate::Migrations;
use crate::queue::{Lane, Queue};
use crate::tx::{Row, Tx};
use crate::{CORRUPT_ROW, DUPLICATE, Tenant, UNAVAILABLE};

/// How long cutting the write-ahead log waits for those who use it, and how long between two tries.
const SCRUB_PATIENCE: Duration = Duration::from_secs(30);
const SCRUB_PAUSE: Duration = Duration::from_millis(20);

/// An open embedded database.
pub struct Sqlite {
    file: PathBuf,
    options: Options,
    lanes: Lanes,
    hooks: Arc<Hooks>,
}

impl Sqlite {
    pub(super) fn open(options: &Options, hooks: Arc<Hooks>) -> Result<Sqlite> {
        std::fs::create_dir_all(&options.folder).map_err(cannot_open)?;
        let engine = Sqlite {
            file: options.folder.join("mainstay.db"),
            options: options.clone(),
            lanes: Lanes::new(options.queue),
            hooks,
        };
        let writer = engine.connect(false)?;
        engine.spawn("db-writer", {
            let (line, hooks) = (engine.lanes.line(Lane::Write).clone(), engine.hooks.clone());
            move || write_loop(&writer, &line, &hooks)
        })?;
        for number in 0..options.readers.max(1) {
            engine.spawn_reader(&format!("db-reader-{number}"), engine.lanes.line(Lane::Read).clone())?;
        }
        engine.spawn_reader("db-long", engine.lanes.line(Lane::Long).clone())?;
        Ok(engine)
    }

    fn connect(&self, is_reader: bool) -> Result<Raw> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let raw = match &self.options.vfs {
            Some(vfs) => Raw::open_with_flags_and_vfs(&self.file, flags, vfs.as_str()),
            None => Raw::open_with_flags(&self.file, flags),
        }
        .map_err(failed)?;
        raw.set_prepared_statement_cache_capacity(256);
        // Without this a statement whose plan could depend on a bound value is planned anew every time it is bound.
        raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
        let cache = if is_reader { 4096 } else { 16384 };
        let synchronous = &self.options.synchronous;
        raw.execute_batch(&format!(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA busy_timeout=5000; \
             PRAGMA cache_size=-{cache}; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=4000;"
        ))
        .map_err(failed)?;
        let level: i64 = raw.query_row("PRAGMA synchronous", [], |row| row.get(0)).map_err(failed)?;
        if level < 2 {
            return Err(not_durable());
        }
        if is_reader {
            raw.execute_batch("PRAGMA query_only=ON").map_err(failed)?;
        }
        Ok(raw)
    }

    fn spawn_reader(&self, name: &str, line: Line) -> Result<()> {
        let raw = self.connect(true)?;
        self.spawn(name, move || read_loop(&raw, &line))
    }

    fn spawn(&self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<()> {
        self.lanes.spawn(name, run).map_err(cannot_open)
    }

    pub(super) fn lane(&self, lane: Lane) -> &Queue<Box<dyn Task>> {
        self.lanes.line(lane)
    }

    pub(super) fn hooks(&self) -> &Hooks {
        &self.hooks
    }

    pub(super) fn migrate(&self, migrations: &Migrations) -> Result<()> {
        let raw = self.connect(false)?;
        raw.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
        let done = migrations.apply(&mut Tx::new(Connection::Sqlite(&raw), Tenant::nil()));
        raw.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).map_err(failed)?;
        done.map(|_| ())
    }

    /// Moves the write-ahead log into the file and cuts it; deleted bytes there are zeroed already. Somebody who reads, or
    /// moves the log as well, only says that it is busy: it is tried again until the log is cut, or an error says it is not.
    #[expect(
        clippy::disallowed_methods,
        reason = "waits for the log's other users, in real time and on the caller's own thread"
    )]
    pub(super) fn scrub(&self) -> Result<()> {
        let raw = self.connect(false)?;
        let last_try = Instant::now() + SCRUB_PATIENCE;
        while raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(failed)? {
            if Instant::now() > last_try {
                return Err(UNAVAILABLE.error().caused_by("the write-ahead log is in use and was not cut"));
            }
            std::thread::sleep(SCRUB_PAUSE);
        }
        Ok(())
    }

    pub(super) fn describe(&self) -> String {
        format!("embedded SQLite {}, WAL, synchronous={}", rusqlite::version(), self.options.synchronous)
    }

    pub(super) fn close(&self) {
        self.lanes.close();
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.close();
    }
}

fn read_loop(raw: &Raw, line: &Queue<Box<dyn Task>>) {
    while let Some((tenant, mut task)) = line.pop() {
        let error = task.run(&mut Tx::new(Connection::Sqlite(raw), tenant)).err();
        task.finish(error);
    }
}

pub(super) fn step(raw: &Raw, sql: &str) -> Result<()> {
    let mut statement = raw.prepare_cached(sql).map_err(failed)?;
    statement.raw_execute().map(|_| ()).map_err(failed)
}

struct Bound<'v>(Value<'v>);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match &self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Real(number) => ValueRef::Real(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
            Value::Uuid(uuid) => ValueRef::Blob(uuid.as_bytes()),
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, values: &[&dyn ToValue]) -> Result<()> {
    for (index, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, Bound(value.to_value())).map_err(failed)?;
    }
    Ok(())
}

pub(super) fn exec(raw: &Raw, sql: &str, values: &[&dyn ToValue]) -> Result<u64> {
    if values.is_empty() && sql.contains(';') {
        return raw.execute_batch(sql).map(|()| 0).map_err(failed);
    }
    let mut statement = raw.prepare_cached(sql).map_err(failed)?;
    bind(&mut statement, values)?;
    statement.raw_execute().map(|touched| touched as u64).map_err(failed)
}

pub(super) fn rows(
    raw: &Raw,
    sql: &str,
    values: &[&dyn ToValue],
    read: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
) -> Result<()> {
    let mut statement = raw.prepare_cached(sql).map_err(failed)?;
    bind(&mut statement, values)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(failed)? {
        if !read(&Row::new(RawRow::Sqlite(row)))? {
            // A writing statement does all its work on the first step, so stopping early loses nothing.
            break;
        }
    }
    Ok(())
}

pub(super) fn value<'r>(row: &'r rusqlite::Row<'_>, index: usize) -> Result<Value<'r>> {
    Ok(match row.get_ref(index).map_err(failed)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.into()),
            Err(error) => return Err(CORRUPT_ROW.error().caused_by(error)),
        },
        ValueRef::Blob(bytes) => Value::Bytes(bytes.into()),
    })
}

fn failed(error: rusqlite::Error) -> Error {
    let code = match &error {
        rusqlite::Error::SqliteFailure(cause, _) => match (cause.code, cause.extended_code) {
            (ErrorCode::ConstraintViolation, 1555 | 2067 | 2579) => &DUPLICATE,
            (
                ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::CannotOpen
                | ErrorCode::OutOfMemory
                | ErrorCode::ReadOnly,
                _,
            ) => &UNAVAILABLE,
            _ => &CORRUPT_ROW,
        },
        _ => &CORRUPT_ROW,
    };
    let error = code.error().caused_by(error);
    if code == &UNAVAILABLE { error.retry_in(1) } else { error }
}

fn cannot_open(error: std::io::Error) -> Error {
    UNAVAILABLE.because(format!("The data folder cannot be used: {error}."))
}

fn not_durable() -> Error {
    UNAVAILABLE
        .because("The database would answer before a write is on disk: `database.synchronous` is below FULL.")
        .caused_by("synchronous below FULL")
}
