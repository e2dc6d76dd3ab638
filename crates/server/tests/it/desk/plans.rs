//! Plans: every list is read in the order of its index on both engines, at a size where a scan would cost.

use std::sync::Arc;

use base::{CellNumber, Cursor, Env, Id, TestClock, TestEntropy, Time};
use db::{Query, Tx};
use desk::tickets::{Filter, Status, View, list_query, purge_query};
use trust::Cx;
use trust::access::Via;
use trust::nouns::{CustomerId, MemberId, TeamId, TicketId, WorkspaceId};
use uuid::Uuid;

use crate::harness::{Engine, World, both_engines};

/// Enough that the planner has a reason to use an index.
const TICKETS: u64 = 6_000;

fn id<N>(number: u64) -> Id<N> {
    Id::from_uuid(Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 | u128::from(number)))
}

/// Tickets of 20 teams, 40 members and 300 customers; most are resolved, as in an old workspace.
fn insert(tx: &mut Tx<'_>, workspace: WorkspaceId, from: u64, to: u64) -> base::Result<()> {
    let clock = TestClock::at(Time::from_micros(1_772_442_000_000_000 + i64::try_from(from).unwrap_or(0) * 1000));
    let env = Env::new(Arc::new(clock), Arc::new(TestEntropy::seeded(from)));
    for number in from..to {
        let ticket: TicketId = Id::new(&env, CellNumber::new(0));
        let status = if number % 10 == 0 {
            Status::Open
        } else if number % 10 == 1 {
            Status::Pending
        } else {
            Status::Resolved
        };
        let team = (number % 3 != 0).then(|| -> TeamId { id(number % 20) });
        let assignee = (number % 4 != 0).then(|| -> MemberId { id(number % 40) });
        let customer: CustomerId = id(number % 300);
        tx.exec(
            "INSERT INTO ticket (workspace_id, id, number, subject, status, priority, channel, held_by, restricted, is_open, \
             customer_id, team_id, assignee_id, opened_at, last_message_at, last_message_id, deleted_at, preview, origin, version) \
             VALUES ($1, $2, $3, 'A subject of the usual length', $4, 'normal', 'api', 'desk', 0, $5, $6, $7, $8, $9, $9, $2, $10, \
             'A preview of the usual length, as the first line of a message has', 'live', 1)",
            &[
                &workspace, &ticket, &i64::try_from(number).unwrap_or(0), &status, &status.is_open(), &customer, &team,
                &assignee, &env.now(), &(number % 50 == 0).then(|| env.now()),
            ],
        )?;
    }
    Ok(())
}

async fn plan(world: &World, query: Query) -> String {
    let read = world.house().db.read(world.acme.uuid(), move |tx| tx.explain(&query));
    read.await.unwrap()
}

/// Fills Acme with tickets.
async fn fill(world: &World) {
    let acme = world.acme;
    for from in (1..=TICKETS).step_by(1_000) {
        world.house().db.write(acme.uuid(), move |tx| insert(tx, acme, from, from + 1_000)).await.unwrap();
    }
    match world.engine {
        // The planner of the server engine knows sizes only after it has looked.
        Engine::Postgres => {
            let url = world.database().url();
            let looked = tokio::task::spawn_blocking(move || {
                postgres::Client::connect(&url, postgres::NoTls).unwrap().batch_execute("ANALYZE").unwrap();
            });
            looked.await.unwrap();
        }
        Engine::Sqlite => {}
    }
}

both_engines! {
    async fn what_is_to_be_purged_is_found_by_its_index(world) {
        fill(world).await;
        let plan = plan(world, purge_query(world.house().env.now(), 30)).await;
        assert!(plan.contains("ticket_deleted") && !plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{plan}");
    }

    async fn every_list_is_read_by_its_index(world) {
        fill(world).await;
        let acme = world.acme;
        let reach = Cx::of_house(world.house(), acme, Via::Job).reach;
        let (team, me, customer): (TeamId, MemberId, CustomerId) = (id(7), id(7), id(7));
        let view = |view| Filter { view: Some(view), ..Filter::default() };
        let lists = [
            ("mine", view(View::Mine), vec!["ticket_assignee_open"]),
            ("unassigned", view(View::Unassigned), vec!["ticket_unassigned"]),
            ("open", view(View::Open), vec!["ticket_open"]),
            ("all", view(View::All), vec!["ticket_all"]),
            ("status", Filter { status: Some(Status::Resolved), ..Filter::default() }, vec!["ticket_status"]),
            ("rare status", Filter { status: Some(Status::Pending), ..Filter::default() }, vec!["ticket_status"]),
            ("team", Filter { team: Some(team), ..Filter::default() }, vec!["ticket_team"]),
            ("team open", Filter { team: Some(team), view: Some(View::Open), ..Filter::default() }, vec!["ticket_team_open", "ticket_team"]),
            ("assignee", Filter { assignee: Some(me), ..Filter::default() }, vec!["ticket_assignee"]),
            ("customer", Filter { customer: Some(customer), ..Filter::default() }, vec!["ticket_customer"]),
        ];
        let later = Cursor { key: 1_772_442_003_000_000, id: id::<trust::nouns::Ticket>(5).uuid() };
        for (name, filter, indexes) in lists {
            for after in [None, Some(later)] {
                let plan = plan(world, list_query(&reach, &filter, Some(me), after, 50)).await;
                let is_by = |index: &&str| match world.engine {
                    Engine::Sqlite => plan.contains(&format!("USING INDEX {index} (")) || plan.contains(&format!("USING COVERING INDEX {index} (")),
                    Engine::Postgres => plan.contains(&format!("using {index} on ticket")),
                };
                assert!(indexes.iter().any(is_by), "{name} ({}): {plan}", after.is_some());
                assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort") && !plan.contains("Seq Scan"), "{name}: {plan}");
            }
        }
    }
}
