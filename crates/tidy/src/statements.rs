//! The SQL of the tree: which literals are statements, which tables they touch, which tables belong to a tenant.

use crate::files::{self, File};
use crate::literals::{lex, without_tests};
use std::collections::BTreeMap;

/// A SQL statement in a Rust or SQL file.
pub struct Statement {
    /// The file.
    pub path: String,
    /// The line it starts on.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// Every statement outside tests.
pub fn all() -> Vec<Statement> {
    let mut statements = Vec::new();
    for file in files::with_extension(&["rs", "sql"]) {
        if !file.is_test() && file.crate_name().is_some_and(|name| name != "tidy") {
            statements.extend(of(&file));
        }
    }
    statements
}

/// The statements of one file; a literal with several is split at its semicolons.
pub fn of(file: &File) -> Vec<Statement> {
    let pieces: Vec<(usize, String)> = if file.extension() == "sql" {
        vec![(1, without_comments(&file.text))]
    } else {
        let literals = lex(without_tests(&file.text)).literals;
        literals.into_iter().map(|literal| (literal.line, literal.text)).collect()
    };
    let mut statements = Vec::new();
    for (index, (line, text)) in pieces.iter().enumerate() {
        let after = pieces.get(index + 1..).unwrap_or_default();
        statements.extend(split(file, *line, &whole(text, *line, after)));
    }
    statements
}

/// How far below its first literal a statement that is put together may go on.
const REACH_OF_A_QUERY: usize = 12;

/// A statement that ends open (`… = `) goes on in the literals below it.
fn whole(text: &str, line: usize, after: &[(usize, String)]) -> String {
    if !is_statement(text) || !text.ends_with([' ', '(']) {
        return text.to_owned();
    }
    let near = after.iter().take_while(|(at, piece)| *at <= line + REACH_OF_A_QUERY && !is_statement(piece));
    std::iter::once(text).chain(near.map(|(_, piece)| piece.as_str())).collect()
}

/// The statements of one text, split at its semicolons.
fn split(file: &File, line: usize, text: &str) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut at = line;
    for piece in text.split(';') {
        let skipped = piece.len() - piece.trim_start().len();
        let start = at + piece.get(..skipped).map_or(0, |blank| blank.matches('\n').count());
        if is_statement(piece.trim_start()) {
            statements.push(Statement { path: file.path.clone(), line: start, text: piece.trim().to_owned() });
        }
        at += piece.matches('\n').count();
    }
    statements
}

/// The text with its `--` comments blanked; lines keep their numbers.
fn without_comments(text: &str) -> String {
    let code = text.lines().map(|line| line.split("--").next().unwrap_or_default());
    code.flat_map(|line| [line, "\n"]).collect()
}

/// Whether a text reads as SQL: by habit our SQL writes its words in capitals.
pub fn is_statement(text: &str) -> bool {
    let starts = |word: &str| text.starts_with(word);
    starts("SELECT ")
        || starts("INSERT INTO ")
        || starts("DELETE FROM ")
        || starts("CREATE TABLE ")
        || starts("CREATE INDEX ")
        || starts("CREATE UNIQUE INDEX ")
        || (starts("UPDATE ") && text.contains(" SET "))
        || (starts("WITH ") && text.contains("SELECT "))
}

/// A table with one row per workspace.
const LONE_KEY: &str = "workspace_id UUID NOT NULL PRIMARY KEY";

/// The tables that statements create, and whether `workspace_id` leads the key of each.
pub fn tables(statements: &[Statement]) -> BTreeMap<String, bool> {
    let mut tables = BTreeMap::new();
    for statement in statements {
        if let Some(rest) = statement.text.strip_prefix("CREATE TABLE ") {
            let rest = rest.strip_prefix("IF NOT EXISTS ").unwrap_or(rest);
            let name = rest.split(|char: char| !is_name(char)).next().unwrap_or_default();
            // Leading every key, so that a tenant's rows lie together and no key works in another workspace.
            tables.insert(name.to_owned(), rest.contains("PRIMARY KEY (workspace_id") || rest.contains(LONE_KEY));
        }
    }
    tables
}

impl Statement {
    /// Whether it is bound to one workspace: by a condition, or as a column it writes.
    pub fn is_scoped(&self) -> bool {
        let mut after = self.text.split("workspace_id").skip(1).map(str::trim_start);
        let is_written = self.text.starts_with("INSERT INTO ") && self.text.contains("workspace_id");
        is_written || after.any(|rest| rest.starts_with('=') || rest.starts_with("IN "))
    }

    /// Whether it creates something.
    pub fn is_definition(&self) -> bool {
        self.text.starts_with("CREATE ")
    }
}

/// The names that follow FROM, JOIN, INTO and UPDATE.
pub fn touched(statement: &str) -> Vec<&str> {
    let words: Vec<&str> = statement.split(|char: char| !is_name(char)).filter(|word| !word.is_empty()).collect();
    let pairs = words.iter().zip(words.iter().skip(1));
    let named = pairs.filter(|(word, _)| ["FROM", "JOIN", "INTO", "UPDATE"].contains(*word));
    named.map(|(_, name)| *name).collect()
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

#[cfg(test)]
mod tests {
    use super::{of, tables, touched};
    use crate::files::File;

    #[test]
    fn statements_are_told_from_sentences() {
        let text =
            "//! x\nconst A: &str = \"SELECT 1 FROM ticket JOIN customer c ON 1\";\nlet b = \"Select a ticket\";\n";
        let file = File { path: "crates/desk/src/a.rs".into(), text: text.into() };
        let found = of(&file);
        assert_eq!(found.len(), 1);
        assert_eq!(found.first().map(|one| touched(&one.text)), Some(vec!["ticket", "customer"]));
    }

    #[test]
    fn a_statement_that_is_put_together_is_read_whole() {
        let text =
            "//! x\nlet mut q = Query::new(\"UPDATE ticket SET a = \");\nq.bind(1).push(\" WHERE workspace_id = \");\n";
        let file = File { path: "crates/desk/src/a.rs".into(), text: text.into() };
        assert_eq!(of(&file).iter().map(super::Statement::is_scoped).collect::<Vec<_>>(), [true]);
    }

    #[test]
    fn a_table_is_a_tenants_when_it_has_the_column() {
        let text = "-- x; y\nCREATE TABLE a (workspace_id UUID, PRIMARY KEY (workspace_id));\nCREATE TABLE IF NOT EXISTS b (id UUID);";
        let file = File { path: "crates/desk/src/schema.sql".into(), text: text.into() };
        let found = tables(&of(&file));
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [("a".into(), true), ("b".into(), false)]);
    }
}
