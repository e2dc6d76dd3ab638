//! Promises: clocks that start, pause, break at their instant and are told once; policies that keep their version; what-if.

use expect_test::expect;
use http::Method;
use serde_json::{Value, json};
use trust::Cx;
use trust::access::Via;
use trust::nouns::TicketId;

use super::scene::{Visitor, at, change, items, of_lia, open, read, set_status, text, widget_key};
use crate::harness::{World, both_engines};

/// First response and solution around the clock, and a third that is measured in business hours.
fn promise() -> Value {
    json!({"targets": [
        {"metric": "first_response", "priority": "normal", "minutes": 60, "hours": "calendar"},
        {"metric": "first_response", "priority": "urgent", "minutes": 15, "hours": "calendar"},
        {"metric": "next_response", "priority": "normal", "minutes": 30, "hours": "calendar"},
        {"metric": "resolution", "priority": "normal", "minutes": 240, "hours": "calendar"},
    ], "thresholds": ["75%", "+30m"]})
}

async fn policy(world: &World, name: &str, promise: Value) -> Value {
    world.as_(&world.ada).post("/api/v1/sla/policies", json!({"name": name, "promise": promise})).expect(201).await
}

/// Minutes pass, and the house has done what it does by itself.
async fn minutes_pass(world: &World, minutes: i64) {
    world.clock.advance_seconds(minutes * 60);
    world.opened.worker.run_due().await.unwrap();
}

async fn clocks(world: &World, ticket: &Value) -> Value {
    world.as_(&world.ada).get(&at(ticket, "/clocks")).expect(200).await
}

/// One clock of a ticket.
async fn clock(world: &World, ticket: &Value, metric: &str) -> Value {
    let all = clocks(world, ticket).await;
    let found = all["clocks"].as_array().unwrap().iter().find(|clock| clock["metric"] == metric).cloned();
    found.unwrap_or_else(|| panic!("no {metric} in {all}"))
}

/// What the timeline says of clocks: kind, metric, threshold, and minutes after the opening.
async fn told(world: &World, ticket: &Value) -> Vec<String> {
    let timeline = world.as_(&world.ada).get(&at(ticket, "/timeline")).expect(200).await;
    let opened: base::Time = text(&ticket["opened_at"]).parse().unwrap();
    let clock_events = items(&timeline).iter().filter(|entry| text(&entry["kind"]).starts_with("ticket.clock_"));
    let line = |entry: &Value| {
        let at: base::Time = text(&entry["occurred_at"]).parse().unwrap();
        let data = &entry["data"];
        let minutes = at.micros_since(opened) / 60_000_000;
        format!(
            "{minutes} {} {} {}{}",
            text(&entry["kind"]),
            text(&data["metric"]),
            data["threshold"],
            data["minutes_after"].as_i64().map(|more| format!("+{more}m")).unwrap_or_default()
        )
    };
    clock_events.map(line).collect()
}

/// The stored clocks of a ticket are what its events give.
async fn assert_as_replayed(world: &World, ticket: &Value) {
    let id: TicketId = text(&ticket["id"]).parse().unwrap();
    let now = world.house().env.now();
    let cx = Cx::of_house(world.house(), world.acme, Via::Job);
    assert!(cx.read(move |tx, cx| desk::sla::is_as_replayed(tx, cx, id, now)).await.unwrap());
}

/// Writes the text of a ticket's clocks, and gives the one before.
async fn write_clocks(world: &World, ticket: TicketId, text: &str) -> String {
    let (acme, text) = (world.acme, text.to_owned());
    let written = world.house().db.write(acme.uuid(), move |tx| {
        let sql = "SELECT clocks FROM ticket_clock WHERE workspace_id = $1 AND ticket_id = $2";
        let before = tx.first(sql, &[&acme, &ticket], |row| row.get(0))?;
        tx.exec(
            "UPDATE ticket_clock SET clocks = $1 WHERE workspace_id = $2 AND ticket_id = $3",
            &[&text, &acme, &ticket],
        )?;
        Ok(before.unwrap_or_default())
    });
    written.await.unwrap()
}

