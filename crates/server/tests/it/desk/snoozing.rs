//! Snoozing and notices: a ticket sleeps and wakes on time, and whoever has it is told once.

use serde_json::{Value, json};
use trust::access::Role;

use super::scene::{Visitor, at, change, items, of_lia, open, read, set_status, text, widget_key};
use crate::harness::{World, both_engines};

/// A time so many seconds from now, as the API takes it.
fn in_seconds(world: &World, seconds: i64) -> Value {
    json!(base::Time::from_micros(world.house().env.now().micros() + seconds * 1_000_000))
}

async fn snooze(world: &World, ticket: &Value, until: Value) -> Value {
    world.as_(&world.ben).put(&at(ticket, "/snooze"), json!({"until": until})).expect(200).await
}

async fn give_to_ben(world: &World, ticket: &Value) {
    change(world, http::Method::PUT, ticket, "/assignment", json!({"assignee_id": world.ben.member})).await;
}

async fn notices(world: &World) -> Value {
    world.as_(&world.ben).get("/api/v1/me/notifications").expect(200).await
}

fn kinds(page: &Value) -> Vec<&str> {
    items(page).iter().map(|notice| text(&notice["kind"])).collect()
}

async fn story(world: &World, ticket: &Value) -> Vec<String> {
    let page = world.as_(&world.ada).get(&at(ticket, "/timeline")).expect(200).await;
    items(&page).iter().map(|entry| text(&entry["kind"]).to_owned()).collect()
}

both_engines! {
    async fn a_ticket_sleeps_until_its_time_and_tells_whoever_has_it(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        give_to_ben(world, &ticket).await;
        world.as_(&world.ben).put("/api/v1/me/notifications/reading", json!({})).expect(204).await;
        let until = in_seconds(world, 3600);
        let asleep = snooze(world, &ticket, until.clone()).await;
        assert_eq!(asleep["snoozed_until"], until);
        assert_eq!(snooze(world, &ticket, until).await["version"], asleep["version"], "said twice is one sleep");
        world.clock.advance_seconds(3598);
        world.opened.worker.run_due().await.unwrap();
        assert!(read(world, &ticket).await["snoozed_until"].is_string(), "not before its time");
        world.clock.advance_seconds(2);
        world.opened.worker.run_due().await.unwrap();
        world.opened.worker.run_due().await.unwrap();
        let awake = read(world, &ticket).await;
        assert_eq!((&awake["snoozed_until"], text(&awake["assignee_id"])), (&json!(null), world.ben.member.to_string().as_str()));
        assert_eq!(story(world, &ticket).await, ["ticket.opened", "ticket.assigned", "ticket.snoozed", "ticket.woken"]);
        let told = notices(world).await;
        assert_eq!((kinds(&told), &told["unread"]), (vec!["woke", "assigned"], &json!(1)));
    }

    async fn a_customers_message_wakes_and_a_solved_ticket_wakes_nobody(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        snooze(world, &ticket, in_seconds(world, 60)).await;
        lia.write(&ticket, "Any news?").await;
        assert_eq!(read(world, &ticket).await["snoozed_until"], json!(null));
        snooze(world, &ticket, in_seconds(world, 60)).await;
        set_status(world, &ticket, "resolved").await;
        world.clock.advance_seconds(61);
        world.opened.worker.run_due().await.unwrap();
        let told = story(world, &ticket).await;
        assert_eq!(told.iter().filter(|kind| *kind == "ticket.woken").count(), 1);
        assert_eq!(super::scene::rows(world, "ticket_snooze").await, 0);
        // The customer is told nothing of it.
        let refused = world.as_(&world.ben).put(&at(&ticket, "/snooze"), json!({"until": in_seconds(world, 60)})).send().await;
        refused.problem(409, "not_open");
    }

    async fn a_ticket_sleeps_until_a_time_to_come_only(world) {
        let ticket = open(world, of_lia("Cannot pay")).await;
        let put = |body: Value| world.as_(&world.ben).put(&at(&ticket, "/snooze"), body).send();
        for until in [in_seconds(world, -1), in_seconds(world, 86_400 * 400)] {
            let refused = put(json!({"until": until})).await.problem(422, "bad_snooze");
            assert_eq!(refused["errors"][0]["pointer"], "/until");
        }
        put(json!({"until": "tomorrow"})).await.problem(422, "invalid_field");
        let asleep = snooze(world, &ticket, in_seconds(world, 60)).await;
        let woken = world.as_(&world.ben).delete(&at(&ticket, "/snooze")).expect(200).await;
        assert_eq!(woken["snoozed_until"], json!(null));
        let again = world.as_(&world.ben).delete(&at(&ticket, "/snooze")).expect(200).await;
        assert_eq!((&again["version"], asleep["version"].as_i64().unwrap() + 1), (&woken["version"], woken["version"].as_i64().unwrap()));
        world.clock.advance_seconds(61);
        world.opened.worker.run_due().await.unwrap();
        assert_eq!(read(world, &ticket).await["version"], woken["version"], "what was woken by hand does not wake again");
    }

    async fn a_member_is_told_once_per_thing_and_only_within_reach(world) {
        let lia = Visitor::new(world, &widget_key(world).await).await;
        let ticket = lia.ask("I cannot pay.").await;
        give_to_ben(world, &ticket).await;
        lia.write(&ticket, "Hello?").await;
        lia.write(&ticket, "Is somebody there?").await;
        let told = notices(world).await;
        assert_eq!((kinds(&told), &told["items"][0]["times"], &told["unread"]), (vec!["customer_wrote", "assigned"], &json!(2), &json!(2)));
        let one = format!("/api/v1/me/notifications/{}/reading", text(&told["items"][0]["id"]));
        world.as_(&world.ben).call(http::Method::PUT, &one).expect(204).await;
        world.as_(&world.ada).call(http::Method::PUT, &one).send().await.problem(404, "not_found");
        assert_eq!(notices(world).await["unread"], 1);
        lia.write(&ticket, "I am waiting.").await;
        let again = notices(world).await;
        assert_eq!((&again["unread"], &again["items"][0]["times"]), (&json!(2), &json!(1)));
        world.as_(&world.ben).put("/api/v1/me/notifications/reading", json!({"ticket_id": ticket["id"]})).expect(204).await;
        let read = world.as_(&world.ben).get("/api/v1/me/notifications?unread=true").expect(200).await;
        assert_eq!((items(&read).len(), &read["unread"]), (0, &json!(0)));
        // Nobody else has notices of it, and what Ben does himself tells him nothing.
        let eve = world.hire("eve@acme.test", Role::Agent, json!({})).await;
        assert_eq!(items(&world.as_(&eve).get("/api/v1/me/notifications").expect(200).await).len(), 0);
        let second = open(world, of_lia("Another")).await;
        let tag = format!("\"{}\"", second["version"]);
        let own = json!({"assignee_id": world.ben.member});
        world.as_(&world.ben).put(&at(&second, "/assignment"), own).header("if-match", &tag).expect(200).await;
        assert_eq!(items(&notices(world).await).len(), 2);
        // A ticket that goes out of reach takes its notices along.
        change(world, http::Method::DELETE, &ticket, "", Value::Null).await;
        assert_eq!(items(&notices(world).await).len(), 0);
    }
}
