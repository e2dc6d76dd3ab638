//! Messages: no reply goes out over an unseen message, notes stay in the house, and what is sent twice is one message.

use futures_util::future::join_all;
use serde_json::json;

use super::scene::{Visitor, at, items, of_lia, open, read, rows, text, widget_key};
use crate::harness::both_engines;

both_engines! {
    async fn a_reply_over_an_unseen_message_is_held_back(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        let seen = read(world, &ticket).await["last_message_id"].clone();
        let newer = lia.write(&ticket, "Found it myself!").await;
        let before = (rows(world, "message").await, rows(world, "event").await);
        let version = read(world, &ticket).await["version"].clone();
        let reply = |seen: &serde_json::Value| json!({"kind": "reply", "body": "Try again.", "last_seen_message_id": seen});
        let ben = world.as_(&world.ben);
        let held = ben.post(&at(&ticket, "/messages"), reply(&seen)).send().await.problem(409, "newer_messages");
        assert_eq!(held["new_messages"].as_array().unwrap().len(), 1);
        assert_eq!(held["new_messages"][0]["id"], newer["id"]);
        assert_eq!(held["new_messages"][0]["body"], "Found it myself!");
        assert_eq!((rows(world, "message").await, rows(world, "event").await), before);
        assert_eq!(read(world, &ticket).await["version"], version);
        let sent = ben.post(&at(&ticket, "/messages"), reply(&newer["id"])).expect(201).await;
        assert_eq!((text(&sent["kind"]), text(&sent["direction"]), text(&sent["author"]["name"])), ("reply", "out", "ben"));
        assert_eq!(read(world, &ticket).await["first_response_at"], sent["created_at"]);
    }

    async fn what_is_written_later_sorts_later_whatever_the_clocks_say(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        // One process writes with a clock that is an hour ahead of the next one's.
        world.clock.advance_seconds(3600);
        let seen = lia.write(&ticket, "The card is refused.").await;
        world.clock.advance_seconds(-3600);
        let newer = lia.write(&ticket, "Found it myself!").await;
        let reply = |seen: &serde_json::Value| json!({"kind": "reply", "body": "Try again.", "last_seen_message_id": seen});
        let ben = world.as_(&world.ben);
        let held = ben.post(&at(&ticket, "/messages"), reply(&seen["id"])).send().await.problem(409, "newer_messages");
        assert_eq!(held["new_messages"][0]["id"], newer["id"]);
        ben.post(&at(&ticket, "/messages"), reply(&newer["id"])).expect(201).await;
        let bodies: Vec<String> = items(&ben.get(&at(&ticket, "/messages")).expect(200).await).iter().map(|message| text(&message["body"]).to_owned()).collect();
        assert_eq!(bodies, ["I cannot pay.", "The card is refused.", "Found it myself!", "Try again."]);
    }

    async fn a_note_needs_no_guard_and_never_leaves_the_house(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        let seen = read(world, &ticket).await["last_message_id"].clone();
        lia.write(&ticket, "Hello?").await;
        let note = json!({"kind": "note", "body": "SECRET: she owes us.", "last_seen_message_id": seen});
        let note = world.as_(&world.ben).post(&at(&ticket, "/messages"), note).expect(201).await;
        let after = read(world, &ticket).await;
        assert_eq!(after["preview"], "Hello?");
        assert_ne!(after["last_message_id"], note["id"]);
        assert_eq!(after["first_response_at"], json!(null));
        let own = lia.messages(&ticket).await;
        assert_eq!(own.len(), 2);
        for path in ["/api/v1/me/tickets".to_owned(), format!("/api/v1/me/tickets/{}", text(&ticket["id"])), format!("/api/v1/me/tickets/{}/messages", text(&ticket["id"]))] {
            let shown = lia.get(&path).expect(200).await.to_string();
            assert!(!shown.contains("SECRET") && !shown.contains(text(&note["id"])), "{path}");
        }
        let staff = world.as_(&world.ada).get(&at(&ticket, "/messages")).expect(200).await;
        assert_eq!(items(&staff).iter().map(|message| text(&message["kind"])).collect::<Vec<_>>(), ["reply", "reply", "note"]);
    }

    async fn one_client_id_is_one_message(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        let reply = json!({"kind": "reply", "body": "Try again.", "client_id": "c-1"});
        let ben = world.as_(&world.ben);
        let first = ben.post(&at(&ticket, "/messages"), reply.clone()).expect(201).await;
        let again = ben.post(&at(&ticket, "/messages"), reply.clone()).expect(201).await;
        assert_eq!(first, again);
        let at_once = json!({"kind": "reply", "body": "Or later.", "client_id": "c-2"});
        let path = at(&ticket, "/messages");
        let sent = join_all((0..6).map(|_| ben.post(&path, at_once.clone()).expect(201))).await;
        assert!(sent.iter().all(|message| message["id"] == sent[0]["id"]));
        assert_eq!(rows(world, "message").await, 3);
    }

    async fn a_customers_client_id_is_one_message_and_one_ticket(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let new = json!({"body": "I cannot pay.", "client_id": "w-1"});
        let first = lia.post("/api/v1/me/tickets", new.clone()).expect(201).await;
        let again = lia.post("/api/v1/me/tickets", new).expect(201).await;
        assert_eq!(first["id"], again["id"]);
        let other = json!({"body": "And another thing.", "client_id": "w-3"});
        let at_once = join_all((0..6).map(|_| lia.post("/api/v1/me/tickets", other.clone()).expect(201))).await;
        assert!(at_once.iter().all(|ticket| ticket["id"] == at_once[0]["id"]));
        let path = format!("/api/v1/me/tickets/{}/messages", text(&first["id"]));
        let more = json!({"body": "Hello?", "client_id": "w-2"});
        let one = lia.post(&path, more.clone()).expect(201).await;
        let two = lia.post(&path, more).expect(201).await;
        assert_eq!(one["id"], two["id"]);
        assert_eq!((rows(world, "ticket").await, rows(world, "message").await), (2, 3));
    }

    async fn a_client_id_is_its_senders_own(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.post("/api/v1/me/tickets", json!({"body": "I cannot pay.", "client_id": "0"})).expect(201).await;
        let (ben, ada, path) = (world.as_(&world.ben), world.as_(&world.ada), at(&ticket, "/messages"));
        let note = json!({"kind": "note", "body": "SECRET: she owes us.", "client_id": "1"});
        ben.post(&path, note).expect(201).await;
        // A customer neither reads a note by its id, nor loses what they write.
        let own = format!("/api/v1/me/tickets/{}/messages", text(&ticket["id"]));
        let hello = json!({"body": "Hello?", "client_id": "1"});
        let first = lia.post(&own, hello.clone()).expect(201).await;
        assert_eq!(text(&first["text"]), "Hello?");
        assert_eq!(lia.post(&own, hello).expect(201).await["id"], first["id"]);
        // Neither does staff, and two of them are two.
        let reply = |body: &str| json!({"kind": "reply", "body": body, "client_id": "0"});
        assert_eq!(text(&ben.post(&path, reply("Try again.")).expect(201).await["body"]), "Try again.");
        assert_eq!(text(&ada.post(&path, reply("Or call.")).expect(201).await["body"]), "Or call.");
        assert_eq!(text(&ben.post(&path, reply("Try again.")).expect(201).await["body"]), "Try again.");
        // An id that staff used opens a ticket of its own.
        ben.post(&path, json!({"kind": "note", "body": "Waits.", "client_id": "2"})).expect(201).await;
        let other = lia.post("/api/v1/me/tickets", json!({"body": "Something else.", "client_id": "2"})).expect(201).await;
        assert_ne!(other["id"], ticket["id"]);
        assert_eq!(lia.messages(&ticket).await.len(), 4);
        assert_eq!(rows(world, "message").await, 7);
    }

    async fn messages_come_oldest_first_in_pages(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        for number in 0..7 {
            let note = json!({"kind": "note", "body": format!("Note {number}")});
            world.as_(&world.ben).post(&at(&ticket, "/messages"), note).expect(201).await;
        }
        let (mut seen, mut path) = (Vec::new(), at(&ticket, "/messages?limit=3"));
        loop {
            let page = world.as_(&world.ben).get(&path).expect(200).await;
            seen.extend(items(&page).iter().map(|message| text(&message["body"]).to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            path = at(&ticket, &format!("/messages?limit=3&after={next}"));
        }
        let expected = std::iter::once("It does not work.".to_owned()).chain((0..7).map(|number| format!("Note {number}")));
        assert_eq!(seen, expected.collect::<Vec<_>>());
    }

    async fn markup_is_kept_as_written_and_shown_safe(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        let body = "<p onclick=\"x()\">Hi <b>Lia</b><script>alert(1)</script></p>";
        let reply = json!({"kind": "reply", "body": body, "body_format": "html"});
        let sent = world.as_(&world.ben).post(&at(&ticket, "/messages"), reply).expect(201).await;
        assert_eq!(sent["body"], body);
        let html = text(&sent["html"]);
        assert!(html.contains("<b>Lia</b>") && !html.contains("script") && !html.contains("onclick"), "{html}");
        assert_eq!(read(world, &ticket).await["preview"], "Hi Lia");
    }
}
