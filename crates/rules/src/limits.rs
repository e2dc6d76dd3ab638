//! How much a condition may be: what bounds the work of one run.
//! A condition of so many nodes with at most one loop over so short a list does at most nodes × list steps.

/// Bytes of a condition's source.
pub const SOURCE: usize = 2_048;
/// Nodes of its tree, loops written out.
pub const NODES: usize = 200;
/// Entries of a list that are looked at.
pub const LIST: usize = 200;
/// Bytes of a text that are looked at.
pub(crate) const TEXT: usize = 64 * 1024;
/// Bytes of text that the patterns of one run go over, all of them together.
pub(crate) const MATCHED: usize = 4 * 1024 * 1024;
/// Bytes of text that `contains`, `startsWith`, `endsWith` and `size` may go over in one run, counted as if each went over
/// the longest text there is.
pub(crate) const LOOKED_OVER: usize = 16 * 1024 * 1024;
/// Brackets that stand in each other.
pub(crate) const BRACKETS: usize = 32;
/// Levels of the tree.
pub(crate) const DEPTH: usize = 48;
/// Bytes of a compiled pattern.
pub(crate) const PATTERN: usize = 256 * 1024;
/// Bytes of the stack a condition is read on: the parser goes deep before it gives up.
pub(crate) const STACK: usize = 32 * 1024 * 1024;

/// Functions a condition may call.
pub(crate) const FUNCTIONS: [&str; 5] = ["contains", "startsWith", "endsWith", "matches", "size"];
