//! Taxonomy: the ways a workspace sorts its tickets: categories, tags, custom fields, names of statuses.
//! Rule: what rows store is ids; names can change without touching them.

pub mod categories;
pub mod fields;
pub mod nouns;
pub mod resolving;
pub mod statuses;
pub mod tags;

pub use categories::{category_at, category_exists, category_named, category_names};
pub use fields::{FieldKind, FieldMatch, FieldValue, check_fields, match_fields};
pub use nouns::{CategoryId, FieldId, OptionId, StatusNameId, TagId};
pub use tags::{tag_ids, tag_named, tag_names};

/// What this domain declares.
pub static DOMAIN: trust::Domain = trust::Domain {
    name: "taxonomy",
    operations,
    migrations: &[
        db::Migration { domain: "taxonomy", number: 1, sql: include_str!("schema.sql") },
        db::Migration { domain: "taxonomy", number: 2, sql: include_str!("schema_order.sql") },
    ],
    codes: &[categories::CODES, statuses::CODES, CODES],
    folds: &[],
    personal: &[],
    prefixes: &[
        ("category", <nouns::Category as base::Noun>::PREFIX),
        ("tag", <nouns::Tag as base::Noun>::PREFIX),
        ("field", <nouns::Field as base::Noun>::PREFIX),
        ("status", <nouns::StatusName as base::Noun>::PREFIX),
    ],
    kinds: Vec::new,
    schedules: &[],
    timers: &[],
    reactions: &[],
};

/// The error codes of this crate.
static CODES: &[&base::Code] = &[&fields::FIELD_KEY_TAKEN, &resolving::MISSING_TO_RESOLVE, &tags::TAG_TAKEN];

fn operations() -> Vec<web::Op> {
    let mut all = categories::routes::operations();
    all.extend(tags::routes::operations());
    all.extend(fields::routes::operations());
    all.extend(resolving::routes::operations());
    all.extend(statuses::routes::operations());
    all
}
