//! What is wrong with a condition, and where.

use serde::Serialize;

/// A reason to refuse a condition, or why one could not be decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ConditionFault)]
pub struct Fault {
    /// Line, from 1; null when the whole condition is meant.
    pub line: Option<usize>,
    /// Column in characters, from 1; null as well then.
    pub column: Option<usize>,
    /// What is wrong, in words a person understands, with the next step.
    pub reason: String,
}

impl Fault {
    /// A fault of the whole condition.
    pub fn whole(reason: impl Into<String>) -> Fault {
        Fault { line: None, column: None, reason: reason.into() }
    }

    /// A fault at a byte offset of the source.
    pub(crate) fn at(source: &str, offset: usize, reason: impl Into<String>) -> Fault {
        let before = source.get(..offset).unwrap_or(source);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Fault { line: Some(line), column: Some(column), reason: reason.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(to, "line {line}, column {column}: {}", self.reason),
            _ => to.write_str(&self.reason),
        }
    }
}
