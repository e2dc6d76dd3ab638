//! What-if answers that can be relied on: for whom they are, in what order, of which facts, and in the shape of an earlier release.

use http::Method;
use serde_json::{Value, json};
use trust::access::Role;

use super::scene::{Visitor, change, items, of_lia, open, read, rows, set_status, team, text, widget_key};
use crate::harness::{World, both_engines};

const RUNS: &str = "/api/v1/simulations";

/// Asks about all tickets of the year.
async fn ask(world: &World, what: &str, asked: &Value) -> Value {
    let question = json!({what: asked, "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"});
    world.as_(&world.ada).post(RUNS, question).expect(201).await
}

/// Asks, lets the house work, and reads the answer.
async fn answer(world: &World, what: &str, asked: &Value) -> Value {
    let run = ask(world, what, asked).await;
    work(world).await;
    let done = world.as_(&world.ada).get(&path(&run)).expect(200).await;
    assert_eq!(text(&done["state"]), "done", "{done}");
    done
}

async fn work(world: &World) {
    world.opened.worker.run_due().await.unwrap();
}

fn path(run: &Value) -> String {
    format!("{RUNS}/{}", text(&run["id"]))
}

fn draft(event: &str, condition: &str) -> Value {
    let actions = json!([{"do": "add_tags", "tags": ["x"]}]);
    json!({"rule": {"name": "Draft", "when": {"events": [event]}, "condition": condition, "actions": actions}})
}

fn promise(minutes: i64) -> Value {
    json!({"targets": [{"metric": "first_response", "priority": "normal", "minutes": minutes, "hours": "calendar"}],
        "thresholds": []})
}

/// Changes a row of Acme as an earlier release or an accident would have left it.
async fn write(world: &World, sql: &'static str, value: String) {
    let acme = world.acme;
    world.house().db.write(acme.uuid(), move |tx| tx.exec(sql, &[&value, &acme]).map(drop)).await.unwrap();
}

async fn basis(world: &World) -> Vec<String> {
    let acme = world.acme;
    let sql = "SELECT outcome FROM simulation WHERE workspace_id = $1 ORDER BY id";
    let read = world.house().db.read(acme.uuid(), move |tx| tx.all(sql, &[&acme], |row| row.get::<String>(0)));
    let outcomes = read.await.unwrap();
    outcomes.iter().map(|one| text(&serde_json::from_str::<Value>(one).unwrap()["basis"]).to_owned()).collect()
}

