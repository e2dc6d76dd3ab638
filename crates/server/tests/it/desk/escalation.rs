//! Escalation: a ticket goes up with everything that is known of it, by a time, and comes back with a result.

use http::Method;
use serde_json::{Value, json};
use trust::access::Role;

use super::scene::{at, days_pass, items, of_lia, open, read, rows, set_status, team, text};
use crate::harness::{Person, World, both_engines};

/// Two tiers: the second goes to whoever is on call.
async fn tiers(world: &World) -> (Value, Value, Vec<Person>) {
    let (second, third) = (team(world, "Second line").await, team(world, "Engineers").await);
    let on_call = [
        world.hire("eve@acme.test", Role::Agent, json!({"teams": [third]})).await,
        world.hire("eli@acme.test", Role::Agent, json!({"teams": [third]})).await,
    ];
    let ada = world.as_(&world.ada);
    let rota = json!({"members": [on_call[0].member, on_call[1].member], "handover_day": "monday", "handover_at": "09:00", "zone": "Europe/Berlin"});
    let set = ada.put("/api/v1/on-call", rota).expect(200).await;
    assert_eq!(
        (set["on_call"].clone(), set["next_on_call"].clone()),
        (json!(on_call[0].member), json!(on_call[1].member))
    );
    let tiers = json!({"tiers": [
        {"name": "Second line", "team_id": second, "due_within_minutes": 60, "climbs": true},
        {"name": "On call", "team_id": third, "on_call": true, "due_within_minutes": 30},
    ]});
    ada.put("/api/v1/escalation/tiers", tiers).expect(200).await;
    (second, third, on_call.into())
}

async fn raise(world: &World, ticket: &Value, body: Value) -> Value {
    world.as_(&world.ada).post(&at(ticket, "/escalation"), body).expect(201).await
}

async fn escalation(world: &World, ticket: &Value) -> Value {
    world.as_(&world.ada).get(&at(ticket, "/escalation")).expect(200).await
}

async fn kinds(world: &World, ticket: &Value) -> Vec<(String, String)> {
    let page = world.as_(&world.ada).get(&at(ticket, "/timeline")).expect(200).await;
    let entry = |entry: &Value| (text(&entry["kind"]).to_owned(), text(&entry["occurred_at"]).to_owned());
    items(&page).iter().map(entry).collect()
}

async fn pass(world: &World, seconds: i64) {
    world.clock.advance_seconds(seconds);
    for _ in 0..3 {
        world.opened.worker.run_due().await.unwrap();
    }
}

