//! The stories of the house, told through its doors and verbs on both engines.
//! Rule: names are sentences, the cast is shared, the clock is advanced, nothing sleeps.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test says what it expects by failing"
)]

mod desk;
mod doors;
mod durability;
mod ground;
mod harness;
mod knowledge;
mod people;
mod taxonomy;
mod trust;
