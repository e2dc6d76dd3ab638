//! Counts: exact for every reader, after every kind of change, as a recount by listing says.

use http::Method;
use serde_json::{Value, json};
use trust::access::Role;

use super::scene::{Visitor, at, change, items, of_lia, open, set_status, team, text, widget_key};
use crate::harness::{Person, World, both_engines};

const VIEWS: [&str; 4] = ["mine", "unassigned", "open", "all"];
const STATUSES: [&str; 5] = ["open", "pending", "in_progress", "resolved", "closed"];

/// How many tickets a list has, page by page.
async fn recount(world: &World, who: &Person, filter: &str) -> usize {
    let (mut count, mut after) = (0, String::new());
    loop {
        let page = world.as_(who).get(&format!("/api/v1/tickets?{filter}&limit=4{after}")).expect(200).await;
        count += items(&page).len();
        let Some(next) = page["next"].as_str() else { return count };
        after = format!("&after={next}");
    }
}

/// Compares every count of a reader with a recount.
pub async fn compare(world: &World, who: &Person, moment: &str) {
    world.sealed().await;
    let counts = world.as_(who).get("/api/v1/tickets/counts").expect(200).await;
    for view in VIEWS {
        let counted = recount(world, who, &format!("view={view}")).await;
        assert_eq!(counts["views"][view], counted, "{moment}: {view} of {}", who.email);
    }
    for status in STATUSES {
        let counted = recount(world, who, &format!("status={status}")).await;
        assert_eq!(counts["statuses"][status], counted, "{moment}: {status} of {}", who.email);
    }
}

both_engines! {
    async fn counts_equal_a_recount_for_every_reader_after_every_change(world) {
        let (billing, sales) = (team(world, "Billing").await, team(world, "Sales").await);
        let tara = world.hire("tara@acme.test", Role::Agent, json!({"teams": [billing], "ticket_scope": "teams"})).await;
        let lou = world.hire("lou@acme.test", Role::Lead, json!({"teams": [sales]})).await;
        let owen = world.hire("owen@acme.test", Role::Agent, json!({"ticket_scope": "own"})).await;
        let readers = [&world.ada, &world.ben, &tara, &lou, &owen];
        let all = async |moment: &str| for who in readers { compare(world, who, moment).await };
        all("at first").await;

        let mut tickets = Vec::new();
        for (number, place) in [json!(null), json!(billing), json!(sales), json!(billing), json!(sales), json!(null)].into_iter().enumerate() {
            let mut new = of_lia(&format!("Ticket {number}"));
            new["team_id"] = place;
            tickets.push(open(world, new).await);
        }
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let asked = lia.ask("I cannot pay.").await;
        all("opened").await;
        change(world, Method::PUT, &tickets[0], "/assignment", json!({"assignee_id": tara.member})).await;
        change(world, Method::PUT, &tickets[1], "/assignment", json!({"assignee_id": owen.member})).await;
        change(world, Method::PUT, &tickets[2], "/assignment", json!({"assignee_id": world.ben.member})).await;
        all("assigned").await;
        change(world, Method::PATCH, &tickets[1], "", json!({"restricted": true})).await;
        change(world, Method::PATCH, &tickets[3], "", json!({"restricted": true})).await;
        change(world, Method::PATCH, &tickets[4], "", json!({"restricted": true, "team_id": sales})).await;
        all("restricted").await;
        change(world, Method::PATCH, &tickets[0], "", json!({"team_id": sales})).await;
        change(world, Method::PATCH, &tickets[5], "", json!({"team_id": null, "subject": "B", "tags": ["a"]})).await;
        change(world, Method::PUT, &tickets[2], "/assignment", json!({"team_id": billing})).await;
        all("moved").await;
        set_status(world, &asked, "pending").await;
        set_status(world, &tickets[0], "in_progress").await;
        set_status(world, &tickets[1], "resolved").await;
        set_status(world, &tickets[5], "closed").await;
        all("at work").await;
        lia.write(&asked, "Hello?").await;
        set_status(world, &tickets[1], "open").await;
        all("open again").await;
        change(world, Method::DELETE, &tickets[0], "/assignment", Value::Null).await;
        change(world, Method::DELETE, &tickets[2], "", Value::Null).await;
        change(world, Method::DELETE, &tickets[3], "", Value::Null).await;
        all("deleted").await;
        world.as_(&world.ada).call(Method::POST, &at(&tickets[2], "/restoration")).expect(200).await;
        all("restored").await;
        let counts = world.as_(&world.ada).get("/api/v1/tickets/counts").expect(200).await;
        assert_eq!(counts["views"]["all"], 6);
    }

    async fn a_restricted_ticket_is_seen_by_its_assignee_its_leads_and_admins(world) {
        let billing = team(world, "Billing").await;
        let tara = world.hire("tara@acme.test", Role::Agent, json!({"teams": [billing]})).await;
        let lou = world.hire("lou@acme.test", Role::Lead, json!({"teams": [billing]})).await;
        let max = world.hire("max@acme.test", Role::Lead, json!({})).await;
        let mut new = of_lia("A raise");
        new["team_id"] = billing;
        let ticket = open(world, new).await;
        change(world, Method::PATCH, &ticket, "", json!({"restricted": true})).await;
        for (who, sees) in [(&world.ada, true), (&lou, true), (&tara, false), (&max, false), (&world.ben, false)] {
            let answer = world.as_(who).get(&at(&ticket, "")).send().await;
            assert_eq!(answer.status == 200, sees, "{}", who.email);
            let listed = world.as_(who).get("/api/v1/tickets").expect(200).await;
            assert_eq!(listed.to_string().contains(text(&ticket["id"])), sees, "{}", who.email);
        }
        change(world, Method::PUT, &ticket, "/assignment", json!({"assignee_id": tara.member})).await;
        world.as_(&tara).get(&at(&ticket, "")).expect(200).await;
    }
}
