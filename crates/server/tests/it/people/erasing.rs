//! Erasing a person: no byte of them stays in any table, the chain holds, and the receipt says what went.

use base::Value as Column;
use desk::tickets::{MessageKind, NewReply, Prepared, add, add_from_customer};
use parking_lot::Mutex;
use people::customers::{guest_or_create, requester};
use people::erasure::{begin, step};
use serde_json::json;
use trust::access::Role;
use trust::nouns::{CustomerId, TicketId};

use super::{acme, at_widget, identity};
use crate::desk::scene::{Visitor, at, read, text, widget_key};
use crate::harness::{World, both_engines, member};

const CANARY: &str = "zwitscher";

both_engines! {
    async fn an_erased_person_leaves_no_byte(world) {
        let id = canary(world).await;
        let (ada, path) = (world.as_(&world.ada), format!("/api/v1/customers/{id}"));
        assert!(holding(world).await.len() > 5, "the canary is in the house: {:?}", holding(world).await);
        let exported = ada.get(&format!("{path}/export")).expect(200).await;
        assert!(exported["records"][0]["customer"]["name"].as_str().unwrap().contains(CANARY));
        assert!(exported["records"][0]["tickets"].to_string().contains(CANARY));

        let receipt = ada.call(http::Method::POST, &format!("{path}/erasure")).expect(201).await;
        assert!(receipt["receipt"].as_str().unwrap().starts_with("rcp_"));
        assert!(receipt["erased"]["events"].as_i64().unwrap() > 0);
        assert_eq!(holding(world).await, Vec::<String>::new());
        let seen = ada.get(&path).expect(200).await;
        assert_eq!((&seen["is_erased"], &seen["name"], &seen["addresses"]), (&json!(true), &json!(null), &json!([])));
        ada.patch(&path, json!({"name": "Back"})).header("if-match", format!("\"{}\"", seen["version"]))
            .send().await.problem(409, "customer_erased");

        world.sealed().await;
        let (house, workspace) = (world.house().clone(), world.acme);
        let report = tokio::task::spawn_blocking(move || server::audit::check(&house, workspace)).await.unwrap().unwrap();
        assert_eq!(report.fault, None);
        assert!(report.erased > 0);
    }

    async fn erasing_takes_everybody_who_was_merged_along(world) {
        let id = canary(world).await;
        let ada = world.as_(&world.ada);
        let kept = ada.post("/api/v1/customers", json!({"name": format!("{CANARY} two")})).expect(201).await;
        ada.post(&format!("/api/v1/customers/{id}/merges"), json!({"into": kept["id"]})).expect(201).await;
        let receipt = ada.call(http::Method::POST, &format!("/api/v1/customers/{id}/erasure")).expect(201).await;
        assert_eq!(receipt["customer_id"], kept["id"]);
        assert_eq!(holding(world).await, Vec::<String>::new());
    }

    async fn a_large_person_is_erased_in_short_steps_and_a_crash_between_them_loses_nothing(world) {
        let id = canary(world).await;
        let (ada, customer) = (world.as_(&world.ada), id.parse::<CustomerId>().unwrap());
        for number in 0..3 {
            let new = json!({"subject": format!("{CANARY} {number}"), "body": CANARY, "requester": {"customer_id": id}});
            ada.post("/api/v1/tickets", new).expect(201).await;
        }
        let cx = acme(world);
        many_messages(world, customer).await;
        let receipt = cx.write(move |tx, cx| begin(tx, cx, customer)).await.unwrap();
        let mut most = 0;
        for _ in 0..3 {
            let before = holding_rows(world).await;
            assert!(cx.write(move |tx, cx| step(tx, cx, receipt)).await.unwrap().is_none());
            most = most.max(before - holding_rows(world).await);
        }
        assert!(most <= 400, "a step touched {most} rows");
        assert!(!holding(world).await.is_empty(), "the crash comes in the middle");
        let path = format!("/api/v1/customers/{id}");
        ada.patch(&path, json!({"name": "Back"})).header("if-match", "\"2\"").send().await.problem(409, "customer_erased");
        let again = json!({"subject": "Hello", "body": "b", "requester": {"email": format!("{CANARY}@shop.test")}});
        let somebody = ada.post("/api/v1/tickets", again).expect(201).await;
        assert_ne!(somebody["customer"]["id"], json!(id), "whoever writes meanwhile is somebody new");

        world.clock.advance_seconds(61);
        world.opened.worker.run_due().await.unwrap();
        let left: Vec<String> = holding(world).await.into_iter().filter(|place| !place.starts_with("customer") && !place.starts_with("event")).collect();
        assert_eq!(left, Vec::<String>::new());
        let kept = cx.write(move |tx, cx| step(tx, cx, receipt)).await.unwrap().unwrap();
        assert_eq!((kept.receipt, kept.customer_id), (receipt, customer));
        assert!(kept.erased["tickets"].as_u64().unwrap() > 700, "{kept:?}");
        world.sealed().await;
        let (house, workspace) = (world.house().clone(), world.acme);
        let report = tokio::task::spawn_blocking(move || server::audit::check(&house, workspace)).await.unwrap().unwrap();
        assert_eq!(report.fault, None);
    }

    async fn asking_twice_goes_on_with_the_same_erasure(world) {
        let id = canary(world).await;
        let customer = id.parse::<CustomerId>().unwrap();
        let first = acme(world).write(move |tx, cx| begin(tx, cx, customer)).await.unwrap();
        let path = format!("/api/v1/customers/{id}/erasure");
        let receipt = world.as_(&world.ada).call(http::Method::POST, &path).expect(201).await;
        assert_eq!(receipt["receipt"], json!(first));
        assert_eq!(holding(world).await, Vec::<String>::new());
    }

    async fn an_erasure_waits_for_who_writes_on_the_person_just_now(world) {
        let customer = canary(world).await.parse::<CustomerId>().unwrap();
        let (written, until_written) = std::sync::mpsc::channel();
        let (begun, until_begun) = std::sync::mpsc::channel::<()>();
        let (written, until_begun) = (Mutex::new(written), Mutex::new(until_begun));
        let cx = acme(world);
        let writing = cx.write(move |tx, cx| {
            let who = serde_json::from_value(json!({"customer_id": customer})).unwrap();
            let account = requester(tx, cx, &who)?;
            tx.first("SELECT id FROM ticket WHERE workspace_id = $1", &[&cx.workspace()], |_| Ok(()))?;
            written.lock().send(()).unwrap();
            let is_overtaken = until_begun.lock().recv_timeout(std::time::Duration::from_millis(300)).is_ok();
            Ok((account.customer, is_overtaken))
        });
        let erasing = async {
            tokio::task::spawn_blocking(move || until_written.recv().unwrap()).await.unwrap();
            cx.write(move |tx, cx| begin(tx, cx, customer)).await.unwrap();
            begun.send(()).unwrap_or_default();
        };
        let (outcome, ()) = tokio::join!(writing, erasing);
        assert_eq!(outcome.unwrap(), (customer, false));
    }

    async fn an_erasure_finds_what_the_person_was_just_writing(world) {
        writing_meets_erasing(world, false).await;
    }

    async fn an_erasure_finds_what_staff_were_just_writing(world) {
        writing_meets_erasing(world, true).await;
    }

    async fn nothing_is_written_on_a_person_while_they_are_being_erased(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let asked = lia.ask("I cannot pay.").await;
        let ticket = read(world, &asked).await;
        let customer = ticket["customer"]["id"].as_str().unwrap().parse::<CustomerId>().unwrap();
        let receipt = acme(world).write(move |tx, cx| begin(tx, cx, customer)).await.unwrap();
        let path = format!("/api/v1/me/tickets/{}/messages", text(&asked["id"]));
        assert_eq!(lia.post(&path, json!({"body": "Hello?"})).send().await.status, 401);
        let (dressed, file) = (lia.headers(), world.as_nobody().call(http::Method::POST, "/api/v1/me/uploads"));
        let file = dressed.into_iter().fold(file, |call, (name, value)| call.header(name, value));
        let file = file.header("x-filename", "bill.txt").raw("text/plain", "Lia's bill");
        assert_eq!(file.send().await.status, 401);
        let ben = world.as_(&world.ben);
        let reply = json!({"kind": "note", "body": "She called."});
        ben.post(&at(&ticket, "/messages"), reply.clone()).send().await.problem(409, "customer_erased");
        let subject = ben.patch(&at(&ticket, ""), json!({"subject": "Lia's bill"})).header("if-match", format!("\"{}\"", ticket["version"]));
        subject.send().await.problem(409, "customer_erased");
        while acme(world).write(move |tx, cx| step(tx, cx, receipt)).await.unwrap().is_none() {}
        ben.post(&at(&ticket, "/messages"), reply).expect(201).await;
    }

    async fn an_erased_person_who_comes_back_is_somebody_new(world) {
        let id = canary(world).await;
        world.as_(&world.ada).call(http::Method::POST, &format!("/api/v1/customers/{id}/erasure")).expect(201).await;
        let guest = at_widget(world, identity(&format!("{CANARY}-1"), None));
        let back = guest.write(|tx, cx| guest_or_create(tx, cx).map(|(_, account)| account)).await.unwrap();
        assert!(back.is_new && back.customer.to_string() != id);
    }

    async fn exports_and_erasures_are_in_the_access_log_and_need_the_right(world) {
        let id = canary(world).await;
        let (house, workspace) = (world.house().clone(), world.acme);
        let viewer = tokio::task::spawn_blocking(move || member(&house, workspace, "vic@acme.test", Role::Viewer)).await.unwrap();
        let path = format!("/api/v1/customers/{id}");
        world.as_(&viewer).get(&format!("{path}/export")).send().await.problem(403, "missing_right");
        world.as_(&viewer).call(http::Method::POST, &format!("{path}/erasure")).send().await.problem(403, "missing_right");
        world.as_(&world.ada).get(&format!("{path}/export")).expect(200).await;
        let logged: Vec<String> = acme(world).read(|tx, cx| {
            tx.all("SELECT action FROM access_log WHERE workspace_id = $1 ORDER BY seq", &[&cx.workspace()], |row| row.get(0))
        }).await.unwrap();
        assert!(logged.contains(&"exportCustomer".to_owned()), "{logged:?}");
    }
}

