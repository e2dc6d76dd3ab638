//! What-if over history: a rule and the routing rules, asked of tickets as they were then; nothing is changed by asking.

use http::Method;
use serde_json::{Value, json};

use super::scene::{Visitor, change, items, of_lia, open, read, rows, set_status, team, text, widget_key};
use crate::harness::{World, both_engines};

const RUNS: &str = "/api/v1/simulations";

/// A question about all tickets of the year.
fn about(what: &str, asked: &Value) -> Value {
    json!({what: asked, "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"})
}

/// Asks, lets the house work, and reads the answer.
async fn answer(world: &World, what: &str, asked: &Value) -> Value {
    let run = world.as_(&world.ada).post(RUNS, about(what, asked)).expect(201).await;
    assert_eq!((text(&run["kind"]), text(&run["state"])), (what, "running"));
    world.opened.worker.run_due().await.unwrap();
    let done = world.as_(&world.ada).get(&format!("{RUNS}/{}", text(&run["id"]))).expect(200).await;
    assert_eq!((text(&done["state"]), &done["looked_at"]), ("done", &done["total"]), "{done}");
    done
}

async fn rule(world: &World, rest: Value) -> Value {
    let mut new = json!({"name": "Rule", "enabled": true});
    new.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    world.as_(&world.ada).post("/api/v1/automation/rules", new).expect(201).await
}

fn draft(when: Value, condition: &str, actions: Value) -> Value {
    json!({"name": "Draft", "when": when, "condition": condition, "actions": actions})
}

fn asked(rule: Value) -> Value {
    json!({ "rule": rule })
}

async fn work(world: &World) {
    world.opened.worker.run_due().await.unwrap();
}

/// The numbers of the tickets that differ.
fn differing(done: &Value) -> Vec<i64> {
    done["differences"].as_array().unwrap().iter().map(|one| one["number"].as_i64().unwrap()).collect()
}

async fn patch(world: &World, ticket: &Value, body: Value) {
    change(world, Method::PATCH, ticket, "", body).await;
}

