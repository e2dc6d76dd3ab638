//! Routing against a second, obvious implementation: random arrivals, solutions, absences and returns, for every strategy,
//! with and without going back to whom the customer knows.

use std::collections::{BTreeMap, VecDeque};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::routing::{capacity, equals_a_recount, moments_pass, staffed};
use super::scene::{open, read, set_status, text};
use crate::harness::{World, both_engines};

const MEMBERS: usize = 4;

#[derive(Clone, Debug)]
enum Happening {
    /// A ticket of one of three customers arrives.
    Arrives(usize),
    /// One of the tickets somebody has is solved.
    Solved(usize),
    /// A member goes or comes.
    Turns(usize),
}

fn days(count: usize) -> Vec<(Vec<i64>, bool, Vec<Happening>)> {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let happening = prop_oneof![
        6 => (0..3_usize).prop_map(Happening::Arrives),
        4 => (0..100_usize).prop_map(Happening::Solved),
        2 => (0..MEMBERS).prop_map(Happening::Turns),
    ];
    let day = (prop::collection::vec(1..4_i64, MEMBERS), any::<bool>(), prop::collection::vec(happening, 14..22));
    (0..count).map(|_| day.new_tree(&mut runner).unwrap().current()).collect()
}

/// A member as the obvious way sees one.
#[derive(Clone, Debug)]
struct Member {
    id: String,
    capacity: i64,
    carries: i64,
    is_here: bool,
    /// When they were given a ticket last, counted in gifts; 0 for never.
    given: usize,
}

/// The obvious way: look at everybody, and take the first in the order that was promised.
struct Desk {
    by_load: bool,
    is_sticky: bool,
    members: Vec<Member>,
    waiting: VecDeque<(usize, usize)>,
    has: BTreeMap<usize, usize>,
    /// Whom each customer had last: by ticket, the newest last.
    known: Vec<(usize, usize)>,
    gifts: usize,
}

impl Desk {
    fn next(&self, customer: usize) -> Option<usize> {
        let able: Vec<usize> = (0..MEMBERS)
            .filter(|index| {
                self.members[*index].is_here && self.members[*index].carries < self.members[*index].capacity
            })
            .collect();
        let last = self
            .known
            .iter()
            .filter(|(ticket, _)| self.customer_of(*ticket) == customer)
            .max_by_key(|(ticket, _)| *ticket);
        if let Some((_, member)) = last.filter(|(_, member)| self.is_sticky && able.contains(member)) {
            return Some(*member);
        }
        let mut best: Option<usize> = None;
        for index in able {
            let key = |index: usize| {
                let member = &self.members[index];
                (if self.by_load { member.carries } else { 0 }, member.given, member.id.clone())
            };
            if best.is_none_or(|best| key(index) < key(best)) {
                best = Some(index);
            }
        }
        best
    }

    fn customer_of(&self, ticket: usize) -> usize {
        ticket % 10
    }

    fn give(&mut self, ticket: usize, member: usize) {
        self.gifts += 1;
        self.members[member].carries += 1;
        self.members[member].given = self.gifts;
        self.has.insert(ticket, member);
        self.known.push((ticket, member));
    }

    fn arrives(&mut self, ticket: usize, customer: usize) {
        match self.next(customer) {
            Some(member) => self.give(ticket, member),
            None => self.waiting.push_back((ticket, customer)),
        }
    }

    /// Whoever waited longest first, as long as anybody has room.
    fn drain(&mut self) {
        while let Some((ticket, customer)) = self.waiting.front().copied() {
            let Some(member) = self.next(customer) else { return };
            self.waiting.pop_front();
            self.give(ticket, member);
        }
    }
}

async fn here(world: &World, person: &crate::harness::Person, is_here: bool) {
    let own = json!({"availability": if is_here { "online" } else { "away" }});
    world.as_(person).put("/api/v1/members/me/availability", own).expect(200).await;
}