/// A customer who has the canary in every field of their own (a plan is a label that many share), and a ticket full of it.
async fn canary(world: &World) -> String {
    let ada = world.as_(&world.ada);
    let new = json!({
        "name": format!("{CANARY} one"), "external_id": format!("{CANARY}-1"), "plan": "starter",
        "addresses": [{"value": format!("{CANARY}@shop.test")}], "attributes": {CANARY: CANARY},
    });
    let id = ada.post("/api/v1/customers", new).expect(201).await["id"].as_str().unwrap().to_owned();
    let patch = json!({"name": format!("{CANARY} again")});
    ada.patch(&format!("/api/v1/customers/{id}"), patch).header("if-match", "\"1\"").expect(200).await;
    let ticket = json!({
        "subject": CANARY, "body": format!("I am {CANARY}"), "external_id": format!("{CANARY}-t"), "requester": {"customer_id": id},
    });
    ada.post("/api/v1/tickets", ticket).header("idempotency-key", "k-1").expect(201).await;
    id
}

/// Somebody writes on a person's ticket, and before the commit somebody else erases the person.
async fn writing_meets_erasing(world: &World, by_staff: bool) {
    let customer = canary(world).await.parse::<CustomerId>().unwrap();
    let ticket = newest_ticket(world).await;
    let (written, until_written) = std::sync::mpsc::channel();
    let (begun, until_begun) = std::sync::mpsc::channel::<()>();
    let (written, until_begun) = (Mutex::new(written), Mutex::new(until_begun));
    let cx = acme(world);
    let writing = cx.write(move |tx, cx| {
        let reply = NewReply {
            kind: MessageKind::Reply,
            body: Prepared::text(format!("{CANARY} once more")),
            last_seen: None,
            client_id: None,
            attachments: Vec::new(),
        };
        match by_staff {
            true => drop(add(tx, cx, ticket, &reply)?),
            false => drop(add_from_customer(tx, &cx.as_customer(customer), ticket, &reply)?),
        }
        tx.first("SELECT id FROM ticket WHERE workspace_id = $1", &[&cx.workspace()], |_| Ok(()))?;
        written.lock().send(()).unwrap();
        Ok(until_begun.lock().recv_timeout(std::time::Duration::from_millis(300)).is_ok())
    });
    let erasing = async {
        tokio::task::spawn_blocking(move || until_written.recv().unwrap()).await.unwrap();
        let receipt = cx.write(move |tx, cx| begin(tx, cx, customer)).await.unwrap();
        begun.send(()).unwrap_or_default();
        receipt
    };
    let (is_overtaken, receipt) = tokio::join!(writing, erasing);
    assert!(!is_overtaken.unwrap(), "the erasure waited");
    while cx.write(move |tx, cx| step(tx, cx, receipt)).await.unwrap().is_none() {}
    assert_eq!(holding(world).await, Vec::<String>::new());
}

