//! Bringing the schema up to date: one portable text per step, in order, once, checked against what ran before.
//! Rule: steps only expand; a step that ran is never edited.

use base::{Code, Kind, Result};

use crate::Tx;

/// The database was made by another release, or a step was edited after it ran.
static FOREIGN_SCHEMA: Code = Code::new(
    Kind::Unavailable,
    "foreign_schema",
    "The database was changed by another release.",
    "Run the release that made it, or restore a backup with this one.",
);

/// One step of one domain. The text uses PostgreSQL's type names: UUID, BYTEA, BIGINT, TEXT, DOUBLE PRECISION.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The domain it belongs to.
    pub domain: &'static str,
    /// Its number within the domain, from 1.
    pub number: i64,
    /// Its statements.
    pub sql: &'static str,
}

/// Every step of every domain, in the order of the floors.
#[derive(Clone, Debug, Default)]
pub struct Migrations {
    steps: Vec<Migration>,
}

impl Migrations {
    /// Steps in the order they run.
    pub fn new(steps: Vec<Migration>) -> Migrations {
        Migrations { steps }
    }

    /// Runs what has not run yet and says whether anything did.
    pub(crate) fn apply(&self, tx: &mut Tx<'_>) -> Result<bool> {
        tx.exec(
            "CREATE TABLE IF NOT EXISTS migration (domain TEXT NOT NULL, number BIGINT NOT NULL, \
             checksum BIGINT NOT NULL, PRIMARY KEY (domain, number))",
            &[],
        )?;
        tx.exec("INSERT INTO migration (domain, number, checksum) VALUES ('lock', 0, 0) ON CONFLICT (domain, number) DO NOTHING", &[])?;
        tx.first_locked("SELECT checksum FROM migration WHERE domain = 'lock' AND number = 0", &[], |_| Ok(()))?;
        let done = tx.all("SELECT domain, number, checksum FROM migration", &[], |row| {
            Ok((row.get::<String>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?))
        })?;
        let mut changed = false;
        for step in &self.steps {
            let checksum = fingerprint(step.sql);
            match done.iter().find(|(domain, number, _)| domain == step.domain && *number == step.number) {
                Some((_, _, known)) if *known == checksum => {}
                Some(_) => {
                    return Err(FOREIGN_SCHEMA.error().caused_by(format!("{} {}", step.domain, step.number)));
                }
                None => {
                    run(tx, step, checksum)?;
                    changed = true;
                }
            }
        }
        Ok(changed)
    }
}

/// Leaves a mark beside the steps, under a name that is no domain's. It belongs to this database and is in no backup.
pub fn mark(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    let sql =
        "INSERT INTO migration (domain, number, checksum) VALUES ($1, 0, 0) ON CONFLICT (domain, number) DO NOTHING";
    tx.exec(sql, &[&name]).map(drop)
}

/// Takes a mark away.
pub fn unmark(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    tx.exec("DELETE FROM migration WHERE domain = $1 AND number = 0", &[&name]).map(drop)
}

/// Whether a mark is there.
pub fn is_marked(tx: &mut Tx<'_>, name: &str) -> Result<bool> {
    let found = tx.first("SELECT 1 FROM migration WHERE domain = $1 AND number = 0", &[&name], |_| Ok(()))?;
    Ok(found.is_some())
}

fn run(tx: &mut Tx<'_>, step: &Migration, checksum: i64) -> Result<()> {
    let sql = if tx.connection.is_embedded() { embedded(step.sql) } else { step.sql.to_owned() };
    // A trailing semicolon makes the text a batch on both engines.
    tx.exec(&format!("{sql};"), &[])?;
    tx.exec(
        "INSERT INTO migration (domain, number, checksum) VALUES ($1, $2, $3)",
        &[&step.domain, &step.number, &checksum],
    )?;
    Ok(())
}

/// The portable text in the embedded engine's type names.
fn embedded(sql: &str) -> String {
    sql.replace(" UUID", " BLOB")
        .replace(" BYTEA", " BLOB")
        .replace(" BIGINT", " INTEGER")
        .replace(" DOUBLE PRECISION", " REAL")
}

/// FNV-1a over the text without its spacing, folded to 63 bits.
fn fingerprint(sql: &str) -> i64 {
    let hash = sql
        .split_whitespace()
        .flat_map(str::bytes)
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 1) as i64
}
