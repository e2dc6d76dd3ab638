//! People: the customers we help and the companies they belong to.
//! Rule: an address joins people only when it belongs to them; what a visitor types about themselves is a claim.

pub mod companies;
pub mod customers;
pub mod erasure;
pub mod nouns;
pub mod privacy;

/// What this domain declares.
pub static DOMAIN: trust::Domain = trust::Domain {
    name: "people",
    operations,
    migrations: &[db::Migration { domain: "people", number: 1, sql: include_str!("schema.sql") }],
    codes: &[customers::CODES, companies::CODES],
    folds: &[],
    personal: &[customers::PERSONAL],
    prefixes: &[("company", <nouns::Company as base::Noun>::PREFIX)],
    kinds: erasure::kinds,
    schedules: &[],
    timers: &[],
    reactions: &[],
};

fn operations() -> Vec<web::Op> {
    let mut all = customers::routes::operations();
    all.extend(customers::my_operations());
    all.extend(companies::routes::operations());
    all.extend(privacy::operations());
    all
}