/// The ticket that was opened last.
async fn newest_ticket(world: &World) -> TicketId {
    let tickets = world.as_(&world.ada).get("/api/v1/tickets").expect(200).await;
    tickets["items"][0]["id"].as_str().unwrap().parse().unwrap()
}

/// Three hundred messages full of the canary in each ticket of a customer.
async fn many_messages(world: &World, customer: CustomerId) {
    let (acme, env) = (world.acme, world.house().env.clone());
    let written = world.house().db.write(acme.uuid(), move |tx| {
        let tickets: Vec<uuid::Uuid> = tx.all(
            "SELECT id FROM ticket WHERE workspace_id = $1 AND customer_id = $2",
            &[&acme, &customer],
            |row| row.get(0),
        )?;
        for ticket in &tickets {
            for _ in 0..300 {
                let message: desk::tickets::MessageId = base::Id::new(&env, base::CellNumber::new(0));
                tx.exec(
                    "INSERT INTO message (workspace_id, ticket_id, id, kind, direction, author_kind, body_format, body, \
                     sanitiser, attachments, created_at) VALUES ($1, $2, $3, 'reply', 'in', 'customer', 'text', $4, 1, 0, $5)",
                    &[&acme, ticket, &message, &CANARY, &env.now()],
                )?;
            }
        }
        Ok(())
    });
    written.await.unwrap();
}

