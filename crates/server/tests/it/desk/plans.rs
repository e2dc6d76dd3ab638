//! Plans: every list is read in the order of its index on both engines, at a size where a scan would cost.

use std::sync::Arc;

use base::{CellNumber, Cursor, Env, Id, TestClock, TestEntropy, Time};
use db::{Query, Tx};
use desk::tickets::{Filter, Status, Trail, View, count_query, erasure_query, list_query, purge_query};
use trust::Cx;
use trust::access::{Actor, MemberActor, Reach, Rights, Role, TicketScope, Via, Who};
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
    look(world).await;
}

/// The planner of the server engine knows sizes only after it has looked.
async fn look(world: &World) {
    if world.engine == Engine::Postgres {
        let url = world.database().url();
        let looked = tokio::task::spawn_blocking(move || {
            postgres::Client::connect(&url, postgres::NoTls).unwrap().batch_execute("ANALYZE").unwrap();
        });
        looked.await.unwrap();
    }
}

/// The reach of an agent whose work is about some teams.
fn of_teams(world: &World, teams: &[TeamId]) -> Reach {
    let member = MemberActor {
        id: id(7),
        role: Role::Agent,
        scope: TicketScope::Teams,
        teams: teams.into(),
        territories: [].into(),
    };
    let who = Who::Member(member);
    Actor { workspace: world.acme, who, rights: Rights::all(), via: Via::Api }.reach()
}

/// Two indexes of which a planner that knows sizes takes the smaller one.
const EITHER: [&str; 2] = ["ticket_unassigned", "ticket_teamless"];

/// A plan reads tickets by each of these indexes and by nothing else.
#[track_caller]
fn assert_by(plan: &str, indexes: &[&str], what: &str) {
    let reads = plan.lines().filter(|line| ["SEARCH t", "SCAN t", "Scan"].iter().any(|word| line.contains(word)));
    let reads: Vec<&str> =
        reads.filter(|line| !line.contains("Subquery Scan") && !line.contains("Bitmap Heap")).collect();
    let is_by =
        |line: &str, index: &str| [" (", " on ", "  ("].iter().any(|end| line.contains(&format!(" {index}{end}")));
    for index in indexes.iter().filter(|index| !EITHER.contains(index)) {
        assert!(reads.iter().any(|line| is_by(line, index)), "{what} is not by {index}: {plan}");
    }
    // Of what is assigned to somebody nothing is unassigned, and what has a team is not without one: the server engine may
    // look, and finds an empty range.
    let empty = ["ticket_assignee_open", "ticket_team_pressing"];
    let is_empty = |line: &str| what == "unassigned" && empty.iter().any(|index| is_by(line, index));
    let others = reads.iter().filter(|line| !indexes.iter().any(|index| is_by(line, index)) && !is_empty(line));
    assert_eq!(others.count(), 0, "{what} is by something else too: {plan}");
}

/// What is sorted is what the ranges gave, no longer than the page each; the ranges themselves come in order.
#[track_caller]
fn assert_ranges_in_order(plan: &str, what: &str) {
    // The server engine may sort the rows of a range that it knows to be short.
    let sorted = plan.matches("Sort Key").count() - plan.matches("Bitmap Heap").count();
    assert!(sorted <= 1, "{what}: {plan}");
    let lines: Vec<&str> = plan.lines().collect();
    for window in lines.windows(3) {
        if window[0].contains("CO-ROUTINE") {
            assert!(window[1].contains("SEARCH t") && window[2].contains("SCAN r"), "{what}: {plan}");
        }
    }
}

