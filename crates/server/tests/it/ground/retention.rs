//! Retention of the log: what is old goes from its start, and what is left is as checkable as before.

use http::Method;
use serde_json::json;
use server::audit::{Fault, check};
use server::sealing::sign_heads;
use trust::log::Finding;

use super::log::happen;
use crate::harness::{Engine, World, both_engines, tell_in};

/// A world that keeps events for 30 days.
fn forgetful(engine: Engine) -> World {
    World::with(engine, server::domains::operations(), |settings| settings.retention.events_days = 30)
}

const DAY: i64 = 86_400;

async fn audit(world: &World) -> server::audit::Report {
    let (house, acme) = (world.house().clone(), world.acme);
    tokio::task::spawn_blocking(move || check(&house, acme)).await.unwrap().unwrap()
}

/// Somebody with a hand in the database.
async fn change(world: &World, sql: &'static str) {
    let acme = world.acme;
    world.house().db.write(acme.uuid(), move |tx| tx.exec(sql, &[&acme])).await.unwrap();
}

async fn happens_often(world: &World, subject: u128, times: i64) {
    for version in 1..=times {
        happen(world, subject, version).await;
    }
    world.sealed().await;
}

async fn ticket(world: &World, subject: &str) -> String {
    let new = json!({"subject": subject, "body": "It does not work.", "requester": {"email": "lia@example.com"}});
    let made = world.as_(&world.ada).post("/api/v1/tickets", new).expect(201).await;
    world.sealed().await;
    made["id"].as_str().unwrap().to_owned()
}

/// Told in a world that forgets.
macro_rules! forgetful {
    ($(async fn $name:ident($world:ident) $body:block)+) => {$(
        mod $name {
            use super::*;
            async fn story($world: &World) {
                // The schedules begin.
                $world.opened.worker.run_due().await.unwrap();
                $body
            }
            #[test]
            fn on_sqlite() { tell_in(Engine::Sqlite, forgetful, story); }
            #[test]
            fn on_postgres() { tell_in(Engine::Postgres, forgetful, story); }
        }
    )+};
}

forgetful! {
    async fn what_is_old_goes_and_the_rest_still_verifies(world) {
        happens_often(world, 7, 1_200).await;
        sign_heads(world.house()).await.unwrap();
        world.clock.advance_seconds(31 * DAY);
        happens_often(world, 8, 3).await;
        world.opened.worker.run_due().await.unwrap();
        let report = audit(world).await;
        assert_eq!((report.taken, report.links, report.fault), (1_200, 3, None));
        let ada = world.as_(&world.ada);
        let gone = ada.get("/api/v1/events?since=0.0").send().await.problem(410, "cursor_expired");
        let rest = ada.get(&format!("/api/v1/events?since={}", gone["oldest"].as_str().unwrap())).expect(200).await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 3);
        // What comes next goes on from where the log is.
        happens_often(world, 9, 1).await;
        assert_eq!(audit(world).await.fault, None);
    }

    async fn the_newest_event_stays_whatever_its_age(world) {
        happens_often(world, 7, 5).await;
        world.clock.advance_seconds(400 * DAY);
        world.opened.worker.run_due().await.unwrap();
        let report = audit(world).await;
        assert_eq!((report.taken, report.links, report.fault), (4, 1, None));
    }

    async fn a_start_that_somebody_made_up_is_named(world) {
        happens_often(world, 7, 5).await;
        world.clock.advance_seconds(31 * DAY);
        happens_often(world, 8, 5).await;
        world.opened.worker.run_due().await.unwrap();
        change(world, "UPDATE log_cut SET seq = 7, hash = (SELECT e.hash FROM event e WHERE e.workspace_id = log_cut.workspace_id AND e.seq = 7) WHERE workspace_id = $1").await;
        change(world, "DELETE FROM event WHERE workspace_id = $1 AND seq <= 7").await;
        change(world, "UPDATE log_head SET oldest = 8 WHERE workspace_id = $1").await;
        assert_eq!(audit(world).await.fault, Some(Fault::BadStart(7)));
    }

    async fn a_row_that_goes_without_the_houses_word_is_missing(world) {
        happens_often(world, 7, 5).await;
        world.clock.advance_seconds(31 * DAY);
        happens_often(world, 8, 5).await;
        world.opened.worker.run_due().await.unwrap();
        change(world, "DELETE FROM event WHERE workspace_id = $1 AND seq = 6").await;
        assert_eq!(audit(world).await.fault, Some(Fault::Chain(Finding::Missing(6))));
    }

    async fn a_ticket_whose_history_went_is_still_there_and_found(world) {
        let old = ticket(world, "The harbour crane").await;
        world.clock.advance_seconds(31 * DAY);
        ticket(world, "The lighthouse").await;
        world.opened.worker.run_due().await.unwrap();
        let ada = world.as_(&world.ada);
        for part in ["", "/timeline", "/clocks", "/routing"] {
            ada.get(&format!("/api/v1/tickets/{old}{part}")).expect(200).await;
        }
        // An index that knows nothing is read from rows, because the log does not go back as far.
        world.finder.indexer.mark_all_behind().await.unwrap();
        world.finder.indexer.catch_up().await.unwrap();
        let found = ada.get("/api/v1/search/tickets?q=crane").expect(200).await;
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
        let note = json!({"kind": "note", "body": "We sent the mechanic."});
        ada.call(Method::POST, &format!("/api/v1/tickets/{old}/messages")).json(&note).expect(201).await;
        world.sealed().await;
        world.finder.indexer.mark_all_behind().await.unwrap();
        world.finder.indexer.catch_up().await.unwrap();
        let found = ada.get("/api/v1/search/tickets?q=mechanic").expect(200).await;
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    }
}

both_engines! {
    async fn events_are_kept_for_ever_unless_somebody_says_otherwise(world) {
        world.opened.worker.run_due().await.unwrap();
        happens_often(world, 7, 5).await;
        world.clock.advance_seconds(4_000 * DAY);
        world.opened.worker.run_due().await.unwrap();
        let report = audit(world).await;
        assert_eq!((report.taken, report.links, report.fault), (0, 5, None));
    }
}
