//! The tests about the house. Each rule is one test, fails with every finding at once, and says how to mend it.
#![expect(clippy::disallowed_methods, reason = "a test asks the environment for the built server")]

mod docs;
mod floors;
mod generated;
mod manifests;
mod sizes;
mod sql;
mod words;
