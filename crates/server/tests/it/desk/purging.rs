//! Removing for good: what was deleted stays restorable for its time, and then leaves nothing but a last event.

use std::path::Path;

use base::Id;
use desk::tickets::{MessageId, purge};
use http::Method;
use serde_json::{Value, json};
use server::audit::check;
use trust::Cx;
use trust::access::Via;
use trust::nouns::TicketId;

use super::counts::compare;
use super::scene::{at, change, days_pass, items, of_lia, open, rows, text};
use crate::harness::{World, both_engines};

/// What a ticket owns beside its row.
const OWNED: [&str; 6] = ["message", "ticket_tag", "ticket_field", "ticket_participant", "upload", "ticket"];

fn blobs(world: &World) -> usize {
    fn files(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }
    files(&world.place.data.join("blobs"))
}

/// A ticket with a file, a tag, a field, a changed subject, and more messages than one transaction takes away.
async fn full_ticket(world: &World) -> Value {
    let ada = world.as_(&world.ada);
    ada.post("/api/v1/fields", json!({"key": "shop", "label": "Shop", "type": "text"})).expect(201).await;
    let file = ada
        .call(Method::POST, "/api/v1/uploads")
        .header("x-filename", "a.txt")
        .raw("text/plain", "hello")
        .expect(201)
        .await;
    let mut new = of_lia("Zarathustra");
    new["tags"] = json!(["billing"]);
    new["fields"] = json!({"shop": "North"});
    new["attachments"] = json!([file["id"]]);
    let ticket = open(world, new).await;
    change(world, Method::PATCH, &ticket, "", json!({"subject": "Cannot pay"})).await;
    let (acme, id) = (world.acme, text(&ticket["id"]).parse::<TicketId>().unwrap());
    let env = world.house().env.clone();
    let written = world.house().db.write(acme.uuid(), move |tx| {
        for _ in 0..230 {
            let message: MessageId = Id::new(&env, base::CellNumber::new(0));
            tx.exec(
                "INSERT INTO message (workspace_id, ticket_id, id, kind, direction, author_kind, body_format, body, \
                 sanitiser, attachments, created_at) VALUES ($1, $2, $3, 'reply', 'in', 'customer', 'text', 'Hello?', 1, 0, $4)",
                &[&acme, &id, &message, &env.now()],
            )?;
        }
        Ok(())
    });
    written.await.unwrap();
    ticket
}

both_engines! {
    async fn a_ticket_deleted_long_ago_leaves_nothing_but_its_last_event(world) {
        let ticket = full_ticket(world).await;
        let kept = open(world, of_lia("Another one")).await;
        change(world, Method::DELETE, &ticket, "", Value::Null).await;
        days_pass(world, 29).await;
        world.finder.indexer.catch_up().await.unwrap();
        assert_eq!((rows(world, "message").await, blobs(world)), (232, 1));
        let back = world.as_(&world.ada).call(Method::POST, &at(&ticket, "/restoration")).expect(200).await;
        assert_eq!(back["tags"], json!(["billing"]));
        change(world, Method::DELETE, &ticket, "", Value::Null).await;
        days_pass(world, 31).await;
        for table in OWNED {
            let left = i64::from(["message", "ticket"].contains(&table));
            assert_eq!(rows(world, table).await, left, "{table}");
        }
        world.finder.sweeper.settle_next().await.unwrap();
        assert_eq!(blobs(world), 0);
        world.as_(&world.ada).call(Method::POST, &at(&ticket, "/restoration")).send().await.problem(404, "not_found");
        compare(world, &world.ada, "purged").await;
        assert_eq!(text(&super::scene::read(world, &kept).await["subject"]), "Another one");

        let events = world.as_(&world.ada).get("/api/v1/events?limit=1000").expect(200).await;
        let of_ticket: Vec<&Value> = items(&events).iter().filter(|event| event["subject"]["id"] == ticket["id"]).collect();
        let last = of_ticket.last().unwrap();
        assert_eq!((text(&last["kind"]), &last["data"]["number"]), ("ticket.purged", &ticket["number"]));
        let (house, acme) = (world.house().clone(), world.acme);
        let report = tokio::task::spawn_blocking(move || check(&house, acme).unwrap()).await.unwrap();
        assert!(report.erased == 1 && report.fault.is_none(), "{report:?}");
        world.finder.indexer.catch_up().await.unwrap();
        let hits = world.as_(&world.ada).get("/api/v1/search/tickets?q=pay").expect(200).await;
        assert_eq!(items(&hits).len(), 0);
    }

    async fn a_crash_in_the_middle_is_gone_on_from(world) {
        let ticket = full_ticket(world).await;
        change(world, Method::DELETE, &ticket, "", Value::Null).await;
        world.opened.worker.run_due().await.unwrap();
        world.clock.advance_seconds(31 * 86_400);
        let (cx, id) = (Cx::of_house(world.house(), world.acme, Via::Job), text(&ticket["id"]).parse::<TicketId>().unwrap());
        assert!(cx.write(move |tx, cx| purge(tx, cx, id)).await.unwrap());
        assert_eq!((rows(world, "message").await, rows(world, "ticket").await), (131, 1));
        world.opened.worker.run_due().await.unwrap();
        assert_eq!((rows(world, "message").await, rows(world, "ticket").await), (0, 0));
    }

    async fn a_ticket_that_can_be_restored_is_not_purged_whoever_asks(world) {
        let ticket = open(world, of_lia("Hello")).await;
        change(world, Method::DELETE, &ticket, "", Value::Null).await;
        world.clock.advance_seconds(29 * 86_400);
        let (cx, id) = (Cx::of_house(world.house(), world.acme, Via::Job), text(&ticket["id"]).parse::<TicketId>().unwrap());
        assert!(!cx.write(move |tx, cx| purge(tx, cx, id)).await.unwrap());
        world.as_(&world.ada).call(Method::POST, &at(&ticket, "/restoration")).expect(200).await;
    }
}
