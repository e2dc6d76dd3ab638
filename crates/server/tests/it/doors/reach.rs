//! The reach equals the policies, both ways: what SQL gives, what Cedar lets a member see, and what the audience check
//! says are the same tickets, for any member.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{Env, Id, TestClock, TestEntropy, Time};
use db::Tx;
use desk::tickets::{Filter, list_query};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trust::access::{Actor, Audience, MemberActor, Policy, Reach, Rights, Role, TicketScope, Via, Who};
use trust::nouns::{CustomerId, MemberId, TeamId, TerritoryId, TicketId, WorkspaceId};
use uuid::Uuid;

use crate::harness::{Database, Engine, World};

const MEMBERS: u8 = 2;
const TEAMS: u8 = 2;
const TERRITORIES: u8 = 2;
/// Members tried on each engine.
const CASES: u32 = 300;

fn id<N>(kind: u8, number: u8) -> Id<N> {
    Id::from_uuid(Uuid::from_u128(
        0x0199_0000_0000_7000_8000_0000_0000_0000 | u128::from(kind) << 8 | u128::from(number),
    ))
}

fn member() -> impl Strategy<Value = MemberActor> {
    let some =
        |kind: u8, of: u8| proptest::collection::btree_set(0..of, 0..=usize::from(of)).prop_map(move |set| (kind, set));
    let role = proptest::sample::select(Role::ALL.to_vec());
    let scope = proptest::sample::select(TicketScope::ALL.to_vec());
    (0..MEMBERS, role, scope, some(1, TEAMS), some(2, TERRITORIES)).prop_map(
        |(number, role, scope, teams, territories)| MemberActor {
            id: id(0, number),
            role,
            scope,
            teams: teams.1.iter().map(|number| id::<trust::nouns::Team>(teams.0, *number)).collect(),
            territories: territories
                .1
                .iter()
                .map(|number| id::<trust::nouns::Territory>(territories.0, *number))
                .collect(),
        },
    )
}

/// Every audience there is: with and without each team, assignee, territory, restricted or not.
fn audiences() -> Vec<Audience> {
    let maybe = |of: u8| std::iter::once(None).chain((0..of).map(Some));
    let mut all = Vec::new();
    for team in maybe(TEAMS) {
        for assignee in maybe(MEMBERS) {
            for territory in maybe(TERRITORIES) {
                for is_restricted in [false, true] {
                    all.push(Audience {
                        team: team.map(|number| -> TeamId { id(1, number) }),
                        assignee: assignee.map(|number| -> MemberId { id(0, number) }),
                        customer: Some(id(3, u8::try_from(all.len() % 3).unwrap())),
                        territory: territory.map(|number| -> TerritoryId { id(2, number) }),
                        is_restricted,
                        is_internal: false,
                    });
                }
            }
        }
    }
    all
}

/// Puts one ticket of each audience into a workspace.
fn insert(tx: &mut Tx<'_>, workspace: WorkspaceId, audiences: &[Audience], first: i64) -> base::Result<Vec<TicketId>> {
    let env = Env::new(
        Arc::new(TestClock::at(Time::from_micros(1_772_442_000_000_000))),
        Arc::new(TestEntropy::seeded(first.unsigned_abs())),
    );
    let mut made = Vec::new();
    for (number, audience) in (first..).zip(audiences) {
        let ticket: TicketId = Id::new(&env, base::CellNumber::new(0));
        tx.exec(
            "INSERT INTO ticket (workspace_id, id, number, subject, status, priority, channel, held_by, restricted, is_open, \
             customer_id, territory_id, team_id, assignee_id, opened_at, last_message_at, last_message_id, preview, origin, version) \
             VALUES ($1, $2, $3, 'A', 'open', 'normal', 'api', 'desk', $4, 1, $5, $6, $7, $8, $9, $9, $2, '', 'live', 1)",
            &[
                &workspace, &ticket, &number, &audience.is_restricted, &audience.customer, &audience.territory,
                &audience.team, &audience.assignee, &env.now(),
            ],
        )?;
        made.push(ticket);
    }
    Ok(made)
}

/// The tickets that the real list gives within a reach.
fn listed(world: &World, reach: &Reach) -> BTreeSet<TicketId> {
    let query = list_query(reach, &Filter::default(), None, None, 1000);
    let read = world.house().db.read_now(world.acme.uuid(), move |tx| tx.all_of(&query, |row| row.get(0)));
    read.unwrap().into_iter().collect()
}

fn reach_equals_policy(engine: Engine) {
    if engine == Engine::Postgres && Database::is_left_out() {
        return;
    }
    let world = World::new(engine);
    let (audiences, acme) = (audiences(), world.acme);
    let (ours, theirs, globex) = (audiences.clone(), audiences.clone(), world.gus.workspace);
    let tickets = world.house().db.write_now(acme.uuid(), move |tx| insert(tx, acme, &ours, 1)).unwrap();
    world.house().db.write_now(globex.uuid(), move |tx| insert(tx, globex, &theirs, 2000)).unwrap();
    let policy = Policy::load().unwrap();
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&member(), |member| {
        let actor = Actor { workspace: acme, who: Who::Member(member.clone()), rights: Rights::all(), via: Via::Api };
        let reach = actor.reach();
        let chosen = |sees: &dyn Fn(&Audience) -> bool| -> BTreeSet<TicketId> {
            tickets.iter().zip(&audiences).filter(|(_, audience)| sees(audience)).map(|(ticket, _)| *ticket).collect()
        };
        let by_policy = chosen(&|audience| policy.may_see(&member, audience).unwrap());
        let by_sql = listed(&world, &reach);
        prop_assert_eq!(&by_sql, &by_policy, "the list and the policies differ");
        prop_assert_eq!(&chosen(&|audience| reach.sees(audience)), &by_policy, "the check and the policies differ");
        Ok(())
    });
    checked.unwrap();
    for number in 0..3 {
        let customer: CustomerId = id(3, number);
        let own = tickets.iter().zip(&audiences).filter(|(_, audience)| audience.customer == Some(customer));
        let own: BTreeSet<TicketId> = own.map(|(ticket, _)| *ticket).collect();
        assert_eq!(listed(&world, &Reach::of_customer(acme, [customer])), own);
    }
}

#[test]
fn the_reach_equals_the_policies_on_sqlite() {
    reach_equals_policy(Engine::Sqlite);
}

#[test]
fn the_reach_equals_the_policies_on_postgres() {
    reach_equals_policy(Engine::Postgres);
}
