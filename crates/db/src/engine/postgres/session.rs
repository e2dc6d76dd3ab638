//! One connection with its prepared statements: statements whose answer nobody needs at once wait for the next one
//! that somebody does, and go to the server with it.
//! Rule: what waits is answered and checked before the commit is sent.

use std::collections::HashMap;

use base::{Error, Result, ToValue, Value};
use futures_util::future::{join, join_all};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Row as PgRow, Statement};

use super::errors::{cause, cuts, failed, passed_over};
use super::link::{ConnectError, Link};
use super::values::Bound;
use super::{AGAIN, MISSING_WALLS, RawRow, Task, WALLS};
use crate::engine::Connection;
use crate::tx::{Note, Row, Tx, Unless};
use crate::{Tenant, UNAVAILABLE};

/// Statements that one trip carries at most.
const TRIP: usize = 128;

/// How a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It serves.
    Open,
    /// It waits for the answer to a commit.
    Committing,
    /// It was cut before a commit was sent, so nothing was written and the unit may run again.
    Lost,
    /// It was cut while the server committed; the unit must not run again, because it may be written.
    InDoubt,
}

/// A statement that waits for company.
struct Waiting {
    statement: Statement,
    values: Vec<Value<'static>>,
    unless: Unless,
}

/// What a statement gave.
#[derive(Default)]
struct Answer {
    rows: Vec<PgRow>,
    touched: u64,
}

impl Answer {
    async fn of(
        client: &Client,
        statement: &Statement,
        values: &[&(dyn ToSql + Sync)],
    ) -> std::result::Result<Answer, tokio_postgres::Error> {
        if statement.columns().is_empty() {
            return Ok(Answer { rows: Vec::new(), touched: client.execute(statement, values).await? });
        }
        let rows = client.query(statement, values).await?;
        Ok(Answer { touched: rows.len() as u64, rows })
    }
}

/// One connection with its prepared statements.
pub(crate) struct Session {
    link: Link,
    statements: HashMap<String, Statement>,
    tenant: Option<Tenant>,
    pub(super) state: State,
    /// A statement of this unit failed, and the server will answer its COMMIT with a rollback that looks like success.
    is_spoiled: bool,
    /// What opens the unit on the server, until its first statement takes it along.
    opening: Option<String>,
    waiting: Vec<Waiting>,
}

