//! Rules: when, if, then; in order, once per cause, never in circles, and always explained.

use http::Method;
use serde_json::{Value, json};

use super::scene::{Visitor, at, change, items, of_lia, open, read, rows, set_status, text, widget_key};
use crate::harness::{World, both_engines};

const RULES: &str = "/api/v1/automation/rules";

/// A rule that is switched on, made by Ada.
async fn rule(world: &World, name: &str, rest: Value) -> Value {
    let mut new = json!({"name": name, "enabled": true});
    new.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    world.as_(&world.ada).post(RULES, new).expect(201).await
}

fn on(event: &str, condition: &str, actions: Value) -> Value {
    json!({"when": {"events": [event]}, "condition": condition, "actions": actions})
}

async fn work(world: &World) {
    world.opened.worker.run_due().await.unwrap();
}

/// The runs that a ticket's timeline tells of.
async fn told(world: &World, ticket: &Value) -> Vec<Value> {
    let page = world.as_(&world.ada).get(&at(ticket, "/timeline")).expect(200).await;
    items(&page).iter().filter(|entry| entry["kind"] == "ticket.rule_ran").cloned().collect()
}

async fn runs(world: &World, rule: &Value) -> Vec<Value> {
    let path = format!("{RULES}/{}/runs", text(&rule["id"]));
    items(&world.as_(&world.ada).get(&path).expect(200).await).clone()
}

fn tag(tags: &[&str]) -> Value {
    json!([{"do": "add_tags", "tags": tags}])
}