both_engines! {
    async fn tickets_go_where_the_obvious_way_sends_them(world) {
        let (team, staff) = staffed(world, "round_robin", MEMBERS).await;
        let mut serial = 0;
        for (by_load, (capacities, is_sticky, day)) in days(6).into_iter().enumerate().map(|(index, day)| (index % 2 == 1, day)) {
            let strategy = if by_load { "least_loaded" } else { "round_robin" };
            let sticky = if is_sticky { "last_agent" } else { "none" };
            let queue = json!({"strategy": strategy, "sticky": sticky});
            world.as_(&world.ada).put(&format!("/api/v1/routing/teams/{}", text(&team)), queue).expect(200).await;
            let now = loads(world, &staff).await;
            let mut desk = Desk { by_load, is_sticky, members: Vec::new(), waiting: VecDeque::new(), has: BTreeMap::new(),
                known: Vec::new(), gifts: 0 };
            let mut order: Vec<usize> = (0..MEMBERS).collect();
            order.sort_by_key(|index| (now[*index].1, now[*index].0));
            for (index, person) in staff.iter().enumerate() {
                capacity(world, person, capacities[index]).await;
                here(world, person, true).await;
                // What was given before this day counts as long ago, in the same order.
                let given = if now[index].0 == 0 { 0 } else { order.iter().position(|one| *one == index).unwrap() + 1 };
                let member = Member { id: person.member.to_string(), capacity: capacities[index], carries: 0, is_here: true, given };
                desk.members.push(member);
            }
            desk.gifts = MEMBERS + 1;
            moments_pass(world, 2).await;
            let mut tickets: BTreeMap<usize, Value> = BTreeMap::new();
            let mut solved: Vec<usize> = Vec::new();
            serial += 1;
            let mut story = Vec::new();
            for happening in day {
                match happening {
                    Happening::Arrives(customer) => {
                        let name = tickets.len() * 10 + customer;
                        let who = format!("c{serial}-{customer}@shop.test");
                        let new = json!({"subject": "S", "body": "B", "requester": {"email": who, "name": "C"}});
                        tickets.insert(name, open(world, new).await);
                        desk.arrives(name, customer);
                    }
                    Happening::Solved(any) => {
                        let carried: Vec<usize> = desk.has.keys().copied().filter(|ticket| !solved.contains(ticket)).collect();
                        let Some(ticket) = carried.get(any % carried.len().max(1)).copied() else { continue };
                        set_status(world, &tickets[&ticket], "resolved").await;
                        desk.members[desk.has[&ticket]].carries -= 1;
                        solved.push(ticket);
                    }
                    Happening::Turns(index) => {
                        let is_here = !desk.members[index].is_here;
                        here(world, &staff[index], is_here).await;
                        desk.members[index].is_here = is_here;
                    }
                }
                story.push(format!("{happening:?}"));
                moments_pass(world, 2).await;
                desk.drain();
                for (name, ticket) in &tickets {
                    let really = read(world, ticket).await["assignee_id"].clone();
                    let wanted = desk.has.get(name).map_or(Value::Null, |member| json!(desk.members[*member].id));
                    assert_eq!(really, wanted, "ticket {name}, {strategy}, {sticky}, {capacities:?}: {story:#?}");
                }
                for (index, (turns, _, carried)) in loads(world, &staff).await.into_iter().enumerate() {
                    let member = &desk.members[index];
                    assert!(carried <= member.capacity && carried == member.carries, "{turns} {member:?}: {story:#?}");
                }
            }
            equals_a_recount(world).await;
            // The day ends: everybody solves what they have, and what waits.
            for person in &staff {
                capacity(world, person, 100).await;
                here(world, person, true).await;
            }
            moments_pass(world, 120).await;
            for (_, ticket) in tickets.iter().filter(|(name, _)| !solved.contains(name)) {
                set_status(world, ticket, "resolved").await;
            }
            moments_pass(world, 2).await;
        }
    }
}

/// How many tickets routing gave each, when it last did, and what they carry.
async fn loads(world: &World, staff: &[crate::harness::Person]) -> Vec<(i64, i64, i64)> {
    let acme = world.acme;
    let mut all = Vec::new();
    for person in staff {
        let member = person.member;
        let read = world.house().db.read(acme.uuid(), move |tx| {
            tx.first(
                "SELECT turns, taken_at, carried FROM member_load WHERE workspace_id = $1 AND member_id = $2",
                &[&acme, &member],
                |row| Ok((row.get::<i64>(0)?, row.get::<base::Time>(1)?.micros(), row.get::<i64>(2)?)),
            )
        });
        all.push(read.await.unwrap().unwrap_or_default());
    }
    all
}
