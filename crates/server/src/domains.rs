//! The list of domains, in the order of the floors, and what they add up to.

use std::sync::Arc;

use db::{Migration, Migrations};
use trust::log::{Fold, Reaction};
use trust::{Domain, House, PersonalData};
use web::Op;

/// Every domain of the house, lowest floor first.
pub static DOMAINS: &[&Domain] =
    &[&trust::DOMAIN, &people::DOMAIN, &taxonomy::DOMAIN, &knowledge::DOMAIN, &desk::DOMAIN];

/// The schema steps of all domains.
pub fn migrations() -> Migrations {
    Migrations::new(steps().collect())
}

/// Every schema step, the queue's first.
pub fn steps() -> impl Iterator<Item = Migration> {
    let domains = DOMAINS.iter().flat_map(|domain| domain.migrations);
    jobs::MIGRATIONS.iter().chain(domains).copied()
}

/// The kinds of jobs of all domains.
pub fn kinds() -> Vec<jobs::Kind<Arc<House>>> {
    DOMAINS.iter().flat_map(|domain| (domain.kinds)()).collect()
}

/// The schedules of all domains.
pub fn schedules() -> Vec<jobs::Schedule> {
    DOMAINS.iter().flat_map(|domain| domain.schedules).copied().flatten().copied().collect()
}

/// The timers of all domains.
pub fn timers() -> Vec<jobs::Timer> {
    DOMAINS.iter().flat_map(|domain| domain.timers).copied().flatten().copied().collect()
}

/// What all domains do in the transaction of an event, lowest floor first.
pub fn reactions() -> Vec<Reaction> {
    DOMAINS.iter().flat_map(|domain| domain.reactions).copied().collect()
}

/// The operations of all domains.
pub fn operations() -> Vec<Op> {
    let mut all: Vec<Op> = DOMAINS.iter().flat_map(|domain| (domain.operations)()).collect();
    // It needs the library and the desk, which do not know each other.
    all.extend(crate::contact::operations());
    all
}

/// What all domains keep current while events are sealed.
pub fn folds() -> Arc<[Fold]> {
    DOMAINS.iter().flat_map(|domain| domain.folds).copied().collect()
}

/// The prefixes of the ids of all domains.
pub fn prefixes() -> Vec<(&'static str, &'static str)> {
    DOMAINS.iter().flat_map(|domain| domain.prefixes).copied().collect()
}

/// The personal data of all domains, highest floor first, so that what points is erased before what it points to.
pub fn personal() -> Vec<PersonalData> {
    DOMAINS.iter().rev().flat_map(|domain| domain.personal).copied().collect()
}

/// Every error code there is, without repetitions.
pub fn codes() -> Vec<&'static base::Code> {
    let ground = [web::CODES, db::CODES, jobs::CODES, crate::pulse::CODES];
    let domains = DOMAINS.iter().flat_map(|domain| domain.codes).copied();
    let mut codes: Vec<_> = ground.into_iter().chain(domains).flatten().copied().collect();
    codes.sort_by_key(|code| code.name);
    codes.dedup_by_key(|code| code.name);
    codes
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_in_the_document_means_one_shape() {
        assert_eq!(web::clashes(&super::operations()), Vec::<String>::new());
    }
}
