//! What tables there are, for backups and for the schema snapshot.

use base::Result;

use crate::Tx;

/// The names of all tables, sorted.
pub fn tables(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let sql = if tx.connection.is_embedded() {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    } else {
        "SELECT CAST(relname AS TEXT) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY relname"
    };
    tx.all(sql, &[], |row| row.get(0))
}

/// The columns of a table in their order: name, and type in PostgreSQL's words.
pub fn columns(tx: &mut Tx<'_>, table: &str) -> Result<Vec<(String, String)>> {
    let sql = if tx.connection.is_embedded() {
        "SELECT name, type FROM pragma_table_info($1) ORDER BY cid"
    } else {
        "SELECT CAST(a.attname AS TEXT), format_type(a.atttypid, a.atttypmod) FROM pg_attribute a \
         JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relname = $1 AND n.nspname = 'public' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    };
    tx.all(sql, &[&table], |row| Ok((row.get(0)?, row.get::<String>(1)?)))
}

/// The names of all indexes that were made on purpose, sorted.
pub fn indexes(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let sql = if tx.connection.is_embedded() {
        "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    } else {
        "SELECT CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = 'public' AND c.relkind = 'i' \
         AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid) ORDER BY c.relname"
    };
    tx.all(sql, &[], |row| row.get(0))
}

/// A text of all tables, columns and indexes; both engines give the same one.
pub fn snapshot(tx: &mut Tx<'_>) -> Result<String> {
    let mut text = String::new();
    for table in tables(tx)? {
        text.push_str(&format!("table {table}\n"));
        for (name, _) in columns(tx, &table)? {
            text.push_str(&format!("  {name}\n"));
        }
    }
    for index in indexes(tx)? {
        text.push_str(&format!("index {index}\n"));
    }
    Ok(text)
}

/// What lets a workspace see past the second wall: tables without it, and a role above it. Nothing on the engine
/// that has one wall only.
pub fn unwalled(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    if tx.connection.is_embedded() {
        return Ok(Vec::new());
    }
    let mut open: Vec<String> = tx.all(
        "SELECT 'table ' || CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id' WHERE c.relkind = 'r' \
         AND n.nspname = 'public' AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY c.relname",
        &[],
        |row| row.get(0),
    )?;
    open.extend(tx.all(
        "SELECT 'role ' || CAST(rolname AS TEXT) FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)",
        &[],
        |row| row.get::<String>(0),
    )?);
    Ok(open)
}
