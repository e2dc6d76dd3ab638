//! Restoring a backup into an empty database of either engine.
//! Rule: people who were erased after the backup was taken are erased again before anybody is served. Until everything is
//! there the database bears a mark: nobody is served from a part of a backup, and the next restore begins anew.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use base::{Result, ToValue, Value};
use trust::House;
use uuid::Uuid;

use super::manifest::{Manifest, TableFile};
use super::rows::{from_json, hash_of};
use super::taking::copy_blobs;
use super::{BLOBS, HALF_RESTORED, HEADS, NOT_EMPTY, TABLES, failed};

/// Values of one statement; both engines take more.
const PLACES: usize = 16_000;
/// Rows of one statement.
const ROWS: usize = 500;
/// The mark of a database whose restore has not ended.
const MARK: &str = "restoring";

/// What was restored.
#[derive(Clone, Copy, Debug, Default)]
pub struct Restored {
    /// Tables.
    pub tables: usize,
    /// Rows in all of them.
    pub rows: u64,
    /// Blobs.
    pub blobs: usize,
}

/// Puts a backup into the empty database of a house and into its data folder; blocks. `finish` ends it, once who was
/// erased since is erased again.
pub fn restore(house: &House, data: &Path, folder: &Path) -> Result<Restored> {
    let manifest = Manifest::read(folder)?;
    check_files(&manifest, folder)?;
    begin(house, &manifest)?;
    let mut restored = Restored::default();
    for table in &manifest.tables {
        restored.rows += load(house, folder, table)?;
        restored.tables += 1;
    }
    restored.blobs = copy_blobs(&folder.join(BLOBS), &data.join(BLOBS))?.len();
    let heads = folder.join(HEADS);
    if heads.exists() {
        std::fs::copy(heads, data.join(HEADS)).map_err(failed)?;
    }
    recount(house, &manifest)?;
    Ok(restored)
}

/// Says that everything of a restore is there.
pub fn finish(house: &House) -> Result<()> {
    house.db.write_now(Uuid::nil(), |tx| db::unmark(tx, MARK))
}

/// Refuses a database that holds a part of a backup only.
pub fn refuse_half(house: &House) -> Result<()> {
    let is_half = house.db.read_now(Uuid::nil(), |tx| db::is_marked(tx, MARK))?;
    if is_half { Err(HALF_RESTORED.error()) } else { Ok(()) }
}

/// Marks an empty database, or empties one that a restore left half filled.
fn begin(house: &House, manifest: &Manifest) -> Result<()> {
    if !house.db.read_now(Uuid::nil(), |tx| db::is_marked(tx, MARK))? {
        check_empty(house, manifest)?;
        return house.db.write_now(Uuid::nil(), |tx| db::mark(tx, MARK));
    }
    for table in &manifest.tables {
        let sql = format!("DELETE FROM {}", table.name);
        house.db.write_now(Uuid::nil(), move |tx| tx.exec(&sql, &[]))?;
    }
    check_empty(house, manifest)
}

fn check_files(manifest: &Manifest, folder: &Path) -> Result<()> {
    for table in &manifest.tables {
        let path = folder.join(TABLES).join(format!("{}.jsonl", table.name));
        if hash_of(&path)? != table.sha256 {
            return Err(failed(format_args!("the file of table {} was changed", table.name)));
        }
    }
    for blob in &manifest.blobs {
        if hash_of(&folder.join(BLOBS).join(&blob.path))? != blob.sha256 {
            return Err(failed(format_args!("the blob {} was changed", blob.path)));
        }
    }
    Ok(())
}

fn count(house: &House, table: &str) -> Result<i64> {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    let counted = house.db.read_now(Uuid::nil(), move |tx| tx.first(&sql, &[], |row| row.get(0)));
    counted.map(Option::unwrap_or_default)
}

fn check_empty(house: &House, manifest: &Manifest) -> Result<()> {
    let known = house.db.read_now(Uuid::nil(), db::tables)?;
    for table in &manifest.tables {
        if !known.contains(&table.name) {
            return Err(failed(format_args!("there is no table {}", table.name)));
        }
        if count(house, &table.name)? > 0 {
            return Err(NOT_EMPTY.error());
        }
    }
    Ok(())
}

fn recount(house: &House, manifest: &Manifest) -> Result<()> {
    for table in &manifest.tables {
        let rows = count(house, &table.name)?;
        if u64::try_from(rows) != Ok(table.rows) {
            let TableFile { name, rows: wanted, .. } = table;
            return Err(failed(format_args!("table {name} has {rows} rows, not {wanted}")));
        }
    }
    Ok(())
}

/// The columns of a table's file with their types in this database.
fn columns_of(house: &House, table: &str, header: &str) -> Result<Vec<(String, String)>> {
    let wanted: Vec<String> = serde_json::from_str(header).map_err(failed)?;
    let name = table.to_owned();
    let known = house.db.read_now(Uuid::nil(), move |tx| db::columns(tx, &name))?;
    wanted
        .into_iter()
        .map(|column| {
            let found = known.iter().find(|(name, _)| *name == column).cloned();
            found.ok_or_else(|| failed(format_args!("table {table} has no column {column}")))
        })
        .collect()
}

fn load(house: &House, folder: &Path, table: &TableFile) -> Result<u64> {
    let path = folder.join(TABLES).join(format!("{}.jsonl", table.name));
    let mut lines = BufReader::new(File::open(path).map_err(failed)?).lines();
    let header = lines.next().transpose().map_err(failed)?;
    let columns = columns_of(house, &table.name, &header.unwrap_or_default())?;
    let most = (PLACES / columns.len().max(1)).clamp(1, ROWS);
    let mut rows = Vec::with_capacity(most);
    let mut loaded = 0;
    for line in lines {
        rows.push(read_row(&line.map_err(failed)?, &columns)?);
        if rows.len() == most {
            loaded += insert(house, &table.name, &columns, std::mem::take(&mut rows))?;
        }
    }
    Ok(loaded + insert(house, &table.name, &columns, rows)?)
}

fn read_row(line: &str, columns: &[(String, String)]) -> Result<Vec<Value<'static>>> {
    let values: Vec<serde_json::Value> = serde_json::from_str(line).map_err(failed)?;
    if values.len() != columns.len() {
        return Err(failed("a row has another number of columns than its table"));
    }
    let typed = values.iter().zip(columns);
    typed.map(|(value, (_, kind))| from_json(value, kind)).collect()
}

fn insert(house: &House, table: &str, columns: &[(String, String)], rows: Vec<Vec<Value<'static>>>) -> Result<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let sql = Arc::new(statement(table, columns, rows.len()));
    house.db.write_now(Uuid::nil(), move |tx| {
        let values: Vec<&dyn ToValue> = rows.iter().flatten().map(|value| value as &dyn ToValue).collect();
        tx.exec(&sql, &values)
    })
}

fn statement(table: &str, columns: &[(String, String)], rows: usize) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let row = |number: usize| {
        let first = number * columns.len() + 1;
        let places: Vec<String> = (first..first + columns.len()).map(|place| format!("${place}")).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("INSERT INTO {table} ({}) VALUES {}", names.join(", "), rows.join(", "))
}