async fn reply(world: &World, ticket: &Value) {
    let message = json!({"kind": "reply", "body": "We are at it."});
    world.as_(&world.ben).post(&at(ticket, "/messages"), message).expect(201).await;
}

both_engines! {
    async fn clocks_that_cannot_be_read_hold_up_no_other_ticket(world) {
        policy(world, "Usual", promise()).await;
        let (broken, sound) = (open(world, of_lia("It burns")).await, open(world, of_lia("It smokes")).await);
        let id: TicketId = text(&broken["id"]).parse().unwrap();
        let kept = write_clocks(world, id, "nonsense").await;
        minutes_pass(world, 61).await;
        assert_eq!(told(world, &sound).await.len(), 2);
        let waiting = world.house().db.read(uuid::Uuid::nil(), |tx| {
            tx.first("SELECT COUNT(*) FROM job WHERE workspace_id = $1 AND kind = 'ring_clocks'", &[&uuid::Uuid::nil()], |row| {
                row.get::<i64>(0)
            })
        });
        assert_eq!(waiting.await.unwrap(), Some(0), "no job rests because of it");
        write_clocks(world, id, &kept).await;
        minutes_pass(world, 6).await;
        assert_eq!(told(world, &broken).await.len(), 2);
    }

    async fn a_promise_breaks_at_its_instant_however_late_it_is_noticed_and_is_told_once(world) {
        policy(world, "Usual", promise()).await;
        let ticket = open(world, of_lia("It burns")).await;
        world.opened.worker.run_due().await.unwrap();
        // Nobody looked for three hours.
        minutes_pass(world, 180).await;
        expect![[r#"
            [
                "45 ticket.clock_warned first_response 75",
                "60 ticket.clock_breached first_response 100",
                "90 ticket.clock_warned first_response 100+30m",
                "180 ticket.clock_warned resolution 75",
            ]
        "#]].assert_debug_eq(&told(world, &ticket).await);
        minutes_pass(world, 1).await;
        minutes_pass(world, 1).await;
        assert_eq!(told(world, &ticket).await.len(), 4);
        assert_as_replayed(world, &ticket).await;
        let clock = clock(world, &ticket, "first_response").await;
        assert_eq!((text(&clock["state"]), &clock["target_seconds"]), ("running", &json!(3600)));
        assert!(clock["breached_at"].is_string(), "{clock}");
    }

    async fn a_threshold_that_passes_takes_nothing_from_an_editor(world) {
        policy(world, "Usual", promise()).await;
        let ticket = open(world, of_lia("It burns")).await;
        world.opened.worker.run_due().await.unwrap();
        minutes_pass(world, 61).await;
        assert_eq!(told(world, &ticket).await.len(), 2);
        // Whoever read it before the clock rang saw everything that there is to change.
        let seen = format!("\"{}\"", ticket["version"]);
        let ada = world.as_(&world.ada);
        let changed = ada.patch(&at(&ticket, ""), json!({"priority": "high"})).header("if-match", seen.clone()).expect(200).await;
        assert_eq!(changed["version"], json!(ticket["version"].as_i64().unwrap() + 3));
        // A change of somebody else still counts, and so does a version that never was.
        ada.patch(&at(&ticket, ""), json!({"priority": "low"})).header("if-match", seen).send().await.problem(412, "stale_version");
        ada.patch(&at(&ticket, ""), json!({"priority": "low"})).header("if-match", "\"99\"").send().await.problem(412, "stale_version");
        assert_as_replayed(world, &ticket).await;
    }

    async fn a_note_answers_nobody_and_a_reply_does(world) {
        policy(world, "Usual", promise()).await;
        let ticket = open(world, of_lia("It burns")).await;
        world.as_(&world.ben).post(&at(&ticket, "/messages"), json!({"kind": "note", "body": "Hm."})).expect(201).await;
        assert_eq!(clock(world, &ticket, "first_response").await["state"], "running");
        world.clock.advance_seconds(600);
        reply(world, &ticket).await;
        let met = clock(world, &ticket, "first_response").await;
        assert_eq!((text(&met["state"]), met["consumed_seconds"].as_i64()), ("met", Some(600)));
        minutes_pass(world, 90).await;
        assert_eq!(told(world, &ticket).await, Vec::<String>::new());
        assert_as_replayed(world, &ticket).await;
    }

    async fn what_was_held_back_is_promised_from_the_day_it_is_let_out(world) {
        policy(world, "Usual", promise()).await;
        let visitor = Visitor::new(world, &widget_key(world).await).await;
        let ticket = visitor.ask("https://shop.test/cart").await;
        visitor.write(&ticket, "I cannot pay.").await;
        minutes_pass(world, 2 * 1_440).await;
        let recover = format!("/api/v1/quarantine/{}/recovery", text(&ticket["id"]));
        world.as_(&world.ada).post(&recover, json!({})).expect(201).await;
        minutes_pass(world, 50).await;
        assert_eq!(text(&clock(world, &ticket, "first_response").await["state"]), "running");
        assert_as_replayed(world, &ticket).await;
        minutes_pass(world, 20).await;
        assert!(told(world, &ticket).await.iter().any(|line| line.contains("ticket.clock_breached first_response")));
    }

    async fn the_customers_next_message_begins_a_promise_of_its_own(world) {
        policy(world, "Usual", promise()).await;
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let asked = lia.ask("I cannot pay.").await;
        let ticket = read(world, &asked).await;
        reply(world, &ticket).await;
        world.clock.advance_seconds(600);
        lia.write(&asked, "Still not.").await;
        world.clock.advance_seconds(60);
        lia.write(&asked, "Hello?").await;
        let next = clock(world, &ticket, "next_response").await;
        assert_eq!((&next["instance"], text(&next["state"])), (&json!(1), "running"));
        world.opened.worker.run_due().await.unwrap();
        minutes_pass(world, 31).await;
        // The clock counts from the oldest message that is not answered.
        assert_eq!(told(world, &ticket).await.last().unwrap(), "40 ticket.clock_breached next_response 100");
        reply(world, &ticket).await;
        lia.write(&asked, "And now?").await;
        let next = clock(world, &ticket, "next_response").await;
        assert_eq!((&next["instance"], text(&next["state"])), (&json!(2), "running"));
        let all = clocks(world, &ticket).await;
        assert!(all["ended"].as_array().unwrap().iter().any(|ended| ended["metric"] == "next_response"), "{all}");
        assert_as_replayed(world, &ticket).await;
    }

    async fn waiting_for_the_customer_pauses_and_opening_again_goes_on(world) {
        policy(world, "Usual", promise()).await;
        let ticket = open(world, of_lia("It burns")).await;
        reply(world, &ticket).await;
        world.clock.advance_seconds(60 * 60);
        set_status(world, &ticket, "pending").await;
        let paused = clock(world, &ticket, "resolution").await;
        assert_eq!((text(&paused["state"]), text(&paused["reason"])), ("paused", "waiting_on_customer"));
        minutes_pass(world, 10_000).await;
        assert_eq!(told(world, &ticket).await, Vec::<String>::new());
        set_status(world, &ticket, "resolved").await;
        set_status(world, &ticket, "open").await;
        let again = clock(world, &ticket, "resolution").await;
        assert_eq!((text(&again["state"]), again["consumed_seconds"].as_i64()), ("running", Some(3600)));
        assert_as_replayed(world, &ticket).await;
    }

    async fn a_new_priority_swaps_the_target_and_keeps_what_was_used_up(world) {
        policy(world, "Usual", promise()).await;
        let ticket = open(world, of_lia("It burns")).await;
        world.clock.advance_seconds(20 * 60);
        change(world, Method::PATCH, &ticket, "", json!({"priority": "urgent"})).await;
        world.opened.worker.run_due().await.unwrap();
        // Fifteen minutes were used up when it became urgent: that is when the promise broke.
        assert_eq!(told(world, &ticket).await, ["20 ticket.clock_warned first_response 75", "20 ticket.clock_breached first_response 100"]);
        assert_as_replayed(world, &ticket).await;
    }

    async fn the_first_policy_whose_condition_holds_is_pinned_and_keeps_its_version(world) {
        let mut widget = promise();
        widget["condition"] = json!("ticket.channel == \"widget\"");
        policy(world, "Widget", widget).await;
        let usual = policy(world, "Usual", promise()).await;
        let ticket = open(world, of_lia("It burns")).await;
        let pinned = clocks(world, &ticket).await;
        assert_eq!((text(&pinned["policy"]["name"]), &pinned["policy"]["number"]), ("Usual", &json!(1)));
        let answers: Vec<&str> = pinned["conditions"].as_array().unwrap().iter().map(|one| text(&one["answer"])).collect();
        assert_eq!(answers, ["no", "yes"]);
        let mut sooner = promise();
        sooner["targets"][0]["minutes"] = json!(40);
        let path = format!("/api/v1/sla/policies/{}", text(&usual["id"]));
        let ada = world.as_(&world.ada);
        let changed = ada.patch(&path, json!({"promise": sooner})).header("if-match", "\"1\"").expect(200).await;
        assert_eq!(changed["number"], 2);
        assert_eq!(clock(world, &ticket, "first_response").await["target_seconds"], 3600);
        // Shown first, then done.
        let path = format!("{path}/reapplication");
        let shown = ada.post(&path, json!({"preview": true})).expect(200).await;
        assert_eq!((&items(&shown)[0]["number_before"], &items(&shown)[0]["number_after"]), (&json!(1), &json!(2)));
        assert_eq!(clock(world, &ticket, "first_response").await["target_seconds"], 3600);
        ada.post(&path, json!({"preview": false})).expect(200).await;
        assert_eq!(clock(world, &ticket, "first_response").await["target_seconds"], 2400);
        assert_as_replayed(world, &ticket).await;
    }

    async fn a_ticket_without_a_policy_has_no_clocks_and_says_so(world) {
        let before = open(world, of_lia("Long ago")).await;
        let mut none = promise();
        none["condition"] = json!("company.tier == \"gold\"");
        policy(world, "Gold", none).await;
        let ticket = open(world, of_lia("It burns")).await;
        for ticket in [&before, &ticket] {
            let shown = clocks(world, ticket).await;
            assert_eq!((&shown["policy"], &shown["clocks"]), (&json!(null), &json!([])));
        }
        assert_eq!(clocks(world, &ticket).await["conditions"][0]["answer"], "no");
    }

    async fn tickets_from_before_the_first_policy_get_clocks_when_it_is_applied_to_them(world) {
        let (before, answered) = (open(world, of_lia("Long ago")).await, open(world, of_lia("Answered")).await);
        world.clock.advance_seconds(20 * 60);
        reply(world, &answered).await;
        world.clock.advance_seconds(20 * 60);
        let mut gold = promise();
        gold["condition"] = json!("company.tier == 'gold'");
        let gold = policy(world, "Gold", gold).await;
        let usual = policy(world, "Usual", promise()).await;
        let path = |policy: &Value| format!("/api/v1/sla/policies/{}/reapplication", text(&policy["id"]));
        let ada = world.as_(&world.ada);
        let none = ada.post(&path(&gold), json!({"preview": false})).expect(200).await;
        assert_eq!((items(&none).len(), &none["next"]), (0, &json!(null)), "it is not for them");
        let shown = ada.post(&path(&usual), json!({"preview": true})).expect(200).await;
        assert_eq!(items(&shown).iter().map(|one| &one["number_before"]).collect::<Vec<_>>(), [&json!(null), &json!(null)]);
        assert_eq!(clocks(world, &before).await["policy"], json!(null));
        let done = ada.post(&path(&usual), json!({"preview": false})).expect(200).await;
        assert_eq!(items(&done), items(&shown));
        for ticket in [&before, &answered] {
            assert_as_replayed(world, ticket).await;
        }
        assert_eq!(clock(world, &answered, "first_response").await["consumed_seconds"], 1200);
        assert_eq!(text(&clock(world, &before, "first_response").await["state"]), "running");
        minutes_pass(world, 25).await;
        assert_eq!(told(world, &before).await.iter().filter(|line| line.contains("clock_breached first_response")).count(), 1);
        assert_as_replayed(world, &before).await;
    }

    async fn several_tickets_say_in_one_answer_what_is_due(world) {
        policy(world, "Usual", promise()).await;
        let one = open(world, of_lia("One")).await;
        let other = open(world, of_lia("Other")).await;
        set_status(world, &other, "resolved").await;
        let path = format!("/api/v1/tickets/clocks?ids={},{}", text(&one["id"]), text(&other["id"]));
        let due = world.as_(&world.ada).get(&path).expect(200).await;
        let of = |ticket: &Value| items(&due).iter().find(|due| due["ticket_id"] == ticket["id"]).unwrap().clone();
        assert_eq!(of(&one)["metric"], "first_response");
        assert_eq!(of(&other)["due_at"], json!(null));
        world.as_(&world.ada).get("/api/v1/tickets/clocks?ids=x").send().await.problem(422, "invalid_query");
        // Next door sees nothing.
        assert_eq!(items(&world.as_(&world.gus).get(&path).expect(200).await).len(), 0);
    }

    async fn what_is_broken_comes_first_and_then_what_breaks_next(world) {
        policy(world, "Usual", promise()).await;
        let names = |page: &Value| items(page).iter().map(|ticket| text(&ticket["subject"]).to_owned()).collect::<Vec<_>>();
        let due = async |path: &str| world.as_(&world.ada).get(&format!("/api/v1/tickets?view=open&sort=due{path}")).expect(200).await;
        let old = open(world, of_lia("An hour")).await;
        minutes_pass(world, 50).await;
        let mut urgent = of_lia("A quarter");
        urgent["priority"] = json!("urgent");
        open(world, urgent).await;
        assert_eq!(names(&due("").await), ["An hour", "A quarter"]);
        reply(world, &old).await;
        // Three hours are left to solve it, and a quarter to answer the other.
        assert_eq!(names(&due("").await), ["A quarter", "An hour"]);
        let first = due("&limit=1").await;
        assert_eq!(names(&first), ["A quarter"]);
        let rest = due(&format!("&limit=1&after={}", text(&first["next"]))).await;
        assert_eq!((names(&rest), &rest["next"]), (vec!["An hour".to_owned()], &json!(null)));
        minutes_pass(world, 20).await;
        let mut later = of_lia("Soon");
        later["priority"] = json!("urgent");
        open(world, later).await;
        assert_eq!(names(&due("").await), ["A quarter", "Soon", "An hour"]);
        set_status(world, &old, "resolved").await;
        assert_eq!(names(&due("").await), ["A quarter", "Soon"]);
        assert_eq!(items(&due("&tag=nowhere").await).len(), 0);
        world.as_(&world.ada).get("/api/v1/tickets?sort=luck").send().await.problem(422, "invalid_query");
        // Next door has nothing that is due.
        assert_eq!(items(&world.as_(&world.gus).get("/api/v1/tickets?sort=due").expect(200).await).len(), 0);
    }

    async fn whoever_asks_hears_when_somebody_is_there(world) {
        let key = widget_key(world).await;
        let opening = async || world.as_nobody().get("/api/v1/me/opening").header("x-widget-key", &key).expect(200).await;
        assert_eq!(opening().await, json!({"is_open": null, "opens_at": null, "closes_at": null}));
        let ada = world.as_(&world.ada);
        let week = json!([{"day": "monday", "from": "09:00", "to": "17:00"}, {"day": "tuesday", "from": "08:00", "to": "17:00"}]);
        let calendar = json!({"name": "Berlin", "definition": {"zone": "Europe/Berlin", "week": week}});
        let calendar = ada.post("/api/v1/calendars", calendar).expect(201).await;
        let mut hours = json!({"calendar_id": calendar["id"], "condition": "ticket.channel == 'widget'", "targets": [
            {"metric": "resolution", "priority": "normal", "minutes": 600, "hours": "business"}]});
        policy(world, "Some", hours.clone()).await;
        // What is promised to some is told to nobody.
        assert_eq!(opening().await["is_open"], json!(null));
        hours["condition"] = json!(null);
        policy(world, "Berlin", hours).await;
        // Monday, 2 March 2026, 10:00 in Berlin.
        let now = opening().await;
        assert_eq!((&now["is_open"], &now["opens_at"]), (&json!(true), &json!(null)));
        assert!(text(&now["closes_at"]).starts_with("2026-03-02T16:00:00"), "{now}");
        minutes_pass(world, 8 * 60).await;
        let now = opening().await;
        assert_eq!((&now["is_open"], &now["closes_at"]), (&json!(false), &json!(null)));
        assert!(text(&now["opens_at"]).starts_with("2026-03-03T07:00:00"), "{now}");
    }

    async fn what_contradicts_itself_is_refused_with_its_place_and_changes_nothing(world) {
        let ada = world.as_(&world.ada);
        let wrong = async |promise: Value, place: &str| {
            let answer = ada.post("/api/v1/sla/policies", json!({"name": "Wrong", "promise": promise})).send().await;
            let problem = answer.problem(422, "bad_policy");
            let fields = problem["errors"].as_array().unwrap();
            assert!(fields.iter().any(|field| field["pointer"] == place), "{problem}");
        };
        let target = |metric: &str, priority: &str, minutes: i64| {
            json!({"metric": metric, "priority": priority, "minutes": minutes, "hours": "calendar"})
        };
        wrong(json!({"targets": []}), "/targets").await;
        wrong(json!({"targets": [target("resolution", "normal", 0)]}), "/targets/0/minutes").await;
        wrong(json!({"targets": [target("resolution", "normal", 9), target("resolution", "normal", 8)]}), "/targets/1").await;
        wrong(json!({"targets": [target("resolution", "low", 9), target("resolution", "high", 10)]}), "/targets/1/minutes").await;
        wrong(json!({"targets": [target("first_response", "low", 9), target("resolution", "low", 8)]}), "/targets/0/minutes").await;
        wrong(json!({"targets": [target("resolution", "low", 9)], "condition": "ticket.colour == \"red\""}), "/condition").await;
        wrong(json!({"targets": [{"metric": "resolution", "priority": "low", "minutes": 9, "hours": "business"}]}), "/calendar_id").await;
        assert_eq!(items(&ada.get("/api/v1/sla/policies").expect(200).await).len(), 0);
        // Agents read the settings at most.
        let agents = world.as_(&world.ben).post("/api/v1/sla/policies", json!({"name": "Mine", "promise": promise()}));
        agents.send().await.problem(403, "missing_right");
    }

    async fn a_change_that_cannot_be_leaves_in_force_what_was(world) {
        let ada = world.as_(&world.ada);
        let office = json!({"zone": "UTC", "week": [{"day": "monday", "from": "09:00", "to": "17:00"}]});
        let calendar = ada.post("/api/v1/calendars", json!({"name": "Office", "definition": office})).expect(201).await;
        let policy = policy(world, "Usual", promise()).await;
        let ticket = open(world, of_lia("Cannot pay")).await;
        let due = clock(world, &ticket, "first_response").await["due_at"].clone();
        let at_calendar = format!("/api/v1/calendars/{}", text(&calendar["id"]));
        for wrong in [json!({"zone": "UTC", "week": []}), json!({"zone": "Mars/Olympus", "always": true})] {
            let change = ada.patch(&at_calendar, json!({"definition": wrong})).header("if-match", "\"1\"");
            change.send().await.problem(422, "bad_calendar");
        }
        assert_eq!(ada.get(&at_calendar).expect(200).await, calendar);
        let twice = json!({"metric": "resolution", "priority": "normal", "minutes": 9, "hours": "calendar"});
        let change = ada.patch(&format!("/api/v1/sla/policies/{}", text(&policy["id"])), json!({"promise": {"targets": [twice, twice]}}));
        change.header("if-match", format!("\"{}\"", policy["version"])).send().await.problem(422, "bad_policy");
        let kept = items(&ada.get("/api/v1/sla/policies").expect(200).await)[0].clone();
        assert_eq!((&kept["version"], &kept["promise"]), (&policy["version"], &policy["promise"]));
        world.clock.advance_seconds(2);
        assert_eq!(clock(world, &ticket, "first_response").await["due_at"], due);
        let next = open(world, of_lia("Again")).await;
        assert!(clock(world, &next, "resolution").await["due_at"].is_string());
    }

    async fn business_hours_are_those_of_the_calendar_and_a_new_version_leaves_the_past_alone(world) {
        let ada = world.as_(&world.ada);
        let week: Vec<Value> = ["monday", "tuesday", "wednesday", "thursday", "friday"]
            .iter().map(|day| json!({"day": day, "from": "09:00", "to": "17:00"})).collect();
        let definition = json!({"zone": "Europe/Berlin", "week": week});
        let calendar = ada.post("/api/v1/calendars", json!({"name": "Berlin", "definition": definition})).expect(201).await;
        let path = format!("/api/v1/calendars/{}", text(&calendar["id"]));
        let promise = json!({"calendar_id": calendar["id"], "targets": [
            {"metric": "resolution", "priority": "normal", "minutes": 600, "hours": "business"}]});
        policy(world, "Berlin", promise).await;
        // Monday, 2 March 2026, 10:00 in Berlin: seven hours are left today, and three more are needed tomorrow.
        let ticket = open(world, of_lia("It burns")).await;
        let due = clock(world, &ticket, "resolution").await["due_at"].clone();
        assert!(text(&due).starts_with("2026-03-03T11:00:00"), "{due}");
        let opening = ada.get(&format!("{path}/opening")).expect(200).await;
        assert_eq!((&opening["is_open"], &opening["opens_at"]), (&json!(true), &json!(null)));
        assert!(text(&opening["closes_at"]).starts_with("2026-03-02T16:00:00"), "{opening}");
        let mut shorter = definition.clone();
        shorter["holidays"] = json!([{"date": "2026-03-03"}]);
        ada.patch(&path, json!({"definition": shorter, "effective_from": "2020-01-01T00:00:00Z"}))
            .header("if-match", "\"1\"").send().await.problem(422, "bad_calendar");
        ada.patch(&path, json!({"definition": shorter})).header("if-match", "\"1\"").expect(200).await;
        assert_eq!(clock(world, &ticket, "resolution").await["due_at"], due);
        let later = open(world, of_lia("Again")).await;
        let due = clock(world, &later, "resolution").await["due_at"].clone();
        assert!(text(&due).starts_with("2026-03-04T11:00:0"), "{due}");
        assert_eq!(items(&ada.get(&format!("{path}/versions")).expect(200).await).len(), 2);
        // However many versions follow, a ticket is measured by the one that was in force when it was pinned.
        for day in 1..=40 {
            let mut other = definition.clone();
            other["holidays"] = json!([{"date": format!("2027-{:02}-{:02}", 1 + day / 28, 1 + day % 28)}]);
            world.clock.advance_seconds(1);
            ada.patch(&path, json!({"definition": other})).header("if-match", format!("\"{}\"", day + 1)).expect(200).await;
        }
        let mut sooner = json!({"calendar_id": calendar["id"], "targets": [
            {"metric": "resolution", "priority": "normal", "minutes": 60, "hours": "business"}]});
        sooner["condition"] = json!("ticket.channel == 'phone'");
        let berlin = items(&ada.get("/api/v1/sla/policies").expect(200).await)[0].clone();
        let path_of = format!("/api/v1/sla/policies/{}", text(&berlin["id"]));
        ada.patch(&path_of, json!({"promise": sooner})).header("if-match", format!("\"{}\"", berlin["version"])).expect(200).await;
        world.clock.advance_seconds(2);
        let shown = clocks(world, &later).await;
        assert_eq!((&shown["policy"]["number"], &shown["policy"]["calendar_number"]), (&json!(1), &json!(2)));
        assert_eq!(clock(world, &later, "resolution").await["due_at"], due);
        assert_as_replayed(world, &later).await;
        let bad = json!({"name": "Nowhere", "definition": {"zone": "Mars/Olympus", "week": []}});
        ada.post("/api/v1/calendars", bad).send().await.problem(422, "bad_calendar");
        let file = json!({"text": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261225\nSUMMARY:Christmas\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR"});
        let read = ada.post("/api/v1/calendars/holidays", file).expect(200).await;
        assert_eq!(items(&read)[0], json!({"date": "2026-12-25", "name": "Christmas", "yearly": true}));
    }

    async fn a_policy_is_tried_on_a_real_ticket_and_on_history_before_it_is_saved(world) {
        let ada = world.as_(&world.ada);
        let usual = policy(world, "Usual", promise()).await;
        let mut tickets = Vec::new();
        for number in 0..6 {
            let ticket = open(world, of_lia(&format!("Ticket {number}"))).await;
            world.clock.advance_seconds(if number % 2 == 0 { 50 * 60 } else { 70 * 60 });
            reply(world, &ticket).await;
            set_status(world, &ticket, "resolved").await;
            tickets.push(ticket);
        }
        let mut sooner = promise();
        sooner["targets"][0]["minutes"] = json!(45);
        let asked = json!({"ticket_id": tickets[0]["id"], "policy_id": usual["id"], "promise": sooner});
        let shown = ada.post("/api/v1/sla/policies/preview", asked).expect(200).await;
        assert!(shown["clocks"][0]["breached_at"].is_string(), "{shown}");
        assert_eq!(clock(world, &tickets[0], "first_response").await["breached_at"], json!(null));
        let question = json!({"policy": {"policy_id": usual["id"], "promise": sooner},
            "from": "2026-01-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"});
        let run = ada.post("/api/v1/simulations", question.clone()).expect(201).await;
        assert_eq!((text(&run["state"]), &run["total"]), ("running", &json!(6)));
        world.opened.worker.run_due().await.unwrap();
        let path = format!("/api/v1/simulations/{}", text(&run["id"]));
        let done = ada.get(&path).expect(200).await;
        assert_eq!((text(&done["state"]), &done["looked_at"]), ("done", &json!(6)));
        assert_eq!(done["covered"], json!({"before": 6, "after": 6}));
        assert_eq!(done["breached"], json!({"before": 3, "after": 6}));
        // Three were ten minutes late and would have been twenty-five; three would have been five.
        assert_eq!(done["sums"], json!([{"metric": "first_response", "breached": {"before": 3, "after": 6},
            "late_minutes": {"before": 30, "after": 90}}]));
        assert_eq!(done["differing"], 6);
        // The same question gives the same answer, and one that is cancelled looks no further.
        let again = ada.post("/api/v1/simulations", question.clone()).expect(201).await;
        world.opened.worker.run_due().await.unwrap();
        let again = ada.get(&format!("/api/v1/simulations/{}", text(&again["id"]))).expect(200).await;
        assert_eq!(again["differences"], done["differences"]);
        let third = ada.post("/api/v1/simulations", question).expect(201).await;
        let path = format!("/api/v1/simulations/{}", text(&third["id"]));
        ada.delete(&path).expect(204).await;
        world.opened.worker.run_due().await.unwrap();
        let third = ada.get(&path).expect(200).await;
        assert_eq!((text(&third["state"]), &third["looked_at"]), ("cancelled", &json!(0)));
        let backwards = json!({"policy": {"promise": promise()}, "from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"});
        ada.post("/api/v1/simulations", backwards).send().await.problem(422, "bad_range");
    }

    async fn policies_are_put_in_order_and_one_that_is_never_reached_says_so(world) {
        let ada = world.as_(&world.ada);
        let one = policy(world, "One", promise()).await;
        let two = policy(world, "Two", promise()).await;
        let listed = ada.get("/api/v1/sla/policies").expect(200).await;
        assert_eq!(items(&listed).iter().map(|one| &one["is_shadowed"]).collect::<Vec<_>>(), [&json!(false), &json!(true)]);
        let order = ada.put("/api/v1/sla/order", json!({"ids": [two["id"], one["id"]]})).expect(200).await;
        assert_eq!(items(&order)[0]["name"], "Two");
        ada.put("/api/v1/sla/order", json!({"ids": [two["id"]]})).send().await.problem(422, "bad_policy_order");
        let template = ada.get("/api/v1/sla/template").expect(200).await;
        assert_eq!(template["targets"].as_array().unwrap().len(), 8);
        policy(world, "Template", template).await;
        ada.post("/api/v1/sla/policies", json!({"name": "one", "promise": promise()})).send().await.problem(409, "policy_taken");
    }
}
