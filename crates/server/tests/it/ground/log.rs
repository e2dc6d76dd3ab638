//! The log: gapless numbers in each subject's order, a chain that shows tampering, heads that show truncation.

use server::audit::{Fault, check};
use server::sealing::sign_heads;
use trust::Cx;
use trust::access::{Audience, Via};
use trust::log::{EventCursor, Finding, NewEvent, SealedEvent, record, since};
use uuid::Uuid;

use crate::harness::{World, both_engines};

both_engines! {
    async fn events_get_gapless_numbers_in_their_subjects_order(world) {
        for version in 1..=3 { happen(world, 7, version).await; happen(world, 8, version).await; }
        world.sealed().await;
        let events = log(world).await;
        let numbers: Vec<i64> = events.iter().map(|event| event.seq).collect();
        assert_eq!(numbers, (1..=6).collect::<Vec<_>>());
        for subject in [7, 8] {
            let own: Vec<i64> = events.iter().filter(|event| event.subject == Uuid::from_u128(subject)).map(|event| event.subject_seq).collect();
            assert_eq!(own, [1, 2, 3]);
        }
    }

    async fn the_chain_of_an_untouched_log_holds(world) {
        happen(world, 7, 1).await;
        world.sealed().await;
        sign_heads(world.house()).await.unwrap();
        happen(world, 7, 2).await;
        world.sealed().await;
        let report = audit(world).await;
        assert_eq!((report.links, report.heads, report.fault), (2, 1, None));
    }

    async fn a_changed_row_is_named(world) {
        for version in 1..=4 { happen(world, 7, version).await; }
        world.sealed().await;
        change(world, "UPDATE event SET data = '{\"n\":99}' WHERE workspace_id = $1 AND seq = 3").await;
        assert_eq!(audit(world).await.fault, Some(Fault::Chain(Finding::Broken(3))));
    }

    async fn changed_details_are_named(world) {
        for version in 1..=3 { happen(world, 7, version).await; }
        world.sealed().await;
        change(world, "UPDATE event SET details = '{}' WHERE workspace_id = $1 AND seq = 2").await;
        assert_eq!(audit(world).await.fault, Some(Fault::Chain(Finding::DetailsChanged(2))));
    }

    async fn a_row_taken_out_is_named(world) {
        for version in 1..=4 { happen(world, 7, version).await; }
        world.sealed().await;
        change(world, "DELETE FROM event WHERE workspace_id = $1 AND seq = 2").await;
        assert_eq!(audit(world).await.fault, Some(Fault::Chain(Finding::Missing(2))));
    }

    async fn a_log_cut_short_with_its_head_is_noticed_by_the_signed_head(world) {
        for version in 1..=4 { happen(world, 7, version).await; }
        world.sealed().await;
        sign_heads(world.house()).await.unwrap();
        change(world, "DELETE FROM event WHERE workspace_id = $1 AND seq > 2").await;
        change(world, "UPDATE log_head SET seq = 2, hash = (SELECT e.hash FROM event e WHERE e.workspace_id = log_head.workspace_id AND e.seq = 2) WHERE workspace_id = $1").await;
        assert!(matches!(audit(world).await.fault, Some(Fault::Truncated { last: 2, signed: 4, .. })));
    }
}

/// Something happens to subject `subject`, and its version is `version` after it.
pub async fn happen(world: &World, subject: u128, version: i64) {
    let cx = Cx::of_house(world.house(), world.acme, Via::Job);
    let wrote = cx.write(move |tx, cx| {
        let facts = serde_json::json!({ "n": version });
        let event = NewEvent::new(
            "thing.changed",
            Uuid::from_u128(subject),
            version,
            cx.env().now(),
            Audience::default(),
            &facts,
        );
        record(tx, cx, &[event.details(&serde_json::json!({"typed": "by a person"}))])
    });
    wrote.await.unwrap();
}

async fn log(world: &World) -> Vec<SealedEvent> {
    let cx = Cx::of_house(world.house(), world.acme, Via::Job);
    let read = cx.read(|tx, cx| since(tx, &cx.reach, EventCursor { cell: 0, seq: 0 }, 100));
    read.await.unwrap().events
}

async fn audit(world: &World) -> server::audit::Report {
    let (house, acme) = (world.house().clone(), world.acme);
    let checked = tokio::task::spawn_blocking(move || check(&house, acme));
    checked.await.unwrap().unwrap()
}

/// Somebody with a hand in the database.
async fn change(world: &World, sql: &'static str) {
    let acme = world.acme;
    let changed = world.house().db.write(acme.uuid(), move |tx| tx.exec(sql, &[&acme]));
    assert!(changed.await.unwrap() > 0);
}
