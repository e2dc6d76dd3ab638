//! Reading everything at one moment, row by row, however large the tables are.
//! Rule: a snapshot is for backups and rebuilds on the long lane; short reads need none.

use std::hash::{DefaultHasher, Hash, Hasher};

use base::Result;

use crate::{Row, Tx};

/// Rows fetched in one go where the engine would give all at once.
const PAGE: usize = 2000;

impl Tx<'_> {
    /// Runs `work` with every read of it at one moment.
    pub fn at_one_moment<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let begin = if self.connection.is_embedded() {
            "BEGIN;"
        } else {
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; \
             SET LOCAL idle_in_transaction_session_timeout = 0;"
        };
        self.exec(begin, &[])?;
        let outcome = work(self);
        // Nothing was written: whether it ends with one word or the other is the same.
        let ended = self.exec("ROLLBACK;", &[]);
        let outcome = outcome?;
        ended.map(|_| outcome)
    }

    /// Walks all rows of a query without values inside `at_one_moment`, without holding them in memory.
    pub fn walk(&mut self, sql: &str, mut read: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let mut step = |row: &Row<'_>| read(row).map(|()| true);
        if self.connection.is_embedded() {
            return self.each(sql, &[], step);
        }
        // A name for each query: what is prepared for one cursor knows the columns of that one.
        let mut hash = DefaultHasher::new();
        sql.hash(&mut hash);
        let name = format!("walk_{:016x}", hash.finish());
        self.exec(&format!("DECLARE {name} NO SCROLL CURSOR FOR {sql};"), &[])?;
        let fetch = format!("FETCH {PAGE} FROM {name}");
        loop {
            let mut rows = 0;
            self.connection.rows(&fetch, &[], &mut |row| {
                rows += 1;
                step(row)
            })?;
            if rows < PAGE {
                self.exec(&format!("CLOSE {name};"), &[])?;
                return Ok(());
            }
        }
    }
}