/// How many messages hold the canary.
async fn holding_rows(world: &World) -> i64 {
    let acme = world.acme;
    let counted = world.house().db.read(acme.uuid(), move |tx| {
        tx.first("SELECT COUNT(*) FROM message WHERE workspace_id = $1 AND body <> ''", &[&acme], |row| row.get(0))
    });
    counted.await.unwrap().unwrap()
}

/// Every table and column of the database that holds the canary, as text or bytes.
async fn holding(world: &World) -> Vec<String> {
    let cx = acme(world);
    let found = cx.read(|tx, _| {
        let mut found = Vec::new();
        for table in db::tables(tx)? {
            let columns = db::columns(tx, &table)?;
            tx.each(&format!("SELECT * FROM {table}"), &[], |row| {
                for (index, (name, _)) in columns.iter().enumerate() {
                    let bytes = match row.value(index)? {
                        Column::Text(text) => text.as_bytes().to_vec(),
                        Column::Bytes(bytes) => bytes.to_vec(),
                        _ => continue,
                    };
                    if String::from_utf8_lossy(&bytes).to_lowercase().contains(CANARY) {
                        found.push(format!("{table}.{name}"));
                    }
                }
                Ok(true)
            })?;
        }
        found.sort();
        found.dedup();
        Ok(found)
    });
    found.await.unwrap()
}
