//! Stories of spam: what is held back and why, that its sender learns nothing of it, and how it comes out again.

use std::net::IpAddr;

use desk::arrival::{Arrived, Findings, receive};
use desk::spam::{Pressure, Signs, may_reply_automatically};
use desk::tickets::{Channel, Opening, Prepared};
use futures_util::future::join_all;
use http::Method;
use people::customers::Requester;
use serde_json::{Value, json};
use trust::Cx;
use trust::access::Via;

use super::scene::{
    Visitor, at, change, days_pass, items, of_lia, open, read, rows, set_status, team, text, widget_key,
};
use crate::harness::{Answer, World, both_engines};

/// What Ada finds in the quarantine.
async fn held(world: &World) -> Vec<Value> {
    items(&world.as_(&world.ada).get("/api/v1/quarantine").expect(200).await).clone()
}

async fn rule(world: &World, kind: &str, value: &str, blocked: bool) -> Answer {
    let new = json!({"kind": kind, "value": value, "blocked": blocked, "reason": "Pills"});
    world.as_(&world.ada).post("/api/v1/sender-rules", new).send().await
}

/// A message of a customer that a door knows these signs of; the cause when it is held back.
async fn arrives(world: &World, address: &str, body: &str, signs: Signs) -> Option<String> {
    let cx = Cx::of_house(world.house(), world.acme, Via::Job);
    let requester: Requester = serde_json::from_value(json!({"email": address})).unwrap();
    let number = 90_000 + rows(world, "ticket").await * 100 + rows(world, "quarantined").await;
    let opening = Opening::plain(number, "Hello".to_owned(), Prepared::text(body.to_owned()), Channel::Email);
    let arrived = cx.write(move |tx, cx| {
        let account = people::customers::requester(tx, cx, &requester)?;
        Ok(matches!(receive(tx, cx, &account, &opening, &Findings::default(), &signs)?, Arrived::Held(_)))
    });
    if !arrived.await.unwrap() {
        return None;
    }
    Some(text(&held(world).await[0]["cause"]).to_owned())
}

