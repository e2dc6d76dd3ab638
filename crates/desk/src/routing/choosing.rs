//! Who of the candidates is next: a pure choice, the same for the same candidates.
//! Rule: first who lacks fewest of the wished-for skills, then the strategy, then who has waited longest for a ticket.

use base::Time;
use trust::nouns::MemberId;

use super::candidates::Candidate;
use super::words::{RoutingReason, Strategy};

/// What decides between candidates who can take a ticket.
#[derive(Clone, Debug)]
pub(crate) struct Able<'a> {
    pub candidate: &'a Candidate,
    /// How many wished-for skills they lack.
    pub lacking: usize,
}

/// A member whom a ticket goes to before the strategy is asked.
pub(crate) type Favourite = (MemberId, RoutingReason);

/// The next of those who can take a ticket.
pub(crate) fn next<'a>(
    strategy: Strategy,
    favourites: &[Favourite],
    able: &[Able<'a>],
) -> Option<(&'a Candidate, RoutingReason)> {
    for (member, reason) in favourites {
        if let Some(found) = able.iter().find(|one| one.candidate.member == *member) {
            return Some((found.candidate, *reason));
        }
    }
    let reason = match strategy {
        Strategy::LeastLoaded => RoutingReason::LeastLoaded,
        Strategy::RoundRobin | Strategy::Manual => RoutingReason::RoundRobin,
    };
    let next = able.iter().min_by_key(|one| order(strategy, one))?;
    Some((next.candidate, reason))
}

/// Turns decide between those who were given a ticket at the same moment, ids between those who never were.
fn order(strategy: Strategy, one: &Able<'_>) -> (usize, i64, Time, i64, MemberId) {
    let Candidate { member, carried, turns, taken_at, .. } = one.candidate;
    let load = if strategy == Strategy::LeastLoaded { *carried } else { 0 };
    (one.lacking, load, *taken_at, *turns, *member)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};
    use trust::access::{Role, TicketScope};
    use trust::members::Availability;

    use super::*;
    use crate::routing::Strategy as Way;

    fn member(number: u128, capacity: i64) -> Candidate {
        Candidate {
            member: MemberId::from_uuid(uuid::Uuid::from_u128(number)),
            role: Role::Agent,
            scope: TicketScope::All,
            availability: Availability::Online,
            is_routed: true,
            capacity,
            carried: 0,
            turns: 0,
            taken_at: Time::default(),
            territories: Vec::new(),
        }
    }

    /// Gives tickets of these weights, and says who got each.
    fn give(
        strategy: Way,
        members: &mut [Candidate],
        weights: &[i64],
        clock: impl Fn(usize) -> i64,
    ) -> Vec<Option<usize>> {
        let mut given = Vec::new();
        for (index, weight) in weights.iter().enumerate() {
            let able: Vec<Able<'_>> = members
                .iter()
                .filter(|one| one.carried + weight <= one.capacity)
                .map(|candidate| Able { candidate, lacking: 0 })
                .collect();
            let chosen = next(strategy, &[], &able).map(|(one, _)| one.member);
            let last = members.iter().map(|one| one.taken_at.micros()).max().unwrap_or(0);
            let place = members.iter().position(|one| Some(one.member) == chosen);
            if let Some(one) = place.and_then(|place| members.get_mut(place)) {
                one.carried += weight;
                one.turns += 1;
                one.taken_at = Time::from_micros(clock(index).max(last + 1));
            }
            given.push(place);
        }
        given
    }

    proptest! {
        #[test]
        fn equals_share_evenly_whatever_the_clocks_say(
            count in 1_usize..12, tickets in 0_usize..200, jitter in proptest::collection::vec(-5_i64..5, 200),
            is_turns in any::<bool>(),
        ) {
            let strategy = if is_turns { Way::RoundRobin } else { Way::LeastLoaded };
            let mut members: Vec<_> = (0..count).map(|number| member(number as u128 + 1, 10_000)).collect();
            let clock = |index: usize| i64::try_from(index).unwrap() + jitter[index];
            let given = give(strategy, &mut members, &vec![1; tickets], clock);
            prop_assert!(given.iter().all(Option::is_some));
            let turns: Vec<i64> = members.iter().map(|one| one.turns).collect();
            prop_assert!(turns.iter().max().unwrap() - turns.iter().min().unwrap() <= 1, "{turns:?}");
        }

        #[test]
        fn nobody_carries_more_than_they_can_and_nothing_waits_that_fits(
            capacities in proptest::collection::vec(1_i64..20, 1..10), weights in proptest::collection::vec(1_i64..4, 0..120),
        ) {
            let mut members: Vec<_> = capacities.iter().zip(1_u128..).map(|(capacity, number)| member(number, *capacity)).collect();
            let given = give(Way::LeastLoaded, &mut members, &weights, |_| 0);
            prop_assert!(members.iter().all(|one| one.carried <= one.capacity));
            // A slow second way: replay who got what, and look whether what waited could have gone to anybody.
            let mut carried = vec![0; members.len()];
            for (place, weight) in given.iter().zip(&weights) {
                match place {
                    Some(place) => carried[*place] += weight,
                    None => prop_assert!(carried.iter().zip(&capacities).all(|(has, can)| has + weight > *can)),
                }
            }
        }
    }
}
