//! Stories of macros and canned replies: what they do in one step, what they refuse, and how they fared.

use http::Method;
use serde_json::{Value, json};

use super::scene::{Visitor, at, change, items, of_lia, open, read, rows, set_status, team, text, widget_key};
use crate::harness::{Answer, World, both_engines};

/// Makes a macro of Ada's for all.
async fn shared(world: &World, name: &str, actions: Value) -> Value {
    let new = json!({"name": name, "visibility": "all", "actions": actions});
    world.as_(&world.ada).post("/api/v1/macros", new).expect(201).await
}

/// Ben runs a macro on a ticket.
async fn run(world: &World, ticket: &Value, of: &Value, more: Value) -> Answer {
    let mut body = json!({"macro_id": of["id"]});
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    world.as_(&world.ben).post(&at(ticket, "/macro-runs"), body).send().await
}

fn reply(text: &str) -> Value {
    json!({"do": "reply", "texts": [{"locale": "en", "text": text}]})
}

both_engines! {
    async fn a_preview_says_whom_a_ticket_waits_for_and_what_its_status_is_called(world) {
        let ada = world.as_(&world.ada);
        let carrier = ada.post("/api/v1/statuses", json!({"status": "pending", "name": "With the carrier"})).expect(201).await;
        let ticket = open(world, of_lia("Where is it?")).await;
        change(world, Method::PUT, &ticket, "/status", json!({"status": "pending", "waiting_on": "customer"})).await;
        let third = shared(world, "Third", json!([{"do": "set_status", "status": "pending", "waiting_on": "third_party",
            "status_id": carrier["id"]}])).await;
        let path = at(&ticket, &format!("/macro-preview?macro_id={}", text(&third["id"])));
        let shown = world.as_(&world.ben).get(&path).expect(200).await;
        assert_eq!(shown["changes"], json!([{"field": "waiting_on", "before": "customer", "after": "third_party"},
            {"field": "status_name", "before": null, "after": "With the carrier"}]));
    }

    async fn a_macro_does_everything_at_once_and_the_timeline_names_it(world) {
        let billing = team(world, "Billing").await;
        let refund = json!({"key": "refund", "label": "Refund", "type": "number"});
        world.as_(&world.ada).post("/api/v1/fields", refund).expect(201).await;
        let done = shared(world, "Refund", json!([
            reply("Hi {{customer.first_name}}, #{{ticket.number}} is refunded. {{agent.name}}"),
            {"do": "note", "text": "Refunded by {{agent.name}}"},
            {"do": "add_tags", "tags": ["Refund", "money"]},
            {"do": "remove_tags", "tags": ["NEW"]},
            {"do": "set_priority", "priority": "low"},
            {"do": "set_fields", "fields": {"refund": 12.5}},
            {"do": "assign", "team_id": billing, "to_me": true},
            {"do": "set_status", "status": "resolved"},
        ])).await;
        let mut new = of_lia("Money back");
        new["tags"] = json!(["new", "Money"]);
        let ticket = open(world, new).await;
        let path = at(&ticket, &format!("/macro-preview?macro_id={}", text(&done["id"])));
        let shown = world.as_(&world.ben).get(&path).expect(200).await;
        let words = format!("Hi Lia, #{} is refunded. ben", ticket["number"]);
        assert_eq!((text(&shown["reply"]["text"]), &shown["reply"]["missing"]), (words.as_str(), &json!([])));
        let changed: Vec<&str> = shown["changes"].as_array().unwrap().iter().map(|change| text(&change["field"])).collect();
        assert_eq!(changed, ["tags", "priority", "field.refund", "team", "assignee", "status"]);
        assert_eq!(shown["changes"][0], json!({"field": "tags", "before": "Money, new", "after": "Refund, money"}));
        assert_eq!(read(world, &ticket).await, ticket, "a preview changes nothing");

        let ran = run(world, &ticket, &done, json!({"version": shown["version"], "ticket_version": shown["ticket_version"]})).await.expect(201);
        let after = &ran["ticket"];
        assert_eq!((text(&after["status"]), text(&after["priority"]), &after["team_id"]), ("resolved", "low", &billing));
        assert_eq!((&after["assignee_id"], &after["fields"]["refund"]), (&json!(world.ben.member), &json!(12.5)));
        assert_eq!(after["tags"], json!(["Money", "Refund"]), "a tag keeps its first spelling");
        assert_eq!(*after, read(world, &ticket).await);
        let messages = world.as_(&world.ada).get(&at(&ticket, "/messages")).expect(200).await;
        assert_eq!(items(&messages).iter().map(|message| text(&message["body"])).collect::<Vec<_>>(),
            ["It does not work.", words.as_str(), "Refunded by ben"]);
        let timeline = world.as_(&world.ada).get(&at(&ticket, "/timeline")).expect(200).await;
        let kinds: Vec<&str> = items(&timeline).iter().map(|entry| text(&entry["kind"])).collect();
        assert_eq!(kinds, ["ticket.opened", "ticket.message_added", "ticket.message_added", "ticket.updated", "ticket.assigned",
            "ticket.status_changed", "ticket.macro_ran"]);
        let told = &items(&timeline)[6]["data"];
        assert_eq!((&told["macro_id"], &told["macro_version"]), (&done["id"], &json!(1)));
    }

    async fn a_step_that_is_refused_undoes_all_of_them(world) {
        let rule = json!({"category_required": true});
        world.as_(&world.ada).put("/api/v1/resolving-rule", rule).header("if-match", "\"0\"").expect(200).await;
        let done = shared(world, "Done", json!([reply("Done."), {"do": "set_priority", "priority": "low"}, {"do": "set_status", "status": "resolved"}])).await;
        let ticket = open(world, of_lia("No category")).await;
        run(world, &ticket, &done, json!({})).await.problem(422, "missing_to_resolve");
        assert_eq!(read(world, &ticket).await, ticket);
        assert_eq!((rows(world, "message").await, rows(world, "macro_run").await), (1, 0));
        run(world, &ticket, &done, json!({"ticket_version": 7})).await.problem(412, "stale_version");
        run(world, &ticket, &done, json!({"version": 7})).await.problem(409, "macro_changed");
    }

    async fn a_variable_without_a_value_stops_the_reply(world) {
        let greeting = shared(world, "Hello", json!([reply("Hi {{customer.name}} of {{company.name}}")])).await;
        let mut new = of_lia("Hello");
        new["requester"] = json!({"email": "nameless@shop.test"});
        let ticket = open(world, new).await;
        let refused = run(world, &ticket, &greeting, json!({})).await.problem(422, "variables_missing");
        assert_eq!(refused["missing"], json!(["customer.name", "company.name"]));
        let path = at(&ticket, &format!("/macro-preview?macro_id={}", text(&greeting["id"])));
        let shown = world.as_(&world.ben).get(&path).expect(200).await;
        assert_eq!(shown["reply"]["text"], "Hi {{customer.name}} of {{company.name}}");
        // What the agent made of it is looked at too.
        run(world, &ticket, &greeting, json!({"reply": "Hi {{company.name}}"})).await.problem(422, "variables_missing");
        run(world, &ticket, &greeting, json!({"reply": "Hi there, #{{ticket.number}}"})).await.expect(201);
        let messages = world.as_(&world.ada).get(&at(&ticket, "/messages")).expect(200).await;
        assert_eq!(items(&messages)[1]["body"], format!("Hi there, #{}", ticket["number"]));
    }

    async fn the_customers_language_chooses_the_text(world) {
        let texts = json!([{"locale": "en", "text": "Hello"}, {"locale": "de", "text": "Hallo"}]);
        let canned = json!({"kind": "reply", "name": "Hello", "shortcut": "Hi", "visibility": "all", "actions": [{"do": "reply", "texts": texts}]});
        let canned = world.as_(&world.ada).post("/api/v1/macros", canned).expect(201).await;
        assert_eq!(canned["shortcut"], "hi");
        for (language, word) in [("de-AT", "Hallo"), ("fr", "Hello")] {
            let mut new = of_lia("Sprache");
            new["language"] = json!(language);
            let ticket = open(world, new).await;
            run(world, &ticket, &canned, json!({})).await.expect(201);
            let messages = world.as_(&world.ada).get(&at(&ticket, "/messages")).expect(200).await;
            assert_eq!(items(&messages)[1]["body"], word);
        }
        let id = canned["id"].as_str().unwrap().parse().unwrap();
        let ticket = open(world, of_lia("Automatic")).await["id"].as_str().unwrap().parse().unwrap();
        let cx = trust::Cx::of_house(world.house(), world.acme, trust::access::Via::Job);
        let words = cx.read(move |tx, cx| desk::macros::filled_reply(tx, cx, ticket, id)).await.unwrap();
        assert_eq!(words.as_deref(), Some("Hello"));
    }

    async fn a_reply_the_customer_overtook_is_not_sent_unseen(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        let seen = read(world, &ticket).await["last_message_id"].clone();
        lia.write(&ticket, "It works now!").await;
        let done = shared(world, "Try", json!([reply("Try again.")])).await;
        let refused = run(world, &ticket, &done, json!({"last_seen_message_id": seen})).await.problem(409, "newer_messages");
        assert_eq!(refused["new_messages"][0]["body"], "It works now!");
        let path = at(&ticket, "/macro-runs");
        let once = || world.as_(&world.ben).post(&path, json!({"macro_id": done["id"]})).header("idempotency-key", "k-1");
        let (first, again) = (once().expect(201).await, once().expect(201).await);
        assert_eq!((first, rows(world, "macro_run").await), (again, 1));
    }

    async fn a_macro_lets_a_ticket_sleep(world) {
        let later = shared(world, "Later", json!([{"do": "snooze", "minutes": 90}])).await;
        let ticket = open(world, of_lia("Later")).await;
        run(world, &ticket, &later, json!({})).await.expect(201);
        // The clock moves a little at every look.
        let until = json!(world.house().env.now().plus_seconds(5_400)).as_str().unwrap()[..19].to_owned();
        let snoozed = read(world, &ticket).await["snoozed_until"].clone();
        assert!(snoozed.as_str().is_some_and(|time| time.starts_with(&until)), "{snoozed} is not {until}");
    }

    async fn a_macro_is_seen_by_whom_it_is_for(world) {
        let billing = team(world, "Billing").await;
        let (ada, ben) = (world.as_(&world.ada), world.as_(&world.ben));
        let steps = json!([{"do": "unassign"}]);
        let own = ben.post("/api/v1/macros", json!({"name": "Mine", "shortcut": "x", "actions": steps})).expect(201).await;
        assert_eq!((text(&own["visibility"]), &own["owner_id"]), ("personal", &json!(world.ben.member)));
        ben.post("/api/v1/macros", json!({"name": "Ours", "visibility": "all", "actions": steps})).send().await.problem(403, "missing_right");
        let teams = ada.post("/api/v1/macros", json!({"name": "Team", "visibility": "team", "team_id": billing, "actions": steps})).expect(201).await;
        let path = |of: &Value| format!("/api/v1/macros/{}", text(&of["id"]));
        ben.get(&path(&teams)).send().await.problem(404, "not_found");
        ada.get(&path(&own)).send().await.problem(404, "not_found");
        let names = |page: Value| items(&page).iter().map(|found| text(&found["name"]).to_owned()).collect::<Vec<_>>();
        assert_eq!(names(ben.get("/api/v1/macros").expect(200).await), ["Mine"]);
        let members = json!({"teams": [billing]});
        let version = ada.get(&format!("/api/v1/members/{}", world.ben.member)).expect(200).await["version"].clone();
        ada.patch(&format!("/api/v1/members/{}", world.ben.member), members).header("if-match", format!("\"{version}\"")).expect(200).await;
        assert_eq!(names(ben.get("/api/v1/macros").expect(200).await), ["Mine", "Team"]);
        ben.patch(&path(&teams), json!({"name": "X"})).header("if-match", "\"1\"").send().await.problem(403, "missing_right");
        // A shortcut is taken among one's own, not among everybody's.
        ben.post("/api/v1/macros", json!({"name": "B", "shortcut": "X", "actions": steps})).send().await.problem(409, "macro_shortcut_taken");
        ada.post("/api/v1/macros", json!({"name": "B", "shortcut": "X", "actions": steps})).expect(201).await;
    }

    async fn every_change_is_a_version_and_an_archived_macro_rests(world) {
        let ada = world.as_(&world.ada);
        let made = shared(world, "One", json!([{"do": "add_tags", "tags": ["one"]}])).await;
        let path = format!("/api/v1/macros/{}", text(&made["id"]));
        ada.patch(&path, json!({"actions": [{"do": "add_tags", "tags": ["two"]}]})).header("if-match", "\"1\"").expect(200).await;
        ada.patch(&path, json!({"name": "X"})).header("if-match", "\"1\"").send().await.problem(412, "stale_version");
        let versions = ada.get(&format!("{path}/versions")).expect(200).await;
        let tags: Vec<&Value> = items(&versions).iter().map(|version| &version["actions"][0]["tags"][0]).collect();
        assert_eq!(tags, [&json!("two"), &json!("one")]);
        ada.patch(&path, json!({"archived": true})).header("if-match", "\"2\"").expect(200).await;
        let ticket = open(world, of_lia("Late")).await;
        run(world, &ticket, &made, json!({})).await.problem(409, "macro_archived");
        assert_eq!(items(&ada.get("/api/v1/macros").expect(200).await).len(), 0);
        assert_eq!(items(&ada.get("/api/v1/macros?archived=true").expect(200).await).len(), 1);
    }

    async fn what_does_not_hold_together_is_refused_with_its_place(world) {
        let ada = world.as_(&world.ada);
        let wrong = [
            (json!([]), "invalid_field", "/actions"),
            (json!([reply("Hi {{custommer.name}}")]), "unknown_variable", "/actions/0/texts/0/text"),
            (json!([{"do": "unassign"}, {"do": "set_category", "category_id": "cat_01h00000000000000000000000"}]), "invalid_field", "/actions/1/category_id"),
            (json!([{"do": "set_fields", "fields": {"nope": 1}}]), "invalid_field", "/actions/0/fields/nope"),
            (json!([{"do": "set_status", "status": "open", "waiting_on": "customer"}]), "waiting_on", "/actions/0/waiting_on"),
            (json!([{"do": "assign"}]), "invalid_field", "/actions/0"),
            (json!([{"do": "snooze", "minutes": 0}]), "invalid_field", "/actions/0/minutes"),
            (json!([{"do": "assign", "team_id": "tea_01h00000000000000000000000"}]), "unknown_team", "/actions/0/team_id"),
            (json!([reply("a"), reply("b")]), "invalid_field", "/actions"),
            (json!([{"do": "reply", "texts": [{"locale": "en", "text": "a"}, {"locale": "en", "text": "b"}]}]), "invalid_field", "/actions/0/texts/1/locale"),
            (json!([{"do": "add_tags", "tags": []}]), "invalid_field", "/actions/0/tags"),
        ];
        for (actions, code, pointer) in wrong {
            let new = json!({"name": "Wrong", "visibility": "all", "actions": actions});
            let refused = ada.post("/api/v1/macros", new).send().await.problem(422, code);
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
        }
        for actions in [json!([{"do": "explode"}]), json!([{"do": "unassign", "x": 1}]), json!([{"do": "reply", "texts": [{"locale": "?", "text": "a"}]}])] {
            let answer = ada.post("/api/v1/macros", json!({"name": "Wrong", "visibility": "all", "actions": actions})).send().await;
            assert_eq!(answer.status, 422, "{answer:?}");
        }
        let two = json!({"kind": "reply", "name": "Two", "visibility": "all", "actions": [reply("a"), {"do": "unassign"}]});
        ada.post("/api/v1/macros", two).send().await.problem(422, "invalid_field");
        assert_eq!(rows(world, "macro").await, 0);
    }

    async fn a_macro_shows_how_often_its_tickets_came_back(world) {
        let done = shared(world, "Done", json!([{"do": "set_status", "status": "resolved"}])).await;
        let mut tickets = Vec::new();
        for subject in ["A", "B", "C"] {
            let ticket = open(world, of_lia(subject)).await;
            run(world, &ticket, &done, json!({})).await.expect(201);
            tickets.push(ticket);
        }
        set_status(world, &tickets[0], "open").await;
        change(world, Method::PUT, &tickets[0], "/status", json!({"status": "resolved"})).await;
        set_status(world, &tickets[0], "open").await;
        world.clock.advance_seconds(8 * 86_400);
        set_status(world, &tickets[1], "open").await;
        let now = world.as_(&world.ada).get(&format!("/api/v1/macros/{}", text(&done["id"]))).expect(200).await;
        assert_eq!((&now["runs"], &now["reopened"]), (&json!(3), &json!(1)), "each run counts once, and only for a week");
        assert_eq!(now["version"], 1);
    }
}