both_engines! {
    async fn the_card_says_what_triage_found(world) {
        tiers(world).await;
        let mut new = of_lia("Goodbye");
        new["body"] = json!("We want to cancel our subscription at the end of the month.");
        let ticket = open(world, new).await;
        let found = raise(world, &ticket, json!({"reason": "They are leaving."})).await["card"]["triage"].clone();
        assert_eq!((&found["priority"], &found["reasons"]), (&json!("urgent"), &json!(["cancellation"])));
        assert!(!found["leaving_words"].as_array().unwrap().is_empty(), "{found}");
        assert_eq!((&found["is_known"], &found["category"]), (&json!(false), &json!(null)));
    }

    async fn a_ticket_goes_up_with_its_card_and_comes_back_with_a_result(world) {
        let (second, ..) = tiers(world).await;
        let first = team(world, "First line").await;
        let mut new = of_lia("Cannot pay");
        (new["team_id"], new["assignee_id"]) = (first.clone(), json!(world.ben.member));
        let ticket = open(world, new).await;
        let reply = json!({"kind": "reply", "body": "Did you try another card?"});
        world.as_(&world.ben).post(&at(&ticket, "/messages"), reply).expect(201).await;
        let raised = raise(world, &ticket, json!({"reason": "The bank refuses every card."})).await;
        assert_eq!((raised["tier"].clone(), text(&raised["cause"])), (json!(1), "hand"));
        let card = &raised["card"];
        assert_eq!(card["account"]["customer_email"], "lia@shop.test");
        assert_eq!(card["ticket"]["subject"], "Cannot pay");
        let said: Vec<_> = card["conversation"].as_array().unwrap().iter().map(|one| (text(&one["speaker"]), text(&one["text"]))).collect();
        assert_eq!(said, [("customer", "It does not work."), ("member", "Did you try another card?")]);
        let moved = read(world, &ticket).await;
        assert_eq!((moved["team_id"].clone(), moved["assignee_id"].clone()), (second, Value::Null));
        let back = json!({"result": "answered", "note": "The merchant id was wrong; it is right now."});
        let ended = world.as_(&world.ada).call(Method::DELETE, &at(&ticket, "/escalation")).json(&back).expect(200).await;
        assert_eq!(ended["result"], "answered");
        let returned = read(world, &ticket).await;
        assert_eq!((returned["team_id"].clone(), returned["assignee_id"].clone()), (first, json!(world.ben.member)));
        let after = escalation(world, &ticket).await;
        assert_eq!((after["current"].clone(), after["earlier"][0]["note"].clone()), (Value::Null, back["note"].clone()));
        world.as_(&world.ada).call(Method::DELETE, &at(&ticket, "/escalation")).json(&back).send().await.problem(409, "not_escalated");
        let kinds: Vec<_> = kinds(world, &ticket).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["ticket.opened", "ticket.message_added", "ticket.assigned", "ticket.escalated", "ticket.assigned", "ticket.returned"]);
        pass(world, 7_200).await;
        assert_eq!(escalation(world, &ticket).await["earlier"][0]["overdue_at"], Value::Null, "its time ended with it");
        // The next one tells what was tried.
        let again = raise(world, &ticket, json!({"reason": "It happened again."})).await;
        assert_eq!(again["card"]["tried"][0]["result"], "answered");
    }

    async fn a_tier_that_does_not_act_is_overdue_once_and_the_ticket_climbs(world) {
        let (_, third, on_call) = tiers(world).await;
        let ticket = open(world, of_lia("It burns")).await;
        let raised = raise(world, &ticket, json!({"reason": "Smoke."})).await;
        pass(world, 3_500).await;
        assert_eq!(escalation(world, &ticket).await["current"]["tier"], 1);
        pass(world, 200).await;
        let current = escalation(world, &ticket).await["current"].clone();
        assert_eq!((current["tier"].clone(), text(&current["cause"])), (json!(2), "overdue"));
        let moved = read(world, &ticket).await;
        assert_eq!((moved["team_id"].clone(), moved["assignee_id"].clone()), (third, json!(on_call[0].member)));
        let overdue: Vec<_> = kinds(world, &ticket).await.into_iter().filter(|(kind, _)| kind == "ticket.escalation_overdue").collect();
        assert_eq!(overdue.len(), 1);
        assert_eq!(overdue[0].1, text(&raised["due_at"]), "at its true instant");
        // The highest tier is overdue too, and there the ticket stays.
        pass(world, 1_900).await;
        let current = escalation(world, &ticket).await["current"].clone();
        assert_eq!(current["tier"], 2);
        assert_eq!(current["overdue_at"], current["due_at"]);
        pass(world, 1_900).await;
        let overdue = kinds(world, &ticket).await.into_iter().filter(|(kind, _)| kind == "ticket.escalation_overdue").count();
        assert_eq!(overdue, 2);
        world.as_(&world.ada).post(&at(&ticket, "/escalation"), json!({"reason": "More."})).send().await.problem(409, "no_tier_above");
    }

    async fn who_is_on_call_changes_at_the_handover(world) {
        let (_, _, on_call) = tiers(world).await;
        // Monday 09:00 UTC is after the handover in Berlin; a week later the other one takes over.
        days_pass(world, 7).await;
        let now = world.as_(&world.ada).get("/api/v1/on-call").expect(200).await;
        assert_eq!(now["on_call"], json!(on_call[1].member));
        let ticket = open(world, of_lia("It burns")).await;
        raise(world, &ticket, json!({"tier": 2, "reason": "Now."})).await;
        assert_eq!(read(world, &ticket).await["assignee_id"], json!(on_call[1].member));
    }

    async fn a_ticket_that_is_solved_is_at_no_tier(world) {
        tiers(world).await;
        let ticket = open(world, of_lia("Hello")).await;
        raise(world, &ticket, json!({"reason": "Help."})).await;
        set_status(world, &ticket, "resolved").await;
        let after = escalation(world, &ticket).await;
        assert_eq!((after["current"].clone(), after["earlier"][0]["result"].clone()), (Value::Null, json!("solved")));
    }

    async fn what_cannot_be_is_refused_with_its_place(world) {
        let ada = world.as_(&world.ada);
        let ticket = open(world, of_lia("Hello")).await;
        ada.post(&at(&ticket, "/escalation"), json!({"reason": "Help."})).send().await.problem(409, "no_tiers");
        let desk = team(world, "Desk").await;
        let tier = |change: Value| {
            let mut tier = json!({"name": "Second", "team_id": desk, "due_within_minutes": 10});
            tier.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            json!({"tiers": [tier]})
        };
        for (change, place, code) in [
            (json!({"due_within_minutes": 0}), "/tiers/0/due_within_minutes", "invalid_field"),
            (json!({"due_within_minutes": -5}), "/tiers/0/due_within_minutes", "invalid_field"),
            (json!({"on_call": true}), "/tiers/0/on_call", "invalid_field"),
            (json!({"team_id": format!("tea_{}", "7".repeat(26))}), "/tiers/0/team_id", "unknown_team"),
        ] {
            let refused = ada.put("/api/v1/escalation/tiers", tier(change)).send().await.problem(422, code);
            assert_eq!(refused["errors"][0]["pointer"], place);
        }
        let rota = |change: Value| {
            let mut rota = json!({"members": [world.ben.member], "handover_day": "monday", "handover_at": "09:00", "zone": "UTC"});
            rota.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            rota
        };
        for (change, place) in [(json!({"members": []}), "/members"), (json!({"zone": "Nowhere"}), "/zone"), (json!({"handover_at": "25:00"}), "/handover_at")] {
            let refused = ada.put("/api/v1/on-call", rota(change)).send().await.problem(422, "invalid_field");
            assert_eq!(refused["errors"][0]["pointer"], place);
        }
        // Gus is nobody here.
        ada.put("/api/v1/on-call", rota(json!({"members": [world.gus.member]}))).send().await.problem(422, "unknown_assignee");
        ada.put("/api/v1/on-call", rota(json!({}))).expect(200).await;
        ada.put("/api/v1/escalation/tiers", tier(json!({"on_call": true}))).expect(200).await;
        ada.delete("/api/v1/on-call").send().await.problem(409, "rota_in_use");
        ada.post(&at(&ticket, "/escalation"), json!({"reason": ""})).send().await.problem(422, "invalid_field");
        let refused = json!({"result": "solved", "note": "x"});
        ada.call(Method::DELETE, &at(&ticket, "/escalation")).json(&refused).send().await.problem(422, "invalid_field");
    }

    async fn erasing_a_customer_empties_what_escalations_say_of_them(world) {
        tiers(world).await;
        let ticket = open(world, of_lia("Cannot pay")).await;
        raise(world, &ticket, json!({"reason": "Lia is angry."})).await;
        let path = format!("/api/v1/customers/{}", text(&ticket["customer"]["id"]));
        let erased = world.as_(&world.ada).call(Method::POST, &format!("{path}/erasure")).send().await;
        assert!(erased.status.is_success(), "{erased:?}");
        pass(world, 1).await;
        let cx = trust::Cx::of_house(world.house(), world.acme, trust::access::Via::Job);
        let acme = world.acme;
        let left = cx.read(move |tx, _| tx.all("SELECT reason, card FROM escalation WHERE workspace_id = $1", &[&acme], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?))));
        assert_eq!(left.await.unwrap(), [(String::new(), "{}".to_owned())]);
        assert_eq!(rows(world, "escalation").await, 1, "that it was raised stays a fact");
    }
}
