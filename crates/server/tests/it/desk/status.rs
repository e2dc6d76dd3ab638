//! A ticket's life: it waits, is solved, opens again, is closed for good, and goes on in another one.

use expect_test::expect;
use http::Method;
use serde_json::{Value, json};
use trust::access::Role;

use super::scene::{Visitor, at, change, days_pass, items, of_lia, open, read, set_status, team, text, widget_key};
use crate::harness::{World, both_engines};

/// Days pass, and what was solved long ago is closed.
async fn a_week_later(world: &World) {
    days_pass(world, 8).await;
}

both_engines! {
    async fn a_pending_ticket_opens_when_the_customer_writes(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        let pending = change(world, Method::PUT, &ticket, "/status", json!({"status": "pending", "waiting_on": "third_party"})).await;
        assert_eq!((text(&pending["status"]), text(&pending["waiting_on"])), ("pending", "third_party"));
        lia.write(&ticket, "Any news?").await;
        let open = read(world, &ticket).await;
        assert_eq!((&open["status"], &open["waiting_on"]), (&json!("open"), &json!(null)));
        let waiting = set_status(world, &ticket, "pending").await;
        assert_eq!(waiting["waiting_on"], "customer");
    }

    async fn a_resolved_ticket_opens_when_the_customer_writes(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        let solved = set_status(world, &ticket, "resolved").await;
        assert!(solved["resolved_at"].is_string());
        lia.write(&ticket, "It is back.").await;
        let open = read(world, &ticket).await;
        assert_eq!((&open["status"], &open["resolved_at"]), (&json!("open"), &json!(null)));
        // A note opens nothing.
        set_status(world, &ticket, "resolved").await;
        world.as_(&world.ben).post(&at(&ticket, "/messages"), json!({"kind": "note", "body": "Done."})).expect(201).await;
        assert_eq!(read(world, &ticket).await["status"], "resolved");
    }

    async fn what_was_deleted_takes_no_turn_of_what_is_to_be_closed(world) {
        let (gone, solved) = (open(world, of_lia("Gone")).await, open(world, of_lia("Solved")).await);
        for ticket in [&gone, &solved] {
            set_status(world, ticket, "resolved").await;
        }
        change(world, Method::DELETE, &gone, "", Value::Null).await;
        let later = world.house().env.now().plus_days(8);
        let due = world.house().db.read(uuid::Uuid::nil(), move |tx| desk::tickets::due_to_close(tx, later, 7));
        let due: Vec<String> = due.await.unwrap().iter().map(|(_, id)| id.to_string()).collect();
        assert_eq!(due, [text(&solved["id"])]);
    }

    async fn a_closed_ticket_never_changes_and_goes_on_in_another(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        let billing = team(world, "Billing").await;
        change(world, Method::PUT, &ticket, "/assignment", json!({"team_id": billing})).await;
        set_status(world, &ticket, "resolved").await;
        a_week_later(world).await;
        let closed = read(world, &ticket).await;
        assert_eq!(closed["status"], "closed");
        assert!(closed["closed_at"].is_string());
        let tag = format!("\"{}\"", closed["version"]);
        let ada = world.as_(&world.ada);
        let put = |rest: &str, body: Value| ada.put(&at(&ticket, rest), body).header("if-match", &tag).send();
        put("/status", json!({"status": "open"})).await.problem(409, "ticket_closed");
        put("/assignment", json!({"assignee_id": world.ben.member})).await.problem(409, "ticket_closed");
        let patch = ada.patch(&at(&ticket, ""), json!({"priority": "low"})).header("if-match", &tag).send().await;
        patch.problem(409, "ticket_closed");
        ada.post(&at(&ticket, "/messages"), json!({"kind": "reply", "body": "Bye."})).send().await.problem(409, "ticket_closed");
        assert_eq!(read(world, &ticket).await, closed);

        let path = format!("/api/v1/me/tickets/{}/messages", text(&ticket["id"]));
        let more = json!({"body": "It is back again.", "client_id": "w-9"});
        let message = lia.post(&path, more.clone()).expect(201).await;
        assert_ne!(message["ticket_id"], ticket["id"]);
        let next = read(world, &json!({"id": message["ticket_id"]})).await;
        assert_eq!(next["follows_id"], ticket["id"]);
        assert_eq!((&next["status"], &next["team_id"], &next["subject"]), (&json!("open"), &billing, &closed["subject"]));
        let again = lia.post(&path, more).expect(201).await;
        assert_eq!(again["id"], message["id"], "sent twice is one follow-up");
        assert_eq!(items(&lia.get("/api/v1/me/tickets").expect(200).await).len(), 2);
        assert_eq!(read(world, &ticket).await, closed);
    }

    async fn waiting_on_goes_with_pending_alone(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        let put = |body: Value| world.as_(&world.ada).put(&at(&ticket, "/status"), body).header("if-match", "\"1\"").send();
        let refused = put(json!({"status": "resolved", "waiting_on": "customer"})).await.problem(422, "waiting_on");
        assert_eq!(refused["errors"][0]["pointer"], "/waiting_on");
        put(json!({"status": "pending", "waiting_on": "nobody"})).await.problem(422, "invalid_field");
        put(json!({"status": "asleep"})).await.problem(422, "invalid_field");
        assert_eq!(read(world, &ticket).await["version"], 1);
    }

    async fn a_change_needs_the_version_that_was_read(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        let ada = world.as_(&world.ada);
        let changes = || [
            ada.patch(&at(&ticket, ""), json!({"priority": "low"})),
            ada.delete(&at(&ticket, "")),
            ada.put(&at(&ticket, "/status"), json!({"status": "resolved"})),
            ada.put(&at(&ticket, "/assignment"), json!({"assignee_id": world.ben.member})),
            ada.delete(&at(&ticket, "/assignment")),
        ];
        for call in changes() { call.send().await.problem(428, "if_match_required"); }
        for call in changes() { call.header("if-match", "\"7\"").send().await.problem(412, "stale_version"); }
        for (call, tag) in changes().into_iter().zip(["*", "1, 2", "W/\"x\"", "\"-1\"", "\"one\""]) {
            let answer = call.header("if-match", tag).send().await;
            assert!([412, 422, 428, 400].contains(&answer.status.as_u16()), "{tag}: {answer:?}");
        }
        assert_eq!(read(world, &ticket).await, ticket);
        let changed = ada.patch(&at(&ticket, ""), json!({"priority": "low"})).header("if-match", "\"1\"").send().await;
        assert_eq!((changed.expect(200)["version"].clone(), changed.text_header("etag")), (json!(2), "\"2\""));
        // Saying again what is so already changes nothing.
        let same = ada.patch(&at(&ticket, ""), json!({"priority": "low"})).header("if-match", "\"2\"").expect(200).await;
        assert_eq!(same["version"], 2);
    }

    async fn a_deleted_ticket_is_gone_and_can_come_back_for_thirty_days(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        let ada = world.as_(&world.ada);
        ada.call(Method::POST, &at(&ticket, "/restoration")).send().await.problem(409, "not_deleted");
        change(world, Method::DELETE, &ticket, "", Value::Null).await;
        for rest in ["", "/messages", "/timeline"] {
            ada.get(&at(&ticket, rest)).send().await.problem(404, "not_found");
        }
        ada.delete(&at(&ticket, "")).header("if-match", "\"2\"").send().await.problem(404, "not_found");
        ada.post(&at(&ticket, "/messages"), json!({"kind": "note", "body": "n"})).send().await.problem(404, "not_found");
        let mine = format!("/api/v1/me/tickets/{}", text(&ticket["id"]));
        lia.get(&mine).send().await.problem(404, "not_found");
        lia.post(&format!("{mine}/messages"), json!({"body": "Hello?"})).send().await.problem(404, "not_found");
        assert_eq!(items(&lia.get("/api/v1/me/tickets").expect(200).await).len(), 0);
        assert_eq!(items(&ada.get("/api/v1/tickets").expect(200).await).len(), 0);
        world.clock.advance_seconds(29 * 86_400);
        let back = ada.call(Method::POST, &at(&ticket, "/restoration")).expect(200).await;
        assert_eq!((&back["status"], &back["deleted_at"], &back["version"]), (&json!("open"), &json!(null), &json!(3)));
        assert_eq!(lia.messages(&ticket).await.len(), 1);
        change(world, Method::DELETE, &ticket, "", Value::Null).await;
        world.clock.advance_seconds(31 * 86_400);
        ada.call(Method::POST, &at(&ticket, "/restoration")).send().await.problem(404, "not_found");
    }

    async fn the_timeline_tells_a_tickets_life(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        let billing = team(world, "Billing").await;
        change(world, Method::PUT, &ticket, "/assignment", json!({"team_id": billing, "assignee_id": world.ben.member})).await;
        let ben = world.as_(&world.ben);
        ben.post(&at(&ticket, "/messages"), json!({"kind": "note", "body": "She owes us."})).expect(201).await;
        ben.post(&at(&ticket, "/messages"), json!({"kind": "reply", "body": "Please try again."})).expect(201).await;
        change(world, Method::PUT, &ticket, "/status", json!({"status": "pending"})).await;
        lia.write(&ticket, "It works!").await;
        change(world, Method::PATCH, &ticket, "", json!({"priority": "low", "tags": ["payment"], "subject": "Payment"})).await;
        change(world, Method::PATCH, &ticket, "", json!({"restricted": true})).await;
        set_status(world, &ticket, "resolved").await;
        change(world, Method::DELETE, &ticket, "", Value::Null).await;
        world.as_(&world.ada).call(Method::POST, &at(&ticket, "/restoration")).expect(200).await;
        a_week_later(world).await;
        let (mut told, mut path) = (String::new(), at(&ticket, "/timeline?limit=5"));
        loop {
            let page = world.as_(&world.ada).get(&path).expect(200).await;
            items(&page).iter().for_each(|entry| told.push_str(&line(entry)));
            let Some(next) = page["next"].as_str() else { break };
            path = at(&ticket, &format!("/timeline?limit=5&after={next}"));
        }
        assert!(!told.contains("owes") && !told.contains("Payment"), "texts are not facts");
        expect![[r#"
            1 ticket.opened by customer - via widget: channel=widget [ -> open]
            2 ticket.assigned by member ada via api:  [open -> open+team+assignee]
            3 ticket.message_added by member ben via api: message_kind=note is_from_customer=false is_first_response=false [ -> ]
            4 ticket.message_added by member ben via api: message_kind=reply is_from_customer=false is_first_response=true [ -> ]
            5 ticket.status_changed by member ada via api: before=open after=pending waiting_on=customer [open+team+assignee -> pending+team+assignee]
            6 ticket.message_added by customer - via widget: message_kind=reply is_from_customer=true is_first_response=false [ -> ]
            7 ticket.status_changed by customer - via widget: before=pending after=open [pending+team+assignee -> open+team+assignee]
            8 ticket.updated by member ada via api: changed=[subject,priority,tags] [ -> ]
            9 ticket.updated by member ada via api: changed=[restricted] [open+team+assignee -> open+team+assignee+restricted]
            10 ticket.status_changed by member ada via api: before=open after=resolved [open+team+assignee+restricted -> resolved+team+assignee+restricted]
            11 ticket.deleted by member ada via api:  [resolved+team+assignee+restricted -> ]
            12 ticket.restored by member ada via api:  [ -> resolved+team+assignee+restricted]
            13 ticket.status_changed by house - via job: before=resolved after=closed [resolved+team+assignee+restricted -> closed+team+assignee+restricted]
        "#]].assert_eq(&told);
        // Who may not see the ticket does not read its life.
        let eve = world.hire("eve@acme.test", Role::Agent, json!({"ticket_scope": "own"})).await;
        world.as_(&eve).get(&at(&ticket, "/timeline")).send().await.problem(404, "not_found");
    }
}

/// One entry in one line, without ids.
fn line(entry: &Value) -> String {
    let data = &entry["data"];
    let mut facts = Vec::new();
    for name in
        ["channel", "message_kind", "is_from_customer", "is_first_response", "before", "after", "waiting_on", "changed"]
    {
        if !data[name].is_null() {
            facts.push(format!("{name}={}", data[name].to_string().replace('"', "")));
        }
    }
    let moved = ["from", "to"].map(|side| place(&data[side]));
    let name = entry["actor"]["name"].as_str().unwrap_or("-");
    format!(
        "{} {} by {} {name} via {}: {} [{} -> {}]\n",
        entry["seq"],
        text(&entry["kind"]),
        text(&entry["actor"]["kind"]),
        text(&entry["via"]),
        facts.join(" "),
        moved[0],
        moved[1],
    )
}

fn place(place: &Value) -> String {
    let Some(place) = place.as_object() else { return String::new() };
    let marks = ["team", "assignee", "territory", "restricted"].into_iter().filter(|name| place.contains_key(*name));
    std::iter::once(place["status"].as_str().unwrap()).chain(marks).collect::<Vec<_>>().join("+")
}
