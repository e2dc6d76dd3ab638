//! Lists: each view and filter shows what it says, counts are true, and pages never repeat or skip while tickets arrive.

use std::collections::BTreeSet;

use base::Id;
use http::Method;
use serde_json::{Value, json};
use trust::access::Role;
use trust::nouns::TicketId;

use super::scene::{Visitor, change, items, of_lia, open, set_status, team, text, widget_key};
use crate::harness::{Person, World, both_engines};

async fn subjects(world: &World, who: &Person, filter: &str) -> Vec<String> {
    let page = world.as_(who).get(&format!("/api/v1/tickets?{filter}")).expect(200).await;
    items(&page).iter().map(|ticket| text(&ticket["subject"]).to_owned()).collect()
}

both_engines! {
    async fn each_list_shows_what_it_says_newest_first(world) {
        let billing = team(world, "Billing").await;
        let made = async |subject: &str, more: Value| {
            let mut new = of_lia(subject);
            new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            open(world, new).await
        };
        let a = made("a", json!({"team_id": billing})).await;
        let b = made("b", json!({"assignee_id": world.ada.member})).await;
        let c = made("c", json!({"assignee_id": world.ben.member, "team_id": billing})).await;
        let d = made("d", json!({"requester": {"email": "mia@shop.test"}})).await;
        let e = made("e", json!({"assignee_id": world.ada.member})).await;
        set_status(world, &e, "resolved").await;
        set_status(world, &d, "pending").await;
        let team_id = text(&billing);
        let mia = text(&d["customer"]["id"]);
        for (filter, expected) in [
            ("view=all".to_owned(), "edcba"),
            (String::new(), "edcba"),
            ("view=open".to_owned(), "dcba"),
            ("view=unassigned".to_owned(), "da"),
            ("view=mine".to_owned(), "b"),
            ("status=resolved".to_owned(), "e"),
            ("status=pending&view=unassigned".to_owned(), "d"),
            (format!("team={team_id}"), "ca"),
            (format!("team={team_id}&view=unassigned"), "a"),
            (format!("assignee={}", world.ada.member), "eb"),
            (format!("assignee={}&status=open", world.ben.member), "c"),
            (format!("customer={mia}"), "d"),
            (format!("customer={}", text(&a["customer"]["id"])), "ecba"),
        ] {
            assert_eq!(subjects(world, &world.ada, &filter).await.concat(), expected, "{filter}");
        }
        assert_eq!(subjects(world, &world.ben, "view=mine").await, ["c"]);
        assert_eq!(text(&b["subject"]), "b");
        change(world, Method::DELETE, &c, "", Value::Null).await;
        assert_eq!(subjects(world, &world.ben, "view=mine").await, [""; 0]);
    }

    async fn pages_never_repeat_or_skip_while_tickets_arrive(world) {
        let mut expected = BTreeSet::new();
        for number in 0..11 {
            expected.insert(text(&open(world, of_lia(&format!("Ticket {number}"))).await["id"]).to_owned());
        }
        for filter in ["view=all", "view=open", "view=unassigned", "status=open"] {
            let (mut seen, mut after) = (Vec::new(), String::new());
            loop {
                let page = world.as_(&world.ada).get(&format!("/api/v1/tickets?{filter}&limit=3{after}")).expect(200).await;
                seen.extend(items(&page).iter().map(|ticket| text(&ticket["id"]).to_owned()));
                let late = open(world, of_lia("Late")).await;
                set_status(world, &late, "resolved").await;
                let Some(next) = page["next"].as_str() else { break };
                after = format!("&after={next}");
            }
            let listed: BTreeSet<String> = seen.iter().cloned().collect();
            assert_eq!(listed.len(), seen.len(), "{filter} repeats");
            assert!(listed.is_superset(&expected), "{filter} skips");
        }
    }

    async fn a_list_refuses_what_it_does_not_know(world) {
        let ada = world.as_(&world.ada);
        for query in ["limit=0", "limit=101", "limit=-1", "limit=x", "view=yours", "status=asleep", "colour=red", "team=tkt_1", "assignee=me", "customer=%00", "view=all&view=mine"] {
            ada.get(&format!("/api/v1/tickets?{query}")).send().await.problem(422, "invalid_query");
        }
        for after in ["x", "%00", "AAAA", "9999999999999999999999", "%F0%9F%A6%80"] {
            ada.get(&format!("/api/v1/tickets?after={after}")).send().await.problem(422, "bad_cursor");
        }
    }

    async fn an_agent_of_teams_lists_what_their_work_is_about(world) {
        let (billing, sales) = (team(world, "Billing").await, team(world, "Sales").await);
        let tara = world.hire("tara@acme.test", Role::Agent, json!({"teams": [billing], "ticket_scope": "teams"})).await;
        let mut ids = Vec::new();
        for place in [json!(billing), json!(sales), json!(null)] {
            let mut new = of_lia("Hello");
            new["team_id"] = place;
            ids.push(open(world, new).await);
        }
        let listed = world.as_(&tara).get("/api/v1/tickets").expect(200).await;
        let listed: Vec<&str> = items(&listed).iter().map(|ticket| text(&ticket["id"])).collect();
        assert_eq!(listed, [text(&ids[2]["id"]), text(&ids[0]["id"])]);
        let there = format!("/api/v1/tickets?team={}", text(&sales));
        assert_eq!(items(&world.as_(&tara).get(&there).expect(200).await).len(), 0);
        // Whoever gives a ticket away sees what became of it, and then no more.
        let path = format!("/api/v1/tickets/{}", text(&ids[0]["id"]));
        let given = world.as_(&tara).put(&format!("{path}/assignment"), json!({"team_id": sales})).header("if-match", "\"1\"");
        assert_eq!(given.expect(200).await["team_id"], sales);
        world.as_(&tara).get(&path).send().await.problem(404, "not_found");
    }

    async fn lists_are_filtered_by_tag_and_field_and_counted(world) {
        let ada = world.as_(&world.ada);
        let define = async |key: &str, kind: &str, options: Value| {
            let mut new = json!({"key": key, "label": key, "type": kind});
            if !options.is_null() { new["options"] = options; }
            ada.post("/api/v1/fields", new).expect(201).await
        };
        define("shop", "text", Value::Null).await;
        define("seats", "number", Value::Null).await;
        define("vip", "boolean", Value::Null).await;
        define("due", "date", Value::Null).await;
        define("plan", "select", json!(["Gold", "Basic"])).await;
        define("parts", "multi_select", json!(["Door", "Roof"])).await;
        let long = "x".repeat(8000);
        for (subject, tags, fields) in [
            ("a", json!(["Billing"]), json!({"shop": "North", "seats": 3, "parts": ["Door", "Roof"]})),
            ("b", json!(["billing", "urgent"]), json!({"shop": "south", "vip": true, "plan": "Gold"})),
            ("c", json!([]), json!({"shop": "north ", "due": "2026-05-01", "parts": ["Roof"]})),
            ("d", json!(["urgent"]), json!({"shop": long, "vip": false, "seats": 3.5})),
        ] {
            let mut new = of_lia(subject);
            new["tags"] = tags;
            new["fields"] = fields;
            open(world, new).await;
        }
        let done = open(world, json!({"subject": "e", "body": "b", "requester": {"email": "mia@shop.test"}, "tags": ["BILLING"]})).await;
        set_status(world, &done, "resolved").await;
        for (filter, expected) in [
            ("tag=billing", "eba"),
            ("tag=Urgent", "db"),
            ("tag=nowhere", ""),
            ("tag=billing&status=open", "ba"),
            ("tag=billing&view=unassigned&field[shop]=NORTH", "a"),
            ("field[shop]=north", "ca"),
            ("field%5Bshop%5D=South", "b"),
            ("field[seats]=3.0", "a"),
            ("field[vip]=false", "d"),
            ("field[due]=2026-05-01", "c"),
            ("field[plan]=gold", "b"),
            ("field[parts]=roof", "ca"),
            ("field[parts]=roof&field[seats]=3", "a"),
            (&format!("tag=billing&customer={}", text(&done["customer"]["id"])), "e"),
            (&format!("field[shop]={}", "X".repeat(8000)), "d"),
        ] {
            assert_eq!(subjects(world, &world.ada, filter).await.concat(), expected, "{filter}");
            let total = ada.get(&format!("/api/v1/tickets/total?{filter}")).expect(200).await;
            assert_eq!(total, json!({"count": expected.len(), "more": false}), "{filter}");
        }
        let all = ada.get("/api/v1/tickets/total").expect(200).await;
        assert_eq!(all, json!({"count": 5, "more": false}));
        for wrong in [
            "field[shop]=a&field[shop]=b", "field[colour]=red", "field[seats]=many", "field[vip]=yes", "field[plan]=Iron",
            "field[due]=soon", "field=a", "fields[shop]=a", "field[shop=a", "field[]=a", "tag=", "colour[a]=b",
            "field[a]=1&field[b]=1&field[c]=1&field[d]=1&field[e]=1&field[f]=1",
        ] {
            ada.get(&format!("/api/v1/tickets?{wrong}")).send().await.problem(422, "invalid_query");
            ada.get(&format!("/api/v1/tickets/total?{wrong}")).send().await.problem(422, "invalid_query");
        }
        ada.get("/api/v1/tickets/total?limit=3").send().await.problem(422, "invalid_query");
        // A tag that is taken off, and a field that changes, are lists' no more.
        change(world, Method::PATCH, &done, "", json!({"tags": ["later"], "fields": {"shop": "east"}})).await;
        assert_eq!(subjects(world, &world.ada, "tag=billing").await.concat(), "ba");
        assert_eq!(subjects(world, &world.ada, "tag=later&field[shop]=East").await.concat(), "e");
    }

    async fn a_rare_combination_is_found_page_by_page_and_a_long_list_is_counted_to_a_thousand(world) {
        let ada = world.as_(&world.ada);
        let mut new = of_lia("The only one");
        new["tags"] = json!(["common"]);
        let rare = open(world, new).await;
        set_status(world, &rare, "pending").await;
        let (acme, id) = (world.acme, text(&rare["id"]).parse::<TicketId>().unwrap());
        let copied = world.house().db.write(acme.uuid(), move |tx| {
            let tag: uuid::Uuid = tx.first("SELECT id FROM tag WHERE workspace_id = $1", &[&acme], |row| row.get(0))?.unwrap();
            for number in 0..6_000_i64 {
                let copy: TicketId = Id::from_uuid(uuid::Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + u128::from(number.unsigned_abs())));
                tx.exec(
                    "INSERT INTO ticket (workspace_id, id, number, subject, status, priority, channel, held_by, restricted, is_open, \
                     customer_id, opened_at, last_message_at, last_message_id, preview, origin, version) \
                     SELECT workspace_id, $1, number + 1000 + $2, subject, 'open', priority, channel, held_by, restricted, is_open, \
                     customer_id, opened_at + 1 + $2, last_message_at, last_message_id, preview, origin, version FROM ticket \
                     WHERE workspace_id = $3 AND id = $4",
                    &[&copy, &number, &acme, &id],
                )?;
                tx.exec(
                    "INSERT INTO ticket_tag (workspace_id, ticket_id, tag_id, opened_at) \
                     SELECT workspace_id, id, $1, opened_at FROM ticket WHERE workspace_id = $2 AND id = $3",
                    &[&tag, &acme, &copy],
                )?;
            }
            Ok(())
        });
        copied.await.unwrap();
        let first = ada.get("/api/v1/tickets?tag=common&status=pending").expect(200).await;
        assert_eq!(items(&first).len(), 0);
        let next = format!("/api/v1/tickets?tag=common&status=pending&after={}", text(&first["next"]));
        let second = ada.get(&next).expect(200).await;
        assert_eq!((text(&items(&second)[0]["id"]), &second["next"]), (text(&rare["id"]), &json!(null)));
        for (filter, count, more) in [("tag=common", 1000, true), ("tag=common&status=pending", 1, false), ("status=open", 1000, true), ("status=pending", 1, false)] {
            let total = ada.get(&format!("/api/v1/tickets/total?{filter}")).expect(200).await;
            assert_eq!(total, json!({"count": count, "more": more}), "{filter}");
        }
    }

    async fn the_lists_of_an_agent_of_teams_are_in_order_and_repeat_nothing(world) {
        let (billing, sales) = (team(world, "Billing").await, team(world, "Sales").await);
        let tara = world.hire("tara@acme.test", Role::Agent, json!({"teams": [billing], "ticket_scope": "teams"})).await;
        for number in 0..24 {
            let mut new = of_lia(&format!("{number}"));
            new["team_id"] = [json!(billing), json!(sales), json!(null)][number % 3].clone();
            if number % 4 == 0 { new["assignee_id"] = json!(tara.member); }
            let ticket = open(world, new).await;
            if number % 5 == 0 { set_status(world, &ticket, "resolved").await; }
        }
        // Sales' tickets are seen when they are her own: 4 and 16.
        let seen = |number: &usize| number % 3 != 1 || number.is_multiple_of(4);
        let is_open = |number: &usize| !number.is_multiple_of(5);
        let all: Vec<usize> = (0..24).rev().filter(seen).collect();
        let open: Vec<usize> = all.iter().copied().filter(is_open).collect();
        let free: Vec<usize> = open.iter().copied().filter(|number| number % 4 != 0).collect();
        let mine: Vec<usize> = open.iter().copied().filter(|number| number % 4 == 0).collect();
        for (filter, expected) in [("view=all", all), ("view=open", open.clone()), ("status=open", open), ("view=unassigned", free), ("view=mine", mine)] {
            let expected: Vec<String> = expected.iter().map(usize::to_string).collect();
            let (mut listed, mut after) = (Vec::new(), String::new());
            loop {
                let page = world.as_(&tara).get(&format!("/api/v1/tickets?{filter}&limit=5{after}")).expect(200).await;
                listed.extend(items(&page).iter().map(|ticket| text(&ticket["subject"]).to_owned()));
                let Some(next) = page["next"].as_str() else { break };
                after = format!("&after={next}");
            }
            assert_eq!(listed, expected, "{filter}");
            let total = world.as_(&tara).get(&format!("/api/v1/tickets/total?{filter}")).expect(200).await;
            assert_eq!(total["count"], expected.len(), "{filter}");
        }
    }

    async fn a_person_has_the_tickets_of_every_customer_they_are(world) {
        let ada = world.as_(&world.ada);
        let key = widget_key(world).await;
        let (lia, other) = (Visitor::new(world, &key).await, Visitor::new(world, &key).await);
        let first = lia.ask("From the phone.").await;
        let second = other.ask("From the laptop.").await;
        let customer = async |ticket: &Value| text(&super::scene::read(world, ticket).await["customer"]["id"]).to_owned();
        let (kept, lost) = (customer(&first).await, customer(&second).await);
        let own = async |who: &Visitor<'_>| {
            let page = who.get("/api/v1/me/tickets").expect(200).await;
            items(&page).iter().map(|ticket| text(&ticket["subject"]).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(own(&lia).await, ["From the phone."]);
        ada.post(&format!("/api/v1/customers/{lost}/merges"), json!({"into": kept})).expect(201).await;
        for who in [&lia, &other] {
            assert_eq!(own(who).await, ["From the laptop.", "From the phone."]);
            assert_eq!(text(&who.messages(&second).await[0]["text"]), "From the laptop.");
            who.write(&first, "One more thing.").await;
            who.write(&second, "And one here.").await;
        }
        for id in [&kept, &lost] {
            assert_eq!(subjects(world, &world.ada, &format!("customer={id}")).await, ["From the laptop.", "From the phone."], "{id}");
        }
        // What was sent once is one ticket, whichever customer it was sent as.
        let again = json!({"body": "Twice?", "client_id": "c-1"});
        let sent = other.post("/api/v1/me/tickets", again.clone()).expect(201).await;
        ada.delete(&format!("/api/v1/customers/{lost}/merges")).expect(204).await;
        assert_eq!(own(&other).await, ["From the laptop."], "taken back, each has their own");
        assert_eq!(customer(&sent).await, kept);
        lia.get(&format!("/api/v1/me/tickets/{}", text(&second["id"]))).send().await.problem(404, "not_found");
        assert_eq!(lia.post("/api/v1/me/tickets", again).expect(201).await["id"], sent["id"]);
    }
}
