//! A unit of work: statements, rows, and notes to be told after the commit.

use std::any::Any;

use base::{Error, FromValue, Result, ToValue, Value};

use crate::engine::{Connection, RawRow};
#[cfg(debug_assertions)]
use crate::watch::saw;
use crate::{CORRUPT_ROW, Query, Tenant};

#[cfg(not(debug_assertions))]
#[inline]
fn saw(_: &str, _: &[&dyn ToValue]) {}

/// Something to tell after the commit; the boot code knows who listens.
pub type Note = Box<dyn Any + Send>;

/// What the units of one batch of the single writer hand on to each other, until the batch is committed.
pub trait Carry: Any + Send {
    /// The unit that changed it stays.
    fn keep(&mut self);
    /// The unit that changed it is undone, and so is what it changed.
    fn undo(&mut self);
}

/// Room for what is carried through a batch; filled by the first unit that needs it.
pub(crate) type Carried = Option<Box<dyn Carry>>;

/// What a statement whose answer nobody waits for must have done.
#[derive(Clone, Copy)]
pub struct Unless(Option<fn() -> Error>);

impl Unless {
    /// Any number of rows is fine.
    pub const ANY: Unless = Unless(None);

    /// It touches a row, or else this is what is wrong.
    pub const fn touched(otherwise: fn() -> Error) -> Unless {
        Unless(Some(otherwise))
    }

    pub(crate) fn check(self, touched: u64) -> Result<()> {
        match self.0 {
            Some(otherwise) if touched == 0 => Err(otherwise()),
            _ => Ok(()),
        }
    }
}