both_engines! {
    async fn an_answer_names_only_tickets_that_its_reader_may_see(world) {
        let max = world.hire("max@acme.test", Role::Lead, json!({})).await;
        let (plain, secret) = (open(world, of_lia("A question")).await, open(world, of_lia("A raise")).await);
        change(world, Method::PATCH, &secret, "", json!({"restricted": true})).await;
        let done = answer(world, "rule", &draft("opened", "")).await;
        assert_eq!(done["differences"].as_array().unwrap().len(), 2);
        let seen = world.as_(&max).get(&path(&done)).expect(200).await;
        let named: Vec<_> = seen["differences"].as_array().unwrap().iter().map(|one| &one["ticket_id"]).collect();
        assert_eq!((named, &seen["differing"]), (vec![&plain["id"]], &json!(2)), "figures stay, names go");
        let listed = world.as_(&max).get(RUNS).expect(200).await;
        assert!(!listed.to_string().contains(text(&secret["id"])), "{listed}");
    }

    async fn a_list_of_runs_says_how_they_came_out_and_leaves_the_rest_to_each(world) {
        open(world, of_lia("A question")).await;
        let done = answer(world, "rule", &draft("opened", "")).await;
        let listed = items(&world.as_(&world.ada).get(RUNS).expect(200).await)[0].clone();
        for name in ["id", "kind", "state", "rule_id", "looked_at", "total", "covered", "breached", "differing", "made_at"] {
            assert_eq!(listed[name], done[name], "{name}");
        }
        for name in ["differences", "rule", "routing", "promise", "actions", "teams", "sums"] {
            assert!(listed.get(name).is_none(), "{name}");
        }
    }

    async fn what_an_earlier_release_found_is_still_shown(world) {
        let ticket = open(world, of_lia("A question")).await;
        let done = answer(world, "policy", &json!({"promise": promise(60)})).await;
        let figure = json!({"before": 1, "after": 2});
        let old = json!({"covered": figure, "breached": figure, "sums": [], "differing": 1, "after": null, "differences": [
            {"ticket_id": ticket["id"], "number": ticket["number"], "metric": "first_response", "instance": 1,
             "before": null, "after": "2026-03-02T10:00:00Z"}]});
        write(world, "UPDATE simulation SET outcome = $1 WHERE workspace_id = $2", old.to_string()).await;
        let shown = world.as_(&world.ada).get(&path(&done)).expect(200).await;
        assert_eq!((&shown["breached"], &shown["differing"]), (&figure, &json!(1)));
        assert_eq!((text(&shown["differences"][0]["of"]), &shown["differences"][0]["ticket_id"]), ("promise", &ticket["id"]));
        // What nobody can read any more is no answer of zero.
        write(world, "UPDATE simulation SET outcome = $1 WHERE workspace_id = $2", "[]".to_owned()).await;
        assert_eq!(text(&world.as_(&world.ada).get(&path(&done)).expect(200).await["state"]), "failed");
    }

    async fn a_policy_that_is_switched_off_is_asked_in_its_own_place(world) {
        let ada = world.as_(&world.ada);
        ada.post("/api/v1/sla/policies", json!({"name": "Usual", "promise": promise(60)})).expect(201).await;
        let off = json!({"name": "Off", "promise": promise(30), "is_active": false});
        let off = ada.post("/api/v1/sla/policies", off).expect(201).await;
        assert_eq!(off["is_active"], false);
        open(world, of_lia("A question")).await;
        world.clock.advance_seconds(45 * 60);
        let done = answer(world, "policy", &json!({"policy_id": off["id"], "promise": promise(30)})).await;
        assert_eq!((&done["breached"], &done["differing"]), (&json!({"before": 0, "after": 0}), &json!(0)), "the first is for all");
        let done = answer(world, "policy", &json!({"promise": promise(30)})).await;
        assert_eq!(done["breached"], json!({"before": 0, "after": 1}), "a new one comes before all");
    }

    async fn a_category_that_was_replaced_is_the_new_one_from_then_on(world) {
        let ada = world.as_(&world.ada);
        let category = async |name: &str| ada.post("/api/v1/categories", json!({"name": name})).expect(201).await["id"].clone();
        let (old, new) = (category("Old").await, category("New").await);
        let mut filed = of_lia("A question");
        filed["category_id"] = old.clone();
        let ticket = open(world, filed).await;
        let moves = ada.put(&format!("/api/v1/categories/{}/replacement", text(&old)), json!({"category_id": new}));
        assert!(moves.header("if-match", "\"1\"").send().await.status.is_success());
        for _ in 0..3 { work(world).await; }
        assert_eq!(read(world, &ticket).await["category_id"], new);
        set_status(world, &ticket, "pending").await;
        let is = |id: &Value| format!("ticket.category_id == {id}");
        let done = answer(world, "rule", &draft("status_changed", &is(&new))).await;
        assert_eq!(done["covered"]["after"], 1, "{done}");
        let done = answer(world, "rule", &draft("opened", &is(&old))).await;
        assert_eq!(done["covered"]["after"], 1, "{done}");
    }

    async fn routing_is_asked_with_the_facts_of_a_real_arrival(world) {
        let (newcomers, bold) = (team(world, "Newcomers").await, team(world, "Bold").await);
        let rules = json!([{"name": "Bold", "condition": r#"ticket.body.contains("**now**")"#, "team_id": bold},
            {"name": "New", "condition": "customer.is_new", "team_id": newcomers}]);
        for rule in rules.as_array().unwrap() {
            world.as_(&world.ada).post("/api/v1/routing/rules", rule.clone()).expect(201).await;
        }
        // The account of a visitor is made before they ask; they are new all the same, once.
        let visitor = Visitor::new(world, &widget_key(world).await).await;
        visitor.ask("Hello").await;
        visitor.ask("Hello again").await;
        visitor.ask("It has to be **now**.").await;
        open(world, of_lia("First")).await;
        open(world, of_lia("Second")).await;
        let done = answer(world, "routing", &json!({"rules": rules})).await;
        assert_eq!((&done["differing"], &done["covered"]), (&json!(0), &json!({"before": 3, "after": 3})), "{done}");
    }

    async fn texts_of_many_tickets_are_read_a_few_at_a_time_and_all_are_asked(world) {
        for number in 0..30 {
            let body = if number % 3 == 0 { "Please <b>re</b>fund me" } else { "Thanks" };
            let mut new = of_lia("A question");
            new["body"] = json!(body);
            new["body_format"] = json!("html");
            open(world, new).await;
        }
        let done = answer(world, "rule", &draft("opened", r#"ticket.text.contains("refund")"#)).await;
        assert_eq!((&done["looked_at"], &done["covered"]["after"]), (&json!(30), &json!(10)));
    }

    async fn who_may_not_ask_yet_is_told_so_before_the_question_is_looked_at(world) {
        for _ in 0..3 { ask(world, "rule", &draft("opened", "")).await; }
        let broken = json!({"rule": draft("opened", "ticket.colour == 1"),
            "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"});
        world.as_(&world.ada).post(RUNS, broken.clone()).send().await.problem(429, "too_many_simulations");
        work(world).await;
        world.as_(&world.ada).post(RUNS, broken).send().await.problem(422, "bad_rule");
        assert_eq!(rows(world, "simulation").await, 3);
    }

    async fn a_calendar_that_changes_is_another_state_of_what_is_promised(world) {
        let ada = world.as_(&world.ada);
        let week = |to: &str| json!({"zone": "Europe/Berlin", "week": [{"day": "monday", "from": "09:00", "to": to}]});
        let calendar = ada.post("/api/v1/calendars", json!({"name": "Berlin", "definition": week("17:00")})).expect(201).await;
        let mut hours = promise(60);
        hours["calendar_id"] = calendar["id"].clone();
        hours["targets"][0]["hours"] = json!("business");
        ada.post("/api/v1/sla/policies", json!({"name": "Berlin", "promise": hours})).expect(201).await;
        for _ in 0..2 { answer(world, "policy", &json!({"promise": promise(30)})).await; }
        let change = json!({"definition": week("15:00"), "effective_from": "2026-06-01T00:00:00Z"});
        let path = format!("/api/v1/calendars/{}", text(&calendar["id"]));
        drop(ada.patch(&path, change).header("if-match", "\"1\"").expect(200).await);
        answer(world, "policy", &json!({"promise": promise(30)})).await;
        let basis = basis(world).await;
        assert!(basis[0] == basis[1] && basis[1] != basis[2], "{basis:?}");
    }

    async fn a_macro_that_was_given_up_can_be_run_again(world) {
        let ada = world.as_(&world.ada);
        let raise = json!({"name": "Raise", "visibility": "all", "actions": [{"do": "set_priority", "priority": "high"}]});
        let raise = ada.post("/api/v1/macros", raise).expect(201).await;
        let rule = json!({"name": "R", "enabled": true, "when": {"events": ["opened"]}, "condition": "",
            "actions": [{"do": "run_macro", "macro_id": raise["id"]}]});
        let rule = ada.post("/api/v1/automation/rules", rule).expect(201).await;
        let acme = world.acme.uuid();
        let sql = "SELECT actions FROM macro WHERE workspace_id = $1";
        let kept = world.house().db.read(acme, move |tx| tx.first(sql, &[&acme], |row| row.get::<String>(0))).await.unwrap().unwrap();
        write(world, "UPDATE macro SET actions = $1 WHERE workspace_id = $2", "broken".to_owned()).await;
        let ticket = open(world, of_lia("A question")).await;
        for _ in 0..6 {
            work(world).await;
            world.clock.advance_seconds(3_600);
        }
        let dead = world.house().db.read(acme, move |tx| jobs::dead(tx, acme, 10)).await.unwrap();
        assert_eq!(dead.len(), 1);
        let runs = format!("/api/v1/automation/rules/{}/runs", text(&rule["id"]));
        let effect = async || items(&ada.get(&runs).expect(200).await)[0]["effects"][0]["outcome"].clone();
        assert_eq!(effect().await, "refused");
        write(world, "UPDATE macro SET actions = $1 WHERE workspace_id = $2", kept).await;
        let (now, id) = (world.house().env.now(), dead[0].id);
        world.house().db.write(acme, move |tx| jobs::replay(tx, acme, id, now)).await.unwrap();
        work(world).await;
        assert_eq!((read(world, &ticket).await["priority"].clone(), effect().await), (json!("high"), json!("done")));
    }
}
