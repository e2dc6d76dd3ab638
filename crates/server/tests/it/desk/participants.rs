//! Participants: named and taken away by staff, told in the timeline, forgotten with the person; no look at the ticket.

use http::Method;
use serde_json::{Value, json};

use super::scene::{Visitor, at, items, of_lia, open, read, rows, set_status, text, widget_key};
use crate::harness::{World, both_engines};

async fn names(world: &World, ticket: &Value) -> Vec<String> {
    let page = world.as_(&world.ben).get(&at(ticket, "/participants")).expect(200).await;
    let mut names: Vec<String> = items(&page).iter().map(|one| text(&one["customer"]["email"]).to_owned()).collect();
    names.sort();
    names
}

both_engines! {
    async fn somebody_is_named_once_and_taken_away_and_the_timeline_says_so(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        let (ben, path) = (world.as_(&world.ben), at(&ticket, "/participants"));
        assert!(names(world, &ticket).await.is_empty());
        let zoe = ben.post(&path, json!({"email": "zoe@example.com", "name": "Zoe"})).expect(201).await;
        let again = ben.post(&path, json!({"customer_id": zoe["id"]})).expect(201).await;
        assert_eq!((&again["id"], text(&again["customer"]["name"])), (&zoe["id"], "Zoe"));
        ben.post(&path, json!({"email": "max@example.com"})).expect(201).await;
        assert_eq!(names(world, &ticket).await, ["max@example.com", "zoe@example.com"]);
        ben.post(&path, json!({"customer_id": ticket["customer"]["id"]})).send().await.problem(422, "is_requester");
        let own = format!("{path}/{}", text(&zoe["id"]));
        for _ in 0..2 {
            assert_eq!(ben.delete(&own).send().await.status, 204);
        }
        assert_eq!(names(world, &ticket).await, ["max@example.com"]);
        let timeline = ben.get(&at(&ticket, "/timeline")).expect(200).await;
        let kinds: Vec<&str> = items(&timeline).iter().map(|event| text(&event["kind"])).filter(|kind| kind.contains("participant")).collect();
        assert_eq!(kinds, ["ticket.participant_added", "ticket.participant_added", "ticket.participant_removed"]);
        assert_eq!(items(&timeline).last().unwrap()["data"]["participant_id"], zoe["id"]);
        assert_eq!(read(world, &ticket).await["version"], json!(4));
    }

    async fn who_was_merged_is_named_once(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        let (ben, path) = (world.as_(&world.ben), at(&ticket, "/participants"));
        let zoe = ben.post(&path, json!({"email": "zoe@example.com"})).expect(201).await;
        let kept = world.as_(&world.ada).post("/api/v1/customers", json!({"name": "Zoe"})).expect(201).await;
        let merges = format!("/api/v1/customers/{}/merges", text(&zoe["id"]));
        world.as_(&world.ada).post(&merges, json!({"into": kept["id"]})).expect(201).await;
        let again = ben.post(&path, json!({"customer_id": kept["id"]})).expect(201).await;
        assert_eq!((&again["id"], &again["customer"]["id"]), (&zoe["id"], &kept["id"]));
        assert_eq!(rows(world, "ticket_participant").await, 1);
    }

    async fn a_ticket_takes_fifty_and_a_closed_one_nobody(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        let (ben, path) = (world.as_(&world.ben), at(&ticket, "/participants"));
        for number in 0..50 {
            ben.post(&path, json!({"email": format!("p{number}@example.com")})).expect(201).await;
        }
        ben.post(&path, json!({"email": "more@example.com"})).send().await.problem(422, "too_many_participants");
        set_status(world, &ticket, "closed").await;
        ben.post(&path, json!({"email": "p1@example.com"})).send().await.problem(409, "ticket_closed");
    }

    async fn a_participant_does_not_read_the_ticket_and_is_forgotten_when_erased(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        let zoe = Visitor::new(world, &widget_key(world).await).await;
        let own = zoe.ask("Something else.").await;
        let customer = read(world, &own).await["customer"]["id"].clone();
        world.as_(&world.ben).post(&at(&ticket, "/participants"), json!({"customer_id": customer})).expect(201).await;
        zoe.get(&format!("/api/v1/me/tickets/{}", text(&ticket["id"]))).send().await.problem(404, "not_found");
        let exported = world.as_(&world.ada).get(&format!("/api/v1/customers/{}/export", text(&customer))).expect(200).await;
        assert_eq!(exported["records"][0]["participations"], json!([ticket["number"]]));
        let path = format!("/api/v1/customers/{}/erasure", text(&customer));
        let receipt = world.as_(&world.ada).call(Method::POST, &path).expect(201).await;
        assert_eq!((receipt["erased"]["participations"].clone(), rows(world, "ticket_participant").await), (json!(1), 0));
    }
}
