//! A category: where a ticket belongs in the workspace's own tree of at most three levels.
//! Invariants: a name is unique among its siblings; no category stands below itself; an archived category stays on closed
//! tickets and takes no new ones; what took its place is never archived when it takes it.

mod category;
mod changing;
mod names;
mod replacing;
pub(crate) mod required_fields;
pub(crate) mod routes;
mod shapes;
mod synonyms;
mod tree;

pub use category::{Category, create, list};
pub use changing::{change, remove};
pub use names::{category_at, category_exists, category_named, category_names, category_others, category_synonyms};
pub use replacing::{Replaced, category_leads_to, replace};
pub use shapes::{CategoryOut, category_outs};
pub use tree::Tree;

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
/// The category would stand below itself.
pub static CATEGORY_CYCLE: Code = Code::new(
    Kind::Unprocessable,
    "category_cycle",
    "A category cannot stand below itself.",
    "Choose a parent that is not below it.",
);
/// Others stand below the category.
pub static CATEGORY_HAS_CHILDREN: Code = Code::new(
    Kind::Conflict,
    "category_has_children",
    "Other categories stand below this one.",
    "Move, replace or delete those first.",
);
/// The category is still used.
pub static CATEGORY_IN_USE: Code = Code::new(
    Kind::Conflict,
    "category_in_use",
    "Tickets, articles or rules still use this category.",
    "Replace it by another one, which moves its tickets; or archive it.",
);
/// What is to take its place does not fit.
pub static BAD_REPLACEMENT: Code = Code::new(
    Kind::Unprocessable,
    "bad_replacement",
    "This category cannot take the other one's place.",
    "Choose another category that takes tickets.",
);

/// The codes of this slice.
pub static CODES: &[&Code] =
    &[&CATEGORY_TAKEN, &CATEGORY_TOO_DEEP, &CATEGORY_CYCLE, &CATEGORY_HAS_CHILDREN, &CATEGORY_IN_USE, &BAD_REPLACEMENT];

pub(super) fn taken() -> base::Error {
    CATEGORY_TAKEN.error().field("/name", "taken", "is the name of a category beside it")
}
