//! Plans of notices, rules and timers: each list is read in the order of its index, and what is due is one step into one.

use base::{Cursor, Id, Time};
use db::{Query, Tx};
use desk::automation::{self, Rule, Run};
use desk::notifications::{self, NotificationNoun};
use trust::Cx;
use trust::access::Via;
use trust::nouns::{Member, MemberId, Ticket, WorkspaceId};
use uuid::Uuid;

use crate::harness::{Engine, World, both_engines};

fn id<N>(number: i64) -> Id<N> {
    Id::from_uuid(Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 | u128::from(number.unsigned_abs())))
}

/// Notices of 20 members, runs of 20 rules; one notice in ten is not read.
fn fill(tx: &mut Tx<'_>, workspace: WorkspaceId) -> base::Result<()> {
    for number in 1..4_000_i64 {
        let at = Time::from_micros(1_772_442_000_000_000 + number * 1_000_000);
        let read = (number / 20 % 10 != 0).then_some(at);
        tx.exec(
            "INSERT INTO notification (workspace_id, member_id, id, thing, kind, ticket_id, times, told_at, read_at) \
             VALUES ($1, $2, $3, $4, 'rule', $5, 1, $6, $7)",
            &[
                &workspace,
                &id::<Member>(number % 20),
                &id::<NotificationNoun>(number),
                &format!("thing {number}"),
                &id::<Ticket>(number),
                &at,
                &read,
            ],
        )?;
        tx.exec(
            "INSERT INTO automation_run (workspace_id, rule_id, ticket_id, root_seq, id, version, outcome, effects, ran_at) \
             VALUES ($1, $2, $3, 1, $4, 1, 'ran', '[]', $5)",
            &[&workspace, &id::<Rule>(number % 20), &id::<Ticket>(number), &id::<Run>(number), &at],
        )?;
    }
    Ok(())
}

async fn plan(world: &World, query: Query) -> String {
    world.house().db.read(world.acme.uuid(), move |tx| tx.explain(&query)).await.unwrap()
}

both_engines! {
    async fn notices_and_runs_are_read_by_their_index(world) {
        let acme = world.acme;
        world.house().db.write(acme.uuid(), move |tx| fill(tx, acme)).await.unwrap();
        if world.engine == Engine::Postgres {
            let url = world.database().url();
            let looked = tokio::task::spawn_blocking(move || {
                postgres::Client::connect(&url, postgres::NoTls).unwrap().batch_execute("ANALYZE").unwrap();
            });
            looked.await.unwrap();
        }
        let cx = Cx::of_house(world.house(), acme, Via::Job);
        let me: MemberId = id(7);
        let later = Cursor { key: 1_772_442_003_000_000, id: Uuid::from_u128(5) };
        for after in [None, Some(later)] {
            let lists = [
                (notifications::list_query(&cx, me, false, after, 30), "notification_newest"),
                (notifications::list_query(&cx, me, true, after, 30), "notification_unread"),
                (notifications::unread_query(&cx, me), "notification_unread"),
                (automation::runs_query(&cx, id(7), after, 30), "automation_run_newest"),
            ];
            for (query, index) in lists {
                let plan = plan(world, query).await;
                assert!(plan.contains(index), "{index}: {plan}");
                assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort") && !plan.contains("Seq Scan"), "{plan}");
            }
        }
    }
}
