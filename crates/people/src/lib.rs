//! People: the customers we help and the companies they belong to.
//! Rule: an address joins people only when it belongs to them; what a visitor types about themselves is a claim.

pub mod companies;
pub mod customers;
pub mod nouns;

/// What this domain declares.
pub static DOMAIN: trust::Domain = trust::Domain {
    name: "people",
    operations: Vec::new,
    migrations: &[db::Migration { domain: "people", number: 1, sql: include_str!("schema.sql") }],
    codes: &[customers::CODES],
    folds: &[],
    personal: &[],
};