impl Session {
    pub(super) fn connect(config: &Config, is_reader: bool) -> Result<Session> {
        let mut session = Session::connect_as_owner(config)?;
        let read_only = if is_reader { "on" } else { "off" };
        // Plans are made once and kept, some of them while tables are still empty: they take the index all the same.
        session.batch(&format!(
            "SET default_transaction_read_only = {read_only}; SET statement_timeout = '60s'; \
             SET idle_in_transaction_session_timeout = '60s'; SET synchronous_commit = on; \
             SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off"
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

    pub(super) fn connect_as_owner(config: &Config) -> Result<Session> {
        let link = Link::connect(config).map_err(|error| {
            // Whatever keeps a server from letting us in, the house waits for it to pass.
            let error = match error {
                ConnectError::Runtime(error) => error.to_string(),
                ConnectError::Server(error) => cause(&error),
            };
            UNAVAILABLE.error().retry_in(1).caused_by(error)
        })?;
        Ok(Session {
            link,
            statements: HashMap::new(),
            tenant: None,
            state: State::Open,
            is_spoiled: false,
            opening: None,
            waiting: Vec::new(),
        })
    }

    fn flag(&mut self, sql: &str) -> Result<bool> {
        let mut is_set = false;
        self.rows(sql, &[], &mut |row| {
            is_set = row.get::<i64>(0)? > 0;
            Ok(false)
        })?;
        Ok(is_set)
    }

    pub(super) fn check_durability(&mut self) -> Result<String> {
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

    /// Runs statements without values.
    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        // What opens the unit goes first: without it these statements would run outside of its transaction.
        if self.opening.is_some() || !self.waiting.is_empty() {
            self.trip(None)?;
        }
        let answer = self.link.wait(|client| client.batch_execute(sql));
        self.heard(answer)
    }

    /// Whether a table stands without its wall.
    pub(super) fn lacks_walls(&mut self) -> Result<bool> {
        self.flag(MISSING_WALLS)
    }

    /// Puts every tenant table behind row-level security, for its owner as well.
    pub(super) fn raise_walls(&mut self) -> Result<()> {
        self.batch(WALLS)
    }

    /// Takes an answer; no client means that the connection went away before.
    fn heard<T>(&mut self, answer: Option<std::result::Result<T, tokio_postgres::Error>>) -> Result<T> {
        match answer {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(self.forget(error)),
            None => {
                self.lose();
                Err(UNAVAILABLE.error().retry_in(1).caused_by("the connection is closed"))
            }
        }
    }

    /// Drops prepared statements whose plan a schema change made invalid, so that the next try prepares anew.
    fn forget(&mut self, error: tokio_postgres::Error) -> Error {
        self.is_spoiled = true;
        if error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) {
            self.statements.clear();
            return AGAIN.error().caused_by(error);
        }
        if self.link.is_closed() || cuts(&error) {
            self.lose();
        }
        failed(error)
    }

    /// Notes that the connection is gone.
    fn lose(&mut self) {
        self.is_spoiled = true;
        self.state = match self.state {
            State::Committing | State::InDoubt => State::InDoubt,
            State::Open | State::Lost => State::Lost,
        };
    }

    pub(super) fn unit(&mut self, tenant: Tenant, task: &mut dyn Task, is_reader: bool) -> Result<Vec<Note>> {
        self.open(tenant, is_reader);
        let mut tx = Tx::new(Connection::Postgres(self), tenant);
        let outcome = task.run(&mut tx);
        let notes = tx.notes;
        let outcome = outcome.and_then(|()| self.flush());
        let ended = match outcome {
            Ok(()) if is_reader || self.opening.is_some() => Ok(()),
            Err(error) if is_reader || self.opening.is_some() => Err(error),
            Ok(()) if self.is_spoiled => self.batch("ROLLBACK").and(Err(passed_over())),
            Ok(()) => self.commit(),
            Err(error) => {
                self.waiting.clear();
                self.batch("ROLLBACK").and(Err(error))
            }
        };
        if ended.is_err() || self.opening.is_some() {
            // The setting was made in the transaction that opened with it, and went back with it, or never arrived.
            self.tenant = None;
        }
        self.opening = None;
        self.waiting.clear();
        ended.map(|()| notes)
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

    /// Says what opens the unit: the workspace for row-level security when it changes, and the transaction.
    fn open(&mut self, tenant: Tenant, is_reader: bool) {
        let is_known = self.tenant == Some(tenant);
        self.opening = match (is_known, is_reader) {
            (true, true) => None,
            (true, false) => Some("BEGIN".to_owned()),
            (false, true) => Some(format!("SET mainstay.workspace = '{tenant}'")),
            (false, false) => Some(format!("SET mainstay.workspace = '{tenant}'; BEGIN")),
        };
        self.tenant = Some(tenant);
        self.is_spoiled = false;
    }

    fn prepared(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= 512 {
            self.statements.clear();
        }
        let answer = self.link.wait(|client| client.prepare(sql));
        let statement = self.heard(answer)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Sends what waits, and hears what came of it.
    fn flush(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.trip(None).map(|_| ())
    }

    /// Sends what opens the unit, what waits, and one more statement together; gives the rows of the last.
    fn trip(&mut self, last: Option<(&Statement, &[&dyn ToValue])>) -> Result<Answer> {
        let opening = self.opening.take();
        let waiting = std::mem::take(&mut self.waiting);
        let company: Vec<Vec<Bound<'_>>> =
            waiting.iter().map(|one| one.values.iter().map(|value| Bound(value.to_value())).collect()).collect();
        let company: Vec<Vec<&(dyn ToSql + Sync)>> = company.iter().map(|values| refer(values)).collect();
        let values: Vec<Bound<'_>> =
            last.iter().flat_map(|(_, values)| values.iter()).map(|value| Bound(value.to_value())).collect();
        let values = refer(&values);
        let answers = self.link.wait(|client| {
            let opened = async {
                match &opening {
                    Some(sql) => client.batch_execute(sql).await,
                    None => Ok(()),
                }
            };
            let company = waiting.iter().zip(&company).map(|(one, values)| client.execute(&one.statement, values));
            let answer = async {
                match last {
                    Some((statement, _)) => Answer::of(client, statement, &values).await,
                    None => Ok(Answer::default()),
                }
            };
            // Each is sent when it is first looked at, and they are looked at in this order.
            join(opened, join(join_all(company), answer))
        });
        let Some((opened, (touched, answer))) = answers else {
            return self.heard(None);
        };
        self.heard(Some(opened))?;
        for (one, touched) in waiting.iter().zip(touched) {
            let touched = self.heard(Some(touched))?;
            one.unless.check(touched)?;
        }
        self.heard(Some(answer))
    }

    pub(in crate::engine) fn exec(&mut self, sql: &str, values: &[&dyn ToValue]) -> Result<u64> {
        if values.is_empty() && sql.contains(';') {
            return self.batch(sql).map(|()| 0);
        }
        let statement = self.prepared(sql)?;
        Ok(self.trip(Some((&statement, values)))?.touched)
    }

    /// Leaves a statement to travel with the next one.
    pub(in crate::engine) fn exec_later(&mut self, sql: &str, values: &[&dyn ToValue], unless: Unless) -> Result<()> {
        let statement = self.prepared(sql)?;
        let values = values.iter().map(|value| value.to_value().into_owned()).collect();
        self.waiting.push(Waiting { statement, values, unless });
        if self.waiting.len() >= TRIP { self.flush() } else { Ok(()) }
    }

    pub(in crate::engine) fn rows(
        &mut self,
        sql: &str,
        values: &[&dyn ToValue],
        read: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let statement = self.prepared(sql)?;
        for row in &self.trip(Some((&statement, values)))?.rows {
            if !read(&Row::new(RawRow::Postgres(row)))? {
                break;
            }
        }
        Ok(())
    }
}

/// Values as the client takes them.
fn refer<'v>(values: &'v [Bound<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as _).collect()
}