/// One unit of work on a connection.
pub struct Tx<'c> {
    pub(crate) connection: Connection<'c>,
    pub(crate) tenant: Tenant,
    pub(crate) notes: Vec<Note>,
    carried: Option<&'c mut Carried>,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(connection: Connection<'c>, tenant: Tenant) -> Tx<'c> {
        Tx { connection, tenant, notes: Vec::new(), carried: None }
    }

    /// A unit of a batch whose end somebody completes.
    pub(crate) fn in_batch(connection: Connection<'c>, tenant: Tenant, carried: Option<&'c mut Carried>) -> Tx<'c> {
        Tx { connection, tenant, notes: Vec::new(), carried }
    }

    /// What is carried through the batch of the single writer; `None` where every unit commits by itself.
    pub fn carried<T: Carry + Default>(&mut self) -> Option<&mut T> {
        let room = self.carried.as_deref_mut()?;
        let carry: &mut dyn Any = room.get_or_insert_with(|| Box::new(T::default())).as_mut();
        carry.downcast_mut()
    }

    /// The workspace this unit of work belongs to.
    pub fn tenant(&self) -> Tenant {
        self.tenant
    }

    /// Runs a statement and says how many rows it touched.
    pub fn exec(&mut self, sql: &str, values: &[&dyn ToValue]) -> Result<u64> {
        saw(sql, values);
        self.connection.exec(sql, values)
    }

    /// Runs a statement whose answer the unit does not need before it ends; an engine far away sends it with the next
    /// one, so that it costs no trip of its own. What comes of it is checked before the commit.
    pub fn exec_later(&mut self, sql: &str, values: &[&dyn ToValue], unless: Unless) -> Result<()> {
        saw(sql, values);
        self.connection.exec_later(sql, values, unless)
    }

    /// Sees to it that a row that was read stays as it is until the commit: whoever wants to change it waits, whoever
    /// wants it to stay as well does not. The statement finds it in one table by its key; when somebody was faster and it
    /// finds nothing, the unit runs again. It costs no trip of its own.
    pub fn keep_later(&mut self, sql: &str, values: &[&dyn ToValue]) -> Result<()> {
        saw(sql, values);
        self.connection.keep(sql, values)
    }

    /// Every row of a query.
    pub fn all<T>(
        &mut self,
        sql: &str,
        values: &[&dyn ToValue],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        saw(sql, values);
        let mut rows = Vec::new();
        self.connection.rows(sql, values, &mut |row| {
            rows.push(read(row)?);
            Ok(true)
        })?;
        Ok(rows)
    }

    /// Walks the rows of a query; `read` says whether to go on.
    pub fn each(
        &mut self,
        sql: &str,
        values: &[&dyn ToValue],
        mut read: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        saw(sql, values);
        self.connection.rows(sql, values, &mut read)
    }

    /// The first row of a query, if there is one.
    pub fn first<T>(
        &mut self,
        sql: &str,
        values: &[&dyn ToValue],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        saw(sql, values);
        let mut found = None;
        self.connection.rows(sql, values, &mut |row| {
            found = Some(read(row)?);
            Ok(false)
        })?;
        Ok(found)
    }

    /// The first row, locked until the commit; the statement must read one table by its key.
    pub fn first_locked<T>(
        &mut self,
        sql: &str,
        values: &[&dyn ToValue],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let sql = self.connection.locking(sql);
        self.first(&sql, values, read)
    }

    /// The rows of a query over one table, locked until the commit; rows that others hold are passed over.
    pub fn claim<T>(
        &mut self,
        sql: &str,
        values: &[&dyn ToValue],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let sql = self.connection.claiming(sql);
        self.all(&sql, values, read)
    }

    /// The rows of a built query over one table, locked until the commit; rows that others hold are passed over.
    pub fn claim_of<T>(&mut self, query: &Query, read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let values: Vec<&dyn ToValue> = query.values().iter().map(|value| value as &dyn ToValue).collect();
        self.claim(query.text(), &values, read)
    }

    /// Every row of a built query.
    pub fn all_of<T>(&mut self, query: &Query, read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let values: Vec<&dyn ToValue> = query.values().iter().map(|value| value as &dyn ToValue).collect();
        self.all(query.text(), &values, read)
    }

    /// The first row of a built query, locked until the commit.
    pub fn first_of_locked<T>(&mut self, query: &Query, read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Option<T>> {
        let values: Vec<&dyn ToValue> = query.values().iter().map(|value| value as &dyn ToValue).collect();
        self.first_locked(query.text(), &values, read)
    }

    /// Runs a built statement.
    pub fn exec_of(&mut self, query: &Query) -> Result<u64> {
        let values: Vec<&dyn ToValue> = query.values().iter().map(|value| value as &dyn ToValue).collect();
        self.exec(query.text(), &values)
    }

    /// Runs one statement for many rows of values, a trip for as many as fit.
    pub fn exec_many(&mut self, sql: &str, rows: &[Vec<Value<'_>>]) -> Result<()> {
        rows.iter().try_for_each(|row| {
            let values: Vec<&dyn ToValue> = row.iter().map(|value| value as &dyn ToValue).collect();
            self.exec_later(sql, &values, Unless::ANY)
        })
    }

    /// How the engine would run a query, for tests about indexes.
    pub fn explain(&mut self, query: &Query) -> Result<String> {
        let sql = self.connection.explaining(query.text());
        let values: Vec<&dyn ToValue> = query.values().iter().map(|value| value as &dyn ToValue).collect();
        let detail = self.connection.explained_column();
        Ok(self.all(&sql, &values, |row| row.get::<String>(detail))?.join("\n"))
    }

    /// Leaves a note that is told after the commit, and forgotten on a rollback.
    pub fn tell(&mut self, note: impl Any + Send) {
        self.notes.push(Box::new(note));
    }
}

/// A row while it is being read.
pub struct Row<'r> {
    raw: RawRow<'r>,
}

impl<'r> Row<'r> {
    pub(crate) fn new(raw: RawRow<'r>) -> Row<'r> {
        Row { raw }
    }

    /// The value of column `index`, counted from 0.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T> {
        let value = self.raw.value(index)?;
        T::from_value(value).ok_or_else(|| CORRUPT_ROW.error().caused_by(format!("column {index} holds another type")))
    }

    /// How many columns the row has.
    pub fn width(&self) -> usize {
        self.raw.width()
    }

    /// The value of column `index` as it is stored.
    pub fn value(&self, index: usize) -> Result<Value<'_>> {
        self.raw.value(index)
    }
}
