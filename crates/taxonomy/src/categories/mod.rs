//! A category: where a ticket belongs in the workspace's own tree of at most three levels.
//! Invariants: a name is unique among its siblings; an archived category stays on old tickets and takes no new ones.

mod category;

pub use category::{category_exists, category_named};