both_engines! {
    async fn a_list_of_teams_is_put_together_from_the_teams_ranges(world) {
        fill(world).await;
        let reach = of_teams(world, &[id(3), id(9)]);
        let view = |view| Filter { view: Some(view), ..Filter::default() };
        let pending = Filter { status: Some(Status::Pending), ..Filter::default() };
        let later = Cursor { key: 1_772_442_003_000_000, id: id::<trust::nouns::Ticket>(5).uuid() };
        for (name, filter, indexes) in [
            ("open", view(View::Open), vec!["ticket_team_open", "ticket_teamless", "ticket_assignee_open"]),
            ("unassigned", view(View::Unassigned), vec!["ticket_team_waiting", "ticket_teamless", "ticket_unassigned"]),
            ("all", view(View::All), vec!["ticket_team", "ticket_teamless", "ticket_assignee"]),
            ("pending", pending, vec!["ticket_team_open", "ticket_teamless", "ticket_assignee_open"]),
        ] {
            for after in [None, Some(later)] {
                let plan = plan(world, list_query(&reach, &filter, Some(id(7)), after, 50)).await;
                assert_by(&plan, &indexes, name);
                assert_ranges_in_order(&plan, name);
            }
            let plan = plan(world, count_query(&reach, &filter, Some(id(7)))).await;
            assert_by(&plan, &indexes, name);
        }
    }

    async fn the_list_of_a_person_is_put_together_from_their_customers(world) {
        fill(world).await;
        let person = [id(7), id(8), id(9)];
        let filter = Filter { customers: person.to_vec(), ..Filter::default() };
        let staff = Cx::of_house(world.house(), world.acme, Via::Job).reach;
        let own = Reach::of_customer(world.acme, person);
        for (name, reach, filter) in [("customer", staff, filter), ("mine", own, Filter::default())] {
            let plan = plan(world, list_query(&reach, &filter, None, None, 50)).await;
            assert_by(&plan, &["ticket_customer"], name);
            assert_ranges_in_order(&plan, name);
        }
    }

    async fn a_list_by_tag_or_field_follows_an_index_in_the_lists_order(world) {
        fill(world).await;
        let acme = world.acme;
        let tagged = world.house().db.write(acme.uuid(), move |tx| {
            tx.exec(
                "INSERT INTO ticket_tag (workspace_id, ticket_id, tag_id, opened_at) \
                 SELECT workspace_id, id, customer_id, opened_at FROM ticket WHERE workspace_id = $1",
                &[&acme],
            )?;
            tx.exec(
                "INSERT INTO ticket_field (workspace_id, ticket_id, field_id, place, match_key, opened_at) \
                 SELECT workspace_id, id, customer_id, 1, $2, opened_at FROM ticket WHERE workspace_id = $1",
                &[&acme, &[7_u8; 16]],
            )
        });
        tagged.await.unwrap();
        look(world).await;
        let later = Cursor { key: 1_772_442_003_000_000, id: id::<trust::nouns::Ticket>(5).uuid() };
        let field = taxonomy::FieldMatch { field: id(7), key: [7; 16] };
        for (trail, index) in [(Trail::Tag(id(7)), "ticket_tag_tag"), (Trail::Field(field), "ticket_field_match")] {
            for after in [None, Some(later)] {
                let plan = plan(world, trail.query(acme, after, 51)).await;
                assert!(plan.contains(index), "{plan}");
                assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort") && !plan.contains("Seq Scan"), "{plan}");
            }
        }
    }

    async fn a_list_by_category_or_name_of_a_status_follows_an_index_in_the_lists_order(world) {
        fill(world).await;
        let acme = world.acme;
        let filed = world.house().db.write(acme.uuid(), move |tx| {
            tx.exec("UPDATE ticket SET category_id = customer_id WHERE workspace_id = $1 AND status <> 'open'", &[&acme])?;
            tx.exec(
                "INSERT INTO ticket_status_name (workspace_id, ticket_id, status_id, opened_at) \
                 SELECT workspace_id, id, customer_id, opened_at FROM ticket WHERE workspace_id = $1",
                &[&acme],
            )
        });
        filed.await.unwrap();
        look(world).await;
        let later = Cursor { key: 1_772_442_003_000_000, id: id::<trust::nouns::Ticket>(5).uuid() };
        for (trail, index) in [
            (Trail::Category(id(7)), "ticket_category"),
            (Trail::Named(id(7)), "ticket_status_name_status"),
            (Trail::Status(Status::Pending), "ticket_status"),
        ] {
            for after in [None, Some(later)] {
                let plan = plan(world, trail.query(acme, after, 51)).await;
                assert!(plan.contains(index), "{plan}");
                assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort") && !plan.contains("Seq Scan"), "{plan}");
            }
        }
    }

    async fn what_is_due_next_follows_its_index(world) {
        fill(world).await;
        let acme = world.acme;
        let pinned = world.house().db.write(acme.uuid(), move |tx| {
            tx.exec(
                "INSERT INTO ticket_clock (workspace_id, ticket_id, policy_id, policy_number, pinned_at, seen, clocks, is_breached, \
                 is_paused, presses_at) SELECT workspace_id, id, customer_id, 1, opened_at, 1, '{}', 0, 0, \
                 CASE WHEN is_open = 1 THEN opened_at ELSE NULL END FROM ticket WHERE workspace_id = $1",
                &[&acme],
            )
        });
        pinned.await.unwrap();
        look(world).await;
        let later = Cursor { key: 1_772_442_003_000_000, id: id::<trust::nouns::Ticket>(5).uuid() };
        for after in [None, Some(later)] {
            let plan = plan(world, Trail::Due.query(acme, after, 51)).await;
            assert!(plan.contains("ticket_clock_presses"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort") && !plan.contains("Seq Scan"), "{plan}");
        }
    }

    async fn the_quarantine_is_read_by_its_index(world) {
        let acme = world.acme;
        let held = world.house().db.write(acme.uuid(), move |tx| {
            for number in 1..3_000_u64 {
                let (ticket, at): (TicketId, i64) = (id(number), i64::try_from(number).unwrap_or(0));
                tx.exec(
                    "INSERT INTO quarantined (workspace_id, id, number, cause, channel, customer_id, subject, body, message_id, \
                     attachments, received_at, purge_at) VALUES ($1, $2, $3, 'burst', 'widget', $2, 'Hello', 'Hello', $2, 0, $3, $3)",
                    &[&acme, &ticket, &at],
                )?;
            }
            Ok(())
        });
        held.await.unwrap();
        look(world).await;
        let cx = Cx::of_house(world.house(), acme, Via::Job);
        for after in [None, Some(Cursor { key: 1_500, id: Uuid::nil() })] {
            let plan = plan(world, desk::spam::list_query(&cx, None, after, 50)).await;
            assert!(plan.contains("quarantined_received"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort") && !plan.contains("Seq Scan"), "{plan}");
        }
    }

    async fn how_far_sealing_is_behind_is_found_by_its_index(world) {
        for number in 0..300 {
            super::scene::open(world, super::scene::of_lia(&format!("{number}"))).await;
        }
        world.sealed().await;
        look(world).await;
        let plan = plan(world, trust::log::lag_query()).await;
        assert!(plan.contains("event_unsealed"), "{plan}");
    }

    async fn an_erasure_finds_its_next_ticket_by_its_index(world) {
        fill(world).await;
        let plan = plan(world, erasure_query(world.acme, id(7), 1_772_442_003_000_000, id::<trust::nouns::Ticket>(5).uuid())).await;
        assert!(plan.contains("ticket_customer") && !plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{plan}");
    }

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
            ("customer", Filter { customers: vec![customer], ..Filter::default() }, vec!["ticket_customer"]),
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

/// Tickets that wait in queues, some with a time of their own.
async fn queue_up(world: &World) {
    let acme = world.acme;
    let write = world.house().db.write(acme.uuid(), move |tx| {
        for number in 1..=TICKETS {
            let (ticket, team): (TicketId, TeamId) = (id(number), id(number % 20));
            let at = i64::try_from(number).unwrap_or(0);
            tx.exec(
                "INSERT INTO ticket_route (workspace_id, ticket_id, team_id, state, rank, needs, passed, queued_at, due_at) \
                 VALUES ($1, $2, $3, $4, $5, '[]', '[]', $6, $7)",
                &[
                    &acme, &ticket, &team, &(if number % 3 == 0 { "waiting" } else { "placed" }), &(at % 4), &at,
                    &(number % 10 == 0).then_some(at),
                ],
            )?;
        }
        Ok(())
    });
    write.await.unwrap();
}

both_engines! {
    async fn queues_and_what_is_due_are_read_in_the_order_of_their_index(world) {
        fill(world).await;
        queue_up(world).await;
        look(world).await;
        let (team, reach) = (id(7), world_reach(world));
        let place = (2, Time::from_micros(4_000), id(4_000));
        for (query, index) in [
            (desk::routing::queue_query(world.acme, team, None), "ticket_route_waiting"),
            (desk::routing::queue_query(world.acme, team, Some(place)), "ticket_route_waiting"),
            (desk::routing::due_query(Time::from_micros(500)), "ticket_route_due"),
            (desk::triage::incidents_query(&reach), "ticket_incident_open"),
            (desk::routing::unassigned_query(&reach, team, desk::tickets::Priority::High), "ticket_team_pressing"),
        ] {
            let text = query.text().to_owned();
            let plan = plan(world, query).await;
            assert!(plan.contains(index), "{text}\n{plan}");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{text}\n{plan}");
        }
    }
}

/// The house's own reach at Acme.
fn world_reach(world: &World) -> Reach {
    Actor::house(world.acme, Via::Job).reach()
}
