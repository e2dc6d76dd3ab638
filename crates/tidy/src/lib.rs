//! Reads the tree as text, for the tests that check the house (`tests/house`). Nothing here compiles or runs the
//! code it reads: a rule that needs types belongs to clippy, a rule that needs a server to the server's tests.

pub mod errors;
pub mod files;
pub mod functions;
pub mod literals;
pub mod manifests;
pub mod markdown;
pub mod statements;

/// Fails with all findings of a rule at once, each on its line, and says how to mend them.
///
/// # Panics
/// When there is a finding.
#[track_caller]
pub fn none(rule: &str, mend: &str, findings: &[String]) {
    assert!(findings.is_empty(), "\n{rule}\n  {}\nTo mend: {mend}\n", findings.join("\n  "));
}
