//! Lists: each view and filter shows what it says, and pages never repeat or skip while tickets arrive.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};
use trust::access::Role;

use super::scene::{change, items, of_lia, open, set_status, team, text};
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
}
