//! A category: where a ticket belongs in the workspace's own tree of at most three levels.
//! Invariants: a name is unique among its siblings; an archived category stays on old tickets and takes no new ones.

mod category;
pub(crate) mod routes;

pub use category::{Category, category_at, category_exists, category_named, category_names, change, create, list};

use base::{Code, Kind};

/// The name is taken among the siblings.
pub static CATEGORY_TAKEN: Code = Code::new(
    Kind::Conflict,
    "category_taken",
    "There is a category of this name beside it.",
    "Use that category, or another name.",
);
/// The tree would be too deep.
pub static CATEGORY_TOO_DEEP: Code = Code::new(
    Kind::Unprocessable,
    "category_too_deep",
    "Categories have at most three levels.",
    "Choose a parent on the first or second level.",
);