both_engines! {
    async fn a_condition_is_looked_over_by_what_it_decides(world) {
        let ada = world.as_(&world.ada);
        let check = async |decides: &str, condition: &str| {
            ada.post("/api/v1/automation/checks", json!({"decides": decides, "condition": condition})).expect(200).await
        };
        let status = "ticket.status == 'open'";
        assert_eq!(check("rule", status).await["fault"], json!(null));
        for decides in ["routing", "policy"] {
            assert!(check(decides, status).await["fault"]["reason"].as_str().unwrap().contains("status"), "{decides}");
            let facts = ada.get(&format!("/api/v1/automation/facts?decides={decides}")).expect(200).await;
            let names: Vec<&str> = facts["items"].as_array().unwrap().iter().map(|fact| fact["name"].as_str().unwrap()).collect();
            assert!(names.contains(&"company.tier") && !names.contains(&"ticket.status"), "{names:?}");
        }
        let checked = check("routing", "ticket.body.contains('refund')").await;
        assert_eq!((&checked["fault"], &checked["form"]["fact"]), (&json!(null), &json!("ticket.body")));
        ada.post("/api/v1/automation/checks", json!({"decides": "weather"})).send().await.problem(422, "invalid_field");
    }

    async fn a_rule_acts_when_its_condition_holds_and_says_so(world) {
        let urgent = rule(world, "Outages", on("opened", r#"ticket.subject.contains("down")"#, json!([
            {"do": "set_priority", "priority": "urgent"}, {"do": "add_tags", "tags": ["outage"]},
            {"do": "note", "body": "Ticket {{ticket.number}} of {{customer.name}}: look at the status page."},
        ]))).await;
        let hit = open(world, of_lia("The shop is down")).await;
        let miss = open(world, of_lia("A question")).await;
        work(world).await;
        let hit_now = read(world, &hit).await;
        assert_eq!((&hit_now["priority"], &hit_now["tags"]), (&json!("urgent"), &json!(["outage"])));
        assert_eq!(read(world, &miss).await, miss);
        let story = told(world, &hit).await;
        assert_eq!((story.len(), &story[0]["data"]["rule_id"], &story[0]["data"]["rule_version"]), (1, &urgent["id"], &json!(1)));
        let effects: Vec<_> = story[0]["data"]["effects"].as_array().unwrap().iter().map(|one| text(&one["outcome"])).collect();
        assert_eq!(effects, ["done", "done", "done"]);
        let messages = world.as_(&world.ada).get(&at(&hit, "/messages")).expect(200).await;
        let note = text(&items(&messages)[1]["body"]).to_owned();
        assert_eq!(note, format!("Ticket {} of Lia Berg: look at the status page.", hit["number"]));
        assert_eq!(runs(world, &urgent).await.len(), 1);
    }

    async fn rules_run_in_order_each_sees_what_the_one_before_did_and_one_can_stop_the_rest(world) {
        let first = rule(world, "First", on("opened", "", json!([{"do": "set_priority", "priority": "high"}]))).await;
        let second = rule(world, "Second", json!({"when": {"events": ["opened"]}, "condition": r#"ticket.priority == "high""#,
            "actions": tag(&["second"]), "stops": true})).await;
        let third = rule(world, "Third", on("opened", "", tag(&["third"]))).await;
        let ticket = open(world, of_lia("One")).await;
        work(world).await;
        assert_eq!(read(world, &ticket).await["tags"], json!(["second"]));
        let order = json!({"ids": [third["id"], first["id"], second["id"]]});
        world.as_(&world.ada).put("/api/v1/automation/order", order).expect(204).await;
        let listed = world.as_(&world.ada).get(RULES).expect(200).await;
        let names: Vec<_> = items(&listed).iter().map(|rule| text(&rule["name"])).collect();
        assert_eq!(names, ["Third", "First", "Second"]);
        let ticket = open(world, of_lia("Two")).await;
        work(world).await;
        assert_eq!(read(world, &ticket).await["tags"], json!(["second", "third"]));
        let part = json!({"ids": [third["id"]]});
        world.as_(&world.ada).put("/api/v1/automation/order", part).send().await.problem(409, "not_all_rules");
    }

    async fn a_rule_acts_once_for_a_cause_and_once_per_ticket_when_it_says_so(world) {
        let always = rule(world, "Always", on("status_changed", r#"event.after == "pending""#, json!([{"do": "note", "body": "Waiting."}]))).await;
        let once = rule(world, "Once", json!({"when": {"events": ["status_changed"]}, "condition": r#"event.after == "pending""#,
            "actions": tag(&["waited"]), "once_per_ticket": true})).await;
        let ticket = open(world, of_lia("One")).await;
        for status in ["pending", "open", "pending"] {
            set_status(world, &ticket, status).await;
            work(world).await;
        }
        assert_eq!((runs(world, &always).await.len(), runs(world, &once).await.len()), (2, 1));
        assert_eq!(rows(world, "automation_run").await, 3);
    }

    async fn a_job_that_runs_twice_has_acted_once(world) {
        let rule = rule(world, "Note", on("opened", "", json!([{"do": "note", "body": "Hello."}]))).await;
        let ticket = open(world, of_lia("One")).await;
        let again = again_for(world, &ticket, 1);
        work(world).await;
        again.await;
        work(world).await;
        assert_eq!((runs(world, &rule).await.len(), told(world, &ticket).await.len()), (1, 1));
        let messages = world.as_(&world.ada).get(&at(&ticket, "/messages")).expect(200).await;
        assert_eq!(items(&messages).len(), 2);
    }

    async fn rules_that_set_each_other_off_come_to_an_end(world) {
        let up = rule(world, "Up", on("updated", r#"ticket.priority == "low""#, json!([{"do": "set_priority", "priority": "high"}]))).await;
        let down = rule(world, "Down", on("updated", r#"ticket.priority == "high""#, json!([{"do": "set_priority", "priority": "low"}]))).await;
        let ticket = open(world, of_lia("One")).await;
        change(world, Method::PATCH, &ticket, "", json!({"priority": "low"})).await;
        for _ in 0..5 { work(world).await; }
        assert_eq!((runs(world, &up).await.len(), runs(world, &down).await.len()), (1, 1));
        // A new cause starts a new chain.
        change(world, Method::PATCH, &ticket, "", json!({"priority": "high"})).await;
        for _ in 0..5 { work(world).await; }
        assert_eq!((runs(world, &up).await.len(), runs(world, &down).await.len()), (2, 2));
    }

    async fn a_rule_that_errs_does_not_match_and_shows_it(world) {
        let bad = rule(world, "Bad", on("opened", "ticket.number / (ticket.number - ticket.number) > 1", tag(&["never"]))).await;
        let good = rule(world, "Good", on("opened", "", tag(&["always"]))).await;
        let ticket = open(world, of_lia("One")).await;
        work(world).await;
        assert_eq!(read(world, &ticket).await["tags"], json!(["always"]));
        let run = &runs(world, &bad).await[0];
        assert_eq!((text(&run["outcome"]), run["fault"].is_string()), ("erred", true));
        assert_eq!(runs(world, &good).await.len(), 1);
        assert_eq!(told(world, &ticket).await[0]["data"]["outcome"], "erred");
    }

    async fn what_a_verb_refuses_is_shown_and_the_rest_is_done(world) {
        let made = rule(world, "Reply", on("opened", "", json!([
            {"do": "reply", "body": "Your agent is {{assignee.name}}."},
            {"do": "reply", "body": "Hello {{customer.name|there}}, we look into it."},
            {"do": "set_priority", "priority": "normal"},
        ]))).await;
        let ticket = open(world, of_lia("One")).await;
        work(world).await;
        let effects = runs(world, &made).await[0]["effects"].clone();
        assert_eq!((&effects[0]["outcome"], &effects[0]["code"]), (&json!("refused"), &json!("missing_value")));
        assert_eq!((&effects[1]["outcome"], &effects[2]["outcome"]), (&json!("done"), &json!("nothing")));
        let now = read(world, &ticket).await;
        assert_eq!(now["first_response_at"], json!(null), "an automatic reply is no first response");
        assert_eq!(text(&now["preview"]), "Hello Lia Berg, we look into it.");
    }

    async fn a_rule_may_ask_how_long_a_customer_is_known(world) {
        let condition = "customer.age_days >= 2 && customer.earlier_tickets == 1";
        rule(world, "Known", on("opened", condition, tag(&["known"]))).await;
        let first = open(world, of_lia("One")).await;
        world.clock.advance_seconds(2 * 86_400);
        let second = open(world, of_lia("Two")).await;
        work(world).await;
        assert_eq!((&read(world, &first).await["tags"], &read(world, &second).await["tags"]), (&json!([]), &json!(["known"])));
    }

    async fn two_programs_do_not_answer_each_other_for_ever(world) {
        let made = rule(world, "Got it", on("customer_wrote", "", json!([{"do": "reply", "body": "We got it."}]))).await;
        let visitor = Visitor::new(world, &widget_key(world).await).await;
        let ticket = visitor.ask("I cannot pay my invoice since yesterday.").await;
        for _ in 0..3 {
            visitor.write(&ticket, "I am on holiday.").await;
            work(world).await;
        }
        let effects: Vec<Value> = runs(world, &made).await.iter().rev().map(|run| run["effects"][0].clone()).collect();
        assert_eq!((effects.len(), text(&effects[0]["outcome"])), (3, "done"));
        assert!(effects[1..].iter().all(|one| one["outcome"] == "refused" && one["code"] == "automatic_reply_spent"), "{effects:?}");
        assert_eq!(told(world, &ticket).await[1]["data"]["effects"][0]["code"], "automatic_reply_spent");
        world.clock.advance_seconds(86_400);
        visitor.write(&ticket, "I am back.").await;
        work(world).await;
        let replies = visitor.messages(&ticket).await.iter().filter(|message| message["text"] == "We got it.").count();
        assert_eq!(replies, 2, "one a day");
    }

    async fn a_rule_that_is_too_eager_rests_until_the_hour_is_over(world) {
        let eager = rule(world, "Eager", json!({"when": {"events": ["opened"]}, "actions": tag(&["seen"]), "per_hour": 2})).await;
        for subject in ["One", "Two", "Three", "Four"] {
            open(world, of_lia(subject)).await;
            work(world).await;
        }
        let outcomes: Vec<_> = runs(world, &eager).await.iter().map(|run| text(&run["outcome"]).to_owned()).collect();
        assert_eq!(outcomes, ["held_back", "ran", "ran"], "newest first; told once");
        world.clock.advance_seconds(3600);
        let ticket = open(world, of_lia("Five")).await;
        work(world).await;
        assert_eq!(read(world, &ticket).await["tags"], json!(["seen"]));
    }

    async fn a_rule_waits_and_acts_only_if_it_is_still_so(world) {
        let nudge = rule(world, "Nudge", json!({"when": {"after": "customer_wrote", "minutes": 30},
            "condition": "!ticket.is_answered", "actions": tag(&["overdue"])})).await;
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let (slow, quick) = (lia.ask("Hello?").await, lia.ask("Hi?").await);
        for ticket in [&slow, &quick] { lia.write(ticket, "Anybody?").await; }
        world.clock.advance_seconds(20 * 60);
        lia.write(&slow, "Please!").await;
        world.as_(&world.ben).post(&at(&quick, "/messages"), json!({"kind": "reply", "body": "Here."})).expect(201).await;
        world.clock.advance_seconds(29 * 60);
        work(world).await;
        assert_eq!(runs(world, &nudge).await.len(), 0, "a newer message starts the wait anew");
        world.clock.advance_seconds(60);
        work(world).await;
        work(world).await;
        assert_eq!(read(world, &slow).await["tags"], json!(["overdue"]));
        assert_eq!((read(world, &quick).await["tags"].clone(), runs(world, &nudge).await.len()), (json!([]), 1));
        assert_eq!(rows(world, "automation_timer").await, 0);
    }

    async fn a_bad_rule_is_refused_with_its_place_and_the_old_one_stays(world) {
        let made = rule(world, "Good", on("opened", "true", tag(&["ok"]))).await;
        let path = format!("{RULES}/{}", text(&made["id"]));
        let patch = |body: Value| world.as_(&world.ada).patch(&path, body).header("if-match", "\"1\"").send();
        let nowhere = taxonomy::CategoryId::from_uuid(uuid::Uuid::from_u128(7));
        let pointer = |problem: &Value| text(&problem["errors"][0]["pointer"]).to_owned();
        let unknown = patch(json!({"condition": r#"ticket.priorty == "high""#})).await.problem(422, "bad_rule");
        assert_eq!((pointer(&unknown).as_str(), &unknown["fault"]["line"]), ("/condition", &json!(1)));
        assert!(text(&unknown["fault"]["reason"]).contains("ticket.priority"), "{unknown}");
        patch(json!({"condition": format!("{}true{}", "(".repeat(100), ")".repeat(100))})).await.problem(422, "bad_rule");
        for (body, place) in [
            (json!({"when": {"events": []}}), "/when/events"),
            (json!({"when": {"after": "opened", "minutes": 0}}), "/when/minutes"),
            (json!({"actions": []}), "/actions"),
            (json!({"actions": [{"do": "set_category", "category_id": nowhere}]}), "/actions/0/category_id"),
            (json!({"actions": [{"do": "set_field", "key": "nothing", "value": 1}]}), "/actions/0/value"),
            (json!({"actions": [{"do": "reply", "body": "{{customer.nam}}"}]}), "/actions/0/body"),
            (json!({"actions": [{"do": "webhook", "url": "ftp://x.test"}]}), "/actions/0/url"),
            (json!({"per_hour": 0}), "/per_hour"),
        ] {
            let problem = patch(body.clone()).await.problem(422, "bad_rule");
            assert!(pointer(&problem).starts_with(place), "{body} → {problem}");
        }
        patch(json!({"actions": [{"do": "dance"}]})).await.problem(422, "invalid_field");
        let ticket = open(world, of_lia("One")).await;
        work(world).await;
        assert_eq!(read(world, &ticket).await["tags"], json!(["ok"]));
    }

    async fn a_rule_is_tried_on_a_ticket_and_changes_nothing(world) {
        let ticket = open(world, of_lia("The shop is down")).await;
        let new = json!({"name": "Try", "when": {"events": ["opened"]}, "form": {"all": [
            {"fact": "ticket.subject", "is": "contains", "value": "down"},
            {"fact": "ticket.priority", "is": "equal", "value": "urgent"},
        ]}, "actions": [{"do": "set_priority", "priority": "high"}, {"do": "set_priority", "priority": "high"},
            {"do": "reply", "body": "Hello {{customer.name}}."}]});
        let asked = json!({"rule": new, "ticket_id": ticket["id"]});
        let shown = world.as_(&world.ada).post("/api/v1/automation/trials", asked.clone()).expect(200).await;
        let parts: Vec<_> = shown["parts"].as_array().unwrap().iter().map(|part| text(&part["held"])).collect();
        assert_eq!((text(&shown["held"]), parts, &shown["has_event"]), ("no", vec!["yes", "no"], &json!(true)));
        assert_eq!(shown["effects"][0]["changes"], json!([{"field": "priority", "before": "normal", "after": "high"}]));
        assert_eq!(text(&shown["effects"][1]["outcome"]), "nothing");
        assert_eq!(shown["effects"][2]["changes"][0]["after"], "Hello Lia Berg.");
        assert_eq!(read(world, &ticket).await, ticket);
        let messages = world.as_(&world.ada).get(&at(&ticket, "/messages")).expect(200).await;
        assert_eq!((items(&messages).len(), rows(world, "automation_run").await), (1, 0));
        world.as_(&world.gus).post("/api/v1/automation/trials", asked).send().await.problem(404, "not_found");
    }

    async fn a_rule_runs_a_macro_whole_or_not_at_all(world) {
        let ada = world.as_(&world.ada);
        let new = |name: &str, text: &str| json!({"name": name, "visibility": "all", "actions": [
            {"do": "set_priority", "priority": "high"}, {"do": "note", "text": text}]});
        let whole = ada.post("/api/v1/macros", new("Whole", "Called {{customer.name}}.")).expect(201).await;
        let half = ada.post("/api/v1/macros", new("Half", "Ask {{agent.name}}.")).expect(201).await;
        let run = |of: &Value| json!([{"do": "run_macro", "macro_id": of["id"]}]);
        rule(world, "Whole", on("opened", r#"ticket.subject == "One""#, run(&whole))).await;
        let refused = rule(world, "Half", on("opened", r#"ticket.subject == "Two""#, run(&half))).await;
        let (one, two) = (open(world, of_lia("One")).await, open(world, of_lia("Two")).await);
        for _ in 0..3 { work(world).await; }
        assert_eq!(read(world, &one).await["priority"], "high");
        assert_eq!(read(world, &two).await["priority"], "normal", "a step that is refused undoes the others");
        // What was refused stands in the run and in the timeline; nothing is left to be tried again.
        let effect = runs(world, &refused).await[0]["effects"][0].clone();
        assert_eq!((text(&effect["outcome"]), text(&effect["code"])), ("refused", "variables_missing"));
        let page = ada.get(&at(&two, "/timeline")).expect(200).await;
        let told = items(&page).iter().find(|entry| entry["kind"] == "ticket.rule_action_refused").unwrap();
        assert_eq!((&told["data"]["rule_id"], text(&told["data"]["do"])), (&refused["id"], "run_macro"));
        assert_eq!(rows(world, "job").await, 0);
        let nowhere = json!([{"do": "run_macro", "macro_id": desk::macros::MacroId::from_uuid(uuid::Uuid::from_u128(7))}]);
        let bad = json!({"name": "B", "when": {"events": ["opened"]}, "actions": nowhere});
        ada.post(RULES, bad).send().await.problem(422, "bad_rule");
    }

    async fn a_rule_has_versions_a_form_and_an_end(world) {
        let form = json!({"any": [{"fact": "ticket.priority", "is": "one_of", "value": ["high", "urgent"]},
            {"fact": "company.plan", "is": "equal", "value": "pro"}]});
        let made = rule(world, "Form", json!({"when": {"events": ["opened"]}, "form": form, "actions": tag(&["a"])})).await;
        assert_eq!(made["form"], form);
        let path = format!("{RULES}/{}", text(&made["id"]));
        let ada = world.as_(&world.ada);
        let off = ada.patch(&path, json!({"enabled": false})).header("if-match", "\"1\"").expect(200).await;
        assert_eq!((&off["enabled"], &off["version"], &off["form"]), (&json!(false), &json!(2), &form));
        ada.patch(&path, json!({"name": "Stale"})).header("if-match", "\"1\"").send().await.problem(412, "stale_version");
        let ticket = open(world, json!({"subject": "S", "body": "b", "priority": "high", "requester": {"email": "l@shop.test"}})).await;
        work(world).await;
        assert_eq!(read(world, &ticket).await["tags"], json!([]), "what is switched off does nothing");
        let versions = ada.get(&format!("{path}/versions")).expect(200).await;
        let shown: Vec<_> = items(&versions).iter().map(|one| (one["version"].as_i64().unwrap(), one["enabled"].as_bool().unwrap())).collect();
        assert_eq!(shown, [(2, false), (1, true)]);
        ada.delete(&path).header("if-match", "\"2\"").expect(204).await;
        ada.get(&path).send().await.problem(404, "not_found");
        assert_eq!(items(&ada.get(RULES).expect(200).await).len(), 0);
        world.as_(&world.gus).get(&path).send().await.problem(404, "not_found");
        let both = json!({"name": "B", "when": {"events": ["opened"]}, "condition": "true", "form": form, "actions": tag(&["a"])});
        ada.post(RULES, both).send().await.problem(422, "bad_rule");
    }
}

/// Asks for the work of an event once more, as a crash between the work and the end of its job would.
async fn again_for(world: &World, ticket: &Value, seq: i64) {
    let (acme, env) = (world.acme.uuid(), world.house().env.clone());
    let payload = json!({"ticket": ticket["id"], "seq": seq, "cause": null});
    let job = jobs::NewJob::new("run_rules", &payload);
    world.house().db.write(acme, move |tx| jobs::enqueue(tx, &env, acme, &job)).await.unwrap();
}