both_engines! {
    async fn who_is_held_back_sees_a_ticket_like_any_other(world) {
        let key = widget_key(world).await;
        let (lia, spammer) = (Visitor::new(world, &key).await, Visitor::new(world, &key).await);
        let real = lia.ask("I cannot pay my invoice since yesterday.").await;
        let body = json!({"body": "https://pills.example/now", "client_id": "w-1"});
        let ticket = spammer.post("/api/v1/me/tickets", body.clone()).expect(201).await;
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!((keys(&ticket), &ticket["status"]), (keys(&real), &real["status"]));
        assert_eq!(spammer.post("/api/v1/me/tickets", body).expect(201).await["id"], ticket["id"], "sent twice is one");
        let path = format!("/api/v1/me/tickets/{}", text(&ticket["id"]));
        assert_eq!(spammer.get(&path).expect(200).await["number"], ticket["number"]);
        assert_eq!(text(&spammer.messages(&ticket).await[0]["text"]), "https://pills.example/now");
        let more = spammer.write(&ticket, "Hello? Buy!").await;
        assert_eq!((&more["ticket_id"], text(&more["author"]["kind"])), (&ticket["id"], "me"));
        assert_eq!(items(&spammer.get("/api/v1/me/tickets").expect(200).await).len(), 1);
        lia.get(&path).send().await.problem(404, "not_found");
        assert_eq!(items(&lia.get("/api/v1/me/tickets").expect(200).await).len(), 1);
        // The desk does not have it.
        let ada = world.as_(&world.ada);
        ada.get(&at(&ticket, "")).send().await.problem(404, "not_found");
        assert_eq!(items(&ada.get("/api/v1/tickets").expect(200).await).len(), 1);
        let kept = &held(world).await[0];
        assert_eq!((text(&kept["cause"]), &kept["id"]), ("link_only", &ticket["id"]));
        assert_eq!(text(&kept["body"]), "https://pills.example/now\n\nHello? Buy!");
        let counts = ada.get("/api/v1/quarantine/counts").expect(200).await;
        assert_eq!(counts, json!({"total": 1, "causes": [{"cause": "link_only", "count": 1}]}));
    }

    async fn what_is_recovered_becomes_the_ticket_it_would_have_been(world) {
        let visitor = Visitor::new(world, &widget_key(world).await).await;
        let ticket = visitor.ask("www.shop.test/cart").await;
        world.clock.advance_seconds(3_600);
        let ada = world.as_(&world.ada);
        let recover = |id: &Value, body: Value| ada.post(&format!("/api/v1/quarantine/{}/recovery", text(id)), body);
        let back = recover(&ticket["id"], json!({"allow": true})).expect(201).await;
        assert_eq!((&back["id"], &back["number"], &back["opened_at"]), (&ticket["id"], &ticket["number"], &ticket["opened_at"]));
        assert_eq!(read(world, &ticket).await["subject"], ticket["subject"]);
        assert_eq!(visitor.messages(&ticket).await.len(), 1);
        recover(&ticket["id"], json!({})).send().await.problem(404, "not_found");
        assert_eq!(held(world).await.len(), 0);
        // Let in from now on, even when the first ticket is gone.
        change(world, Method::DELETE, &ticket, "", Value::Null).await;
        let next = visitor.ask("www.shop.test/cart/2").await;
        assert_eq!(read(world, &next).await["status"], "open");
        let settings = ada.get("/api/v1/spam-settings").expect(200).await;
        assert_eq!((&settings["fine_learned"], &settings["spam_learned"]), (&json!(1), &json!(0)));
    }

    async fn what_is_recovered_is_read_and_belongs_where_it_would_have(world) {
        let (visitor, support) = (Visitor::new(world, &widget_key(world).await).await, team(world, "Support").await);
        let ada = world.as_(&world.ada);
        let recover = async |ticket: &Value| {
            ada.post(&format!("/api/v1/quarantine/{}/recovery", text(&ticket["id"])), json!({})).expect(201).await
        };
        // Whoever is blocked and leaves is told apart once somebody lets the message out.
        let first = visitor.ask("I have a question about my invoice.").await;
        let customer = read(world, &first).await["customer"]["id"].clone();
        change(world, Method::PUT, &first, "/assignment", json!({"team_id": support})).await;
        set_status(world, &first, "resolved").await;
        days_pass(world, 8).await;
        assert_eq!(rule(world, "visitor", text(&customer), true).await.status, 201);
        world.clock.advance_seconds(2);
        let leaving = visitor.ask("Please cancel our subscription at the end of May.").await;
        let leaving = recover(&leaving).await;
        assert_eq!((text(&leaving["priority"]), &leaving["tags"]), ("urgent", &json!(["churn-risk"])));
        // What goes on from a ticket goes to its team.
        let follow_up = visitor.write(&first, "And another one.").await;
        assert_ne!(follow_up["ticket_id"], first["id"]);
        let back = recover(&json!({"id": follow_up["ticket_id"]})).await;
        assert_eq!((&back["team_id"], &back["follows_id"]), (&support, &first["id"]));
        // A workspace that switched triage off is not read either.
        let off = json!({"is_on": false, "automatic_answers": false, "apply_above": 0.8, "currency": "EUR", "rates": {}});
        ada.put("/api/v1/triage/settings", off).header("if-match", "\"0\"").expect(200).await;
        world.clock.advance_seconds(2);
        let quiet = visitor.ask("Please cancel our other subscription at once.").await;
        assert_eq!(text(&recover(&quiet).await["priority"]), "normal");
    }

    async fn files_of_what_is_held_back_are_not_lost(world) {
        let visitor = Visitor::new(world, &widget_key(world).await).await;
        let send = world.as_nobody().call(Method::POST, "/api/v1/me/uploads").header("x-filename", "a.txt");
        let send = visitor.headers().into_iter().fold(send, |send, (name, value)| send.header(name, value));
        let file = send.raw("text/plain", "hello").expect(201).await["id"].clone();
        let new = json!({"body": "https://x.example", "attachments": [file]});
        let ticket = visitor.post("/api/v1/me/tickets", new).expect(201).await;
        assert_eq!((&held(world).await[0]["attachments"], &held(world).await[0]["files"]), (&json!(1), &Value::Null));
        let whole = world.as_(&world.ada).get(&format!("/api/v1/quarantine/{}", text(&ticket["id"]))).expect(200).await;
        assert_eq!(whole["files"], json!([{"name": "a.txt", "content_type": "text/plain", "size": 5}]), "named before it is let out");
        assert_eq!(text(&visitor.messages(&ticket).await[0]["attachments"][0]["name"]), "a.txt");
        let path = format!("/api/v1/quarantine/{}/recovery", text(&ticket["id"]));
        world.as_(&world.ada).post(&path, json!({})).expect(201).await;
        let messages = visitor.messages(&ticket).await;
        assert_eq!(text(&messages[0]["attachments"][0]["name"]), "a.txt");
    }

    async fn what_is_added_to_what_is_held_back_is_kept_message_by_message(world) {
        let visitor = Visitor::new(world, &widget_key(world).await).await;
        let ticket = visitor.ask("https://x.example").await;
        let send = world.as_nobody().call(Method::POST, "/api/v1/me/uploads").header("x-filename", "a.txt");
        let send = visitor.headers().into_iter().fold(send, |send, (name, value)| send.header(name, value));
        let file = send.raw("text/plain", "hello").expect(201).await["id"].clone();
        let path = format!("/api/v1/me/tickets/{}/messages", text(&ticket["id"]));
        let more = json!({"body": "With a file.", "client_id": "m-1", "attachments": [file]});
        let sent = visitor.post(&path, more.clone()).expect(201).await;
        assert_eq!(text(&sent["attachments"][0]["name"]), "a.txt");
        assert_eq!(visitor.post(&path, more).expect(201).await, sent, "sent twice is one");
        // Those who write at once lose nothing.
        let words = ["one", "two", "three", "four"];
        let at_once = join_all(words.map(|word| visitor.write(&ticket, word))).await;
        let shown = visitor.messages(&ticket).await;
        assert_eq!((shown.len(), &shown[1]["id"]), (6, &sent["id"]));
        assert!(at_once.iter().all(|one| shown.iter().any(|message| message["id"] == one["id"])));
        let kept = &held(world).await[0];
        assert_eq!(kept["attachments"], 1);
        assert!(text(&kept["body"]).starts_with("https://x.example\n\nWith a file."));
        assert!(words.iter().all(|word| text(&kept["body"]).contains(word)));
        // It ends somewhere, by number and by size, and a list shows the beginning.
        let long = json!({"body": "x".repeat(262_140)});
        visitor.post(&path, long).send().await.problem(429, "written_enough");
        for _ in 5..20 {
            visitor.write(&ticket, "More.").await;
        }
        visitor.post(&path, json!({"body": "And more."})).send().await.problem(429, "written_enough");
        // All of it comes out again, as it was.
        let before = visitor.messages(&ticket).await;
        let recover = format!("/api/v1/quarantine/{}/recovery", text(&ticket["id"]));
        world.as_(&world.ada).post(&recover, json!({})).expect(201).await;
        let after = visitor.messages(&ticket).await;
        let ids = |messages: &[Value]| messages.iter().map(|message| message["id"].clone()).collect::<Vec<_>>();
        assert_eq!((ids(&after), before.len()), (ids(&before), 21));
        assert_eq!(text(&after[1]["attachments"][0]["name"]), "a.txt");
        assert_eq!(rows(world, "quarantined_message").await, 0);
    }

    async fn customers_we_know_are_never_held_back_by_a_guess(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        lia.ask("I cannot pay my invoice since yesterday.").await;
        let link = lia.ask("https://shop.test/cart").await;
        assert_eq!(read(world, &link).await["status"], "open");
        assert_eq!(held(world).await.len(), 0);
        // A rule of the workspace holds nevertheless, and says how often.
        assert_eq!(rule(world, "visitor", text(&read(world, &link).await["customer"]["id"]), true).await.status, 201);
        lia.ask("And another question about my invoice.").await;
        assert_eq!(text(&held(world).await[0]["cause"]), "blocked_visitor");
        let rules = world.as_(&world.ada).get("/api/v1/sender-rules").expect(200).await;
        assert_eq!((&items(&rules)[0]["hits"], text(&items(&rules)[0]["reason"])), (&json!(1), "Pills"));
    }

    async fn who_is_blocked_or_presses_adds_nothing_to_a_ticket_either(world) {
        let (key, ada) = (widget_key(world).await, world.as_(&world.ada));
        let (blocked, chatty) = (Visitor::new(world, &key).await, Visitor::new(world, &key).await);
        let ticket = blocked.ask("I cannot pay my invoice since yesterday.").await;
        let path = |ticket: &Value| format!("/api/v1/me/tickets/{}/messages", text(&ticket["id"]));
        let first = blocked.post(&path(&ticket), json!({"body": "Hello?", "client_id": "m-1"})).expect(201).await;
        set_status(world, &ticket, "resolved").await;
        assert_eq!(rule(world, "visitor", text(&read(world, &ticket).await["customer"]["id"]), true).await.status, 201);
        world.clock.advance_seconds(2);
        blocked.post(&path(&ticket), json!({"body": "Buy pills!"})).send().await.problem(429, "written_enough");
        let again = blocked.post(&path(&ticket), json!({"body": "Hello?", "client_id": "m-1"})).expect(201).await;
        assert_eq!(again["id"], first["id"], "what was taken before is still taken");
        assert_eq!(read(world, &ticket).await["status"], "resolved", "and nothing opens it again");
        // Ten messages for each ticket of the limit.
        let settings = json!({"on": true, "per_hour": 1, "threshold": 0.98});
        ada.put("/api/v1/spam-settings", settings).header("if-match", "\"0\"").expect(200).await;
        world.clock.advance_seconds(2);
        let chat = chatty.ask("I have a question about my parcel, please.").await;
        for _ in 0..10 {
            chatty.write(&chat, "And more.").await;
        }
        chatty.post(&path(&chat), json!({"body": "And more."})).send().await.problem(429, "written_enough");
        world.clock.advance_seconds(3_601);
        chatty.write(&chat, "And more.").await;
    }

    async fn every_cause_is_named(world) {
        let words = "I would like to know when my parcel arrives.";
        let usual = Signs::default;
        assert_eq!(arrives(world, "a@fine.test", words, usual()).await, None);
        for (kind, value) in [("address", "Bad@One.test"), ("domain", "spam.test"), ("network", "203.0.113.0/24")] {
            assert_eq!(rule(world, kind, value, true).await.status, 201);
        }
        rule(world, "address", "good@spam.test", false).await.expect(201);
        let from: IpAddr = "203.0.113.9".parse().unwrap();
        let causes = [
            ("bad@one.test", words, usual(), Some("blocked_address")),
            ("x@mail.spam.test", words, usual(), Some("blocked_domain")),
            ("good@spam.test", words, usual(), None),
            ("b@fine.test", words, Signs { address: Some(from), ..usual() }, Some("blocked_network")),
            ("c@fine.test", words, Signs { claimed: Some("bad@one.test".to_owned()), ..usual() }, Some("blocked_address")),
            ("d@fine.test", words, Signs { is_automatic: true, ..usual() }, Some("automatic")),
            ("e@fine.test", words, Signs { recipients: 49, ..usual() }, Some("too_many_recipients")),
            ("f@fine.test", words, Signs { recipients: 48, ..usual() }, None),
            ("g@fine.test", words, Signs { pressure: Pressure::Burst, ..usual() }, Some("burst")),
            ("h@fine.test", words, Signs { pressure: Pressure::Suspended, ..usual() }, Some("suspended")),
            ("i@fine.test", "https://x.example/a", usual(), Some("link_only")),
        ];
        for (address, body, signs, cause) in causes {
            world.clock.advance_seconds(1);
            assert_eq!(arrives(world, address, body, signs).await.as_deref(), cause, "{address}");
        }
        let off = json!({"on": false, "per_hour": 20, "threshold": 0.98});
        world.as_(&world.ada).put("/api/v1/spam-settings", off).header("if-match", "\"0\"").expect(200).await;
        assert_eq!(arrives(world, "j@fine.test", "https://x.example/a", usual()).await, None, "no guesses when it is off");
        world.clock.advance_seconds(1);
        assert_eq!(arrives(world, "k@spam.test", words, usual()).await.as_deref(), Some("blocked_domain"));
    }

    async fn a_new_sender_who_writes_too_much_at_once_is_held_back(world) {
        let visitor = Visitor::new(world, &widget_key(world).await).await;
        for number in 0..7 {
            visitor.ask(&format!("I have a question, the one with number {number}.")).await;
        }
        assert_eq!(rows(world, "ticket").await, 5);
        let causes: Vec<String> = held(world).await.iter().map(|entry| text(&entry["cause"]).to_owned()).collect();
        assert_eq!(causes, ["burst", "burst"]);
    }

    async fn the_filter_learns_from_the_buttons(world) {
        let (ada, pills) = (world.as_(&world.ada), "Cheap miracle pills, casino bonus and lottery jackpot for winners");
        for number in 0..6 {
            let ticket = open(world, of_lia(&format!("Parcel {number}"))).await;
            let reply = json!({"kind": "reply", "body": "On its way."});
            world.as_(&world.ben).post(&at(&ticket, "/messages"), reply).expect(201).await;
        }
        for number in 0..5 {
            let mut new = of_lia("Cheap pills");
            new["body"] = json!(pills);
            new["requester"] = json!({"email": format!("s{number}@pills.test")});
            let ticket = open(world, new).await;
            let mark = ada.put(&at(&ticket, "/spam"), json!({"spam": true, "block": number == 0})).header("if-match", "\"1\"");
            assert_eq!(mark.send().await.status, 204);
            ada.get(&at(&ticket, "")).send().await.problem(404, "not_found");
        }
        let learned = ada.get("/api/v1/spam-settings").expect(200).await;
        assert_eq!((&learned["spam_learned"], &learned["fine_learned"]), (&json!(5), &json!(0)));
        assert_eq!(arrives(world, "n1@new.test", pills, Signs::default()).await, None, "it says nothing yet");
        world.opened.worker.run_due().await.unwrap();
        let learned = ada.get("/api/v1/spam-settings").expect(200).await;
        assert_eq!(learned["fine_learned"], 6, "what was answered is no spam");
        world.clock.advance_seconds(2);
        assert_eq!(arrives(world, "n2@new.test", pills, Signs::default()).await.as_deref(), Some("content"));
        assert!(held(world).await[0]["score"].as_f64().unwrap() > 0.98);
        assert_eq!(arrives(world, "n3@new.test", "When does it work, my parcel?", Signs::default()).await, None);
        world.clock.advance_seconds(1);
        assert_eq!(arrives(world, "s0@pills.test", "Hello, me again with words.", Signs::default()).await.as_deref(), Some("blocked_address"));
        // What is recovered is learned, once.
        let id = held(world).await[1]["id"].clone();
        ada.post(&format!("/api/v1/quarantine/{}/recovery", text(&id)), json!({})).expect(201).await;
        let id = held(world).await[0]["id"].clone();
        assert_eq!(ada.delete(&format!("/api/v1/quarantine/{}", text(&id))).send().await.status, 204);
        let learned = ada.get("/api/v1/spam-settings").expect(200).await;
        assert_eq!((&learned["spam_learned"], &learned["fine_learned"]), (&json!(6), &json!(7)));
    }

    async fn a_ticket_or_a_text_is_tried_before_anything_is_set(world) {
        let ada = world.as_(&world.ada);
        let door = "/api/v1/spam-settings/preview";
        let pills = json!({"subject": "Now", "body": "https://pills.example/now"});
        let tried = ada.post(door, pills.clone()).expect(200).await;
        assert_eq!((&tried["held"], text(&tried["cause"]), &tried["score"]), (&json!(true), "link_only", &json!(null)));
        // A ticket of somebody who was answered is let in whatever it looks like.
        let mut linked = of_lia("Look");
        linked["body"] = json!("https://pills.example/now");
        let first = open(world, of_lia("Cannot pay")).await;
        world.clock.advance_seconds(1);
        let ticket = open(world, linked).await;
        let of = json!({"ticket_id": ticket["id"]});
        let tried = ada.post(door, of.clone()).expect(200).await;
        assert_eq!((&tried["held"], text(&tried["cause"]), &tried["known"]), (&json!(false), "link_only", &json!(true)));
        let tried = ada.post(door, json!({"ticket_id": first["id"]})).expect(200).await;
        assert_eq!((&tried["held"], &tried["cause"], &tried["known"]), (&json!(false), &json!(null), &json!(false)));
        // A rule decides before all guesses, and is named.
        assert_eq!(rule(world, "domain", "shop.test", true).await.status, 201);
        let tried = ada.post(door, of).expect(200).await;
        assert_eq!((&tried["held"], text(&tried["cause"]), text(&tried["rule"]["value"])), (&json!(true), "blocked_domain", "shop.test"));
        let mut from = pills;
        from["address"] = json!("Anna@Shop.test");
        assert_eq!(ada.post(door, from).expect(200).await["cause"], json!("blocked_domain"));
        let rules = ada.get("/api/v1/sender-rules").expect(200).await;
        assert_eq!((items(&rules)[0]["hits"].clone(), held(world).await.len()), (json!(0), 0), "trying counts nothing");
        ada.post(door, json!({"subject": "Neither"})).send().await.problem(422, "invalid_field");
    }

    async fn what_nobody_recovers_goes_after_fourteen_days(world) {
        let visitor = Visitor::new(world, &widget_key(world).await).await;
        let ticket = visitor.ask("https://x.example").await;
        days_pass(world, 13).await;
        assert_eq!(held(world).await.len(), 1);
        days_pass(world, 2).await;
        assert_eq!(held(world).await.len(), 0);
        let path = format!("/api/v1/me/tickets/{}", text(&ticket["id"]));
        visitor.get(&path).send().await.problem(404, "not_found");
    }

    async fn a_sender_gets_one_automatic_reply_a_day(world) {
        let ticket = open(world, of_lia("Hello")).await;
        let (id, customer) = (text(&ticket["id"]).parse().unwrap(), text(&ticket["customer"]["id"]).parse().unwrap());
        let may = async || {
            let cx = Cx::of_house(world.house(), world.acme, Via::Job);
            cx.write(move |tx, cx| may_reply_automatically(tx, cx, id, customer)).await.unwrap()
        };
        assert_eq!((may().await, may().await), (true, false));
        world.clock.advance_seconds(86_399);
        assert!(!may().await);
        world.clock.advance_seconds(1);
        assert!(may().await);
    }

    async fn mistakes_about_senders_are_named(world) {
        for (kind, value) in [("network", "0.0.0.0/0"), ("domain", "nodot"), ("address", "lia"), ("visitor", "lia")] {
            let refused = rule(world, kind, value, true).await.problem(422, "bad_sender");
            assert_eq!(refused["errors"][0]["pointer"], "/value");
        }
        rule(world, "domain", "Spam.test", true).await.expect(201);
        rule(world, "domain", "@spam.TEST", false).await.problem(409, "sender_rule_taken");
        let past = json!({"kind": "domain", "value": "x.test", "blocked": true, "until": "2001-01-01T00:00:00Z"});
        world.as_(&world.ada).post("/api/v1/sender-rules", past).send().await.problem(422, "invalid_field");
        for (settings, pointer) in [(json!({"on": true, "per_hour": 0, "threshold": 0.9}), "/per_hour"), (json!({"on": true, "per_hour": 9, "threshold": 0.1}), "/threshold")] {
            let refused = world.as_(&world.ada).put("/api/v1/spam-settings", settings).header("if-match", "\"0\"").send().await;
            assert_eq!(refused.problem(422, "invalid_field")["errors"][0]["pointer"], pointer);
        }
        // A rule ends when it says so.
        let until = world.house().env.now().plus_seconds(60);
        let ends = json!({"kind": "domain", "value": "soon.test", "blocked": true, "until": until});
        world.as_(&world.ada).post("/api/v1/sender-rules", ends).expect(201).await;
        let words = "I would like to know when my parcel arrives.";
        assert_eq!(arrives(world, "a@soon.test", words, Signs::default()).await.as_deref(), Some("blocked_domain"));
        world.clock.advance_seconds(61);
        assert_eq!(arrives(world, "b@soon.test", words, Signs::default()).await, None);
    }
}