both_engines! {
    async fn a_new_rule_is_asked_with_the_facts_of_each_moment(world) {
        // High when it waited, and low today; normal when it waited, and high today; high, but waiting for nobody.
        let was_high = open(world, of_lia("One")).await;
        patch(world, &was_high, json!({"priority": "high", "tags": ["vip"]})).await;
        set_status(world, &was_high, "pending").await;
        patch(world, &was_high, json!({"priority": "low", "tags": []})).await;
        let is_high = open(world, of_lia("Two")).await;
        set_status(world, &is_high, "pending").await;
        patch(world, &is_high, json!({"priority": "high", "tags": ["vip"]})).await;
        let other = open(world, of_lia("Three")).await;
        patch(world, &other, json!({"priority": "high", "tags": ["vip"]})).await;
        let before = (read(world, &was_high).await, rows(world, "event").await, rows(world, "notification").await);

        let waits = json!({"events": ["status_changed"]});
        let condition = r#"event.after == "pending" && ticket.priority == "high" && "vip" in ticket.tags"#;
        let actions = json!([{"do": "set_priority", "priority": "high"}, {"do": "add_tags", "tags": ["slow"]},
            {"do": "reply", "body": "Hello {{customer.name|there}}"}]);
        let done = answer(world, "rule", &asked(draft(waits.clone(), condition, actions))).await;
        assert_eq!((&done["total"], &done["covered"]), (&json!(3), &json!({"before": 0, "after": 1})));
        assert_eq!((&done["differing"], differing(&done)), (&json!(1), vec![was_high["number"].as_i64().unwrap()]));
        let one = &done["differences"][0];
        assert_eq!(text(&one["of"]), "rule");
        assert_eq!((text(&one["moment"]), &one["before"], &one["after"], &one["ticket_id"]),
            ("status_changed", &json!(null), &json!(["set_priority", "add_tags", "reply"]), &was_high["id"]));
        // It was high already: that action would have changed nothing, the others would.
        let sums: Vec<_> = done["actions"].as_array().unwrap().iter()
            .map(|sum| (text(&sum["do"]), sum["taken"]["after"].as_i64().unwrap(), sum["changing"]["after"].as_i64().unwrap())).collect();
        assert_eq!(sums, [("add_tags", 1, 1), ("reply", 1, 1), ("set_priority", 1, 0)]);
        assert_eq!((&done["unsure"], &done["ran"]), (&json!(0), &json!(0)));

        // Asking left everything as it was, but for its own row.
        assert_eq!((read(world, &was_high).await, rows(world, "event").await, rows(world, "notification").await), before);
        assert_eq!((rows(world, "automation_run").await, rows(world, "automation_timer").await), (0, 0));
        let again = answer(world, "rule", &asked(draft(waits, condition, json!([{"do": "set_priority", "priority": "high"},
            {"do": "add_tags", "tags": ["slow"]}, {"do": "reply", "body": "Hello"}])))).await;
        assert_eq!(again["differing"], done["differing"]);
    }

    async fn words_of_the_customer_are_those_of_then(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let asked_for = lia.ask("I cannot pay.").await;
        world.clock.advance_seconds(60);
        lia.write(&asked_for, "I want a refund").await;
        world.clock.advance_seconds(60);
        lia.write(&asked_for, "Thank you").await;
        let when = json!({"events": ["opened", "customer_wrote"]});
        let notes = json!([{"do": "note", "body": "Money."}]);
        let done = answer(world, "rule", &asked(draft(when.clone(), r#"ticket.text.contains("refund")"#, notes.clone()))).await;
        let found = done["differences"].as_array().unwrap();
        assert_eq!((found.len(), text(&found[0]["moment"])), (1, "customer_wrote"), "{done}");
        let done = answer(world, "rule", &asked(draft(when.clone(), "customer.is_new && ticket.age_minutes == 1", notes.clone()))).await;
        assert_eq!(done["differences"].as_array().unwrap().len(), 1, "{done}");
        // How long the customer was known is that of then, too.
        world.clock.advance_seconds(3 * 86_400);
        lia.ask("And now?").await;
        let known = "customer.age_days == 3 && customer.earlier_tickets == 1";
        let done = answer(world, "rule", &asked(draft(when, known, notes))).await;
        assert_eq!(done["differences"].as_array().unwrap().len(), 1, "{done}");
    }

    async fn a_rule_that_waits_has_its_turn_when_its_time_has_come_and_a_newer_event_begins_anew(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let quiet = lia.ask("Hello?").await;
        world.clock.advance_seconds(50 * 60);
        lia.write(&quiet, "Anybody?").await;
        world.clock.advance_seconds(50 * 60);
        lia.write(&quiet, "Is there anybody?").await;
        let answered = open(world, of_lia("Answered")).await;
        world.clock.advance_seconds(2 * 60 * 60);
        let wait = json!({"after": "customer_wrote", "minutes": 60});
        let escalate = json!([{"do": "set_priority", "priority": "urgent"}]);
        let done = answer(world, "rule", &asked(draft(wait, "!ticket.is_answered", escalate))).await;
        let found = done["differences"].as_array().unwrap();
        // Once, an hour after the last message; the other was only opened.
        assert_eq!((found.len(), &found[0]["ticket_id"]), (1, &read(world, &quiet).await["id"]), "{done}");
        let opened: base::Time = text(&read(world, &quiet).await["opened_at"]).parse().unwrap();
        let at: base::Time = text(&found[0]["at"]).parse().unwrap();
        assert_eq!(at.micros_since(opened) / 60_000_000, 160);
        let long = json!({"after": "opened", "minutes": 60 * 24});
        let done = answer(world, "rule", &asked(draft(long, "", json!([{"do": "unassign"}])))).await;
        assert_eq!((&done["covered"]["after"], &answered["number"].is_i64()), (&json!(0), &true));
    }

    async fn a_rule_that_is_edited_is_compared_with_what_it_is_and_with_what_it_stops(world) {
        let first = rule(world, draft(json!({"events": ["opened"]}), r#"ticket.subject == "Down""#,
            json!([{"do": "set_priority", "priority": "urgent"}]))).await;
        let second = rule(world, draft(json!({"events": ["opened"]}), r#"ticket.priority == "urgent""#,
            json!([{"do": "add_tags", "tags": ["hot"]}]))).await;
        for subject in ["Down", "Slow", "Fine"] {
            open(world, of_lia(subject)).await;
            work(world).await;
        }
        let as_is = json!({"rule_id": first["id"], "rule": draft(json!({"events": ["opened"]}), r#"ticket.subject == "Down""#,
            json!([{"do": "set_priority", "priority": "urgent"}]))});
        let done = answer(world, "rule", &as_is).await;
        assert_eq!((&done["differing"], &done["ran"], &done["covered"]), (&json!(0), &json!(1), &json!({"before": 1, "after": 1})));

        // Wider: one more ticket, on which the second rule acts too, because it sees what the first did.
        let wider = json!({"rule_id": first["id"], "rule": draft(json!({"events": ["opened"]}), r#"ticket.subject in ["Down", "Slow"]"#,
            json!([{"do": "set_priority", "priority": "urgent"}]))});
        let done = answer(world, "rule", &wider).await;
        assert_eq!((&done["differing"], &done["covered"]), (&json!(1), &json!({"before": 1, "after": 2})));
        let acts: Vec<_> = done["differences"].as_array().unwrap().iter().map(|one| (&one["rule_id"], &one["after"])).collect();
        assert_eq!(acts, [(&first["id"], &json!(["set_priority"])), (&second["id"], &json!(["add_tags"]))]);

        // With the flag, the second rule no longer comes to its turn.
        let mut stops = as_is["rule"].clone();
        stops["stops"] = json!(true);
        let done = answer(world, "rule", &json!({"rule_id": first["id"], "rule": stops})).await;
        let one = &done["differences"][0];
        assert_eq!((&done["differing"], &one["rule_id"], &one["before"], &one["after"]),
            (&json!(1), &second["id"], &json!(["add_tags"]), &json!(null)));
    }

    async fn a_condition_that_cannot_be_decided_is_counted_and_a_fact_that_was_not_told_is_said(world) {
        world.as_(&world.ada).post("/api/v1/fields", json!({"key": "order", "label": "Order", "type": "text"})).expect(201).await;
        let ticket = open(world, of_lia("One")).await;
        patch(world, &ticket, json!({"fields": {"order": "77"}})).await;
        let when = json!({"events": ["opened"]});
        let tag = json!([{"do": "add_tags", "tags": ["x"]}]);
        let done = answer(world, "rule", &asked(draft(when.clone(), "1 / (ticket.number - ticket.number) > 1", tag.clone()))).await;
        assert_eq!((&done["erred"], &done["covered"]["after"], &done["differing"]), (&json!({"before": 0, "after": 1}), &json!(0), &json!(0)));
        let done = answer(world, "rule", &asked(draft(when, r#"ticket.fields.order == "77""#, tag))).await;
        assert_eq!((&done["covered"]["after"], &done["unsure"]), (&json!(1), &json!(1)));
    }

    async fn arrivals_go_where_other_rules_would_have_sent_them_and_stay_where_their_opener_put_them(world) {
        let ada = world.as_(&world.ada);
        let (billing, technics, sales) = (team(world, "Billing").await, team(world, "Technics").await, team(world, "Sales").await);
        let send = |condition: &str, team: &Value| json!({"name": "R", "condition": condition, "team_id": team});
        let present = send(r#"ticket.subject.contains("invoice")"#, &billing);
        ada.post("/api/v1/routing/rules", present.clone()).expect(201).await;
        for subject in ["An invoice", "It is down", "A question"] {
            open(world, of_lia(subject)).await;
        }
        let mut named = of_lia("It is down, too");
        named["team_id"] = sales.clone();
        open(world, named).await;

        let same = answer(world, "routing", &json!({"rules": [present]})).await;
        assert_eq!((&same["differing"], &same["covered"]), (&json!(0), &json!({"before": 1, "after": 1})));
        let rules = [send(r#"ticket.subject.contains("down")"#, &technics), send(r#"ticket.subject.contains("invoice")"#, &billing)];
        let done = answer(world, "routing", &json!({"rules": rules, "default_team_id": sales})).await;
        let moves: Vec<_> = done["differences"].as_array().unwrap().iter()
            .map(|one| (one["before"].clone(), one["after"].clone(), one["place"].clone())).collect();
        assert_eq!(moves, [(json!(null), technics.clone(), json!(1)), (json!(null), sales.clone(), json!(null))]);
        let arrivals = |team: &Value| {
            let teams = done["teams"].as_array().unwrap();
            teams.iter().find(|sum| sum["team_id"] == *team).map(|sum| sum["arrivals"].clone())
        };
        assert_eq!(arrivals(&technics), Some(json!({"before": 0, "after": 1})));
        assert_eq!(arrivals(&sales), Some(json!({"before": 1, "after": 2})));
        assert_eq!(arrivals(&Value::Null), Some(json!({"before": 2, "after": 0})));
        assert_eq!(items(&ada.get("/api/v1/routing/rules").expect(200).await).len(), 1);
    }

    async fn what_cannot_be_asked_is_refused_with_its_place(world) {
        let ada = world.as_(&world.ada);
        let tag = json!([{"do": "add_tags", "tags": ["x"]}]);
        let good = draft(json!({"events": ["opened"]}), "", tag.clone());
        let refuse = async |question: Value, code: &'static str, pointer: &str| {
            let problem = ada.post(RUNS, question).send().await.problem(422, code);
            let fields = problem["errors"].as_array().unwrap();
            assert!(fields.iter().any(|field| field["pointer"] == pointer), "{problem}");
        };
        let nowhere = world.ben.member.to_string().replace("mem_", "rul_");
        refuse(about("rule", &json!({"rule_id": nowhere, "rule": good})), "invalid_field", "/rule/rule_id").await;
        let policy = json!({"policy_id": nowhere.replace("rul_", "sla_"), "promise": {"targets": []}});
        let answered = ada.post(RUNS, about("policy", &policy)).send().await;
        assert_eq!(answered.status, 422);
        refuse(about("rule", &asked(draft(json!({"events": ["opened"]}), "ticket.colour == 1", tag.clone()))), "bad_rule", "/condition").await;
        refuse(about("rule", &asked(draft(json!({"events": []}), "", tag))), "bad_rule", "/when/events").await;
        let broken = json!({"rules": [{"name": "R", "condition": "ticket.colour == 1", "team_id": team(world, "T").await}]});
        refuse(about("routing", &broken), "bad_condition", "/routing/rules/0/condition").await;
        let lost = json!({"rules": [{"name": "R", "condition": "true", "team_id": nowhere.replace("rul_", "tea_")}]});
        refuse(about("routing", &lost), "unknown_team", "/routing/rules/0/team_id").await;
        let mut both = about("rule", &asked(good.clone()));
        both["routing"] = json!({"rules": []});
        refuse(both, "invalid_field", "/").await;
        refuse(json!({"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}), "invalid_field", "/").await;
        let mut reversed = about("rule", &asked(good.clone()));
        reversed["to"] = json!("2025-01-01T00:00:00Z");
        refuse(reversed, "bad_range", "/to").await;
        world.as_(&world.ben).post(RUNS, about("rule", &asked(good))).send().await.problem(403, "missing_right");
        assert_eq!(items(&ada.get(RUNS).expect(200).await).len(), 0);
    }

    async fn a_change_of_what_is_in_force_meanwhile_begins_the_answer_anew(world) {
        let first = rule(world, draft(json!({"events": ["opened"]}), "", json!([{"do": "add_tags", "tags": ["a"]}]))).await;
        open(world, of_lia("One")).await;
        work(world).await;
        let question = about("rule", &asked(draft(json!({"events": ["opened"]}), "", json!([{"do": "unassign"}]))));
        let run = world.as_(&world.ada).post(RUNS, question).expect(201).await;
        // As if a stretch had ended under rules that are no longer: its row says so.
        let acme = world.acme;
        let sql = "UPDATE simulation SET outcome = $1, looked_at = 7 WHERE workspace_id = $2";
        let stale = json!({"basis": "other", "covered": {"before": 7, "after": 7}, "differing": 7}).to_string();
        world.house().db.write(acme.uuid(), move |tx| tx.exec(sql, &[&stale, &acme]).map(drop)).await.unwrap();
        work(world).await;
        let done = world.as_(&world.ada).get(&format!("{RUNS}/{}", text(&run["id"]))).expect(200).await;
        assert_eq!((&done["looked_at"], &done["covered"], &done["differing"]),
            (&json!(1), &json!({"before": 0, "after": 1}), &json!(1)));
        assert!(first["id"].is_string());
    }
}
